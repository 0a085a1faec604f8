"""The day a folded date string names: a table of patterns, tried in order; the first that matches decides.

Knows calendars, not clocks. Order matters: a full date goes before a weekday that stands beside it
(`2021年5月10日 星期三`, whose weekday may be wrong), a year before none. What is ambiguous
(`05/10/2021`: May or October?) is refused, and so is a day that does not exist.
"""

import re
from calendar import isleap
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class FoundDay:
    """A day, and where in the string it stands."""

    day: date
    start: int
    end: int


def find_day(text: str, today: date) -> FoundDay | None:
    """The first day in a folded string; `today` is the reader's, for dates without a year.

    Raises ValueError when the string holds a day that is none (30 February) or that can be two.
    """
    for pattern, read in _DAYS:
        if match := pattern.search(text):
            return FoundDay(read(match, today), match.start("date"), match.end("date"))
    return None


def _full(match: re.Match[str], _today: date) -> date:
    return date(_year(match["year"]), _month(match["month"]), int(match["day"]))


def _month_only(match: re.Match[str], _today: date) -> date:
    return date(int(match["year"]), int(match["month"]), 1)


def _yearless(match: re.Match[str], today: date) -> date:
    """The latest such day that is no more than two days ahead; 29 February may be eight years back."""
    month, day = int(match["month"]), int(match["day"])
    years = (
        year for year in range(today.year - 8, today.year + 2) if (month, day) != (2, 29) or isleap(year)
    )
    return max(that for year in years if (that := date(year, month, day)) <= today + timedelta(days=2))


def _western(match: re.Match[str], _today: date) -> date:
    """`30/05/2021`, `10.5.2021` (dots: day first), `5/10/2021 6:56 AM` (am and pm: an American)."""
    first, second, year = int(match["first"]), int(match["second"]), int(match["year"])
    american = bool(re.search(r"[0-9] ?[ap]\.?m", match.string))
    if match["sep"] == "." or first > 12 or first == second:
        return date(year, second, first)
    if second > 12 or american:
        return date(year, first, second)
    raise ValueError(match[0])


def _relative(match: re.Match[str], today: date) -> date:
    return today - timedelta(days=_DAYS_BACK[match["word"]])


def _weekday(match: re.Match[str], today: date) -> date:
    """`星期三` is the last Wednesday up to today; `上周三` and `本周三` count weeks from Monday."""
    index = _WEEKDAYS.index(match["weekday"].replace("天", "日"))
    monday = today - timedelta(days=today.weekday())
    if match["which"] == "上":
        return monday + timedelta(days=index - 7)
    if match["which"]:
        return monday + timedelta(days=index)
    return today - timedelta(days=(today.weekday() - index) % 7)


def _year(digits: str) -> int:
    """RFC 2822, 4.3: two digits from 50 are of the last century."""
    year = int(digits)
    return year if len(digits) == 4 else year + (2000 if year < 50 else 1900)


def _month(name: str) -> int:
    return int(name) if name.isdigit() else _MONTHS.index(name) + 1


_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAYS = "一二三四五六日"
_DAYS_BACK = {
    **dict.fromkeys(("今天", "今日", "今", "today"), 0),
    **dict.fromkeys(("昨天", "昨日", "昨", "yesterday"), 1),
    **dict.fromkeys(("前天", "前日"), 2),
    "大前天": 3,
}

_ALONE = r"^(?:[^0-9]*[: ])?"  # bare numbers are dates only where nothing but a label stands before
_Y, _M, _D = r"(?P<year>[0-9]{4})", r"(?P<month>[0-9]{1,2})", r"(?P<day>[0-9]{1,2})"
_A, _B = r"(?P<first>[0-9]{1,2})", r"(?P<second>[0-9]{1,2})"
_YY = r"(?P<year>[0-9]{4}|[0-9]{2})"
_NAME = rf"(?<![a-z])(?P<month>{'|'.join(_MONTHS)})[a-z]{{0,6}}\.?"
_NTH = rf"{_D}(?:st|nd|rd|th)?"
_RI = r"(?:[日号]|(?![0-9]))"
_BASIC_TIME = r"(?=$|[t ]|[0-9]{4}(?:[0-9]{2})?(?:$|[z+-]))"

_PATTERNS: dict[str, Callable[[re.Match[str], date], date]] = {
    # 2021-05-10, 2016/6/29, 2021.05.10
    rf"(?<![0-9/.-])(?P<date>{_Y} ?(?P<sep>[-/.]) ?{_M} ?(?P=sep) ?{_D})(?![0-9])": _full,
    # 2015年04月08日, 21年5月10号
    rf"(?<![0-9])(?P<date>{_YY} ?年 ?{_M} ?月 ?{_D} ?{_RI})": _full,
    # 10 May 2021, 10-May-21, 10th of May 2021
    rf"(?<![0-9:])(?P<date>{_NTH}[ /-]?(?:of )?{_NAME},?[ /-]?{_YY})(?![0-9:])": _full,
    # May 10, 2021
    rf"(?P<date>{_NAME} ?{_NTH},? ?{_Y})(?![0-9:])": _full,
    # 20210510, 20210510T065609Z, 20210510065609
    rf"{_ALONE}(?P<date>{_Y}(?P<month>[0-9]{{2}})(?P<day>[0-9]{{2}})){_BASIC_TIME}": _full,
    # 30/05/2021
    rf"(?<![0-9/.-])(?P<date>{_A}(?P<sep>[-/.]){_B}(?P=sep){_Y})(?![0-9])": _western,
    # 2021-05, 2021年5月
    rf"^(?P<date>{_Y}(?:-|年){_M}月?)$": _month_only,
    # 5月30日
    rf"(?<![0-9年])(?P<date>{_M} ?月 ?{_D} ?{_RI})": _yearless,
    # 05-30 12:00, 5/30
    rf"{_ALONE}(?P<date>{_M}[-/]{_D})(?=$|[ (t])": _yearless,
    # 昨天 08:00, 昨晚8点
    r"(?P<date>(?P<word>大?前天|前日|[今昨][天日]|[今昨](?=[早晚晨夜])|today|yesterday))": _relative,
    # 星期三, 上周三
    rf"(?<![每一两])(?P<date>(?P<which>[上本这])?个?(?:星期|周|礼拜)(?P<weekday>[{_WEEKDAYS}天]))": _weekday,
}
_DAYS = tuple((re.compile(pattern), read) for pattern, read in _PATTERNS.items())
