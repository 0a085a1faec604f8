"""Retention: removes what is older than the config wants it kept, in portions. Keeps all by default.

An article that goes leaves a tombstone, so that a feed which still lists it does not bring it back.
One that waits in an undelivered digest stays.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlite_utils import Database

from watcher.crash import crashpoint
from watcher.store import tombstones
from watcher.store.open import snapshot, transaction
from watcher.store.times import to_text

_PORTION = 500  # rows of one transaction: nobody waits long for the next poll's

# An article is as old as the last thing that happened to it: a correction of today keeps it.
_OLD = {
    "items": "SELECT id FROM items WHERE max(first_seen_at, published_at, coalesce(changed_at, '')) < ?"
    " AND id NOT IN (SELECT item_id FROM digest_items JOIN deliveries USING (digest_id)"
    " WHERE state IN ('pending', 'sending'))",
    "revisions": "SELECT id FROM revisions WHERE replaced_at < ?",
    "polls": "SELECT id FROM polls WHERE started_at < ?",
    "raw": "SELECT id FROM raw_documents WHERE fetched_at < ?",
    "parcels": "SELECT id FROM deliveries WHERE state IN ('sent', 'failed') AND body != x''"
    " AND created_at < ?",
}
_REMOVE = {
    "revisions": "DELETE FROM revisions WHERE id = ?",
    "polls": "DELETE FROM polls WHERE id = ?",
    "raw": "DELETE FROM raw_documents WHERE id = ?",
    "parcels": "UPDATE deliveries SET body = x'' WHERE id = ?",
}


@dataclass(frozen=True, slots=True)
class Pruned:
    """How much of one kind is, or was, older than it is kept."""

    kind: str
    before: datetime
    rows: int


def outdated(db: Database, keep: Mapping[str, timedelta], now: datetime) -> list[Pruned]:
    """What a `prune` would remove."""
    with snapshot(db):
        return [
            Pruned(kind, now - age, len(db.execute(_OLD[kind], [to_text(now - age)]).fetchall()))
            for kind, age in keep.items()
        ]


def prune(db: Database, keep: Mapping[str, timedelta], now: datetime) -> list[Pruned]:
    """Remove what is older than it is kept (see `_OLD`; of `parcels`, the bytes sent)."""
    return [Pruned(kind, now - age, _remove(db, kind, now - age, now)) for kind, age in keep.items()]


def _remove(db: Database, kind: str, before: datetime, now: datetime) -> int:
    removed = 0
    while True:
        with transaction(db):
            found = db.execute(f"{_OLD[kind]} LIMIT {_PORTION}", [to_text(before)]).fetchall()
            ids = [int(row[0]) for row in found]
            if kind == "items":
                tombstones.purge(db, ids, now)
            else:
                db.conn.executemany(_REMOVE[kind], [(row_id,) for row_id in ids])
        crashpoint("prune.portion")
        removed += len(ids)
        if len(ids) < _PORTION:
            return removed
