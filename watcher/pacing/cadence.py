"""How often a feed really publishes, learnt from the polls that brought something new.

From it follow the stretched interval of a slow feed and the moment when silence becomes news.
"""

from datetime import datetime, timedelta
from itertools import pairwise

from watcher.model import PollMemory, Source

STRETCH_MOST = timedelta(days=1)
_REMEMBERED = 40  # polls with news: a busy feed's working week, so that its weekend is in sight
_POLLS_PER_GAP = 4  # a feed with news every 8 hours is asked every 2
_WATCHED = timedelta(days=7)  # before that, silence proves nothing: it may be a weekend
_ENOUGH = 6  # moments before we claim to know a cadence


def remember(recent: tuple[datetime, ...], new_items: int, now: datetime) -> tuple[datetime, ...]:
    """Returns the moments of news with this poll's added."""
    return (*recent, now)[-_REMEMBERED:] if new_items else recent


def stretched(memory: PollMemory, now: datetime) -> timedelta:
    """Returns how long one may stay away and still be prompt by the feed's own measure, at most a day.

    The mean gap is taken up to now, so that silence stretches it gently: an hourly paper that rests
    over a weekend is still asked every two hours on Monday, a blog asleep for a week once a day.
    """
    if memory.first_success_at is None or now - memory.first_success_at < _WATCHED:
        return timedelta()
    moments = memory.recent_new or (memory.first_success_at,)
    gap = max(timedelta(), now - moments[0]) / len(moments)
    return min(gap / _POLLS_PER_GAP, STRETCH_MOST)


def silence(source: Source, memory: PollMemory, now: datetime) -> str | None:
    """Returns why the source counts as quiet at `now`, as the user would be told, or None.

    `expect_every` is the user's word. Without it silence must outlast four usual gaps, half as much
    again as the longest gap in memory (nights, weekends), and a whole day.
    """
    silent = now - (memory.last_new_item_at or memory.first_success_at or now)
    if source.expect_every is not None:
        told = f"nothing new for {words(silent)}, expected every {words(source.expect_every)}"
        return told if silent > source.expect_every else None
    gaps = [later - earlier for earlier, later in pairwise(memory.recent_new)]
    if (
        len(gaps) + 1 < _ENOUGH or source.kind == "folder"
    ):  # a folder is filled by hand, when somebody has time
        return None
    usual = sum(gaps, timedelta()) / len(gaps)
    if silent <= max(4 * usual, 1.5 * max(gaps), timedelta(days=1)):
        return None
    return f"nothing new for {words(silent)}, usually every {words(usual)}"


def words(span: timedelta) -> str:
    """Returns a span as one rounded figure: "40 min", "31 h", "6 d"."""
    minutes = span.total_seconds() / 60
    if minutes < 100:
        return f"{max(1, round(minutes))} min"
    return f"{round(minutes / 60)} h" if minutes < 60 * 72 else f"{round(minutes / 1440)} d"
