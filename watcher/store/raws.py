"""Raw documents, packed, for as many days as the config keeps them: what `db reparse` reads again.

Only documents that brought something are kept. Of a folder's file the last reading counts, of an
article's page as well; of a feed every one, since its entries come and go.
"""

import zlib
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from watcher.model import RawDocument
from watcher.store.times import from_text, to_text

_COLUMNS = "name, page_of, fetched_at, content_type, content_location, body"


def keep(db: Database, document: RawDocument) -> None:
    """Keep a document and the pages behind its entries, inside the caller's transaction."""
    if document.mark is not None:
        db.execute(
            "DELETE FROM raw_documents WHERE source_id = ? AND name = ?", [document.source_id, document.name]
        )
    _insert(db, document, None)
    for url, page in document.pages:
        db.execute("DELETE FROM raw_documents WHERE source_id = ? AND page_of = ?", [document.source_id, url])
        _insert(db, page, url)


def drop(db: Database, before: datetime) -> int:
    """Drop what was fetched before that time; says how many."""
    return int(db.execute("DELETE FROM raw_documents WHERE fetched_at < ?", [to_text(before)]).rowcount)


def kept(db: Database, source_id: str) -> Iterator[RawDocument]:
    """The documents of a source, oldest first, one at a time, without pages."""
    found = db.execute(
        "SELECT id FROM raw_documents WHERE source_id = ? AND page_of IS NULL ORDER BY id", [source_id]
    ).fetchall()
    for (number,) in found:
        for row in db.query(f"SELECT {_COLUMNS} FROM raw_documents WHERE id = ?", [number]):
            yield _document(source_id, row)


def pages(db: Database, source_id: str, urls: Iterable[str]) -> tuple[tuple[str, RawDocument], ...]:
    """The pages behind these entries, as far as they are kept."""
    select = f"SELECT {_COLUMNS} FROM raw_documents WHERE source_id = ? AND page_of = ?"
    return tuple(
        (url, _document(source_id, row)) for url in urls for row in db.query(select, [source_id, url])
    )


def _insert(db: Database, document: RawDocument, page_of: str | None) -> None:
    db.execute(
        f"INSERT INTO raw_documents (source_id, {_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            document.source_id,
            document.name,
            page_of,
            to_text(document.fetched_at),
            document.content_type,
            document.content_location,
            zlib.compress(document.body, 1),
        ],
    )


def _document(source_id: str, row: dict[str, Any]) -> RawDocument:
    return RawDocument(
        source_id=source_id,
        name=row["name"],
        body=zlib.decompress(row["body"]),
        fetched_at=from_text(row["fetched_at"]),
        content_type=row["content_type"],
        content_location=row["content_location"],
    )
