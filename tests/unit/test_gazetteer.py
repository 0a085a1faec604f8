import pytest

from watcher.model.rules import ClusterRule, RegionExtra, RuleBook, ZoneRule
from watcher.tag.gazetteer import Atlas, build_atlas, official_places
from watcher.tag.rulebook import shipped


@pytest.fixture(scope="module")
def atlas() -> Atlas:
    return build_atlas(shipped())


FOUND = [
    ("湖北省", "420000"),
    ("湖北", "420000"),
    ("成渝", "成渝地区"),
    ("重庆", "500000"),
    ("吉林", "220000"),  # the province before the city
    ("吉林市", "220200"),
    ("恩施", "422800"),
    ("内蒙古", "150000"),
    ("常熟", "320581"),
    ("两江新区", "两江新区"),
    ("雄安", "雄安新区"),
    ("海南自贸港", "海南自由贸易港"),
    ("八闽", "350000"),
    ("臺北", "710100"),
    ("香港", "810000"),
    ("全国", "CN"),
    ("CN", "CN"),
    ("500000", "500000"),
    ("亚特兰蒂斯", None),
    ("", None),
]


@pytest.mark.parametrize(("name", "code"), FOUND)
def test_finds_by_any_name(atlas: Atlas, name: str, code: str | None) -> None:
    region = atlas.find(name)
    assert (region.code if region else None) == code


def test_within_goes_down_through_members_cities_and_zones(atlas: Atlas) -> None:
    below = atlas.within("成渝地区")
    assert {"成渝地区", "510000", "500000", "510100", "500112", "两江新区", "天府新区"} <= below
    assert "520000" not in below
    assert atlas.within("320581") == {"320581", "常熟高新区", "常熟经开区"}
    assert atlas.within("nowhere") == {"nowhere"}


def test_within_follows_clusters_of_clusters(atlas: Atlas) -> None:
    assert {"中部六省", "西部地区", "420100", "650100"} <= atlas.within("中西部")


def test_parents_go_up_without_the_country(atlas: Atlas) -> None:
    assert atlas.parents("320581") == ("320500", "320000")
    assert atlas.parents("500112") == ("500000",)  # districts of 重庆 lie in 重庆
    assert atlas.parents("429004") == ("420000",)  # 仙桃 has no prefecture
    assert atlas.parents("两江新区") == ("500000",)
    assert atlas.parents("成渝地区") == ()
    assert atlas.parents("CN") == ()


def test_tiers_and_levels(atlas: Atlas) -> None:
    assert atlas.regions["420000"].tier == "示范引领"
    assert atlas.regions["500000"].tier == "快速崛起"
    assert atlas.regions["500000"].level == "province"
    assert atlas.regions["441900"].level == "city"
    assert sum(region.level == "province" for region in atlas.regions.values()) == 34


def test_no_development_zone_poses_as_a_county() -> None:
    names = {name for _, name, _ in official_places()}
    assert not [name for name in names if name.endswith(("开发区", "工业园区", "管理区", "街道", "镇"))]
    assert {"浦东新区", "滨海新区", "临平区", "龙港市", "米林市", "白杨市"} <= names
    assert 3150 < len(official_places()) < 3300


def test_short_names() -> None:
    short = {name: short for _, name, short in official_places()}
    assert short["积石山保安族东乡族撒拉族自治县"] == "积石山"
    assert short["巴音郭楞蒙古自治州"] == "巴音郭楞"
    assert short["祁县"] == "祁县"


def test_a_user_adds_places(atlas: Atlas) -> None:
    book = RuleBook(
        clusters=(ClusterRule("宁镇扬", ("南京市", "镇江市", "扬州市", "无此市"), ("宁镇扬都市圈",)),),
        zones=(ZoneRule("照母山产业园", "渝北区"), ZoneRule("空中楼阁", "无此市")),
        extras=(RegionExtra("重庆市", ("雾都",)), RegionExtra("无此市", ("乌有",))),
    )
    own = build_atlas(book)
    assert own.regions["宁镇扬"].members == ("320100", "321100", "321000")
    assert own.parents("照母山产业园") == ("500112", "500000")
    assert own.find("雾都") == own.find("重庆市")
    assert own.find("空中楼阁") is None
    assert own.find("乌有") is None
    assert own.find("成渝") is None  # nothing shipped in this book
