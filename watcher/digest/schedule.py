"""Which slots of a schedule are due: cron's wall clock mapped to instants, and what to do with missed ones.

Decides from times it is given; keeps no state. A slot's key is its local date and time, so that a
slot is recognised after a restart, a clock change or a change of the zone's rules. A time that the
clock skips (spring) comes once, right after the skip; one that it shows twice (autumn) comes once,
the first time: as Vixie cron does. A skip of more than three hours is no daylight saving but a day
that never was (Apia, 2011-12-30), and has no slots.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from typing import Literal
from zoneinfo import ZoneInfo

from watcher.digest.cron import Cron

__all__ = ["Cron", "Slot", "due", "gap", "next_after", "to_send"]

_LONGEST_SAVING = timedelta(hours=3)
_OLDEST = timedelta(days=400)  # nobody waits for a digest missed longer ago
_GRACE = timedelta(minutes=30)  # a pass may be late by a slow poll: that is no missed slot
_CATCH_UP_ALL = timedelta(days=31)
_HORIZON = timedelta(days=3_000)  # over 8 years: 29 February can be that far off (1896 to 1904)


@dataclass(frozen=True, slots=True)
class Slot:
    """One time at which a digest is due."""

    local: datetime  # naive, as the schedule has it
    at: datetime  # UTC

    @property
    def key(self) -> str:
        """The slot's name within its schedule: "2022-02-23T08:00"."""
        return self.local.strftime("%Y-%m-%dT%H:%M")


def due(cron: Cron, zone: ZoneInfo, after: datetime, now: datetime) -> list[Slot]:
    """The slots later than `after`, up to and with `now`, oldest first; none when the clock went back."""
    start = max(after, now - _OLDEST)
    slots = _slots(cron, zone, _day(start, zone) - timedelta(days=1), _day(now, zone))
    return [slot for slot in slots if start < slot.at <= now]


def next_after(cron: Cron, zone: ZoneInfo, after: datetime) -> Slot:
    """The first slot later than `after`."""
    first = _day(after, zone) - timedelta(days=1)
    return next(slot for slot in _slots(cron, zone, first, first + _HORIZON) if slot.at > after)


def gap(cron: Cron, zone: ZoneInfo, until: datetime) -> timedelta:
    """How long a period a digest of that time covers: from slot to slot, a day where there is one only."""
    for days in (8, 400):
        slots = due(cron, zone, until - timedelta(days=days), until)
        if len(slots) > 1:
            return slots[-1].at - slots[-2].at
    return timedelta(days=1)


def to_send(slots: Sequence[Slot], policy: Literal["latest", "all", "none"], now: datetime) -> list[Slot]:
    """Which of the due slots to send after a night off: the last, each (of a month), or only one on time."""
    match policy:
        case "latest":
            return list(slots[-1:])
        case "all":
            return [slot for slot in slots if now - slot.at <= _CATCH_UP_ALL]
        case _:
            return [slot for slot in slots[-1:] if now - slot.at <= _GRACE]


def _slots(cron: Cron, zone: ZoneInfo, first: date, last: date) -> Iterator[Slot]:
    """The slots of some local days in order; of several at one instant (after a skip) the last."""
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    timed = ((instant, local) for day in days for local in cron.on(day) if (instant := _instant(local, zone)))
    for at, group in groupby(timed, key=lambda pair: pair[0]):
        *_, (_, local) = group
        yield Slot(local, at)


def _instant(local: datetime, zone: ZoneInfo) -> datetime | None:
    """When the clock shows `local`, or the skip ends that it fell into; None on a day that never was."""
    at = local.replace(tzinfo=zone).astimezone(UTC)
    if at.astimezone(zone).replace(tzinfo=None) == local:
        return at
    # PEP 495: in a skip fold=1 counts with the offset after it, and so lies before the change.
    before = local.replace(tzinfo=zone, fold=1).astimezone(UTC)
    if at - before > _LONGEST_SAVING:
        return None
    shown_after = at.astimezone(zone).utcoffset()
    minutes = range((at - before) // timedelta(minutes=1))
    passed = bisect_left(
        minutes,
        True,
        key=lambda minute: (before + timedelta(minutes=minute)).astimezone(zone).utcoffset() == shown_after,
    )
    return before + timedelta(minutes=passed)


def _day(at: datetime, zone: ZoneInfo) -> date:
    return at.astimezone(zone).date()
