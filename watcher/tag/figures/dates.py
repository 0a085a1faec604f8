"""Finds the times that a sentence names: 2021年1月到6月, 上半年, “十三五”时期, 过去4年, 截至目前.

Which days they mean is decided in resolve.py, which figure they belong to in periods.py.
"""

import re
from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date

from watcher.tag.figures.resolve import AHEAD, READERS, RELATIVE, Days, in_year, year
from watcher.tag.figures.words import one_of, word

PLAN_AHEAD = 2 * 365  # days: a plan that ends sooner is spoken of for what it has brought


@dataclass(frozen=True, slots=True)
class When:
    """A time at its place in the folded text; `first` is None for "as of `last`"."""

    start: int
    end: int
    first: date | None
    last: date
    base: bool = False  # others are compared with it: 较2018年
    now: bool = False  # 目前 and its like
    ahead: bool = False  # looked forward to: 到2025年, 未来五年
    bare: bool = False  # names no year of its own: 上半年, 6月
    this: bool = False  # 这五年
    day_alone: bool = False  # 26日
    over: bool = False  # ended by the day of publication

    @property
    def is_cumulative(self) -> bool:
        """Whether it is a year that is over, or its first months: what statistics tell of."""
        first = self.first
        if first is None or not self.over or (first.month, first.day) != (1, 1):
            return False
        return first < self.last and first.year == self.last.year

    @property
    def is_year(self) -> bool:
        """Whether it is one calendar year."""
        return self.first is not None and (self.last - self.first).days in (364, 365)


_N = r"[一二两三四五六七八九十\d]{1,3}"
_INSIDE = (
    r"(?:(?P<half>[上下])半年|(?<![上下])第?(?P<quarter>[一二三四1-4])季度?(?!节)|(?<!提)前(?:(?P<quarters>[二三两四2-4])个?季度?"
    rf"|(?P<upto>{_N})个?月)|(?P<from_month>\d{{1,2}})月?[-至到~](?P<to_month>\d{{1,2}})月份?"
    r"|(?P<month>\d{1,2})月(?:份|(?P<day>\d{1,2})[日号])?)"
)
_BARE = _INSIDE.replace("(?P<", "(?P<_")  # the same once more: a pattern may hold each name only once
_AROUND = r"(?:全年|[度末底初]|内(?!蒙))?"
# A quick look at one letter, before the whole pattern is tried on it.
_BEGINS = r"(?=[\d一二两三四五六七八九十第前上下今本当去明全过未近最这党截目如现眼迄至不年到])"
_TIME = re.compile(
    rf"{_BEGINS}(?:"
    r"(?P<years>(?P<from_year>(?:19|20)\d\d)年?[-至到~](?P<to_year>(?:19|20)\d\d)年)"
    rf"|(?P<dated>(?:(?P<year>(?<!\d)(?:19|20)\d\d)年|(?P<rel>{one_of(RELATIVE)}))的?{_AROUND}(?:{_INSIDE})?{_AROUND})"
    rf"|(?P<bare>{_BARE}{_AROUND})"
    r"|(?P<day_alone>(?<![\d月])(?P<only>\d{1,2})日(?![均常本]))"
    r"|(?P<plan>(?P<number>十[一二三四五六])五(?!年|规划(?!\d)|开局|一开局|收官|即将|纲要|接续)"
    r"(?:时期|期间)?(?P<end>[末初])?)"
    rf"|(?P<span>(?P<way>过去|未来|今后|近|最近|这)(?P<count>{_N})年)"
    rf"|(?P<years_since>(?<!\d)(?P<count_since>{_N})年来)"
    rf"|(?P<ago>(?<!\d)(?P<years_ago>{_N})年前)"
    r"|(?P<since_congress>党的(?P<congress>十八|十九|二十)大以来)"
    r"|(?P<month_past>最近一个月|上个?月)|(?P<this_month>本月)"
    r"|(?P<now>截[至止]目前|目前|如今|当前|现在|眼下|迄今|至今|不久前)"
    r"|(?P<whole_year>全年(?!龄))"
    r"|(?P<year_end>[到至]?年[底末]前?))"
)
_UPTO = ("至", "到", "-", "~")
_RECORD = re.compile(r"[^，。；]{0,24}以?来[^，。；]{0,6}(?:最|首|新高|新低)")  # 自1981年…以来规模最大
_PLANNED = re.compile(r"[将要拟]|计划|预计|力争|目标|安排")
_SINCE = re.compile(r"以?来")
_SINCE_THEN = re.compile(r"(?:[^，。；]{0,16}?以)?来")  # 自2018年开通以来
_COMING = re.compile(r"(?:预计|将|计划|力争|有望|拟)[于在到至]?$")
_BASE = re.compile(rf"{word('periods', 'base')}$")
# 恢复至2019年同期的81.7%, 是2015年的2.3倍: what a share or a multiple is of
_BASE_BEHIND = re.compile(r"(?:(?:同期|水平)的?|(?<=的)|的)[^，。；、]{0,3}?[\d.]{1,8}(?P<unit>%|倍)")


def find_whens(text: str, start: int, end: int, published: date) -> list[When]:
    """The times named in a stretch of folded text (a sentence), in order, none overlapping another."""
    found: list[When] = []
    for match in _TIME.finditer(text, start, end):
        when = None if _is_in_title(text, start, match.start()) else _when(match, start, published)
        if when is not None:
            when = _of_year_named(match, when, found, published)
            between = text[found[-1].end : when.start] if found else ""
            joined = _joined(found[-1], when, between, published) if found else None
            found[-1 if joined else len(found) :] = [joined or when]
    return found


def _of_year_named(match: re.Match[str], when: When, found: list[When], published: date) -> When:
    """今年…，全年计划投资: 全年 and 当年 are the year just named, or this one where something is planned."""
    if match[0] != "当年" and not match["whole_year"] and not match["year_end"]:
        return when
    named = [other.last.year for other in found if other.is_year and not other.base]
    if _PLANNED.match(match.string, match.end()) or when.ahead:
        named.append(published.year)
    if not named:
        return when
    first, last = year(named[-1])
    return replace(when, first=first, last=last)


def _is_in_title(text: str, start: int, at: int) -> bool:
    """《…白皮书(2021年)》 says when a book appeared."""
    return text.rfind("《", start, at) > text.rfind("》", start, at)


def _when(match: re.Match[str], start: int, published: date) -> When | None:
    kind = match.lastgroup or ""
    parts = match.groupdict()
    if kind == "bare":
        parts |= {name.removeprefix("_"): value for name, value in parts.items() if name.startswith("_")}
    days = READERS[kind](parts, published)
    if days is None or days[1] is None:
        return None
    first, last = days
    if first and last and kind == "bare" and _COMING.search(match.string, start, match.start()):
        first, last = in_year(first, published.year), in_year(last, published.year)  # 预计10月投产
    since = match.string[max(start, match.start() - 1) : match.start()] in ("自", "从")
    past = first is None or first <= published
    if past and (_SINCE_THEN if since else _SINCE).match(match.string, match.end()):
        last = published
    return When(
        *match.span(),
        first,
        last or published,
        base=_is_base(match, start),
        now=kind == "now",
        ahead=_is_ahead((first, last), match, start, published),
        bare=kind in ("bare", "whole_year", "year_end"),
        this=match["way"] == "这",
        day_alone=kind == "day_alone",
        over=last is not None and last <= published,
    )


def _is_base(match: re.Match[str], start: int) -> bool:
    before = max(start, match.start() - 4), match.start()
    if _BASE.search(match.string, *before):
        return True
    if _RECORD.match(match.string, match.end()):
        return True
    behind = _BASE_BEHIND.match(match.string, match.end())
    return behind is not None and (behind["unit"] == "倍" or behind[0].startswith(("同期", "水平")))


def _is_ahead(days: Days, match: re.Match[str], start: int, published: date) -> bool:
    """到2025年 and 未来五年 look forward, 今年 does not by itself; a plan does until its last years."""
    first, last = days
    if first is None or last is None or last <= published:
        return False
    upto = match.string[max(start, match.start() - 1) : match.start()] in ("到", "至") and not match["rel"]
    plan = match["plan"] is not None and (last - published).days > PLAN_AHEAD
    return first > published or upto or plan or match["way"] in AHEAD


def _end_of_range(before: When, when: When) -> date | None:
    """2007年11月至2012年6月; in 11月1日-11日 the second day is of the same month."""
    if not before.first or not when.first or before.now:
        return None
    last = when.last
    if when.day_alone and before.first == before.last:
        longest = monthrange(before.last.year, before.last.month)[1]
        last = before.last.replace(day=min(when.last.day, longest))
    return last if before.last < last else None


def _joined(before: When, when: When, between: str, published: date) -> When | None:
    """2021年的上半年: a part without a year takes that of a year right before it."""
    if when.start == before.end and when.this and before.first:
        return replace(before, end=when.end)
    if between in _UPTO and (last := _end_of_range(before, when)):
        return replace(before, end=when.end, last=last, ahead=last > published)
    if not when.bare or not before.is_year or not 0 <= when.start - before.end <= 2:
        return None
    first = in_year(when.first, before.last.year) if when.first else None
    last = in_year(when.last, before.last.year)
    if first and first > last:
        return None
    return replace(before, end=when.end, first=first, last=last, ahead=last > published)
