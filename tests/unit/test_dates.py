"""Dates: the table in data/dates.tsv, and what must hold of any string at all."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import product
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watcher.text.dates import AHEAD, EARLIEST, MAX_CHARS, parse_date

ZONES = {
    "S": "Asia/Shanghai",
    "C": "America/Chicago",
    "H": "Asia/Hong_Kong",
    "U": "UTC",
    "N": "America/New_York",
    "B": "Europe/Berlin",
    "D": "Europe/Dublin",
}
NOWS = {
    "A": datetime(2026, 11, 20, 2, tzinfo=UTC),
    "B": datetime(2026, 1, 1, 1, tzinfo=UTC),
    "L": datetime(2027, 3, 1, tzinfo=UTC),
}
TABLE = Path(__file__).parent / "data" / "dates.tsv"
ROWS = [
    line.split("\t")
    for line in TABLE.read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]
SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = NOWS["A"]


def test_the_table_is_whole() -> None:
    assert len(ROWS) >= 120
    assert all(len(row) == 5 for row in ROWS)


@pytest.mark.parametrize(("raw", "zone", "now", "expected", "why"), ROWS)
def test_table(raw: str, zone: str, now: str, expected: str, why: str) -> None:
    wanted = None if expected == "none" else datetime.fromisoformat(expected).replace(tzinfo=UTC)
    assert parse_date(raw, ZoneInfo(ZONES[zone]), NOWS[now]) == wanted, why


# pieces that dates are made of, so that random strings come near the patterns
PIECES = st.sampled_from(
    [
        *"0123456789",
        *"年月日时分秒:：-/.,+ TZ()",
        "2021",
        "05",
        "上午",
        "晚上",
        "昨天",
        "前",
        "星期",
        "May",
        "GMT",
        "am",
    ]
)


@settings(deadline=None)
@given(st.text() | st.lists(PIECES, max_size=40).map("".join))
def test_any_string_gives_a_moment_in_bounds_or_none(raw: str) -> None:
    found = parse_date(raw, SHANGHAI, NOW)
    assert found is None or (EARLIEST <= found <= NOW + AHEAD and found.tzinfo is UTC)


MOMENTS = st.datetimes(
    datetime.fromisoformat("1990-01-02"),
    datetime.fromisoformat("2026-11-20"),
    timezones=st.just(UTC),
).map(lambda moment: moment.replace(microsecond=0))
WRITTEN_IN = st.sampled_from([UTC, SHANGHAI])


@settings(deadline=None)
@given(MOMENTS, WRITTEN_IN)
def test_round_trips(instant: datetime, zone: ZoneInfo) -> None:
    moment = instant.astimezone(zone)  # never a time that a clock put forward has skipped
    for written in (format_datetime(moment), moment.isoformat(), moment.strftime("%Y年%m月%d日%H:%M:%S %z")):
        assert parse_date(written, ZoneInfo("America/Chicago"), NOW) == instant


MACHINES = (
    r"((Mon|Foo), )?[0-3]?[0-9] (Jan|Feb|May|Dec) (19|20)[0-9]{2} [0-2][0-9]:[0-6][0-9]:[0-6][0-9] (GMT|[+-][01][0-9]{3})"
    r"|(19|20)[0-9]{2}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-6][0-9]:[0-6][0-9](\.[0-9]{3})?(Z|[+-][01][0-9]:[0-9]{2})"
)


@settings(deadline=None)
@given(st.from_regex(MACHINES, fullmatch=True))
def test_what_programs_write_reads_the_same_behind_a_label(raw: str) -> None:
    assert parse_date(raw, SHANGHAI, NOW) == parse_date(f"发布 {raw}", SHANGHAI, NOW)


@settings(deadline=None)
@given(MOMENTS)
def test_without_a_zone_the_source_s_counts(moment: datetime) -> None:
    local = moment.astimezone(SHANGHAI)
    folded = local.replace(tzinfo=None)  # a repeated hour at the end of a summer time has two readings
    found = parse_date(folded.isoformat(sep=" "), SHANGHAI, NOW)
    assert found is not None
    assert abs(found - moment) in {timedelta(0), timedelta(hours=1)}


@pytest.mark.parametrize("tail", ["1-" * 50_000, "(" * 100_000, " " * 100_000, "年" * 100_000, "9" * 100_000])
def test_hostile_lengths_are_cut(tail: str) -> None:
    assert parse_date("x" + tail, SHANGHAI, NOW) is None


def test_a_date_that_is_cut_in_two_is_no_date() -> None:
    for before in range(MAX_CHARS - 10, MAX_CHARS):
        for sign, date in product("标 ", ("2021-05-10", "2021年5月10日")):
            found = parse_date(sign * before + date, SHANGHAI, NOW)
            assert found in (None, datetime(2021, 5, 9, 16, tzinfo=UTC)), (before, found)
