"""The file itself: made, migrated, refused, copied, locked."""

import multiprocessing
import sqlite3
from pathlib import Path

import pytest
from sqlite_utils import Database

from tests.io.build import NOW, article, bring, store
from watcher.errors import LockedError, StoreBusyError, StoreError, StoreUnusableError
from watcher.store import lock
from watcher.store import open as opening
from watcher.store.migrations import migrations
from watcher.store.open import (
    backup,
    integrity_problems,
    open_for_reading,
    open_store,
    snapshot,
    transaction,
)

CONTRACT = {
    "sources": "id kind title location state next_poll_at last_polled_at last_success_at last_new_item_at"
    " failures last_error_kind last_error",
    "polls": "id source_id started_at duration_ms outcome http_status bytes entries new_items changed_items"
    " error_kind error",
    "items": "id content_hash title url author outlet published_at published_from first_seen_at changed_at"
    " text html story_id",
    "sightings": "id item_id source_id guid url title content_hash published_at seen_at",
    "revisions": "id item_id content_hash title text replaced_at",
    "stories": "id title first_seen_at last_seen_at items outlets",
    "topics": "id label",
    "item_topics": "item_id topic_id role score evidence",
    "regions": "code name short_name level parent_code tier",
    "region_members": "cluster_code region_code",
    "item_regions": "item_id region_code role score evidence",
    "figures": "id item_id metric value value_max unit region_code region_from period_start period_end"
    " period_from kind approx base_period metric_raw organisation_id quote confidence",
    "digests": "id",
    "digest_items": "digest_id item_id",
    "deliveries": "id digest_id message_id state attempts last_error",
}


@pytest.mark.parametrize("table", CONTRACT)
def test_the_tables_of_the_contract(tmp_path: Path, table: str) -> None:
    db = open_store(tmp_path / "w.db")
    columns = {column.name for column in db[table].columns}
    assert set(CONTRACT[table].split()) <= columns
    assert db.execute("SELECT strict FROM pragma_table_list WHERE name = ?", [table]).fetchone()[0] == 1
    db.close()


def test_opening_twice_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "w.db"
    store(path).close()
    before = path.read_bytes()
    open_store(path).close()
    assert path.read_bytes() == before
    assert list(tmp_path.glob("*before-schema*")) == []


def test_a_migration_keeps_a_copy_of_what_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "w.db"
    monkeypatch.setattr(migrations, "_migrations", migrations._migrations[:-1])
    old = open_store(path)
    old.execute("INSERT INTO topics VALUES ('core', 'x')")
    old.close()
    monkeypatch.undo()
    with pytest.raises(StoreError, match="older version"):
        open_for_reading(path)
    db = open_store(path)
    assert db.execute("SELECT label FROM topics").fetchone()[0] == "x"
    assert db.execute("SELECT count(*) FROM items_fts").fetchone()[0] == 0
    db.close()
    copies = list(tmp_path.glob("w-before-schema-*.db"))
    assert len(copies) == 1
    assert sqlite3.connect(copies[0]).execute("SELECT label FROM topics").fetchone()[0] == "x"


def test_a_failed_migration_leaves_the_file_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "w.db"
    monkeypatch.setattr(migrations, "_migrations", migrations._migrations[:-1])
    open_store(path).close()
    monkeypatch.undo()

    def breaks(db: Database) -> None:
        db.execute("CREATE TABLE half_done (x)")
        raise RuntimeError("no further")

    last = migrations._migrations[-1]
    monkeypatch.setattr(migrations, "_migrations", [*migrations._migrations[:-1], type(last)("m9", breaks)])
    with pytest.raises(RuntimeError):
        open_store(path)
    db = sqlite3.connect(path)
    assert "half_done" not in {row[0] for row in db.execute("SELECT name FROM sqlite_schema")}
    assert db.execute("PRAGMA user_version").fetchone()[0] == len(migrations._migrations) - 1
    db.close()


def test_a_newer_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "w.db"
    db = open_store(path)
    db.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(StoreUnusableError, match="newer version"):
        open_store(path)


def test_other_files_are_refused(tmp_path: Path) -> None:
    foreign = tmp_path / "foreign.db"
    with sqlite3.connect(foreign) as db:
        db.execute("CREATE TABLE theirs (x)")
    with pytest.raises(StoreUnusableError, match="another program"):
        open_store(foreign)
    text = tmp_path / "text.db"
    text.write_text("no database at all, but long enough to look like one" * 40)
    with pytest.raises(StoreUnusableError, match="damaged or no database"):
        open_store(text)
    with pytest.raises(StoreError, match="no database at"):
        open_for_reading(tmp_path / "missing.db")
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="cannot be used"):
        open_store(tmp_path / "file" / "w.db")


def test_a_reader_cannot_write(tmp_path: Path) -> None:
    store(tmp_path / "w.db").close()
    db = open_for_reading(tmp_path / "w.db")
    with pytest.raises(StoreError, match="readonly"), transaction(db):
        db.execute("DELETE FROM topics")
    db.close()


def test_a_transaction_is_all_or_nothing(tmp_path: Path) -> None:
    db = store(tmp_path / "w.db")
    with pytest.raises(ZeroDivisionError), transaction(db):
        db.execute("INSERT INTO topics VALUES ('half', 'half')")
        raise ZeroDivisionError
    assert db.execute("SELECT count(*) FROM topics WHERE id = 'half'").fetchone()[0] == 0
    with transaction(db):  # and the next one is not disturbed
        db.execute("INSERT INTO topics VALUES ('whole', 'whole')")
    db.close()


def test_a_held_database_is_waited_for_then_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "BUSY_SECONDS", 0.2)
    db = store(tmp_path / "w.db")
    other = sqlite3.connect(tmp_path / "w.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreBusyError, match="nothing was lost"), transaction(db):
        pass
    other.execute("ROLLBACK")
    with transaction(db):
        pass
    other.close()
    db.close()


def test_a_copy_is_complete_while_others_write(tmp_path: Path) -> None:
    db = store(tmp_path / "w.db")
    bring(db, "nbd", article())
    reader = open_for_reading(tmp_path / "w.db")
    backup(reader, tmp_path / "copies" / "c.db")
    copy = open_store(tmp_path / "copies" / "c.db")
    assert copy.execute("SELECT count(*) FROM items").fetchone()[0] == 1
    assert integrity_problems(copy) == []
    with pytest.raises(StoreError, match="exists already"):
        backup(reader, tmp_path / "copies" / "c.db")
    for opened in (db, reader, copy):
        opened.close()


def test_damage_and_orphans_are_found(tmp_path: Path) -> None:
    db = store(tmp_path / "w.db")
    db.execute("PRAGMA foreign_keys = OFF")
    db.execute("INSERT INTO revisions VALUES (1, 99, 'h', 't', 'x', '2026')")
    assert integrity_problems(db) == ["row 1 of revisions points to no row of items"]
    db.close()


def test_a_snapshot_does_not_move(tmp_path: Path) -> None:
    db = store(tmp_path / "w.db")
    reader = open_for_reading(tmp_path / "w.db")
    with snapshot(reader):
        before = reader.execute("SELECT count(*) FROM items").fetchone()[0]
        bring(db, "nbd", article(), NOW)
        assert reader.execute("SELECT count(*) FROM items").fetchone()[0] == before == 0
    assert reader.execute("SELECT count(*) FROM items").fetchone()[0] == 1
    db.close()
    reader.close()


def _hold(database: str, ready: object, leave: object) -> None:
    with lock.writing(Path(database), "run"):
        ready.set()  # type: ignore[attr-defined]
        leave.wait(10)  # type: ignore[attr-defined]


def test_only_one_writes_and_the_other_hears_who(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    ready, leave = context.Event(), context.Event()
    holder = context.Process(target=_hold, args=(str(tmp_path / "w.db"), ready, leave))
    holder.start()
    assert ready.wait(20)
    with pytest.raises(LockedError, match=rf"'watcher run' \(process {holder.pid}\)"):
        with lock.writing(tmp_path / "w.db", "poll"):
            pass
    with lock.delivering(tmp_path / "w.db", "digest send"):  # another lock
        pass
    holder.kill()
    holder.join()
    with lock.writing(tmp_path / "w.db", "poll"):  # a killed one leaves nothing behind
        pass


def test_a_deliverer_waits_for_its_turn(tmp_path: Path) -> None:
    with lock.delivering(tmp_path / "w.db", "run"):
        with pytest.raises(LockedError), lock.delivering(tmp_path / "w.db", "digest send", patience=0.3):
            pass
