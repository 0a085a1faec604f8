"""Where the terms of a query stand in a text as people see it, and the stretch worth showing.

Matching happens on the folded text (`５Ｇ`, `重慶` and `5G`, `重庆` are one), showing on the original; the
fold's offsets lead back. The same borders hold as in the index: `5G` is not found in `15G`, and
punctuation between two runs does not matter.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from watcher.text.bigram import runs
from watcher.text.fold import fold

OPEN, CLOSE = "«", "»"
REACH = 30  # characters before the first hit; the snippet is three times as long


@dataclass(frozen=True, slots=True)
class Mark:
    """A span of a text, the kind of thing it shows (`topic`, `region` …) and what to say of it."""

    start: int
    end: int
    kind: str
    label: str


def without_overlaps(marks: Iterable[Mark]) -> list[Mark]:
    """The marks that can be shown side by side: of those that overlap, the longest of the first.

    四川长虹 is then one company and not a province with something behind it.
    """
    kept: list[Mark] = []
    for mark in sorted(marks, key=lambda mark: (mark.start, -mark.end)):
        if not kept or mark.start >= kept[-1].end:
            kept.append(mark)
        elif mark.kind == kept[-1].kind and mark.end > kept[-1].end:
            # 工业互联网标识 and 标识解析 in 工业互联网标识解析
            kept[-1] = replace(kept[-1], end=mark.end)
    return kept


def term_spans(text: str, terms: Iterable[str]) -> list[tuple[int, int]]:
    """Spans of the original text that any of the terms covers, in order, without overlaps."""
    patterns = [pattern for term in terms if (pattern := _pattern(term))]
    if not patterns:
        return []
    folded = fold(text)
    found = re.finditer("|".join(patterns), folded.text)
    return [folded.origin(*hit.span()) for hit in found]


def snippet(text: str, terms: Sequence[str]) -> str:
    """One line of about ninety characters round the first hit, each hit between « and »."""
    spans = term_spans(text, terms)
    start = max(0, spans[0][0] - REACH) if spans else 0
    end = start + 3 * REACH
    parts, at = ["…" if start else ""], start
    for begin, stop in spans:
        if begin >= end:
            break
        parts += [text[at:begin], OPEN, text[begin:stop], CLOSE]
        at = stop
    parts += [text[at:end], "…" if max(at, end) < len(text) else ""]
    return " ".join("".join(parts).split())


def _pattern(term: str) -> str | None:
    pieces = runs(term)
    if not pieces:
        return None
    before = "(?<![0-9a-z])" if pieces[0].isascii() else ""
    after = "(?![0-9a-z])" if pieces[-1].isascii() else ""
    return before + r"[\W_]*".join(map(re.escape, pieces)) + after
