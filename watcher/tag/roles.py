"""Gives every place its part in the story: primary, mentioned, dateline, org or implied, with score and evidence.

Counts units (paragraphs, or sentences of a block), not tokens, so that one list-heavy paragraph cannot win.
All thresholds of the rule stand in this file; the score is stored, so that a verdict can be argued with.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field

from watcher.model.item import RegionRole, RegionTag
from watcher.tag.evidence import Spot, evidence
from watcher.tag.gazetteer import COUNTRY, Atlas
from watcher.tag.layout import Layout
from watcher.tag.organisations import NO_PLACE, Organisation
from watcher.tag.places import Hit
from watcher.text.fold import Folded

WEIGHT = {"title": 6.0, "lead": 2.0, "heading": 3.0, "body": 1.0, "source": 0.0}
PRIMARY_LEAST = 5.0  # a primary place scores at least this,
LEAD_LEAST = 3.0  # or this, if it stands in the lead
PRIMARY_SHARE = 0.25  # and at least this share of the best one
VISIT = 3.0  # added for the places of a visit that title and lead tell: 在山东烟台、青岛考察
NATION_LEAST = 1.0  # 全国 is primary when no place is and it scores this

_DATELINE_AFTER = re.compile(
    r"(?:[\d一二三四五六七八九十]{1,3}月)?(?:[\d一二三四五六七八九十]{1,3}日)?(?:电|讯|报道|消息)|报道|摄"
)
_DATELINE_BEFORE = re.compile(
    r"(?:记者|通讯员|实习生|特派员|见习记者)[^。\n]{0,24}$|(?:新华社|中新社|中新网|人民网|新华网|央广网|光明网|中国网|本报|本网|本刊|发自)$"
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
    for hit, unit, role in _with_role(folded.text, layout, hits, organisations):
        spot = hit.start, hit.end, layout.units[unit].where
        for code in hit.codes:
            tally = tallies[code, role]
            tally.units.add(unit)
            tally.spots.append(spot)
    mentioned = {code: tally.units for (code, role), tally in tallies.items() if role == "mentioned"}
    scores = {code: _score(units, layout) for code, units in mentioned.items()}
    visited = _visited(folded.text, layout, hits)
    primary = _primary(_with_parts(mentioned, layout, atlas), visited, layout)
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


_RANK: Mapping[str, int] = {"primary": 0, "mentioned": 1, "dateline": 2, "org": 3, "implied": 4}


def _order(tag: RegionTag) -> tuple[int, float, str]:
    return _RANK[tag.role], -tag.score, tag.region_code


def _with_role(
    text: str, layout: Layout, hits: Sequence[Hit], organisations: Sequence[Organisation]
) -> Iterator[tuple[Hit, int, RegionRole]]:
    """Drops places in names of outlets and source lines; marks those in names of companies and in datelines."""
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
            if org.kind != "outlet" and org.kind != "university" and COUNTRY not in hit.codes:
                yield hit, unit, "org"
        elif _is_dateline(text, hit):
            yield hit, unit, "dateline"
        elif not (works and _in_title_of_work(text, hit)):
            yield hit, unit, "mentioned"


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


def _score(units: Iterable[int], layout: Layout) -> float:
    return sum(WEIGHT[layout.units[unit].where] for unit in units)


def _with_parts(mentioned: Mapping[str, set[int]], layout: Layout, atlas: Atlas) -> dict[str, set[int]]:
    """What happens in its cities counts for a province that is named.

    In a block, whose units are sentences, one city is enough (江西… 在南昌…); among whole paragraphs one city
    speaks for itself, and several speak for the province.
    """
    units = {code: set(of_code) for code, of_code in mentioned.items()}
    parts: dict[str, list[str]] = defaultdict(list)
    for code in mentioned:
        for above in atlas.parents(code):
            if above in mentioned:
                parts[above].append(code)
    for above, codes in parts.items():
        if len(codes) > 1 or layout.block:
            units[above].update(*(mentioned[code] for code in codes))
    return units


_VISIT = re.compile(r"[在赴到](?P<places>[^,，。;；]{2,40}?)(?:考察|调研|视察)")


def _visited(text: str, layout: Layout, hits: Sequence[Hit]) -> frozenset[str]:
    title = layout.units[0]
    if not _VISIT.search(text, title.start, title.end):
        return frozenset()
    leads = [unit for unit in layout.units if unit.where == "lead"]
    spans = [visit.span("places") for unit in leads for visit in _VISIT.finditer(text, unit.start, unit.end)]
    return frozenset(
        code for hit in hits if any(start <= hit.start < end for start, end in spans) for code in hit.codes
    )


def _primary(mentioned: Mapping[str, set[int]], visited: Set[str], layout: Layout) -> frozenset[str]:
    scores = {
        code: _score(units, layout) + VISIT * (code in visited)
        for code, units in mentioned.items()
        if code != COUNTRY
    }
    share = PRIMARY_SHARE * max(scores.values(), default=0.0)
    chosen = frozenset(
        code
        for code, score in scores.items()
        if score >= max(share, LEAD_LEAST if _in_front(mentioned[code], layout) else PRIMARY_LEAST)
    )
    nation = _score(mentioned.get(COUNTRY, ()), layout)
    return chosen or (frozenset({COUNTRY}) if nation >= NATION_LEAST else chosen)


def _in_front(units: Iterable[int], layout: Layout) -> bool:
    return any(layout.units[unit].where in ("title", "lead") for unit in units)


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
