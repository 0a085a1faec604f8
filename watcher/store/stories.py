"""Stories as they are stored: which items tell one, and what the user said about it.

Only items that a poll touched, and those linked to them, are grouped anew. A story is two items or
more; an item alone has none. Nothing is ever deleted here but the grouping itself.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from watcher.dedupe.alike import JOINS
from watcher.dedupe.groups import Link, Member, Wishes, groups
from watcher.store import nearby
from watcher.store.facts import fact, set_fact
from watcher.store.times import to_text

# From an item to those it may share a story with: what is alike enough, and what the user joined.
_NEIGHBOURS = (
    "SELECT long_id FROM story_links WHERE short_id = :id AND kind IN ('copy', 'excerpt', 'part')"
    " UNION SELECT short_id FROM story_links WHERE long_id = :id AND kind IN ('copy', 'excerpt', 'part')"
    " UNION SELECT with_id FROM story_wishes WHERE item_id = :id AND with_id IS NOT NULL"
    " UNION SELECT item_id FROM story_wishes WHERE with_id = :id"
    " UNION SELECT id FROM items WHERE story_id = (SELECT story_id FROM items WHERE id = :id)"
)


def regroup(db: Database, touched: Iterable[int]) -> None:
    """Group these items and everything linked to them anew, inside the caller's transaction.

    Of the stories there were, a group keeps the oldest one that any of its members was in.
    """
    members = _reached(db, touched)
    ids = list(members)
    found = groups(members.values(), _links(db, ids), wishes(db, ids))
    before = {item_id: story for item_id in ids if (story := _story_of(db, item_id)) is not None}
    # All out first: a story that is counted must not still hold what has left it.
    db.conn.executemany("UPDATE items SET story_id = NULL WHERE id = ?", [(one,) for one in before])
    kept: set[int] = set()
    for group in found:
        if len(group) > 1:
            old = sorted({before[one.id] for one in group if one.id in before} - kept)
            kept.add(_write(db, old[0] if old else None, group))
    for story in set(before.values()) - kept:
        db.execute("DELETE FROM stories WHERE id = ?", [story])


def split(db: Database, item_id: int, now: datetime) -> None:
    """Take an item out of its story for good: from now on only the user can put it into one."""
    _wish(db, item_id, None, now)


def merge(db: Database, item_id: int, other_id: int, now: datetime) -> None:
    """Put two items, and so their stories, into one for good."""
    _wish(db, item_id, other_id, now)


def wishes(db: Database, ids: Collection[int]) -> Wishes:
    """What the user said of these items. A split undoes the merges before it."""
    alone: set[int] = set()
    together: list[tuple[int, int]] = []
    marks = ", ".join("?" * len(ids))
    for item_id, with_id in db.execute(
        f"SELECT item_id, with_id FROM story_wishes WHERE item_id IN ({marks}) ORDER BY id", list(ids)
    ).fetchall():
        if with_id is None:
            alone.add(item_id)
            together = [pair for pair in together if item_id not in pair]
        else:
            together.append((item_id, with_id))
    return Wishes(frozenset(alone), tuple(together))


def outlets(db: Database, story_id: int) -> int:
    """How many outlets carry a story: those its items name, and the other sources they were seen in."""
    row = db.execute(
        "SELECT count(DISTINCT CASE WHEN sightings.id = (SELECT min(id) FROM sightings AS first"
        " WHERE first.item_id = items.id) THEN coalesce(items.outlet, sources.title) ELSE sources.title END)"
        " FROM items JOIN sightings ON sightings.item_id = items.id"
        " JOIN sources ON sources.id = sightings.source_id WHERE story_id = ?",
        [story_id],
    ).fetchone()
    return int(row[0])


def place(db: Database, item_id: int) -> dict[str, Any] | None:
    """(id, title, story_id) of an item; None when there is no such item."""
    return next(db.query("SELECT id, title, story_id FROM items WHERE id = ?", [item_id]), None)


def details(db: Database, story_id: int) -> dict[str, Any] | None:
    """A story with its items, first publisher first, and how each is like that one; None if there is none."""
    row = next(db.query("SELECT * FROM stories WHERE id = ?", [story_id]), None)
    if row is None:
        return None
    members = list(
        db.query(
            "SELECT id, title, outlet, url, published_at, published_from, first_seen_at,"
            " length(text) AS letters,"
            " (SELECT group_concat(source_id, ' ') FROM (SELECT source_id FROM sightings"
            "   WHERE item_id = items.id ORDER BY sightings.id)) AS sources,"
            " EXISTS (SELECT 1 FROM story_wishes WHERE items.id = with_id"
            "   OR items.id = item_id AND with_id IS NOT NULL) AS merged"
            " FROM items WHERE story_id = ? ORDER BY published_at, content_hash",
            [story_id],
        )
    )
    first = _first_publisher(members)
    likeness = {link["id"]: link for link in nearby.links(db, first["id"])}
    others = [member for member in members if member is not first]
    return {
        **row,
        "members": [
            {**first, "role": "first"},
            *({**member, **_role(member, first, likeness.get(member["id"]))} for member in others),
        ],
    }


def catch_up(db: Database) -> int:
    """Index a portion of the items stored under no marks, or others; up to which number more of them wait."""
    upto = fact(db, "stories:missing")
    if upto is None or int(upto) == 0:
        return 0
    rows = db.execute(
        "SELECT id, title, text FROM items WHERE id <= ? ORDER BY id DESC LIMIT 200", [int(upto)]
    ).fetchall()
    for item_id, title, text in rows:
        nearby.add(db, item_id, title, text)
    regroup(db, [item_id for item_id, _, _ in rows])
    left = rows[-1][0] - 1 if rows else 0
    set_fact(db, "stories:missing", str(left))
    return int(left)


def _reached(db: Database, touched: Iterable[int]) -> dict[int, Member]:
    reached: dict[int, Member] = {}
    waiting = list(touched)
    while waiting:
        item_id = waiting.pop()
        if item_id in reached:
            continue
        row = db.execute(
            "SELECT id, published_at, content_hash FROM items WHERE id = ?", [item_id]
        ).fetchone()
        if row is None:
            continue
        reached[item_id] = Member(*row)
        waiting += [found for (found,) in db.execute(_NEIGHBOURS, {"id": item_id}).fetchall()]
    return reached


def _links(db: Database, ids: Sequence[int]) -> list[Link]:
    found = []
    for item_id in ids:
        rows = db.execute(
            "SELECT short_id, long_id, kind, jaccard FROM story_links WHERE short_id = ?", [item_id]
        )
        found += [Link(*row) for row in rows.fetchall()]
    return found


def _story_of(db: Database, item_id: int) -> int | None:
    row = db.execute("SELECT story_id FROM items WHERE id = ?", [item_id]).fetchone()
    return row[0] if row else None


def _write(db: Database, story_id: int | None, group: Sequence[Member]) -> int:
    ids = [member.id for member in group]
    marks = ", ".join("?" * len(ids))
    if story_id is None:
        cursor = db.execute(
            "INSERT INTO stories (title, first_seen_at, last_seen_at, items, outlets)"
            " VALUES ('', '', '', 0, 0)"
        )
        story_id = int(cursor.lastrowid or 0)
    db.execute(f"UPDATE items SET story_id = ? WHERE id IN ({marks})", [story_id, *ids])
    db.execute(
        "UPDATE stories SET title = (SELECT title FROM items WHERE id = ?),"
        " (first_seen_at, last_seen_at, items) ="
        " (SELECT min(first_seen_at), max(first_seen_at), count(*) FROM items WHERE story_id = stories.id),"
        " outlets = ? WHERE id = ?",
        [ids[0], outlets(db, story_id), story_id],
    )
    return story_id


def _wish(db: Database, item_id: int, with_id: int | None, now: datetime) -> None:
    before = _reached(db, [item_id])
    db.execute(
        "INSERT INTO story_wishes (item_id, with_id, wished_at) VALUES (?, ?, ?)",
        [item_id, with_id, to_text(now)],
    )
    regroup(db, before)


def _first_publisher(members: Sequence[dict[str, Any]]) -> dict[str, Any]:
    # A date that only says when we first looked proves nothing about who was first.
    dated = [member for member in members if member["published_from"] != "first seen"]
    return (dated or members)[0]


def _role(member: dict[str, Any], first: dict[str, Any], likeness: dict[str, Any] | None) -> dict[str, Any]:
    shares = {name: likeness[name] if likeness else None for name in ("containment", "jaccard")}
    if likeness is None or likeness["kind"] not in JOINS:
        return {"role": "joined by you" if member["merged"] else "like another", **shares}
    if likeness["kind"] == "copy":
        return {"role": "reprint", **shares}
    return {"role": "excerpt" if member["letters"] < first["letters"] else "fuller", **shares}
