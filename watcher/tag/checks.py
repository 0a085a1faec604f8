"""What is wrong with a RuleBook, in words for the person who wrote it. Changes nothing.

A finding is (origin, what, instead): where the rule stands ("topics.toml: topic.core"), what is wrong, and
what would be right.
"""

import re
import warnings
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from watcher.model.rules import SHIPPED, RuleBook, TopicRule
from watcher.tag.gazetteer import Atlas, build_atlas
from watcher.tag.names import trust_lists
from watcher.text.fold import fold

Finding = tuple[str, str, str]

PATTERN_LENGTH = 600
_REGIONS = "regions.toml"  # where users write what has no origin of its own; the shipped one has no faults
# Two unlimited repeats inside one another take exponential time on hostile text: (a+)+, (.*x)*.
_NESTED_REPEAT = re.compile(r"\([^()]*[+*][^()]*\)(?:[+*]|\{\d+,\})")


def check(book: RuleBook) -> list[Finding]:
    """Everything that is wrong, in the order of the book.

    Shipped terms and patterns are taken as good: a test reads them, and need not be run at every start.
    """
    atlas = build_atlas(book)
    return [
        *_topics(book),
        *_clusters(book, atlas),
        *_zones(book, atlas),
        *_extras(book, atlas),
        *_rest(book, atlas),
    ]


def _topics(book: RuleBook) -> Iterator[Finding]:
    own = [topic for topic in book.topics if not _is_shipped(topic.origin)]
    for topic in own:
        yield from _names(topic.origin, (*topic.strong, *topic.broad, *topic.weak, *topic.not_))
        for pattern in topic.pattern:
            yield from ((topic.origin, *finding) for finding in _pattern(pattern))
    # the shipped taxonomy may share a term between topics; a user's second use is a slip
    yield from _shared(own, book.topics) if own else ()


def _shared(own: Sequence[TopicRule], topics: Sequence[TopicRule]) -> Iterator[Finding]:
    owners: dict[str, list[TopicRule]] = defaultdict(list)
    for topic in topics:
        for term in {fold(term).text for term in topic.strong}:
            owners[term].append(topic)
    for term, sharing in owners.items():
        guilty = [topic.origin for topic in sharing if topic in own]
        if len(sharing) > 1 and guilty:
            ids = ", ".join(topic.id for topic in sharing)
            yield guilty[0], f'the strong term "{term}" stands in several topics: {ids}', "keep it in one"


def _pattern(pattern: str) -> Iterator[tuple[str, str]]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            compiled = re.compile(pattern)
    except (re.error, FutureWarning, DeprecationWarning) as error:
        yield f'the pattern "{pattern}" is no regular expression: {error}', "escape ( ) [ ] . * + ? with \\"
        return
    if compiled.match(""):
        yield f'the pattern "{pattern}" matches the empty string', "let it need at least one character"
    if _NESTED_REPEAT.search(pattern) or len(pattern) > PATTERN_LENGTH:
        yield f'the pattern "{pattern}" may take forever on a long text', "limit repeats: .{0,12} for .*"


def _clusters(book: RuleBook, atlas: Atlas) -> Iterator[Finding]:
    for cluster in book.clusters:
        yield from _place_names(cluster.origin, (cluster.name, *cluster.aliases, *cluster.expands))
        yield from _unknown(cluster.origin, cluster.members, atlas)
        if not cluster.members:
            yield cluster.origin, f'"{cluster.name}" has no members', "list regions by official name"


def _zones(book: RuleBook, atlas: Atlas) -> Iterator[Finding]:
    for zone in book.zones:
        yield from _place_names(zone.origin, (zone.name, *zone.aliases))
        yield from _unknown(zone.origin, (zone.parent,), atlas)


def _extras(book: RuleBook, atlas: Atlas) -> Iterator[Finding]:
    for extra in book.extras:
        yield from _unknown(extra.origin, (extra.name,), atlas)
        yield from _place_names(extra.origin, extra.aliases)
        region = atlas.find(extra.name)
        for alias in extra.aliases:
            other = atlas.find(alias)
            if region and other and region != other:
                yield extra.origin, f'"{alias}" already names {other.name}', "take it out, or block it"


def _rest(book: RuleBook, atlas: Atlas) -> Iterator[Finding]:
    for tier, provinces in book.tiers:
        yield from _unknown(f"{_REGIONS}: tiers.{tier}", provinces, atlas)
    yield from _names(f"{_REGIONS}: blocked", book.blocked)
    for rule in book.organisations:
        yield from _names(rule.origin, (rule.name, *rule.aliases))
        yield from _unknown(rule.origin, (rule.home,) if rule.home else (), atlas)


def _unknown(origin: str, names: Iterable[str], atlas: Atlas) -> Iterator[Finding]:
    for name in names:
        if atlas.find(name) is None:
            yield (
                origin,
                f'no region is called "{name}"',
                "write its official name, 重庆市 or 恩施土家族苗族自治州",
            )


def _place_names(origin: str, names: Iterable[str]) -> Iterator[Finding]:
    names = tuple(names)
    yield from _names(origin, names)
    for name in names:
        if name in trust_lists()["words"]:
            yield origin, f'"{name}" is also an ordinary word', "write it out: 资源县 for 资源"


def _names(origin: str, names: Iterable[str]) -> Iterator[Finding]:
    for name in () if _is_shipped(origin) else names:
        folded = fold(name).text.strip()
        if not folded:
            yield origin, "a name or term is empty", "take it out"
        elif len(folded) == 1:
            yield origin, f'"{name}" is one character and would be found everywhere', "write two or more"


def _is_shipped(origin: str) -> bool:
    return origin.startswith(SHIPPED)
