"""What is wrong with a RuleBook, in words for the person who wrote it. Decides nothing else and changes nothing.

A finding is (origin, what, instead): where the rule stands ("topics.toml: topic.core"), what is wrong, and
what would be right.
"""

import re
import warnings
from collections import defaultdict
from collections.abc import Iterable, Iterator

from watcher.model.rules import RuleBook
from watcher.tag.gazetteer import Atlas, build_atlas
from watcher.text.fold import fold

Finding = tuple[str, str, str]

PATTERN_LENGTH = 600
# Two unlimited repeats inside one another take exponential time on hostile text: (a+)+, (.*x)*.
_NESTED_REPEAT = re.compile(r"\([^()]*[+*][^()]*\)(?:[+*]|\{\d+,\})")
_EMPTY_MATCH = "matches the empty string"


def check(book: RuleBook) -> list[Finding]:
    """Everything that is wrong, in the order of the book."""
    atlas = build_atlas(book)
    return [
        *_topics(book),
        *_clusters(book, atlas),
        *_zones(book, atlas),
        *_extras(book, atlas),
        *_rest(book, atlas),
    ]


def _topics(book: RuleBook) -> Iterator[Finding]:
    owners: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for topic in book.topics:
        for term in dict.fromkeys((*topic.strong, *topic.weak, *topic.not_)):
            yield from _name_findings(topic.origin, term)
        for term in {fold(term).text for term in topic.strong}:
            owners[term].append((topic.id, topic.origin))
        for pattern in topic.pattern:
            yield from _pattern_findings(topic.origin, pattern)
    for term, owned in owners.items():
        if len(owned) > 1 and any("shipped" not in origin for _, origin in owned):
            ids = ", ".join(id_ for id_, _ in owned)
            yield owned[-1][1], f'the strong term "{term}" stands in several topics: {ids}', "keep it in one"


def _pattern_findings(origin: str, pattern: str) -> Iterator[Finding]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            compiled = re.compile(pattern)
    except (re.error, FutureWarning, DeprecationWarning) as error:
        yield (
            origin,
            f'the pattern "{pattern}" is no regular expression: {error}',
            "escape ( ) [ ] . * + ? with \\",
        )
        return
    if compiled.match(""):
        yield origin, f'the pattern "{pattern}" {_EMPTY_MATCH}', "let it need at least one character"
    if _NESTED_REPEAT.search(pattern) or len(pattern) > PATTERN_LENGTH:
        yield (
            origin,
            f'the pattern "{pattern}" may take forever on a long text',
            "limit repeats: .{0,12} for .*",
        )


def _clusters(book: RuleBook, atlas: Atlas) -> Iterator[Finding]:
    for cluster in book.clusters:
        names = (cluster.name, *cluster.aliases, *cluster.expands)
        yield from (finding for name in names for finding in _name_findings(cluster.origin, name))
        if not cluster.members:
            yield (
                cluster.origin,
                f'the cluster "{cluster.name}" has no members',
                "list regions by official name",
            )
        yield from _unknown(cluster.origin, cluster.members, atlas)


def _zones(book: RuleBook, atlas: Atlas) -> Iterator[Finding]:
    for zone in book.zones:
        yield from (
            finding for name in (zone.name, *zone.aliases) for finding in _name_findings(zone.origin, name)
        )
        yield from _unknown(zone.origin, (zone.parent,), atlas)


def _extras(book: RuleBook, atlas: Atlas) -> Iterator[Finding]:
    for extra in book.extras:
        yield from _unknown(extra.origin, (extra.name,), atlas)
        for alias in extra.aliases:
            yield from _name_findings(extra.origin, alias)
            region, other = atlas.find(extra.name), atlas.find(alias)
            if region and other and region != other:
                yield extra.origin, f'"{alias}" already names {other.name}', "take it out, or block it"


def _rest(book: RuleBook, atlas: Atlas) -> Iterator[Finding]:
    for tier, provinces in book.tiers:
        yield from _unknown(f"tiers.{tier}", provinces, atlas)
    for phrase in book.blocked:
        yield from _name_findings("blocked", phrase)
    for rule in book.organisations:
        yield from (
            finding for name in (rule.name, *rule.aliases) for finding in _name_findings(rule.origin, name)
        )
        if rule.home:
            yield from _unknown(rule.origin, (rule.home,), atlas)


def _unknown(origin: str, names: Iterable[str], atlas: Atlas) -> Iterator[Finding]:
    for name in names:
        if atlas.find(name) is None:
            yield (
                origin,
                f'no region is called "{name}"',
                "write the official name: 重庆市, 恩施土家族苗族自治州",
            )


def _name_findings(origin: str, name: str) -> Iterator[Finding]:
    folded = fold(name).text.strip()
    if not folded:
        yield origin, "a name or term is empty", "take it out"
    elif len(folded) == 1:
        yield origin, f'"{name}" is one character and would be found everywhere', "write two or more"
