"""Digests: what one has not carried yet, what was sent, and the outbox. Selects nothing by itself."""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from watcher.model import Delivery, Digest, DigestSpec, Evidence, Parcel, RegionTag, StoredItem, TopicTag
from watcher.store import figures, reissue
from watcher.store.audience import may_match
from watcher.store.facts import fact, set_fact
from watcher.store.times import from_text, to_text

_CHUNK = 500  # items loaded at once: memory does not grow with the store

_ITEM_COLUMNS = (
    "items.id, title, url, outlet, author, text, published_at, published_from, first_seen_at, story_id,"
    " (SELECT outlets FROM stories WHERE stories.id = story_id) AS outlets"
)


def start(db: Database, name: str, now: datetime) -> datetime:
    """When this digest began; noted at its first sight, with everything kept before as history."""
    db.execute(
        "INSERT OR IGNORE INTO digest_starts (name, started_at, after_item)"
        " SELECT ?, ?, coalesce(max(id), 0) FROM items",
        [name, to_text(now)],
    )
    row = db.execute("SELECT started_at FROM digest_starts WHERE name = ?", [name]).fetchone()
    return from_text(str(row[0]))


def uncarried(
    db: Database,
    name: str,
    since: datetime | None = None,
    until: datetime | None = None,
    *,
    updates: bool = False,
    seen_since: datetime | None = None,
    audience: DigestSpec | None = None,
) -> Iterator[StoredItem]:
    """The items that the digest `name` has not carried, oldest first, as far as they may be for `audience`.

    Without a window: all since its start but what a new source brought as history. With one: what
    was published in it, history or not. Times only choose a window; they never lose an item, since
    without one the ledger alone decides. A story that was carried does not return because a copy
    arrived; with `updates` an item returns when its publisher has changed it since. `seen_since` leaves
    out what came earlier, for alerts.
    """
    # Asked item by item, of an index: the ledger of some years is longer than what is new.
    carried = (
        "FROM digest_items CROSS JOIN digests ON digests.id = digest_id"
        " WHERE digests.name = :name AND item_id"
    )
    not_carried = (
        f"NOT EXISTS (SELECT 1 {carried} = items.id) AND (story_id IS NULL OR NOT EXISTS"
        f" (SELECT 1 {carried} IN (SELECT told.id FROM items AS told WHERE told.story_id = items.story_id)))"
    )
    # Cut from a digest that wants no carry-over: passed over for good.
    not_carried += (
        " AND NOT EXISTS (SELECT 1 FROM digest_rest CROSS JOIN digests ON digests.id = digest_id"
        " WHERE digests.name = :name AND item_id = items.id AND comes_again = 0)"
    )
    if updates:
        not_carried = f"({not_carried} OR changed_at > (SELECT max(made_at) {carried} = items.id))"
    # A stretch of time is found by its index and not by ids; all since the start, by the ids of its tags.
    item = "items.id" if since is None and seen_since is None else "+items.id"
    window = (
        f"backlog = 0 AND {item} > coalesce((SELECT after_item FROM digest_starts WHERE name = :name), 0)"
        if since is None and until is None
        else "published_at >= coalesce(:since, '') AND published_at < coalesce(:until, 'Z')"
    )
    may_be, wanted = may_match(audience, item) if audience else ("", {})
    values = {"name": name, "since": to_text(since), "until": to_text(until), **wanted}
    if seen_since is not None:
        window += " AND first_seen_at >= :seen"
        values["seen"] = to_text(seen_since)
    found = db.execute(
        f"SELECT id FROM items WHERE {not_carried} AND {window}{may_be} ORDER BY {item}", values
    )
    ids = [int(row[0]) for row in found.fetchall()]
    for at in range(0, len(ids), _CHUNK):
        yield from _load(db, ids[at : at + _CHUNK])


def history_count(db: Database, name: str) -> int:
    """How many kept items a digest without a window passes over because they came as history."""
    row = db.execute(
        "SELECT count(*) FROM items WHERE backlog = 1 OR"
        " id <= coalesce((SELECT after_item FROM digest_starts WHERE name = ?), 0)",
        [name],
    ).fetchone()
    return int(row[0])


def freeze(db: Database, digest: Digest, key: str, outbox: Sequence[Parcel], now: datetime) -> int:
    """Save a digest, its items and everything to be delivered, inside the caller's transaction.

    `key` (digest and slot) is unique: a second instance that got here first makes this fail, and
    nothing is sent twice. Returns the digest's id.
    """
    cursor = db.execute(
        "INSERT INTO digests (name, key, title, made_at, since, until, items, cut)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [
            digest.name,
            key,
            digest.title,
            to_text(digest.made_at),
            to_text(digest.since),
            to_text(digest.until),
            digest.items,
            digest.cut,
        ],
    )
    digest_id = int(cursor.lastrowid or 0)
    db.conn.executemany(
        "INSERT INTO digest_items (digest_id, item_id, position) VALUES (?, ?, ?)",
        [(digest_id, item_id, position) for position, item_id in enumerate(digest.item_ids, 1)],
    )
    reissue.note_rest(db, digest_id, digest)
    db.conn.executemany(
        "INSERT INTO deliveries (digest_id, channel, target, message_id, created_at, next_try_at, name, body)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (digest_id, d.channel, d.target, d.message_id, to_text(now), to_text(now), d.name, d.body)
            for d in outbox
        ],
    )
    return digest_id


def is_frozen(db: Database, key: str) -> bool:
    """Whether the digest of this slot was made already."""
    return db.execute("SELECT 1 FROM digests WHERE key = ?", [key]).fetchone() is not None


def last_slot(db: Database, name: str) -> str | None:
    """The newest scheduled slot that was handled, as `digests.slot_done` noted it."""
    return fact(db, f"slot:{name}")


def slot_done(db: Database, name: str, slot: str) -> None:
    """Note a slot as handled, sent or skipped for being empty."""
    set_fact(db, f"slot:{name}", slot)


def undelivered(db: Database, now: datetime) -> list[Delivery]:
    """The outbox's open rows whose time has come, oldest first.

    A row left in `sending` by a program that died is open as well: it goes out again under the same
    Message-ID, since nobody can know whether the server took it.
    """
    rows = db.query(
        "SELECT * FROM deliveries WHERE state IN ('pending', 'sending') AND next_try_at <= ? ORDER BY id",
        [to_text(now)],
    )
    return [
        Delivery(
            id=row["id"],
            digest_id=row["digest_id"],
            parcel=Parcel(
                channel=row["channel"],
                target=row["target"],
                body=row["body"],
                name=row["name"],
                message_id=row["message_id"],
            ),
            attempts=row["attempts"],
            created_at=from_text(row["created_at"]),
            last_error=row["last_error"],
        )
        for row in rows
    ]


def mark_sending(db: Database, delivery_id: int) -> None:
    """Note that an attempt begins."""
    db.execute("UPDATE deliveries SET state = 'sending', attempts = attempts + 1 WHERE id = ?", [delivery_id])


def mark_sent(db: Database, delivery_id: int, now: datetime) -> None:
    """Note that the channel took it."""
    db.execute(
        "UPDATE deliveries SET state = 'sent', sent_at = ?, next_try_at = NULL, last_error = NULL"
        " WHERE id = ?",
        [to_text(now), delivery_id],
    )


def mark_failed(db: Database, delivery_id: int, error: str, next_try_at: datetime | None) -> None:
    """Note a failed attempt: to be tried again at `next_try_at`, or given up when that is None."""
    db.execute(
        "UPDATE deliveries SET state = ?, last_error = ?, next_try_at = ? WHERE id = ?",
        ["pending" if next_try_at else "failed", error, to_text(next_try_at), delivery_id],
    )


def past(db: Database, limit: int = 20) -> list[dict[str, Any]]:
    """The newest digests with what became of them."""
    return list(
        db.query(
            "SELECT digests.id, name, made_at, items, cut,"
            " (SELECT count(*) FROM deliveries WHERE digest_id = digests.id AND state = 'sent') AS sent,"
            " (SELECT count(*) FROM deliveries WHERE digest_id = digests.id"
            "   AND state IN ('pending', 'sending')) AS open,"
            " (SELECT count(*) FROM deliveries WHERE digest_id = digests.id AND state = 'failed') AS failed"
            " FROM digests ORDER BY digests.id DESC LIMIT ?",
            [limit],
        )
    )


def _load(db: Database, ids: Sequence[int]) -> list[StoredItem]:
    marks = ", ".join("?" * len(ids))
    topics: dict[int, list[TopicTag]] = {}
    for item_id, topic_id, role, score, evidence in db.execute(
        f"SELECT * FROM item_topics WHERE item_id IN ({marks}) ORDER BY score DESC, topic_id",
        ids,
    ).fetchall():
        topics.setdefault(item_id, []).append(TopicTag(topic_id, role, score, _evidence(evidence)))
    regions: dict[int, list[RegionTag]] = {}
    for item_id, code, role, score, evidence in db.execute(
        f"SELECT * FROM item_regions WHERE item_id IN ({marks}) ORDER BY score DESC, region_code",
        ids,
    ).fetchall():
        regions.setdefault(item_id, []).append(RegionTag(code, role, score, _evidence(evidence)))
    sources: dict[int, list[str]] = {}
    for item_id, source_id in db.execute(
        f"SELECT item_id, source_id FROM sightings WHERE item_id IN ({marks}) ORDER BY id",
        ids,
    ).fetchall():
        sources.setdefault(item_id, []).append(source_id)
    stated = figures.of_items(db, ids)
    rows = db.query(f"SELECT {_ITEM_COLUMNS} FROM items WHERE id IN ({marks}) ORDER BY id", ids)
    return [
        StoredItem(
            id=row["id"],
            title=row["title"],
            url=row["url"],
            outlet=row["outlet"],
            author=row["author"],
            text=row["text"],
            published_at=from_text(row["published_at"]),
            published_from=row["published_from"],
            first_seen_at=from_text(row["first_seen_at"]),
            topics=tuple(topics.get(row["id"], ())),
            regions=tuple(regions.get(row["id"], ())),
            source_ids=tuple(dict.fromkeys(sources.get(row["id"], ()))),
            other_outlets=max(0, (row["outlets"] or len(set(sources.get(row["id"], ())))) - 1),
            story_id=row["story_id"],
            figures=tuple(stated.get(row["id"], ())),
        )
        for row in rows
    ]


def _evidence(text: str) -> tuple[Evidence, ...]:
    return tuple(Evidence(found["term"], found["where"], found["count"]) for found in json.loads(text))
