"""`watcher poll`."""

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from watcher import app
from watcher.cli import common, output
from watcher.config import Config
from watcher.model import PollReport, Source
from watcher.store.lock import writing
from watcher.store.open import open_for_reading
from watcher.store.sources import due as due_of


@click.command()
@click.argument("names", nargs=-1, metavar="[SOURCE]...")
@click.option("--all", "everything", is_flag=True, help="All sources, due or not.")
@click.option("--dry-run", is_flag=True, help="Change nothing: list what would be asked.")
@click.option("--strict", is_flag=True, help="Exit with 1 when any source failed.")
@common.options
def command(
    names: tuple[str, ...], everything: bool, dry_run: bool, strict: bool, config_dir: Path | None
) -> None:
    """Make one pass over the sources that are due, then exit: for cron.

    Sources that are named are asked whether they are due or not.

    \b
    Examples:
      watcher poll
      watcher poll seeds nbd
      watcher poll --all --strict
    """
    config = common.config_of(config_dir)
    wanted = app.chosen_sources(config, names)
    at_once = everything or bool(names)
    if dry_run:
        _would_ask(config, wanted, at_once=at_once)
        return
    with writing(config.database, "poll"), app.opened(config) as house:
        due = wanted if at_once else app.due_sources(house)
        reports = asyncio.run(_all(house, due))
    polled = {report.source_id for report in reports}
    failed = {report.source_id for report in reports if report.outcome in {"failed", "offline", "lapsed"}}
    new = sum(report.new_items for report in reports)
    changed = sum(report.changed_items for report in reports)
    click.echo(
        f"{output.plural(len(polled), 'source')} polled, {len(failed)} failed: "
        f"{output.plural(new, 'new item')}, {changed} changed"
    )
    if failed and (strict or failed == polled):
        sys.exit(1)


async def _all(house: app.House, due: Sequence[Source]) -> list[PollReport]:
    reports: list[PollReport] = []
    with output.progress("polling", len(due)) as step:
        async for report in app.poll_pass(house, due):
            step(report.source_id)
            reports.append(report)
            for note in report.notes:
                click.echo(f"{report.source_id}: {note}", err=True)
    _tell_failures(reports)
    return reports


def _tell_failures(reports: Sequence[PollReport]) -> None:
    # Twenty routes of one host that is away are one thing to tell, not twenty.
    same: dict[str, list[str]] = {}
    for report in reports:
        if report.outcome == "failed":
            same.setdefault(report.error or "", []).append(report.source_id)
    for error, ids in same.items():
        click.echo(f"{', '.join(ids)}: failed, {error}", err=True)
    offline = sum(report.outcome == "offline" for report in reports)
    if offline:
        click.echo(
            f"None of {output.plural(offline, 'feed')} could be reached: this machine seems to be offline. "
            "Nothing is held against them; they are asked again in 15 minutes.",
            err=True,
        )


def _would_ask(config: Config, wanted: Sequence[Source], *, at_once: bool) -> None:

    known = config.database.is_file()
    due = (
        wanted
        if at_once or not known
        else [source for source, _ in due_of(open_for_reading(config.database), wanted, common.utc_now())]
    )
    for source in due:
        click.echo(f"{source.id}  {source.location}")
    click.echo(f"{output.plural(len(due), 'source')} would be asked", err=True)
