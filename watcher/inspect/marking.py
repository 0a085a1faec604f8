"""Which stretches of an article's text are marked, and how its texts differ. Pure; writes no HTML.

A word may earn several tags; the longest that begins first is shown, so 四川长虹 is one company and not a
province with something behind it. Sentences that state a figure lie under all of these.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from watcher.dedupe import diff
from watcher.text.marks import Mark, term_spans, without_overlaps

_CHANGED = re.compile(r"(\[-.*?-\]|\{\+.*?\+\})")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text to show. `figure` is the number of the figure whose sentence begins here."""

    text: str
    kinds: tuple[str, ...] = ()
    label: str | None = None
    figure: int | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """A stretch of a changed text: kept, added or dropped."""

    how: str  # "same", "ins", "del"
    text: str


def marks_of(text: str, kind: str, label: str, evidence: Iterable[Mapping[str, Any]]) -> list[Mark]:
    """Where the words of a tag's evidence stand in the text."""
    terms = [str(found["term"]) for found in evidence if found.get("where") != "source"]
    return [Mark(start, end, kind, label) for start, end in term_spans(text, terms)]


def pieces(text: str, marks: Iterable[Mark], figures: Mapping[int, str]) -> list[Piece]:
    """The text cut at its marks; `figures` are quotes by the figure's number."""
    words = without_overlaps(marks)
    sentences = _sentences(text, figures)
    cuts = sorted({0, len(text), *(cut for mark in (*words, *sentences) for cut in (mark.start, mark.end))})
    found = []
    for start, end in pairwise(cuts):
        word = next((mark for mark in words if mark.start <= start < mark.end), None)
        sentence = next((mark for mark in sentences if mark.start <= start < mark.end), None)
        kinds = tuple(mark.kind for mark in (word, sentence) if mark)
        first = int(sentence.label) if sentence and sentence.start == start else None
        found.append(Piece(text[start:end], kinds, word.label if word else None, first))
    return found


def paragraphs(cut: Iterable[Piece]) -> list[list[Piece]]:
    """The pieces by the paragraphs (lines) they stand in; a piece over a line's end is divided."""
    lines: list[list[Piece]] = [[]]
    for piece in cut:
        for number, part in enumerate(piece.text.split("\n")):
            if number:
                lines.append([])
            if part:
                first = piece.figure if number == 0 else None
                lines[-1].append(Piece(part, piece.kinds, piece.label, first))
    return [line for line in lines if line]


def changes(old: str, new: str) -> list[list[Change]]:
    """What became of a text, a changed place a line, with a little of what stands around it."""
    return [list(_parts(line)) for line in diff.changes(old, new)]


def _parts(line: str) -> Iterator[Change]:
    for part in _CHANGED.split(line):
        how = "del" if part.startswith("[-") else "ins" if part.startswith("{+") else "same"
        if text := part if how == "same" else part[2:-2]:
            yield Change(how, text)


def _sentences(text: str, figures: Mapping[int, str]) -> Sequence[Mark]:
    places = ((text.find(quote), number, quote) for number, quote in figures.items() if quote)
    return without_overlaps(
        Mark(at, at + len(quote), "figure", str(number)) for at, number, quote in places if at >= 0
    )
