"""Articles that retention removed: gone with all that was known of them, but for a tombstone.

A feed may list an article for years. The tombstone keeps its keys and what each source last said, so
that it is recognised and does not come back as new.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlite_utils import Database

from watcher.store import nearby, search, stories
from watcher.store.times import to_text


def purge(db: Database, ids: Sequence[int], now: datetime) -> None:
    """Remove these items with everything that hangs on them, inside the caller's transaction."""
    referring = _referring(db)
    for item_id in ids:
        row = db.execute("SELECT title, text, story_id FROM items WHERE id = ?", [item_id]).fetchone()
        if row is None:
            continue
        _bury(db, item_id, now)
        title, text, story_id = row
        _hand_on(db, item_id, story_id)
        search.remove(db, item_id, title, text)
        nearby.remove(db, item_id, title, text)
        for table, column in referring:
            db.execute(f"DELETE FROM {table} WHERE {column} = ?", [item_id])
        db.execute("DELETE FROM items WHERE id = ?", [item_id])
        if story_id is not None:
            rest = db.execute("SELECT id FROM items WHERE story_id = ?", [story_id]).fetchall()
            stories.regroup(db, [other for (other,) in rest])


def is_buried(db: Database, source_id: str, key: str, content_hash: str) -> bool:
    """Whether an article was removed that this source knew under this key, or anyone with this content."""
    row = db.execute(
        "SELECT EXISTS (SELECT 1 FROM tombstones WHERE source_id = ? AND guid = ?)"
        " OR EXISTS (SELECT 1 FROM tombstones WHERE content_hash = ?)",
        [source_id, key, content_hash],
    ).fetchone()
    return bool(row[0])


def _bury(db: Database, item_id: int, now: datetime) -> None:
    db.execute(
        "INSERT OR REPLACE INTO tombstones (source_id, guid, content_hash, buried_at)"
        " SELECT source_id, guid, content_hash, ? FROM sightings WHERE item_id = ?",
        [to_text(now), item_id],
    )


def _hand_on(db: Database, item_id: int, story_id: int | None) -> None:
    # A digest that carried this item has told its story; the copies that stay must not bring it again.
    heir = db.execute(
        "SELECT min(id) FROM items WHERE story_id = ? AND id != ?", [story_id, item_id]
    ).fetchone()[0]
    if heir is not None:
        db.execute("UPDATE OR IGNORE digest_items SET item_id = ? WHERE item_id = ?", [heir, item_id])


def _referring(db: Database) -> list[tuple[str, str]]:
    """Every (table, column) that points to items, so that a table added later is not forgotten."""
    found = db.execute(
        'SELECT tables.name, keys."from" FROM sqlite_schema AS tables'
        " JOIN pragma_foreign_key_list(tables.name) AS keys"
        " WHERE tables.type = 'table' AND keys.[table] = 'items'"
    ).fetchall()
    return [(str(table), str(column)) for table, column in found]
