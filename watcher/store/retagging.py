"""Stored items on their way through changed rules: which wait, what they are tagged with, and the new tags.

Writes tags and figures and nothing else: no item is new or changed by it, so no digest tells it again.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from watcher.model import Figure, Tags
from watcher.store import figures as figure_store
from watcher.store import tags as tag_store
from watcher.store.open import translated
from watcher.store.times import from_text


@dataclass(frozen=True, slots=True)
class Kept:
    """A stored item as far as tagging needs it. `source_id` is of the source that brought it."""

    id: int
    title: str
    text: str
    published_at: datetime
    content_hash: str
    source_id: str | None


Held = dict[tuple[str, str], tuple[str, tuple[str, ...]]]  # (kind, id): role, words


def waiting(db: Database, rules_hash: str, *, every: bool) -> list[int]:
    """Ids of the items that were tagged under other rules than these, or of all."""
    with translated():
        rows = db.execute(
            "SELECT id FROM items WHERE :every OR rules_hash IS NOT :hash ORDER BY id",
            {"every": int(every), "hash": rules_hash},
        ).fetchall()
    return [int(row[0]) for row in rows]


def read(db: Database, ids: Sequence[int]) -> list[Kept]:
    """These items; one that has gone meanwhile is left out."""
    rows = db.execute(
        "SELECT id, title, text, published_at, first_seen_at, content_hash,"
        " (SELECT source_id FROM sightings WHERE item_id = items.id ORDER BY sightings.id LIMIT 1)"
        f" FROM items WHERE id IN ({_marks(ids)}) ORDER BY id",
        list(ids),
    ).fetchall()
    return [_kept(*row) for row in rows]


def held(db: Database, ids: Sequence[int]) -> dict[int, Held]:
    """The topics and regions these items are tagged with now; what is only implied is left out."""
    found: dict[int, Held] = {item_id: {} for item_id in ids}
    for kind, table, column in (
        ("topic", "item_topics", "topic_id"),
        ("region", "item_regions", "region_code"),
    ):
        rows = db.execute(
            f"SELECT item_id, {column}, role, evidence FROM {table}"
            f" WHERE item_id IN ({_marks(ids)}) AND role != 'implied'",
            list(ids),
        )
        for item_id, name, role, evidence in rows.fetchall():
            found[item_id][kind, name] = role, tuple(entry["term"] for entry in json.loads(evidence))
    return found


def rewrite(db: Database, kept: Kept, tags: Tags, figures: Sequence[Figure]) -> bool:
    """Put the new tags in place, unless the item's text has changed since it was read.

    Inside the caller's transaction. False: it is another text now, tagged when it came.
    """
    done = db.execute(
        "UPDATE items SET rules_hash = ? WHERE id = ? AND content_hash = ?",
        [tags.rules_hash, kept.id, kept.content_hash],
    )
    if not done.rowcount:
        return False
    tag_store.replace(db, kept.id, tags)
    figure_store.replace(db, kept.id, figures)
    return True


def _kept(
    item_id: int, title: str, text: str, published: str, seen: str, content_hash: str, source_id: str | None
) -> Kept:
    when: Any = from_text(published) or from_text(seen)
    return Kept(item_id, title, text, when, content_hash, source_id)


def _marks(ids: Sequence[int]) -> str:
    return ", ".join("?" * len(ids))
