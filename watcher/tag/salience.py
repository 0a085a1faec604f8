"""Weighs the places of a text: what it is about (primary) and what it only names.

Counts units (paragraphs, or sentences of a block), not tokens, so that one list-heavy paragraph cannot win.
All thresholds of the rule stand in this file; scores are stored, so that a verdict can be argued with.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import takewhile

from watcher.tag.gazetteer import COUNTRY, Atlas
from watcher.tag.layout import Layout
from watcher.tag.places import Hit

WEIGHT = {"title": 6.0, "lead": 2.0, "heading": 3.0, "body": 1.0, "source": 0.0}
PRIMARY_LEAST = 5.0  # a primary place scores at least this,
FRONT_LEAST = 3.0  # or this if it stands in title or lead,
ROUNDUP = 6  # but not in a text that names places of so many provinces: its lead only begins the list;
PRIMARY_SHARE = 0.25  # and at least this share of the best one
VISIT = 3.0  # added for the places of a visit that title and lead tell: 在山东烟台、青岛考察
NATION_LEAST = 1.0  # 全国 is primary when no place is and it scores this

_VISIT = re.compile(r"[在赴到](?P<places>[^,，。;；]{2,40}?)(?:考察|调研|视察)")

TITLE = 0  # the number of the unit that holds the title

Units = Mapping[str, Collection[int]]  # code of a place: numbers of the units that name it


def score(units: Iterable[int], layout: Layout) -> float:
    """What being named in these units is worth."""
    return sum(WEIGHT[layout.units[unit].where] for unit in units)


def primary_places(
    text: str, layout: Layout, hits: Sequence[Hit], mentioned: Units, firms: Units, atlas: Atlas
) -> frozenset[str]:
    """The places the story is about, or 全国 if it is about none in particular.

    `firms` are the places that only stand in names of companies.
    """
    places = {code: units for code, units in mentioned.items() if code != COUNTRY}
    visited = _visited(text, layout, hits)
    scores = {
        code: score(units, layout) + VISIT * (code in visited)
        for code, units in _with_parts(places, firms, layout, atlas).items()
    }
    share = PRIMARY_SHARE * max(scores.values(), default=0.0)
    roundup = len({(code, *atlas.parents(code))[-1] for code in places}) >= ROUNDUP
    in_front = frozenset() if roundup else _in_front(places, layout)
    chosen = frozenset(
        code
        for code, reached in scores.items()
        if reached >= max(share, FRONT_LEAST if code in in_front else PRIMARY_LEAST)
    )
    if not chosen and score(mentioned.get(COUNTRY, ()), layout) >= NATION_LEAST:
        return frozenset({COUNTRY})
    return chosen


def _with_parts(places: Units, firms: Units, layout: Layout, atlas: Atlas) -> Units:
    """What happens in its cities, and at their companies, counts for a province that is named.

    In a block, whose units are sentences, one city is enough (江西… 在南昌…); among whole paragraphs one city
    speaks for itself, and several speak for the province. Where the title names the city and not the
    province (长沙工程机械集群…), the province is only the frame.
    """
    parts: dict[str, list[str]] = defaultdict(list)
    parted = {**firms, **places}
    for code in parted:
        above = (code, *atlas.parents(code))[-1]
        if above != code and above in places:
            parts[above].append(code)
    enough = 1 if layout.block else 2
    titled = {code for code in places if TITLE in places[code]}
    together = {
        above: set(places[above]).union(*(parted[code] for code in codes))
        for above, codes in parts.items()
        if len(codes) >= enough and (above in titled or titled.isdisjoint(codes))
    }
    return {**places, **together}


def _visited(text: str, layout: Layout, hits: Sequence[Hit]) -> frozenset[str]:
    """The places of a visit that the title announces, as the lead lists them."""
    title = layout.units[0]
    if not _VISIT.search(text, title.start, title.end):
        return frozenset()
    leads = [unit for unit in layout.units if unit.where == "lead"]
    spans = [visit.span("places") for unit in leads for visit in _VISIT.finditer(text, unit.start, unit.end)]
    last = max((end for _, end in spans), default=0)
    near = takewhile(lambda hit: hit.start < last, hits)
    return frozenset(
        code for hit in near if any(start <= hit.start < end for start, end in spans) for code in hit.codes
    )


def _in_front(places: Units, layout: Layout) -> Collection[str]:
    """The places that title or lead name; where the title names some, the lead only adds detail."""
    titled = {code for code, units in places.items() if TITLE in units}
    leads = {number for number, unit in enumerate(layout.units) if unit.where == "lead"}
    return (set() if layout.block else titled) or {
        code for code, units in places.items() if not leads.isdisjoint(units)
    }
