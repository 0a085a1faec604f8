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
_SPARE = 1.2  # times the database: what must be free before a copy is begun


def is_due(db: Database, chore: str, every: timedelta, now: datetime) -> bool:
    """Whether a chore was last done so long ago, or, by a clock that has since been set back, in the future."""
    with translated():
        last = from_text(fact(db, f"care:{chore}"))
    return last is None or now - last >= every or last > now + timedelta(minutes=5)


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
        needed = int(database.stat().st_size * _SPARE)
    free = free_bytes(folder)
    if free < needed:
        raise StoreError(
            f"No room for a backup: {folder} has {free >> 20} MB free, {needed >> 20} MB are needed; "
            "make room, or name another folder in [service] backups."
        )
    for part in folder.glob(f".{database.stem}-*.part"):  # left by a crash
        part.unlink(missing_ok=True)
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
    try:
        return database.with_name(database.name + "-wal").stat().st_size
    except FileNotFoundError:
        return 0


def free_bytes(folder: Path) -> int:
    """What is free for us on the disk that holds a folder."""
    with translated(folder):
        disk = os.statvfs(folder)
    return disk.f_bavail * disk.f_frsize


def wake_stranded(db: Database, now: datetime) -> int:
    """Make due what a clock that ran ahead put off beyond any reason; returns how many sources those were.

    A machine that boots in 2038 and learns the time a minute later has polled everything meanwhile,
    and noted "next in 2038".
    """
    late = to_text(now + _FAR_FUTURE)
    stranded = db.execute("SELECT count(*) FROM sources WHERE next_poll_at > ?", [late]).fetchone()[0]
    parcels = "state IN ('pending', 'sending') AND next_try_at > ?"
    rest = db.execute(
        f"SELECT (SELECT count(*) FROM hosts WHERE paused_until > ?)"
        f" + (SELECT count(*) FROM deliveries WHERE {parcels})",
        [late, late],
    ).fetchone()[0]
    if stranded or rest:
        with transaction(db):
            db.execute("UPDATE sources SET next_poll_at = ? WHERE next_poll_at > ?", [to_text(now), late])
            db.execute("DELETE FROM hosts WHERE paused_until > ?", [late])
            db.execute(f"UPDATE deliveries SET next_try_at = ? WHERE {parcels}", [to_text(now), late])
    return int(stranded)
