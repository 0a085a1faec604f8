"""Full text: keeps the index in step with the items, and answers queries.

The index is contentless: it holds word positions, not words, so an old text must be taken out with
exactly the words it was put in with. Both happen in the caller's transaction.
"""

import re
from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from watcher.errors import UsageError
from watcher.store.open import translated
from watcher.store.times import to_text
from watcher.text.bigram import index_words, query_phrase

TITLE_WEIGHT, TEXT_WEIGHT = 6.0, 1.0
SNIPPET_REACH = 30  # characters on either side of the first hit


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
    """One found item. `snippet` is a stretch of its text around the first word found."""

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
        "INSERT INTO items_fts (rowid, title, text) VALUES (?, ?, ?)",
        [item_id, index_words(title), index_words(text)],
    )


def remove(db: Database, item_id: int, title: str, text: str) -> None:
    """Take an item out of the index; title and text must be those it was added with."""
    db.execute(
        "INSERT INTO items_fts (items_fts, rowid, title, text) VALUES ('delete', ?, ?, ?)",
        [item_id, index_words(title), index_words(text)],
    )


def find(
    db: Database,
    query: str,
    within: Within,
    limit: int = 20,
) -> list[Hit]:
    """The items that hold every word of the query, best first (title above text).

    Words are split by blanks, `"…"` keeps blanks, `-word` excludes. Raises UsageError when the query
    has nothing to look for.
    """
    wanted, unwanted = _terms(query)
    conditions = [("items_fts MATCH ?", [_match(wanted, unwanted)]), *_conditions(within)]
    sql = (
        "SELECT news.*, items.text FROM items_fts JOIN items ON items.id = items_fts.rowid"
        " JOIN news ON news.id = items.id WHERE "
        + " AND ".join(condition for condition, _ in conditions)
        + f" ORDER BY bm25(items_fts, {TITLE_WEIGHT}, {TEXT_WEIGHT}), items.published_at DESC LIMIT ?"
    )
    values = [value for _, found in conditions for value in found]
    with translated():
        rows = list(db.query(sql, [*values, limit]))
    return [_hit(row, wanted) for row in rows]


def _conditions(within: Within) -> list[tuple[str, list[str]]]:
    found: list[tuple[str, list[str]]] = []
    if within.topic:
        found.append(("items.id IN (SELECT item_id FROM item_topics WHERE topic_id = ?)", [within.topic]))
    if within.regions is not None:
        named = (
            f"SELECT item_id FROM item_regions WHERE region_code IN ({', '.join('?' * len(within.regions))})"
        )
        found.append((f"items.id IN ({named})", sorted(within.regions)))
    if within.source:
        found.append(("items.id IN (SELECT item_id FROM sightings WHERE source_id = ?)", [within.source]))
    if within.since:
        found.append(("items.published_at >= ?", [to_text(within.since)]))
    if within.until:
        found.append(("items.published_at < ?", [to_text(within.until)]))
    return found


def _terms(query: str) -> tuple[list[str], list[str]]:
    wanted: list[str] = []
    unwanted: list[str] = []
    for minus, quoted, plain in re.findall(r'(-?)(?:["“]([^"”]*)["”]?|(\S+))', query):
        (unwanted if minus else wanted).append(quoted or plain)
    return wanted, unwanted


def _match(wanted: list[str], unwanted: list[str]) -> str:
    phrases = [phrase for phrase in map(query_phrase, wanted) if phrase]
    if not phrases:
        raise UsageError("The query has no word to look for: try  watcher search '重庆 标识解析 -招聘'")
    excluded = [phrase for phrase in map(query_phrase, unwanted) if phrase]
    return " AND ".join(phrases) + "".join(f" NOT {phrase}" for phrase in excluded)


def _hit(row: dict[str, object], wanted: list[str]) -> Hit:
    text = str(row["text"])
    places = [at for term in wanted if (at := text.lower().find(term.lower())) >= 0]
    start = max(0, min(places, default=0) - SNIPPET_REACH)
    snippet = " ".join(text[start : start + 3 * SNIPPET_REACH].split())
    return Hit(
        id=int(str(row["id"])),
        title=str(row["title"]),
        outlet=_optional(row["outlet"]),
        published_at=str(row["published_at"]),
        regions=_optional(row["regions"]),
        topics=_optional(row["topics"]),
        snippet=("…" if start else "") + snippet,
        url=_optional(row["url"]),
    )


def _optional(value: object) -> str | None:
    return None if value is None else str(value)
