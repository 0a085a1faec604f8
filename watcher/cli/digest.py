"""`watcher digest`."""

import sys
from pathlib import Path
from typing import Any

import click

from watcher import app, press, publish
from watcher.cli import common, output
from watcher.cli.outbox import empty_outbox
from watcher.cli.past_digests import resend, rest
from watcher.digest.cron import Cron
from watcher.digest.render import render
from watcher.digest.schedule import next_after
from watcher.digest.templates import Templates
from watcher.errors import UsageError
from watcher.publish import Window
from watcher.store import digests
from watcher.store.digests import history_count
from watcher.store.open import open_for_reading


@click.group()
def command() -> None:
    """List, preview, send and resend digests."""


command.add_command(rest)
command.add_command(resend)


def window(function: Any) -> Any:
    """--since and --until."""
    since = click.option("--since", metavar="TIME", help="Published at or after: 2026-11-01, 7d, yesterday.")
    until = click.option("--until", metavar="TIME", help="Published up to and with: 2026-11-20.")
    return since(until(function))


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON array of past digests.")
@common.options
def list_digests(as_json: bool, config_dir: Path | None) -> None:
    """List the digests of the config with their next time, and the past ones with what became of them.

    \b
    Examples:
      watcher digest list
    """
    config = common.config_of(config_dir)
    past = digests.past(open_for_reading(config.database)) if config.database.is_file() else []
    if as_json:
        output.print_json(past)
        return
    now = common.utc_now()
    rows = [
        [table.id, table.title, table.schedule or "by hand", _next(table, config, now)]
        for table in config.digests
    ]
    rows += [[f"alert:{table.id}", table.title, "at once", ""] for table in config.alerts]
    output.print_table(["DIGEST", "TITLE", "SCHEDULE", "NEXT"], rows, flexible="TITLE")
    if past:
        click.echo()
        output.print_table(
            ["ID", "DIGEST", "MADE", "ITEMS", "SENT", "OPEN", "FAILED"],
            [
                [
                    *(row["id"], row["name"], output.local(row["made_at"], config.timezone)),
                    *(row["items"], row["sent"], row["open"], row["failed"]),
                ]
                for row in past
            ],
        )


@command.command()
@click.argument("name")
@window
@click.option(
    "--format",
    "form",
    type=click.Choice(["txt", "md", "html", "json", "atom"]),
    default="txt",
    show_default=True,
)
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), help="Write a file into this folder."
)
@common.options
def preview(
    name: str, since: str | None, until: str | None, form: Any, out: Path | None, config_dir: Path | None
) -> None:
    """Show what a digest would hold now; nothing is sent or marked as sent.

    \b
    Examples:
      watcher digest preview daily
      watcher digest preview weekly --since 7d --format html --out /tmp
    """
    config = common.config_of(config_dir)
    with app.reading(config) as house:
        spec = press.spec_named(house.specs, name)
        chosen = _window(since, until, config)
        digest = publish.compose(spec, chosen, press.desk(house), common.utc_now())
        if digest.items == 0:
            click.echo(_nothing(house, name, chosen), err=True)
    file = render(digest, form, Templates(config.templates))
    if out is None:
        click.echo(file.body.decode(), nl=False)
        return
    out.mkdir(parents=True, exist_ok=True)
    (out / file.name).write_bytes(file.body)
    click.echo(out / file.name)


@command.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
@window
@click.option("--dry-run", is_flag=True, help="Say what would be sent; change nothing.")
@common.options
def send(
    names: tuple[str, ...], since: str | None, until: str | None, dry_run: bool, config_dir: Path | None
) -> None:
    """Send the digests and alerts whose time has come, or the named digests now; then the whole outbox.

    An item goes to each digest once. Without --since or --until a digest takes what is new since it
    was first seen; a window also takes history that was never sent.

    \b
    Examples:
      watcher digest send
      watcher digest send daily
      watcher digest send daily --since 2026-11-01
    """
    config = common.config_of(config_dir)
    if (since or until) and not names:
        raise UsageError("A window goes with a digest: watcher digest send NAME --since TIME.")
    chosen = _window(since, until, config)
    with app.reading(config) if dry_run else app.opened(config) as house:
        desk = press.desk(house)
        specs = [press.spec_named(house.specs, name) for name in names]
        if dry_run:
            for spec in specs or house.specs:
                digest = publish.compose(spec, chosen, desk, common.utc_now())
                click.echo(f"{spec.name}: {output.plural(digest.items, 'item')} would go out")
            return
        now = common.utc_now()
        made = press.put_out_due(house) if not names else []
        for spec in specs:
            key = f"{spec.name}@hand-{now:%Y%m%dT%H%M%S.%fZ}"
            by_hand = publish.put_out(spec, chosen, key, desk, now)
            if by_hand is None:
                click.echo(_nothing(house, spec.name, chosen), err=True)
            else:
                made.append(by_hand)
        for digest in made:
            cut = f", {digest.cut} more for next time" if digest.cut else ""
            click.echo(f"{digest.name}: {output.plural(digest.items, 'item')}{cut}")
        sys.exit(empty_outbox(house, "digest send"))


def _nothing(house: Any, name: str, window: Any) -> str:

    history = history_count(house.db, name)
    if history and window.since is None and window.until is None:
        return (
            f"{name}: nothing new to send. {output.plural(history, 'item')} came with the first poll of a "
            f"source and count as history; to include them, name a window: "
            f"watcher digest send {name} --since 2020-01-01"
        )
    return f"{name}: nothing to send that it has not carried already"


def _window(since: str | None, until: str | None, config: Any) -> Any:

    return Window(common.moment(since, config.timezone), common.moment(until, config.timezone, end=True))


def _next(table: Any, config: Any, now: Any) -> str:

    if table.schedule is None:
        return ""
    zone = table.timezone or config.timezone
    return output.local(next_after(Cron.parse(table.schedule), zone, now).at, zone)
