"""Past digests looked at again: what did not fit into one, what it carried before, and sending one anew."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from watcher.model import Digest, Parcel
from watcher.store.times import to_text


def note_rest(db: Database, digest_id: int, digest: Digest) -> None:
    """Note what did not fit, inside the transaction that freezes the digest."""
    db.conn.executemany(
        "INSERT INTO digest_rest (digest_id, item_id, position, comes_again) VALUES (?, ?, ?, ?)",
        [
            (digest_id, item_id, position, int(digest.carry_over))
            for position, item_id in enumerate(digest.rest, 1)
        ],
    )


def rest(db: Database, name: str, digest_id: int | None = None) -> list[dict[str, Any]]:
    """What did not fit into the newest digest of that name, or into the one of that id; best first."""
    return list(
        db.query(
            "SELECT digest_id, item_id, title, outlet, url, published_at, comes_again = 1 AND NOT EXISTS"
            " (SELECT 1 FROM digest_items JOIN digests ON digests.id = digest_items.digest_id"
            "   WHERE digests.name = :name AND digest_items.item_id = items.id) AS waits"
            " FROM digest_rest JOIN items ON items.id = item_id WHERE digest_id ="
            " coalesce(:id, (SELECT max(id) FROM digests WHERE name = :name)) ORDER BY position",
            {"name": name, "id": digest_id},
        )
    )


def carried(db: Database, name: str, item_ids: Collection[int]) -> set[int]:
    """Which of these items the digest of that name has carried before."""
    marks = ", ".join("?" * len(item_ids))
    rows = db.execute(
        "SELECT DISTINCT item_id FROM digest_items JOIN digests ON digests.id = digest_id"
        f" WHERE name = ? AND item_id IN ({marks})",
        [name, *item_ids],
    ).fetchall()
    return {int(item_id) for (item_id,) in rows}


@dataclass(frozen=True, slots=True)
class Past:
    """One row of the outbox of a past digest."""

    id: int
    state: str  # pending, sending, sent, failed
    parcel: Parcel


def parcels(db: Database, digest_id: int) -> list[Past]:
    """What was put out as this digest, the newest row of each target; empty for a digest there is not."""
    rows = db.query(
        "SELECT id, state, channel, target, name, message_id, body FROM deliveries WHERE id IN"
        " (SELECT max(id) FROM deliveries WHERE digest_id = ? GROUP BY channel, target, name) ORDER BY id",
        [digest_id],
    )
    return [
        Past(
            row["id"],
            row["state"],
            Parcel(row["channel"], row["target"], row["body"], row["name"], row["message_id"]),
        )
        for row in rows
    ]


def reopen(db: Database, delivery_id: int, now: datetime) -> None:
    """Try a row again as if it were new."""
    db.execute(
        "UPDATE deliveries SET state = 'pending', attempts = 0, next_try_at = ?, created_at = ?,"
        " last_error = NULL WHERE id = ?",
        [to_text(now), to_text(now), delivery_id],
    )


def add(db: Database, digest_id: int, parcel: Parcel, now: datetime) -> None:
    """One more parcel of a past digest."""
    db.execute(
        "INSERT INTO deliveries (digest_id, channel, target, message_id, created_at, next_try_at, name, body)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [
            digest_id,
            parcel.channel,
            parcel.target,
            parcel.message_id,
            to_text(now),
            to_text(now),
            parcel.name,
            parcel.body,
        ],
    )


def key_of(db: Database, digest_id: int) -> str | None:
    """The key of a past digest; None when there is none of that id."""
    row = db.execute("SELECT key FROM digests WHERE id = ?", [digest_id]).fetchone()
    return str(row[0]) if row else None
