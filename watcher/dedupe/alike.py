"""How two texts are alike: the same article, one quoting the other, or two issues of one template.

Shared shingles say how much is common; laying the texts side by side then says what stands in the
places where they differ. Copies leave out or add; templates exchange: another day, another figure,
another session. Decides about one pair; who ends up in one story is `groups`' business.
"""

from collections import Counter
from dataclasses import dataclass
from typing import Literal

from watcher.dedupe.wording import WINDOW, Wording, is_number

# Of the shorter text's shingles, how many the other holds (measured bands: docs/decisions.md).
SAME, REWORKED, QUOTES = 0.80, 0.45, 0.15
COVERED = 0.94  # of the shorter text's words, laid side by side with equal ones
ALL_BUT_EQUAL = 0.60  # Jaccard from which two roundups are two copies of one
A_PART = 0.5  # of the other's length: shorter is a part of it
TOLERATED = 0.2  # share of exchanged numbers that a careless copy may have
_SLOT = 40  # words: a longer difference is other text, not another filling of one slot
_ORDINAL_AFTER = frozenset("届次批期号年月日时季")  # 第四次, 3月5日, 二〇二三年
_SLIPS = 3  # small differences beside each exchanged number, from which on it is a slip as well
_LIKE_HEADLINES = 0.5

Kind = Literal["copy", "excerpt", "part", "reworked", "quotes", "apart"]
JOINS: frozenset[Kind] = frozenset({"copy", "excerpt", "part"})


@dataclass(frozen=True, slots=True)
class Likeness:
    """How two texts are alike. `why` tells what keeps an `apart` pair apart."""

    kind: Kind
    containment: float  # of the shorter one in the other
    jaccard: float
    why: str | None = None


def alike(one: Wording, other: Wording) -> Likeness | None:
    """Compare two texts; None when they share next to nothing. The order of the two is of no matter.

    copy, excerpt, part: the same (a part stands under another headline in a text twice as long);
    reworked, quotes: much or some is common, but not enough to call it one; apart: it looks the
    same, and figures, dates or ordinals say that it is not.
    """
    short, long = sorted((one, other), key=lambda text: text.size)
    here, there = frozenset(short.shingles), frozenset(long.shingles)
    common = len(here & there)
    containment = common / max(1, min(len(here), len(there)))
    jaccard = common / max(1, len(here) + len(there) - common)
    if containment < QUOTES or not short.tells_enough:
        return None
    kind: Kind = "quotes"
    why = None
    if containment >= REWORKED:
        kind, why = _kind(short, long, containment, jaccard)
    return Likeness(kind, containment, jaccard, why)


def _kind(short: Wording, long: Wording, containment: float, jaccard: float) -> tuple[Kind, str | None]:
    sides = _side_by_side(short.words, long.words)
    exchanged = _exchanged(sides)
    if exchanged:
        return "apart", exchanged
    if jaccard < ALL_BUT_EQUAL and _tells_more(short, long):
        return "apart", "a roundup tells several things"
    if containment < SAME or sides.covered < COVERED:
        return "reworked", None
    if jaccard >= ALL_BUT_EQUAL:
        return "copy", None
    a_part = len(short.words) < A_PART * len(long.words) and not _same_headline(short.title, long.title)
    return ("part" if a_part else "excerpt"), None


def _tells_more(short: Wording, long: Wording) -> bool:
    """Whether a roundup is compared with what is no copy of it: an item in it, or another roundup."""
    if not (short.is_roundup or long.is_roundup):
        return False
    return short.is_roundup != long.is_roundup or not _same_headline(short.title, long.title)


@dataclass(frozen=True, slots=True)
class _Sides:
    """Two texts laid side by side: equal stretches, and slots that each fills in its own way."""

    covered: float  # share of the first one's words that stand in equal stretches
    equal_numbers: int
    slots: tuple[tuple[tuple[str, ...], tuple[str, ...], str], ...]  # (here, there, the word behind)


def _side_by_side(short: tuple[str, ...], long: tuple[str, ...]) -> _Sides:
    runs = _runs(short, long)
    slots = []
    for (at, there, length), (next_at, next_there, _) in zip(
        [(0, 0, 0), *runs], [*runs, (len(short), len(long), 0)], strict=True
    ):
        one, other = short[at + length : next_at], long[there + length : next_there]
        if (one or other) and max(len(one), len(other)) <= _SLOT:
            slots.append((one, other, "".join(short[next_at : next_at + 1])))
    equal = sum(is_number(word) for at, _, length in runs for word in short[at : at + length])
    covered = sum(length for _, _, length in runs) / max(1, len(short))
    return _Sides(covered, equal, tuple(slots))


def _runs(short: tuple[str, ...], long: tuple[str, ...]) -> list[tuple[int, int, int]]:
    """Equal stretches as (start here, start there, words), in this text's order; moved ones as well."""
    places: dict[tuple[str, ...], list[int]] = {}
    for start in range(len(long) - WINDOW + 1):
        places.setdefault(long[start : start + WINDOW], []).append(start)
    runs = []
    at = after = 0
    while at <= len(short) - WINDOW:
        found = places.get(short[at : at + WINDOW])
        if found is None:
            at += 1
            continue
        there = next((place for place in found if place >= after), found[-1])
        length = WINDOW
        while (
            at + length < len(short)
            and short[at + length : at + length + 1] == (long[there + length : there + length + 1])
        ):
            length += 1
        runs.append((at, there, length))
        at, after = at + length, there + length
    return runs


def _exchanged(sides: _Sides) -> str | None:
    """The numbers that stand in one text where the other has others, if they make it another article.

    One other day or session does, unless the text is full of small slips. Of plain figures a share
    is tolerated; a release with the next month's figures exchanges nearly all of them.
    """
    pairs: list[tuple[str, str]] = []
    equal, decisive, slips = sides.equal_numbers, False, 0
    for one, other, behind in sides.slots:
        here, there = _numbers(one), _numbers(other)
        equal += (here & there).total()
        differ = list(zip((here - there).elements(), (there - here).elements(), strict=False))
        pairs += differ
        alone = len(one) == len(other) == 1
        decisive = decisive or bool(differ and alone and behind in _ORDINAL_AFTER)
        slips += not differ and max(len(one), len(other)) <= 2
    if slips >= _SLIPS * len(pairs):
        return None
    if not decisive and len(pairs) <= TOLERATED * (len(pairs) + equal):
        return None
    shown = dict.fromkeys(f"{one}/{other}" for one, other in pairs)
    return "other numbers in the same places: " + ", ".join(list(shown)[:4])


def _numbers(words: tuple[str, ...]) -> Counter[str]:
    return Counter(word for word in words if is_number(word))


def _same_headline(one: str, other: str) -> bool:
    first, second = ({title[i : i + 2] for i in range(len(title) - 1)} for title in (one, other))
    return len(first & second) >= _LIKE_HEADLINES * max(1, min(len(first), len(second)))
