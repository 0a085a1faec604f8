"""The decision after a poll: what to remember, when to come back, what to tell the operator.

next = now + max(interval, what server and feed ask (7 d at most), the feed's own cadence (24 h at most))
       + up to a tenth, out of skipped hours and days; after failures the back-off instead.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from watcher.model import FeedHints, Fetched, FetchError, NotModified, Outcome, Pace, PollMemory, Source
from watcher.pacing.cadence import STRETCH_MOST, remember, silence, stretched, words
from watcher.pacing.failures import (
    DAY,
    GONE_PROBE,
    HOUR,
    RETRY_AFTER_CAP,
    backoff,
    gone_for_good,
    host_pause,
)
from watcher.pacing.freshness import fresh_for, hinted_interval, next_allowed
from watcher.pacing.memory import address, hints_of, recall, validators

FLOOR = timedelta(minutes=15)  # no feed is asked more often, whatever anybody says
LONGEST_ASKED = timedelta(days=7)  # of what max-age, Expires, ttl and sy:updatePeriod are granted
LONGEST = RETRY_AFTER_CAP  # no feed is left alone for longer
_STILL_WRITING = timedelta(minutes=1)  # a folder with files that were being written is seen to soon
_WORTH_TELLING = 3  # failures in a row
_FULL_HOUSE = 5  # entries: fewer that are all new mean little


def before_poll(now: datetime, source: Source) -> datetime:
    """Returns the due time to write down before the request goes out: a crash loop then cannot hammer."""
    return now + _least(source)


def put_off(memory: PollMemory, due: datetime, now: datetime) -> datetime | None:
    """Returns the next hour the feed allows, when a poll due earlier would fall into a skipped one.

    A pass may come late (cron every two hours). A poll a day overdue is made anyhow: a daily cron
    in a skipped hour would else never make it.
    """
    at = next_allowed(memory.hints, now)
    return None if at == now or now - due >= DAY else at


def pace(  # noqa: PLR0913, PLR0917 - all that is known after a poll, each by its name
    source: Source,
    memory: PollMemory,
    outcome: Outcome,
    hints: FeedHints | None,
    new_items: int,
    entries: int,
    parse_error: str | None,
    now: datetime,
    jitter: float,
) -> Pace:
    """Decides what one poll of one source leads to.

    `hints` are those of a body that parsed, None without one; `entries` and `new_items` count what
    it held and what of it was never seen; `parse_error` says why a fetched body was no feed;
    `jitter` is a random number in 0..1.
    """
    memory = recall(source, memory)
    if isinstance(outcome, Fetched) and parse_error is not None:
        outcome = FetchError("not_a_feed", parse_error, response=outcome.response)
    if isinstance(outcome, FetchError):
        return _after_failure(source, memory, outcome, now, jitter)
    remembered, events = _after_success(source, memory, outcome, hints, new_items, entries, now)
    silent = silence(source, remembered, now)
    if silent and not silence(source, memory, memory.last_success_at or now):
        events.append(silent)
    return Pace(
        memory=remembered,
        state="quiet" if silent or remembered.empty_since else "ok",
        next_poll_at=_next_poll(source, remembered, outcome, now, jitter),
        events=tuple(events),
    )


def _after_success(
    source: Source,
    memory: PollMemory,
    outcome: Fetched | NotModified,
    hints: FeedHints | None,
    new_items: int,
    entries: int,
    now: datetime,
) -> tuple[PollMemory, list[str]]:
    learnt = hints_of(validators(memory, outcome), hints)
    learnt, moved = address(source, learnt, outcome.response)
    held = _held(source, outcome, entries)
    empty = held == 0 and memory.had_items
    learnt = replace(
        learnt,
        gone_since=None,
        failures=0,
        failing_since=None,
        last_error_kind=None,
        last_error=None,
        first_success_at=memory.first_success_at or now,
        last_success_at=now,
        last_new_item_at=now if new_items else memory.last_new_item_at,
        had_items=memory.had_items or bool(held),
        empty_since=memory.empty_since if held is None else (memory.empty_since or now) if empty else None,
        recent_new=remember(memory.recent_new, new_items, now),
    )
    events = [moved] if moved else []
    return learnt, [*_told_of_success(source, memory, entries, new_items, empty=empty), *events]


def _held(source: Source, outcome: Fetched | NotModified, entries: int) -> int | None:
    """Returns how much the source holds; None for a feed that did not change and so does not say."""
    if source.kind == "folder":
        return outcome.present
    return entries if isinstance(outcome, Fetched) else None


def _told_of_success(
    source: Source, memory: PollMemory, entries: int, new_items: int, *, empty: bool
) -> Iterator[str]:
    if memory.failures >= _WORTH_TELLING:
        yield f"came back after {memory.failures} failures"
    if empty and memory.empty_since is None:
        feed = "200 with nothing after having had items"
        yield feed if source.kind == "feed" else "the folder is empty after having had documents"
    if source.kind == "feed" and memory.had_items and entries == new_items >= _FULL_HOUSE:
        yield f"all {entries} entries are new: some may have been missed"


def _next_poll(
    source: Source, memory: PollMemory, outcome: Fetched | NotModified, now: datetime, jitter: float
) -> datetime:
    if source.kind == "folder":
        return now + _folder_wait(source, outcome)
    least = max(_least(source), _asked(memory, outcome, now))
    if isinstance(outcome, NotModified) and outcome.response and outcome.response.status == 200:
        least = max(least, HOUR)  # it sent the same body whole: hourly is all it should be asked to
    wanted = max(least, stretched(memory, now))
    wait = min(wanted * (1 + jitter / 10), max(STRETCH_MOST, least * (1 + jitter / 10)))
    return _allowed(memory, now, wait)


def _asked(memory: PollMemory, outcome: Fetched | NotModified, now: datetime) -> timedelta:
    response = outcome.response
    fresh = fresh_for(response, now) if response else None
    asked = min(max(fresh or timedelta(), hinted_interval(memory.hints)), LONGEST_ASKED)
    retry_after = response.retry_after if response else None
    return max(asked, min(retry_after or timedelta(), LONGEST))


def _after_failure(
    source: Source, memory: PollMemory, error: FetchError, now: datetime, jitter: float
) -> Pace:
    failures = memory.failures + 1
    gone_since = (memory.gone_since or now) if error.status == 410 else None
    gone = gone_since is not None and gone_for_good(gone_since, now)
    lost = memory.url is not None and failures >= _WORTH_TELLING
    remembered = replace(
        memory,
        url=None if lost else memory.url,
        moved_to=None,
        moved_times=0,
        gone_since=gone_since,
        failures=failures,
        failing_since=memory.failing_since or now,
        last_error_kind="gone" if gone else error.kind,
        last_error=error.message,
    )
    return Pace(
        memory=remembered,
        state="gone" if gone else "failing",
        next_poll_at=_allowed(memory, now, _failure_wait(source, error, failures, gone, jitter)),
        events=tuple(_told_of_failure(memory, error, failures, now, gone=gone, lost=lost)),
        pause_host_until=host_pause(error, now),
    )


def _told_of_failure(
    memory: PollMemory, error: FetchError, failures: int, now: datetime, *, gone: bool, lost: bool
) -> Iterator[str]:
    if gone and memory.last_error_kind != "gone":
        yield "gone (HTTP 410) for more than a day: asked once a week from now on"
    elif failures == _WORTH_TELLING and not gone:
        yield f"failed {failures} times in {words(now - (memory.failing_since or now))}: {error.message}"
    if lost:
        yield f"fails where it had moved to ({memory.url}): back to its first address"


def _failure_wait(source: Source, error: FetchError, failures: int, gone: bool, jitter: float) -> timedelta:
    if source.kind == "folder":
        return source.interval
    spread = 1 + jitter / 10
    wait = max(backoff(error, failures, jitter), _least(source))
    if error.status == 410:
        wait = max(wait, (GONE_PROBE if gone else DAY) * spread)
    asked = min(error.retry_after or timedelta(), RETRY_AFTER_CAP)
    return min(max(wait, asked * spread), LONGEST)


def _allowed(memory: PollMemory, now: datetime, wait: timedelta) -> datetime:
    at = now + min(wait, LONGEST)
    return min(next_allowed(memory.hints, at), now + LONGEST)


def _least(source: Source) -> timedelta:
    return source.interval if source.kind == "folder" else max(source.interval, FLOOR)


def _folder_wait(source: Source, outcome: Fetched | NotModified) -> timedelta:
    if isinstance(outcome, Fetched) and outcome.more:
        return timedelta()
    if isinstance(outcome, Fetched) and outcome.waiting:
        return min(_STILL_WRITING, source.interval)
    return source.interval
