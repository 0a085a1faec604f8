"""Full text: keeps the index in step with the items, and answers queries.

The index is contentless: it holds word positions, not words, so an old text must be taken out with
exactly the words it was put in with. Both happen in the caller's transaction. The statement that
searches is one, for the command line and for `inspect`: the query language and the snippets are SQL
functions of ours (`install`), and everything else is SQL.
"""

import json
import sqlite3
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from watcher.errors import UsageError
from watcher.store.open import translated
from watcher.store.times import to_text
from watcher.text.bigram import index_words
from watcher.text.marks import snippet
from watcher.text.query import match_expression, parse_query

TITLE_WEIGHT, TEXT_WEIGHT = 6.0, 1.0
FRESH_DAYS = 90  # an item of this age counts half of what freshness can add
FRESHNESS = 0.5  # freshness adds up to this share to an item's relevance
NEWEST = 5000  # matches that are ranked
SHOWN = 50  # where nobody says how many


@dataclass(frozen=True, slots=True)
class Within:
    """Where to search. `regions` are codes, of which the item must name at least one."""

    topic: str | None = None
    regions: frozenset[str] | None = None
    source: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """One found item. `snippet` is a stretch of its text with each word found between « and »."""

    id: int
    title: str
    outlet: str | None
    published_at: str
    regions: str | None
    topics: str | None
    snippet: str
    url: str | None


def add(db: Database, item_id: int, title: str, text: str) -> None:
    """Index an item."""
    db.execute(
        "INSERT INTO items_fts (rowid, text, title) VALUES (?, ?, ?)",
        [item_id, index_words(text), index_words(title)],
    )


def remove(db: Database, item_id: int, title: str, text: str) -> None:
    """Take an item out of the index; title and text must be those it was added with."""
    db.execute(
        "INSERT INTO items_fts (items_fts, rowid, text, title) VALUES ('delete', ?, ?, ?)",
        [item_id, index_words(text), index_words(title)],
    )


def install(conn: sqlite3.Connection) -> None:
    """Give a connection the functions that `statement` calls, and `search_problem`.

    An exception in a function is an SQL error without words, so a query that cannot be answered
    finds nothing, and `search_problem` says why.
    """

    def expression(query: str | None) -> str:
        return '""' if problem(query) else match_expression(parse_query(query or ""))

    def problem(query: str | None) -> str | None:
        try:
            parse_query(query or "")
        except UsageError as error:
            return str(error)
        return None

    def excerpt(text: str, query: str) -> str:
        return snippet(text, parse_query(query).terms)

    conn.create_function("search_expression", 1, expression, deterministic=True)
    conn.create_function("search_problem", 1, problem, deterministic=True)
    conn.create_function("search_snippet", 2, excerpt, deterministic=True)


def find(db: Database, query: str, within: Within, limit: int = 20) -> list[Hit]:
    """The items that the query finds (see `watcher.text.query`), best first.

    Raises UsageError when the query cannot be answered.
    """
    parse_query(query)  # an error here is a sentence; inside SQL it would be an SQL error
    values = _values(within) | {"q": query, "limit": limit}
    with translated():
        install(db.conn)
        rows = list(db.query(statement(_GIVEN, "regions"), values))
    return [Hit(**{**row, "title": str(row["title"])}) for row in rows]


def matching(db: Database, query: str) -> set[int]:
    """The ids of all items that the query finds. Raises UsageError as `find` does."""
    expression = match_expression(parse_query(query))
    with translated():
        found = db.execute("SELECT rowid FROM items_fts WHERE items_fts MATCH ?", [expression])
        return {row[0] for row in found.fetchall()}


def conditions(within: Within) -> tuple[list[str], dict[str, Any]]:
    """The same filters over the table `items`, for a statement without words, and their values."""
    values = _values(within)
    return [part for name, part in _FILTERS.items() if values[name] is not None], values


def statement(inside: str, asked: str) -> str:
    """The one SELECT that searches; `inside` lists the codes of the region that parameter `asked` names.

    Of a word that is in more than NEWEST items only the newest that hold it are ranked: nobody reads
    further, and the time stays the same however many there are.
    """
    filters = "\n".join(
        f"        AND (coalesce(:{name}, '') = '' OR {part.replace('items.id', '+rowid')})"
        for name, part in _filters(asked, "SELECT code FROM inside").items()
    )
    return f"""
WITH RECURSIVE inside (code) AS ({inside}),
found AS MATERIALIZED (
    SELECT rowid AS id, bm25(items_fts, {TEXT_WEIGHT}, {TITLE_WEIGHT}) AS relevance
    FROM items_fts WHERE items_fts MATCH search_expression(:q)
{filters}
    ORDER BY rowid DESC LIMIT {NEWEST}
),
best AS MATERIALIZED (
    SELECT items.id, relevance * (1 + {FRESHNESS} / (1 + max(0, (SELECT julianday(max(published_at))
        FROM items) - julianday(published_at)) / {FRESH_DAYS}.0)) AS score
    FROM found JOIN items ON items.id = found.id
    ORDER BY score, items.id DESC LIMIT CAST(coalesce(nullif(:limit, ''), {SHOWN}) AS INTEGER)
)
SELECT news.id, news.title, news.outlet, news.published_at, news.regions, news.topics,
    search_snippet(items.text, :q) AS snippet, news.url
FROM best JOIN items ON items.id = best.id JOIN news ON news.id = best.id
ORDER BY best.score, best.id DESC"""


_GIVEN = "SELECT value FROM json_each(:regions)"


def _filters(asked: str, codes: str) -> dict[str, str]:
    return {
        "topic": "items.id IN (SELECT item_id FROM item_topics WHERE topic_id = :topic)",
        asked: "items.id IN (SELECT item_id FROM item_regions"
        f" WHERE region_code IN ({codes}) AND role IN ('primary', 'mentioned'))",
        "source": "items.id IN (SELECT item_id FROM sightings WHERE source_id = :source)",
        "since": "items.id IN (SELECT id FROM items WHERE published_at >= :since)",
        "until": "items.id IN (SELECT id FROM items WHERE published_at < :until)",
    }


_FILTERS = _filters("regions", _GIVEN)


def _values(within: Within) -> dict[str, Any]:
    return {
        "topic": within.topic,
        "regions": None if within.regions is None else json.dumps(sorted(within.regions)),
        "source": within.source,
        "since": to_text(within.since),
        "until": to_text(within.until),
    }
