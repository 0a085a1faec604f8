"""`watcher export`."""

import sys
from pathlib import Path
from typing import Any

import click

from watcher.cli import common, output
from watcher.config.resolve import known_region, known_topic, rules_of
from watcher.digest.rows import as_atom, as_csv, as_json
from watcher.errors import StoreError, UsageError
from watcher.parse.opml import Subscription, write_opml
from watcher.store import export
from watcher.store.open import open_for_reading
from watcher.store.search import Within
from watcher.store.times import to_text

_FORMATS = {
    "items": ("csv", "json", "atom", "sqlite"),
    "figures": ("csv", "json"),
    "sources": ("opml", "csv", "json"),
}


@click.command()
@click.argument("what", type=click.Choice(list(_FORMATS)), default="items")
@click.option(
    "--format", "form", type=click.Choice(["csv", "json", "atom", "sqlite", "opml"]), help="Default: csv."
)
@click.option("-o", "--out", type=click.Path(path_type=Path, dir_okay=False), help="A new file; else stdout.")
@click.option("--query", help="Only what this search finds.")
@click.option("--digest", type=int, metavar="ID", help="Only what this digest held, in its order.")
@click.option("--topic", metavar="ID", help="Only items with this topic.")
@click.option("--region", metavar="NAME", help="Only items that name this region or a place in it.")
@click.option("--source", metavar="ID", help="Only items seen in this source.")
@click.option("--since", metavar="TIME", help="Published at or after: 2026-11-01, 7d, yesterday.")
@click.option("--until", metavar="TIME", help="Published before the end of: 2026-11-20.")
@click.option("--limit", default=10_000, show_default=True, type=click.IntRange(1), help="At most so many.")
@click.option("--json", "as_json_flag", is_flag=True, help="The same as --format json.")
@common.options
def command(config_dir: Path | None, what: str, form: str | None, out: Path | None, **asked: Any) -> None:
    """Write items, their figures, or the list of sources as a file, newest first.

    In csv, text that a spreadsheet would take for a formula gets an apostrophe. The format sqlite
    makes a smaller database of the same shape, with search, for -o FILE.

    \b
    Examples:
      watcher export --format csv --region 成渝地区 --since 30d -o chengyu.csv
      watcher export figures --format json --query 标识解析
      watcher export --digest 12 --format atom
      watcher export --format sqlite --topic identifier -o nodes.db
      watcher export sources --format opml -o feeds.opml
    """
    form = "json" if asked.pop("as_json_flag") else form or _FORMATS[what][0]
    if form not in _FORMATS[what]:
        raise UsageError(f"{what} can be written as {', '.join(_FORMATS[what])}, not as {form}.")
    if out is not None and out.exists():
        raise StoreError(f"{out} exists already; name a new file.")
    config = common.config_of(config_dir)
    if what == "sources":
        _write(out, _sources(config, form), len(config.sources), what)
        return
    db = open_for_reading(config.database)
    ids = export.chosen(db, asked["query"], _within(config, asked), asked["digest"], asked["limit"])
    if form == "sqlite":
        if out is None:
            raise UsageError("A database needs a file: -o FILE.")
        export.subset(config.database, out, ids)
        click.echo(f"wrote {out}: {output.plural(len(ids), 'item')}", err=True)
        return
    figures = what == "figures"
    rows = list(export.figure_rows(db, ids) if figures else export.item_rows(db, ids))
    columns = export.FIGURE_COLUMNS if figures else export.ITEM_COLUMNS
    _write(out, _rendered(rows, columns, form), len(rows), what)


def _rendered(rows: list[dict[str, Any]], columns: list[str], form: str) -> str:
    if form == "csv":
        return as_csv(rows, columns)
    if form == "json":
        return as_json(rows)
    newest = max((row["published_at"] for row in rows), default=to_text(common.utc_now()))
    return as_atom(rows, "watcher", str(newest))


def _sources(config: Any, form: str) -> str:
    rows = [{"id": s.id, "kind": s.kind, "title": s.title, "location": s.location} for s in config.sources]
    if form == "opml":
        feeds = [Subscription(row["title"], row["location"]) for row in rows if row["kind"] == "feed"]
        return write_opml(feeds, "watcher")
    return as_csv(rows, ["id", "kind", "title", "location"]) if form == "csv" else as_json(rows)


def _within(config: Any, asked: dict[str, Any]) -> Within:
    rules = rules_of(config) if asked["topic"] or asked["region"] else None
    return Within(
        topic=known_topic(rules, asked["topic"]) if rules else None,
        regions=known_region(rules, asked["region"]) if rules else None,
        source=asked["source"],
        since=common.moment(asked["since"], config.timezone),
        until=common.moment(asked["until"], config.timezone, end=True),
    )


def _write(out: Path | None, text: str, count: int, what: str) -> None:
    if out is None:
        sys.stdout.buffer.write(text.encode())
        sys.stdout.buffer.flush()
        return
    out.write_text(text, "utf-8", newline="")
    click.echo(f"wrote {out}: {output.plural(count, what.removesuffix('s'))}", err=True)
