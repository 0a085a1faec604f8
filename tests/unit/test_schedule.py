"""Cron and the clock: fields, weekdays, daylight saving, nights off."""

import re
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Literal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.digest.cron import Cron
from watcher.digest.schedule import Slot, due, gap, next_after, to_send

UTC_ZONE = ZoneInfo("UTC")
SHANGHAI = ZoneInfo("Asia/Shanghai")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def days_of(cron: str, first: str, count: int) -> list[int]:
    start = date.fromisoformat(first)
    days = [start + timedelta(days=number) for number in range(count)]
    return [day.day for day in days if list(Cron.parse(cron).on(day))]


# 2022-02-20 is a Sunday.
WEEKDAYS = [
    *((f"0 8 * * {number}", [20 + number % 7]) for number in range(8)),
    *(
        (f"0 8 * * {name}", [20 + n])
        for n, name in enumerate(("sun", "Mon", "TUE", "wed", "thu", "fri", "sat"))
    ),
    ("0 8 * * 1-5", [21, 22, 23, 24, 25]),
    ("0 8 * * mon-fri", [21, 22, 23, 24, 25]),
    ("0 8 * * 5-7", [20, 25, 26]),
    ("0 8 * * sat-sun", [20, 26]),
    ("0 8 * * 0-6", [20, 21, 22, 23, 24, 25, 26]),
    ("0 8 * * 0,3,7", [20, 23]),
    ("0 8 * * */2", [20, 22, 24, 26]),
    ("0 8 * * 1-7/3", [21, 24, 20]),
]


@pytest.mark.parametrize(("cron", "expected"), WEEKDAYS)
def test_weekdays_are_those_of_crontab(cron: str, expected: list[int]) -> None:
    assert days_of(cron, "2022-02-20", 7) == sorted(expected)


DAYS = [
    ("0 8 1,15 * *", "2022-02-01", 28, [1, 15]),
    ("0 8 13 * 5", "2022-02-01", 28, [4, 11, 13, 18, 25]),  # either is enough
    ("0 8 */10 * 5", "2022-02-01", 28, [11]),  # a day field with * is no restriction: both
    ("0 8 13 * */2", "2022-02-01", 28, [13]),
    ("0 8 1-7 * *", "2022-02-01", 28, [1, 2, 3, 4, 5, 6, 7]),
    ("0 8 31 * *", "2022-02-01", 59, [31]),
    ("0 8 29 2 *", "2024-02-01", 30, [29]),
    ("0 8 * MAR-apr *", "2022-02-27", 4, [1, 2]),
]


@pytest.mark.parametrize(("cron", "first", "count", "expected"), DAYS)
def test_days(cron: str, first: str, count: int, expected: list[int]) -> None:
    assert days_of(cron, first, count) == expected


def test_times_of_a_day_ascend() -> None:
    cron = Cron.parse("30,0 */8 * * *")
    assert [f"{moment:%H:%M}" for moment in cron.on(date(2022, 2, 23))] == [
        "00:00", "00:30", "08:00", "08:30", "16:00", "16:30",
    ]  # fmt: skip
    assert len(Cron.parse("0-59/7 * * * *").times) == 24 * 9


ERRORS = [
    ("0 8 * *", "five fields"),
    ("0 8 * * * *", "five fields"),
    ("@daily", "five fields"),
    ("60 8 * * *", "minute: '60' is not within 0-59"),
    ("0 24 * * *", "hour: '24' is not within 0-23"),
    ("0 8 0 * *", "day of month: '0' is not within 1-31"),
    ("0 8 * 13 *", "month: '13'"),
    ("0 8 * * 8", "weekday: '8' is not within 0-7"),
    ("0 8 * * xyz", "weekday: 'xyz'"),
    ("0 8 * * 5-1", "weekday: '5-1' runs backwards"),
    ("0 8 mon * *", "day of month: 'mon'"),
    ("*/0 8 * * *", "minute: the step"),
    ("5/15 8 * * *", "minute: a step needs a range, write 5-59/15"),
    ("0 8 1, * *", "day of month: ''"),
    ("0 -8 * * *", "hour: '-8' is no value"),
    ("0 ８ * * *", "hour: '８'"),
    ("0 8 30 2 *", "day of month: no month"),
    ("0 8 31 4,6,9,11 *", "day of month: no month"),
]


@pytest.mark.parametrize(("text", "message"), ERRORS)
def test_errors_name_the_field(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        Cron.parse(text)


@given(st.text(alphabet="0123456789*,-/ monfri?LW#", max_size=30))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        cron = Cron.parse(text)
    except ValueError:
        return
    assert cron.times
    assert next_after(cron, SHANGHAI, at("2022-02-23T00:00")).at > at("2022-02-23T00:00")


# zone, cron, after, now, the slots: key and instant
CLOCK = [
    ("Asia/Shanghai", "0 8 * * *", "2022-02-21T00:00", "2022-02-23T00:00", [
        ("2022-02-22T08:00", "2022-02-22T00:00"), ("2022-02-23T08:00", "2022-02-23T00:00")]),
    ("Asia/Shanghai", "0 8 * * *", "2022-02-22T00:00", "2022-02-22T23:59", []),
    ("Asia/Shanghai", "0 8 * * 1-5", "2022-02-25T00:00", "2022-02-28T00:00", [("2022-02-28T08:00", "2022-02-28T00:00")]),
    # New York skips 02:00-03:00 on 2022-03-13 and shows 01:00-02:00 twice on 2022-11-06.
    ("America/New_York", "30 2 * * *", "2022-03-13T00:00", "2022-03-14T12:00", [
        ("2022-03-13T02:30", "2022-03-13T07:00"), ("2022-03-14T02:30", "2022-03-14T06:30")]),
    ("America/New_York", "0 2,3 * * *", "2022-03-13T00:00", "2022-03-13T12:00", [("2022-03-13T03:00", "2022-03-13T07:00")]),
    ("America/New_York", "*/20 2 * * *", "2022-03-13T00:00", "2022-03-13T12:00", [("2022-03-13T02:40", "2022-03-13T07:00")]),
    ("America/New_York", "59 1 * * *", "2022-03-13T00:00", "2022-03-13T12:00", [("2022-03-13T01:59", "2022-03-13T06:59")]),
    ("America/New_York", "30 1 * * *", "2022-11-06T00:00", "2022-11-06T20:00", [("2022-11-06T01:30", "2022-11-06T05:30")]),
    ("America/New_York", "0 2 * * *", "2022-11-06T00:00", "2022-11-06T20:00", [("2022-11-06T02:00", "2022-11-06T07:00")]),
    # Berlin: 02:00-03:00 on 2022-03-27 and 2022-10-30.
    ("Europe/Berlin", "15 2 * * 0", "2022-03-26T00:00", "2022-03-28T00:00", [("2022-03-27T02:15", "2022-03-27T01:00")]),
    ("Europe/Berlin", "15 2 * * 0", "2022-10-29T00:00", "2022-10-31T00:00", [("2022-10-30T02:15", "2022-10-30T00:15")]),
    ("Europe/Berlin", "0 8 * * *", "2022-03-26T12:00", "2022-03-27T12:00", [("2022-03-27T08:00", "2022-03-27T06:00")]),
    # Lord Howe moves by half an hour: 02:00-02:30 skipped on 2022-10-02, 01:30-02:00 twice on 2022-04-03.
    ("Australia/Lord_Howe", "10 2 * * *", "2022-10-01T12:00", "2022-10-02T00:00", [("2022-10-02T02:10", "2022-10-01T15:30")]),
    ("Australia/Lord_Howe", "30 2 * * *", "2022-10-01T12:00", "2022-10-02T00:00", [("2022-10-02T02:30", "2022-10-01T15:30")]),
    ("Australia/Lord_Howe", "45 1 * * *", "2022-04-02T12:00", "2022-04-03T00:00", [("2022-04-03T01:45", "2022-04-02T14:45")]),
    # Apia had no 2011-12-30.
    ("Pacific/Apia", "0 8 * * *", "2011-12-29T00:00", "2011-12-31T12:00", [
        ("2011-12-29T08:00", "2011-12-29T18:00"), ("2011-12-31T08:00", "2011-12-30T18:00")]),
    ("Pacific/Apia", "0 8 30 12 *", "2011-12-01T00:00", "2012-01-31T00:00", []),
    # São Paulo skipped midnight itself: 00:00-01:00 on 2018-11-04.
    ("America/Sao_Paulo", "0 0 * * *", "2018-11-03T12:00", "2018-11-04T12:00", [("2018-11-04T00:00", "2018-11-04T03:00")]),
    ("Asia/Shanghai", "0 0 29 2 *", "2023-03-01T00:00", "2024-03-01T00:00", [("2024-02-29T00:00", "2024-02-28T16:00")]),
    ("Asia/Shanghai", "0 8 * * *", "2022-02-24T00:00", "2022-02-20T00:00", []),  # the clock went back
    ("Asia/Shanghai", "0 8 1 1 *", "1999-01-01T00:00", "2022-02-23T00:00", [("2022-01-01T08:00", "2022-01-01T00:00")]),
]  # fmt: skip


@pytest.mark.parametrize(("zone", "cron", "after", "now", "expected"), CLOCK)
def test_due(zone: str, cron: str, after: str, now: str, expected: list[tuple[str, str]]) -> None:
    slots = due(Cron.parse(cron), ZoneInfo(zone), at(after), at(now))
    assert [(slot.key, slot.at) for slot in slots] == [(key, at(instant)) for key, instant in expected]
    if expected and at(after) > at(now) - timedelta(days=400):
        assert next_after(Cron.parse(cron), ZoneInfo(zone), at(after)) == slots[0]


def test_the_next_leap_day_may_be_eight_years_off() -> None:
    assert next_after(Cron.parse("0 0 29 2 *"), UTC_ZONE, at("1896-03-01T00:00")).key == "1904-02-29T00:00"


@given(
    st.integers(0, 3 * 365 * 24 * 60).map(
        lambda minutes: at("2021-01-01T00:00") + timedelta(minutes=minutes)
    ),
    st.sampled_from(
        ["America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Shanghai", "Africa/Casablanca"]
    ),
    st.sampled_from(["30 2 * * *", "*/30 * * * *", "0 8 * * 1-5", "15 0,1,2,3 * * *"]),
    st.lists(st.integers(1, 200), max_size=6),
)
def test_each_slot_is_due_once_however_often_one_looks(
    start: datetime, zone: str, cron: str, steps: list[int]
) -> None:
    looks = [start]
    for hours in steps:
        looks.append(looks[-1] + timedelta(hours=hours))
    parsed, place = Cron.parse(cron), ZoneInfo(zone)
    pieces = [slot for before, now in pairwise(looks) for slot in due(parsed, place, before, now)]
    assert pieces == due(parsed, place, looks[0], looks[-1])
    assert len({slot.key for slot in pieces}) == len({slot.at for slot in pieces}) == len(pieces)


NOW = at("2022-02-23T00:05")
NIGHTS: list[tuple[Literal["latest", "all", "none"], list[str], list[str]]] = [
    ("latest", [], []),
    ("latest", ["2022-01-01T00:00", "2022-02-22T00:00"], ["2022-02-22T00:00"]),
    (
        "all",
        ["2022-01-01T00:00", "2022-02-22T00:00", "2022-02-23T00:00"],
        ["2022-02-22T00:00", "2022-02-23T00:00"],
    ),
    ("none", ["2022-02-22T00:00"], []),
    ("none", ["2022-02-22T00:00", "2022-02-23T00:00"], ["2022-02-23T00:00"]),
    ("none", ["2022-02-22T23:36"], ["2022-02-22T23:36"]),
    ("none", ["2022-02-22T23:34"], []),
]


@pytest.mark.parametrize(("policy", "missed", "expected"), NIGHTS)
def test_after_a_night_off(
    policy: Literal["latest", "all", "none"], missed: list[str], expected: list[str]
) -> None:
    slots = [Slot(at(text).replace(tzinfo=None), at(text)) for text in missed]
    assert [slot.key for slot in to_send(slots, policy, NOW)] == expected


@pytest.mark.parametrize(
    ("cron", "until", "hours"),
    [
        ("0 8 * * *", "2022-02-23T00:00", 24),
        ("0 8 * * *", "2022-02-23T05:00", 24),  # by hand, at some time
        ("0 8 * * 1-5", "2022-02-21T00:00", 72),  # a Monday covers the weekend
        ("0 8 * * 1", "2022-02-21T00:00", 168),
        ("0 8 1 * *", "2022-03-01T00:00", 28 * 24),
        ("0 8 29 2 *", "2022-03-01T00:00", 24),  # none within a year
    ],
)
def test_the_period_that_a_digest_covers(cron: str, until: str, hours: int) -> None:
    assert gap(Cron.parse(cron), SHANGHAI, at(until)) == timedelta(hours=hours)
