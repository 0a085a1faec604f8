"""Finds out of the bare text what stands where: title, lead, headings, body, source lines.

A story that came as one block (broadcast scripts do) is counted by sentences, any other by paragraphs, so
that "named in five places" means the same for both. Works on folded text; stored items can be re-tagged.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Where = Literal["title", "lead", "heading", "body", "source"]

LEAD_UNITS = 2  # paragraphs or sentences that count as the lead
HEADING_LENGTH = 40
BLOCK_LINES = 3  # a text of so few lines is a block

_ENDS = "。！？!?；;…，,、：:"  # a heading may end in a question mark, but then it is short
_SENTENCE = re.compile(r"[^。！？!?\n]*[。！？!?]?")
_SOURCE = re.compile(
    r"[(【\[]?(?:来源|作者|责编|责任编辑|编辑|记者|见习记者|校对|审核|审校|原标题|转自|图片来源|本文来源|信息来源|文/|图/|摄影|监制|制片|主编|编审|统筹)"
    r"[:：/|丨]"
)


@dataclass(frozen=True, slots=True)
class Unit:
    """A stretch that is counted once: the title, a heading, a paragraph, or a sentence of a block."""

    start: int
    end: int
    where: Where


@dataclass(frozen=True, slots=True)
class Layout:
    """The units of a text in order, without gaps that matter."""

    units: tuple[Unit, ...]
    starts: tuple[int, ...]
    block: bool = False

    def index(self, at: int) -> int:
        """The number of the unit that holds this character."""
        return bisect_right(self.starts, at) - 1

    def where(self, at: int) -> Where:
        """The part of the text that holds this character."""
        return self.units[bisect_right(self.starts, at) - 1].where


def lay_out(text: str) -> Layout:
    """The layout of `title + newline + paragraphs, one a line`."""
    title, *lines = _lines(text)
    body = [(start, end) for start, end in lines if text[start:end].strip()]
    block = len(body) <= BLOCK_LINES
    units = (Unit(*title, "title"), *_units(text, body, block=block))
    return Layout(units, tuple(unit.start for unit in units), block)


def _units(text: str, body: list[tuple[int, int]], *, block: bool) -> Iterator[Unit]:
    leads = 0
    for number, (start, end) in enumerate(body):
        if _SOURCE.match(text, start, end):
            yield Unit(start, end, "source")
        elif not block and number and _is_heading(text, body, number):
            yield Unit(start, end, "heading")
        else:
            for left, right in _sentences(text, start, end) if block else ((start, end),):
                yield Unit(left, right, "lead" if leads < LEAD_UNITS else "body")
                leads += 1


def _lines(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    while (end := text.find("\n", start)) >= 0:
        yield start, end
        start = end + 1
    yield start, len(text)


def _sentences(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    for sentence in _SENTENCE.finditer(text, start, end):
        if sentence.end() > sentence.start():
            yield sentence.span()


def _is_heading(text: str, body: list[tuple[int, int]], number: int) -> bool:
    """A short line without closing punctuation that has a longer one below it."""
    start, end = body[number]
    if not 2 <= end - start <= HEADING_LENGTH or text[end - 1] in _ENDS.replace("?", "").replace("？", ""):
        return False
    below = body[number + 1] if number + 1 < len(body) else (0, 0)
    return below[1] - below[0] > end - start
