"""Articles in a real database: once each, with all their sightings, and never lost."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlite_utils import Database

from tests.io.build import BODY, NOW, article, bring, store, under
from watcher.model import Attached, Changed, New, Same
from watcher.store import items, search
from watcher.store.open import integrity_problems


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    opened = store(tmp_path / "w.db", "nbd", "ofweek")
    yield opened
    assert integrity_problems(opened) == []
    opened.close()


def count(db: Database, table: str) -> int:
    return int(db.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


def found(db: Database, query: str) -> list[int]:
    return [hit.id for hit in search.find(db, query, search.Within())]


def test_an_article_is_kept_once_whoever_brings_it(db: Database) -> None:
    assert isinstance(bring(db, "nbd", article()), New)
    assert isinstance(bring(db, "nbd", article()), Same)
    assert isinstance(bring(db, "ofweek", article("elsewhere", "另一个标题")), Attached)
    assert (count(db, "items"), count(db, "sightings"), count(db, "revisions")) == (1, 2, 0)


def test_its_own_outlet_changes_it_and_the_old_text_is_kept(db: Database) -> None:
    bring(db, "nbd", article())
    later = NOW + timedelta(hours=1)
    assert isinstance(bring(db, "nbd", article(text=BODY + "其中新增37个。"), later), Changed)
    row = items.details(db, 1)
    assert row is not None
    assert row["text"].endswith("37个。")
    assert row["changed_at"] == "2026-11-20T09:00:00Z"
    assert [old["replaced_at"] for old in row["revisions"]] == ["2026-11-20T09:00:00Z"]
    assert found(db, "37个") == [1]


def test_two_outlets_of_one_article_do_not_make_it_flip(db: Database) -> None:
    bring(db, "nbd", article())
    bring(db, "ofweek", article("o1"))
    for turn in range(3):
        bring(db, "ofweek", article("o1", text=BODY + f"本报有改动{turn}。"))
        assert isinstance(bring(db, "nbd", article()), Same)
    assert (count(db, "items"), count(db, "revisions")) == (1, 0)


def test_an_article_that_goes_back_to_an_older_text(db: Database) -> None:
    for text in (BODY, BODY + "更正：应为37个。", BODY):
        bring(db, "nbd", article(text=text))
    row = items.details(db, 1)
    assert row is not None
    assert row["text"] == BODY
    assert len(row["revisions"]) == 2


def test_a_sighting_moves_when_its_text_becomes_another_article(db: Database) -> None:
    bring(db, "nbd", article("a"))
    bring(db, "ofweek", article("b", text="另一篇完全不同的文章。" * 30))
    assert isinstance(bring(db, "ofweek", article("b")), Attached)
    # It did not bring that article first, so it may not change it.
    assert isinstance(bring(db, "ofweek", article("b", text=BODY + "改。")), Attached)
    assert (count(db, "items"), count(db, "revisions")) == (2, 0)


def test_an_old_text_is_no_longer_found(db: Database) -> None:
    bring(db, "nbd", article(text="孵化器" + BODY))
    bring(db, "nbd", article(text="加速器" + BODY))
    assert found(db, "孵化器") == []
    assert found(db, "加速器") == [1]


def test_tags_are_replaced_with_the_text(db: Database) -> None:
    bring(db, "nbd", article())
    bring(db, "nbd", article(text=BODY + "改。"))
    assert (count(db, "item_topics"), count(db, "item_regions")) == (1, 2)


@pytest.mark.parametrize(
    ("age", "first_poll", "history"), [(0, True, 0), (1, True, 0), (30, True, 1), (30, False, 0)]
)
def test_what_a_new_source_brings_from_long_ago_is_history(
    db: Database, age: int, first_poll: bool, history: int
) -> None:
    bring(db, "nbd", article(age=age), first_poll=first_poll)
    assert db.execute("SELECT backlog FROM items").fetchone()[0] == history


def test_an_item_without_a_date_gets_the_time_it_was_first_seen(db: Database) -> None:
    tagged = article()
    undated = under(tagged, "u")
    object.__setattr__(undated.item, "published_at", None)
    bring(db, "nbd", undated)
    assert db.execute("SELECT published_at FROM items").fetchone()[0] == "2026-11-20T08:00:00Z"


def test_details_of_no_item(db: Database) -> None:
    assert items.details(db, 99) is None


def test_details_explain(db: Database) -> None:
    bring(db, "nbd", article())
    row = items.details(db, 1)
    assert row is not None
    assert row["topics"][0]["evidence"] == [{"term": "标识解析", "where": "lead", "count": 7}]
    assert [region["name"] for region in row["regions"]] == ["重庆市", "中华人民共和国"]
    assert row["sightings"][0]["source"] == "NBD"
