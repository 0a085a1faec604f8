"""Pages fetched for full text: which entries still want theirs, what became of each, and robots.txt."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlite_utils import Database

from watcher.dedupe import OF_PAGE
from watcher.model import TaggedItem
from watcher.store.times import from_text, to_text

ROBOTS_FOR = timedelta(hours=24)  # RFC 9309, 2.4: no longer, unless it cannot be had


@dataclass(frozen=True, slots=True)
class Wanted:
    """An entry whose page has not been read."""

    guid: str
    url: str
    tries: int = 0


def wanted(db: Database, source_id: str, items: Iterable[TaggedItem], now: datetime) -> list[Wanted]:
    """Those of a feed's items whose page is to be fetched: new, changed, or to be tried again now."""
    found = []
    for item in items:
        if item.item.url is None:
            continue
        sighting = db.execute(
            "SELECT content_hash FROM sightings WHERE source_id = ? AND guid = ?", [source_id, item.key]
        ).fetchone()
        tried = db.execute(
            "SELECT tries, next_try_at FROM pages WHERE source_id = ? AND guid = ?", [source_id, item.key]
        ).fetchone()
        given = item.seen_hash or item.content_hash
        if sighting is not None and str(sighting[0]) == given + OF_PAGE:
            continue
        changed = sighting is None or str(sighting[0]) != given
        if changed or tried is None or (tried[1] and from_text(tried[1]) <= now):
            found.append(Wanted(item.key, item.item.url, 0 if changed or tried is None else int(tried[0])))
    return found


def note(
    db: Database, source_id: str, page: Wanted, now: datetime, error: str | None, again: datetime | None
) -> None:
    """Remember an attempt: `error` is None when the page came; without `again` it is the last."""
    db.execute(
        "INSERT INTO pages (source_id, guid, url, tried_at, tries, next_try_at, error)"
        " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (source_id, guid) DO UPDATE SET url = excluded.url,"
        " tried_at = excluded.tried_at, tries = excluded.tries, next_try_at = excluded.next_try_at,"
        " error = excluded.error",
        [source_id, page.guid, page.url, to_text(now), page.tries + 1, to_text(again), error],
    )


def robots(db: Database, origin: str, now: datetime) -> tuple[bool, str | None]:
    """(known, rules) of an origin's robots.txt, as read within the last day; no rules forbid all."""
    row = db.execute(
        "SELECT rules FROM robots WHERE origin = ? AND fetched_at > ?", [origin, to_text(now - ROBOTS_FOR)]
    ).fetchone()
    return (row is not None, row[0] if row else None)


def save_robots(db: Database, origin: str, rules: str | None, now: datetime) -> None:
    """Remember a robots.txt; None when the server could not say."""
    db.execute(
        "INSERT INTO robots (origin, fetched_at, rules) VALUES (?, ?, ?) ON CONFLICT (origin)"
        " DO UPDATE SET fetched_at = excluded.fetched_at, rules = excluded.rules",
        [origin, to_text(now), rules],
    )
