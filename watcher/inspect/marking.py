"""Which stretches of an article's text are marked, and how its texts differ. Pure; writes no HTML.

A word may earn several tags; the longest that begins first is shown, so 四川长虹 is one company and not a
province with something behind it. Sentences that state a figure lie under all of these.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import Any

from watcher.text.marks import term_spans

MAX_DIFF = 20_000  # characters of a paragraph pair that is compared letter by letter


@dataclass(frozen=True, slots=True)
class Mark:
    """A span of the text, the kind of thing it shows (`topic`, `region` …) and what to say of it."""

    start: int
    end: int
    kind: str
    label: str


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
    words = _without_overlaps(marks)
    sentences = _sentences(text, figures)
    cuts = sorted({0, len(text), *(cut for mark in (*words, *sentences) for cut in (mark.start, mark.end))})
    found = []
    for start, end in zip(cuts, cuts[1:], strict=False):
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
    """What became of a text, paragraph by paragraph; paragraphs that stayed are left out."""
    before, after = old.split("\n"), new.split("\n")
    found: list[list[Change]] = []
    for what, i, j, k, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if what != "equal":
            found.append(list(_letters("\n".join(before[i:j]), "\n".join(after[k:m]))))
    return found


def _letters(old: str, new: str) -> Iterator[Change]:
    if len(old) + len(new) > MAX_DIFF:
        yield from (Change(how, text) for how, text in (("del", old), ("ins", new)) if text)
        return
    for what, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "equal":
            yield Change("same", old[i:j])
            continue
        if i < j:
            yield Change("del", old[i:j])
        if k < m:
            yield Change("ins", new[k:m])


def _without_overlaps(marks: Iterable[Mark]) -> list[Mark]:
    kept: list[Mark] = []
    for mark in sorted(marks, key=lambda mark: (mark.start, -mark.end)):
        if not kept or mark.start >= kept[-1].end:
            kept.append(mark)
        elif mark.kind == kept[-1].kind and mark.end > kept[-1].end:
            # 工业互联网标识 and 标识解析 in 工业互联网标识解析
            kept[-1] = replace(kept[-1], end=mark.end)
    return kept


def _sentences(text: str, figures: Mapping[int, str]) -> Sequence[Mark]:
    places = ((text.find(quote), number, quote) for number, quote in figures.items() if quote)
    return _without_overlaps(
        Mark(at, at + len(quote), "figure", str(number)) for at, number, quote in places if at >= 0
    )
