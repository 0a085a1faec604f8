"""Whether the rules say of a text what their author expects: for users' own tests of their rules.

Compares; the texts and expectations come as arguments.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from watcher.model.item import Evidence, Tags
from watcher.tag.rules import Rules

TOLD = frozenset({"main", "mentioned"})  # the roles of a topic,
ABOUT = frozenset({"primary", "mentioned"})  # and those in which a region is in the news


_Said = Mapping[str, tuple[set[str], tuple[Evidence, ...]]]  # name: roles, words


@dataclass(frozen=True, slots=True)
class Expectation:
    """What must and must not be said of a text; topics by id, regions and organisations by name."""

    topics: tuple[str, ...] = ()  # there, in any role
    main: tuple[str, ...] = ()
    no_topics: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()  # primary or mentioned
    primary: tuple[str, ...] = ()
    dateline: tuple[str, ...] = ()
    org: tuple[str, ...] = ()
    implied: tuple[str, ...] = ()
    no_regions: tuple[str, ...] = ()  # neither primary nor mentioned
    organisations: tuple[str, ...] = ()
    no_organisations: tuple[str, ...] = ()


def unknown(expected: Expectation, rules: Rules) -> Iterator[tuple[str, str]]:
    """(key, name) of topics and regions that there are not: a slip of the pen would never fail."""
    for key in ("topics", "main", "no_topics"):
        yield from ((key, name) for name in getattr(expected, key) if name not in rules.topics)
    for key in ("regions", "primary", "dateline", "org", "implied", "no_regions"):
        yield from ((key, name) for name in getattr(expected, key) if rules.atlas.find(name) is None)


def failures(expected: Expectation, tags: Tags, rules: Rules) -> Iterator[str]:
    """One sentence for each expectation that does not hold, with what was said instead."""
    topics: _Said = {tag.topic_id: ({tag.role}, tag.evidence) for tag in tags.topics}
    yield from _missing("topic", expected.topics, topics, TOLD)
    yield from _missing("topic", expected.main, topics, frozenset({"main"}))
    yield from _present("topic", expected.no_topics, topics, TOLD)
    regions: dict[str, tuple[set[str], tuple[Evidence, ...]]] = {}
    for tag in tags.regions:
        roles, words = regions.get(tag.region_code, (set(), ()))
        regions[tag.region_code] = roles | {tag.role}, (*words, *tag.evidence)
    codes = {name: _code(name, rules) for name in _regions(expected)}
    found = {name: regions[code] for name, code in codes.items() if code in regions}
    yield from _missing("region", expected.regions, found, ABOUT)
    for role in ("primary", "dateline", "org", "implied"):
        yield from _missing("region", getattr(expected, role), found, frozenset({role}))
    yield from _present("region", expected.no_regions, found, ABOUT)
    names = {tag.name: ({tag.kind or "named"}, tag.evidence) for tag in tags.organisations}
    yield from (f"organisation {name}: not there" for name in expected.organisations if name not in names)
    yield from (
        f"organisation {name}: there, by {_words(names[name][1])}"
        for name in expected.no_organisations
        if name in names
    )


def _missing(kind: str, wanted: tuple[str, ...], said: _Said, roles: frozenset[str]) -> Iterator[str]:
    for name in wanted:
        have = said.get(name, (set(), ()))[0]
        if have.isdisjoint(roles):
            instead = f"only {', '.join(sorted(have))}" if have else "not there"
            yield f"{kind} {name}: should be {' or '.join(sorted(roles))}, is {instead}"


def _present(kind: str, unwanted: tuple[str, ...], said: _Said, roles: frozenset[str]) -> Iterator[str]:
    for name in unwanted:
        have, words = said.get(name, (set(), ()))
        if not have.isdisjoint(roles):
            role = ", ".join(sorted(have & roles))
            yield f"{kind} {name}: should not be there, is {role}, by {_words(words)}"


def _regions(expected: Expectation) -> Iterator[str]:
    for key in ("regions", "primary", "dateline", "org", "implied", "no_regions"):
        yield from getattr(expected, key)


def _code(name: str, rules: Rules) -> str:
    region = rules.atlas.find(name)
    return region.code if region else name


def _words(words: tuple[Evidence, ...]) -> str:
    return "、".join(dict.fromkeys(word.term for word in words))
