"""Says which days the words for a time mean, resolved against the day of publication.

Each reader takes the named parts that the grammar of dates.py found. Knows calendars and plan periods.
"""

from calendar import monthrange
from collections.abc import Callable, Mapping
from datetime import date, timedelta

from watcher.text.numerals import numeral

Days = tuple[date | None, date | None]
Parts = Mapping[str, str | None]

AHEAD = ("未来", "今后")
RELATIVE = {"今年": 0, "本年": 0, "当年": 0, "去年": -1, "上一年": -1, "上年": -1, "前年": -2, "明年": 1}
# The first years of the five-year plans, and the months of the party congresses, by number.
PLANS = {"十一": 2006, "十二": 2011, "十三": 2016, "十四": 2021, "十五": 2026, "十六": 2031}
CONGRESSES = {"十八": date(2012, 11, 1), "十九": date(2017, 10, 1), "二十": date(2022, 10, 1)}
_YEARS = range(1949, 2101)


def year(number: int) -> tuple[date, date]:
    """A calendar year."""
    return date(number, 1, 1), date(number, 12, 31)


def in_year(day: date, number: int) -> date:
    """The same day of another year; the last of its month where February is shorter."""
    return day.replace(year=number, day=min(day.day, monthrange(number, day.month)[1]))


def _part_of_year(parts: Parts, published: date) -> Days | None:
    """A year or a part of one; a part without a year is the last that had begun when this was published."""
    first, last = _months(parts)
    if not 1 <= first <= last <= 12:
        return None
    reach = last if first == 1 else first  # 前三季度 read in July is last year's
    named = _year_named(parts, published)
    number = named if named is not None else published.year - (reach > published.month)
    if number not in _YEARS:
        return None
    if parts["day"]:
        day = int(parts["day"])
        exists = 1 <= day <= monthrange(number, first)[1]
        return (date(number, first, day), date(number, first, day)) if exists else None
    return date(number, first, 1), date(number, last, monthrange(number, last)[1])


def _year_named(parts: Parts, published: date) -> int | None:
    if parts["rel"]:
        return published.year + RELATIVE[parts["rel"]]
    return int(parts["year"]) if parts["year"] else None


def _months(parts: Parts) -> tuple[int, int]:
    """First and last month: of 上半年, 三季度, 前三季度, 前8个月, 1-8月, 8月; of a whole year all."""
    if half := parts["half"]:
        return (1, 6) if half == "上" else (7, 12)
    if quarter := _count(parts["quarter"]):
        return 3 * quarter - 2, 3 * quarter
    if quarters := _count(parts["quarters"]):
        return 1, 3 * quarters
    if upto := _count(parts["upto"]):
        return 1, upto
    if (one := _count(parts["from_month"])) and (other := _count(parts["to_month"])):
        return one, other
    month = _count(parts["month"])
    return (month, month) if month else (1, 12)


def _count(text: str | None) -> int:
    return int(numeral(text) or 0) if text else 0


def _day_alone(parts: Parts, published: date) -> Days | None:
    """26日 is the last one that has been."""
    day = _count(parts["only"])
    here = published
    for _ in range(3):
        if 1 <= day <= monthrange(here.year, here.month)[1] and here.replace(day=day) <= published:
            return here.replace(day=day), here.replace(day=day)
        here = here.replace(day=1) - timedelta(days=1)
    return None


def _years(parts: Parts, _: date) -> Days | None:
    first, last = _count(parts["from_year"]), _count(parts["to_year"])
    return (year(first)[0], year(last)[1]) if first in _YEARS and last in _YEARS and first <= last else None


def _plan(parts: Parts, _: date) -> Days | None:
    first = PLANS[parts["number"] or ""]
    if parts["end"]:
        return year(first + 4 if parts["end"] == "末" else first)
    return year(first)[0], year(first + 4)[1]


def _span(parts: Parts, published: date) -> Days | None:
    """过去4年 are the four before this one; 未来五年 begin with this one; 近十年 reach up to now."""
    count = _count(parts["count"])
    if not 1 <= count <= 100:
        return None
    if parts["way"] in AHEAD:
        return year(published.year)[0], year(published.year + count - 1)[1]
    first = year(published.year - count)[0]
    return first, year(published.year - 1)[1] if parts["way"] == "过去" else published


def _congress(parts: Parts, published: date) -> Days | None:
    return CONGRESSES[parts["congress"] or ""], published


def _month_past(_: Parts, published: date) -> Days | None:
    last = published.replace(day=1) - timedelta(days=1)
    return last.replace(day=1), last


def _this_month(_: Parts, published: date) -> Days | None:
    return published.replace(day=1), published.replace(day=monthrange(published.year, published.month)[1])


def _ago(parts: Parts, published: date) -> Days | None:
    """十年前 is that year."""
    number = published.year - _count(parts["years_ago"])
    return year(number) if number in _YEARS else None


def _years_since(parts: Parts, published: date) -> Days | None:
    """十年来 reach from that year up to now."""
    number = published.year - _count(parts["count_since"])
    return (year(number)[0], published) if number in _YEARS else None


def _now(_: Parts, published: date) -> Days | None:
    return None, published


def _whole_year(_: Parts, published: date) -> Days | None:
    """全年 in January speaks of the year that has ended."""
    return year(published.year - (published.month <= 3))


def _year_end(parts: Parts, published: date) -> Days | None:
    """年末 in January speaks of the year that has ended, 到年底 of this one."""
    ahead = (parts["year_end"] or "")[0] in "到至"
    return year(published.year) if ahead else _whole_year(parts, published)


READERS: Mapping[str, Callable[[Parts, date], Days | None]] = {
    "years": _years,
    "dated": _part_of_year,
    "bare": _part_of_year,
    "day_alone": _day_alone,
    "plan": _plan,
    "span": _span,
    "since_congress": _congress,
    "month_past": _month_past,
    "this_month": _this_month,
    "ago": _ago,
    "years_since": _years_since,
    "now": _now,
    "whole_year": _whole_year,
    "year_end": _year_end,
}
