"""Time of day and zone beside a day: `下午3点05分`, `06:56:09 +0800 (CST)`, `T10:14:55.25Z`.

Knows clocks, not calendars. A zone's name means what the source's own zone calls so before it means
what the table says: feeds of China write CST for +08:00, which RFC 822 gives to Chicago.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day, `hour` 24 being the next midnight, and the zone as it was written."""

    hour: int = 0
    minute: int = 0
    second: int = 0
    microsecond: int = 0
    zone: str | None = None

    def on(self, day: date, default: ZoneInfo) -> datetime:
        """That time of that day in UTC. Raises ValueError where no clock shows it (25:00, 6:61)."""
        if self.hour > 24 or (self.hour == 24 and (self.minute or self.second)):
            raise ValueError(self.hour)
        seconds = 59 if self.second == 60 else self.second  # a leap second
        naive = datetime(  # noqa: DTZ001  its zone may depend on the day
            day.year, day.month, day.day, self.hour % 24, self.minute, seconds, self.microsecond
        ) + timedelta(days=self.hour // 24)
        return naive.replace(tzinfo=_zone(self.zone, naive, default)).astimezone(UTC)


def clock_after(rest: str) -> Clock | None:
    """The time that stands right behind a day, in a folded string, or None.

    Raises ValueError where digits follow that belong to the day or to the time.
    """
    match = _AFTER.match(rest) or _COMPACT.match(rest)
    if rest[match.end() if match else 0 :][:1].isdigit():
        raise ValueError(rest)
    if match:
        return _clock(match)
    zone = _BARE_ZONE.match(rest)  # XML Schema's `2021-05-10+08:00`
    return Clock(zone=zone["zone"]) if zone else None


def clock_before(head: str) -> Clock | None:
    """The time that stands right before a day: `06:56 2021-05-10`, `6:56 AM, May 10, 2021`."""
    match = _BEFORE.search(head)
    return _clock(match) if match else None


def _clock(match: re.Match[str]) -> Clock:
    part = match.groupdict().get
    hour = _in_day(int(match["hour"]), part("period") or part("ampm"))
    minute = 30 if part("half") else int(match["minute"] or 0)
    fraction = int((part("fraction") or "0").ljust(6, "0")[:6])
    return Clock(hour, minute, int(match["second"] or 0), fraction, match["zone"])


def _in_day(hour: int, period: str | None) -> int:
    """`下午3点` is 15, `晚上12点` the next midnight, `深夜1点` 1, `12:30 am` 0:30, `中午1点` 13."""
    if period is None or (period in _NIGHT and hour < 5):
        return hour
    if period in _NIGHT and hour == 12:
        return 24
    if period in _AFTERNOON or period in _NIGHT:
        return hour + 12 if hour < 12 else hour
    if period == _NOON:
        return hour + 12 if hour < 10 else hour
    return 0 if hour == 12 else hour


def _zone(name: str | None, when: datetime, default: ZoneInfo) -> tzinfo:
    """The zone that was written, or the default where none was. Raises ValueError for +99:00."""
    if name is None:
        return default
    if offset := _OFFSET.fullmatch(name):
        hours, minutes = int(offset["hours"]), int(offset["minutes"] or 0)
        if hours > 14 or minutes > 59:
            raise ValueError(name)
        size = timedelta(hours=hours, minutes=minutes)
        return timezone(size if offset["sign"] == "+" else -size)
    return _named(name, when, default)


def _named(name: str, when: datetime, default: ZoneInfo) -> tzinfo:
    local = when.replace(tzinfo=default)
    if (local.tzname() or "").lower() == name:
        return default
    if name == "cst" and local.utcoffset() == timedelta(hours=8):  # Hong Kong calls its own time HKT
        return default
    return timezone(timedelta(hours=_ZONES[name]))


_MORNING = ("凌晨", "清晨", "早上", "早晨", "上午", "早", "晨")
_NOON = "中午"
_AFTERNOON = ("下午", "午后", "傍晚", "pm", "p.m")
_NIGHT = ("晚上", "晚间", "夜间", "深夜", "夜里", "晚", "夜")

# hours east of Greenwich: RFC 822's, and those of Europe and of China's neighbours
_HOURS = """
    z:0 ut:0 utc:0 gmt:0 wet:0 bst:1 west:1 cet:1 met:1 cest:2 mest:2 eet:2 eest:3 msk:3
    ast:-4 adt:-3 brt:-3 est:-5 edt:-4 cst:-6 cdt:-5 mst:-7 mdt:-6 pst:-8 pdt:-7
    akst:-9 akdt:-8 hst:-10 ist:5.5 ict:7 hkt:8 sgt:8 awst:8 北京时间:8 中国标准时间:8
    jst:9 kst:9 aest:10 aedt:11 nzst:12 nzdt:13
"""
_ZONES = {name: float(hours) for name, hours in (zone.split(":") for zone in _HOURS.split())}


def _any_of(words: Iterable[str]) -> str:
    return "|".join(map(re.escape, words))


_OFFSET = re.compile(r"(?:gmt|utc|ut)? ?(?P<sign>[+-])(?P<hours>[0-9]{1,2}):?(?P<minutes>[0-9]{2})?")
_ZONE = (
    r"(?: ?\(?(?P<zone>(?:gmt|utc|ut)? ?[+-](?:[0-9]{1,2}:[0-9]{2}|[0-9]{1,4})(?![0-9])"
    rf"|(?:{_any_of(_ZONES)})(?![a-z])))"
)
_TIME = (
    rf"(?:(?P<period>{_any_of((*_MORNING, _NOON, *_AFTERNOON, *_NIGHT))}) ?)?"
    r"(?P<hour>[0-9]{1,2}) ?(?::|[点时](?P<half>半)?)"
    r" ?(?:(?P<minute>[0-9]{1,2})"
    r"(?: ?[:分] ?(?P<second>[0-9]{1,2})(?:[.,](?P<fraction>[0-9]{1,9}))? ?秒?| ?分)?)?"
    r"(?: ?(?P<ampm>[ap]\.?m)\b\.?)?"
)
_WEEKDAY = r"(?:\(?(?:(?:星期|周|礼拜)[一二三四五六日天]|(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?)\)?)"
_AFTER = re.compile(rf"[t ,|/·]*{_WEEKDAY}?[t ,|/·]*(?:at |@ ?|- )?{_TIME}{_ZONE}?")
_BEFORE = re.compile(rf"(?<![0-9:]){_TIME}{_ZONE}?[ ,|]*(?:on )?$")
_COMPACT = re.compile(
    rf"t?(?P<hour>[0-9]{{2}})(?P<minute>[0-9]{{2}})(?P<second>[0-9]{{2}})?(?![0-9:]){_ZONE}?"
)
_BARE_ZONE = re.compile(_ZONE)
