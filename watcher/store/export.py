"""Rows to take away: items and figures with names for codes, or a smaller database of the same shape."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from watcher.errors import StoreError
from watcher.store import search
from watcher.store.open import open_store, transaction, translated
from watcher.store.search import Within

ITEM_COLUMNS = [
    "id",
    "title",
    "outlet",
    "author",
    "published_at",
    "published_from",
    "regions",
    "topics",
    "sightings",
    "url",
    "story_id",
    "first_seen_at",
    "changed_at",
    "text",
]
FIGURE_COLUMNS = [
    "id",
    "item_id",
    "metric",
    "metric_raw",
    "value",
    "value_max",
    "unit",
    "region",
    "region_code",
    "region_from",
    "period_start",
    "period_end",
    "period_from",
    "kind",
    "approx",
    "base_period",
    "organisation",
    "quote",
    "confidence",
    "title",
    "outlet",
    "published_at",
    "url",
]
_MANY = 500  # ids in one statement

# What hangs on an item, in the order in which foreign keys let it in; the whole taxonomy comes along.
_WHOLE = ("sources", "topics", "regions", "region_members", "organisations", "policies")
_PARTS = (
    "sightings",
    "revisions",
    "item_topics",
    "item_regions",
    "item_organisations",
    "item_policies",
    "figures",
)


def chosen(db: Database, query: str | None, within: Within, digest: int | None, limit: int) -> list[int]:
    """Ids of the items asked for, newest first; those of a digest in its order.

    Raises UsageError for a query that cannot be answered.
    """
    conditions, values = search.conditions(within)
    order = "items.published_at DESC, items.id DESC"
    join = ""
    if digest is not None:
        join = " JOIN digest_items ON digest_items.item_id = items.id AND digest_items.digest_id = :digest"
        order = "digest_items.position"
        values["digest"] = digest
    if query is not None:
        conditions.append("items.id IN (SELECT value FROM json_each(:found))")
        values["found"] = json.dumps(sorted(search.matching(db, query)))
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    with translated():
        found = db.execute(
            f"SELECT items.id FROM items{join}{where} ORDER BY {order} LIMIT :limit",
            values | {"limit": limit},
        )
        return [row[0] for row in found.fetchall()]


def item_rows(db: Database, ids: Sequence[int]) -> Iterator[dict[str, Any]]:
    """The items in the order of their ids given; `regions` and `topics` are lists, best first."""
    for some in _parts(ids):
        rows = {
            row["id"]: row
            for row in _query(
                db,
                "SELECT items.id, items.title, items.outlet, author, items.published_at, published_from,"
                " (SELECT json_group_array(name) FROM (SELECT name FROM item_regions JOIN regions"
                "   ON code = region_code WHERE item_id = items.id AND role = 'primary' ORDER BY score DESC))"
                "   AS regions,"
                " (SELECT json_group_array(label) FROM (SELECT label FROM item_topics JOIN topics"
                "   ON topics.id = topic_id WHERE item_id = items.id AND role = 'main' ORDER BY score DESC))"
                "   AS topics,"
                " (SELECT count(*) FROM sightings WHERE item_id = items.id) AS sightings,"
                " items.url, items.story_id, first_seen_at, changed_at, text FROM items WHERE items.id",
                some,
            )
        }
        for item_id in some:
            row = rows[item_id]
            yield row | {"regions": json.loads(row["regions"]), "topics": json.loads(row["topics"])}


def figure_rows(db: Database, ids: Sequence[int]) -> Iterator[dict[str, Any]]:
    """Every figure of these items, with the region's and organisation's names and the article's."""
    for some in _parts(ids):
        yield from _query(
            db,
            "SELECT figures.id, item_id, metric, metric_raw, value, value_max, unit, regions.name AS region,"
            " figures.region_code, region_from, period_start, period_end, period_from, figures.kind, approx,"
            " base_period, organisations.name AS organisation, quote, confidence, items.title, items.outlet,"
            " items.published_at, items.url FROM figures JOIN items ON items.id = item_id"
            " LEFT JOIN regions ON code = figures.region_code"
            " LEFT JOIN organisations ON organisations.id = organisation_id WHERE item_id",
            some,
        )


def subset(path: Path, target: Path, ids: Sequence[int]) -> None:
    """Write a database of the same shape that holds these items and all that hangs on them.

    What was sent to whom, the memory of the poller and raw documents stay behind. Raises StoreError
    when the target exists.
    """
    if target.exists():
        raise StoreError(f"{target} exists already; name a new file.")
    small = open_store(target)
    with translated():
        small.execute("ATTACH ? AS whole", [f"{path.absolute().as_uri()}?mode=ro"])
        small.execute("CREATE TEMP TABLE wanted (id INTEGER PRIMARY KEY)")
    with transaction(small):
        small.execute("PRAGMA defer_foreign_keys = ON")
        small.conn.executemany("INSERT OR IGNORE INTO wanted VALUES (?)", [(item_id,) for item_id in ids])
        for table in _WHOLE:
            _copy(small, table, "1")
        small.execute("UPDATE sources SET memory = '{}'")
        _copy(
            small, "stories", "id IN (SELECT story_id FROM whole.items WHERE id IN (SELECT id FROM wanted))"
        )
        _copy(small, "items", "id IN (SELECT id FROM wanted)")
        for table in _PARTS:
            _copy(small, table, "item_id IN (SELECT id FROM wanted)")
        for item_id, title, text in small.execute("SELECT id, title, text FROM items").fetchall():
            search.add(small, item_id, title, text)
    small.execute("DETACH whole")
    small.close()


def _copy(small: Database, table: str, where: str) -> None:
    columns = ", ".join(column.name for column in small[table].columns)  # table_info: no generated ones
    small.execute(f"INSERT INTO main.{table} ({columns}) SELECT {columns} FROM whole.{table} WHERE {where}")


def _query(db: Database, sql: str, ids: Sequence[int]) -> list[dict[str, Any]]:
    with translated():
        return list(db.query(f"{sql} IN ({', '.join('?' * len(ids))}) ORDER BY 1", list(ids)))


def _parts(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    return (ids[at : at + _MANY] for at in range(0, len(ids), _MANY))
