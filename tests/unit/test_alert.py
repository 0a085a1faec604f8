"""Alerts: quiet hours, thresholds, what rises."""

from dataclasses import replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.unit.digest_samples import LABELS, SHANGHAI, UNTIL, item, region, spec, topic
from watcher.digest.alert import is_of, is_quiet, loud_stories, risen
from watcher.model import AlertSpec, Background, HeatRow

NIGHT = (time(22), time(7))
NOON = (time(12), time(13, 30))
HOURS = [
    (None, "03:00", False),
    (NIGHT, "21:59", False),
    (NIGHT, "22:00", True),
    (NIGHT, "00:00", True),
    (NIGHT, "06:59", True),
    (NIGHT, "07:00", False),
    (NOON, "11:59", False),
    (NOON, "12:00", True),
    (NOON, "13:30", False),
]


@pytest.mark.parametrize(("hours", "clock", "quiet"), HOURS)
def test_quiet_hours(hours: tuple[time, time] | None, clock: str, quiet: bool) -> None:
    now = datetime.fromisoformat(f"2022-02-23T{clock}").replace(tzinfo=SHANGHAI)
    assert is_quiet(hours, SHANGHAI, now.astimezone(ZoneInfo("UTC"))) is quiet


ALERT = AlertSpec(spec(), outlets=3, spike=True, within=timedelta(days=1), quiet=None)


def test_a_story_counts_from_so_many_outlets_on() -> None:
    items = [item(n, other_outlets=n - 1) for n in range(1, 5)]
    assert [one.id for one in loud_stories(items, ALERT)] == [3, 4]
    assert [one.id for one in loud_stories(items, replace(ALERT, outlets=1))] == [1, 2, 3, 4]
    assert loud_stories(items, replace(ALERT, outlets=None)) == []


def test_regions_and_topics_that_rise() -> None:
    behind = Background(timedelta(days=1), (), UNTIL - timedelta(days=60))
    items = [item(n) for n in range(1, 6)]
    assert [row.key for row in risen(items, ALERT, LABELS, UNTIL, behind)] == ["500000", "identifier"]
    assert risen(items, replace(ALERT, spike=False), LABELS, UNTIL, behind) == []


def test_which_items_a_rise_is_about() -> None:
    one = item(regions=(region("510104"),), topics=(topic("park"),))
    about = [
        row
        for row in ("510000", "510104", "park", "420000")
        if is_of(one, HeatRow(row, row, 1), spec(), LABELS)
    ]
    assert about == ["510000", "park"]
