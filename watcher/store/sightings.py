"""The keys under which sources are known to have shown articles, when they must become others."""

from sqlite_utils import Database

from watcher.dedupe import OF_PAGE
from watcher.model import Rung
from watcher.text.urls import canonical


def rekey(db: Database, source_id: str, rung: Rung) -> None:
    """Know this source's sightings by another rung from now on, inside the caller's transaction.

    Of several sightings of one article the first is kept: it says who brought it first. The pages
    fetched for old keys are forgotten with them.
    """
    rows = db.execute(
        "SELECT id, item_id, url, content_hash FROM sightings WHERE source_id = ? ORDER BY id", [source_id]
    ).fetchall()
    keys: dict[str, tuple[int, int]] = {}  # key: (sighting, item)
    for sighting_id, item_id, url, seen_hash in rows:
        content = seen_hash.removesuffix(OF_PAGE)
        key = canonical(url) if url and rung == "url" else content
        if keys.get(key, (0, item_id))[1] != item_id:
            key = content  # two articles at one address
        keys.setdefault(key, (sighting_id, item_id))
    kept = {sighting_id: key for key, (sighting_id, _) in keys.items()}
    gone = [(row[0],) for row in rows if row[0] not in kept]
    db.conn.executemany("DELETE FROM sightings WHERE id = ?", gone)
    # In two steps: an old guid may be the new key of another sighting.
    aside = [(f"\x00{sighting_id}", sighting_id) for sighting_id in kept]
    db.conn.executemany("UPDATE sightings SET guid = ? WHERE id = ?", aside)
    db.conn.executemany("UPDATE sightings SET guid = ? WHERE id = ?", [(kept[one], one) for one in kept])
    db.execute("DELETE FROM pages WHERE source_id = ?", [source_id])
