"""Puts a new reading of a stored article in the place of the old one: same id, no revision."""

from dataclasses import dataclass

from sqlite_utils import Database

from watcher.model import TaggedItem
from watcher.store import figures, nearby, search, tags
from watcher.store.times import to_text

_FIELDS = ("title", "url", "author", "outlet", "published_at", "published_from", "published_raw", "text",
           "html", "text_from")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reread:
    """An article that was read again: (field, before, after) of what differs."""

    item_id: int
    title: str
    changes: tuple[tuple[str, str | None, str | None], ...]
    note: str | None = None  # why it was left as it is


def reread(db: Database, source_id: str, tagged: TaggedItem, *, dry_run: bool) -> Reread | None:
    """Compare, and unless `dry_run` write; None for what the store does not hold under this source's key.

    Inside the caller's transaction. An article of which the page is no longer kept stays as it is.
    """
    row = db.execute(
        "SELECT item_id, id = (SELECT min(id) FROM sightings WHERE item_id = s.item_id)"
        " FROM sightings AS s WHERE source_id = ? AND guid = ?",
        [source_id, tagged.key],
    ).fetchone()
    if row is None or not row[1]:
        return None
    item_id = int(row[0])
    old = next(db.query(f"SELECT {', '.join(_FIELDS)}, content_hash FROM items WHERE id = ?", [item_id]))
    new = _values(tagged, old["published_at"])
    changes = tuple((field, old[field], new[field]) for field in _FIELDS if old[field] != new[field])
    title = str(old["title"])
    if old["text_from"] == "page" and new["text_from"] != "page":
        return Reread(item_id, title, (), "its page is kept no longer" if changes else None)
    twin = db.execute(
        "SELECT id FROM items WHERE content_hash = ? AND id != ?", [tagged.content_hash, item_id]
    ).fetchone()
    if twin is not None:
        return Reread(item_id, title, (), f"would be the same as #{twin[0]}")
    if not dry_run and (changes or old["content_hash"] != tagged.content_hash):
        search.remove(db, item_id, title, old["text"])
        nearby.remove(db, item_id, title, old["text"])
        _write(db, item_id, tagged, new)
        search.add(db, item_id, tagged.item.title, tagged.item.text)
        nearby.add(db, item_id, tagged.item.title, tagged.item.text)
    if not dry_run:
        tags.replace(db, item_id, tagged.tags)
        figures.replace(db, item_id, tagged.figures)
        db.execute(
            "UPDATE sightings SET content_hash = ?, title = ?, url = ? WHERE source_id = ? AND guid = ?",
            [tagged.seen_hash or tagged.content_hash, new["title"], new["url"], source_id, tagged.key],
        )
    return Reread(item_id, title, changes)


def _values(tagged: TaggedItem, published_at: str) -> dict[str, str | None]:
    item = tagged.item
    values = {field: getattr(item, field) for field in _FIELDS}
    values["published_at"] = to_text(item.published_at) or published_at  # first seen then, not now
    return values


def _write(db: Database, item_id: int, tagged: TaggedItem, values: dict[str, str | None]) -> None:
    assignments = ", ".join(f"{field} = :{field}" for field in _FIELDS)
    db.execute(
        f"UPDATE items SET {assignments}, content_hash = :hash, rules_hash = :rules WHERE id = :id",
        {**values, "hash": tagged.content_hash, "rules": tagged.tags.rules_hash, "id": item_id},
    )
