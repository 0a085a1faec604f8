"""What a feed asks of its pollers: how long it may be cached, how often it changes, when to stay away.

Reads only; `pacing` decides how far to oblige.
"""

import re
from datetime import timedelta
from typing import Any

from watcher.model import FeedHints

_PERIODS = {  # http://purl.org/rss/1.0/modules/syndication/
    "hourly": timedelta(hours=1),
    "daily": timedelta(days=1),
    "weekly": timedelta(weeks=1),
    "monthly": timedelta(days=30),
    "yearly": timedelta(days=365),
}
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_LONGEST = timedelta(days=365)


def feed_hints(feed: dict[str, Any], text: str) -> FeedHints:
    """The hints in feedparser's `feed` and in the markup before the first entry.

    The markup, since feedparser keeps only the last `<hour>` of `<skipHours>`.
    """
    head = text[: match.start()] if (match := _FIRST_ENTRY.search(text)) else text
    hours = (int(hour) % 24 for hour in _HOUR.findall(_inside("skiphours", head)) if int(hour) <= 24)
    days = (
        _DAYS.index(day) for name in _DAY.findall(_inside("skipdays", head)) if (day := name.lower()) in _DAYS
    )
    return FeedHints(
        ttl=_ttl(dict.get(feed, "ttl")),
        update_every=_update_every(
            dict.get(feed, "sy_updateperiod"),
            dict.get(feed, "sy_updatefrequency"),
        ),
        skip_hours=tuple(sorted(set(hours))),
        skip_days=tuple(sorted(set(days))),
    )


def _ttl(minutes: object) -> timedelta | None:
    count = _count(minutes)
    return timedelta(minutes=count) if 0 < count <= _LONGEST // timedelta(minutes=1) else None


def _update_every(period: object, frequency: object) -> timedelta | None:
    length = _PERIODS.get(period.strip().lower()) if isinstance(period, str) else None
    return length / (_count(frequency) or 1) if length else None


def _count(digits: object) -> int:
    """A whole number of at most nine digits, 0 for anything else."""
    text = digits.strip() if isinstance(digits, str) else ""
    return int(text) if _NUMBER.fullmatch(text) else 0


def _inside(element: str, head: str) -> str:
    opened = head.lower().find(f"<{element}>")
    closed = head.lower().find(f"</{element}>", opened)
    return head[opened:closed] if 0 <= opened < closed else ""


_NUMBER = re.compile(r"[0-9]{1,9}")
_HOUR = re.compile(r"<hour>\s*([0-9]{1,2})\s*</hour>", re.IGNORECASE)
_DAY = re.compile(r"<day>\s*([a-z]+)\s*</day>", re.IGNORECASE)
_FIRST_ENTRY = re.compile(r"<(?:item|entry)[\s>]", re.IGNORECASE)
