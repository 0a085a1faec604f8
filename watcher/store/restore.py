"""Puts a copy in the place of the database. What stood there is kept beside it, damaged or not.

A sound database is overwritten through SQLite itself, in one transaction: whoever reads sees the old
or the new, never half of each, and a crash leaves the old. A damaged one is set aside as files.
"""

import shutil
import sqlite3
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from watcher.crash import crashpoint
from watcher.errors import StoreError, StoreUnusableError
from watcher.store.migrations import APPLICATION_ID, migrations
from watcher.store.open import BUSY_SECONDS, backup, integrity_problems, open_store, translated


@dataclass(frozen=True, slots=True)
class Restored:
    """What came back, and where the former database is kept (None: there was none)."""

    items: int
    kept: Path | None


def restore(copy: Path, database: Path, now: datetime) -> Restored:
    """Replace the database by a copy, which is checked before and brought up to date after.

    The caller holds both locks. Raises StoreError when the copy cannot be used; nothing is changed then.
    """
    _check(copy)
    aside = database.with_name(f"{database.stem}-before-restore-{now:%Y%m%dT%H%M%SZ}.db")
    kept = None
    if database.exists():
        kept = aside
        try:
            _keep_sound(database, aside)
            crashpoint("restore.kept")
            _overwrite(copy, database)
        except StoreUnusableError:
            _set_aside(database, aside)
            _place(copy, database)
    else:
        _place(copy, database)
    crashpoint("restore.placed")
    db = open_store(database)
    try:
        with translated(database):
            items = int(db.execute("SELECT count(*) FROM items").fetchone()[0])
    finally:
        db.close()
    return Restored(items, kept)


def _check(copy: Path) -> None:
    """Refuse what is no whole database of ours, or one that is newer than we are."""
    if not copy.is_file():
        raise StoreError(f"There is no file {copy}.")
    with translated(copy):
        opened = sqlite3.connect(f"{copy.absolute().as_uri()}?mode=ro", uri=True)
        try:
            owner = opened.execute("PRAGMA application_id").fetchone()[0]
            version = opened.execute("PRAGMA user_version").fetchone()[0]
            verdict = opened.execute("PRAGMA integrity_check").fetchone()[0]
        finally:
            opened.close()
    if owner != APPLICATION_ID:
        raise StoreUnusableError(f"{copy} is no database of watcher's.")
    if version > len(migrations._migrations):  # noqa: SLF001  (all steps; needs no database, unlike `pending`)
        raise StoreUnusableError(f"{copy} was written by a newer version of the program.")
    if verdict != "ok":
        raise StoreUnusableError(f"{copy} is damaged: {verdict}. Take an older copy.")


def _keep_sound(database: Path, aside: Path) -> None:
    db = open_store(database)
    try:
        problems = integrity_problems(db)
        if problems:
            raise StoreUnusableError(problems[0])
        if not aside.exists():
            backup(db, aside)
    finally:
        db.close()


def _overwrite(copy: Path, database: Path) -> None:
    with translated(database):
        source = sqlite3.connect(f"{copy.absolute().as_uri()}?mode=ro", uri=True)
        target = sqlite3.connect(database, timeout=BUSY_SECONDS)
        try:
            source.backup(target, pages=-1)
        finally:
            target.close()
            source.close()


def _set_aside(database: Path, aside: Path) -> None:
    """Move a damaged database with its logs, which belong to it and to no other."""
    with translated(database):
        for ending in ("-wal", "-shm", ""):
            part = database.with_name(database.name + ending)
            if part.exists():
                part.replace(aside.with_name(aside.name + ending))


def _place(copy: Path, database: Path) -> None:
    with translated(database):
        database.parent.mkdir(parents=True, exist_ok=True)
        part = database.with_name(f".{database.name}.part")
        shutil.copyfile(copy, part)
        crashpoint("restore.copied")
        part.replace(database)
