"""Makes every way of writing one word the same, and remembers where each character came from.

`５Ｇ ＋ 工业互联网`, `5G+“工业互联网”` and `5G+工業互聯網` all fold to `5g+工业互联网`: one term finds them.
For matching only: what is shown to people is the original, found again by `Folded.origin`. Characters
are mapped one to one (NFKC would turn ㎡ into two), and only whole runs are dropped, so the way back is
a short table of gaps. Decides nothing about meaning.
"""

import re
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

_QUOTES = "“”‘’「」『』〝〞＂\"'"
_UNSEEN = "\u200b-\u200f\u2060\ufeff\u00ad"
# A run of quotes, blanks and invisible characters. It is dropped, unless it keeps two Latin words apart.
# (`[x][x]*` for `[x]+`: the search leaps to a class, and walks to a repeat.)
_DROPPED = rf"[{_QUOTES}{_UNSEEN} \t\u00a0\u3000]"
_RUN = re.compile(f"{_DROPPED}{_DROPPED}*")
_REMEMBERED = 20_000  # characters; longer texts are rare, and would be kept in memory
_LATIN = re.compile(r"[!-~\u00c0-\u024f\uff01-\uff5e]")


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text; `starts` and `shifts` say where each kept stretch begins and how far it moved."""

    text: str
    starts: tuple[int, ...] = (0,)
    shifts: tuple[int, ...] = (0,)

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """Where the folded span `start:end` stands in the original text; exact for every character."""
        begin = start + self.shifts[bisect_right(self.starts, start) - 1]
        if end <= start:
            return begin, begin
        return begin, end + self.shifts[bisect_right(self.starts, end - 1) - 1]


def fold(text: str) -> Folded:
    """Folds widths, case, traditional characters, middle dots, inner blanks and quotes of a text."""
    return _remembered(text) if len(text) <= _REMEMBERED else _folded(text)


def _folded(text: str) -> Folded:
    if _RUN.search(text) is None:
        return Folded(_plain(text))
    kept: list[str] = []
    starts, shifts = [0], [0]
    done = length = 0
    for run in _RUN.finditer(text):
        start, end = run.span()
        if _parts_words(text, start, end):
            continue
        kept.append(text[done:start])
        length += start - done
        done = end
        starts.append(length)
        shifts.append(end - length)
    kept.append(text[done:])
    return Folded(_plain("".join(kept)), tuple(starts), tuple(shifts))


def _plain(text: str) -> str:
    # Looking for what changes takes a tenth of translating every character.
    return _CHANGING.sub(lambda sign: _IMAGES[sign[0]], text)


# An article is folded for its tags, its hash, its index and its likeness, one soon after the other.
_remembered = lru_cache(maxsize=64)(_folded)


def _parts_words(text: str, start: int, end: int) -> bool:
    """Whether blanks stand between two Latin characters; around a plus they mean nothing: `5G + 工业`."""
    before, after = text[start - 1 : start], text[end : end + 1]
    if not (_LATIN.match(before) and _LATIN.match(after)) or before in "+＋" or after in "+＋":
        return False
    return any(blank in text[start:end] for blank in " \t\u00a0\u3000")


def _traditional() -> Mapping[int, int]:
    """The one-character table that tools/build_traditional.py derives from OpenCC (see NOTICE)."""
    old, new = files("watcher.text").joinpath("traditional.txt").read_text("utf-8").splitlines()
    return dict(zip(map(ord, old), map(ord, new), strict=True))


def _images() -> dict[str, str]:
    """The image of every character that has another one."""
    wide = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F) if chr(code) not in "，：；！？"}
    lower = {ord(c): ord(c.lower()) for c in map(chr, range(0x250)) if len(c.lower()) == 1 and c != c.lower()}
    lower |= {code: code - 0xFEE0 + 32 for code in range(0xFF21, 0xFF3B)}  # Ａ to Ｚ
    dots = dict.fromkeys(map(ord, "•・‧∙⋅●･\u2022\u00b7"), ord("·"))
    dashes = dict.fromkeys(map(ord, "–—―‒−－﹣\u2011"), ord("-"))
    blanks = dict.fromkeys(map(ord, "\u3000\u00a0\t"), ord(" "))
    images = {**_traditional(), **wide, **lower, **dots, **dashes, **blanks}
    return {chr(code): chr(image) for code, image in images.items()}


_IMAGES = _images()
_CHANGING = re.compile(f"[{re.escape(''.join(_IMAGES))}]")
