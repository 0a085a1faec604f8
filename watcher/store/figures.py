"""Figures: saved with the tags of their item, and read again for tables, explanations and digests."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlite_utils import Database

from watcher.model import Figure, MetricRule
from watcher.store.times import to_text

_COLUMNS = (
    "item_id, metric, value, value_max, unit, region_code, region_from, period_start, period_end,"
    " period_from, kind, approx, base_period, metric_raw, organisation_id, quote, confidence, marks, also"
)
_SHOWN = (
    "figures.id, figures.item_id, figures.metric, coalesce(metrics.label, figures.metric) AS label,"
    " metric_raw, value, value_max, approx, unit, figures.region_code, regions.short_name AS region,"
    " region_from, organisations.name AS organisation, period_start, period_end, period_from,"
    " figures.kind, base_period, confidence, quote, marks, also"
)
_JOINED = (
    " FROM figures LEFT JOIN metrics ON metrics.id = figures.metric"
    " LEFT JOIN regions ON regions.code = figures.region_code"
    " LEFT JOIN organisations ON organisations.id = figures.organisation_id"
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which figures are asked for; None asks for all."""

    metric: str | None = None  # an id, or part of a label or of the wording
    regions: Collection[str] | None = None  # codes
    since: datetime | None = None  # when the article was published
    until: datetime | None = None


def save_metrics(db: Database, metrics: Iterable[MetricRule]) -> None:
    """Bring the labels of metrics up to the rules in force; nothing is deleted."""
    db.conn.executemany(
        "INSERT INTO metrics (id, label, steady) VALUES (?, ?, ?)"
        " ON CONFLICT (id) DO UPDATE SET label = excluded.label, steady = excluded.steady",
        [(metric.id, metric.label, int(metric.steady)) for metric in metrics],
    )


def replace(db: Database, item_id: int, figures: Sequence[Figure]) -> None:
    """Put these figures in the place of whatever the item had."""
    db.execute("DELETE FROM figures WHERE item_id = ?", [item_id])
    add(db, item_id, figures)


def add(db: Database, item_id: int, figures: Sequence[Figure]) -> None:
    """Give a new item its figures; its organisations are saved already."""
    for figure in figures:
        db.execute(
            f"INSERT INTO figures ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,"
            " (SELECT id FROM organisations WHERE name = ?), ?, ?, ?, ?)",
            [
                item_id,
                figure.metric,
                figure.value,
                figure.value_max,
                figure.unit,
                figure.region_code,
                figure.region_from,
                _day(figure.period_start),
                _day(figure.period_end),
                figure.period_from,
                figure.kind,
                figure.approx,
                figure.base_period,
                figure.metric_raw,
                figure.organisation,
                figure.quotes[0],
                figure.confidence,
                json.dumps(figure.marks),
                json.dumps(figure.quotes[1:], ensure_ascii=False),
            ],
        )


def of_item(db: Database, item_id: int) -> list[dict[str, Any]]:
    """The figures of one item in the order of its text."""
    return _rows(db, f"SELECT {_SHOWN}{_JOINED} WHERE figures.item_id = ? ORDER BY figures.id", [item_id])


def of_items(db: Database, ids: Sequence[int]) -> dict[int, list[Figure]]:
    """The figures of several items, for digests: of each item the surest of a known metric first."""
    marks = ", ".join("?" * len(ids))
    rows = _rows(
        db,
        f"SELECT {_SHOWN}{_JOINED} WHERE figures.item_id IN ({marks})"
        " ORDER BY figures.metric IS NULL, confidence DESC, figures.id",
        list(ids),
    )
    found: dict[int, list[Figure]] = {}
    for row in rows:
        found.setdefault(row["item_id"], []).append(_figure(row))
    return found


def find(db: Database, wanted: Wanted, limit: int) -> list[dict[str, Any]]:
    """Figures as a table, those of the latest period first."""
    values: dict[str, Any] = {
        "metric": wanted.metric,
        "since": to_text(wanted.since),
        "until": to_text(wanted.until),
        "limit": limit,
        "regions": None if wanted.regions is None else json.dumps(sorted(wanted.regions)),
    }
    return _rows(
        db,
        f"SELECT {_SHOWN}, items.title, items.outlet, items.url, items.published_at{_JOINED}"
        " JOIN items ON items.id = figures.item_id"
        " WHERE (:metric IS NULL OR figures.metric = :metric OR instr(coalesce(metrics.label, ''), :metric)"
        "   OR instr(metric_raw, :metric))"
        " AND (:regions IS NULL OR figures.region_code IN (SELECT value FROM json_each(:regions)))"
        " AND published_at >= coalesce(:since, '') AND published_at < coalesce(:until, 'Z')"
        " ORDER BY period_end DESC, figures.item_id DESC, figures.id LIMIT :limit",
        values,
    )


def _rows(db: Database, sql: str, values: Sequence[Any] | dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {**row, "marks": json.loads(row["marks"]), "also": json.loads(row["also"])}
        for row in db.query(sql, values)
    ]


def _figure(row: Mapping[str, Any]) -> Figure:
    return Figure(
        value=row["value"],
        value_max=row["value_max"],
        unit=row["unit"],
        approx=row["approx"],
        metric=row["metric"],
        metric_raw=row["metric_raw"],
        kind=row["kind"],
        region_code=row["region_code"],
        region_from=row["region_from"],
        organisation=row["organisation"],
        period_start=date.fromisoformat(row["period_start"]) if row["period_start"] else None,
        period_end=date.fromisoformat(row["period_end"]) if row["period_end"] else None,
        period_from=row["period_from"],
        base_period=row["base_period"],
        confidence=row["confidence"],
        quotes=(row["quote"], *row["also"]),
        marks=tuple((start, end, name) for start, end, name in row["marks"]),
    )


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
