"""Twenty cases of clocks that jump, sleep, save daylight and run twice: each slot gives one digest, none is lost."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

import pytest
from sqlite_utils import Database

from tests.io.build import REGIONS, article, bring, store
from watcher.model import DigestSpec, Labels
from watcher.publish import Desk, put_out_due
from watcher.store import digests
from watcher.store.open import open_store, transaction

LABELS = Labels({"core": "工业互联网"}, REGIONS, {"nbd": "每经网"})


@dataclass(frozen=True)
class Case:
    """When the program looked, and at which instants the digests are dated that it made at each look."""

    name: str
    zone: str
    cron: str
    begin: str  # the digest is new then
    looks: tuple[tuple[str, tuple[str, ...]], ...]
    catch_up: Literal["latest", "all", "none"] = "latest"
    zone_after: str | None = None  # in the config from the second look on


def one(look: str, *made: str) -> tuple[str, tuple[str, ...]]:
    return look, made


DAILY = "0 8 * * *"
CASES = [
    Case("on time, each day once", "Asia/Shanghai", DAILY, "2026-11-19T12:00", (
        one("2026-11-19T23:59"), one("2026-11-20T00:00", "2026-11-20T00:00"), one("2026-11-20T00:01"),
        one("2026-11-21T00:00", "2026-11-21T00:00"))),
    Case("New York skips 02:30", "America/New_York", "30 2 * * *", "2026-03-08T00:00", (
        one("2026-03-08T06:59"), one("2026-03-08T07:00", "2026-03-08T07:00"), one("2026-03-08T08:00"),
        one("2026-03-09T06:30", "2026-03-09T06:30"))),
    Case("New York shows 01:30 twice", "America/New_York", "30 1 * * *", "2026-11-01T00:00", (
        one("2026-11-01T05:30", "2026-11-01T05:30"), one("2026-11-01T06:30"), one("2026-11-02T06:30", "2026-11-02T06:30"))),
    Case("Berlin skips 02:15", "Europe/Berlin", "15 2 * * *", "2026-03-28T12:00", (
        one("2026-03-29T00:59"), one("2026-03-29T01:00", "2026-03-29T01:00"), one("2026-03-29T01:15"),
        one("2026-03-30T00:15", "2026-03-30T00:15"))),
    Case("Berlin shows 02:15 twice", "Europe/Berlin", "15 2 * * *", "2026-10-24T12:00", (
        one("2026-10-25T00:15", "2026-10-25T00:15"), one("2026-10-25T01:15"), one("2026-10-26T01:15", "2026-10-26T01:15"))),
    Case("Lord Howe skips half an hour", "Australia/Lord_Howe", "10 2 * * *", "2026-10-03T00:00", (
        one("2026-10-03T15:29"), one("2026-10-03T15:30", "2026-10-03T15:30"), one("2026-10-03T16:00"))),
    Case("Lord Howe shows half an hour twice", "Australia/Lord_Howe", "45 1 * * *", "2026-04-04T00:00", (
        one("2026-04-04T14:45", "2026-04-04T14:45"), one("2026-04-04T15:15"), one("2026-04-05T15:15", "2026-04-05T15:15"))),
    Case("Apia has no 30 December", "Pacific/Apia", DAILY, "2011-12-29T00:00", (
        one("2011-12-29T18:00", "2011-12-29T18:00"), one("2011-12-30T17:59"), one("2011-12-30T18:00", "2011-12-30T18:00"))),
    Case("asleep over the slot", "Asia/Shanghai", DAILY, "2026-11-19T12:00", (
        one("2026-11-19T15:00"), one("2026-11-20T02:15", "2026-11-20T00:00"), one("2026-11-20T02:16"))),
    Case("asleep for a week: the latest", "Asia/Shanghai", DAILY, "2026-11-12T12:00", (
        one("2026-11-19T12:00", "2026-11-19T00:00"), one("2026-11-19T13:00"))),
    Case("asleep for three days: all", "Asia/Shanghai", DAILY, "2026-11-16T12:00", (
        one("2026-11-19T12:00", "2026-11-17T00:00"), one("2026-11-19T13:00")), catch_up="all"),
    Case("asleep over the slot: none", "Asia/Shanghai", DAILY, "2026-11-19T12:00", (
        one("2026-11-20T02:15"), one("2026-11-21T00:05", "2026-11-21T00:00")), catch_up="none"),
    Case("the clock goes back an hour after the slot", "Asia/Shanghai", DAILY, "2026-11-19T12:00", (
        one("2026-11-20T00:10", "2026-11-20T00:00"), one("2026-11-19T23:10"), one("2026-11-20T00:10"),
        one("2026-11-21T00:00", "2026-11-21T00:00"))),
    Case("the clock goes back a day", "Asia/Shanghai", DAILY, "2026-11-18T12:00", (
        one("2026-11-20T00:10", "2026-11-20T00:00"), one("2026-11-19T00:10"), one("2026-11-20T00:10"),
        one("2026-11-21T00:00", "2026-11-21T00:00"))),
    Case("the clock goes forward an hour over the slot", "Asia/Shanghai", DAILY, "2026-11-19T12:00", (
        one("2026-11-19T23:30"), one("2026-11-20T00:30", "2026-11-20T00:00"), one("2026-11-20T01:30"))),
    Case("the clock runs 30 days ahead and comes back", "Asia/Shanghai", DAILY, "2026-11-19T12:00", (
        one("2026-12-20T01:00", "2026-12-20T00:00"), one("2026-11-20T01:00"),
        one("2026-11-20T02:00"), one("2026-11-21T00:00", "2026-11-21T00:00"))),
    Case("past 2038", "Asia/Shanghai", DAILY, "2038-01-18T12:00", (
        one("2038-01-19T00:00", "2038-01-19T00:00"), one("2038-01-20T00:00", "2038-01-20T00:00"))),
    Case("a leap day", "Asia/Shanghai", "0 8 29 2 *", "2028-02-01T00:00", (
        one("2028-02-28T23:59"), one("2028-02-29T00:00", "2028-02-29T00:00"), one("2028-03-01T00:00"))),
    Case("the zone moves west in the config: the same hour comes once a day", "Asia/Shanghai", DAILY,
        "2026-11-19T12:00", (
        one("2026-11-20T00:00", "2026-11-20T00:00"), one("2026-11-20T01:00"), one("2026-11-20T08:00"),
        one("2026-11-21T08:00", "2026-11-21T08:00")), zone_after="UTC"),
    Case("the zone moves east in the config", "UTC", DAILY, "2026-11-19T12:00", (
        one("2026-11-20T08:00", "2026-11-20T08:00"), one("2026-11-20T09:00"),
        one("2026-11-21T00:00", "2026-11-21T00:00"), one("2026-11-21T08:00")), zone_after="Asia/Shanghai"),
]  # fmt: skip


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    opened = store(tmp_path / "w.db", "nbd")
    yield opened
    opened.close()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_clock_table(db: Database, case: Case) -> None:
    spec = DigestSpec("daily", "日报", case.cron, ZoneInfo(case.zone), catch_up=case.catch_up)
    desk = Desk(db, LABELS, {}, "watcher@example.org")
    with transaction(db):
        digests.start(db, "daily", at(case.begin))
    made = []
    for number, (look, _) in enumerate(case.looks):
        bring(db, "nbd", article(f"g{number}", text=f"第{number}篇，讲重庆上云。" * 40), at(look))
        used = replace(spec, timezone=ZoneInfo(case.zone_after)) if case.zone_after and number else spec
        made.append([digest.until for digest in put_out_due([used], desk, at(look))])
    assert made == [[at(text) for text in expected] for _, expected in case.looks]
    # Nothing is lost on the way: what no slot has carried yet goes with the next one.
    waiting = sum(1 for _ in digests.uncarried(db, "daily"))
    carried = db.execute("SELECT count(*), count(DISTINCT item_id) FROM digest_items").fetchone()
    assert carried[0] == carried[1] == len(case.looks) - waiting


def test_two_instances_make_one_digest(db: Database, tmp_path: Path) -> None:
    spec = DigestSpec("daily", "日报", DAILY, ZoneInfo("Asia/Shanghai"))
    with transaction(db):
        digests.start(db, "daily", at("2026-11-19T12:00"))
    bring(db, "nbd", article())
    other = open_store(tmp_path / "w.db")
    try:
        made = [
            put_out_due(
                [spec], Desk(each, LABELS, {}, "w@example.org"), at("2026-11-20T00:00") + timedelta(seconds=n)
            )
            for n, each in enumerate((db, other, db, other))
        ]
    finally:
        other.close()
    assert [len(each) for each in made] == [1, 0, 0, 0]
