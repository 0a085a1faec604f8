"""`watcher config`."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click
from pydantic import BaseModel

from watcher.cli import common, output
from watcher.config.lines import line_of


@click.group()
def command() -> None:
    """The settings in force."""


@command.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON array.")
@common.options
def show(as_json: bool, config_dir: Path | None) -> None:
    """Show every setting of watcher.toml, its value and where that came from; secrets stay hidden.

    \b
    Examples:
      watcher config show
      WATCHER_HTTP__TIMEOUT=10 watcher config show
    """
    config = common.config_of(config_dir)
    file = config.files["watcher"]
    variables = {place: f"${variable}" for place, variable in file.overridden}
    rows = []
    for place, value in _settings(config):
        written = variables.get(place)
        if written is None and place[1] in file.tables.get(place[0], {}):
            written = f"{file.path.name}, line {line_of(file.text, place)}"
        rows.append({"key": ".".join(place), "value": value, "from": written or "default"})
    if as_json:
        output.print_json(rows)
        return
    output.print_table(
        ["KEY", "VALUE", "FROM"], [[r["key"], r["value"], r["from"]] for r in rows], flexible="VALUE"
    )
    click.echo(f"\nconfig    {config.directory}\ndatabase  {config.database}")
    click.echo(f"          {len(config.sources)} sources, {len(config.digests)} digests")


def _settings(config: Any) -> Iterable[tuple[tuple[str, str], str]]:
    tables: dict[str, BaseModel] = {
        "watcher": config.main.watcher,
        "http": config.main.http,
        "smtp": config.main.smtp,
        "service": config.main.service,
        "retention": config.main.retention,
    }
    for table, model in tables.items():
        for name, field in type(model).model_fields.items():
            value = getattr(model, name)
            shown = "(hidden)" if name == "password" and value else _plain(value)
            yield (table, field.alias or name), shown


def _plain(value: object) -> str:
    if value is None:
        return "(none)"
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) or "(none)"
    return str(value)
