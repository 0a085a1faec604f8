"""Finds the times that a sentence names and says which days they are: 2021年1月到6月, 上半年, 十三五, 过去4年.

Resolved against the day of publication. Knows calendars and plan periods; which figure a time belongs to is
decided in periods.py.
"""

import re
from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from watcher.text.numerals import numeral

Days = tuple[date | None, date | None]

# The five-year plans by number (国民经济和社会发展五年规划).
_PLANS = {
    "十一": 2006, "十二": 2011, "十三": 2016, "十四": 2021, "十五": 2026, "十六": 2031,
}  # fmt: skip
_CONGRESS = {"十八": date(2012, 11, 1), "十九": date(2017, 10, 1), "二十": date(2022, 10, 1)}  # 党的…大以来


@dataclass(frozen=True, slots=True)
class When:
    """A time at its place in the folded text. `base`: others are compared with it; `now`: 目前 and its like."""

    start: int
    end: int
    first: date | None
    last: date | None
    base: bool = False
    now: bool = False
    ahead: bool = False  # a time that a plan looks forward to: 到2025年, 未来五年
    bare: bool = False  # names no year of its own: 上半年, 6月


def find_whens(text: str, start: int, end: int, published: date) -> list[When]:
    """The times named in a sentence, in order, none overlapping another."""
    found = []
    for match in _TIME.finditer(text, start, end):
        if text.rfind("《", start, match.start()) > text.rfind("》", start, match.start()):
            continue  # 《…白皮书(2021年)》
        kind = match.lastgroup or ""
        days = _READ[kind](match, published)
        if days is not None:
            found.append(_when(match, kind, days, text, start, published))
    return _qualified(found, text, published)


def _when(match: re.Match[str], kind: str, days: Days, text: str, start: int, published: date) -> When:
    first, last = days
    if _SINCE.match(text, match.end()):
        last = published
    if last is None and first is not None:
        last = first
    base = _BASE_BEFORE.search(text, max(start, match.start() - 4), match.start()) is not None
    upto = text[max(start, match.start() - 1) : match.start()] in ("到", "至") and match["rel"] is None
    ahead = (first is not None and first > published) or (
        last is not None and last > published and (upto or match["way"] in _AHEAD or match["plan"] is not None)
    )
    return When(match.start(), match.end(), first, last, base, kind == "now", ahead, kind in _BARE)


def _qualified(found: list[When], text: str, published: date) -> list[When]:
    """Lets 上半年 take its year from a year named right before it: 2021年的上半年."""
    joined: list[When] = []
    for when in found:
        before = joined[-1] if joined else None
        if (
            before and when.bare and when.first and when.last and before.first and before.last
            and when.start - before.end <= 2 and _is_year(before)
        ):  # fmt: skip
            shift = before.first.year - when.first.year
            first, last = _in_year(when.first, shift), _in_year(when.last, shift)
            joined[-1] = When(before.start, when.end, first, last, before.base, ahead=last > published)
        else:
            joined.append(when)
    return joined


def _is_year(when: When) -> bool:
    return when.first is not None and when.last is not None and (when.last - when.first).days in (364, 365)


def _in_year(day: date, shift: int) -> date:
    year = day.year + shift
    return date(year, day.month, min(day.day, monthrange(year, day.month)[1]))


def year(number: int) -> tuple[date, date]:
    """A calendar year."""
    return date(number, 1, 1), date(number, 12, 31)


def months(number: int, first: int, last: int) -> tuple[date, date]:
    """Whole months of one year, both ends included."""
    return date(number, first, 1), date(number, last, monthrange(number, last)[1])


def _named_year(match: re.Match[str], published: date) -> int | None:
    word = match["year"] or match["rel"]
    if word is None:
        return None
    if word.isdigit():
        number = int(word)
        return number if number >= 1000 else 2000 + number
    return published.year + _RELATIVE[word]


def _part(match: re.Match[str], published: date) -> Days | None:
    """A year, or a part of one; a part without a year is the last that had begun when this was published."""
    named = _named_year(match, published)
    first, last = _months_of(match)
    if not 1 <= first <= last <= 12:
        return None
    reach = last if first == 1 else first  # 前三季度 read in July is last year's
    number = named if named is not None else published.year - (reach > published.month)
    if match["day"]:
        day = int(match["day"])
        if not 1 <= day <= monthrange(number, first)[1]:
            return None
        return date(number, first, day), date(number, first, day)
    if not 1949 <= number <= 2100:
        return None
    return months(number, first, last)


def _months_of(match: re.Match[str]) -> tuple[int, int]:
    if match["half"]:
        return (1, 6) if match["half"] == "上" else (7, 12)
    if match["quarter"]:
        number = int(numeral(match["quarter"]) or 1)
        return 3 * number - 2, 3 * number
    if match["quarters"]:
        return 1, 3 * int(numeral(match["quarters"]) or 1)
    if match["upto"]:
        return 1, int(numeral(match["upto"]) or 1)
    if match["m1"]:
        return int(match["m1"]), int(match["m2"])
    if match["month"]:
        return int(match["month"]), int(match["month"])
    return 1, 12


def _day_only(match: re.Match[str], published: date) -> Days | None:
    """26日 is the last one that has been."""
    day = int(match["only"])
    if not 1 <= day <= 31:
        return None
    here = published
    for _ in range(3):
        if day <= monthrange(here.year, here.month)[1] and here.replace(day=day) <= published:
            return here.replace(day=day), here.replace(day=day)
        here = here.replace(day=1) - timedelta(days=1)
    return None


def _years(match: re.Match[str], published: date) -> Days | None:
    first, last = int(match["from"]), int(match["until"])
    return (date(first, 1, 1), date(last, 12, 31)) if 1949 <= first <= last <= 2100 else None


def _plan(match: re.Match[str], published: date) -> Days | None:
    first = _PLANS[match["plan5"]]
    if match["planend"] == "末":
        return year(first + 4)
    if match["planend"] == "初":
        return year(first)
    return date(first, 1, 1), date(first + 4, 12, 31)


def _span(match: re.Match[str], published: date) -> Days | None:
    """过去4年 are the four before this one; 未来五年 begin with this one; 近十年 reach up to now."""
    word, count = match["way"], int(numeral(match["count"]) or 0)
    if not 1 <= count <= 100:
        return None
    if word in _AHEAD:
        return date(published.year, 1, 1), date(published.year + count - 1, 12, 31)
    if word == "过去":
        return date(published.year - count, 1, 1), date(published.year - 1, 12, 31)
    return date(published.year - count, 1, 1), published


def _congress(match: re.Match[str], published: date) -> Days | None:
    return _CONGRESS[match["congress"]], published


def _last_months(match: re.Match[str], published: date) -> Days | None:
    last = published.replace(day=1) - timedelta(days=1)
    return last.replace(day=1), last


def _today(match: re.Match[str], published: date) -> Days | None:
    return None, published


def _whole(match: re.Match[str], published: date) -> Days | None:
    """全年 in January speaks of the year that has ended."""
    return year(published.year - (published.month <= 3))


def _year_end(match: re.Match[str], published: date) -> Days | None:
    return year(published.year)


_RELATIVE = {"今年": 0, "本年": 0, "去年": -1, "上年": -1, "前年": -2, "明年": 1, "当年": 0, "上一年": -1}
_N = r"[一二三四五六七八九十\d]{1,3}"
_YEAR = r"(?:(?P<year>(?<!\d)(?:19|20)\d\d)年?|(?P<rel>今年|本年|去年|上一年|上年|前年|明年|当年))"
_INNER = (
    r"(?:(?P<half>[上下])半年|第?(?P<quarter>[一二三四1-4])季度?(?!节)|前(?P<quarters>[二三两四2-4])个?季度?|(?<!提)前(?P<upto>[一二三四五六七八九十\d]{1,3})个?月"
    r"|(?P<m1>\d{1,2})月?[-至到~](?P<m2>\d{1,2})月份?|(?P<month>\d{1,2})月(?:份|(?P<day>\d{1,2})[日号])?)"
)
_SUFFIX = r"(?:全年|度|末|底|初|内)?"
_TIME = re.compile(
    rf"(?P<range>(?P<from>(?:19|20)\d\d)年?[-至到~](?P<until>(?:19|20)\d\d)年)"
    rf"|(?P<dated>(?:{_YEAR.replace('年?|', '年|', 1)}的?{_SUFFIX}(?:{_INNER})?{_SUFFIX}))"
    rf"|(?P<part>{_INNER.replace('P<', 'P<_')}{_SUFFIX})"
    r"|(?P<only_day>(?<![\d月])(?P<only>\d{1,2})日(?!均|常|本))"
    rf"|(?P<plan>(?P<plan5>十[一二三四五六])五(?!年)(?!规划|开局|一开局|收官|即将|纲要|接续)(?:时期|期间)?(?P<planend>[末初])?)"
    rf"|(?P<span>(?P<way>过去|未来|今后|近|最近|这)(?P<count>{_N})年)"
    r"|(?P<congress_since>党的(?P<congress>十八|十九|二十)大以来)"
    r"|(?P<month_past>最近一个月|上个?月)"
    r"|(?P<now>截至目前|截止目前|目前|如今|当前|现在|眼下|迄今|至今|不久前)"
    r"|(?P<whole>全年(?!龄))"
    r"|(?P<year_end>(?:到|至)?(?:年底|年末)(?:前)?)"
)
_SINCE = re.compile(r"以?来")
_BASE_BEFORE = re.compile(r"(?:较|比|同比|相比|对比|与|和|高于|低于)$")
_BARE = frozenset({"part"})
_AHEAD = ("未来", "今后")


def _unprefixed(match: re.Match[str], published: date) -> Days | None:
    return _part(_Renamed(match), published)  # type: ignore[arg-type]


class _Renamed:
    """Lets a part without a year be read like one with a year."""

    def __init__(self, match: re.Match[str]) -> None:
        self._match = match

    def __getitem__(self, name: str) -> str | None:
        return None if name in ("year", "rel") else self._match["_" + name]


_READ: dict[str, Callable[[re.Match[str], date], Days | None]] = {
    "range": _years, "dated": _part, "part": _unprefixed, "only_day": _day_only, "plan": _plan, "span": _span,
    "congress_since": _congress, "month_past": _last_months, "now": _today, "whole": _whole, "year_end": _year_end,
}  # fmt: skip
