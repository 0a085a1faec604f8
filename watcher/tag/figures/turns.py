"""Values told in turn: 铁路、公路投资分别为3亿元和5亿元 says 3 of the railways and 5 of the roads.

The values behind 分别 are counted off against the parts before it. A second 分别 goes on with the same parts:
分别为3亿元和5亿元，同比分别增长6%和7%. What the parts mean, metrics.py and owners.py say.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile

from watcher.tag.figures.said import Said, Span
from watcher.tag.figures.values import Value
from watcher.tag.figures.words import word

_TURN = "分别"
_LISTED = re.compile(r"[^、和与及]+")
_LISTED_WIDE = re.compile(r"[^、]+")  # 汽车及零配件、船舶、电工器材: 及 stands within a part
_LAST_AND = re.compile(r"[和与及]")
_AGAIN = re.compile(rf"(?:{word('metrics', 'change_front')}++|(?:比(?![重例])|较)[^，。；、]{{1,10}})$")


@dataclass(frozen=True, slots=True)
class Turn:
    """The place of a value in its row. `parts` are what the row is told of; empty if values stand there."""

    start: int
    index: int
    count: int
    parts: Sequence[Span]


def turn_of(said: Said, value: Value) -> Turn | None:
    """The turn in which a value is told; None if it stands alone."""
    start, end = said.segment(value)
    turn = said.text.rfind(_TURN, start, value.start)
    if turn < 0:
        return None
    given = _given(said, turn, end)
    if value not in given or len(given) < 2:
        return None
    parts = _parts(said.text, *_stretch(said, start, turn), len(given))
    return Turn(turn, given.index(value), len(given), parts)


def _given(said: Said, turn: int, end: int) -> list[Value]:
    """The values behind a turn, up to the next turn or another unit."""
    again = said.text.find(_TURN, turn + len(_TURN), end)
    until = again if again >= 0 else end
    behind = [other for other in said.values if turn < other.start < until]
    return list(takewhile(lambda other: other.unit == behind[0].unit, behind))


def _stretch(said: Said, start: int, turn: int) -> Span:
    """Where the parts of a turn stand: in its clause, or if that only says 同比 before the turn before it."""
    while True:
        front = said.sentence.clause(said.text, turn)[0]
        again = _AGAIN.search(said.text, front, turn)
        until = again.start() if again else turn
        earlier = said.text.rfind(_TURN, start, front)
        if until > front or earlier < 0:
            return front, until
        turn = earlier


def _parts(text: str, front: int, until: int, number: int) -> Sequence[Span]:
    """The parts of a row, cut so that there are as many as values; empty if no cut gives that."""
    narrow = [part.span() for part in _LISTED.finditer(text, front, until)]
    if len(narrow) == number:
        return narrow
    wide = [part.span() for part in _LISTED_WIDE.finditer(text, front, until)]
    if len(wide) == number:
        return wide
    last = _LAST_AND.search(text, *wide[-1]) if wide else None
    wide[-1:] = [(wide[-1][0], last.start()), (last.end(), wide[-1][1])] if last else wide[-1:]
    return wide if len(wide) == number else ()
