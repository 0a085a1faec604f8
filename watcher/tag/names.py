"""What each place name may mean: turns the atlas and the book into entries of the lexicon.

How far a short name is believed comes from data/names.toml; nothing here looks at a text.
"""

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from watcher.model.rules import RuleBook
from watcher.tag.gazetteer import COUNTRY, Atlas, official_places
from watcher.tag.lexicon import Name, Trust
from watcher.text.fold import fold

_BLOCKED = Name((), "blocked")


@cache
def trust_lists() -> Mapping[str, frozenset[str]]:
    """The word lists of names.toml, each as a set."""
    table = _table()
    return {key: frozenset(words.split()) for key, words in table.items() if isinstance(words, str)}


@cache
def letters() -> Mapping[str, str]:
    """The one-letter abbreviations of provinces, each with the province's short name."""
    return dict(_table()["letters"])


@cache
def _table() -> Mapping[str, Any]:
    return tomllib.loads(files("watcher.tag").joinpath("data", "names.toml").read_text("utf-8"))


def place_names(book: RuleBook, atlas: Atlas) -> Iterator[tuple[str, Name]]:
    """Every name and phrase to look for; where two agree, the first given wins."""
    lists = trust_lists()
    yield from ((phrase, _BLOCKED) for phrase in (*book.blocked, *lists["not_nation"]))
    yield from ((place, Name((), "foreign")) for place in lists["foreign"])
    yield from ((word, Name((COUNTRY,), "safe")) for word in lists["nation"])
    yield from _cluster_names(book, atlas)
    yield from _zone_names(book, atlas)
    yield from _extra_names(book, atlas)
    yield from _official_names(atlas)


def _official_names(atlas: Atlas) -> Iterator[tuple[str, Name]]:
    lists = trust_lists()
    ordinary = lists["words"] - lists["trusted"]
    for _, name, short in official_places():
        codes = atlas.names[name]
        yield name, Name(codes, "loose" if name in lists["common"] or len(name) == 2 else "full")
        codes = atlas.names[short]
        level = atlas.regions[codes[0]].level
        if short == name or (level == "county" and short in ordinary):
            continue
        yield short, Name(codes, _trust_of_county(short) if level == "county" else _trust_of_city(short))


def _trust_of_city(short: str) -> Trust:
    return "loose" if short in trust_lists()["risky"] else "safe"


def _trust_of_county(short: str) -> Trust:
    lists = trust_lists()
    if short in lists["trusted"]:
        return "safe"
    return "close" if short in lists["close"] else "loose"


def _cluster_names(book: RuleBook, atlas: Atlas) -> Iterator[tuple[str, Name]]:
    directions = trust_lists()["directions"]
    for cluster in book.clusters:
        members = atlas.regions[cluster.name].members
        yield from ((form, Name(members, "safe", joint=True)) for form in cluster.expands)
        for form in (cluster.name, *cluster.aliases):
            if form not in cluster.expands:
                yield form, Name((cluster.name,), "direction" if form in directions else "safe")


def _zone_names(book: RuleBook, atlas: Atlas) -> Iterator[tuple[str, Name]]:
    """Zones; a zone's name that begins with its city's names the city as well: 重庆高新区."""
    for zone in book.zones:
        if zone.name not in atlas.regions:
            continue
        above = atlas.parents(zone.name)
        for form in (zone.name, *zone.aliases):
            inner = tuple(code for code in above if atlas.regions[code].short_name in form)
            if form not in atlas.names or atlas.names[form][0] == zone.name:
                yield form, Name((zone.name,), "safe", inner=inner)


def _extra_names(book: RuleBook, atlas: Atlas) -> Iterator[tuple[str, Name]]:
    for extra in book.extras:
        for code in atlas.names.get(fold(extra.name).text, ())[:1]:
            yield from ((form, Name((code,), "safe")) for form in extra.aliases)
