"""What entries each feed showed in its last answer, as fingerprints: unchanged ones are not read again."""

from sqlite_utils import Database

from watcher.dedupe.seen import MARK
from watcher.model import Seen


def of(db: Database, source_id: str) -> Seen:
    """The fingerprints of the entries whose meaning is stored; none for a source not asked before."""
    row = db.execute("SELECT marks FROM seen_entries WHERE source_id = ?", [source_id]).fetchone()
    return frozenset(row[0][at : at + MARK] for at in range(0, len(row[0]), MARK)) if row else frozenset()


def replace(db: Database, source_id: str, seen: Seen) -> None:
    """Note them, inside the transaction that stores what was read."""
    db.execute(
        "INSERT INTO seen_entries (source_id, marks) VALUES (?, ?)"
        " ON CONFLICT (source_id) DO UPDATE SET marks = excluded.marks WHERE marks != excluded.marks",
        [source_id, b"".join(sorted(seen))],
    )


def forget(db: Database, source_id: str) -> None:
    """Have every entry of the next answer read."""
    db.execute("DELETE FROM seen_entries WHERE source_id = ?", [source_id])
