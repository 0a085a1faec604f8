"""Says which places of a sentence can own its figures; the rest only compare, list, decorate or receive.

与广东的差距 is not Guangdong's, 占全国 not the nation's, 北京、上海等6个省市 none of those listed.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

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
_AND = ("、", "和", "与", "及")


@dataclass(frozen=True, slots=True)
class Place:
    """A place named once, as one region."""

    start: int
    end: int
    code: str


def place_of(hit: Hit, atlas: Atlas) -> Place | None:
    """The one region a hit means: 川渝 is the cluster of just these two; 川渝桂滇黔 is no region."""
    if len(hit.codes) == 1 or not hit.codes[0].isdigit():
        return Place(hit.start, hit.end, hit.codes[0])
    wanted = frozenset(hit.codes)
    for code, region in atlas.regions.items():
        if region.level == "cluster" and frozenset(region.members) == wanted:
            return Place(hit.start, hit.end, code)
    return None


def subjects(text: str, places: Sequence[Place], values: Sequence[Value], value: Value | None) -> list[Place]:
    """Those of the places before a value that may own it; without a value, those that were spoken of."""
    own: list[Place] = []
    served: list[Place] = []
    for number, place in enumerate(places):
        if _is_aside(text, place, value) or _is_listed(text, places, number):
            continue
        if value and is_example(text, place.end, value):
            continue
        # 全国41个工业大类中的39个: 全国 has had its figure
        had = place.code == COUNTRY and any(0 <= other.start - place.end <= 2 for other in values)
        (served if had else own).append(place)
    return own or served


def actors(text: str, places: Sequence[Place]) -> list[Place]:
    """Those that act, if any does: in 重庆…推动成渝地区双城经济圈建设 it is 重庆."""
    acting = [p for p in places if not _OBJECT.search(text, max(0, p.start - 4), p.start)]
    acting = [p for p in acting if not _is_venue(text, p)] or acting
    return acting or list(places)


def is_example(text: str, end: int, value: Value) -> bool:
    """Whether what ends here is one of those summed up before a value: 北京、上海等6个省市.

    But one that acts is the subject: 重庆将以现代基础设施网络建设、…等10项行动为抓手.
    """
    if text[value.start - 1] != "等":
        return False
    listed = text.find("、", end, value.start)
    return listed < 0 or not ("，" in text[end:listed] or _ACTS.search(text, end, listed))


def _is_aside(text: str, place: Place, value: Value | None) -> bool:
    if _COMPARED.search(text, max(0, place.start - 3), place.start) or _COMPARES.match(text, place.end):
        return True
    end = value.start if value else place.end + 60
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


def _is_listed(text: str, places: Sequence[Place], number: int) -> bool:
    """Places in a row share what is said; no one of them owns it."""
    neighbours = places[max(0, number - 1) : number + 2]
    return any(text[one.end : other.start] in _AND for one, other in pairwise(neighbours))
