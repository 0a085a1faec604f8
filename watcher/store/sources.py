"""Sources as the store knows them: who is due, what is remembered of each, what a poll did."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from sqlite_utils import Database

from watcher.model import FileMark, Pace, PollMemory, PollReport, RawDocument, Source
from watcher.store import seen
from watcher.store.times import from_text, to_text

_TIMES = {f.name for f in fields(PollMemory) if "datetime" in str(f.type) and "tuple" not in str(f.type)}


def register(db: Database, sources: Sequence[Source], now: datetime) -> None:
    """Bring the table up to the config: new sources are due at once, missing ones are paused.

    A source whose location changed starts afresh (its validators belong to the old address), but
    keeps its items.
    """
    for source in sources:
        db.execute(
            "INSERT INTO sources (id, kind, title, location, next_poll_at) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (id) DO UPDATE SET"
            " memory = CASE WHEN location = excluded.location THEN memory ELSE '{}' END,"
            " next_poll_at = CASE WHEN location = excluded.location AND state != 'paused'"
            " THEN next_poll_at ELSE excluded.next_poll_at END,"
            " state = CASE WHEN state = 'paused' THEN 'new' ELSE state END,"
            " kind = excluded.kind, title = excluded.title, location = excluded.location",
            [source.id, source.kind, source.title, source.location, to_text(now)],
        )
    wanted = {source.id for source in sources if source.enabled}
    for (known,) in db.execute("SELECT id FROM sources WHERE state != 'paused'").fetchall():
        if known not in wanted:
            db.execute("UPDATE sources SET state = 'paused', next_poll_at = NULL WHERE id = ?", [known])


def reset(db: Database, source: Source, now: datetime) -> None:
    """Forget validators, back-off and the rest its host asked for; what was learnt of its news stays."""
    seen.forget(db, source.id)
    old = memory(db, source.id)
    kept = PollMemory(
        first_success_at=old.first_success_at,
        last_success_at=old.last_success_at,
        last_new_item_at=old.last_new_item_at,
        had_items=old.had_items,
        recent_new=old.recent_new,
    )
    db.execute(
        "UPDATE sources SET state = 'new', failures = 0, last_error_kind = NULL, last_error = NULL,"
        " memory = ?, next_poll_at = ? WHERE id = ?",
        [json.dumps(_memory_to(kept), ensure_ascii=False), to_text(now), source.id],
    )
    db.execute("DELETE FROM hosts WHERE host = ?", [urlsplit(source.location).hostname])


def due(db: Database, sources: Sequence[Source], now: datetime) -> list[tuple[Source, datetime]]:
    """Those of the sources that are due, and since when; longest waiting first."""
    waiting = {
        str(row[0]): from_text(str(row[1]))
        for row in db.execute(
            "SELECT id, next_poll_at FROM sources WHERE state != 'paused' AND next_poll_at <= ?",
            [to_text(now)],
        ).fetchall()
    }
    found = [(source, waiting[source.id]) for source in sources if source.id in waiting]
    return sorted(found, key=lambda pair: (pair[1], pair[0].id))


def memory(db: Database, source_id: str) -> PollMemory:
    """What the poller must remember of a source."""
    row = db.execute("SELECT memory FROM sources WHERE id = ?", [source_id]).fetchone()
    return _memory_from(json.loads(row[0])) if row else PollMemory()


def postpone(db: Database, source_id: str, until: datetime) -> None:
    """Write the next due time of a source that was not asked."""
    db.execute("UPDATE sources SET next_poll_at = ? WHERE id = ?", [to_text(until), source_id])


def lease(db: Database, source_id: str, until: datetime) -> int:
    """Give a source out until then, when it is due again; the number of this attempt.

    Written before asking, so that a program that dies on an answer cannot hammer.
    """
    row = db.execute(
        "UPDATE sources SET next_poll_at = ?, attempt = attempt + 1 WHERE id = ? RETURNING attempt",
        [to_text(until), source_id],
    ).fetchone()
    return int(row[0]) if row else 0


def take(db: Database, source_id: str, attempt: int) -> bool:
    """Whether this attempt is the newest and nothing of it was taken yet; it is over then."""
    cursor = db.execute(
        "UPDATE sources SET attempt = attempt + 1 WHERE id = ? AND attempt = ?", [source_id, attempt]
    )
    return bool(cursor.rowcount)


def is_first_poll(db: Database, source_id: str) -> bool:
    """Whether no poll of this source ever succeeded."""
    row = db.execute("SELECT last_success_at FROM sources WHERE id = ?", [source_id]).fetchone()
    return row is None or row[0] is None


def save_poll(db: Database, report: PollReport, pace: Pace, now: datetime) -> None:
    """Record what a poll did and when to come back."""
    kept = pace.memory
    db.execute(
        "UPDATE sources SET state = ?, next_poll_at = ?, last_polled_at = ?, last_success_at = ?,"
        " last_new_item_at = coalesce(?, last_new_item_at), failures = ?, last_error_kind = ?,"
        " last_error = ?, memory = ? WHERE id = ?",
        [
            pace.state,
            to_text(pace.next_poll_at),
            to_text(now),
            to_text(kept.last_success_at),
            to_text(kept.last_new_item_at),
            kept.failures,
            kept.last_error_kind,
            kept.last_error,
            json.dumps(_memory_to(kept), ensure_ascii=False),
            report.source_id,
        ],
    )
    db.execute(
        "INSERT INTO polls (source_id, started_at, duration_ms, outcome, http_status, bytes, entries,"
        " new_items, changed_items, error_kind, error) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            report.source_id,
            to_text(now - timedelta(milliseconds=report.duration_ms)),
            report.duration_ms,
            report.outcome,
            report.http_status,
            report.received,
            report.entries,
            report.new_items,
            report.changed_items,
            report.error_kind,
            report.error,
        ],
    )


def file_marks(db: Database, source_id: str) -> dict[str, FileMark]:
    """How each document of a folder looked when it was last read, by its path."""
    rows = db.execute(
        "SELECT path, size, mtime_ns, sha256 FROM documents WHERE source_id = ?", [source_id]
    ).fetchall()
    return {path: FileMark(size, mtime_ns, sha256) for path, size, mtime_ns, sha256 in rows}


def save_file_mark(db: Database, document: RawDocument, error: str | None) -> None:
    """Remember a document as read, or as unreadable and why; an unchanged one is not read again."""
    if document.mark is None:
        return
    mark = document.mark
    db.execute(
        "INSERT INTO documents (source_id, path, size, mtime_ns, sha256, error) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (source_id, path) DO UPDATE SET size = excluded.size,"
        " mtime_ns = excluded.mtime_ns, sha256 = excluded.sha256, error = excluded.error",
        [document.source_id, document.name, mark.size, mark.mtime_ns, mark.sha256, error],
    )


def save_touched(db: Database, source_id: str, touched: Sequence[tuple[str, FileMark]]) -> None:
    """Move the marks of files that have a new time but the same bytes."""
    db.conn.executemany(
        "UPDATE documents SET size = ?, mtime_ns = ? WHERE source_id = ? AND path = ?",
        [(mark.size, mark.mtime_ns, source_id, path) for path, mark in touched],
    )


def paused_hosts(db: Database, now: datetime) -> dict[str, datetime]:
    """Hosts that asked for rest, and until when."""
    rows = db.execute("SELECT host, paused_until FROM hosts WHERE paused_until > ?", [to_text(now)])
    return {host: from_text(until) for host, until in rows.fetchall()}


def pause_host(db: Database, host: str, until: datetime) -> None:
    """Let a whole host rest."""
    db.execute(
        "INSERT INTO hosts (host, paused_until) VALUES (?, ?)"
        " ON CONFLICT (host) DO UPDATE SET paused_until = max(paused_until, excluded.paused_until)",
        [host, to_text(until)],
    )


def _memory_to(memory: PollMemory) -> dict[str, Any]:
    """As JSON values, defaults left out: most sources remember three fields of twenty."""
    plain: dict[str, Any] = {}
    for name, default in _DEFAULTS:
        value = getattr(memory, name)
        if value == default:
            continue
        if isinstance(value, datetime):
            plain[name] = to_text(value)
        elif name == "recent_new":
            plain[name] = [to_text(moment) for moment in value]
        else:
            plain[name] = dict(value) if isinstance(value, Mapping) else value
    return plain


_DEFAULTS = [(f.name, getattr(PollMemory(), f.name)) for f in fields(PollMemory)]


def _memory_from(plain: Mapping[str, Any]) -> PollMemory:
    known = {f.name for f in fields(PollMemory)}
    values: dict[str, Any] = {}
    for name, value in plain.items():
        if name not in known:
            continue  # written by a newer version that was tried and taken back
        if name in _TIMES:
            values[name] = from_text(value)
        elif name == "recent_new":
            values[name] = tuple(from_text(moment) for moment in value)
        else:
            values[name] = value
    return PollMemory(**values)
