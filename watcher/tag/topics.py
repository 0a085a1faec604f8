"""Decides which topics a text is about (main) or touches (mentioned), by terms, patterns and the gates.

A topic needs six points: a strong term brings six, a broad one (补贴, 产业集群) five, a weak one two and
only past the gate. There one broad term is enough as well; elsewhere, where it is dropped in passing, it
takes company. One of an enumeration (农业、电动汽车、智能制造等领域) brings five, and is enough only where it
heads a text past the gate.
Terms of all topics may overlap, so that 工业互联网标识 does not hide 标识解析.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from watcher.model.item import TopicRole, TopicTag
from watcher.model.rules import RuleBook, TopicRule
from watcher.tag.evidence import Spot, evidence
from watcher.tag.layout import Layout
from watcher.tag.lexicon import Term
from watcher.text.fold import Folded

WHOLE, HALF, THIRD = 6, 5, 2  # points of a strong term, of a broad or listed one, of a weak one
ENOUGH = 6  # points that make a topic; so does a broad term past the gate, or that heads the text
WEAK_LEAST = ENOUGH // THIRD  # weak terms that alone make one
MAIN_LEAST = 11  # points that make it the matter; so does a strong term in title or lead, or a broad one
GATE_LESSER = 2  # A text is of the field by a strong term of a gate topic or so many lesser ones,
GATE_OTHERS = 2  # and of industry at all by that, by so many strong or broad terms of any topics,
GATE_ANY = 8  # or by so many terms of any kind.
LIST_MARKS = 2  # 、 and 等 in a clause that make it an enumeration
CLAUSE_REACH = 80  # characters to look back and ahead for the ends of a clause
SCORE = {"title": 4.0, "lead": 2.0, "heading": 2.0, "body": 1.0, "source": 0.0}
SHARE = (1.0, 0.5, 0.25)  # of it, for whole, half and third

_FRONT = ("title", "lead")
_RANKS = {"not": -1, "strong": 0, "broad": 1, "weak": 2}
_LISTED = 3
_CLAUSE = re.compile(r"[^,，。;；:：!！?？\n]*")


@dataclass(slots=True)
class TopicWords:
    """Where the terms of one topic stand, by what they bring; without a role they are too few."""

    topic: TopicRule
    role: TopicRole | None
    whole: Sequence[Spot]
    half: Sequence[Spot]
    third: Sequence[Spot]

    @property
    def spots(self) -> Sequence[Spot]:
        """All of them, those that bring most first."""
        return [*self.whole, *self.half, *self.third]

    @property
    def points(self) -> int:
        """What they come to; `ENOUGH` makes a topic."""
        return WHOLE * len(self.whole) + HALF * len(self.half) + THIRD * len(self.third)

    @property
    def score(self) -> float:
        """What the places are worth where they stand."""
        parts = zip((self.whole, self.half, self.third), SHARE, strict=True)
        return sum(share * SCORE[where] for spots, share in parts for _, _, where in spots)


# Where the terms of one topic stand: strong, broad, weak, and strong or broad ones that are only listed.
_Hits = tuple[list[Spot], list[Spot], list[Spot], list[Spot]]


def topic_terms(book: RuleBook) -> Iterator[tuple[str, Term]]:
    """The entries of the lexicon."""
    for number, topic in enumerate(book.topics):
        yield from ((term, Term(number, "strong")) for term in topic.strong)
        yield from ((term, Term(number, "broad")) for term in topic.broad)
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
    tags = [
        TopicTag(words.topic.id, words.role, words.score, evidence(words.spots, folded, original))
        for words in topics_of(folded.text, layout, terms, patterns, topics)
        if words.role
    ]
    return tuple(sorted(tags, key=lambda tag: (tag.role != "main", -tag.score, tag.topic_id)))


def topics_of(
    text: str,
    layout: Layout,
    terms: Sequence[tuple[int, int, Term]],
    patterns: Sequence[tuple[int, re.Pattern[str]]],
    topics: Sequence[TopicRule],
) -> Iterator[TopicWords]:
    """Each topic of which a folded text has more than a weak term or two, those with too few as well."""
    found = _hits(text, layout, terms, patterns)
    field, industry = _gates(found, topics)
    brief = layout.units[-1].where in _FRONT  # a few sentences are nothing but their head
    for number, hits in found.items():
        strong, broad, weak, listed = hits
        if strong or broad or listed or len(weak) >= WEAK_LEAST:
            topic = topics[number]
            gate = field if topic.gate else industry
            yield _weighed(topic, hits, gate=gate, industry=industry, brief=brief)


def _hits(
    text: str,
    layout: Layout,
    terms: Sequence[tuple[int, int, Term]],
    patterns: Sequence[tuple[int, re.Pattern[str]]],
) -> Mapping[int, _Hits]:
    """Occurrences by topic; within one topic a longer term hides the shorter ones in it."""
    spans = [(term.topic, start, -end, _RANKS[term.strength]) for start, end, term in terms]
    for topic, pattern in patterns:
        spans += [(topic, match.start(), -match.end(), 0) for match in pattern.finditer(text)]
    spans.sort()  # by topic, then leftmost, then longest
    found: dict[int, _Hits] = {}
    last, done = -1, -1
    for topic, start, end, rank in spans:
        if topic != last:
            last, done = topic, -1
            hits = found[topic] = ([], [], [], [])
        if start >= done:
            done = -end
            if rank >= 0:
                beside = rank < 2 and (text[start - 1] == "、" or text.startswith("、", done))
                kept = hits[_LISTED if beside and _is_listed(text, start, done) else rank]
                kept.append((start, done, layout.where(start)))
    return found


def _gates(found: Mapping[int, _Hits], topics: Sequence[TopicRule]) -> tuple[bool, bool]:
    """Whether a text is of the field (the gate of gate topics), and of industry at all (that of all others).

    工业互联网 that a text on the economy names once is in passing: there only the second stands open.
    """
    field, others, lesser, every = False, 0, 0, 0
    for number, (strong, broad, weak, listed) in found.items():
        if topics[number].gate:
            field = field or bool(strong)
            lesser += len(broad) + len(weak) + len(listed)
        others += len(strong) + len(broad)
        every += len(strong) + len(broad) + len(weak) + len(listed)
    field = field or lesser >= GATE_LESSER
    return field, field or others >= GATE_OTHERS or every >= GATE_ANY


def _weighed(topic: TopicRule, hits: _Hits, *, gate: bool, industry: bool, brief: bool) -> TopicWords:
    strong, broad, weak, listed = hits
    words = TopicWords(topic, None, strong, [*broad, *listed], weak if gate else ())
    points, heads = words.points, _is_in_front(broad)
    if (
        points >= ENOUGH
        or (broad and gate)
        or (heads and (industry or brief))
        or (gate and _is_in_front(listed))
    ):
        front = _is_in_front(strong) or (heads and industry)
        main = front or (points >= MAIN_LEAST and (strong or broad))
        words.role = "main" if main else "mentioned"
    return words


def _is_in_front(spots: Sequence[Spot]) -> bool:
    return any(where in _FRONT for _, _, where in spots)


def _is_listed(text: str, start: int, end: int) -> bool:
    """Whether a term is one of three things or more: 农业、电动汽车、智能制造等领域."""
    begin, stop = _clause(text, start, end)
    marks = text.count("、", begin, start) + text.count("、", end, stop) + text.startswith("等", end)
    return marks >= LIST_MARKS


def _clause(text: str, start: int, end: int) -> tuple[int, int]:
    """The ends of the clause around a span; only so far as an enumeration may reach."""
    before = _CLAUSE.match(text[max(start - CLAUSE_REACH, 0) : start][::-1])
    after = _CLAUSE.match(text, end, end + CLAUSE_REACH)
    return start - (before.end() if before else 0), after.end() if after else end
