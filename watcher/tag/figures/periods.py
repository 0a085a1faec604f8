"""Says which time a figure belongs to, and how that is known. Reads no dates itself (see dates.py).

In this order: the last time named before the value in its segment, then in its sentence; one behind it in its
clause; the time its line spoke of before, until 目前 ends that; what a heading or the lead announced; the day
of publication.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

from watcher.model.item import PeriodFrom
from watcher.tag.figures.dates import When
from watcher.tag.figures.said import Said, Span
from watcher.tag.figures.sentences import Sentence
from watcher.tag.figures.turns import turn_of
from watcher.tag.figures.values import Value
from watcher.tag.figures.words import word
from watcher.text.numerals import numeral

RATES = ("%", "倍", "个百分点")  # what is compared has another unit
YEAR = 366  # days
NEXT = 1  # sentences a time is carried where one line holds the whole story

_YEARLY = re.compile(r"年均[^，。；]{0,12}$")
_IN_A_ROW = re.compile(r"连续(?P<years>[一二两三四五六七八九十\d]{1,3})年[^，。；]{0,6}")
_ANNOUNCES = re.compile(word("periods", "announces"))
_DONE = re.compile(word("periods", "done"))


@dataclass(frozen=True, slots=True)
class Period:
    """The days a figure is about, both ends included; `first` is None for "as of `last`"."""

    first: date | None
    last: date | None
    origin: PeriodFrom
    span: Span | None = None  # where it is said, if in the figure's own sentence
    ahead: bool = False
    stretched: bool = False  # 连续十年: reaches further back than what the sentence speaks of


class Times:
    """What the sentences read so far said of time; feed it sentence by sentence, in order."""

    def __init__(self, text: str, published: date, *, block: bool, roundup: bool) -> None:
        self._text = text
        self._published = published
        self._block = block
        self._roundup = roundup  # several stories: lead and headings speak for one each
        self._line = -1
        self._age = 0  # sentences since the line's time was told
        self._of_line: Period | None = None
        self._of_heading: Period | None = None
        self._of_lead: Period | None = None
        self._of_data: Period | None = None  # the first months of a year that the lead gives figures of

    def enter(self, sentence: Sentence) -> None:
        """Begins a sentence: what an earlier line said is forgotten."""
        self._age += 1
        if sentence.line != self._line or (self._block and self._age > NEXT):
            self._of_line = None
        self._line = sentence.line
        if self._roundup and sentence.where == "heading":
            self._of_heading = None

    def leave(self, said: Said, periods: Sequence[Period], *, aims: bool) -> None:
        """Ends a sentence and keeps what later ones may rest on.

        `periods` are those of its plain facts; `aims` says that all it states lies ahead, so that nothing
        that follows is of its time: 今年将再建60万个基站。二级节点达187个.
        """
        sentence = said.sentence
        told = [when for when in said.whens if not when.base]
        if not told or aims:
            return
        self._age = 0
        plain = [period for period in periods if not period.stretched]
        self._of_line = plain[-1] if plain else _period(told[-1])
        if sentence.where == "heading" and self._of_line.first is not None:
            self._of_heading = self._of_line
        if sentence.where in ("title", "lead") and self._of_lead is None and not self._roundup:
            self._of_lead = self._announced(sentence, told)
            self._of_data = self._of_data or next(
                (_period(when) for when in told if when.is_cumulative), None
            )

    def period(self, said: Said, value: Value, *, growth: bool) -> Period:
        """The period of one value; `growth` says that it is a change."""
        own = _of_base(said, value) or _in_turn(said, value) or self._own(said, value)
        return _in_a_row(own or self._carried(said, value, growth=growth), self._text, value)

    def _own(self, said: Said, value: Value) -> Period | None:
        start, _ = said.segment(value)
        told = [when for when in said.whens if not when.base]
        before = [when for when in told if when.end <= value.start]
        near = [when for when in before if when.start >= start] or before
        if _YEARLY.search(self._text, start, value.start) and (ends := _two_years(near)):
            return Period(ends[0].first, ends[1].last, "sentence", (ends[0].start, ends[1].end))
        near = [when for when in near if not self._is_left_behind(when, said, value)] or near
        clause_end = said.clause(value)[1]
        behind = [when for when in told if value.end <= when.start < clause_end and not when.now]
        when = near[-1] if near else behind[0] if behind else None
        return self._of_year_announced(when) if when else None

    def _of_year_announced(self, when: When) -> Period:
        """In a bulletin on 2023 that comes out in April 全年 and 年末 are those of 2023."""
        lead = self._of_lead
        period = _period(when)
        if lead and lead.first and lead.last and when.bare and when.is_year and not when.ahead:
            whole = (lead.first.month, lead.first.day, lead.last.month) == (1, 1, 12)
            return replace(period, first=lead.first, last=lead.last) if whole else period
        return period

    def _is_left_behind(self, when: When, said: Said, value: Value) -> bool:
        """由一季度下降3.8%转为增长9.8%: the time from which belongs to the first of the two."""
        since = self._text[max(0, when.start - 1) : when.start] in ("由", "从")
        return since and any(when.end <= other.start < value.start for other in said.values)

    def _carried(self, said: Said, value: Value, *, growth: bool) -> Period:
        done = _DONE.search(self._text, said.segment(value)[0], value.start) is not None
        carried: tuple[tuple[Period | None, PeriodFrom], ...] = (
            (self._of_line, "line"),
            (self._of_heading, "heading"),
            (self._of_lead, "lead"),
            (self._of_data if growth else None, "lead"),
        )
        for period, origin in carried:
            if period and not (period.ahead and done) and (growth or not self._is_since(period)):
                return replace(period, origin=origin if period.first else "published", span=None)
        return Period(None, self._published, "published")

    def _is_since(self, period: Period) -> bool:
        """十年来 is over with its sentence: 5G基站总数达464万个 behind it is the number of today."""
        return bool(
            period.first and period.last == self._published and (period.last - period.first).days > YEAR
        )

    def _announced(self, sentence: Sentence, told: Sequence[When]) -> Period | None:
        """The first time of a lead that announces data, from a month to a year long."""
        if _ANNOUNCES.search(self._text, sentence.start, sentence.end):
            for when in told:
                if when.first and when.last and 27 <= (when.last - when.first).days <= 366 and not when.ahead:
                    return _period(when)
        return None


def _in_turn(said: Said, value: Value) -> Period | None:
    """2021年、2023年分别建成3个和5个: each year has its own."""
    turn = turn_of(said, value)
    told = [when for when in said.whens if turn and when.end <= turn.start and not when.base]
    row = told[-turn.count :] if turn else []
    joined = all(said.text[one.end : other.start] in ("、", "和") for one, other in pairwise(row))
    return _period(row[turn.index]) if turn and joined and len(row) == turn.count else None


def _of_base(said: Said, value: Value) -> Period | None:
    """较2015年的13.9万件下降8%: the first value is of the time that the second is compared with."""
    start = said.last_value(value, said.clause(value)[0])
    bases = [when for when in said.whens if when.base and start <= when.start and when.end <= value.start]
    return (
        _period(bases[-1])
        if bases and said.text[value.start - 1] == "的" and value.unit not in RATES
        else None
    )


def base_period(said: Said, value: Value) -> str | None:
    """What a growth is measured against, as written (2018年); None where it is not said."""
    start, _ = said.clause(value)
    bases = [when for when in said.whens if when.base and start <= when.start and when.end <= value.start]
    if _of_base(said, value):
        return None
    return said.text[bases[-1].start : bases[-1].end].rstrip("的") if bases else None


def _period(when: When) -> Period:
    return Period(
        when.first, when.last, "published" if when.now else "sentence", (when.start, when.end), when.ahead
    )


def _in_a_row(period: Period, text: str, value: Value) -> Period:
    """连续两年 of 2022 are 2021 and 2022."""
    row = _IN_A_ROW.search(text, max(0, value.start - 12), value.number[1])
    years = int(numeral(row["years"]) or 1) if row else 1
    if not period.first or not period.last or not 1 < years < 60 or period.first.year != period.last.year:
        return period
    return replace(period, first=date(period.last.year - years + 1, 1, 1), stretched=True)


def _two_years(whens: Sequence[When]) -> tuple[When, When] | None:
    """从2012年的…到2021年的…，年均增长: the two ends."""
    years = [when for when in whens if when.first and not when.now][-2:]
    if len(years) == 2 and (years[0].first or date.min) < (years[1].first or date.min):
        return years[0], years[1]
    return None
