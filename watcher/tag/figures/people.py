"""Remembers where people were met: 在江苏淮安，种粮大户刘青… what is told of 刘青 later is told of 淮安.

Only those whom a word such as 负责人 or 村民 introduces, with a place before them in the same line.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence

from watcher.tag.figures.subjects import ABROAD, Place
from watcher.tag.figures.words import word
from watcher.tag.gazetteer import COUNTRY

_MET = re.compile(rf"{word('owners', 'roles')}(?P<name>{word('owners', 'surnames')}[\u4e00-\u9fff]{{1,2}})")


def people(text: str, places: Sequence[Place]) -> Iterator[Place]:
    """Where people are named again, with the region of the place they were met in; `places` are in order."""
    local = [place for place in places if place.code not in (COUNTRY, ABROAD)]
    starts = [place.start for place in local]
    known: dict[str, tuple[str, int]] = {}
    for met in _MET.finditer(text):
        name = _named_again(text, met["name"], met.end())
        line = text.rfind("\n", 0, met.start()) + 1
        nearest = bisect_left(starts, met.end()) - 1
        if name and nearest >= 0 and starts[nearest] >= line:
            known.setdefault(name, (local[nearest].code, met.end()))
    for name, (code, at) in known.items():
        while (at := text.find(name, at + 1)) >= 0:
            yield Place(at, at + len(name), code)


def _named_again(text: str, name: str, end: int) -> str | None:
    """刘优良 or 刘青: as many letters as come again; 刘青告诉 is not a name of three."""
    return next((part for part in (name, name[:2]) if text.find(part, end) >= 0), None)
