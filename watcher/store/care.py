"""Care of the file while it is in use: rotated copies, integrity, the write-ahead log, times gone astray.

What is due when is remembered in the database, so that a restart neither repeats nor forgets it.
"""

import os
from datetime import datetime, timedelta
from pathlib import Path

from sqlite_utils import Database

from watcher.crash import crashpoint
from watcher.errors import StoreError
from watcher.store.facts import fact, set_fact
from watcher.store.open import backup, transaction, translated
from watcher.store.times import from_text, to_text

_FAR_FUTURE = timedelta(days=32)  # the longest pause that any server is granted is 31 days
_SKEW = timedelta(minutes=5)  # between two clocks that are both right

# table, key, what is stranded, and what sets it free
_STRANDED = (
    (
        "sources",
        "id",
        "next_poll_at > :late OR (+next_poll_at > :now AND last_polled_at > :soon)",
        "UPDATE sources SET next_poll_at = :now",
    ),
    ("hosts", "host", "paused_until > :late", "UPDATE hosts SET paused_until = :now"),
    (
        "deliveries",
        "id",
        "next_try_at > :late OR (next_try_at > :now AND created_at > :soon)",
        "UPDATE deliveries SET next_try_at = :now",
    ),
)
_SPARE = 1.2  # times the database: what must be free before a copy is begun


def is_due(db: Database, chore: str, every: timedelta, now: datetime) -> bool:
    """Whether a chore was last done so long ago, or in the future, by a clock set back since."""
    with translated():
        last = from_text(fact(db, f"care:{chore}"))
    return last is None or now - last >= every or last > now + _SKEW


def done(db: Database, chore: str, now: datetime) -> None:
    """Remember that a chore was done."""
    with transaction(db):
        set_fact(db, f"care:{chore}", to_text(now))


def rotated_backup(db: Database, database: Path, folder: Path, keep: int, now: datetime) -> Path:
    """Write a checked copy named by its time into a folder, and remove all but the newest `keep`.

    Raises StoreError, and keeps the old copies, when there is no room for another.
    """
    with translated(folder):
        folder.mkdir(parents=True, exist_ok=True)
        for part in folder.glob(f".{database.stem}-*.part"):  # left by a crash
            part.unlink(missing_ok=True)
        _must_have_room(folder, int(database.stat().st_size * _SPARE))
        target = folder / f"{database.stem}-{now:%Y%m%dT%H%M%SZ}.db"
        if not target.exists():
            backup(db, target)
        crashpoint("backup.rotates")
        for old in copies(folder, database)[:-keep]:
            old.unlink(missing_ok=True)
            crashpoint("backup.rotated")
    return target


def copies(folder: Path, database: Path) -> list[Path]:
    """The rotated copies of a database, oldest first."""
    stamp = "[0-9]" * 8 + "T" + "[0-9]" * 6 + "Z"
    return sorted(folder.glob(f"{database.stem}-{stamp}.db"))


def checkpoint(db: Database) -> bool:
    """Empty the write-ahead log into the database; False when a reader holds it and it must wait."""
    with translated():
        busy, _, _ = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return not busy


def wal_bytes(database: Path) -> int:
    """How long the write-ahead log is: it grows while a reader keeps one transaction open."""
    with translated(database):
        log = database.with_name(database.name + "-wal")
        try:
            return log.stat().st_size
        except FileNotFoundError:
            return 0


def free_bytes(folder: Path) -> int:
    """What is free for us on the disk that holds a folder."""
    with translated(folder):
        disk = os.statvfs(folder)
    return disk.f_bavail * disk.f_frsize


def wake_stranded(db: Database, now: datetime) -> int:
    """Make due what a clock that ran ahead put off; returns how many sources those were.

    A machine that boots in 2038 and learns the time a minute later has polled everything meanwhile,
    and noted "next in 2038". It shows by what was last done in the future, and by what is put off
    for longer than any server may ask.
    """
    times = {"now": to_text(now), "soon": to_text(now + _SKEW), "late": to_text(now + _FAR_FUTURE)}
    found = {
        table: [row[0] for row in db.execute(f"SELECT {key} FROM {table} WHERE {where}", times).fetchall()]
        for table, key, where, _ in _STRANDED
    }
    if any(found.values()):
        with transaction(db):
            for table, key, _, change in _STRANDED:
                for value in found[table]:
                    db.execute(f"{change} WHERE {key} = :key", {"key": value, "now": to_text(now)})
    return len(found["sources"])


def _must_have_room(folder: Path, needed: int) -> None:
    free = free_bytes(folder)
    if free < needed:
        raise StoreError(
            f"No room for a backup: {folder} has {free >> 20} MB free, {needed >> 20} MB are needed; "
            "make room, or name another folder in [service] backups."
        )
