"""Polling policy: tables from memory and answer to memory, next poll and what is told; then properties."""

import time
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.model import (
    FeedHints,
    Fetched,
    FetchError,
    NotModified,
    Outcome,
    Pace,
    PollMemory,
    RawDocument,
    Response,
    Source,
)
from watcher.pacing import before_poll, host_pause, own_network_down, pace, put_off, recall, retry_after
from watcher.pacing.cadence import words
from watcher.pacing.freshness import fresh_for, next_allowed

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)  # a Friday
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
FEED = Source("nbd", "feed", "每经网", "https://rsshub.app/nbd", ZoneInfo("Asia/Shanghai"))
NOTHING = PollMemory()
FOLDER = Source("seeds", "folder", "seeds", "/srv/seeds", ZoneInfo("Asia/Shanghai"))


def answer(status: int = 200, **headers: str) -> Response:
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    response = Response(status, FEED.location, named)
    return replace(response, retry_after=retry_after(response, NOW))


def fetched(body_hash: str = "a", **headers: str) -> Fetched:
    document = RawDocument(FEED.id, FEED.location, b"<rss/>", NOW)
    return Fetched((document,), answer(200, **headers), body_hash)


def unchanged(status: int = 304, **headers: str) -> NotModified:
    return NotModified(answer(status, **headers))


def error(
    status: int | None = None, kind: str = "http", *, private: bool = False, **headers: str
) -> FetchError:
    response = replace(answer(status, **headers), private=private) if status else None
    wait = response.retry_after if response else None
    return FetchError(kind, "no luck", status, response, wait)  # type: ignore[arg-type]


def paced(
    outcome: Outcome,
    memory: PollMemory = NOTHING,
    *,
    source: Source = FEED,
    hints: FeedHints | None = None,
    new: int = 0,
    entries: int = 10,
    parse_error: str | None = None,
    now: datetime = NOW,
    jitter: float = 0.0,
) -> Pace:
    return pace(source, memory, outcome, hints, new, entries, parse_error, now, jitter)


KNOWN = PollMemory(location=FEED.location, etag='"1"', last_modified="L1", body_hash="a", had_items=True)

# ---------------------------------------------------------------- validators (checklist B)

VALIDATORS = [
    ("a 200 brings both", PollMemory(), fetched(etag='W/"x 1,2"', last_modified="L"), ('W/"x 1,2"', "L")),
    ("a 200 with neither drops both", KNOWN, fetched(), (None, None)),
    ("a new ETag beside the same date", KNOWN, fetched(etag='"2"', last_modified="L1"), ('"2"', "L1")),
    ("a new date beside the same ETag", KNOWN, fetched(etag='"1"', last_modified="L2"), ('"1"', "L2")),
    ("a date that goes back is opaque", KNOWN, fetched(last_modified="L0"), (None, "L0")),
    ("a 304 with neither keeps both", KNOWN, unchanged(), ('"1"', "L1")),
    ("a 304 with a new ETag", KNOWN, unchanged(etag='"2"'), ('"2"', "L1")),
    ("a 304 with a new date", KNOWN, unchanged(last_modified="L2"), ('"1"', "L2")),
    ("a 200 with the same body", KNOWN, unchanged(200, etag='"2"'), ('"2"', None)),
    ("an error's are not kept", KNOWN, error(500, etag='"err"'), ('"1"', "L1")),
    ("one of two kilobytes is kept", KNOWN, fetched(etag="x" * 2048), ("x" * 2048, None)),
    ("one too long is not kept", KNOWN, fetched(etag="x" * 2049), (None, None)),
]


@pytest.mark.parametrize(("case", "memory", "outcome", "expected"), VALIDATORS)
def test_validators(
    case: str, memory: PollMemory, outcome: Outcome, expected: tuple[str | None, str | None]
) -> None:
    after = paced(outcome, memory).memory
    assert (after.etag, after.last_modified) == expected, case


def test_a_body_that_is_no_feed_teaches_nothing() -> None:
    after = paced(fetched("soft 404", etag='"html"'), KNOWN, parse_error="This is a web page")
    assert (after.memory.etag, after.memory.body_hash) == ('"1"', "a")
    assert (after.state, after.memory.last_error_kind) == ("failing", "not_a_feed")
    assert after.next_poll_at == NOW + HOUR


def test_a_mirror_s_validators_and_redirects_are_its_own() -> None:
    response = replace(answer(etag='"m"'), mirror=True, permanent_url="https://mirror/b")
    after = paced(Fetched((), response, "b"), replace(KNOWN, moved_to="x", moved_times=2)).memory
    assert (after.etag, after.last_modified, after.body_hash) == (None, None, "b")
    assert (after.moved_to, after.url) == ("x", None)


# ---------------------------------------------------------------- freshness (checklist C)

FRESH = [
    ({"cache_control": "public, max-age=21600"}, 6 * HOUR),
    ({"cache_control": 'max-age="3600"'}, HOUR),
    ({"cache_control": "s-maxage=60"}, None),
    ({"cache_control": "no-cache, max-age=7200"}, timedelta()),
    ({"cache_control": "max-age=0", "expires": format_datetime(NOW + HOUR, usegmt=True)}, timedelta()),
    ({"cache_control": "max-age=14400", "age": "7200"}, 2 * HOUR),
    ({"cache_control": "max-age=60", "age": "7200"}, timedelta()),
    ({"cache_control": "max-age=never"}, None),
    ({"cache_control": "public,max-age=60"}, MINUTE),
    ({"cache_control": "public;max-age=60"}, MINUTE),
    ({"cache_control": "x-max-age=60"}, None),
    ({"cache_control": "no-store, max-age=60"}, timedelta()),
    ({"cache_control": "max-age=60,no-cache"}, timedelta()),
    ({"cache_control": "max-age=60;no-cache;public"}, timedelta()),
    ({"cache_control": "max-age=60 no-cache public"}, timedelta()),
    ({"cache_control": "max-age=60, x-no-cache"}, MINUTE),
    ({"cache_control": 'max-age=60, no-cache="set-cookie"'}, MINUTE),  # of that field only
    ({"expires": format_datetime(NOW + 6 * HOUR, usegmt=True)}, 6 * HOUR),
    (
        {"expires": format_datetime(NOW, usegmt=True), "date": format_datetime(NOW - 3 * HOUR, usegmt=True)},
        3 * HOUR,
    ),
    ({"expires": "0"}, timedelta()),
    ({"cache_control": "public", "expires": format_datetime(NOW + HOUR, usegmt=True)}, HOUR),
    ({}, None),
]


@pytest.mark.parametrize(("headers", "expected"), FRESH)
def test_how_long_an_answer_is_fresh(headers: dict[str, str], expected: timedelta | None) -> None:
    assert fresh_for(answer(200, **headers), NOW) == expected


RETRY_AFTER = [
    ("14400", 4 * HOUR),
    (" 120 ", 2 * MINUTE),
    ("90.5", timedelta(seconds=90)),
    ("90.", timedelta(seconds=90)),
    ("00000000000120", 2 * MINUTE),
    ("9999999998", timedelta(seconds=9_999_999_998)),
    ("0", timedelta()),
    ("Fri, 20 Nov 2026 13:30:00 GMT", 4 * HOUR),
    ("Friday, 20-Nov-26 13:30:00 GMT", 4 * HOUR),
    ("Fri Nov 20 13:30:00 2026", 4 * HOUR),
    ("Fri, 20 Nov 2026 07:30:00 GMT", timedelta()),
    ("soon", None),
    ("-5", None),
    ("", None),
    ("Fri, 99 Nov 2026 07:30:00 GMT", None),
    ("Fri, 31 Dec 9999 23:59:59 -2359", None),
]


@pytest.mark.parametrize(("text", "expected"), RETRY_AFTER)
def test_retry_after_in_all_its_spellings(text: str, expected: timedelta | None) -> None:
    assert retry_after(answer(503, retry_after=text), NOW) == expected


def test_a_date_without_a_zone_is_gmt_wherever_we_run(monkeypatch: pytest.MonkeyPatch) -> None:
    try:
        monkeypatch.setenv("TZ", "Asia/Shanghai")
        time.tzset()
        assert retry_after(answer(503, retry_after="Fri Nov 20 13:30:00 2026"), NOW) == 4 * HOUR
    finally:
        monkeypatch.undo()
        time.tzset()


def test_a_huge_retry_after_is_read_and_capped_when_granted() -> None:
    asked = retry_after(answer(429, retry_after="9" * 5000), NOW)
    assert asked is not None
    assert asked > 365 * DAY
    assert paced(error(429, retry_after="99999999999999")).next_poll_at == NOW + 31 * DAY


def test_a_retry_after_date_counts_from_the_server_s_own_clock() -> None:
    headers = {"retry_after": "Fri, 20 Nov 2026 13:30:00 GMT", "date": "Fri, 20 Nov 2026 13:20:00 GMT"}
    assert retry_after(answer(503, **headers), NOW) == 10 * MINUTE


NEXT = [
    ("no hints: the interval", fetched(), None, HOUR),
    ("304: the interval", unchanged(), None, HOUR),
    ("max-age on a 304", unchanged(cache_control="max-age=21600"), None, 6 * HOUR),
    ("max-age beyond a week", fetched(cache_control="max-age=31536000000"), None, 7 * DAY),
    ("no-cache never below the interval", fetched(cache_control="no-cache"), None, HOUR),
    ("ttl", fetched(), FeedHints(ttl=6 * HOUR), 6 * HOUR),
    ("sy", fetched(cache_control="max-age=60"), FeedHints(update_every=DAY), DAY),
    ("ttl and sy: the longer", fetched(), FeedHints(ttl=6 * HOUR, update_every=2 * HOUR), 6 * HOUR),
    ("ttl of a year", fetched(), FeedHints(ttl=365 * DAY), 7 * DAY),
    ("Retry-After on a 200", fetched(retry_after="7200"), None, 2 * HOUR),
    ("Retry-After is granted a month", unchanged(retry_after="9999999"), None, 31 * DAY),
]


@pytest.mark.parametrize(("case", "outcome", "hints", "expected"), NEXT)
def test_when_a_good_source_is_asked_again(
    case: str, outcome: Outcome, hints: FeedHints | None, expected: timedelta
) -> None:
    assert paced(outcome, hints=hints).next_poll_at - NOW == expected, case


def test_hints_of_the_last_body_go_on_for_answers_without_one() -> None:
    first = paced(fetched(), hints=FeedHints(ttl=6 * HOUR)).memory
    assert first.hints == {"ttl": 21600}
    assert paced(unchanged(), first).next_poll_at == NOW + 6 * HOUR
    assert paced(fetched("b"), first, hints=FeedHints()).next_poll_at == NOW + HOUR


@pytest.mark.parametrize(
    ("interval", "outcome", "expected"),
    [
        (MINUTE, fetched(), 15 * MINUTE),
        (20 * MINUTE, fetched(), 20 * MINUTE),
        (20 * MINUTE, unchanged(304), 20 * MINUTE),
        (20 * MINUTE, unchanged(200), HOUR),  # never answers 304, the same body whole each time
        (3 * HOUR, error(500), 3 * HOUR),
        (90 * DAY, fetched(), 31 * DAY),
    ],
)
def test_the_interval_is_the_least_above_the_floor(
    interval: timedelta, outcome: Outcome, expected: timedelta
) -> None:
    source = replace(FEED, interval=interval)
    assert paced(outcome, source=source).next_poll_at == NOW + expected


def test_the_due_time_written_before_a_poll_keeps_a_crash_loop_polite() -> None:
    assert before_poll(NOW, FEED) == NOW + HOUR
    assert before_poll(NOW, replace(FEED, interval=MINUTE)) == NOW + 15 * MINUTE
    assert before_poll(NOW, replace(FOLDER, interval=MINUTE)) == NOW + MINUTE


JITTERED = [
    (unchanged(), HOUR, 66 * MINUTE),
    (unchanged(cache_control="max-age=21600"), HOUR, 6.6 * HOUR),
    (unchanged(), 2 * DAY, 2.2 * DAY),
    (error(500), HOUR, 66 * MINUTE),
    (error(503, retry_after="14400"), HOUR, 4.4 * HOUR),
    (error(410), HOUR, 26.4 * HOUR),
    (unchanged(retry_after="9999999"), HOUR, 31 * DAY),
    (error(503, retry_after="9999999"), HOUR, 31 * DAY),
]


@pytest.mark.parametrize(("outcome", "interval", "expected"), JITTERED)
def test_full_jitter_adds_a_tenth(outcome: Outcome, interval: timedelta, expected: timedelta) -> None:
    after = paced(outcome, source=replace(FEED, interval=interval), jitter=1.0)
    assert after.next_poll_at - NOW == expected


def test_no_jitter_beyond_the_day_that_our_own_waits_end_at() -> None:
    daily = replace(FEED, interval=20 * HOUR)
    tired = PollMemory(first_success_at=NOW - 30 * DAY, failures=9)
    assert paced(unchanged(), tired, source=daily, jitter=1.0).next_poll_at == NOW + DAY
    assert paced(unchanged(), tired, jitter=1.0).next_poll_at == NOW + DAY
    assert paced(error(500), tired, jitter=1.0).next_poll_at == NOW + DAY


# ---------------------------------------------------------------- skipped hours and days

SKIPS: list[tuple[dict[str, object], datetime, datetime]] = [
    ({}, NOW, NOW),
    ({"skip_hours": [10]}, NOW, NOW),
    ({"skip_hours": [9, 10]}, NOW, NOW.replace(hour=11, minute=0)),
    ({"skip_hours": [h for h in range(24) if h != 5]}, NOW, datetime(2026, 11, 21, 5, tzinfo=UTC)),
    ({"skip_hours": [24]}, NOW.replace(hour=0), NOW.replace(hour=1, minute=0)),
    ({"skip_hours": list(range(24))}, NOW, NOW),
    ({"skip_days": [4]}, NOW, datetime(2026, 11, 21, tzinfo=UTC)),
    ({"skip_days": [4, 5, 6]}, NOW, datetime(2026, 11, 23, tzinfo=UTC)),
    ({"skip_days": list(range(7))}, NOW, NOW),
    ({"skip_days": [4, 5], "skip_hours": [0, 1]}, NOW, datetime(2026, 11, 22, 2, tzinfo=UTC)),
    ({"skip_hours": [9]}, NOW.replace(second=7, microsecond=9), NOW.replace(hour=10, minute=0)),
    ({"skip_days": "Friday"}, NOW, NOW),
    ({"skip_days": ["Friday"]}, NOW, NOW),
]


@pytest.mark.parametrize(("hints", "at", "expected"), SKIPS)
def test_skipped_hours_and_days_are_stepped_over(
    hints: dict[str, object], at: datetime, expected: datetime
) -> None:
    assert next_allowed(hints, at) == expected


def test_a_poll_that_falls_into_a_skipped_hour_waits_for_the_next() -> None:
    hints = FeedHints(skip_hours=(10, 11))
    after = paced(fetched(), hints=hints)
    assert after.next_poll_at == NOW.replace(hour=12, minute=0)
    assert paced(error(500), after.memory).next_poll_at == NOW.replace(hour=12, minute=0)


def test_a_late_pass_puts_off_what_fell_due_before_a_skipped_hour_but_not_for_ever() -> None:
    memory = PollMemory(hints={"skip_hours": [9]})
    assert put_off(memory, NOW - HOUR, NOW) == NOW.replace(hour=10, minute=0)
    assert put_off(memory, NOW - DAY + MINUTE, NOW) is not None
    assert put_off(memory, NOW - DAY, NOW) is None
    assert put_off(PollMemory(), NOW - HOUR, NOW) is None


# ---------------------------------------------------------------- failures


def failing(outcome: FetchError, times: int, source: Source = FEED) -> list[Pace]:
    """The paces of failures in a row, each polled exactly when the one before said."""
    paces: list[Pace] = []
    memory, now = PollMemory(), NOW
    for _ in range(times):
        paces.append(paced(outcome, memory, source=source, now=now))
        memory, now = paces[-1].memory, paces[-1].next_poll_at
    return paces


def gaps(paces: list[Pace]) -> list[float]:
    starts = [NOW, *(step.next_poll_at for step in paces)]
    return [(later - earlier) / HOUR for earlier, later in pairwise(starts)]


BACKOFF = [
    (error(500), [1, 2, 4, 8, 16, 24, 24]),
    (error(429), [1, 2, 4, 8, 16, 24, 24]),
    (error(404), [2, 4, 8, 16, 24, 24, 24]),
    (error(403), [2, 4, 8, 16, 24, 24, 24]),
    (error(kind="dns"), [1, 2, 4, 8, 16, 24, 24]),
    (error(kind="timeout"), [1, 2, 4, 8, 16, 24, 24]),
    (error(kind="empty"), [1, 2, 4, 8, 16, 24, 24]),
    (error(401), [2, 4, 8, 16, 24, 24, 24]),
    (error(kind="tls"), [2, 4, 8, 16, 24, 24, 24]),
    (error(kind="redirects"), [2, 4, 8, 16, 24, 24, 24]),
    (error(kind="refused"), [6, 12, 24, 24, 24, 24, 24]),
    (error(kind="too_big"), [6, 12, 24, 24, 24, 24, 24]),
    (error(410), [24, 168, 168, 168, 168, 168, 168]),
    (error(503, retry_after="14400"), [4, 4, 4, 8, 16, 24, 24]),
]


@pytest.mark.parametrize(("outcome", "expected"), BACKOFF)
def test_backoff_by_kind(outcome: FetchError, expected: list[float]) -> None:
    assert gaps(failing(outcome, 7)) == expected


def test_backoff_never_gives_up() -> None:
    assert gaps(failing(error(500), 400))[-1] == 24


def test_gone_is_gone_only_when_it_lasts_and_is_told_once() -> None:
    paces = failing(error(410), 4)
    assert [step.state for step in paces] == ["failing", "gone", "gone", "gone"]
    told = [event for step in paces for event in step.events]
    assert told == ["gone (HTTP 410) for more than a day: asked once a week from now on"]
    back = paced(fetched(), paces[-1].memory)
    assert (back.state, back.memory.gone_since) == ("ok", None)


def test_a_410_among_other_failures_starts_anew() -> None:
    once = paced(error(410)).memory
    other = paced(error(500), once, now=NOW + 2 * DAY)
    assert other.memory.gone_since is None
    assert paced(error(410), other.memory, now=NOW + 3 * DAY).state == "failing"


def test_three_failures_are_told_once_and_so_is_the_return() -> None:
    paces = failing(error(503), 5)
    assert [step.events for step in paces] == [(), (), ("failed 3 times in 3 h: no luck",), (), ()]
    assert paces[-1].memory.last_error == "no luck"
    back = paced(fetched(), paces[-1].memory)
    assert back.events == ("came back after 5 failures",)
    assert (back.state, back.memory.failures, back.memory.last_error) == ("ok", 0, None)
    assert paced(fetched(), paces[2].memory).events == ("came back after 3 failures",)
    assert paced(fetched(), paces[1].memory).events == ()


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        (error(429), HOUR),
        (error(429, retry_after="14400"), 4 * HOUR),
        (error(429, retry_after="99999999999"), 31 * DAY),
        (error(429, private=True), None),
        (error(503, retry_after="14400"), None),
        (fetched(), None),
    ],
)
def test_a_public_host_that_says_429_rests_as_a_whole(outcome: Outcome, expected: timedelta | None) -> None:
    until = NOW + expected if expected else None
    assert host_pause(outcome, NOW) == until
    assert paced(outcome).pause_host_until == until


@pytest.mark.parametrize(
    ("outcomes", "down"),
    [
        ([("a", error(kind="dns")), ("b", error(kind="connect")), ("c", error(kind="timeout"))], True),
        ([("a", error(kind="dns")), ("b", error(kind="dns"))], False),
        ([("a", error(kind="dns"))] * 9, False),
        ([("a", error(kind="dns")), ("b", error(kind="dns")), ("c", error(500))], False),
        ([("a", error(kind="dns")), ("b", error(kind="dns")), ("c", unchanged())], False),
        ([("a", error(kind="dns")), ("b", error(kind="dns")), ("c", error(kind="refused"))], False),
        ([("a", error(kind="dns")), ("b", error(kind="dns")), ("c", error(200, kind="timeout"))], False),
        ([], False),
    ],
)
def test_when_nobody_can_be_reached_the_network_is_down(
    outcomes: list[tuple[str, Outcome]], down: bool
) -> None:
    assert own_network_down(outcomes) == down


# ---------------------------------------------------------------- moved feeds

NEW_HOME = "https://new.example/feed"


def moving(target: str | None, *, status: int = 200) -> Outcome:
    response = replace(answer(status), permanent_url=target)
    return NotModified(response) if status == 304 else Fetched((), response, "a")


def after_all(outcomes: list[Outcome], memory: PollMemory = NOTHING) -> Pace:
    step = paced(outcomes[0], memory)
    for outcome in outcomes[1:]:
        step = paced(outcome, step.memory)
    return step


MOVES: list[tuple[str, list[Outcome], str | None]] = [
    ("three times the same", [moving(NEW_HOME)] * 3, NEW_HOME),
    ("a 304 there counts", [moving(NEW_HOME), moving(NEW_HOME, status=304), moving(NEW_HOME)], NEW_HOME),
    ("twice is not enough", [moving(NEW_HOME)] * 2, None),
    ("no redirect between", [moving(NEW_HOME), moving(NEW_HOME), moving(None), moving(NEW_HOME)], None),
    ("another target between", [moving(NEW_HOME), moving("https://x/"), moving(NEW_HOME)], None),
    ("a failure between", [moving(NEW_HOME), moving(NEW_HOME), error(500), moving(NEW_HOME)], None),
    ("never from https to http", [moving("http://new.example/feed")] * 5, None),
    ("to itself", [moving(FEED.location)] * 5, None),
]


@pytest.mark.parametrize(("case", "outcomes", "url"), MOVES)
def test_moved_feeds(case: str, outcomes: list[Outcome], url: str | None) -> None:
    assert after_all(outcomes).memory.url == url, case


def test_a_move_is_told_and_can_be_undone() -> None:
    moved = after_all([moving(NEW_HOME)] * 3)
    assert moved.events == (f"moved to {NEW_HOME}",)
    assert (moved.memory.moved_to, moved.memory.moved_times) == (None, 0)
    for settled in (moving(NEW_HOME), moving(NEW_HOME), moving(NEW_HOME)):
        moved = paced(settled, moved.memory)
        assert (moved.memory.url, moved.events) == (NEW_HOME, ())
    home = after_all([moving(FEED.location)] * 3, moved.memory)
    assert (home.memory.url, home.events) == (None, (f"moved to {FEED.location}",))


@pytest.mark.parametrize("between", [moving(None), error(500)])
def test_a_move_that_is_not_confirmed_is_forgotten(between: Outcome) -> None:
    doubted = after_all([moving(NEW_HOME), moving(NEW_HOME), between]).memory
    assert (doubted.moved_to, doubted.moved_times) == (None, 0)


def test_a_feed_without_tls_may_move_to_another() -> None:
    source = replace(FEED, location="http://old.example/feed")
    memory = PollMemory(location=source.location)
    for _ in range(3):
        memory = paced(moving("http://new.example/feed"), memory, source=source).memory
    assert memory.url == "http://new.example/feed"


def test_a_move_that_led_to_ruin_is_taken_back() -> None:
    moved = after_all([moving(NEW_HOME)] * 3).memory
    lost = after_all([error(404)] * 3, moved)
    assert lost.memory.url is None
    assert lost.events[-1] == f"fails where it had moved to ({NEW_HOME}): back to its first address"


def test_a_corrected_address_starts_afresh_but_keeps_its_history() -> None:
    memory = replace(
        KNOWN,
        location="https://old/",
        failures=7,
        url="https://older/",
        first_success_at=NOW - 9 * DAY,
        last_success_at=NOW - HOUR,
        last_new_item_at=NOW - DAY,
        recent_new=(NOW - DAY,),
    )
    assert paced(error(500), memory).memory.failures == 1
    assert paced(error(500), memory).memory.location == FEED.location
    fresh = recall(FEED, memory)
    assert fresh == PollMemory(
        location=FEED.location,
        first_success_at=NOW - 9 * DAY,
        last_success_at=NOW - HOUR,
        last_new_item_at=NOW - DAY,
        recent_new=(NOW - DAY,),
    )
    assert recall(FEED, KNOWN) == KNOWN
    assert recall(FEED, PollMemory()).location == FEED.location


# ---------------------------------------------------------------- cadence and quiet


def history(every: timedelta, times: int, silent: timedelta) -> PollMemory:
    """A feed that brought something new so regularly, and then nothing for a while."""
    newest = NOW - silent
    moments = tuple(newest - every * n for n in reversed(range(times)))
    return replace(
        KNOWN,
        first_success_at=moments[0],
        last_success_at=NOW - HOUR,
        last_new_item_at=newest,
        recent_new=moments,
    )


CADENCE = [
    ("hourly news", history(HOUR, 200, HOUR), HOUR),
    ("twice a day", history(12 * HOUR, 40, HOUR), timedelta(hours=2.93)),
    ("daily", history(DAY, 40, HOUR), timedelta(hours=5.86)),
    ("weekly", history(7 * DAY, 10, DAY), DAY),
    ("hourly until the weekend", history(2 * HOUR, 100, 63 * HOUR), HOUR),
    ("every four hours until the weekend", history(4 * HOUR, 60, 63 * HOUR), timedelta(hours=1.37)),
    ("asleep for a month", history(2 * HOUR, 5, 30 * DAY), DAY),
    ("new, and silent since yesterday", history(HOUR, 1, DAY), HOUR),
]


@pytest.mark.parametrize(("case", "memory", "expected"), CADENCE)
def test_a_slow_feed_is_asked_less_often(case: str, memory: PollMemory, expected: timedelta) -> None:
    memory = replace(memory, recent_new=memory.recent_new[-40:])
    wait = paced(unchanged(), memory).next_poll_at - NOW
    assert wait / expected == pytest.approx(1, abs=0.01), case


@pytest.mark.parametrize(("watched", "expected"), [(7 * DAY - MINUTE, HOUR), (7 * DAY, DAY)])
def test_silence_stretches_nothing_within_the_first_week(watched: timedelta, expected: timedelta) -> None:
    memory = PollMemory(first_success_at=NOW - watched, recent_new=(NOW - watched,))
    assert paced(unchanged(), memory).next_poll_at == NOW + expected


SPANS = [
    (timedelta(seconds=5), "1 min"),
    (99 * MINUTE, "99 min"),
    (100 * MINUTE, "2 h"),
    (71 * HOUR, "71 h"),
    (72 * HOUR, "3 d"),
    (10 * DAY, "10 d"),
]


@pytest.mark.parametrize(("span", "said"), SPANS)
def test_spans_in_words(span: timedelta, said: str) -> None:
    assert words(span) == said


def test_a_feed_that_never_held_anything_is_asked_daily_after_a_week() -> None:
    memory = PollMemory(first_success_at=NOW - 8 * DAY, last_success_at=NOW - DAY)
    assert paced(unchanged(), memory).next_poll_at == NOW + DAY


def test_news_is_remembered_up_to_a_number() -> None:
    memory = history(HOUR, 40, HOUR)
    after = paced(fetched(), memory, new=3).memory
    assert (len(after.recent_new), after.recent_new[-1], after.last_new_item_at) == (40, NOW, NOW)
    assert paced(fetched(), memory).memory.recent_new == memory.recent_new


QUIET = [
    (history(2 * HOUR, 40, 31 * HOUR), None, "nothing new for 31 h, usually every 2 h"),
    (history(2 * HOUR, 40, 20 * HOUR), None, None),  # less than a day
    (history(12 * HOUR, 40, 40 * HOUR), None, None),  # less than four gaps
    (history(12 * HOUR, 40, 50 * HOUR), None, "nothing new for 50 h, usually every 12 h"),
    (history(12 * HOUR, 40, 4 * DAY), None, "nothing new for 4 d, usually every 12 h"),
    (history(2 * HOUR, 6, 31 * HOUR), None, "nothing new for 31 h, usually every 2 h"),
    (history(2 * HOUR, 5, 31 * HOUR), None, None),  # too little is known
    (history(2 * HOUR, 40, DAY), None, None),  # not longer than a day
    (history(2 * HOUR, 2, 2 * HOUR), 2 * HOUR, None),  # not longer than expected
    (history(2 * HOUR, 2, 3 * HOUR), 2 * HOUR, "nothing new for 3 h, expected every 2 h"),
    (history(2 * HOUR, 40, 31 * HOUR), 2 * DAY, None),
    (replace(KNOWN, first_success_at=NOW - 2 * DAY), DAY, "nothing new for 2 d, expected every 24 h"),
    (KNOWN, DAY, None),
]


@pytest.mark.parametrize(("memory", "expect_every", "told"), QUIET)
def test_silence_becomes_news(memory: PollMemory, expect_every: timedelta | None, told: str | None) -> None:
    earlier = (memory.last_new_item_at or memory.first_success_at or NOW) + MINUTE
    memory = replace(memory, last_success_at=earlier)
    after = paced(unchanged(), memory, source=replace(FEED, expect_every=expect_every))
    assert (after.state, after.events) == (
        ("quiet", (told.replace("2 d, exp", "48 h, exp"),)) if told else ("ok", ())
    )


@pytest.mark.parametrize(("silent", "state"), [(30 * HOUR, "ok"), (31 * HOUR, "quiet")])
def test_half_as_much_again_as_the_longest_gap_is_news(silent: timedelta, state: str) -> None:
    steady = history(2 * HOUR, 30, silent)
    after_a_night = (steady.recent_new[0] - 20 * HOUR, *steady.recent_new)
    assert paced(unchanged(), replace(steady, recent_new=after_a_night)).state == state


def test_a_long_gap_seen_before_is_no_news() -> None:
    nights = history(2 * HOUR, 40, 31 * HOUR)
    weekend = (nights.recent_new[0] - 63 * HOUR, *nights.recent_new)
    assert paced(unchanged(), replace(nights, recent_new=weekend)).state == "ok"


def test_a_folder_is_quiet_only_when_the_user_expected_more() -> None:
    memory = replace(history(2 * HOUR, 40, 31 * HOUR), location=FOLDER.location)
    outcome = NotModified(present=9)
    assert paced(outcome, memory, source=FOLDER).state == "ok"
    assert paced(outcome, memory, source=replace(FOLDER, expect_every=DAY)).state == "quiet"


def test_silence_is_told_once() -> None:
    quiet = replace(history(2 * HOUR, 40, 31 * HOUR), last_success_at=NOW - 30 * MINUTE)
    after = paced(unchanged(), quiet)
    assert (after.state, after.events) == ("quiet", ())
    assert paced(fetched("b"), after.memory, new=1).state == "ok"


# ---------------------------------------------------------------- what else is told


def test_a_success_ends_a_row_of_failures() -> None:
    failed = after_all([error(410), error(404, retry_after="9"), error(410)], KNOWN).memory
    assert failed.failures == 3
    after = paced(fetched(), failed).memory
    assert (after.failures, after.failing_since, after.gone_since) == (0, None, None)
    assert (after.last_error_kind, after.last_error) == (None, None)
    assert after.last_success_at == NOW


def test_the_first_answer_begins_a_history() -> None:
    first = paced(fetched(), entries=3).memory
    assert (first.first_success_at, first.had_items) == (NOW, True)
    later = paced(unchanged(), first, now=NOW + HOUR).memory
    assert (later.first_success_at, later.last_success_at, later.had_items) == (NOW, NOW + HOUR, True)
    assert not paced(fetched(), entries=0).memory.had_items
    assert paced(fetched("b"), first, entries=0, now=NOW + HOUR).memory.had_items


def test_the_first_failure_of_a_row_is_remembered() -> None:
    failed = paced(error(500), KNOWN)
    again = paced(error(404), failed.memory, now=NOW + HOUR)
    assert (again.memory.failing_since, again.memory.failures) == (NOW, 2)
    assert (again.memory.last_error_kind, again.memory.last_error) == ("http", "no luck")


def test_an_answer_without_a_body_empties_nothing() -> None:
    assert (paced(unchanged(), KNOWN, entries=0).state, paced(unchanged(), KNOWN, entries=0).events) == (
        "ok",
        (),
    )


def test_nothing_after_something_is_told_once_and_counts_as_quiet() -> None:
    empty = paced(fetched("empty"), KNOWN, entries=0)
    assert (empty.state, empty.events) == ("quiet", ("200 with nothing after having had items",))
    again = paced(fetched("empty 2"), empty.memory, entries=0, now=NOW + HOUR)
    assert (again.state, again.events, again.memory.empty_since) == ("quiet", (), NOW)
    assert paced(unchanged(), again.memory, entries=0).state == "quiet"
    assert paced(fetched("full"), again.memory).memory.empty_since is None


def test_a_feed_that_is_empty_from_the_start_is_no_news() -> None:
    assert paced(fetched(), entries=0).events == ()


@pytest.mark.parametrize(
    ("memory", "entries", "new", "told"),
    [
        (KNOWN, 10, 10, True),
        (KNOWN, 10, 9, False),
        (KNOWN, 5, 5, True),
        (KNOWN, 4, 4, False),
        (PollMemory(), 10, 10, False),
    ],
)
def test_a_feed_that_is_all_new_may_have_lost_some(
    memory: PollMemory, entries: int, new: int, told: bool
) -> None:
    events = paced(fetched("b"), memory, entries=entries, new=new).events
    assert bool(events) == told
    assert events == ((f"all {entries} entries are new: some may have been missed",) if told else ())


# ---------------------------------------------------------------- folders

FOLDERS: list[tuple[str, Outcome, timedelta]] = [
    ("unchanged", NotModified(present=3), HOUR),
    ("changed", Fetched((), present=3), HOUR),
    ("files being written", Fetched((), present=3, waiting=("a.md",)), MINUTE),
    ("more to read", Fetched((), present=900, more=400), timedelta()),
    ("missing", FetchError("missing", "no folder"), HOUR),
]


@pytest.mark.parametrize(("case", "outcome", "expected"), FOLDERS)
def test_folders_are_looked_at_on_time(case: str, outcome: Outcome, expected: timedelta) -> None:
    tired = replace(history(2 * HOUR, 3, 90 * DAY), location=FOLDER.location, failures=6)
    assert paced(outcome, tired, source=FOLDER, jitter=1).next_poll_at == NOW + expected, case


def test_a_folder_of_new_files_has_lost_none() -> None:
    memory = PollMemory(location=FOLDER.location, had_items=True)
    assert paced(Fetched((), present=10), memory, source=FOLDER, entries=10, new=10).events == ()


def test_an_emptied_folder_is_told() -> None:
    memory = PollMemory(location=FOLDER.location, had_items=True)
    assert paced(NotModified(present=0), memory, source=FOLDER, entries=0).events == (
        "the folder is empty after having had documents",
    )
    assert paced(NotModified(present=4), memory, source=FOLDER, entries=0).events == ()


# ---------------------------------------------------------------- properties

HEADERS = st.dictionaries(
    st.sampled_from(["cache_control", "expires", "age", "date", "retry_after", "etag", "last_modified"]),
    st.one_of(
        st.text(max_size=40),
        st.integers(-5, 10**20).map(str),
        st.integers(0, 10**20).map("max-age={}".format),
        st.datetimes(timezones=st.just(UTC)).map(lambda at: format_datetime(at, usegmt=True)),
    ),
)
OUTCOMES = st.one_of(
    st.builds(lambda headers: fetched(**headers), HEADERS),
    st.builds(lambda status, headers: unchanged(status, **headers), st.sampled_from([200, 304]), HEADERS),
    st.builds(
        lambda status, headers: error(status, **headers), st.sampled_from([404, 410, 429, 500]), HEADERS
    ),
    st.sampled_from(["dns", "timeout", "refused", "empty"]).map(lambda kind: error(kind=kind)),
)
HINTS = st.builds(
    FeedHints,
    ttl=st.none() | st.timedeltas(timedelta(), 9000 * DAY),
    skip_hours=st.lists(st.integers(0, 24), max_size=24).map(tuple),
    skip_days=st.lists(st.integers(0, 6), max_size=7).map(tuple),
)
INTERVALS = st.timedeltas(MINUTE, 10 * DAY)
JITTER = st.floats(0, 1)
MEMORIES = st.builds(
    PollMemory,
    failures=st.integers(0, 10**6),
    gone_since=st.none() | st.datetimes(datetime(2026, 1, 1), datetime(2026, 11, 20), timezones=st.just(UTC)),  # noqa: DTZ001
    first_success_at=st.just(NOW - 30 * DAY),
    recent_new=st.lists(st.timedeltas(timedelta(), 30 * DAY), max_size=9).map(
        lambda ages: tuple(NOW - age for age in sorted(ages, reverse=True))
    ),
)


@given(OUTCOMES, HINTS, INTERVALS, MEMORIES, JITTER)
def test_never_before_the_floor_and_never_beyond_a_month(
    outcome: Outcome, hints: FeedHints, interval: timedelta, memory: PollMemory, jitter: float
) -> None:
    source = replace(FEED, interval=interval)
    after = paced(outcome, memory, source=source, hints=hints, jitter=jitter)
    assert max(interval, 15 * MINUTE) <= after.next_poll_at - NOW <= 31 * DAY


@given(OUTCOMES, INTERVALS, MEMORIES, JITTER)
def test_a_server_s_minimum_is_kept_whatever_the_jitter(
    outcome: Outcome, interval: timedelta, memory: PollMemory, jitter: float
) -> None:
    after = paced(outcome, memory, source=replace(FEED, interval=interval), jitter=jitter)
    if isinstance(outcome, FetchError):
        asked = outcome.retry_after or timedelta()
    else:
        assert outcome.response is not None
        fresh = fresh_for(outcome.response, NOW) or timedelta()
        asked = max(min(fresh, 7 * DAY), outcome.response.retry_after or timedelta())
    assert after.next_poll_at - NOW >= min(asked, 31 * DAY)


@given(OUTCOMES, MEMORIES, JITTER)
def test_jitter_adds_a_tenth_at_most(outcome: Outcome, memory: PollMemory, jitter: float) -> None:
    plain = paced(outcome, memory).next_poll_at - NOW
    spread = paced(outcome, memory, jitter=jitter).next_poll_at - NOW
    assert plain <= spread <= plain * 1.1 + timedelta(microseconds=10)


@given(OUTCOMES, HINTS, JITTER)
def test_what_is_remembered_can_be_remembered_again(
    outcome: Outcome, hints: FeedHints, jitter: float
) -> None:
    first = paced(outcome, hints=hints, jitter=jitter)
    assert first.next_poll_at.tzinfo == UTC
    assert set(first.memory.hints) <= {"ttl", "update_every", "skip_hours", "skip_days"}
    second = paced(outcome, first.memory, hints=hints, jitter=jitter)
    kept = {"etag", "last_modified", "body_hash", "hints"}
    assert all(
        getattr(first.memory, field.name) == getattr(second.memory, field.name)
        for field in fields(PollMemory)
        if field.name in kept
    )
