"""`watcher sources`: list, try, bring, take away and reset what is polled."""

import asyncio
from pathlib import Path

import click

from watcher import app, trial
from watcher.cli import common, output, toml
from watcher.cli.trial import offer_lines, row_of, trial_lines
from watcher.errors import UsageError
from watcher.model import ParseFailure
from watcher.parse.opml import Subscription, read_opml, write_opml
from watcher.store import sources as store
from watcher.store.lock import writing
from watcher.store.open import open_for_reading, transaction
from watcher.store.reports import source_states


@click.group()
def command() -> None:
    """The sources: list, try, import, export, reset."""


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON array.")
@common.options
def list_sources(as_json: bool, config_dir: Path | None) -> None:
    """List the sources of the config with their state.

    \b
    Examples:
      watcher sources list
      watcher sources list --json
    """
    config = common.config_of(config_dir)
    states = source_states(open_for_reading(config.database)) if config.database.is_file() else {}
    rows = [
        {
            "id": source.id,
            "kind": source.kind,
            "title": source.title,
            "state": states.get(source.id, "new") if source.enabled else "paused",
            "location": source.location,
        }
        for source in config.sources
    ]
    if as_json:
        output.print_json(rows)
    else:
        columns = ["ID", "KIND", "STATE", "TITLE", "LOCATION"]
        keys = ["id", "kind", "state", "title", "location"]
        output.print_table(columns, [[row[key] for key in keys] for row in rows], flexible="LOCATION")


@command.command("test", short_help="Try a feed, page or file out; store nothing.")
@click.argument("place", metavar="URL|PATH|SOURCE")
@click.option("--limit", default=5, show_default=True, help="How many entries to show.")
@click.option("--json", "as_json", is_flag=True, help="One JSON array, an entry or an offered feed each.")
@common.options
def test(place: str, limit: int, as_json: bool, config_dir: Path | None) -> None:
    """Show what a feed, a file or a source of the config gives and how it would be read; nothing is stored.

    For a web page: the feeds it offers, as TOML to add to sources.toml.

    \b
    Examples:
      watcher sources test https://www.36kr.com/feed
      watcher sources test https://www.leiphone.com/
      watcher sources test seeds/post/002_64e0aa91c3b7f258.md
      watcher sources test nbd
    """
    config = common.config_of(config_dir)
    found = asyncio.run(trial.try_out(config, place))
    if isinstance(found, trial.Offers):
        if as_json:
            output.print_json(found.feeds)
        for line in () if as_json else offer_lines(found, {source.id for source in config.sources}):
            click.echo(line)
        return
    if as_json:
        output.print_json([row_of(tagged) for tagged in found.reading.items])
        return
    for line in trial_lines(found, limit, config.timezone):
        click.echo(line)


@command.command("import", short_help="Print an OPML list as TOML.")
@click.argument("opml", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True))
@common.options
def import_opml(opml: Path, config_dir: Path | None) -> None:
    """Print the feeds of an OPML file (or - for standard input) as TOML for sources.toml.

    Feeds that the config has already are left out and named on standard error.

    \b
    Examples:
      watcher sources import subscriptions.opml >> config/sources.toml
    """
    config = common.config_of(config_dir)
    listed = read_opml(common.bytes_of(opml))
    if isinstance(listed, ParseFailure):
        raise UsageError(f"{opml}: {listed.message}")
    known = {source.location for source in config.sources}
    ids = {source.id for source in config.sources}
    new = [one for one in listed if one.xml_url not in known]
    for one in new:
        click.echo("\n".join(toml.source_table(one.xml_url, one.title, ids, one.folders)))
    usable = sum(toml.is_usable(one.xml_url) for one in new)
    click.echo(
        f"{output.plural(usable, 'new source')}, {len(listed) - len(new)} in the config already,"
        f" {len(new) - usable} without a usable address",
        err=True,
    )


@command.command("export")
@common.options
def export(config_dir: Path | None) -> None:
    """Print the feeds of the config as OPML, for other readers. Folders and secrets stay here.

    \b
    Examples:
      watcher sources export > subscriptions.opml
    """
    config = common.config_of(config_dir)
    feeds = [Subscription(s.title, s.location) for s in config.sources if s.kind == "feed"]
    click.echo(write_opml(feeds, "watcher"), nl=False)


@command.command("reset", short_help="Make a source due, as if new.")
@click.argument("name", metavar="SOURCE")
@click.option("--dry-run", is_flag=True, help="Change nothing: say what would be forgotten.")
@common.options
def reset(name: str, dry_run: bool, config_dir: Path | None) -> None:
    """Forget a source's validators and back-off, so that it is due at once. Its articles stay.

    \b
    Examples:
      watcher sources reset ofweek && watcher poll
    """
    config = common.config_of(config_dir)
    (source,) = app.chosen_sources(config, [name])
    if dry_run:
        click.echo(f"{source.id} would be due at once, and asked as if for the first time")
        return
    with writing(config.database, "sources reset"), app.opened(config) as house, transaction(house.db):
        store.reset(house.db, source, house.clock())
    click.echo(f"{source.id} is due at once; 'watcher poll {source.id}' asks it now")
