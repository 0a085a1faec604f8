"""Says which time a figure belongs to, and how that is known. Reads no dates itself (see dates.py).

In this order: the last time named before the value in its segment, in its sentence; behind it in its clause; the
time its line spoke of before, until 目前 ends that; what a heading or the lead announced; the day of publication.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from watcher.tag.figures.dates import When, year
from watcher.tag.figures.sentences import Sentence
from watcher.tag.figures.values import Value
from watcher.text.numerals import numeral

PeriodFrom = Literal["sentence", "line", "heading", "lead", "published"]

_YEARLY = re.compile(r"年均[^，。；]{0,12}$")
_ROW = re.compile(r"连续(?P<years>[一二两三四五六七八九十\d]{1,3})年[^，。；]{0,6}")
# A lead that announces what the whole text is about: 国家统计局公布2022年经济数据.
_ANNOUNCES = re.compile(r"数据|统计|公布|发布|回顾|经济运行|季报|年报|公报|成绩单|来看")


@dataclass(frozen=True, slots=True)
class Period:
    """The days a figure is about, both ends included; `first` is None for "as of `last`"."""

    first: date | None
    last: date | None
    origin: PeriodFrom
    span: tuple[int, int] | None = None  # where it is said, if in the figure's own sentence
    ahead: bool = False


class Times:
    """What the sentences read so far said of time; feed it sentence by sentence, in order."""

    def __init__(self, text: str, published: date) -> None:
        self.text = text
        self.published = published
        self._line = -1
        self._of_line: Period | None = None
        self._of_heading: Period | None = None
        self._of_lead: Period | None = None

    def enter(self, sentence: Sentence) -> None:
        """Begins a sentence: what the line before said is forgotten in a new one."""
        if sentence.line != self._line:
            self._line, self._of_line = sentence.line, None

    def leave(self, sentence: Sentence, whens: Sequence[When], periods: Sequence[Period]) -> None:
        """Ends a sentence and keeps what later ones may rest on; `periods` are those of its plain facts."""
        told = [when for when in whens if not when.base]
        if not told:
            return
        self._of_line = periods[-1] if periods else _as_period(told[-1])
        if sentence.where == "heading" and self._of_line.first is not None:
            self._of_heading = self._of_line
        whole = [when for when in told if not when.now and not when.ahead and _is_announced(when)]
        if sentence.where in ("title", "lead") and whole and self._of_lead is None:
            announced = _ANNOUNCES.search(self.text, sentence.start, sentence.end)
            self._of_lead = _as_period(whole[0]) if announced else None

    def period(self, value: Value, sentence: Sentence, whens: Sequence[When]) -> Period:
        """The period of one value."""
        return _in_a_row(self._resolved(value, sentence, whens), self.text, value)

    def _resolved(self, value: Value, sentence: Sentence, whens: Sequence[When]) -> Period:
        if own := self._own(value, sentence, whens):
            return own
        carried: tuple[tuple[Period | None, PeriodFrom], ...] = (
            (self._of_line, "line"), (self._of_heading, "heading"), (self._of_lead, "lead"),
        )  # fmt: skip
        for period, origin in carried:
            if period is not None:
                return replace(period, origin=origin if period.first else "published", span=None)
        return Period(None, self.published, "published")

    def _own(self, value: Value, sentence: Sentence, whens: Sequence[When]) -> Period | None:
        told = [when for when in whens if not when.base]
        start, end = sentence.segment(self.text, value.start)
        clause = sentence.clause(self.text, value.start)
        before = [when for when in told if when.end <= value.start]
        near = [when for when in before if when.start >= start] or before
        behind = [when for when in told if value.end <= when.start < clause[1]]
        if _YEARLY.search(self.text, start, value.start) and len(ends := _two_years(near)) == 2:
            return Period(ends[0].first, ends[1].last, "sentence", (ends[0].start, ends[1].end))
        if near:
            when = near[-1]
            origin: PeriodFrom = "published" if when.now else "sentence"
            return Period(when.first, when.last, origin, (when.start, when.end), when.ahead)
        if behind and not behind[0].now:
            when = behind[0]
            return Period(when.first, when.last, "sentence", (when.start, when.end), when.ahead)
        return None


def base_period(whens: Sequence[When], value: Value, clause: tuple[int, int], text: str) -> str | None:
    """What a growth is measured against, as written (2018年); None where it is not said."""
    for when in reversed(whens):
        if when.base and clause[0] <= when.start and when.end <= value.start:
            return text[when.start : when.end].rstrip("的")
    return None


def _in_a_row(period: Period, text: str, value: Value) -> Period:
    """连续两年 of 2022 are 2021 and 2022."""
    row = _ROW.search(text, max(0, value.start - 12), value.number[1])
    years = int(numeral(row["years"]) or 1) if row else 1
    if row is None or not period.first or not period.last or not 1 < years < 60 or period.first.year != period.last.year:
        return period
    return replace(period, first=date(period.last.year - years + 1, 1, 1))


def _two_years(whens: Sequence[When]) -> list[When]:
    """从2012年的…到2021年的…，年均增长: the two ends."""
    years = [when for when in whens if when.first and not when.now]
    return years[-2:] if len(years) >= 2 and (years[-2].first or date.min) < (years[-1].first or date.min) else []


def _as_period(when: When) -> Period:
    return Period(when.first, when.last, "sentence")


def _is_announced(when: When) -> bool:
    """From a month to a year: a lead that says when somebody met, or names a plan, announces no data."""
    return when.first is not None and when.last is not None and 27 <= (when.last - when.first).days <= 366


def spoken(first: date | None, last: date | None) -> str:
    """A period in short: 2021, 2021H1, 2021Q1, 2021-04, 2021-04-12, 2016-2020, 2018-02..2019-06, <=2022-10-01."""
    if first is None or last is None:
        return f"<={last}" if last else ""
    if first == last:
        return str(first)
    if (first, last) == year(first.year):
        return str(first.year)
    if first == date(first.year, 1, 1) and last == date(last.year, 12, 31):
        return f"{first.year}-{last.year}"
    return _part_of_year(first, last) or f"{first}..{last}"


def _part_of_year(first: date, last: date) -> str | None:
    if first.year != last.year or first.day != 1 or last.day < 28:
        return None
    if first.month == last.month:
        return f"{first.year}-{first.month:02}"
    if (last.month - first.month) == 2 and first.month % 3 == 1:
        return f"{first.year}Q{last.month // 3}"
    if (first.month, last.month) in ((1, 6), (7, 12)):
        return f"{first.year}H{last.month // 6}"
    return f"{first.year}-{first.month:02}..{last.month:02}"
