"""Cuts the quote of a figure out of the original text, and marks where its parts stand in it."""

from collections.abc import Iterable

from watcher.tag.figures.said import Said, Span
from watcher.tag.figures.values import Value
from watcher.text.fold import Folded

LONGEST = 240  # characters: a longer sentence is cut around its value

Marks = tuple[tuple[int, int, str], ...]


def quoted(
    said: Said, value: Value, parts: Iterable[tuple[Span | None, str]], original: str, folded: Folded
) -> tuple[str, Marks]:
    """The sentence as the original has it, and (start, end, name) of each part that stands in it."""
    start, end = said.sentence.start, said.sentence.end
    if end - start > LONGEST:
        start, end = said.segment(value)
    if end - start > LONGEST:
        start = max(start, value.start - LONGEST * 2 // 3)
        end = min(end, start + LONGEST)
    begin, until = _with_marks(original, *folded.origin(start, end))
    marks = [
        (left - begin, right - begin, name)
        for span, name in parts
        if span and start <= span[0] and span[1] <= end
        for left, right in (folded.origin(*span),)
    ]
    return original[begin:until], tuple(sorted(marks))


def worded(spans: Iterable[Span], original: str, folded: Folded) -> str:
    """The spans as the original has them, without half a pair of quotation marks: 7.1万户企业“上云上平台”."""
    words = "".join(original[slice(*folded.origin(*span))] for span in spans).strip()
    return words.replace("“", "").replace("”", "") if words.count("“") != words.count("”") else words


def _with_marks(original: str, begin: int, until: int) -> Span:
    """Takes in the quotation marks that folding dropped at both ends of a sentence."""
    while begin and original[begin - 1] in "“‘「『":
        begin -= 1
    while until < len(original) and original[until] in "”’」』":
        until += 1
    return begin, until
