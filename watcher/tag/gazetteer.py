"""The atlas: which regions there are, what they are called, and what lies within what.

Built from the official table (data/places.tsv, see tools/build_gazetteer.py) and a RuleBook's clusters,
zones, further names and tiers. Knows names; does not decide what a name means in a sentence.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from watcher.model.rules import Region, RegionLevel, RuleBook
from watcher.text.fold import fold

COUNTRY = "CN"
NATION = Region(COUNTRY, "全国", "全国", "country")


@dataclass(frozen=True, slots=True)
class Atlas:
    """Every region by code, every name by its folded form, and both directions of nesting."""

    regions: Mapping[str, Region]
    names: Mapping[str, tuple[str, ...]]  # folded name: codes, the largest place first
    children: Mapping[str, tuple[str, ...]]
    line: Mapping[str, tuple[str, ...]]  # code: its parents, nearest first, without the country

    def find(self, name: str) -> Region | None:
        """The region called so officially, in short or by an alias; the largest of several."""
        codes = self.names.get(fold(name).text.strip())
        return self.regions[codes[0]] if codes else self.regions.get(name)

    def within(self, code: str) -> frozenset[str]:
        """The code and everything below: cities, counties and zones; of a cluster its members and theirs."""
        found: set[str] = set()
        waiting = [code]
        while waiting:
            here = waiting.pop()
            if here not in found:
                found.add(here)
                waiting += self.children.get(here, ())
                region = self.regions.get(here)
                waiting += region.members if region else ()
        return frozenset(found)

    def parents(self, code: str) -> tuple[str, ...]:
        """What the place lies in, nearest first; clusters lie in nothing, and 全国 is not listed."""
        return self.line.get(code, ())


@lru_cache(maxsize=2)  # the checks need it, and then the rules
def build_atlas(book: RuleBook) -> Atlas:
    """The atlas of the official table and the book; names it does not know are left out (see checks)."""
    tiers = {name: tier for tier, names in book.tiers for name in names}
    regions: dict[str, Region] = {COUNTRY: NATION}
    names: dict[str, tuple[str, ...]] = {NATION.name: (COUNTRY,)}
    for code, name, short in official_places():
        level, parent = _place(code, regions)
        regions[code] = Region(code, name, short, level, parent, tiers.get(name))
        for form in {name, short}:
            names[form] = (*names.get(form, ()), code)
    _add_zones(book, regions, names)
    _add_clusters(book, regions, names)
    for extra in book.extras:
        if known := names.get(fold(extra.name).text):
            _name(names, extra.aliases, known[0])
    return Atlas(regions, names, _children(regions), _lines(regions))


@cache
def official_places() -> tuple[tuple[str, str, str], ...]:
    """(adcode, official name, short name) of every province, then every city and county, each by code."""
    lines = table_text().splitlines()
    return tuple(
        (code, name, short) for code, name, short in (line.split("\t") for line in sorted(lines, key=_rank))
    )


def table_text() -> str:
    """The table as it stands in the package; part of what the rules' hash covers."""
    return files("watcher.tag").joinpath("data", "places.tsv").read_text("utf-8")


def _rank(line: str) -> tuple[int, str]:
    return _size(line[:6]), line


def _size(code: str) -> int:
    if not code.isdigit():
        return 3
    return 0 if code.endswith("0000") else 1 if code.endswith("00") else 2


def _place(code: str, regions: Mapping[str, Region]) -> tuple[RegionLevel, str]:
    """Level and parent by the digits of an adcode; counties of municipalities lie in the province."""
    if code.endswith("0000"):
        return "province", COUNTRY
    province, city = code[:2] + "0000", code[:4] + "00"
    if code == city:
        return "city", province
    return "county", city if city in regions else province


def _add_zones(book: RuleBook, regions: dict[str, Region], names: dict[str, tuple[str, ...]]) -> None:
    for zone in book.zones:
        parent = names.get(fold(zone.parent).text) or names.get(zone.name.removesuffix("高新区"))
        if parent and zone.name not in names:
            regions[zone.name] = Region(zone.name, zone.name, zone.name, "zone", parent[0])
            _name(names, (zone.name, *zone.aliases), zone.name)


def _add_clusters(book: RuleBook, regions: dict[str, Region], names: dict[str, tuple[str, ...]]) -> None:
    known = names.keys() | {fold(cluster.name).text for cluster in book.clusters}
    for cluster in book.clusters:
        found = [fold(member).text for member in cluster.members]
        members = tuple(names[m][0] if m in names else m for m in found if m in known)
        regions[cluster.name] = Region(cluster.name, cluster.name, cluster.name, "cluster", members=members)
        _name(names, (cluster.name, *cluster.aliases), cluster.name)


def _name(names: dict[str, tuple[str, ...]], forms: tuple[str, ...], code: str) -> None:
    for form in forms:
        names.setdefault(fold(form).text, (code,))


def _children(regions: Mapping[str, Region]) -> dict[str, tuple[str, ...]]:
    children: dict[str, list[str]] = {}
    for code, region in regions.items():
        if region.parent_code:
            children.setdefault(region.parent_code, []).append(code)
    return {code: tuple(below) for code, below in children.items()}


def _lines(regions: Mapping[str, Region]) -> dict[str, tuple[str, ...]]:
    lines: dict[str, tuple[str, ...]] = {}
    for code, region in regions.items():  # a place stands behind what it lies in
        above = region.parent_code
        lines[code] = (above, *lines[above]) if above and above != COUNTRY else ()
    return lines
