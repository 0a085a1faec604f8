"""Opens the database file and carries transactions; knows SQLite's ways, nothing of what is stored.

Rules kept here: WAL, foreign keys, every write begun with BEGIN IMMEDIATE (a deferred one that
writes after another's commit fails at once, whatever the busy timeout), a copy before each
migration, and no file opened that is not ours or is newer than we are.
"""

import os
import sqlite3
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from watcher.crash import crashpoint
from watcher.errors import StoreBusyError, StoreError, StoreUnusableError
from watcher.store.migrations import APPLICATION_ID, migrations
from watcher.text.bigram import index_words

BUSY_SECONDS = 15.0
KEPT_BACKUPS = 3

_BUGS = (sqlite3.IntegrityError, sqlite3.ProgrammingError)  # of ours, not a state of the file


def open_store(path: Path) -> Database:
    """Open the database for reading and writing, made and migrated if need be.

    Raises StoreUnusableError for a damaged, foreign or newer file; StoreError when it cannot be
    opened at all.
    """
    with translated(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        db = _connect(f"{path.absolute().as_uri()}?mode=rwc")
        _refuse_foreign(db, path)
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
        _migrate(db, path)
    return db


def open_for_reading(path: Path) -> Database:
    """Open an existing database beside whoever writes it; its schema must be the current one.

    Raises StoreError when there is none yet, StoreUnusableError as `open_store` does.
    """
    if not path.is_file():
        raise StoreError(f"There is no database at {path} yet; 'watcher poll' makes it.")
    with translated(path):
        db = _connect(f"{path.absolute().as_uri()}?mode=ro")
        _refuse_foreign(db, path)
        if migrations.pending(db):
            raise StoreError(f"{path} was made by an older version; 'watcher poll' brings it up to date.")
    return db


@contextmanager
def transaction(db: Database) -> Iterator[Database]:
    """All or nothing; raises StoreBusyError when another writer does not let go in time."""
    with translated(), _writing(db, "transaction"):
        yield db


@contextmanager
def _writing(db: Database, what: str) -> Iterator[None]:
    db.conn.execute("BEGIN IMMEDIATE")
    try:
        yield
        crashpoint(f"{what}.commits")
        db.conn.execute("COMMIT")
        crashpoint(f"{what}.committed")
    except BaseException:
        # A full disk has rolled back by itself: a second ROLLBACK would hide that error.
        if db.conn.in_transaction:
            db.conn.execute("ROLLBACK")
        raise


@contextmanager
def snapshot(db: Database) -> Iterator[Database]:
    """Several reads of one and the same moment."""
    with translated():
        db.conn.execute("BEGIN")
        try:
            yield db
        finally:
            db.conn.execute("ROLLBACK")


@contextmanager
def translated(path: Path | None = None) -> Iterator[None]:
    """Turn sqlite3's errors into ours: busy, unusable, or refused."""
    name = str(path) if path else "The database"
    try:
        yield
    except _BUGS:
        raise
    except sqlite3.DatabaseError as error:
        raise _in_our_words(error, name) from error
    except OSError as error:
        raise StoreError(f"{name} cannot be used: {error.strerror}.") from error


def _in_our_words(error: sqlite3.DatabaseError, name: str) -> StoreError:
    if not isinstance(error, sqlite3.OperationalError):
        return StoreUnusableError(f"{name} is damaged or no database: {error}.")
    if "locked" in str(error) or "busy" in str(error):
        return StoreBusyError(
            f"{name} was held by another process for more than {BUSY_SECONDS:.0f} seconds; "
            "nothing was lost, try again."
        )
    return StoreError(f"{name} cannot be used: {error}.")


def backup(db: Database, target: Path) -> None:
    """Write a complete, checked copy while others go on writing. Raises StoreError if it exists.

    It gets its name once it is whole and on the disk: what has the name can be restored.
    """
    part = target.with_name(f".{target.name}.part")
    with translated(target):
        if target.exists():
            raise StoreError(f"{target} exists already; name a new file.")
        target.parent.mkdir(parents=True, exist_ok=True)
        part.unlink(missing_ok=True)  # left by a crash
        try:
            crashpoint("backup.begins")
            db.execute("VACUUM INTO ?", [str(part)])
            crashpoint("backup.copied")
            verdict = _verdict(part)
            if verdict != "ok":
                raise StoreUnusableError(f"The copy {target} fails its integrity check: {verdict}.")
            _sync(part)
            part.replace(target)
            crashpoint("backup.named")
            _sync(target.parent)
        finally:
            part.unlink(missing_ok=True)


def _verdict(copy: Path) -> str:
    opened = sqlite3.connect(copy)
    try:
        return str(opened.execute("PRAGMA integrity_check").fetchone()[0])
    finally:
        opened.close()


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def schema_version(path: Path) -> int:
    """How many steps of the schema a database has taken; 0 where there is none."""
    if not path.is_file():
        return 0
    with translated(path):
        db = _connect(f"{path.absolute().as_uri()}?mode=ro")
        try:
            return int(db.execute("PRAGMA user_version").fetchone()[0])
        finally:
            db.close()


def integrity_problems(db: Database) -> list[str]:
    """What `integrity_check` and `foreign_key_check` find; empty when all is well."""
    with translated():
        lines = [str(row[0]) for row in db.execute("PRAGMA integrity_check").fetchall()]
        orphans = db.execute("PRAGMA foreign_key_check").fetchall()
    found = [line for line in lines if line != "ok"]
    return found + [f"row {row[1]} of {row[0]} points to no row of {row[2]}" for row in orphans]


class _Store(Database):
    """A database whose every statement speaks our errors, inside a transaction or not."""

    def execute(self, sql: str, parameters: Sequence[Any] | dict[str, Any] | None = None) -> sqlite3.Cursor:
        """As sqlite_utils has it, with little around it: saving a feed runs hundreds of these."""
        if self._tracer is not None:
            self._tracer(sql, parameters)
        try:
            return self.conn.execute(sql, parameters or ())
        except _BUGS:
            raise
        except sqlite3.DatabaseError as error:
            raise _in_our_words(error, "The database") from error

    def query(
        self, sql: str, params: Sequence[Any] | dict[str, Any] | None = None
    ) -> Generator[dict[Any, Any], None, None]:
        """As sqlite_utils has it, but runs with the first row that is asked for."""
        with translated():
            yield from super().query(sql, params)


def _connect(uri: str) -> Database:
    conn = sqlite3.connect(uri, uri=True, timeout=BUSY_SECONDS, isolation_level=None)
    db = _Store(conn)
    db.execute("PRAGMA foreign_keys = ON")
    return db


def _refuse_foreign(db: Database, path: Path) -> None:
    owner = int(db.execute("PRAGMA application_id").fetchone()[0])
    tables = int(db.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0])
    if tables and owner != APPLICATION_ID:
        raise StoreUnusableError(f"{path} is a database of another program; name another file.")
    version = int(db.execute("PRAGMA user_version").fetchone()[0])
    ours = len(migrations.applied(db)) + len(migrations.pending(db))
    if version > ours:
        raise StoreUnusableError(
            f"{path} was written by a newer version (schema {version}, this program knows {ours})."
        )


def _migrate(db: Database, path: Path) -> None:
    if not migrations.pending(db):
        return
    if migrations.applied(db):
        _backup_before_migration(db, path)
    with _writing(db, "migration"):  # `apply` would begin deferred; inside ours it nests
        crashpoint("migration.begins")
        # Steps import nothing of ours, but an index must hold the words that it is asked with today.
        db.conn.create_function("index_words", 1, index_words, deterministic=True)
        migrations.apply(db)
        crashpoint("migration.applied")
        steps = len(migrations.applied(db))
        db.execute(f"PRAGMA user_version = {steps}")
        db.execute(f"PRAGMA application_id = {APPLICATION_ID}")


def _backup_before_migration(db: Database, path: Path) -> None:
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    version = len(migrations.applied(db))
    for part in path.parent.glob(f".{path.stem}-before-schema-*.part"):  # left by a crash
        part.unlink(missing_ok=True)
    target = path.with_name(f"{path.stem}-before-schema-{version + 1}-{stamp}.db")
    if not target.exists():  # two programs may find the same old file in the same second
        backup(db, target)
    crashpoint("migration.backed_up")
    for old in sorted(path.parent.glob(f"{path.stem}-before-schema-*.db"))[:-KEPT_BACKUPS]:
        old.unlink()
