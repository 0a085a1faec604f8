"""The file over the years: copies, restoring, old schemas, retention, times gone astray."""

import shutil
import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest

from tests.io import schemas
from tests.io.build import NOW, article, bring, source, store
from watcher.errors import StoreError, StoreUnusableError
from watcher.model import Pace, PollMemory, PollReport
from watcher.store import care, sources
from watcher.store.open import backup, integrity_problems, open_for_reading, transaction
from watcher.store.prune import outdated, prune
from watcher.store.restore import restore

DAY = timedelta(days=1)


def titles(path: Path) -> list[str]:
    with sqlite3.connect(path) as db:
        found = [str(row[0]) for row in db.execute("SELECT title FROM items ORDER BY id")]
    db.close()
    return found


@pytest.mark.parametrize("version", range(1, schemas.newest()))
def test_every_old_schema_opens(tmp_path: Path, version: int) -> None:
    assert schemas.kept(version).exists(), "run: python -m tests.io.schemas"
    path = schemas.unpacked(version, tmp_path / "w.db")
    with pytest.raises(StoreError, match="older version"):
        open_for_reading(path)
    db = store(path)
    assert db.execute("SELECT title, text FROM items").fetchall() == [("重庆上云", "重庆企业上云。")]
    assert db.execute("PRAGMA user_version").fetchone()[0] == schemas.newest()
    assert integrity_problems(db) == []
    bring(db, "nbd", article("g9"))  # and works
    db.close()
    (before,) = tmp_path.glob("w-before-schema-*.db")
    assert titles(before) == ["重庆上云"]


def test_copies_are_rotated(tmp_path: Path) -> None:
    db = store(tmp_path / "w.db")
    (tmp_path / "b").mkdir()
    others = [tmp_path / "b/notes.db", tmp_path / "b/w-mine.db"]
    for other in others:
        other.touch()
    (tmp_path / "b/.w-20200101T000000Z.db.part").touch()  # left by a crash
    made = [care.rotated_backup(db, tmp_path / "w.db", tmp_path / "b", 2, NOW + n * DAY) for n in range(4)]
    assert care.copies(tmp_path / "b", tmp_path / "w.db") == made[-2:]
    assert sorted(tmp_path.glob("b/*")) == sorted([*made[-2:], *others])
    assert list(tmp_path.glob("b/.*")) == []
    db.close()


def test_a_copy_that_has_no_room_is_not_begun(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    db = store(tmp_path / "w.db")
    first = care.rotated_backup(db, tmp_path / "w.db", tmp_path / "b", 1, NOW)
    monkeypatch.setattr(care, "_SPARE", 1e15)
    with pytest.raises(StoreError, match="No room"):
        care.rotated_backup(db, tmp_path / "w.db", tmp_path / "b", 1, NOW + DAY)
    assert care.copies(tmp_path / "b", tmp_path / "w.db") == [first]  # the old one stays
    db.close()


def test_chores_are_due_by_the_clock_even_one_set_back(tmp_path: Path) -> None:
    db = store(tmp_path / "w.db")
    assert care.is_due(db, "backup", DAY, NOW)
    care.done(db, "backup", NOW)
    assert not care.is_due(db, "backup", DAY, NOW + DAY / 2)
    assert care.is_due(db, "backup", DAY, NOW + DAY)
    assert care.is_due(db, "backup", DAY, NOW - 365 * DAY)
    db.close()


def test_the_log_is_emptied_when_nobody_reads(tmp_path: Path) -> None:
    db = store(tmp_path / "w.db")
    reader = open_for_reading(tmp_path / "w.db")
    bring(db, "nbd", article())
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM items").fetchone()
    bring(db, "nbd", article("g2", "成都", "成都工厂上云。" * 30))
    db.execute("PRAGMA busy_timeout = 50")
    assert not care.checkpoint(db)
    reader.execute("ROLLBACK")
    assert care.checkpoint(db)
    assert care.wal_bytes(tmp_path / "w.db") == 0
    reader.close()
    db.close()


def test_what_a_fast_clock_put_off_is_due_again(tmp_path: Path) -> None:
    db = store(tmp_path / "w.db", "nbd", "c114")
    far, soon = NOW + 400 * DAY, NOW + 20 * DAY
    with transaction(db):
        sources.postpone(db, "nbd", far)
        sources.postpone(db, "c114", soon)
        sources.pause_host(db, "example.org", far)
    assert care.wake_stranded(db, NOW) == 1
    assert [found.id for found, _ in sources.due(db, [source("nbd"), source("c114")], NOW)] == ["nbd"]
    assert sources.paused_hosts(db, NOW) == {}
    assert care.wake_stranded(db, NOW) == 0
    with transaction(db):  # polled next week, by a clock that was wrong
        pace = Pace(PollMemory(), "ok", NOW + 8 * DAY)
        sources.save_poll(db, PollReport("c114", "unchanged"), pace, NOW + 7 * DAY)
    assert care.wake_stranded(db, NOW) == 1
    db.close()


def test_restore_puts_a_copy_in_place_and_keeps_what_was(tmp_path: Path) -> None:
    path = tmp_path / "w.db"
    db = store(path)
    bring(db, "nbd", article("g1", "一"))
    backup(db, tmp_path / "copy.db")
    bring(db, "nbd", article("g2", "二", "成都工厂上云。" * 30))
    reader = open_for_reading(path)  # Datasette, say
    done = restore(tmp_path / "copy.db", path, NOW)
    assert (done.items, titles(path)) == (1, ["一"])
    assert done.kept is not None
    assert titles(done.kept) == ["一", "二"]
    assert reader.execute("SELECT count(*) FROM items").fetchone()[0] == 1  # sees the new one
    reader.close()
    db.close()


def test_restore_over_a_damaged_database(tmp_path: Path) -> None:
    path = tmp_path / "w.db"
    db = store(path)
    bring(db, "nbd", article("g1", "一"))
    backup(db, tmp_path / "copy.db")
    db.close()
    damaged = bytearray(path.read_bytes())
    damaged[5000:9000] = b"\xff" * 4000
    path.write_bytes(damaged)
    done = restore(tmp_path / "copy.db", path, NOW)
    assert titles(path) == ["一"]
    assert done.kept is not None
    assert done.kept.read_bytes() == bytes(damaged)


def test_restore_where_there_is_none_and_from_an_older_version(tmp_path: Path) -> None:
    copy = schemas.unpacked(1, tmp_path / "copy.db")
    done = restore(copy, tmp_path / "var/w.db", NOW)
    assert (done.items, done.kept) == (1, None)
    assert titles(tmp_path / "var/w.db") == ["重庆上云"]


def test_restore_refuses_what_is_no_whole_copy(tmp_path: Path) -> None:
    path = tmp_path / "w.db"
    db = store(path)
    bring(db, "nbd", article("g1", "一"))
    backup(db, tmp_path / "whole.db")
    db.close()
    with pytest.raises(StoreError, match="no file"):
        restore(tmp_path / "missing.db", path, NOW)
    with sqlite3.connect(tmp_path / "foreign.db") as foreign:
        foreign.execute("CREATE TABLE theirs (x)")
    foreign.close()
    newer, torn = shutil.copy(tmp_path / "whole.db", tmp_path / "newer.db"), tmp_path / "torn.db"
    with sqlite3.connect(newer) as changed:
        changed.execute("PRAGMA user_version = 999")
    changed.close()
    whole = bytearray((tmp_path / "whole.db").read_bytes())
    whole[8192:40000] = b"\xff" * (40000 - 8192)
    torn.write_bytes(whole)
    for copy, why in ((tmp_path / "foreign.db", "no database of"), (newer, "newer"), (torn, "damaged")):
        with pytest.raises(StoreUnusableError, match=why):
            restore(Path(copy), path, NOW)
    assert titles(path) == ["一"]
    assert list(tmp_path.glob("*before-restore*")) == []


def test_nothing_is_pruned_unless_told(tmp_path: Path) -> None:
    db = store(tmp_path / "w.db")
    with transaction(db):
        for age in (1, 50, 100):
            report = PollReport("nbd", "unchanged")
            sources.save_poll(db, report, Pace(PollMemory(), "ok", NOW), NOW - age * DAY)
    assert prune(db, {}, NOW) == []
    found = outdated(db, {"polls": 90 * DAY}, NOW)
    assert [(pruned.kind, pruned.rows) for pruned in found] == [("polls", 1)]
    assert prune(db, {"polls": 90 * DAY}, NOW) == found
    assert db.execute("SELECT count(*) FROM polls").fetchone()[0] == 2
    db.close()


def test_pruned_articles_do_not_come_back(tmp_path: Path) -> None:
    db = store(tmp_path / "w.db")
    bring(db, "nbd", article("old", "旧闻", "旧闻一则：" + "成都工厂上云。" * 30, age=800), NOW - 800 * DAY)
    bring(db, "nbd", article("new", "新闻"))
    assert [pruned.rows for pruned in prune(db, {"items": 700 * DAY}, NOW)] == [1]
    assert titles(tmp_path / "w.db") == ["新闻"]
    bring(db, "nbd", article("old", "旧闻", "旧闻一则：" + "成都工厂上云。" * 30, age=800))
    assert titles(tmp_path / "w.db") == ["新闻"]
    assert integrity_problems(db) == []
    db.close()
