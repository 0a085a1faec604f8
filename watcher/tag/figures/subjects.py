"""Says which places of a sentence can own its figures; the rest only compare, list, decorate or receive.

与广东的差距 is not Guangdong's, 占全国 not the nation's, 北京、上海等6个省市 none of those listed.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from watcher.tag.figures.values import Value
from watcher.tag.figures.words import pattern, word
from watcher.tag.gazetteer import COUNTRY, Atlas
from watcher.tag.places import Hit

ABROAD = ""  # the code of a place outside: it owns figures, but is no region of ours

_COMPARED = re.compile(rf"{word('owners', 'compared')}$")
_COMPARES = re.compile(pattern("owners", "compares"))
_OBJECT = re.compile(rf"{word('owners', 'object')}$")
_VENUE = re.compile(word("owners", "venue"))
_ACTS = re.compile(word("owners", "acts"))
_PARTNER = re.compile(
    r"(?:[对自从向赴往和与达家名位批予]|来自|通了|覆盖|辐射|惠及)$"
)  # 对东盟进出口, 自美国进口, 和俄罗斯签订
_WON = re.compile(rf"{word('owners', 'won')}了?$")
_TITLE = re.compile(
    r"[^，。；、的\d]{0,12}(?:示范|先进|百强|试点|重点|文明|优秀|卫生|园林|特色|一流|劳动模范)"
    r"[^，。；、的\d]{0,8}(?:[村镇县市区户]|基地|单位|企业|项目|城市|集体|园区|平台|案例|工厂)"
)
_SINCE = re.compile(r"[^，。；、]{0,10}以来")  # 自2018年首条航线在厦门开通以来
_PARTNER_OF = re.compile(  # 欧盟为我国第二大贸易伙伴
    r"[^，。；]{0,8}(?:我国|中国)[^，。；]{0,10}(?:伙伴|市场|来源|目的地)"
)
_IN_ROW = re.compile(r"[省市区县国份]\)?[和与及、]$")  # 31个省(区、市)和新疆生产建设兵团
_ITEM = 10  # characters of a list's item behind a place it begins with: 江津珞璜港
_ROUTE = re.compile(r"(?:[^，。；、]{0,4}[站港场])?[至到]")  # 银川至宁波北仑港, 重庆北站到成都
_CLOSES_LIST = re.compile(r"[^，。；、]{0,8}?等")
_IN_NAME = re.compile(
    r"中国[^，。；、的在\d]{1,12}?(?:商品城|商贸城|博览会|洽谈会|交易会|论坛|大会|协会|学会|联合会|基金会|峰会)"
)
_AND = ("、", "和", "与", "及")


@dataclass(frozen=True, slots=True)
class Place:
    """A place named once, as one region."""

    start: int
    end: int
    code: str


def places_of(hits: Iterable[Hit], atlas: Atlas) -> Iterator[Place]:
    """The one region each hit means: 川渝 is the cluster of just these two; 川渝桂滇黔 is no region."""
    clusters: Mapping[frozenset[str], str] | None = None
    for hit in hits:
        code: str | None = hit.codes[0]
        if len(hit.codes) > 1 and hit.codes[0].isdigit():
            clusters = clusters or _by_members(atlas)  # all regions are gone through: once a text is enough
            code = clusters.get(frozenset(hit.codes))
        if code:
            yield Place(hit.start, hit.end, code)


def _by_members(atlas: Atlas) -> Mapping[frozenset[str], str]:
    clusters = [region for region in atlas.regions.values() if region.level == "cluster"]
    return {frozenset(region.members): region.code for region in reversed(clusters)}


def subjects(text: str, places: Sequence[Place], values: Sequence[Value], value: Value | None) -> list[Place]:
    """Those of the places before a value that may own it; without a value, those that were spoken of."""
    own: list[Place] = []
    served: list[Place] = []
    for number, place in enumerate(places):
        if _is_aside(text, place, value) or _is_listed(text, places, number):
            continue
        if _is_reached(text, places, number):
            continue
        if value and is_example(text, place.end, value):
            continue
        # 10家全国重点实验室: the word belongs to what is counted
        if place.code == COUNTRY and any(0 <= place.start - other.end <= 1 for other in values):
            continue
        # 全国41个工业大类中的39个: 全国 has had its figure
        had = place.code == COUNTRY and any(0 <= other.start - place.end <= 2 for other in values)
        if place.code == COUNTRY and (_IN_NAME.match(text, place.start) or is_title(text, place)):
            continue
        aloft = place.code == COUNTRY and text[place.start - 1] == "在"  # 在全国叫得响的品牌
        (served if had or aloft else own).append(place)
    return own or served


def actors(text: str, places: Sequence[Place]) -> list[Place]:
    """Those that act, if any does: in 重庆…推动成渝地区双城经济圈建设 it is 重庆."""
    acting = [p for p in places if not _OBJECT.search(text, max(0, p.start - 4), p.start)]
    acting = [p for p in acting if p.code.isdigit() or text[p.start - 1] != "的"] or acting
    acting = [p for p in acting if not _is_venue(text, p)] or acting
    return acting or list(places)


def is_example(text: str, end: int, value: Value) -> bool:
    """Whether what ends here is one of those summed up before a value: 北京、上海等6个省市.

    But one that acts is the subject: 重庆将以现代基础设施网络建设、…等10项行动为抓手.
    """
    if text[value.start - 1] != "等":
        return False
    listed = text.find("、", end, value.start)
    until = listed if listed >= 0 else value.start - 1
    return until - end <= _ITEM and not ("，" in text[end:until] or _ACTS.search(text, end, until))


def is_told_of(text: str, place: Place) -> bool:
    """Whether the text speaks of the place, and not only compares with it or bears its title."""
    return not (_is_aside(text, place, None) or _IN_NAME.match(text, place.start) or is_title(text, place))


def is_title(text: str, place: Place) -> bool:
    """创建全国乡村治理示范镇6个: the title is the nation's, the towns are the subject's."""
    return (
        _WON.search(text, max(0, place.start - 4), place.start) is not None
        and _TITLE.match(text, place.end) is not None
    )


def _is_aside(text: str, place: Place, value: Value | None) -> bool:
    if place.code == ABROAD and (
        _PARTNER.search(text, max(0, place.start - 2), place.start) or _PARTNER_OF.match(text, place.end)
    ):
        return True
    if _IN_ROW.search(text, max(0, place.start - 3), place.start):
        return True
    if _COMPARED.search(text, max(0, place.start - 3), place.start) or _COMPARES.match(text, place.end):
        return True
    end = value.start if value else place.end + 60
    if text[place.start - 1] == "在" and _SINCE.match(text, place.end):
        return True
    if text.startswith("来的", place.end):
        return True  # 重庆来的救援队 works elsewhere
    given = text[place.start - 1] in "为给向" and text.find("提供", place.end, end) >= 0
    return given or _is_closed_off(text, place, end)


def _is_venue(text: str, place: Place) -> bool:
    """青岛市在市南区的一处会展中心召开大会: there it was told, but it is about 青岛."""
    return text[place.start - 1] == "在" and _VENUE.search(text, place.end, place.end + 24) is not None


def _is_closed_off(text: str, place: Place, end: int) -> bool:
    """A place inside brackets that closed before the value; but 顶级节点(重庆) is the subject."""
    opened = text.rfind("(", max(0, place.start - 12), place.start)
    closed = text.find(")", place.end, end)
    return opened >= 0 and closed >= 0 and (opened, closed) != (place.start - 1, place.end)


def _is_reached(text: str, places: Sequence[Place], number: int) -> bool:
    """The end of a route: 中卫至宁波北仑港通关时间 is told of 中卫."""
    while number > 1 and places[number - 1].end == places[number].start:
        number -= 1
    return number > 0 and _ROUTE.fullmatch(text, places[number - 1].end, places[number].start) is not None


def _is_listed(text: str, places: Sequence[Place], number: int) -> bool:
    """Places in a row share what is said; no one of them owns it. 湖北宜昌、湖南长沙 are two in a row."""
    first = last = number
    while first and places[first - 1].end == places[first].start:
        first -= 1
    while last + 1 < len(places) and places[last].end == places[last + 1].start:
        last += 1
    follows = text[places[last].end : places[last].end + 1]
    before = text[places[first - 1].end : places[first].start] if first else ""
    after = text[places[last].end : places[last + 1].start] if last + 1 < len(places) else ""
    closes = text[places[first].start - 1] == "、" and _CLOSES_LIST.match(text, places[last].end)
    return follows == "、" or before in _AND or after in _AND or bool(closes)
