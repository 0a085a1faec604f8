"""Says which time a figure belongs to, and how that is known. Reads no dates itself (see dates.py).

In this order: the last time named before the value in its segment, then in its sentence; one behind it in its
clause; the time its line spoke of before, until 目前 ends that; what a heading or the lead announced; the day
of publication.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from watcher.model.item import PeriodFrom
from watcher.tag.figures.dates import When
from watcher.tag.figures.said import Said, Span
from watcher.tag.figures.sentences import Sentence
from watcher.tag.figures.values import Value
from watcher.tag.figures.words import word
from watcher.text.numerals import numeral

NEXT = 1  # sentences a time is carried where one line holds the whole story

_YEARLY = re.compile(r"年均[^，。；]{0,12}$")
_IN_A_ROW = re.compile(r"连续(?P<years>[一二两三四五六七八九十\d]{1,3})年[^，。；]{0,6}")
_ANNOUNCES = re.compile(word("periods", "announces"))
_ROUNDUP = re.compile(word("periods", "roundup"))


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

    def __init__(self, text: str, published: date, *, block: bool) -> None:
        self._text = text
        self._published = published
        self._block = block
        self._roundup = False  # several stories, whose lead speaks for itself alone
        self._line = -1
        self._age = 0  # sentences since the line's time was told
        self._of_line: Period | None = None
        self._of_heading: Period | None = None
        self._of_lead: Period | None = None

    def enter(self, sentence: Sentence) -> None:
        """Begins a sentence: what an earlier line said is forgotten."""
        self._age += 1
        if sentence.line != self._line or (self._block and self._age > NEXT):
            self._of_line = None
        self._line = sentence.line

    def leave(self, said: Said, periods: Sequence[Period]) -> None:
        """Ends a sentence and keeps what later ones may rest on; `periods` are those of its plain facts."""
        sentence = said.sentence
        if sentence.where == "title" and _ROUNDUP.search(self._text, sentence.start, sentence.end):
            self._roundup = True
        told = [when for when in said.whens if not when.base]
        if not told:
            return
        self._age = 0
        plain = [period for period in periods if not period.stretched]
        self._of_line = plain[-1] if plain else _period(told[-1])
        if sentence.where == "heading" and self._of_line.first is not None:
            self._of_heading = self._of_line
        if sentence.where in ("title", "lead") and self._of_lead is None and not self._roundup:
            self._of_lead = self._announced(sentence, told)

    def period(self, said: Said, value: Value) -> Period:
        """The period of one value."""
        return _in_a_row(self._own(said, value) or self._carried(), self._text, value)

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
        return _period(when) if when else None

    def _is_left_behind(self, when: When, said: Said, value: Value) -> bool:
        """由一季度下降3.8%转为增长9.8%: the time from which belongs to the first of the two."""
        since = self._text[max(0, when.start - 1) : when.start] in ("由", "从")
        return since and any(when.end <= other.start < value.start for other in said.values)

    def _carried(self) -> Period:
        carried: tuple[tuple[Period | None, PeriodFrom], ...] = (
            (self._of_line, "line"),
            (self._of_heading, "heading"),
            (self._of_lead, "lead"),
        )
        for period, origin in carried:
            if period is not None:
                return replace(period, origin=origin if period.first else "published", span=None)
        return Period(None, self._published, "published")

    def _announced(self, sentence: Sentence, told: Sequence[When]) -> Period | None:
        """The first time of a lead that announces data, from a month to a year long."""
        if _ANNOUNCES.search(self._text, sentence.start, sentence.end):
            for when in told:
                if when.first and when.last and 27 <= (when.last - when.first).days <= 366 and not when.ahead:
                    return _period(when)
        return None


def base_period(said: Said, value: Value) -> str | None:
    """What a growth is measured against, as written (2018年); None where it is not said."""
    start, _ = said.clause(value)
    bases = [when for when in said.whens if when.base and start <= when.start and when.end <= value.start]
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
