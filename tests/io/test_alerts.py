"""Alerts over a real database: at once, once, not at night, and never about history."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, time, timedelta
from pathlib import Path

import pytest
from sqlite_utils import Database

from tests.io.build import NOW, REGIONS, SHANGHAI, article, bring, store
from watcher.alert import put_out_alerts
from watcher.deliver.file import write_file
from watcher.model import AlertSpec, DeliverSpec, Digest, DigestSpec, Labels
from watcher.publish import Desk, deliver
from watcher.store import digests
from watcher.store.open import transaction

HOUR = timedelta(hours=1)
SOURCES = ("nbd", "sina", "ofweek", "c114")


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    opened = store(tmp_path / "w.db", *SOURCES)
    yield opened
    opened.close()


@pytest.fixture
def desk(db: Database) -> Desk:
    return Desk(db, Labels({"core": "工业互联网"}, REGIONS, {}), {"file": write_file}, "w@example.org")


@pytest.fixture
def alert(db: Database, tmp_path: Path) -> AlertSpec:
    files = DeliverSpec("file", path=str(tmp_path / "out"), formats=("txt",))
    spec = DigestSpec("alert:big", "突发", None, SHANGHAI, max_items=10, carry_over=False, deliver=(files,))
    with transaction(db):
        digests.start(db, "alert:big", NOW - 40 * 24 * HOUR)
    return AlertSpec(spec, outlets=3, spike=False, within=timedelta(days=1), quiet=None)


def told(alert: AlertSpec, desk: Desk, now: datetime = NOW) -> list[Digest]:
    made = put_out_alerts([alert], desk, now)
    assert all(sent.error is None for sent in deliver(desk, lambda: now))
    return made


def test_a_story_that_three_carry_is_told_once(
    db: Database, desk: Desk, alert: AlertSpec, tmp_path: Path
) -> None:
    for number, source in enumerate(SOURCES[:2]):
        bring(db, source, article(f"g{number}"))
    assert told(alert, desk) == []
    bring(db, SOURCES[2], article("g2"))
    (digest,) = told(alert, desk)
    assert digest.items == 1
    assert told(alert, desk, NOW + HOUR) == []
    bring(db, SOURCES[3], article("g3"), NOW + HOUR)  # a fourth paper is no second event
    assert told(alert, desk, NOW + HOUR) == []
    (file,) = (tmp_path / "out").iterdir()
    assert file.name.startswith("alert-big-2026-11-20-1600")
    assert "另见 2 家" in file.read_text("utf-8")


def test_at_night_it_waits(db: Database, desk: Desk, alert: AlertSpec) -> None:
    quiet = replace(alert, outlets=1, quiet=(time(15, 30), time(17)))  # NOW is 16:00 in Shanghai
    bring(db, "nbd", article())
    assert told(quiet, desk) == []
    assert len(told(quiet, desk, NOW + HOUR)) == 1


def test_history_old_news_and_what_is_for_others_is_not_told(
    db: Database, desk: Desk, alert: AlertSpec
) -> None:
    each = replace(alert, outlets=1)
    bring(db, "nbd", article("old", text="很久以前的一篇，讲上云。" * 40, age=30), first_poll=True)
    bring(db, "nbd", article("late", text="三天前来的一篇，讲上云。" * 40), NOW - 72 * HOUR)
    assert told(each, desk) == []
    fresh = replace(alert, outlets=1, digest=replace(alert.digest, name="alert:new"))
    bring(db, "nbd", article())
    assert told(fresh, desk) == []  # an alert that is new to the config begins now


def test_a_hundred_at_once_are_ten_and_their_number(db: Database, desk: Desk, alert: AlertSpec) -> None:
    for number in range(25):
        bring(db, "nbd", article(f"g{number}", text=f"第{number}篇讲重庆上云。" * 40))
    (digest,) = told(replace(alert, outlets=1), desk)
    assert (digest.items, digest.cut) == (10, 15)
    bring(db, "nbd", article("one more", text="又一篇讲重庆上云。" * 40))
    (digest,) = told(replace(alert, outlets=1), desk, NOW + HOUR)
    assert digest.items == 1


def test_a_rise_is_told_once_a_day(db: Database, desk: Desk, alert: AlertSpec) -> None:
    rises = replace(alert, outlets=None, spike=True)
    for day in range(30, 0, -1):
        bring(
            db,
            "nbd",
            article(f"d{day}", text=f"{day}天前的一篇讲重庆上云。" * 40, age=day),
            NOW - 24 * day * HOUR,
        )
    assert told(rises, desk, NOW) == []
    for number in range(8):
        bring(db, "nbd", article(f"g{number}", text=f"第{number}篇讲重庆上云。" * 40), NOW)
    (digest,) = told(rises, desk, NOW + HOUR)
    assert {(row.label, row.count, row.spike) for row in digest.also} == {
        ("重庆市", 8, True),
        ("工业互联网", 8, True),
    }
    bring(db, "nbd", article("more", text="又一篇讲重庆上云。" * 40), NOW + HOUR)
    assert told(rises, desk, NOW + 2 * HOUR) == []
