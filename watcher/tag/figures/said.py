"""One sentence with what was found in it: the thing that every question about a figure is asked of."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

from watcher.tag.figures.dates import When
from watcher.tag.figures.sentences import Sentence
from watcher.tag.figures.values import Value
from watcher.tag.places import Hit

Span = tuple[int, int]


class _Spanned(Protocol):
    @property
    def start(self) -> int: ...


_Some = TypeVar("_Some", bound=_Spanned)


@dataclass(frozen=True, slots=True)
class Said:
    """All spans are of the folded `text` of the whole article."""

    text: str
    sentence: Sentence
    values: Sequence[Value]
    whens: Sequence[When]
    places: Sequence[Hit]
    planned: bool = False  # stands below a heading that announces plans
    _clauses: dict[int, Span] = field(default_factory=dict)  # asked for many times
    _segments: dict[int, Span] = field(default_factory=dict)

    def clause(self, value: Value) -> Span:
        """The clause of a value."""
        if value.start not in self._clauses:
            self._clauses[value.start] = self.sentence.clause(self.text, value.start)
        return self._clauses[value.start]

    def segment(self, value: Value) -> Span:
        """The stretch between semicolons around a value."""
        if value.start not in self._segments:
            self._segments[value.start] = self.sentence.segment(self.text, value.start)
        return self._segments[value.start]

    def next_value(self, value: Value, end: int) -> int:
        """Where the next value begins, at most `end`."""
        return min([end, *(other.start for other in self.values if other.start >= value.end)])

    def last_value(self, value: Value, start: int) -> int:
        """Where the value before ended, at least `start`."""
        return max([start, *(other.end for other in self.values if other.end <= value.start)])


class Runner(Generic[_Some]):
    """Hands out, sentence by sentence in order, the spans that begin in each."""

    def __init__(self, spans: Sequence[_Some]) -> None:
        self._spans = spans
        self._at = 0

    def within(self, sentence: Sentence) -> list[_Some]:
        """The spans of this sentence, which comes after the one asked for before."""
        spans, at = self._spans, self._at
        while at < len(spans) and spans[at].start < sentence.start:
            at += 1
        until = at
        while until < len(spans) and spans[until].start < sentence.end:
            until += 1
        self._at = until
        return list(spans[at:until])
