"""A digest as JSON for programs: everything selected, nothing shortened for the eye."""

import json
from datetime import UTC, datetime

from watcher.digest.clean import link, one_line
from watcher.model import Digest, DigestEntry

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
        "heat": [
            {
                "key": row.key,
                "label": row.label,
                "count": row.count,
                "detail": [{"label": label, "count": count} for label, count in row.detail],
            }
            for row in digest.heat
        ],
        "groups": [
            {"key": group.key, "label": group.label, "items": [_entry(entry) for entry in group.entries]}
            for group in digest.groups
        ],
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


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
    }


def _line(text: str | None) -> str | None:
    return one_line(text or "", _LONGEST) or None


def _utc(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
