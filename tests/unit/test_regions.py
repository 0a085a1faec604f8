import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.model.item import RegionTag
from watcher.tag import Rules, compile_rules, tag
from watcher.tag.rulebook import merge, read_regions, shipped

RULES = compile_rules(shipped())
DATA = Path(__file__).parent / "data"
ABOUT = ("primary", "mentioned")


def regions(title: str, text: str, rules: Rules = RULES) -> dict[str, RegionTag]:
    return {rules.atlas.regions[t.region_code].name: t for t in tag(title, text, rules).regions}


def roles(title: str, text: str) -> dict[str, str]:
    return {name: found.role for name, found in regions(title, text).items()}


with (DATA / "ambiguous_names.tsv").open(encoding="utf-8", newline="") as file:
    AMBIGUOUS = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


@pytest.mark.parametrize("case", AMBIGUOUS, ids=lambda case: f"{case['name']}: {case['sentence'][:12]}")
def test_ambiguous_names(case: dict[str, str]) -> None:
    said = {name for name, found in regions("", case["sentence"]).items() if found.role in ABOUT}
    assert (case["name"] in said) == (case["verdict"] == "yes"), case["reason"]


def test_the_ambiguous_names_are_many_and_of_both_kinds() -> None:
    assert len(AMBIGUOUS) >= 200
    assert {case["verdict"] for case in AMBIGUOUS} == {"yes", "no"}
    assert all(RULES.atlas.find(case["name"]) for case in AMBIGUOUS if case["verdict"] == "yes")


LONG = "这里讲的是别的事情，与任何地方都没有关系，只是为了让段落足够长，足够像一段正文。"


def test_paragraphs_count_and_not_tokens() -> None:
    text = "\n".join(
        [LONG, LONG, "湖北湖北湖北湖北湖北湖北。" + LONG, *[f"贵州{n}。{LONG}" for n in "甲乙丙丁戊己"]]
    )
    found = regions("", text)
    assert found["湖北省"].role == "mentioned"
    assert found["湖北省"].score == 1
    assert found["贵州省"].role == "primary"
    assert found["贵州省"].score == 6


def test_title_lead_and_heading_weigh_more() -> None:
    text = "\n".join([f"贵州开工。{LONG}", LONG, "长沙的路", f"长沙。{LONG}", LONG])
    found = regions("重庆定下目标", text)
    assert (found["重庆市"].score, found["贵州省"].score, found["长沙市"].score) == (6, 2, 4)
    assert [e.where for e in found["长沙市"].evidence] == ["heading", "body"]
    assert found["重庆市"].role == "primary"


def test_a_block_is_counted_by_sentences() -> None:
    text = "江西抢抓机遇。车间里很忙。在江西南昌，工厂改造完成。江西还将出台方案。景德镇的企业上云。"
    found = regions("数字赋能", text)
    assert found["江西省"].role == "primary"
    assert found["南昌市"].role == "mentioned"
    assert found["景德镇市"].role == "mentioned"


def test_nation_is_primary_when_no_place_is() -> None:
    text = "我国工业互联网快速发展。全国项目超过一万个。在湖南的工厂，产能提升。"
    assert roles("数字化加速布局", text) == {"全国": "primary", "湖南省": "mentioned"}
    assert roles("湖南数字化加速布局", text)["全国"] == "mentioned"


def test_all_railways_are_the_nations_and_a_line_is_nobodys() -> None:
    assert roles("消息", "全国铁路发送旅客，全国高速公路畅通。") == {"全国": "primary"}
    assert roles("消息", "京沪高铁提速，成渝高速扩建。") == {}


def test_a_name_does_not_run_across_quotation_marks() -> None:
    assert "上海市" not in roles("消息", "“云上”海南平台上线。")
    assert roles("消息", "“云上”海南平台上线。")["海南省"] == "mentioned"
    assert "两江新区" in roles("消息", "“两江”新区开工。")


def test_a_visit_makes_its_places_the_matter() -> None:
    text = "1日至2日，有关负责人在山东烟台、青岛考察。他来到小区。他走进工厂。山东要带头。我国要发展。"
    found = roles("负责人在山东考察", text)
    assert (found["烟台市"], found["青岛市"], found["山东省"]) == ("primary",) * 3
    assert roles("负责人谈发展", text)["青岛市"] == "mentioned"


def test_roles_besides_the_news() -> None:
    text = "21世纪经济报道记者甲乙 武汉报道 四川长虹承建平台。常熟的工厂上云。"
    assert roles("", text) == {
        "武汉市": "dateline",
        "常熟市": "mentioned",
        "四川省": "org",
        "苏州市": "implied",
        "江苏省": "implied",
    }
    found = regions("", text)
    assert found["苏州市"].evidence[0].term == "常熟"
    assert found["武汉市"].score == 0


def test_a_place_named_in_earnest_is_not_demoted_by_an_organisation() -> None:
    assert roles("", "抚顺新钢铁公司投产。抚顺加快转型。")["抚顺市"] in ABOUT
    assert roles("", "抚顺新钢铁公司投产。")["抚顺市"] == "org"


def test_source_lines_are_no_news() -> None:
    text = f"重庆发布数据。{LONG}\n来源：上海热线\n责编：北京"
    assert set(roles("", text)) == {"重庆市"}


def test_evidence_gives_the_words_as_they_stood() -> None:
    [found] = [t for t in tag("", "“重 慶”發布數據。重慶開工。", RULES).regions if t.region_code == "500000"]
    # one entry for each way the folded text has it, in the words of its first place
    assert [(e.term, e.where, e.count) for e in found.evidence] == [("重 慶", "lead", 2)]


def test_zones_name_their_city_if_they_bear_its_name() -> None:
    assert set(roles("", "合肥高新区发布政策。")) == {"合肥高新区", "合肥市", "安徽省"}
    assert roles("", "两江新区发布政策。") == {"两江新区": "mentioned", "重庆市": "implied"}


def test_same_named_districts_follow_their_city() -> None:
    assert "南京市" in roles("", "南京鼓楼区与福州市的企业签约。")
    found = {t.region_code for t in tag("", "徐州鼓楼区发布方案。", RULES).regions}
    assert "320302" in found
    assert "320106" not in found


def test_users_block_and_add() -> None:
    own = read_regions(
        {
            "blocked": ["成都银行杯"],
            "region": {"重庆市": {"aliases": ["雾都"]}},
            "cluster": {"三市": {"members": ["南京市", "镇江市"], "expands": ["宁镇两市"]}},
        },
        "regions.toml",
    )
    rules = compile_rules(merge(shipped(), own))
    assert regions("", "成都银行杯开赛。", rules) == {}
    assert set(regions("", "雾都与宁镇两市签约。", rules)) == {"重庆市", "南京市", "镇江市", "江苏省"}


def test_nothing_in_nothing() -> None:
    assert tag("", "", RULES).regions == ()
    assert tag("Industrial internet in Europe", "No Chinese here at all.\n" * 3, RULES).regions == ()


def test_a_megabyte_is_fine() -> None:
    text = "重庆发布数据。\n" * 60_000
    [found] = [t for t in tag("", text, RULES).regions if t.role == "primary"]
    assert found.evidence[-1].count > 50_000


@given(st.text(alphabet="重庆市中区海南站省川渝桂滇黔《》（）记者武汉报道。、\n ·全国公司大学", max_size=60))
def test_any_text_gives_known_regions_and_true_evidence(text: str) -> None:
    for found in tag("", text, RULES).regions:
        assert found.region_code in RULES.atlas.regions
        assert found.evidence
        assert all(e.term in text and e.count > 0 for e in found.evidence)


def test_a_branch_counts_for_its_province() -> None:
    firms = "福州京东方满产。" * 2 + "厦门天马扩产。"
    text = f"福建把链条做长。{firms}福建还要再建三座工厂。{firms}"
    assert roles("", text)["福建省"] == "primary"
    assert roles("", text)["福州市"] == "org"


def test_the_title_decides_what_the_lead_only_details() -> None:
    text = "\n".join([f"湖南株洲也在跟进。{LONG}", f"长沙开工。{LONG}", f"长沙投产。株洲跟上。{LONG}", LONG])
    found = roles("长沙工程机械集群怎样用数据", text)
    assert (found["长沙市"], found["湖南省"], found["株洲市"]) == ("primary", "mentioned", "mentioned")
    assert roles("工程机械集群怎样用数据", text)["湖南省"] == "primary"
