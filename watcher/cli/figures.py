"""`watcher figures`."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import click

from watcher.cli import common, output
from watcher.config.resolve import known_region, rules_of
from watcher.digest.rows import as_csv
from watcher.errors import UsageError
from watcher.store.figures import Wanted, find
from watcher.store.open import open_for_reading
from watcher.text.amounts import amount, spoken

_COLUMNS = ("METRIC", "VALUE", "WHERE", "WHEN", "KIND", "ITEM")
_CSV = (
    "item_id", "metric", "label", "metric_raw", "value", "value_max", "approx", "unit", "region_code",
    "region", "region_from", "organisation", "period_start", "period_end", "period_from", "kind",
    "base_period", "confidence", "quote", "title", "outlet", "url", "published_at",
)  # fmt: skip


@click.command()
@click.option("--metric", metavar="NAME", help="An id (gdp), or words of the metric: 二级节点.")
@click.option("--region", metavar="NAME", help="Only figures of this region or a place in it.")
@click.option("--since", metavar="TIME", help="From articles published at or after: 2026-11-01, 7d.")
@click.option("--until", metavar="TIME", help="From articles published before the end of: 2026-11-20.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 100_000))
@click.option("--json", "as_json", is_flag=True, help="One JSON array, with quotes.")
@click.option("--csv", "to_csv", is_flag=True, help="CSV for a spreadsheet, with quotes.")
@common.options
def command(  # noqa: PLR0913, PLR0917  (one parameter an option)
    metric: str | None,
    region: str | None,
    since: str | None,
    until: str | None,
    limit: int,
    as_json: bool,
    to_csv: bool,
    config_dir: Path | None,
) -> None:
    """Show the figures that articles state, those of the latest period first.

    ~ before a time: not said, taken from around the sentence; <= : as of the day of publication.
    'watcher why ITEM' shows the sentences.

    \b
    Examples:
      watcher figures --region 重庆市
      watcher figures --metric 二级节点 --since 90d
      watcher figures --metric gdp --csv > gdp.csv
    """
    if as_json and to_csv:
        raise UsageError("--json and --csv are two ways to print the same; choose one.")
    config = common.config_of(config_dir)
    regions = known_region(rules_of(config), region) if region else None
    wanted = Wanted(
        metric=metric,
        regions=regions,
        since=common.moment(since, config.timezone),
        until=common.moment(until, config.timezone, end=True),
    )
    rows = find(open_for_reading(config.database), wanted, limit)
    if as_json:
        output.print_json(rows)
    elif to_csv:
        click.echo(as_csv(rows, _CSV), nl=False)
    else:
        output.print_table(_COLUMNS, [_cells(row) for row in rows], flexible="METRIC")
        click.echo(f"{output.plural(len(rows), 'figure')}{_hint(rows, limit)}", err=True)


def summary(row: Mapping[str, Any]) -> str:
    """One line: what, how much, where, when and which kind, with where each was taken from."""
    where = row["region"] or row["organisation"] or "nowhere named"
    place = f"{where} ({row['region_from']})" if row["region_from"] not in (None, "sentence") else where
    when = (
        f"{_when(row).lstrip('~')} ({row['period_from']})" if row["period_from"] != "sentence" else _when(row)
    )
    known = f" = {row['label']}" if row["label"] and row["label"] != row["metric_raw"] else ""
    base = f", against {row['base_period']}" if row["base_period"] else ""
    what = f"{row['metric_raw']}{known}  {amount(row)}"
    return f"{what} · {place} · {when} · {row['kind']}{base}  {row['confidence']:g}"


def marked(quote: str, marks: Iterable[Sequence[Any]]) -> str:
    """A quote with its parts in brackets that say what they are: 已建成[17个 value][二级节点 metric]."""
    shown, done = "", 0
    for start, end, name in sorted(tuple(mark) for mark in marks):
        if start >= done:
            shown += f"{quote[done:start]}[{quote[start:end]} {name}]"
            done = end
    return (shown + quote[done:]).strip()


def _cells(row: Mapping[str, Any]) -> tuple[str, ...]:
    kind = "" if row["kind"] == "actual" else row["kind"]
    where = row["region"] or row["organisation"] or ""
    return (row["label"] or row["metric_raw"], amount(row), where, _when(row), kind, f"#{row['item_id']}")


def _when(row: Mapping[str, Any]) -> str:
    first, last = (
        date.fromisoformat(row[key]) if row[key] else None for key in ("period_start", "period_end")
    )
    guessed = "" if row["period_from"] in ("sentence", "published") else "~"
    return guessed + spoken(first, last)


def _hint(rows: list[dict[str, Any]], limit: int) -> str:
    return "; --limit shows more" if len(rows) == limit else ""
