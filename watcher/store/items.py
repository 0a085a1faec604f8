"""Articles: what is known of one, and the carrying out of a verdict. Decides nothing."""

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlite_utils import Database

from watcher.crash import crashpoint
from watcher.dedupe.diff import changes
from watcher.model import Attached, Buried, Changed, Known, New, Same, TaggedItem, Verdict
from watcher.store import figures, nearby, search, tags, tombstones
from watcher.store.times import to_text

REVISIONS = 20  # of one item: the first and the newest; a page with a counter in it has thousands
NEWS_FOR = timedelta(days=2)  # of a source's first poll, what is older is history and floods no digest


def known(db: Database, source_id: str, incoming: TaggedItem) -> Known:
    """What the store knows of this item, by its key in this source and by its content."""
    sighting = db.execute(
        "SELECT item_id, content_hash, id = (SELECT min(id) FROM sightings WHERE item_id = s.item_id)"
        " FROM sightings AS s WHERE source_id = ? AND guid = ?",
        [source_id, incoming.key],
    ).fetchone()
    content = db.execute(
        "SELECT id FROM items WHERE content_hash = :hash"
        " UNION ALL SELECT item_id FROM revisions WHERE content_hash = :hash LIMIT 1",
        {"hash": incoming.content_hash},
    ).fetchone()
    before = _shown_before(db, source_id, content[0]) if content and not sighting else None
    return Known(
        sighting_item=sighting[0] if sighting else None,
        sighting_hash=sighting[1] if sighting else None,
        is_origin=bool(sighting and sighting[2]),
        content_item=content[0] if content else None,
        renamed=before is not None,
        renamed_url=before[0] if before else None,
        is_buried=not content and tombstones.is_buried(db, source_id, incoming.key, incoming.content_hash),
    )


def _shown_before(db: Database, source_id: str, item_id: int) -> tuple[str | None] | None:
    """(url) of the sighting this source has of an item, under whatever key; None when it has none."""
    row: tuple[str | None] | None = db.execute(
        "SELECT url FROM sightings WHERE item_id = ? AND source_id = ? ORDER BY id DESC LIMIT 1",
        [item_id, source_id],
    ).fetchone()
    return row


def apply(db: Database, source_id: str, verdict: Verdict, now: datetime, *, first_poll: bool) -> int | None:
    """Carry a verdict out, inside the caller's transaction; the item it touched, if any."""
    match verdict:
        case New(item=incoming):
            item_id = _insert(db, incoming, now, backlog=first_poll and _is_history(incoming, now))
            _see(db, source_id, incoming, item_id, now)
        case Attached(item=incoming, item_id=item_id):
            _see(db, source_id, incoming, item_id, now)
        case Changed(item=incoming, item_id=item_id):
            _revise(db, incoming, item_id, now)
            _see(db, source_id, incoming, item_id, now)
        case Same() | Buried():
            return None
    return item_id


def _is_history(incoming: TaggedItem, now: datetime) -> bool:
    published = incoming.item.published_at
    return published is None or published < now - NEWS_FOR


def _insert(db: Database, incoming: TaggedItem, now: datetime, *, backlog: bool) -> int:
    item = incoming.item
    cursor = db.execute(
        "INSERT INTO items (content_hash, title, url, author, outlet, published_at, published_from,"
        " published_raw, first_seen_at, text, html, text_from, rules_hash, backlog)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            incoming.content_hash,
            item.title,
            item.url,
            item.author,
            item.outlet,
            to_text(item.published_at or now),
            item.published_from,
            item.published_raw,
            to_text(now),
            item.text,
            item.html,
            item.text_from,
            incoming.tags.rules_hash,
            int(backlog),
        ],
    )
    item_id = int(cursor.lastrowid or 0)
    crashpoint("item.inserted")
    tags.add(db, item_id, incoming.tags)
    figures.add(db, item_id, incoming.figures)
    crashpoint("item.tagged")
    search.add(db, item_id, item.title, item.text)
    crashpoint("item.indexed")
    nearby.add(db, item_id, item.title, item.text)
    crashpoint("item.linked")
    return item_id


def _revise(db: Database, incoming: TaggedItem, item_id: int, now: datetime) -> None:
    item = incoming.item
    old_hash, old_title, old_text = db.execute(
        "SELECT content_hash, title, text FROM items WHERE id = ?", [item_id]
    ).fetchone()
    db.execute(
        "INSERT INTO revisions (item_id, content_hash, title, text, replaced_at) VALUES (?, ?, ?, ?, ?)",
        [item_id, old_hash, old_title, old_text, to_text(now)],
    )
    db.execute(
        "DELETE FROM revisions WHERE item_id = :id"
        " AND id NOT IN (SELECT min(id) FROM revisions WHERE item_id = :id)"
        " AND id NOT IN (SELECT id FROM revisions WHERE item_id = :id ORDER BY id DESC LIMIT :newest)",
        {"id": item_id, "newest": REVISIONS - 1},
    )
    search.remove(db, item_id, old_title, old_text)
    nearby.remove(db, item_id, old_title, old_text)
    crashpoint("item.unindexed")
    db.execute(
        "UPDATE items SET content_hash = ?, title = ?, text = ?, html = ?, text_from = ?, changed_at = ?,"
        " rules_hash = ? WHERE id = ?",
        [
            incoming.content_hash,
            item.title,
            item.text,
            item.html,
            item.text_from,
            to_text(now),
            incoming.tags.rules_hash,
            item_id,
        ],
    )
    tags.replace(db, item_id, incoming.tags)
    figures.replace(db, item_id, incoming.figures)
    search.add(db, item_id, item.title, item.text)
    nearby.add(db, item_id, item.title, item.text)


def _see(db: Database, source_id: str, incoming: TaggedItem, item_id: int, now: datetime) -> None:
    item = incoming.item
    crashpoint("item.seen")
    # A sighting that moves to another article is a new one: keeping its old, low id would make
    # this source look like the one that brought that article first.
    db.execute(
        "DELETE FROM sightings WHERE source_id = ? AND guid = ? AND item_id != ?",
        [source_id, incoming.key, item_id],
    )
    db.execute(
        "INSERT INTO sightings (item_id, source_id, guid, url, title, content_hash, published_at, seen_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (source_id, guid) DO UPDATE SET"
        " url = excluded.url, title = excluded.title, content_hash = excluded.content_hash,"
        " published_at = excluded.published_at",
        [
            item_id,
            source_id,
            incoming.key,
            item.url,
            item.title,
            incoming.seen_hash or incoming.content_hash,
            to_text(item.published_at),
            to_text(now),
        ],
    )


def details(db: Database, item_id: int) -> dict[str, Any] | None:
    """Everything the store holds about one item, for `watcher why`; None when there is no such item."""
    row = next(db.query("SELECT * FROM items WHERE id = ?", [item_id]), None)
    if row is None:
        return None
    return {
        **row,
        "sightings": list(
            db.query(
                "SELECT sightings.source_id, sources.title AS source, guid, sightings.url, sightings.title,"
                " sightings.published_at, seen_at FROM sightings JOIN sources ON sources.id = source_id"
                " WHERE item_id = ? ORDER BY sightings.id",
                [item_id],
            )
        ),
        "pages": list(
            db.query(
                "SELECT pages.source_id, pages.url, tried_at, tries, next_try_at, error FROM pages"
                " JOIN sightings USING (source_id, guid) WHERE item_id = ? ORDER BY sightings.id",
                [item_id],
            )
        ),
        "revisions": _revisions(db, item_id, row["text"]),
        "topics": _with_evidence(
            db.query(
                "SELECT topic_id, label, role, score, evidence FROM item_topics"
                " JOIN topics ON topics.id = topic_id WHERE item_id = ? ORDER BY role, score DESC",
                [item_id],
            )
        ),
        "regions": _with_evidence(
            db.query(
                "SELECT region_code, name, role, score, evidence FROM item_regions"
                " JOIN regions ON regions.code = region_code WHERE item_id = ? ORDER BY score DESC, name",
                [item_id],
            )
        ),
        "organisations": _with_evidence(
            db.query(
                "SELECT name, kind, evidence FROM item_organisations JOIN organisations"
                " ON organisations.id = organisation_id WHERE item_id = ? ORDER BY name",
                [item_id],
            )
        ),
        "policies": list(
            db.query(
                "SELECT title, kind, issuer, number FROM item_policies JOIN policies"
                " ON policies.id = policy_id WHERE item_id = ? ORDER BY policies.id",
                [item_id],
            )
        ),
        "figures": figures.of_item(db, item_id),
        "near": nearby.links(db, item_id),
        "digests": list(
            db.query(
                "SELECT digests.id, digests.name, made_at FROM digest_items JOIN digests"
                " ON digests.id = digest_id WHERE item_id = ? ORDER BY made_at",
                [item_id],
            )
        ),
    }


def _revisions(db: Database, item_id: int, text: str) -> list[dict[str, Any]]:
    """The earlier texts, oldest first, each with what changed when the next one came."""
    rows = list(
        db.query("SELECT title, text, replaced_at FROM revisions WHERE item_id = ? ORDER BY id", [item_id])
    )
    following = [*(row["text"] for row in rows[1:]), text][: len(rows)]
    return [
        {**row, "changes": changes(row["text"], after)} for row, after in zip(rows, following, strict=True)
    ]


def _with_evidence(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**row, "evidence": json.loads(row["evidence"])} for row in rows]
