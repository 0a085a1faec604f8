"""Chooses which of all overlapping place names a text really says.

Leftmost-longest, like reading: 黄河南岸 is 黄河 and 南岸, never 河南. A name that fails its test gives way to a
shorter one. Decides only "is a place meant here, and which"; what the place matters is decided in roles.py.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from watcher.tag.gazetteer import Atlas
from watcher.tag.lexicon import Name
from watcher.tag.names import letters

# Official names that run into the next word: 城关区块链, 合作市场, 市中区域.
_RUNS_ON = {"区": "域块间位别划隔分", "市": "场值占面容", "县": "域"}
_STREET = re.compile(r"[东西南北中]{0,2}(?:[一二三四五六七八九十]?路(?![径线网段面口况演过桥])|大道|大街)")
_LOCATIVE = re.compile(
    r"(?:[在于到赴从往]|来到|走进|落户|地处|抵达|位于|前往|来自|选址|走访|奔赴|[,，。、:：(（\n]|^)$"
)
_AFTERWARDS = re.compile(r"[,，。、;；:：的等和与及一这某举召调考视开有当今也是()（）\n市县区镇乡村]|$")
# Before a direction these say "a part of": 德国西部, 北美洲西北, 园区东部.
_PART_OF = frozenset("国洲省市县州岛山区城湾亚美欧非带域部朝以盟疆陆东西南北中本球")
# What follows a direction that is landscape or weather: 西部大漠, 东北风, 西南角.
_LANDSCAPE = re.compile(
    r"大?(?:荒漠|大漠|荒原|草原|高原|山区|沿岸|边缘|海域|水域|洋面|太平洋|大西洋|印度洋|平原|沙漠|丘陵)|[风方角侧向隅偏坡岸亚非欧缘局]|部(?!地区)"
)
_LETTERS = re.compile(rf"[{''.join(letters())}]{{3,}}")
_LINE = re.compile(r"(?:中线|双线)?(?:铁路|高铁|高速|公路|高原|动车|城际|线(?!上|下))")
_STOP = re.compile(r"[。！？；\n]")
_NEAR = 2  # characters that may stand between a county and the city it is named with


@dataclass(frozen=True, slots=True)
class Hit:
    """One place named at one spot; `codes` are all meant (川渝 means two)."""

    start: int
    end: int
    codes: tuple[str, ...]


def choose(text: str, names: Sequence[tuple[int, int, Name]], atlas: Atlas) -> list[Hit]:
    """The places that a folded text names, in order."""
    names = [*names, *_letter_runs(text, names, atlas)]
    reader = _Reader(text, atlas, _certain(names, atlas))
    for start, end, name in sorted(names, key=_leftmost_longest):
        if start >= reader.done:
            reader.consider(start, end, name)
    return reader.hits


def _letter_runs(
    text: str, names: Sequence[tuple[int, int, Name]], atlas: Atlas
) -> Iterator[tuple[int, int, Name]]:
    """Three or more provinces by one letter each: 川渝桂滇黔五地; not in 总台辽宁总站, nor 京沪汉高铁."""
    for run in _LETTERS.finditer(text):
        start, end = run.span()
        whole = any(
            at < end and start < until and not name.joint and name.codes[:1] != () and name.codes[0].isdigit()
            for at, until, name in names
        )
        if len(set(run.group())) == end - start and not whole:
            codes = tuple(atlas.names[letters()[letter]][0] for letter in run.group())
            yield *run.span(), Name(codes, "safe", joint=True)


def _leftmost_longest(found: tuple[int, int, Name]) -> tuple[int, int]:
    return found[0], -found[1]


def _certain(names: Sequence[tuple[int, int, Name]], atlas: Atlas) -> frozenset[str]:
    """Places that need no company, and what they lie in: the company others may keep."""
    sure = {
        name.codes[0]
        for _, _, name in names
        if name.trust == "safe" or (name.trust == "full" and len(name.codes) == 1)
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
        swallows = name.trust in ("blocked", "foreign")
        codes = () if swallows else self._meant(start, end, name)
        if codes:
            self.hits.append(Hit(start, end, codes))
            self.introduced[self.text[start:end]] = codes
        if codes or swallows:
            self.done = end
        if name.trust == "foreign":
            self.abroad = end

    def _meant(self, start: int, end: int, name: Name) -> tuple[str, ...]:
        if self._runs_on(end) or self.text[end : end + 1] == "舰" or _STREET.match(self.text, end):
            return ()
        if name.trust == "direction":
            return name.codes if self._is_region(start, end) else ()
        if name.trust == "safe":
            if self._is_line(start, end, name):
                return ()
            return name.codes if name.joint else (name.codes[0], *name.inner)
        if name.trust == "full" and len(name.codes) == 1:
            return name.codes
        if name.trust == "loose" and (known := self.introduced.get(self.text[start:end])):
            return known
        codes = [code for code in name.codes if self._in_company(code, start, end, name)]
        return self._nearest(codes) if len(codes) > 1 else tuple(codes)

    def _nearest(self, codes: Sequence[str]) -> tuple[str, ...]:
        """Of places with one name the one whose city was named, last if possible: 徐州鼓楼区."""
        holder = {code: self.atlas.parents(code)[0] for code in codes}
        last = self.hits[-1].codes if self.hits else ()
        in_last = [code for code in codes if holder[code] in last]
        in_named = [code for code in codes if holder[code] in self.certain]
        return tuple((in_last or in_named)[:1])

    def _runs_on(self, end: int) -> bool:
        return self.text[end : end + 1] in _RUNS_ON.get(self.text[end - 1], ()) and end < len(self.text)

    def _is_line(self, start: int, end: int, name: Name) -> bool:
        """京沪高铁 and 成渝高速 are lines, not news of the places they join."""
        short = name.joint or (end - start == 2 and not name.codes[0].isdigit())
        return short and _LINE.match(self.text, end) is not None

    def _is_region(self, start: int, end: int) -> bool:
        return _LANDSCAPE.match(self.text, end) is None and not self._says_a_part(start)

    def _says_a_part(self, start: int) -> bool:
        if self.text[start - 2 : start] == "我国":
            return False
        here = self.hits[-1].end if self.hits else -1
        if self.abroad > here and not _STOP.search(self.text, self.abroad, start):
            return True
        return here == start or (start > 0 and self.text[start - 1] in _PART_OF)

    def _in_company(self, code: str, start: int, end: int, name: Name) -> bool:
        above = self.atlas.parents(code)
        last = self.hits[-1] if self.hits else None
        if name.trust == "close":
            return last is not None and last.end == start and not set(above).isdisjoint(last.codes)
        if last and 0 <= start - last.end <= _NEAR and "。" not in self.text[last.end : start]:
            if not set(above).isdisjoint(last.codes):
                return True
            if self.text[last.end : start] in ("、", "和", "与", "及", "到", "至") and self._neighbours(
                above, last
            ):
                return True
        if name.trust == "loose" and code in self.certain:
            return True  # the full name stands elsewhere in the text
        if self.certain.isdisjoint(above):
            return False
        if name.trust == "full":
            return True
        located = _LOCATIVE.search(self.text, max(0, start - 2), start)
        return located is not None and _AFTERWARDS.match(self.text, end) is not None

    def _neighbours(self, above: tuple[str, ...], last: Hit) -> bool:
        return any(not set(above).isdisjoint(self.atlas.parents(code)) for code in last.codes)
