"""`watcher db reparse`: runs it, and says what every reading changed."""

import asyncio
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict

import click

from watcher import app, rework
from watcher.cli import output
from watcher.config import Config
from watcher.model import Source
from watcher.reparse import Reparsed
from watcher.store.lock import writing
from watcher.store.rereading import Reread
from watcher.text.width import clip

_MOST = 20  # articles named a source
_LONG = {"text", "html"}


def read_again(config: Config, names: Sequence[str], *, dry_run: bool, as_json: bool) -> None:
    """Read again what the named sources brought, or all sources."""
    wanted = app.chosen_sources(config, names)
    with ExitStack() as stack:
        if not dry_run:
            stack.enter_context(writing(config.database, "db reparse"))
        house = stack.enter_context(app.reading(config) if dry_run else app.opened(config))
        done = asyncio.run(_all(house, wanted, dry_run=dry_run))
    if as_json:
        output.print_json([_row(one.source_id, reread) for one in done for reread in one.changed])
        return
    for one in done:
        _tell(one)
    changed = sum(bool(reread.changes) for one in done for reread in one.changed)
    click.echo(
        f"{output.plural(sum(one.documents for one in done), 'document')} read again, "
        f"{output.plural(sum(one.items for one in done), 'article')} found: "
        f"{changed} {'would change' if dry_run else 'changed'}"
    )


async def _all(house: app.House, wanted: Sequence[Source], *, dry_run: bool) -> list[Reparsed]:
    with output.progress("reading again", len(wanted)) as step:
        done = []
        async for one in rework.reparse_pass(house, wanted, dry_run=dry_run):
            step(one.source_id)
            done.append(one)
    return done


def _tell(one: Reparsed) -> None:
    for failure in one.failed:
        click.echo(f"{one.source_id}: {failure}", err=True)
    for reread in one.changed[:_MOST]:
        what = reread.note or ", ".join(_change(*change) for change in reread.changes)
        click.echo(clip(f"#{reread.item_id}  {reread.title}", output.WIDTH))
        click.echo(clip(f"    {what}", output.WIDTH))
    if len(one.changed) > _MOST:
        click.echo(f"… and {len(one.changed) - _MOST} more of {one.source_id}; --json names all")


def _change(field: str, before: str | None, after: str | None) -> str:
    if field in _LONG:
        return f"{field} {len(after or '') - len(before or ''):+,} characters"
    return f"{field} {before or 'none'} → {after or 'none'}"


def _row(source_id: str, reread: Reread) -> dict[str, object]:
    return {"source_id": source_id, **asdict(reread)}
