"""Finds places too small for the atlas by the place they are introduced with: 北京房山区窦店村, later 窦店村.

What is said of the village is said of the place that the text put it in: 陕西照金滑雪场 tells where 照金村
lies. Reads townships and villages only.
"""

import re
from collections.abc import Iterator, Sequence

from watcher.tag.figures.subjects import Place
from watcher.tag.figures.words import listed
from watcher.tag.gazetteer import Atlas
from watcher.tag.places import Hit

_NAME = r"[^\W\da-z的和与在等一两各全多该这]"
_BELOW = re.compile(rf"(?P<name>{_NAME}{{1,4}}?(?:街道|[村镇乡]))(?![村镇庄])")
_STEM = re.compile(rf"{_NAME}{{2}}")
_SUFFIX = re.compile(r"小?[村镇乡](?![村镇庄])")
_ANY = frozenset(listed("owners", "any_village"))


def with_villages(text: str, places: Sequence[Place], hits: Sequence[Hit], atlas: Atlas) -> list[Place]:
    """The places in order, with villages and townships named again and nothing that their names hold."""
    found = list(_villages(text, hits, atlas))
    if not found:
        return list(places)
    taken = {at for village in found for at in range(village.start, village.end)}
    return sorted([*found, *(p for p in places if p.start not in taken)], key=lambda place: place.start)


def _villages(text: str, hits: Sequence[Hit], atlas: Atlas) -> Iterator[Place]:
    stems = {text[suffix.start() - 2 : suffix.start()] for suffix in _SUFFIX.finditer(text)} - _ANY
    known: dict[str, tuple[str, int]] = {}
    for hit in hits if stems else ():
        code = hit.codes[0]
        if len(hit.codes) == 1 and code.isdigit():
            stem = text[hit.end : hit.end + 2]
            if stem in stems and _STEM.fullmatch(stem):
                known.setdefault(stem, (code, hit.end + 2))
            for name, end in _introduced(text, hit.end) if atlas.regions[code].level != "province" else ():
                known.setdefault(name, (code, end))
    for name, (code, end) in known.items():
        at = text.find(name, end)
        while at >= 0:
            yield Place(at, at + len(name), code)
            at = text.find(name, at + len(name))


def _introduced(text: str, at: int) -> Iterator[tuple[str, int]]:
    """石柱县[中益乡][华溪村]: one below the other."""
    while (found := _BELOW.match(text, at)) and found["name"][:-1] not in _ANY:
        yield found["name"], found.end()
        at = found.end()
