"""`watcher sources`."""

from pathlib import Path

import click

from watcher.cli import common, output
from watcher.store.open import open_for_reading
from watcher.store.reports import source_states


@click.group()
def command() -> None:
    """The sources."""


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
