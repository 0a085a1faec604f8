"""`watcher check`."""

import os
from pathlib import Path

import click

from watcher.cli import common, output
from watcher.config import find_directory, load
from watcher.config.resolve import alerts_of, missing_folders, rules_of, specs_of
from watcher.config.scale import secrets_of_feeds, sends_in_the_clear
from watcher.errors import ConfigError


@click.command()
@common.options
def command(config_dir: Path | None) -> None:
    """Read the config and list every problem: file, line or key, what is wrong, what would be right.

    \b
    Examples:
      watcher check
      watcher -c /etc/watcher check
    """
    directory = find_directory(config_dir, os.environ)
    config = load(directory, os.environ)
    rules = rules_of(config)
    specs = specs_of(config, rules)
    alerts = alerts_of(config, rules)
    folders = missing_folders(config)
    if folders:
        raise ConfigError(folders)
    feeds = sum(source.kind == "feed" for source in config.sources)
    said = [
        f"{feeds} feeds",
        f"{len(config.sources) - feeds} folders",
        f"{len(rules.topics)} topics",
        f"{len(rules.atlas.regions)} regions",
        f"{len(specs)} digests",
        *([output.plural(len(alerts), "alert")] if alerts else ()),
        *(["own templates"] if config.templates else ()),
    ]
    if sends_in_the_clear(config.cluster, secrets_of_feeds(config.sources, config.secrets)):
        click.echo("[scale]: secrets of feeds go to the workers over tcp://; use tls://.", err=True)
    click.echo(f"{directory}: all is well. {', '.join(said)}.")
