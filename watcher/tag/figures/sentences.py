"""Cuts a folded text into sentences, and sentences into segments (；) and clauses (，), keeping offsets.

A clause is where a metric is looked for, a segment how far a place reaches, a line how far one that is not
repeated is carried. Blanks that folding dropped from a title part its clauses: `产值超万亿 增速第一`.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from watcher.tag.layout import Layout, Where

LONGEST = 600  # characters: what has no full stop for so long is cut, so that work stays linear

_SENTENCE = re.compile(rf"[^。！？!?\n]{{1,{LONGEST}}}[。！？!?]*")
# 二、重点工作 is a heading even where another follows at once.
_NUMBERED = re.compile(
    r"(?:[一二三四五六七八九十]{1,3}、|\([一二三四五六七八九十]{1,3}\))[^。！？!?；;，]{1,36}"
)
_SEGMENT = re.compile(r"[^；;]+")
_CLAUSE = re.compile(r"(?:[^，,；;：。！？!?【】\[\]]++|(?<=\d),(?=\d))+")  # 5亿元的收入,居首, but 1,000


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence. `line` counts physical lines; `first` marks the first sentence of its line."""

    start: int
    end: int
    line: int
    where: Where
    breaks: tuple[int, ...] = ()  # where clauses begin besides those after punctuation

    def segment(self, text: str, at: int) -> tuple[int, int]:
        """The stretch between semicolons that holds this character."""
        return _holding(_SEGMENT, text, self.start, self.end, at)

    def clause(self, text: str, at: int) -> tuple[int, int]:
        """The stretch between commas, colons or dropped blanks that holds this character."""
        start, end = _holding(_CLAUSE, text, self.start, self.end, at)
        before = [cut for cut in self.breaks if cut <= at]
        after = [cut for cut in self.breaks if cut > at]
        return max([start, *before]), min([end, *after])


def sentences(text: str, layout: Layout, breaks: tuple[int, ...] = ()) -> Iterator[Sentence]:
    """The sentences of a text (title included, source lines left out) in order."""
    line, done = 0, 0
    for found in _SENTENCE.finditer(text):
        line += text.count("\n", done, found.start())
        done = found.start()
        where = layout.where(found.start())
        if where != "source":
            low, high = bisect_right(breaks, found.start()), bisect_right(breaks, found.end())
            numbered = _NUMBERED.fullmatch(text, *found.span()) is not None
            yield Sentence(*found.span(), line, "heading" if numbered else where, breaks[low:high])


def _holding(shape: re.Pattern[str], text: str, start: int, end: int, at: int) -> tuple[int, int]:
    for found in shape.finditer(text, start, end):
        if found.end() > at:
            return found.span()
    return start, end
