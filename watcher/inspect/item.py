"""The page of one article: its text with what was found in it marked, and everything known beside it.

Reads and hands to the template, which escapes everything; the stored HTML is not shown. Addresses are
made links by the rule of the digests, whatever a database says.
"""

import json
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from datasette.utils.asgi import NotFound, Response

from watcher.digest.clean import link
from watcher.inspect.marking import changes, marks_of, paragraphs, pieces
from watcher.text.marks import Mark

_SQL = {
    "regions": "SELECT region_code AS id, short_name AS name, role, score, evidence FROM item_regions"
    " JOIN regions ON code = region_code WHERE item_id = :id"
    " ORDER BY instr('primary mentioned dateline org implied', role), score DESC",
    "topics": "SELECT topic_id AS id, label AS name, role, score, evidence FROM item_topics"
    " JOIN topics ON topics.id = topic_id WHERE item_id = :id ORDER BY role, score DESC",
    "organisations": "SELECT organisations.id, name, coalesce(kind, '') AS role, 0 AS score, evidence"
    " FROM item_organisations JOIN organisations ON organisations.id = organisation_id"
    " WHERE item_id = :id ORDER BY name",
    "policies": "SELECT policies.id, title, issuer, number FROM item_policies"
    " JOIN policies ON policies.id = policy_id WHERE item_id = :id ORDER BY policies.id",
    "figures": "SELECT figures.id, metric, coalesce(label, metric_raw) AS name, value, value_max, unit,"
    " short_name AS region, period_end, kind, approx, quote FROM figures"
    " LEFT JOIN metrics ON metrics.id = metric LEFT JOIN regions ON code = region_code"
    " WHERE item_id = :id ORDER BY figures.id LIMIT 500",
    "sightings": "SELECT source_id, sources.title AS source, sightings.title, url, published_at, seen_at"
    " FROM sightings JOIN sources ON sources.id = source_id WHERE item_id = :id"
    " ORDER BY seen_at LIMIT 200",
    "revisions": "SELECT title, text, replaced_at FROM revisions WHERE item_id = :id"
    " ORDER BY id DESC LIMIT 200",
    "others": "SELECT other.id, other.title, other.outlet, other.published_at FROM items AS this"
    " JOIN items AS other ON other.story_id = this.story_id AND other.id != this.id"
    " WHERE this.id = :id ORDER BY other.published_at LIMIT 200",
    "digests": "SELECT digests.id, digests.title, made_at FROM digest_items"
    " JOIN digests ON digests.id = digest_id WHERE item_id = :id ORDER BY made_at",
}
_KINDS = {"regions": "region", "topics": "topic", "organisations": "org"}


async def page(request: Any, datasette: Any) -> Response:
    """Answer `/-/item/12`."""
    database = datasette.get_database("watcher")
    asked = {"id": int(request.url_vars["item_id"])}
    item = (await database.execute("SELECT * FROM items WHERE id = :id", asked)).first()
    if item is None:
        raise NotFound(f"There is no item {asked['id']}.")
    found = {
        name: [dict(row) for row in (await database.execute(sql, asked)).rows] for name, sql in _SQL.items()
    }
    settings = datasette.plugin_config("watcher-inspect") or {}
    told = view(dict(item), found, ZoneInfo(settings.get("timezone", "Asia/Shanghai")))
    return Response.html(await datasette.render_template("item.html", told, request=request))


def view(item: dict[str, Any], found: dict[str, list[dict[str, Any]]], zone: ZoneInfo) -> dict[str, Any]:
    """What the template shows: the item, the rows beside it, the marked text and the changes."""
    text, title = str(item["text"]), str(item["title"])
    quotes = {row["id"]: row["quote"] for row in found["figures"]}
    tags = [
        (kind, f"{row['name']} · {row['role']}", _evidence(row))
        for name, kind in _KINDS.items()
        for row in found[name]
    ]

    def marks(over: str) -> list[Mark]:
        return [mark for kind, label, evidence in tags for mark in marks_of(over, kind, label, evidence)]

    newer = [(title, text), *((row["title"], row["text"]) for row in found["revisions"])]
    return {
        "item": item | {"url": link(item["url"])},
        "title": pieces(title, marks(title), {}),
        "paragraphs": paragraphs(pieces(text, marks(text), quotes)),
        **found,
        "sightings": [row | {"url": link(row["url"])} for row in found["sightings"]],
        "revisions": [
            {
                "at": row["replaced_at"],
                "title": changes(row["title"], was_title),
                "text": changes(row["text"], was),
            }
            for row, (was_title, was) in zip(found["revisions"], newer, strict=False)
        ],
        "time": lambda moment: _local(moment, zone),
        "words": lambda row: "、".join(f"{e['term']} ×{e['count']}" for e in _evidence(row)),
    }


def _evidence(row: dict[str, Any]) -> list[dict[str, Any]]:
    try:
        found = json.loads(row["evidence"])
    except ValueError:
        return []
    return [entry for entry in found if isinstance(entry, dict) and entry.get("term")]


def _local(moment: str | None, zone: ZoneInfo) -> str:
    try:
        return datetime.fromisoformat(moment or "").astimezone(zone).strftime("%Y-%m-%d %H:%M")
    except ValueError:
        return moment or ""
