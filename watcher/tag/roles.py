"""Gives every place its part in the story: primary, mentioned, dateline, org or implied.

Tells news from the rest by where a name stands (a dateline, a company's name, the title of a work); which
of the places in the news are the matter is decided in salience.py.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from watcher.model.item import RegionRole, RegionTag
from watcher.tag.evidence import Spot, evidence
from watcher.tag.gazetteer import COUNTRY, Atlas
from watcher.tag.layout import Layout
from watcher.tag.organisations import NO_PLACE, Organisation
from watcher.tag.places import Hit
from watcher.tag.salience import primary_places, score
from watcher.text.fold import Folded

_DATELINE_AFTER = re.compile(
    r"(?:[\d一二三四五六七八九十]{1,3}月)?(?:[\d一二三四五六七八九十]{1,3}日)?(?:电|讯|报道|消息)|报道|摄"
)
_DATELINE_BEFORE = re.compile(
    r"(?:记者|通讯员|实习生|特派员|见习记者)[^。\n]{0,24}$"
    r"|(?:新华社|中新社|中新网|人民网|新华网|央广网|光明网|中国网|本报|本网|本刊|发自)$"
)
_DATELINE_REACH = 80  # characters from the start of a line


@dataclass(slots=True)
class _Tally:
    units: set[int] = field(default_factory=set)
    spots: list[Spot] = field(default_factory=list)


def region_tags(
    folded: Folded,
    original: str,
    layout: Layout,
    hits: Sequence[Hit],
    organisations: Sequence[Organisation],
    atlas: Atlas,
) -> tuple[RegionTag, ...]:
    """The regions of a text, primary first, then by score; `original` is what `folded` was made from."""
    tallies: dict[tuple[str, RegionRole], _Tally] = defaultdict(_Tally)
    for hit, unit, role in with_role(folded.text, layout, hits, organisations):
        spot = hit.start, hit.end, layout.units[unit].where
        for code in hit.codes:
            tally = tallies[code, role]
            tally.units.add(unit)
            tally.spots.append(spot)
    mentioned = {code: tally.units for (code, role), tally in tallies.items() if role == "mentioned"}
    scores = {code: score(units, layout) for code, units in mentioned.items()}
    firms = {code: tally.units for (code, role), tally in tallies.items() if role == "org"}
    primary = primary_places(folded.text, layout, hits, mentioned, firms, atlas)
    tags = [
        RegionTag(
            code,
            "primary" if code in primary else role,
            scores[code] if role == "mentioned" else 0.0,
            evidence(tally.spots, folded, original),
        )
        for (code, role), tally in tallies.items()
        if role == "mentioned"
        or (code not in scores and not (role == "org" and (code, "dateline") in tallies))
    ]
    tags += _implied(tags, atlas)
    return tuple(sorted(tags, key=_order))


def spoken_of(
    text: str, layout: Layout, hits: Sequence[Hit], organisations: Sequence[Organisation]
) -> list[Hit]:
    """The places the text itself speaks of, without datelines, bylines and names of companies."""
    return [hit for hit, _, role in with_role(text, layout, hits, organisations) if role == "mentioned"]


def with_role(
    text: str, layout: Layout, hits: Sequence[Hit], organisations: Sequence[Organisation]
) -> list[tuple[Hit, int, RegionRole]]:
    """Each place with its unit and role; those in names of outlets and in source lines are dropped.

    A place before a known company (福州京东方) belongs to its name, unless the text speaks of it elsewhere.
    """
    seen = list(_first_look(text, layout, hits, organisations))
    spoken = {code for hit, _, role in seen if role == "mentioned" for code in hit.codes}
    return [
        (hit, unit, ("mentioned" if spoken.issuperset(hit.codes) else "org") if role == "branch" else role)
        for hit, unit, role in seen
    ]


def _first_look(
    text: str, layout: Layout, hits: Sequence[Hit], organisations: Sequence[Organisation]
) -> Iterator[tuple[Hit, int, RegionRole | Literal["branch"]]]:
    spans = [org for org in organisations if org.kind in NO_PLACE]
    works = "《" in text
    number = 0
    for hit in hits:
        while number < len(spans) and spans[number].end <= hit.start:
            number += 1
        org = spans[number] if number < len(spans) and spans[number].start <= hit.start else None
        unit = layout.index(hit.start)
        if layout.units[unit].where == "source":
            continue
        if org is not None:
            if org.kind not in ("outlet", "university") and COUNTRY not in hit.codes:
                # 四川长虹 bears its place in its name, 福州京东方 only stands there
                stands = org.known and not org.name.startswith(text[hit.start : hit.end])
                yield hit, unit, "branch" if stands else "org"
        elif _is_dateline(text, hit):
            yield hit, unit, "dateline"
        elif not (works and _in_title_of_work(text, hit)):
            yield hit, unit, "mentioned"


_RANK: Mapping[str, int] = {"primary": 0, "mentioned": 1, "dateline": 2, "org": 3, "implied": 4}


def _order(tag: RegionTag) -> tuple[int, float, str]:
    return _RANK[tag.role], -tag.score, tag.region_code


def _is_dateline(text: str, hit: Hit) -> bool:
    if not _DATELINE_AFTER.match(text, hit.end):
        return False
    line = text.rfind("\n", 0, hit.start) + 1
    return hit.start - line <= _DATELINE_REACH and _DATELINE_BEFORE.search(text[line : hit.start]) is not None


_POLICY = re.compile(
    r"规划|计划|方案|政策|措施|意见|办法|条例|白皮书|报告|倡议书|指南|通知|纲要|细则|目录|决定|章程|公报|标准"
)


def _in_title_of_work(text: str, hit: Hit) -> bool:
    """In 《武汉宣言》 a place only names a work; in 《成都市智能制造三年行动计划》 it makes the policy."""
    opened = text.rfind("《", max(0, hit.start - 60), hit.start)
    if opened < 0 or text.find("》", opened, hit.start) >= 0:
        return False
    closed = text.find("》", hit.end, hit.end + 60)
    return closed >= 0 and not _POLICY.search(text, opened, closed)


def _implied(tags: Iterable[RegionTag], atlas: Atlas) -> list[RegionTag]:
    """What the named places lie in, as far as the text does not name it: 常熟 implies 苏州市 and 江苏省."""
    named = {tag.region_code for tag in tags}
    implied: dict[str, RegionTag] = {}
    for tag in tags:
        if tag.role in ("primary", "mentioned"):
            for code in atlas.parents(tag.region_code):
                if code not in named:
                    implied.setdefault(code, RegionTag(code, "implied", 0.0, tag.evidence[:1]))
    return list(implied.values())
