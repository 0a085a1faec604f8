"""Where quotation marks stood before folding dropped them, since what they part is no one word.

“云上”海南 holds no 上海; but “两江”新区, which begins where a quotation does, is one name. Knows no names.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from watcher.text.fold import Folded

_OPENING = frozenset("“‘「『〝")
_CLOSING = frozenset("”’」』〞")


@dataclass(frozen=True, slots=True)
class Quotations:
    """Offsets of a folded text, in order, before which a mark was dropped."""

    opens: Sequence[int] = ()
    closes: Sequence[int] = ()

    def part(self, start: int, end: int) -> bool:
        """Whether a mark stood inside this span, which does not begin with a quotation."""
        inside = between(self.opens, start + 1, end) or between(self.closes, start + 1, end)
        return bool(inside) and not between(self.opens, start, start + 1)


def quotations(folded: Folded, original: str) -> Quotations:
    """The marks that folding dropped from the original; straight ones say neither and are passed over."""
    opens, closes = [], []
    for start, (before, shift) in zip(folded.starts[1:], pairwise(folded.shifts), strict=True):
        dropped = original[start + before : start + shift]
        if not _OPENING.isdisjoint(dropped):
            opens.append(start)
        if not _CLOSING.isdisjoint(dropped):
            closes.append(start)
    return Quotations(opens, closes)


def between(marks: Sequence[int], start: int, end: int) -> Sequence[int]:
    """Those of the offsets that lie in a stretch."""
    return marks[bisect_left(marks, start) : bisect_left(marks, end)]
