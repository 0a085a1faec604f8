"""What `watcher status` and its kin show: reads only, nothing decided."""

from datetime import datetime
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from watcher.store.open import translated
from watcher.store.times import to_text

SHORT_TEXT = 200  # characters; less starves topics, regions and figures
_LOOKED_AT = 30  # newest texts of a source
_ENOUGH = 5


def source_states(db: Database) -> dict[str, str]:
    """The state of each source by its id."""
    with translated():
        return dict(db.execute("SELECT id, state FROM sources").fetchall())


def source_rows(db: Database) -> list[dict[str, Any]]:
    """Everything the store knows of each source, those in trouble first; `items` counts its sightings."""
    with translated():
        return list(
            db.query(
                "SELECT id, kind, title, state, next_poll_at, last_polled_at, last_success_at,"
                " last_new_item_at, failures, last_error_kind, last_error,"
                " (SELECT count(*) FROM sightings WHERE source_id = sources.id) AS items,"
                " (SELECT count(*) FROM documents WHERE source_id = sources.id) AS documents,"
                " (SELECT count(*) FROM documents WHERE source_id = sources.id AND error IS NOT NULL)"
                "   AS unreadable"
                " FROM sources ORDER BY state NOT IN ('failing', 'gone', 'quiet'), id"
            )
        )


def troubled_sources(db: Database, late: datetime) -> list[dict[str, Any]]:
    """The sources that fail, fell silent or are gone, and those that have been due since before `late`."""
    columns = "SELECT id, state, failures, last_error, next_poll_at FROM sources WHERE"
    with translated():
        return list(
            db.query(
                f"{columns} state IN ('failing', 'gone', 'quiet')"
                f" UNION {columns} state != 'paused' AND next_poll_at < ? ORDER BY id",
                [to_text(late)],
            )
        )


def given_up(db: Database) -> int:
    """How many parcels could not be delivered."""
    with translated():
        return int(db.execute("SELECT count(*) FROM deliveries WHERE state = 'failed'").fetchone()[0])


def unreadable_documents(db: Database, source_id: str) -> list[tuple[str, str]]:
    """(path, why) of a folder's documents that could not be read."""
    with translated():
        return list(
            db.execute(
                "SELECT path, error FROM documents WHERE source_id = ? AND error IS NOT NULL ORDER BY path",
                [source_id],
            ).fetchall()
        )


def counts(db: Database, path: Path) -> dict[str, int]:
    """How much there is: items, sightings, undelivered parcels, bytes on disk."""
    with translated():
        row = db.execute(
            "SELECT (SELECT count(*) FROM items), (SELECT count(*) FROM sightings),"
            " (SELECT count(*) FROM deliveries WHERE state IN ('pending', 'sending')),"
            " (SELECT count(*) FROM deliveries WHERE state = 'failed')"
        ).fetchone()
    names = ("items", "sightings", "undelivered", "given_up")
    with translated(path):
        wal = path.with_name(path.name + "-wal")
        size = path.stat().st_size + (wal.stat().st_size if wal.is_file() else 0)
    return {**dict(zip(names, row, strict=True)), "bytes": size}


def tagged_otherwise(db: Database, rules_hash: str) -> int:
    """How many items carry the tags of other rules than these."""
    with translated():
        row = db.execute("SELECT count(*) FROM items WHERE rules_hash IS NOT ?", [rules_hash]).fetchone()
    return int(row[0])


def open_deliveries(db: Database) -> list[dict[str, Any]]:
    """Parcels that have not arrived, with their last error."""
    with translated():
        return list(
            db.query(
                "SELECT deliveries.id, digests.name AS digest, channel, target, state, attempts,"
                " next_try_at, last_error FROM deliveries JOIN digests ON digests.id = digest_id"
                " WHERE state != 'sent' ORDER BY deliveries.id"
            )
        )


def starved_sources(db: Database) -> dict[str, tuple[int, int]]:
    """Feeds whose newest texts are mostly mere summaries: (short ones, looked at) by source."""
    with translated():
        rows = db.execute(
            "SELECT source_id, sum(length(text) < ?), count(*) FROM (SELECT source_id, item_id, row_number()"
            " OVER (PARTITION BY source_id ORDER BY id DESC) AS place FROM sightings) AS newest"
            " JOIN items ON items.id = item_id JOIN sources ON sources.id = source_id"
            " WHERE place <= ? AND kind = 'feed' GROUP BY source_id ORDER BY source_id",
            [SHORT_TEXT, _LOOKED_AT],
        ).fetchall()
    return {name: (short, seen) for name, short, seen in rows if seen >= _ENOUGH and 2 * short > seen}
