"""What a digest is held against: what was published before, and figures that moved or disagree.

Reads only, and loads no texts: a month of articles is held against one day.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from watcher.model import Figure, FigureNote, RegionTag, StoredItem, TopicTag
from watcher.store import figures
from watcher.store.times import from_text, to_text

_MOST_NOTES = 6
_SURE = 0.6  # of metric, region and period together


def known_from(db: Database) -> datetime | None:
    """When the store began to hold what it holds; None while it is empty."""
    row = db.execute("SELECT first_seen_at FROM items ORDER BY id LIMIT 1").fetchone()
    return from_text(str(row[0])) if row else None


def earlier(db: Database, since: datetime, until: datetime) -> list[StoredItem]:
    """The items published in that time with their tags that count, oldest first; no text, no evidence."""
    values = [to_text(since), to_text(until)]
    published = (
        "FROM items CROSS JOIN {} ON item_id = items.id"
        " WHERE items.published_at >= ? AND items.published_at < ?"  # sightings have one too
    )
    topics: dict[int, list[TopicTag]] = {}
    for item_id, topic, role, score in db.execute(
        f"SELECT item_id, topic_id, role, score {published.format('item_topics')}"
        " ORDER BY score DESC, topic_id",
        values,
    ).fetchall():
        topics.setdefault(item_id, []).append(TopicTag(topic, role, score, ()))
    regions: dict[int, list[RegionTag]] = {}
    for item_id, code, role, score in db.execute(
        f"SELECT item_id, region_code, role, score {published.format('item_regions')}"
        " AND role IN ('primary', 'mentioned') ORDER BY score DESC, region_code",
        values,
    ).fetchall():
        regions.setdefault(item_id, []).append(RegionTag(code, role, score, ()))
    sources: dict[int, list[str]] = {}
    for item_id, source in db.execute(
        f"SELECT item_id, source_id {published.format('sightings')} ORDER BY sightings.id", values
    ).fetchall():
        sources.setdefault(item_id, []).append(source)
    rows = db.execute(
        "SELECT id, published_at, first_seen_at, story_id FROM items"
        " WHERE published_at >= ? AND published_at < ? ORDER BY published_at, id",
        values,
    ).fetchall()
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


def figure_notes(db: Database, item_ids: Sequence[int]) -> list[FigureNote]:
    """What the figures of these items say against others: what disagrees first, then what moved."""
    marks = ", ".join("?" * len(item_ids))
    differing = db.query(
        "SELECT label, region, metric, region_code, unit, kind, item_id, value, period_end, other_item_id,"
        f" other_value, other_period_end FROM figure_conflicts WHERE confidence >= {_SURE}"
        f" AND (item_id IN ({marks}) OR other_item_id IN ({marks}))",
        [*item_ids, *item_ids],
    )
    moved = db.query(_MOVED.format(marks=marks, sure=_SURE), list(item_ids))
    found: dict[tuple[object, ...], FigureNote] = {}
    for what, rows in (("differs", differing), ("moved", moved)):
        for row in rows:
            subject = (what, row["metric"], row["region_code"], row["unit"], row["kind"])
            if subject not in found and (note := _note(db, what, row)):
                found[subject] = note
    return list(found.values())[:_MOST_NOTES]


# The latest figure before, of a period as long: a half-year is not held against a year.
_MOVED = """
    SELECT metrics.label, regions.short_name AS region, new.metric, new.region_code, new.unit, new.kind,
        new.item_id, new.value, new.period_end,
        old.item_id AS other_item_id, old.value AS other_value, max(old.period_end) AS other_period_end
    FROM figures AS new
        JOIN figures AS old ON old.metric = new.metric AND old.region_code = new.region_code
            AND old.unit = new.unit AND old.kind = new.kind AND old.period_end < new.period_end
            AND coalesce(old.base_period, '') = coalesce(new.base_period, '')
            AND (old.period_start IS NULL) = (new.period_start IS NULL)
            AND abs(julianday(new.period_end) - julianday(coalesce(new.period_start, new.period_end))
                - julianday(old.period_end) + julianday(coalesce(old.period_start, old.period_end))) < 4
        JOIN metrics ON metrics.id = new.metric
        JOIN regions ON regions.code = new.region_code
    WHERE new.item_id IN ({marks}) AND new.kind != 'target' AND old.value != new.value
        AND new.organisation_id IS NULL AND old.organisation_id IS NULL
        AND min(new.confidence, old.confidence) >= {sure}
    GROUP BY new.id ORDER BY new.period_end DESC, new.id
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
