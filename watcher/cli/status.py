"""`watcher status`."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from sqlite_utils import Database

from watcher.cli import common, output
from watcher.digest.cron import Cron
from watcher.digest.schedule import next_after
from watcher.store import reports
from watcher.store.open import open_for_reading
from watcher.tag import hash_of


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON array, a source each.")
@common.options
def command(as_json: bool, config_dir: Path | None) -> None:
    """Show each source's state, what is stored, the next digests, and mail that has not arrived.

    \b
    Examples:
      watcher status
      watcher status --json
    """
    config = common.config_of(config_dir)
    db = open_for_reading(config.database)
    rows = reports.source_rows(db)
    full = {source.id for source in config.sources if source.fulltext}
    starved = {name: found for name, found in reports.starved_sources(db).items() if name not in full}
    if as_json:
        short = {name: few for name, (few, _) in starved.items()}
        output.print_json([{**row, "short_texts": short.get(row["id"], 0)} for row in rows])
        return
    now = common.utc_now()
    output.print_table(
        ["SOURCE", "STATE", "LAST OK", "LAST NEW", "NEXT", "NOTE"],
        [
            [
                row["id"],
                f"failing x{row['failures']}" if row["state"] == "failing" else row["state"],
                output.ago(row["last_success_at"], now),
                output.ago(row["last_new_item_at"], now),
                _next(row, now),
                _note(row),
            ]
            for row in rows
        ],
        flexible="NOTE",
    )
    for name, (few, seen) in starved.items():
        texts = f"{few} of its last {seen} texts have under {reports.SHORT_TEXT} characters"
        click.echo(f"{name}: {texts};\n  fulltext = true in sources.toml would fetch the pages")
    counts = reports.counts(db, config.database)
    click.echo(
        f"{output.plural(counts['items'], 'item')} · {output.plural(counts['sightings'], 'sighting')} · "
        f"{output.size(counts['bytes'])} · {counts['undelivered']} undelivered"
    )
    click.echo(_rules(db, config))
    click.echo(_next_digest(config, now))
    for parcel in reports.open_deliveries(db):
        click.echo(
            f"  {parcel['digest']} to {parcel['target']}: {parcel['state']} after "
            f"{output.plural(parcel['attempts'], 'attempt')}, {parcel['last_error'] or 'not tried yet'}"
        )


def _next(row: Mapping[str, Any], now: datetime) -> str:
    when = row["next_poll_at"]
    if when is None:
        return ""
    return "now" if datetime.fromisoformat(when) <= now else output.ago(when, now)


def _note(row: Mapping[str, Any]) -> str:
    if row["last_error"] and row["failures"]:
        return str(row["last_error"])
    if row["kind"] == "folder":
        unreadable = f", {row['unreadable']} unreadable" if row["unreadable"] else ""
        return output.plural(row["documents"], "document") + unreadable
    return ""


def _rules(db: Database, config: Any) -> str:
    current = hash_of(config.book)
    older = reports.tagged_otherwise(db, current)
    return f"rules {current} · " + (
        f"{older:,} tagged under older ones: 'watcher retag'" if older else "in force for all"
    )


def _next_digest(config: Any, now: datetime) -> str:

    coming = [
        (next_after(Cron.parse(table.schedule), table.timezone or config.timezone, now).at, table.id)
        for table in config.digests
        if table.schedule
    ]
    if not coming:
        return "no digest scheduled"
    when, name = min(coming)
    return f"next digest {name}, {output.local(when, config.timezone)}"
