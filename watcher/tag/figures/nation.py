"""Tells figures that only a nation has from those of a place: 工信部 counts them, 统计数据显示, 社会消费.

Looks at words alone; whether the story is the nation's is known to owners.py.
"""

import re

from watcher.tag.figures.said import Said
from watcher.tag.figures.values import Value
from watcher.tag.figures.words import word

OPENING = 300  # characters at the head of a text: who is named there tells the whole of it

_NATION = re.compile(word("owners", "nation"))
_MACRO = re.compile(word("owners", "macro"))
_DATA = re.compile(r"(?:数据|统计|测算|调查)[^，。；]{0,4}(?:显示|，)")
_OPENS = re.compile(r"(?:[^，。；]{0,12}(?:显示|，|：))?")


def body_of_nation(text: str, start: int, end: int) -> re.Match[str] | None:
    """The first body in a stretch whose doings are the nation's."""
    return _NATION.search(text, start, end)


def tells_statistics(text: str) -> bool:
    """Whether a text begins with statistics."""
    return any(shape.search(text, 0, OPENING) for shape in (_DATA, _MACRO))


def is_macro(said: Said, value: Value) -> bool:
    """Whether the sentence says up to the value what places are rarely counted by, or opens with data."""
    return opens_with_data(said) or _MACRO.search(said.text, said.sentence.start, value.start) is not None


def opens_with_data(said: Said) -> bool:
    """今年前11个月，…: statistics of the months so far, and no word of where, are the story's own."""
    opening = next(iter(said.whens), None)
    return bool(
        opening and opening.is_cumulative and opening.start - said.sentence.start <= 1 and not said.places
    )


def is_statistics(said: Said, value: Value) -> bool:
    """2013年，保险业保费收入…; 统计数据显示…: told of no place and no company, it is the country's."""
    start = said.sentence.start
    opening = next(iter(said.whens), None)
    dated = (
        opening is not None and opening.is_cumulative and _OPENS.fullmatch(said.text, start, opening.start)
    )
    return bool(dated) or any(shape.search(said.text, start, value.start) for shape in (_DATA, _MACRO))
