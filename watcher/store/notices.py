"""What the operator was told, and what has to be told yet: one row for each trouble, from first to last."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from watcher.store.times import from_text, to_text


@dataclass(frozen=True, slots=True)
class Notice:
    """One trouble: since when, and whether it is over."""

    id: int
    subject: str  # what is in trouble: "source nbd", "disk"
    what: str
    since: datetime
    over_at: datetime | None


def observe(db: Database, troubles: Mapping[str, str], now: datetime) -> tuple[set[str], set[str]]:
    """Bring the rows up to what is wrong now; returns the subjects whose trouble began and was over.

    Other words for the same subject (failures x4, x5) are no change of state, and nobody is told again.
    """
    known = {
        str(subject): int(row_id)
        for row_id, subject in db.execute("SELECT id, subject FROM notices WHERE over_at IS NULL").fetchall()
    }
    begun, over = troubles.keys() - known.keys(), known.keys() - troubles.keys()
    for subject in begun:
        db.execute(
            "INSERT INTO notices (subject, what, since) VALUES (?, ?, ?)",
            [subject, troubles[subject], to_text(now)],
        )
    for subject in over:
        db.execute("UPDATE notices SET over_at = ? WHERE id = ?", [to_text(now), known[subject]])
    # Over before anybody heard of it: not worth two mails.
    db.execute("DELETE FROM notices WHERE over_at IS NOT NULL AND told_at IS NULL")
    return begun, over


def untold(db: Database) -> list[Notice]:
    """Changes of state that nobody was told of, oldest first."""
    rows = db.execute(
        "SELECT id, subject, what, since, over_at FROM notices"
        " WHERE told_at IS NULL OR (over_at IS NOT NULL AND over_told_at IS NULL) ORDER BY id"
    ).fetchall()
    return [Notice(row[0], row[1], row[2], from_text(row[3]), from_text(row[4])) for row in rows]


def told(db: Database, notice: Notice, now: datetime) -> None:
    """Note that the operator has it."""
    db.execute(
        "UPDATE notices SET told_at = coalesce(told_at, ?), over_told_at = ? WHERE id = ?",
        [to_text(now), to_text(now) if notice.over_at else None, notice.id],
    )


def standing(db: Database) -> list[Notice]:
    """What is wrong now, oldest first."""
    rows = db.execute(
        "SELECT id, subject, what, since FROM notices WHERE over_at IS NULL ORDER BY id"
    ).fetchall()
    return [Notice(row[0], row[1], row[2], from_text(row[3]), None) for row in rows]
