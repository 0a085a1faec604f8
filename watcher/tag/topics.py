"""Decides which topics a text is about (main) or touches (mentioned), by terms, patterns and the gate.

Terms of all topics may overlap, so that 工业互联网标识 does not hide 标识解析. Weak terms count only where
the text belongs to the field at all; one or two never tag: 大数据 and 园区 stand in every other article.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from watcher.model.item import TopicRole, TopicTag
from watcher.model.rules import RuleBook, TopicRule
from watcher.tag.evidence import Spot, evidence
from watcher.tag.layout import Layout
from watcher.tag.lexicon import Term
from watcher.text.fold import Folded

WEAK_LEAST = 3  # different places of weak terms that together tag
MAIN_LEAST = 2.0  # strong hits that make a topic the matter; one does in title or lead,
WEAK_HELP = 0.5  # and a weak hit helps one that is there by so much
GATE_OTHERS = 2  # strong hits of any topics that open the gate as well,
GATE_WEAK = 2  # or so many weak ones of gate topics: 5G、大数据、工业互联网等
SCORE = {"title": 4.0, "lead": 2.0, "heading": 2.0, "body": 1.0, "source": 0.0}
WEAK_SHARE = 0.25  # of a strong term's score


@dataclass(slots=True)
class _Hits:
    strong: list[Spot] = field(default_factory=list)
    weak: list[Spot] = field(default_factory=list)


def topic_terms(book: RuleBook) -> Iterator[tuple[str, Term]]:
    """The entries of the lexicon."""
    for number, topic in enumerate(book.topics):
        yield from ((term, Term(number, "strong")) for term in topic.strong)
        yield from ((term, Term(number, "weak")) for term in topic.weak)
        yield from ((term, Term(number, "not")) for term in topic.not_)


def topic_patterns(book: RuleBook) -> tuple[tuple[int, re.Pattern[str]], ...]:
    """The regular expressions of all topics, to be searched in folded text."""
    return tuple(
        (n, re.compile(p, re.IGNORECASE)) for n, topic in enumerate(book.topics) for p in topic.pattern
    )


def topic_tags(
    folded: Folded,
    original: str,
    layout: Layout,
    terms: Sequence[tuple[int, int, Term]],
    patterns: Sequence[tuple[int, re.Pattern[str]]],
    topics: Sequence[TopicRule],
) -> tuple[TopicTag, ...]:
    """The topics of a text, main ones first, then by score."""
    tags = []
    for topic, role, strong, weak in topics_of(folded.text, layout, terms, patterns, topics):
        score = _worth(strong) + WEAK_SHARE * _worth(weak)
        tags.append(TopicTag(topic.id, role, score, evidence([*strong, *weak], folded, original)))
    return tuple(sorted(tags, key=lambda tag: (tag.role != "main", -tag.score, tag.topic_id)))


def topics_of(
    text: str,
    layout: Layout,
    terms: Sequence[tuple[int, int, Term]],
    patterns: Sequence[tuple[int, re.Pattern[str]]],
    topics: Sequence[TopicRule],
) -> Iterator[tuple[TopicRule, TopicRole, Sequence[Spot], Sequence[Spot]]]:
    """Each topic that a folded text has, with its role and where its strong and weak terms stand."""
    found = _hits(text, layout, terms, patterns)
    gate = _gate(found, topics)
    for number, hits in found.items():
        weak = hits.weak if gate else []
        if role := _role(hits.strong, weak):
            yield topics[number], role, hits.strong, weak


def _hits(
    text: str,
    layout: Layout,
    terms: Sequence[tuple[int, int, Term]],
    patterns: Sequence[tuple[int, re.Pattern[str]]],
) -> Mapping[int, _Hits]:
    """Occurrences by topic; within one topic a longer term hides the shorter ones in it."""
    spans = [(term.topic, start, -end, _SWALLOWS[term.strength]) for start, end, term in terms]
    for topic, pattern in patterns:
        spans += [(topic, match.start(), -match.end(), 1) for match in pattern.finditer(text)]
    spans.sort()  # by topic, then leftmost, then longest
    found: dict[int, _Hits] = {}
    last, done = -1, -1
    for topic, start, end, strength in spans:
        if topic != last:
            last, done = topic, -1
            hits = found[topic] = _Hits()
        if start >= done:
            done = -end
            if strength:
                (hits.strong if strength == 1 else hits.weak).append((start, done, layout.where(start)))
    return found


_SWALLOWS = {"not": 0, "strong": 1, "weak": 2}


def _gate(found: Mapping[int, _Hits], topics: Sequence[TopicRule]) -> bool:
    if any(hits.strong and topics[number].gate for number, hits in found.items()):
        return True
    if sum(len(hits.weak) for number, hits in found.items() if topics[number].gate) >= GATE_WEAK:
        return True
    return sum(len(hits.strong) for hits in found.values()) >= GATE_OTHERS


def _role(strong: Sequence[Spot], weak: Sequence[Spot]) -> TopicRole | None:
    weight = len(strong) + WEAK_HELP * len(weak)
    if strong and (weight >= MAIN_LEAST or any(where in ("title", "lead") for _, _, where in strong)):
        return "main"
    return "mentioned" if strong or len(weak) >= WEAK_LEAST else None


def _worth(spots: Sequence[Spot]) -> float:
    return sum(SCORE[where] for _, _, where in spots)
