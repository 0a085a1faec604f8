"""When a refused delivery is tried again."""

from datetime import UTC, datetime, timedelta

import pytest

from watcher.digest.retry import next_try

START = datetime(2022, 2, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    ("attempts", "seconds"),
    [(0, 300), (1, 300), (2, 600), (3, 1200), (4, 2400), (5, 4000), (6, 4000), (10_000, 4000)],
)
def test_the_pause_doubles_up_to_its_cap(attempts: int, seconds: int) -> None:
    assert next_try(attempts, START, START) == START + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("age", "again"), [(timedelta(days=5, seconds=-1), True), (timedelta(days=5), False)]
)
def test_it_gives_up_after_five_days(age: timedelta, again: bool) -> None:
    assert (next_try(1, START, START + age) is not None) is again


def test_a_server_that_is_down_for_good_is_asked_about_a_hundred_times() -> None:
    now, attempts = START, 0
    while (then := next_try(attempts := attempts + 1, START, now)) is not None:
        now = then
    assert 100 < attempts < 120
