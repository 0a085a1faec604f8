"""Stories in a real database: grouped as they come, corrected by the user, consistent whatever happens."""

import itertools
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlite_utils import Database

from tests.io.build import NOW, article, store, under
from tests.unit.test_stories import APRIL, ARTICLE, MARCH, PARAGRAPHS
from watcher.dedupe import judge
from watcher.model import Attached, Buried, Changed, New, TaggedItem, Verdict
from watcher.store import digests, items, nearby, sightings, stories
from watcher.store.open import integrity_problems, transaction
from watcher.store.tombstones import purge

ODD = "云湖市今天召开会议，部署冬季供暖和道路除雪工作，要求各部门落实责任，保障群众出行，并及时发布信息。"


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    opened = store(tmp_path / "w.db", "nbd", "ofweek")
    yield opened
    assert integrity_problems(opened) == []
    opened.close()


def arrives(db: Database, source: str, tagged: TaggedItem) -> Verdict:
    with transaction(db):
        verdict = judge(tagged, items.known(db, source, tagged))
        item_id = items.apply(db, source, verdict, NOW, first_poll=False)
        stories.regroup(db, [item_id] if item_id else [])
    return verdict


def told(db: Database) -> set[frozenset[str]]:
    """The stories, each as the titles of its items."""
    found: dict[int, set[str]] = {}
    for story, title in db.execute("SELECT story_id, title FROM items WHERE story_id IS NOT NULL").fetchall():
        found.setdefault(story, set()).add(title)
    counted = dict(db.execute("SELECT id, items FROM stories").fetchall())
    assert counted == {story: len(titles) for story, titles in found.items()}
    return {frozenset(titles) for titles in found.values()}


NEWS = [
    article("a", "甲", ARTICLE, age=3),
    article("b", "乙", "来源：某报\n" + ARTICLE, age=2),
    article("c", "丙", "\n".join(PARAGRAPHS[:3]), age=1),
    article("m", "三月", MARCH, age=2),
    article("n", "四月", APRIL, age=1),
    article("o", "供暖", ODD),
    article("p", "江城早报", PARAGRAPHS[3] + "\n" + ODD, age=0),
]
STORIES = {frozenset("甲乙丙")}


def test_copies_become_a_story_and_siblings_do_not(db: Database) -> None:
    for one in NEWS:
        arrives(db, "nbd", one)
    assert told(db) == STORIES
    found = stories.details(db, 1)
    assert found is not None
    assert [(one["title"], one["role"]) for one in found["members"]] == [
        ("甲", "first"), ("乙", "reprint"), ("丙", "reprint"),
    ]  # fmt: skip
    near = nearby.links(db, 4)
    assert [(one["title"], one["kind"]) for one in near] == [("四月", "apart")]
    assert stories.details(db, 99) is None


@pytest.mark.parametrize("order", list(itertools.permutations(range(len(NEWS))))[::331])
def test_any_order_of_arrival_gives_the_same_stories(tmp_path: Path, order: tuple[int, ...]) -> None:
    db = store(tmp_path / "w.db", "nbd")
    for at in order:
        arrives(db, "nbd", NEWS[at])
    assert told(db) == STORIES
    db.close()


def test_a_changed_text_leaves_its_story(db: Database) -> None:
    for one in NEWS[:3]:
        arrives(db, "nbd", one)
    assert isinstance(arrives(db, "nbd", under(article("b", "乙", ODD, age=2), "b")), Changed)
    assert told(db) == {frozenset("甲丙")}
    arrives(db, "nbd", under(article("c", "丙", ODD + "又及：另行通知各单位。", age=1), "c"))
    assert told(db) == {frozenset("乙丙")}
    assert db.execute("SELECT count(*) FROM stories").fetchone()[0] == 1


def test_split_and_merge_are_remembered(db: Database) -> None:
    for one in NEWS[:4]:
        arrives(db, "nbd", one)
    with transaction(db):
        stories.split(db, 2, NOW)
    assert told(db) == {frozenset("甲丙")}
    arrives(db, "ofweek", article("late", "丁", ARTICLE + "\n编辑：李四"))
    assert told(db) == {frozenset("甲丙丁")}
    with transaction(db):
        stories.merge(db, 2, 4, NOW)
    assert told(db) == {frozenset("甲丙丁"), frozenset(["乙", "三月"])}
    arrives(db, "ofweek", article("later", "戊", "某报讯\n" + ARTICLE))
    assert told(db) == {frozenset("甲丙丁戊"), frozenset(["乙", "三月"])}
    with transaction(db):
        stories.split(db, 4, NOW)  # takes the merge back
    assert told(db) == {frozenset("甲丙丁戊")}


def test_a_second_outlet_of_an_item_is_counted_in_its_story(db: Database) -> None:
    arrives(db, "nbd", NEWS[0])
    arrives(db, "nbd", NEWS[1])
    before = stories.outlets(db, 1)
    assert isinstance(arrives(db, "ofweek", under(NEWS[0], "elsewhere")), Attached)
    assert stories.outlets(db, 1) == before + 1
    assert db.execute("SELECT outlets FROM stories").fetchone()[0] == before + 1


def test_a_digest_tells_a_story_once(db: Database) -> None:
    with transaction(db):
        digests.start(db, "daily", NOW)
    arrives(db, "nbd", NEWS[0])
    arrives(db, "nbd", NEWS[1])
    waiting = list(digests.uncarried(db, "daily"))
    assert [one.id for one in waiting] == [1, 2]
    assert {one.other_outlets for one in waiting} == {stories.outlets(db, 1) - 1}
    with transaction(db):
        db.execute(
            "INSERT INTO digests (id, name, key, title, made_at, until, items)"
            " VALUES (1, 'daily', 'k', 't', '2026-11-20T08:00:00Z', '2026-11-20T08:00:00Z', 1)"
        )
        db.execute("INSERT INTO digest_items (digest_id, item_id, position) VALUES (1, 1, 1)")
    arrives(db, "ofweek", article("late", "丁", ARTICLE + "\n编辑：李四"))
    assert list(digests.uncarried(db, "daily")) == []
    with transaction(db):
        db.execute("UPDATE items SET changed_at = '2026-11-20T09:00:00Z' WHERE id = 1")
    assert list(digests.uncarried(db, "daily")) == []
    assert [one.id for one in digests.uncarried(db, "daily", updates=True)] == [1]
    with transaction(db):
        purge(db, [1], NOW)  # what told the story goes; its copies must not tell it again
    assert list(digests.uncarried(db, "daily")) == []


def test_what_was_purged_does_not_come_back(db: Database) -> None:
    for one in NEWS[:3]:
        arrives(db, "nbd", one)
    arrives(db, "nbd", under(article("a", "甲", ARTICLE + "更正：应为9个。", age=3), "a"))
    with transaction(db):
        purge(db, [1, 99], NOW)
    assert told(db) == {frozenset("乙丙")}
    for table in ("sightings", "item_topics", "item_regions", "revisions"):
        assert db.execute(f"SELECT count(*) FROM {table} WHERE item_id = 1").fetchone()[0] == 0
    assert db.execute("SELECT count(*) FROM story_marks WHERE item_id = 1").fetchone()[0] == 0
    assert isinstance(arrives(db, "nbd", NEWS[0]), Buried)  # by its key
    again = article("other", "甲", ARTICLE + "更正：应为9个。", age=3)
    assert isinstance(arrives(db, "ofweek", again), Buried)  # by its text
    assert isinstance(arrives(db, "nbd", NEWS[5]), New)


def test_revisions_are_capped_and_tell_what_changed(db: Database) -> None:
    for turn in range(items.REVISIONS + 5):
        arrives(db, "nbd", under(article("a", "甲", ARTICLE + f"阅读{turn}次。"), "a"))
    found = items.details(db, 1)
    assert found is not None
    assert len(found["revisions"]) == items.REVISIONS
    assert found["revisions"][0]["text"].endswith("阅读0次。")
    assert found["revisions"][-1]["changes"] == ["阅读[-23-]{+24+}次。"]


@pytest.mark.parametrize(("stretches", "kinds"), [(1, {0, 1}), (2, {0, 1, 2}), (32, {0, 1, 2})])
def test_settled_marks_are_found_and_removed_like_fresh_ones(
    db: Database, monkeypatch: pytest.MonkeyPatch, stretches: int, kinds: set[int]
) -> None:
    monkeypatch.setattr(nearby, "SETTLE_EVERY", 2)
    monkeypatch.setattr(nearby, "STRETCHES", stretches)
    for one in NEWS:
        arrives(db, "nbd", one)
    assert told(db) == STORIES
    assert {kind for (kind,) in db.execute("SELECT DISTINCT settled FROM story_marks").fetchall()} == kinds
    with transaction(db):
        purge(db, list(range(1, len(NEWS) + 1)), NOW)
    assert db.execute("SELECT count(*) FROM story_marks").fetchone()[0] == 0
    assert db.execute("SELECT count(*) FROM story_links").fetchone()[0] == 0


def test_items_from_before_stories_are_caught_up_with(db: Database) -> None:
    for one in NEWS:
        arrives(db, "nbd", one)
    with transaction(db):
        for table in ("story_marks", "story_links"):
            db.execute(f"DELETE FROM {table}")
        db.execute("UPDATE items SET story_id = NULL")
        db.execute("DELETE FROM stories")
        db.execute("INSERT INTO facts VALUES ('stories:missing', '7')")
    with transaction(db):
        while stories.catch_up(db):
            pass
    assert told(db) == STORIES


def test_a_source_that_changes_its_keys(db: Database) -> None:
    for number, one in enumerate(NEWS[:2]):
        arrives(db, "nbd", under(one, f"random-{number}"))
        arrives(db, "nbd", under(one, f"other-{number}"))
    with transaction(db):
        sightings.rekey(db, "nbd", "url")
    keys = db.execute("SELECT guid FROM sightings ORDER BY id").fetchall()
    assert keys == [("https://example.org/a",), ("https://example.org/b",)]
    with transaction(db):
        sightings.rekey(db, "nbd", "content")
    keys = db.execute("SELECT guid FROM sightings ORDER BY id").fetchall()
    assert keys == [(one.content_hash,) for one in NEWS[:2]]


class Killed(BaseException):
    """The program died here."""


def everything(db: Database) -> list[tuple[object, ...]]:
    tables = (
        "items",
        "sightings",
        "revisions",
        "stories",
        "story_marks",
        "story_links",
        "story_wishes",
        "tombstones",
    )
    return [row for table in tables for row in db.execute(f"SELECT '{table}', * FROM {table}").fetchall()]


def steps(db: Database, number: int) -> None:
    match number:
        case 0:
            arrives(db, "nbd", NEWS[1])
        case 1:
            arrives(db, "nbd", under(article("a", "甲", ODD, age=3), "a"))
        case 2:
            with transaction(db):
                stories.split(db, 1, NOW)
        case _:
            with transaction(db):
                purge(db, [1], NOW + timedelta(days=1))


@pytest.mark.parametrize("number", range(4))
def test_a_death_between_any_two_statements_changes_nothing(db: Database, number: int) -> None:
    for one in (NEWS[0], NEWS[2], NEWS[5]):
        arrives(db, "nbd", one)
    before = everything(db)
    for dies_at in itertools.count():
        left = itertools.count(dies_at, -1)

        def tracer(*_: object) -> None:
            if next(left) == 0:  # noqa: B023
                raise Killed

        db._tracer = tracer
        try:
            steps(db, number)
        except Killed:
            db._tracer = None
            assert everything(db) == before
        else:
            break
    db._tracer = None
    assert dies_at > 10
    assert everything(db) != before
    told(db)
