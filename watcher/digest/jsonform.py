"""A digest as JSON for programs: everything selected, nothing shortened for the eye."""

import json
from datetime import UTC, datetime

from watcher.digest.clean import link, one_line
from watcher.model import Digest, DigestEntry, HeatRow

_LONGEST = 10_000  # characters


def render(digest: Digest) -> str:
    """One object; times are UTC ISO 8601, `url` is http(s) or null."""
    document = {
        "name": digest.name,
        "title": one_line(digest.title, _LONGEST),
        "made_at": _utc(digest.made_at),
        "since": _utc(digest.since),
        "until": _utc(digest.until),
        "timezone": str(digest.timezone),
        "items": digest.items,
        "cut": digest.cut,
        "outlets": digest.outlets,
        "sources": [{"id": source, "title": one_line(title, _LONGEST)} for source, title in digest.sources],
        "heat": [_row(row) for row in digest.heat],
        "also": [_row(row) for row in digest.also],
        "news": [{"kind": heading, "line": one_line(line, _LONGEST)} for heading, line in digest.news],
        "groups": [
            {
                "key": group.key,
                "label": group.label,
                "cut": group.cut,
                "items": [_entry(entry) for entry in group.entries],
            }
            for group in digest.groups
        ],
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _row(row: HeatRow) -> dict[str, object]:
    return {
        "key": row.key,
        "label": row.label,
        "count": row.count,
        "usual": row.usual,
        "spike": row.spike,
        "past": list(row.past),
        "detail": [{"label": label, "count": count} for label, count in row.detail],
    }


def _entry(entry: DigestEntry) -> dict[str, object]:
    item = entry.item
    return {
        "number": entry.number,
        "id": item.id,
        "title": one_line(item.title, _LONGEST),
        "url": link(item.url),
        "outlet": _line(item.outlet),
        "author": _line(item.author),
        "published_at": _utc(item.published_at),
        "published_from": item.published_from,
        "first_seen_at": _utc(item.first_seen_at),
        "lead": _line(entry.lead),
        "topics": list(entry.topics),
        "regions": list(entry.regions),
        "sources": list(item.source_ids),
        "other_outlets": item.other_outlets,
        "updated": item.updated,
        "figures": [{"what": _line(what), "amount": _line(amount)} for what, amount in entry.figures],
    }


def _line(text: str | None) -> str | None:
    return one_line(text or "", _LONGEST) or None


def _utc(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
