"""What a server and a feed ask of their pollers: how long an answer stays fresh, when not to come.

Reads headers and hints and does sums with them; how much of it is granted is decided in `decide`.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from watcher.model import FeedHints, Response

_MOST_SECONDS = 10**10  # 317 years: more would overflow a date, and no server can mean it
_SECONDS = re.compile(r"\s*([0-9]+)(?:\.[0-9]*)?\s*")
_MAX_AGE = re.compile(r'(?:^|[,;\s])max-age\s*=\s*"?\s*([0-9]+)', re.IGNORECASE)
_STALE = re.compile(r"(?:^|[,;\s])(?:no-cache|no-store)(?:$|[,;\s])", re.IGNORECASE)


def fresh_for(response: Response, now: datetime) -> timedelta | None:
    """Returns how long the answer stays fresh from now on, or None when it does not say.

    RFC 9111, 4.2: max-age outranks Expires, which counts from the server's own Date; Age is what
    a cache on the way has used up of either. A Date that is hours behind does not count against us.
    """
    lifetime = _max_age(response)
    if lifetime is None:
        lifetime = _until_expires(response, now)
    if lifetime is None:
        return None
    return max(timedelta(), lifetime - (_seconds(response.header("age")) or timedelta()))


def retry_after(response: Response, now: datetime) -> timedelta | None:
    """Returns the wait that Retry-After asks for, uncapped; None when absent, negative or garbage."""
    text = response.header("retry-after")
    if text is None:
        return None
    if (wait := _seconds(text)) is not None:
        return wait
    date = _http_date(text)
    return None if date is None else max(timedelta(), date - (_http_date(response.header("date")) or now))


def hints_to_json(hints: FeedHints) -> dict[str, object]:
    """Returns the hints as plain values, absent ones left out, for `PollMemory.hints`."""
    values: dict[str, object] = {
        "ttl": _whole_seconds(hints.ttl),
        "update_every": _whole_seconds(hints.update_every),
        "skip_hours": list(hints.skip_hours),
        "skip_days": list(hints.skip_days),
    }
    return {key: value for key, value in values.items() if value}


def hinted_interval(hints: Mapping[str, object]) -> timedelta:
    """Returns the longest of the intervals that the feed's own body asks for."""
    wanted = (hints.get("ttl"), hints.get("update_every"))
    return max((_capped(value) for value in wanted if isinstance(value, int)), default=timedelta())


def next_allowed(hints: Mapping[str, object], at: datetime) -> datetime:
    """Returns the first moment from `at` on that lies in no skipped hour and on no skipped day (GMT).

    A feed that skips everything cannot mean it and is not heard.
    """
    hours, days = _numbers(hints.get("skip_hours"), 24), _numbers(hints.get("skip_days"), 7)
    if len(hours) == 24 or len(days) == 7:
        return at
    while at.weekday() in days or at.hour in hours:
        at = at.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return at


def _max_age(response: Response) -> timedelta | None:
    control = response.header("cache-control") or ""
    if _STALE.search(control):
        return timedelta()
    match = _MAX_AGE.search(control)
    return _seconds(match[1]) if match else None


def _until_expires(response: Response, now: datetime) -> timedelta | None:
    if response.header("expires") is None:
        return None
    expires = _http_date(response.header("expires"))
    if expires is None:  # "0" and "-1" are common, and mean stale
        return timedelta()
    return expires - (_http_date(response.header("date")) or now)


def _seconds(text: str | None) -> timedelta | None:
    match = _SECONDS.fullmatch(text or "")
    if match is None:
        return None
    digits = match[1].lstrip("0")
    return _capped(_MOST_SECONDS if len(digits) > 10 else int(digits or "0"))


def _capped(seconds: int) -> timedelta:
    return timedelta(seconds=max(0, min(seconds, _MOST_SECONDS)))


def _whole_seconds(span: timedelta | None) -> int | None:
    return None if span is None else int(span.total_seconds())


def _http_date(text: str | None) -> datetime | None:
    """Reads all three spellings of RFC 9110, 5.6.7, and whatever else the mail parser takes."""
    try:
        date = parsedate_to_datetime(text) if text else None
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    if date is None:
        return None
    try:
        return date.replace(tzinfo=date.tzinfo or UTC).astimezone(UTC)
    except OverflowError:
        return None


def _numbers(value: object, limit: int) -> frozenset[int]:
    """Reads a list of hours or weekdays; RSS 2.0 lets 24 stand for midnight."""
    if not isinstance(value, list | tuple):
        return frozenset()
    return frozenset(number % limit for number in value if isinstance(number, int))
