"""What a digest is held against: what was published before, and figures that moved or disagree.

Reads only, and loads no texts: a month of articles is held against one day.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from watcher.model import DigestSpec, Figure, FigureNote, RegionTag, StoredItem, TopicTag
from watcher.store import figures
from watcher.store.audience import may_match
from watcher.store.times import from_text, to_text

_MOST_NOTES = 6
_SURE = 0.6  # of metric, region and period together


def known_from(db: Database) -> datetime | None:
    """When the store began to hold what it holds; None while it is empty."""
    row = db.execute("SELECT first_seen_at FROM items ORDER BY id LIMIT 1").fetchone()
    return from_text(str(row[0])) if row else None


def earlier(db: Database, since: datetime, until: datetime, audience: DigestSpec) -> list[StoredItem]:
    """The items published in that time that may be for an audience, oldest first.

    With their tags that count; no text, no evidence.
    """
    may_be, values = may_match(audience, "+items.id")
    rows = db.execute(
        "SELECT id, published_at, first_seen_at, story_id FROM items"
        f" WHERE published_at >= :since AND published_at < :until{may_be}"
        " ORDER BY published_at, id",
        {"since": to_text(since), "until": to_text(until), **values},
    ).fetchall()
    ids = [json.dumps([row[0] for row in rows])]
    topics: dict[int, list[TopicTag]] = {}
    for item_id, topic, role, score in db.execute(
        f"SELECT item_id, topic_id, role, score {_OF_THESE.format('item_topics')}"
        " ORDER BY score DESC, topic_id",
        ids,
    ).fetchall():
        topics.setdefault(item_id, []).append(TopicTag(topic, role, score, ()))
    regions: dict[int, list[RegionTag]] = {}
    for item_id, code, role, score in db.execute(
        f"SELECT item_id, region_code, role, score {_OF_THESE.format('item_regions')}"
        " WHERE role IN ('primary', 'mentioned') ORDER BY score DESC, region_code",
        ids,
    ).fetchall():
        regions.setdefault(item_id, []).append(RegionTag(code, role, score, ()))
    sources: dict[int, list[str]] = {}
    for item_id, source in db.execute(
        f"SELECT item_id, source_id {_OF_THESE.format('sightings')} ORDER BY sightings.id", ids
    ).fetchall():
        sources.setdefault(item_id, []).append(source)
    return [
        StoredItem(
            id=item_id,
            title="",
            url=None,
            outlet=None,
            author=None,
            text="",
            published_at=from_text(published_at),
            published_from="feed",
            first_seen_at=from_text(first_seen_at),
            topics=tuple(topics.get(item_id, ())),
            regions=tuple(regions.get(item_id, ())),
            source_ids=tuple(dict.fromkeys(sources.get(item_id, ()))),
            story_id=story_id,
        )
        for item_id, published_at, first_seen_at, story_id in rows
    ]


_OF_THESE = "FROM json_each(?) AS these CROSS JOIN {} ON item_id = these.value"


def figure_notes(db: Database, item_ids: Sequence[int]) -> list[FigureNote]:
    """What the figures of these items say against others: what disagrees first, then what moved."""
    ids = {"ids": json.dumps(list(item_ids))}
    found: dict[tuple[object, ...], FigureNote] = {}
    for what, query in (("differs", _DIFFERING), ("moved", _MOVED)):
        for row in db.query(query, ids):
            subject = (what, row["metric"], row["region_code"], row["unit"], row["kind"])
            if subject not in found and (note := _note(db, what, row)):
                found[subject] = note
                if len(found) == _MOST_NOTES:
                    return list(found.values())
    return list(found.values())


_THESE = "(SELECT value FROM json_each(:ids))"
_PAIRS = (
    "SELECT label, region, metric, region_code, unit, kind, item_id, value, period_end, other_item_id,"
    f" other_value, other_period_end FROM figure_conflicts WHERE confidence >= {_SURE}"
)

# Two figures only ever differ within a year. The view does not say so in a way that an index understands, and
# with an OR over both sides it would hold every figure against every other.
_DIFFERING = f"""
    {_PAIRS} AND item_id IN {_THESE}
        AND other_period_end BETWEEN substr(period_end, 1, 4) AND substr(period_end, 1, 4) || '-12-31'
    UNION ALL
    {_PAIRS} AND other_item_id IN {_THESE} AND item_id NOT IN {_THESE}
        AND period_end BETWEEN substr(other_period_end, 1, 4) AND substr(other_period_end, 1, 4) || '-12-31'
    ORDER BY metric, region_code, period_end, item_id, other_item_id
"""

# The latest figure before, of a period as long: a half-year is not held against a year.
_MOVED = f"""
    SELECT metrics.label, regions.short_name AS region, new.metric, new.region_code, new.unit, new.kind,
        new.item_id, new.value, new.period_end,
        old.item_id AS other_item_id, old.value AS other_value, old.period_end AS other_period_end
    FROM figures AS new
        CROSS JOIN figures AS old ON old.id = (SELECT id FROM figures AS older
            WHERE older.metric = new.metric AND older.region_code = new.region_code
                AND older.period_end < new.period_end AND older.unit = new.unit AND older.kind = new.kind
                AND older.value != new.value AND older.confidence >= {_SURE} AND older.organisation_id IS NULL
                AND coalesce(older.base_period, '') = coalesce(new.base_period, '')
                AND (older.period_start IS NULL) = (new.period_start IS NULL)
                AND abs(julianday(new.period_end) - julianday(coalesce(new.period_start, new.period_end))
                    - julianday(older.period_end)
                    + julianday(coalesce(older.period_start, older.period_end))) < 4
            ORDER BY older.period_end DESC, older.id LIMIT 1)
        JOIN metrics ON metrics.id = new.metric
        JOIN regions ON regions.code = new.region_code
    WHERE new.item_id IN {_THESE} AND new.kind != 'target' AND new.organisation_id IS NULL
        AND new.confidence >= {_SURE}
    ORDER BY new.period_end DESC, new.id
"""


def _note(db: Database, what: Any, row: Mapping[str, Any]) -> FigureNote | None:
    ids = (row["item_id"], row["other_item_id"])
    stated = figures.of_items(db, ids)
    wanted = ((row["value"], row["period_end"]), (row["other_value"], row["other_period_end"]))
    pair = [
        next((f for f in stated.get(item_id, ()) if _is(f, row, value, end)), None)
        for item_id, (value, end) in zip(ids, wanted, strict=True)
    ]
    if pair[0] is None or pair[1] is None:
        return None
    told = {
        item_id: (outlet, from_text(published_at))
        for item_id, outlet, published_at in db.execute(
            "SELECT id, outlet, published_at FROM items WHERE id IN (?, ?)", list(ids)
        ).fetchall()
    }
    (outlet, at), (other_outlet, other_at) = told[ids[0]], told[ids[1]]
    return FigureNote(
        what, row["label"], row["region"], pair[0], pair[1], (outlet, other_outlet), (at, other_at)
    )


def _is(figure: Figure, row: Mapping[str, Any], value: float, end: str | None) -> bool:
    same = (figure.metric, figure.region_code, figure.unit, figure.kind) == (
        row["metric"],
        row["region_code"],
        row["unit"],
        row["kind"],
    )
    return same and figure.value == value and str(figure.period_end) == str(end)
