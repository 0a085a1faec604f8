"""Finds the values of a text: numeral, unit, range, and how exactly it is meant. Knows no metric, no place.

Runs over folded text from left to right in one pass; every repeat in the patterns is bounded, so that a
megabyte of digits costs no more than a megabyte of prose.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from watcher.model.item import ApproxSign
from watcher.tag.figures.traps import (
    Candidate,
    is_duration,
    is_preceded_by_name,
    is_trap,
    may_stand_alone,
    stands_alone,
)
from watcher.tag.figures.units import COUNTERS, TIME, UNIT, usual
from watcher.tag.figures.words import by_word, guarded, one_of, word
from watcher.text.numerals import ARABIC, CHINESE, REST, SCALE, numeral

_BEFORE, _BEHIND = by_word("before"), by_word("behind")
_NUMBER = rf"(?:{ARABIC}|{CHINESE})"
_BEGINS = "".join(
    dict.fromkeys(word[0] for word in _BEFORE)
)  # a quick look before the whole pattern is tried
_VALUE = re.compile(
    rf"(?=[-\d一二两三四五六七八九十百{_BEGINS}])(?P<hedge>{guarded(_BEFORE, not_after='hedge_not_after')})?"
    rf"(?:百分之(?P<percent>{_NUMBER})"
    rf"|(?P<below>{CHINESE}|\d{{1,2}})分之(?P<above>{CHINESE}|\d{{1,2}})"
    rf"|(?P<low>(?<![\d.])-?{_NUMBER})(?P<more>[余多])?(?P<scale>{SCALE})?(?P<compound>{REST})?(?:(?P<more2>[余多])(?P<rest>(?<=[百千].)[万亿])?)?"
    rf"(?P<first>{UNIT})?"
    rf"(?:(?P<to>[-~至到])(?P<high>{_NUMBER})[余多]?(?P<scale2>{SCALE})?(?P<second>{UNIT})?)?)"
    rf"(?P<tail>{one_of(_BEHIND)}|[余多](?![种样元方年项]))?"
)
_SAYS = (
    "first",
    "second",
    "scale",
    "scale2",
    "percent",
    "below",
)  # without one of these a number says nothing
# A scale that stands for itself: 超过万亿元, 近万家, 上千台, 万余家; 万家灯火 and 千亿级 have no such word.
_OVER = r"超过?|突破|达到?|跨[越过上]|迈[过上入]|站上|过|首破|逾"
_WHOLE = r"(?:[百千]?万?亿|[百千]万|[百千万])"
_BARE = re.compile(
    rf"(?:(?:(?P<over>{_OVER})|(?P<under>接近|逼近|近)|(?<![签合节契特])约|(?<!成[百千])上)了?(?P<scale>{_WHOLE})余?"
    rf"|(?<![数几\d十百千第])(?P<many>{_WHOLE})[余多])(?P<unit>{UNIT})"
)
_DECIMAL = re.compile(r"\d{1,4}\.\d{1,3}")
_ROW = re.compile(rf"(?<![\d.])(?:{_DECIMAL.pattern}[、和与及])+$")
_LONGEST_ROW = 30
_DIGITS = "一二三四五六七八九"
_PEOPLE = re.compile(rf"[^，。；、\d]{{0,4}}?(?P<unit>{word('traps', 'people')})")


@dataclass(frozen=True, slots=True)
class Value:
    """A value at its place in the folded text; money in 元, 万 and 亿 multiplied out, 六成 as 60 %."""

    start: int  # of the words that say how exact it is, if there are any
    end: int  # behind 以上, 左右
    value: float
    value_max: float | None
    unit: str  # "" where none is written
    approx: ApproxSign | None
    number: tuple[int, int]  # the numeral with its unit

    @property
    def counts(self) -> bool:
        """Whether the thing counted stands behind it: 17个二级节点, in contrast to GDP 3万亿元."""
        return self.unit in COUNTERS


def find_values(text: str, start: int = 0, end: int | None = None) -> list[Value]:
    """The values in a stretch of folded text (a sentence), in order."""
    found: list[Value] = []
    at, end = start, len(text) if end is None else end
    indexed = may_stand_alone(text, start, end)
    while at < end and (shape := _next(text, at, end)):
        if indexed or shape.re is _BARE or any(shape.group(*_SAYS)):
            after_index = bool(found) and found[-1].unit == ""
            done = found[-1].end if found else start
            found += [v for v in _read(shape, text, start, after_index=after_index) if v.start >= done]
        at = max(shape.end(), at + 1)
    return found


def _next(text: str, at: int, end: int) -> re.Match[str] | None:
    full = _VALUE.search(text, at, end)
    return _BARE.search(text, at, full.start() if full else end) or full


def _read(shape: re.Match[str], text: str, start: int, *, after_index: bool) -> Iterator[Value]:
    if shape.re is _BARE:
        yield from _bare(shape)
    elif shape["percent"] or shape["below"]:
        yield from _fraction(shape, text)
    elif shape["high"] and not _is_range(shape, text):
        # 从2万亿到3万亿: two values, each read for itself
        for begin, until in ((shape.start(), shape.start("to")), (shape.end("to"), shape.end())):
            if part := _VALUE.match(text, begin, until):
                yield from _single(part, text, start, after_index=after_index)
    else:
        yield from _elided(shape, text, start)
        yield from _single(shape, text, start, after_index=after_index)


def _elided(shape: re.Match[str], text: str, start: int) -> Iterator[Value]:
    """提升1.1和0.6个百分点: the unit stands with the last of a row."""
    row = (
        _ROW.search(text, max(start, shape.start() - _LONGEST_ROW), shape.start()) if shape["first"] else None
    )
    for number in _DECIMAL.finditer(text, *row.span()) if row else ():
        if (value := numeral(number[0])) is not None:
            yield Value(*number.span(), value, None, usual(shape["first"]), None, number.span())


def _bare(shape: re.Match[str]) -> Iterator[Value]:
    scale = "many" if shape["many"] else "scale"
    value, unit = numeral(shape[scale]), usual(shape["unit"])
    if value is not None and unit not in TIME and unit != "%":
        sign: ApproxSign = ">" if shape["over"] or shape["many"] else "≈<" if shape["under"] else "≈"
        yield Value(*shape.span(), value, None, unit, sign, (shape.start(scale), shape.end()))


def _fraction(shape: re.Match[str], text: str) -> Iterator[Value]:
    """百分之二十, and 三分之一 as 33.33 %."""
    if shape["percent"]:
        value, begin, until = numeral(shape["percent"]), shape.start("percent") - 3, shape.end("percent")
    else:
        above, below = numeral(shape["above"]) or 0, numeral(shape["below"]) or 1
        value = round(100 * above / below, 2) if 0 < above < below else None
        begin, until = shape.start("below"), shape.end("above")
    if value is not None and not is_preceded_by_name(text, shape.start()):
        yield Value(*shape.span(), value, None, "%", _approx(shape), (begin, until))


def _is_range(shape: re.Match[str], text: str) -> bool:
    """3-5个, 15%至20% and 4℃至8℃ are ranges; 从2万亿到3万亿 is a change."""
    if shape["to"] in "-~":
        return True
    if text[max(0, shape.start() - 1) : shape.start()] in ("从", "由"):
        return shape["first"] == shape["second"] in ("%", "成")
    return shape["first"] in (None, shape["second"])


def _single(shape: re.Match[str], text: str, start: int, *, after_index: bool) -> Iterator[Value]:
    number = Candidate(
        text,
        shape.start(),
        shape.end(),
        shape["low"],
        (shape["scale"] or shape["scale2"] or "") + (shape["rest"] or ""),
        shape["second"] or shape["first"],
        hedged=any(shape[name] for name in ("hedge", "more", "more2", "tail")),
        ranged=shape["high"] is not None,
    )
    value, top = _amounts(shape, number)
    if value is None or is_trap(number):
        return
    if number.unit in TIME and not is_duration(number, start):
        return
    if number.unit is None and not stands_alone(number, start, after_index=after_index):
        return
    unit = usual(number.unit or _people(number) or "")
    yield Value(
        *shape.span(),
        value,
        top,
        unit,
        _approx(shape),
        (shape.start("low"), shape.end()),
    )


def _amounts(shape: re.Match[str], number: Candidate) -> tuple[float | None, float | None]:
    """Value and upper end; no value for what cannot be one: a range that falls, a negative count."""
    if (
        number.digits[:2] in _DIGITS
        and number.digits[2:] in ("", "十", "百", "千")
        and len(number.digits) > 1
    ):
        low, high = (numeral(digit + number.digits[2:] + number.scale) for digit in number.digits[:2])
        return low, high  # 七八个, 四五百张: two digits in a row are the ends of a range
    scale = shape["scale"] + shape["compound"] if shape["compound"] else number.scale  # 一[万七千]
    value = numeral(number.digits.removeprefix("-") + scale)
    top = numeral(shape["high"] + (shape["scale2"] or "")) if shape["high"] else None
    if value is not None and top is not None and top <= value and not shape["scale"]:
        value = numeral(number.digits)  # 3000到30万元: the scale is of the last alone
    if value is None or (shape["high"] and (top is None or top <= value)):
        return None, None
    if number.digits.startswith("-"):
        return (-value, None) if number.unit == "%" else (None, None)
    if number.unit == "成":
        half = 5 * number.text.startswith("半", shape.end("first"))  # 九成半
        return 10 * value + half, top and 10 * top
    return value, top


def _people(number: Candidate) -> str | None:
    """3.3亿消费用户, 十四亿多中国人民: the unit stands in the noun."""
    people = _PEOPLE.match(number.text, number.end) if number.scale else None
    return people and ("用户" if people["unit"] == "用户" else "人")


def _approx(shape: re.Match[str]) -> ApproxSign | None:
    if shape["hedge"]:
        return _BEFORE[shape["hedge"]]  # type: ignore[return-value]
    if shape["tail"] in _BEHIND:
        return _BEHIND[shape["tail"]]  # type: ignore[return-value]
    more = shape["more"] or shape["more2"] or not {"余", "多"}.isdisjoint(shape["compound"] or "")
    return ">" if shape["tail"] or more else None
