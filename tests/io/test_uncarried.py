"""What a digest has not carried yet: nothing twice, nothing lost, and an item with all that is known of it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlite_utils import Database

from tests.io import build
from tests.io.build import NOW, REGIONS, SHANGHAI, article, begun, bring, source
from watcher.model import DeliverSpec, DigestSpec, Filter, RegionTag, TopicTag
from watcher.publish import Desk, Window, put_out
from watcher.store import digests, reissue, sources
from watcher.store import tags as taxonomy
from watcher.store.open import transaction

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    opened = begun(tmp_path / "w.db")
    bring(opened, "nbd", article())
    yield opened
    opened.close()


@pytest.fixture
def desk(db: Database) -> Desk:
    return build.desk(db)


@pytest.fixture
def spec(tmp_path: Path) -> DigestSpec:
    file = DeliverSpec("file", path=str(tmp_path / "out"), formats=("txt",))
    return DigestSpec("daily", "日报", None, SHANGHAI, topics=Filter(any=("core",)), deliver=(file,))


def found(db: Database, name: str = "daily", **window: object) -> list[int]:
    return [item.id for item in digests.uncarried(db, name, **window)]  # type: ignore[arg-type]


def test_all_that_was_there_before_a_digest_is_its_history(db: Database) -> None:
    bring(db, "nbd", article("g2", text="另一篇，讲上云。" * 40))
    with transaction(db):
        digests.start(db, "late", NOW)
    bring(db, "nbd", article("g3", text="第三篇，讲上云。" * 40))
    bring(db, "nbd", article("g4", text="第四篇，讲上云。" * 40, age=30), first_poll=True)
    assert found(db, "late") == [3]
    assert found(db, "daily") == found(db, "unknown") == [1, 2, 3]
    assert [digests.history_count(db, name) for name in ("late", "daily", "unknown")] == [3, 1, 1]


def test_a_window_may_be_open_at_either_end(db: Database) -> None:
    bring(db, "nbd", article("g2", text="另一篇，讲上云。" * 40, age=30), first_poll=True)
    assert found(db, until=NOW - 29 * DAY) == [2]
    assert found(db, until=NOW - 30 * DAY) == []  # its end is the next one's beginning
    assert found(db, since=NOW - 30 * DAY) == [1, 2]
    assert found(db, since=NOW - 29 * DAY) == [1]
    assert found(db, since=NOW - 31 * DAY, until=NOW) == [2]


def test_alerts_look_at_what_came_since(db: Database) -> None:
    bring(db, "nbd", article("g2", text="另一篇，讲上云。" * 40), NOW + HOUR)
    assert found(db, seen_since=NOW) == [1, 2]
    assert found(db, seen_since=NOW + MINUTE) == [2]
    assert found(db, seen_since=NOW + HOUR) == [2]


def test_a_change_is_not_lost_because_something_else_went_out_after_it(
    db: Database, desk: Desk, spec: DigestSpec
) -> None:
    put_out(spec, Window(), "daily@1", desk, NOW)
    bring(db, "nbd", article(text="改过的一篇，讲重庆标识解析。" * 40), NOW + HOUR)
    bring(db, "nbd", article("g2", text="另一篇，讲上云。" * 40), NOW + HOUR)
    assert found(db) == [2]
    assert found(db, updates=True) == [1, 2]
    put_out(spec, Window(), "daily@2", desk, NOW + 2 * HOUR)
    assert found(db, updates=True) == [1]
    assert found(db) == []


def test_an_item_comes_with_all_that_is_known_of_it(db: Database) -> None:
    tags = replace(
        article().tags,
        topics=tuple(TopicTag(name, "mentioned", score, ()) for name, score in (("low", 1.0), ("core", 8.0))),
        regions=tuple(
            RegionTag(code, "mentioned", score, ()) for code, score in (("CN", 1.0), ("500000", 2.0))
        ),
    )
    second = replace(article("g2", text="另一篇，讲上云。" * 40), tags=tags)
    with transaction(db):
        sources.register(db, [source("nbd"), source("mirror"), source("third")], NOW)
        taxonomy.save_taxonomy(db, {"core": "工业互联网", "low": "低"}, REGIONS, "rules-2")
    for name in ("nbd", "third", "mirror"):
        bring(db, name, second)
    first, item = digests.uncarried(db, "daily")
    assert (first.source_ids, first.other_outlets, first.topics[0].evidence[0].term) == (
        ("nbd",),
        0,
        "标识解析",
    )
    assert (item.source_ids, item.other_outlets) == (("nbd", "third", "mirror"), 2)
    assert [tag.topic_id for tag in item.topics] == ["core", "low"]
    assert [tag.region_code for tag in item.regions] == ["500000", "CN"]


def test_what_did_not_fit_waits_until_it_was_carried(db: Database, desk: Desk, spec: DigestSpec) -> None:
    for number in range(2, 5):
        bring(db, "nbd", article(f"g{number}", text=f"第{number}篇讲重庆上云。" * 40))
    short = replace(spec, max_items=2)
    first = put_out(short, Window(), "daily@1", desk, NOW)
    assert first is not None
    left = reissue.rest(db, "daily")
    assert [(row["item_id"], row["waits"]) for row in left] == [(item, 1) for item in first.rest]
    assert reissue.carried(db, "daily", [1, 2, 3, 4]) == set(first.item_ids)
    assert reissue.carried(db, "other", [1, 2, 3, 4]) == set()
    assert reissue.carried(db, "daily", first.item_ids[:1]) == set(first.item_ids[:1])
    second = put_out(short, Window(), "daily@2", desk, NOW + DAY)
    assert second is not None
    assert reissue.rest(db, "daily") == []  # of the newest, which left nothing out
    assert [row["waits"] for row in reissue.rest(db, "daily", 1)] == [0, 0]
    assert reissue.rest(db, "other") == []


def test_what_is_passed_over_for_good_does_not_wait(db: Database, desk: Desk, spec: DigestSpec) -> None:
    bring(db, "nbd", article("g2", text="另一篇，讲上云。" * 40))
    put_out(replace(spec, max_items=1, carry_over=False), Window(), "daily@1", desk, NOW)
    assert [row["waits"] for row in reissue.rest(db, "daily")] == [0]
