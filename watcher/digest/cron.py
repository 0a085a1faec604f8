"""Five cron fields, read as crontab(5) has them, to the set of wall-clock times they mean.

Knows no zone and no instant: `schedule` maps wall clocks to instants. Weekdays 0 and 7 are Sunday;
when both day fields are restricted, either is enough; a field that begins with * is not restricted.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_LONGEST = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)  # days, by month, in a leap year


@dataclass(frozen=True, slots=True)
class _Field:
    name: str
    low: int
    high: int
    words: tuple[str, ...] = ()  # names of values, from `low` up


_FIELDS = (
    _Field("minute", 0, 59),
    _Field("hour", 0, 23),
    _Field("day of month", 1, 31),
    _Field("month", 1, 12, _MONTHS),
    _Field("weekday", 0, 7, _WEEKDAYS),
)


@dataclass(frozen=True, slots=True)
class Cron:
    """A schedule on the wall clock."""

    text: str
    times: tuple[time, ...]  # of every day that matches, ascending
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]  # Sunday is 0
    either_day: bool  # both day fields are restricted: one of them is enough

    @staticmethod
    def parse(text: str) -> "Cron":
        """Reads "minute hour day-of-month month weekday"; ValueError names the field that is wrong."""
        parts = text.split()
        if len(parts) != len(_FIELDS):
            raise ValueError(
                f"a schedule has five fields (minute hour day month weekday), {text!r} has {len(parts)}"
            )
        minutes, hours, days, months, weekdays = (
            _values(field, part) for field, part in zip(_FIELDS, parts, strict=True)
        )
        cron = Cron(
            text=" ".join(parts),
            times=tuple(time(hour, minute) for hour in sorted(hours) for minute in sorted(minutes)),
            days=days,
            months=months,
            weekdays=frozenset(day % 7 for day in weekdays),
            either_day=not parts[2].startswith("*") and not parts[4].startswith("*"),
        )
        if not cron.either_day and all(min(days) > _LONGEST[month - 1] for month in months):
            raise ValueError(f"day of month: no month of {text!r} has a day {min(days)}")
        return cron

    def on(self, day: date) -> Iterator[datetime]:
        """The naive local times of one day, ascending."""
        if self._matches(day):
            yield from (datetime.combine(day, moment) for moment in self.times)

    def _matches(self, day: date) -> bool:
        if day.month not in self.months:
            return False
        by_date, by_weekday = day.day in self.days, day.isoweekday() % 7 in self.weekdays
        return (by_date or by_weekday) if self.either_day else (by_date and by_weekday)


def _values(field: _Field, text: str) -> frozenset[int]:
    return frozenset(value for part in text.split(",") for value in _range(field, part))


def _range(field: _Field, part: str) -> range:
    """One element of a list: *, a value, a range, each with an optional step."""
    match = re.fullmatch(r"(?:(\*)|(\w+)(?:-(\w+))?)(?:/(\d+))?", part, re.ASCII)
    if not match:
        raise ValueError(f"{field.name}: {part!r} is no value, range or list")
    star, first, last, step = match.groups()
    if step is not None and int(step) == 0:
        raise ValueError(f"{field.name}: the step of {part!r} must be at least 1")
    if step is not None and not star and last is None:
        raise ValueError(f"{field.name}: a step needs a range, write {first}-{field.high}/{step}")
    if star:
        low, high = field.low, field.high
    else:
        low = _value(field, first)
        high = low if last is None else _value(field, last)
    if last is not None and high == 0 and field.high == 7:
        high = 7  # sat-sun: as the end of a range Sunday is 7
    if low > high:
        raise ValueError(f"{field.name}: {part!r} runs backwards, write it as a list of two ranges")
    return range(low, high + 1, int(step or 1))


def _value(field: _Field, text: str) -> int:
    name = text.lower()
    if name in field.words:
        return field.low + field.words.index(name)
    if not text.isdigit() or not field.low <= int(text) <= field.high:
        raise ValueError(f"{field.name}: {text!r} is not within {field.low}-{field.high}")
    return int(text)
