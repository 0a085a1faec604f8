"""Fills a store in bulk, to get from one measuring point to the next within the hour.

The same rows and indexes as polls leave behind, by the store's own functions where they are public. But some
thousand articles a transaction, with the tags of an article judged before, none weighed against what is known
(all are new), and none compared with those like it: these have no stories.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlite_utils import Database

from bench.growth.articles import Article
from watcher.dedupe.wording import marks, wording
from watcher.model import TaggedItem
from watcher.store import figures, search, tags
from watcher.store.open import transaction
from watcher.store.times import to_text

PORTION = 3000  # articles of one transaction
SETTLE_EVERY = 30_000  # articles

_ITEM = (
    "INSERT INTO items (content_hash, title, url, outlet, published_at, published_from, first_seen_at, text,"
    " text_from, rules_hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_SIGHTING = (
    "INSERT INTO sightings (item_id, source_id, guid, url, title, content_hash, published_at, seen_at)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
)
_MARK = "INSERT OR IGNORE INTO story_marks (settled, mark, item_id) VALUES (0, ?, ?)"
_SETTLE = (
    "INSERT OR IGNORE INTO story_marks SELECT 1, mark, item_id FROM story_marks WHERE settled = 0"
    " ORDER BY mark, item_id"
)


def put(db: Database, batch: Sequence[tuple[Article, str, TaggedItem, datetime]]) -> None:
    """Store (article, source, the same tagged, when it comes) in one transaction."""
    with transaction(db):
        found = [mark for _, source, one, now in batch for mark in _put(db, source, one, to_text(now))]
        db.conn.executemany(_MARK, sorted(found))  # in the order of the tree: each page is written once
    if batch[-1][0].number % SETTLE_EVERY < len(batch):
        settle(db)


def settle(db: Database) -> None:
    """Move the marks that gathered to the others, so that what is measured next has no arrears to pay."""
    with transaction(db):
        db.execute(_SETTLE)
        db.execute("DELETE FROM story_marks WHERE settled = 0")


def _put(db: Database, source: str, one: TaggedItem, now: str) -> list[tuple[int, int]]:
    item = one.item
    shown = [item.title, item.url, item.outlet, now, item.published_from, now, item.text, item.text_from]
    item_id = int(db.execute(_ITEM, [one.content_hash, *shown, one.tags.rules_hash]).lastrowid or 0)
    tags.add(db, item_id, one.tags)
    figures.add(db, item_id, one.figures)
    search.add(db, item_id, item.title, item.text)
    db.execute(_SIGHTING, [item_id, source, one.key, item.url, item.title, one.content_hash, now, now])
    return [(mark, item_id) for mark in marks(wording(item.title, item.text))]
