"""Chooses which of all overlapping place names a text really says.

Leftmost-longest, like reading: 黄河南岸 is 黄河 and 南岸, never 河南. A name that fails its test gives way to
a shorter one. Decides only "is a place meant here, and which"; what it matters is decided in roles.py.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from watcher.tag.gazetteer import COUNTRY, Atlas
from watcher.tag.lexicon import Name, Trust
from watcher.tag.names import letters
from watcher.tag.surroundings import (
    has_whole,
    in_one_sentence,
    is_another_word,
    is_given_name,
    is_landscape,
    is_line,
    is_located,
)

# Both begin with one letter of a class, to which `re` leaps; to a repeat or a look back it would walk.
_LETTER = f"[{''.join(letters())}]"
_LETTERS = re.compile(f"{_LETTER}{_LETTER}{{2,}}")
# One letter alone is believed as the place of an event, 在京举行, and of companies, 渝企.
_ONE_LETTER = re.compile(
    r"[京津沪渝粤鲁浙皖闽赣鄂湘豫冀晋琼桂川黔滇陕](?:(?<=[在赴驻抵].)"
    r"(?=举|召开|开幕|闭幕|启动|发布|成立|揭牌|签约|落户|投产|开工|开业|企|[,，。、;；])"
    r"|(?=企(?:[^业图划及盼稳鹅]|$)))"
)
_ZONE = re.compile(
    r"经开区|经济(?:技术)?开发区|高新(?:技术)?(?:产业)?(?:开发)?区|综(?:合)?保(?:税)?区|工业园区"
)
_LONGEST = 15  # characters in the longest official name
_NEAR = 2  # characters that may stand between a county and the city it is named with
_LISTING = frozenset("、和与及到至")


@dataclass(frozen=True, slots=True)
class Hit:
    """One place named at one spot; `codes` are all meant (川渝 means two)."""

    start: int
    end: int
    codes: tuple[str, ...]


def choose(text: str, names: Sequence[tuple[int, int, Name]], atlas: Atlas) -> list[Hit]:
    """The places that a folded text names, in order."""
    names = [*names, *_letter_runs(text, names, atlas), *_single_letters(text, atlas)]
    certain = _certain(names, atlas)
    names += _before_zones(text, atlas, certain)
    reader = _Reader(text, atlas, certain)
    for start, end, name in sorted(names, key=_leftmost_longest):
        if start >= reader.done:
            reader.consider(start, end, name)
    return reader.hits


def _letter_runs(
    text: str, names: Sequence[tuple[int, int, Name]], atlas: Atlas
) -> Iterator[tuple[int, int, Name]]:
    """Three or more provinces by one letter each: 川渝桂滇黔; not in 总台辽宁总站, where 辽宁 is whole."""
    runs = [run for run in _LETTERS.finditer(text) if len(set(run.group())) == len(run.group())]
    if not runs:
        return
    whole = [
        (start, end)
        for start, end, name in names
        if not name.joint and name.codes and name.codes[0].isdigit()
    ]
    ends = [end for _, end in whole]  # in ascending order: so the automaton finds them
    for run in runs:
        start, end = run.span()
        near = whole[bisect_right(ends, start) : bisect_right(ends, end + _LONGEST)]
        if all(at >= end for at, _ in near):
            codes = tuple(atlas.names[letters()[letter]][0] for letter in run.group())
            yield start, end, Name(codes, "safe", joint=True)


def _single_letters(text: str, atlas: Atlas) -> Iterator[tuple[int, int, Name]]:
    for found in _ONE_LETTER.finditer(text):
        yield *found.span(), Name(atlas.names[letters()[found.group()]], "safe")


def _before_zones(text: str, atlas: Atlas, certain: frozenset[str]) -> Iterator[tuple[int, int, Name]]:
    """Counties that a zone is named after, ordinary words though they may be: 辽阳… 灯塔经开区."""
    for zone in _ZONE.finditer(text):
        for start in (zone.start() - 2, zone.start() - 3):
            codes = atlas.names.get(text[start : zone.start()], ()) if start >= 0 else ()
            if found := [code for code in codes if not certain.isdisjoint(atlas.parents(code))]:
                yield start, zone.start(), Name((found[0],), "safe")


def _leftmost_longest(found: tuple[int, int, Name]) -> tuple[int, int]:
    return found[0], -found[1]


def _certain(names: Sequence[tuple[int, int, Name]], atlas: Atlas) -> frozenset[str]:
    """Places that need no company, and what they lie in: the company others may keep."""
    sure = {
        code
        for _, _, name in names
        if name.trust == "safe" or (name.trust == "full" and len(name.codes) == 1)
        for code in name.meant
    }
    return frozenset(sure.union(*(atlas.parents(code) for code in sure)))


class _Reader:
    """Reads from left to right and remembers what it has passed."""

    def __init__(self, text: str, atlas: Atlas, certain: frozenset[str]) -> None:
        self.text = text
        self.atlas = atlas
        self.certain = certain
        self.hits: list[Hit] = []
        self.introduced: dict[str, tuple[str, ...]] = {}  # once 福建长汀 was said, 长汀 alone is believed
        self.done = 0
        self.abroad = -1  # where the last foreign place ended

    def consider(self, start: int, end: int, name: Name) -> None:
        """Takes the name, lets it swallow its letters, or leaves them to another."""
        swallows = name.trust in ("blocked", "foreign") or self._is_line(start, end, name)
        codes = () if swallows else self._meant(start, end, name)
        if codes:
            self.hits.append(Hit(start, end, codes))
            self.introduced[self.text[start:end]] = codes
        if codes or swallows:
            self.done = end
        if name.trust == "foreign":
            self.abroad = end

    def _meant(self, start: int, end: int, name: Name) -> tuple[str, ...]:
        if is_another_word(self.text, end) or is_given_name(self.text, start, end):
            return ()
        if name.trust == "direction":
            return name.codes if self._is_region(start, end) else ()
        if name.trust == "safe":
            return name.meant
        if name.trust == "full" and len(name.codes) == 1:
            return name.codes
        return self._in_company(start, end, name)

    def _is_line(self, start: int, end: int, name: Name) -> bool:
        """京沪高铁, 成渝中线高铁: short forms of places that name a line."""
        of_cluster = end - start == 2 and not name.codes[0].isdigit() and COUNTRY not in name.codes
        short = name.joint or of_cluster  # 全国铁路 is the nation's, all of it
        return short and is_line(self.text, end)

    def _is_region(self, start: int, end: int) -> bool:
        """西部 means the region unless it is landscape, or a part: 浙江西部, 利比亚东部和中部地区."""
        if is_landscape(self.text, end):
            return False
        last = self.hits[-1] if self.hits else None
        if last and last.end == start:
            return COUNTRY in last.codes
        if self.abroad > (last.end if last else -1) and in_one_sentence(self.text, self.abroad, start):
            return False
        return not has_whole(self.text, start)

    def _in_company(self, start: int, end: int, name: Name) -> tuple[str, ...]:
        """Of the places that bear the name, the one that the text gives reason to believe."""
        if name.trust == "loose" and (known := self.introduced.get(self.text[start:end])):
            return known
        codes = [code for code in name.codes if self._keeps_company(code, start, end, name.trust)]
        return self._nearest(codes) if len(codes) > 1 else tuple(codes)

    def _keeps_company(self, code: str, start: int, end: int, trust: Trust) -> bool:
        above = self.atlas.parents(code)
        last = self.hits[-1] if self.hits else None
        if last and self._stands_by(above, last, start, 0 if trust == "close" else _NEAR):
            return True
        if trust == "close":
            return False
        if last and self._is_listed(above, last, start):
            return True
        if trust == "loose" and code in self.certain:
            return True  # its full name stands elsewhere in the text
        return not self.certain.isdisjoint(above) and (trust == "full" or is_located(self.text, start, end))

    def _stands_by(self, above: tuple[str, ...], last: Hit, start: int, near: int) -> bool:
        """Right behind what it lies in: 重庆合川, 南京市的鼓楼区."""
        close = 0 <= start - last.end <= near and in_one_sentence(self.text, last.end, start)
        return close and not set(above).isdisjoint(last.codes)

    def _is_listed(self, above: tuple[str, ...], last: Hit, start: int) -> bool:
        """In a list with a neighbour: 扬州、仪征."""
        if start - last.end != 1 or self.text[last.end] not in _LISTING:
            return False
        return any(not set(above).isdisjoint(self.atlas.parents(code)) for code in last.codes)

    def _nearest(self, codes: Sequence[str]) -> tuple[str, ...]:
        """Of places with one name the one whose city was named, last if possible: 徐州鼓楼区."""
        holder = {code: self.atlas.parents(code)[0] for code in codes}
        last = self.hits[-1].codes if self.hits else ()
        in_last = [code for code in codes if holder[code] in last]
        in_named = [code for code in codes if holder[code] in self.certain]
        return tuple((in_last or in_named)[:1])
