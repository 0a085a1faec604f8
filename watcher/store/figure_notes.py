"""Figures of a digest held against all others: which disagree, and which moved.

Reads only. Asked subject by subject, and no further than a digest has room for: in a large store a day's
figures disagree with hundreds of thousands.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Literal

from sqlite_utils import Database

from watcher.model import Figure, FigureNote
from watcher.store import figures
from watcher.store.times import from_text

_MOST_NOTES = 6
_SURE = 0.6  # of metric, region and period together

# What two figures are about that can be held against each other; `shared` is how much of the day they have in
# common: all ten characters, or the year of what is counted once a year.
_SUBJECT = ("metric", "region_code", "unit", "kind", "shared")
_Subject = tuple[str | int, ...]


def figure_notes(db: Database, item_ids: Sequence[int]) -> list[FigureNote]:
    """What the figures of these items say against others: what disagrees first, then what moved; at most six.

    One note a subject, in the order in which the items first speak of it. Of several pairs that disagree
    the earliest is told, of several that moved the latest.
    """
    stated = _stated(db, item_ids)
    return list(islice(_notes(db, stated), _MOST_NOTES))


def _stated(db: Database, item_ids: Sequence[int]) -> dict[_Subject, list[int]]:
    """What these items have figures for, and for each thing said of it the first article that says so."""
    found: dict[_Subject, list[int]] = {}
    for *subject, item_id in db.execute(_STATED, [json.dumps(item_ids)]).fetchall():
        found.setdefault(tuple(subject), []).append(item_id)
    return found


def _notes(db: Database, stated: Mapping[_Subject, Sequence[int]]) -> Iterator[FigureNote]:
    for what, query in _QUERIES:
        for subject, item_ids in stated.items():
            wanted = dict(zip(_SUBJECT, subject, strict=True))
            for row in db.query(query, {**wanted, "ids": json.dumps(item_ids)}):
                if note := _note(db, what, row):
                    yield note


_STATED = f"""
    SELECT metric, region_code, unit, kind, iif(steady, 4, 10) AS shared, min(item_id)
    FROM json_each(?) AS shown CROSS JOIN figures ON item_id = shown.value JOIN metrics ON metrics.id = metric
    WHERE region_code IS NOT NULL AND organisation_id IS NULL AND confidence >= {_SURE}
    GROUP BY metric, region_code, unit, kind, figures.value, value_max, approx, period_start, period_end,
        base_period
    ORDER BY min(shown.key), min(figures.id)
"""

# Pluses keep SQLite from beginning with all figures of the metric: these items have but a few.
_THESE = (
    "{0}item_id IN (SELECT value FROM json_each(:ids)) AND +{0}metric = :metric"
    " AND +{0}region_code = :region_code AND {0}unit = :unit AND {0}kind = :kind"
)
_PAIRS = (
    "SELECT label, region, metric, region_code, unit, kind, item_id, value, period_end, other_item_id,"
    f" other_value, other_period_end FROM figure_conflicts WHERE confidence >= {_SURE}"
)

# The view does not say in a way that an index understands that two figures differ within a day or year only,
# and with an OR over both sides it would hold every figure against every other.
_DIFFERING = f"""
    {_PAIRS} AND {_THESE.format("")}
        AND other_period_end BETWEEN substr(period_end, 1, :shared) AND substr(period_end, 1, :shared) || '~'
    UNION ALL
    {_PAIRS} AND {_THESE.format("").replace("item_id", "other_item_id")}
        AND period_end BETWEEN substr(other_period_end, 1, :shared)
            AND substr(other_period_end, 1, :shared) || '~'
    ORDER BY period_end, item_id, other_item_id LIMIT 1
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
    WHERE {_THESE.format("new.")} AND new.kind != 'target' AND new.organisation_id IS NULL
        AND new.confidence >= {_SURE}
    ORDER BY new.period_end DESC, new.id LIMIT 1
"""

_QUERIES: tuple[tuple[Literal["differs", "moved"], str], ...] = (("differs", _DIFFERING), ("moved", _MOVED))


def _note(db: Database, what: Literal["differs", "moved"], row: Mapping[str, Any]) -> FigureNote | None:
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
