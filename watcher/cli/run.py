"""`watcher run`."""

import asyncio
import logging
from pathlib import Path
from typing import Literal

import click

from watcher import app
from watcher.cli import common
from watcher.service import logs
from watcher.service.scheduler import Service
from watcher.store.lock import writing


@click.command()
@click.option(
    "--log",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How to log.",
)
@common.options
def command(form: Literal["text", "json"], config_dir: Path | None) -> None:
    """Run as a service: poll what is due, send digests on schedule, until SIGTERM or Ctrl-C.

    SIGTERM cancels fetches, finishes the parcel under way and leaves; SIGHUP reads the config anew,
    and keeps the old one when the new one has a mistake. Every event is one line on stderr.

    \b
    Examples:
      watcher run
      watcher -c /etc/watcher run --log json
      systemctl reload watcher
    """
    logs.set_up(form)
    if logging.getLogger().level == logging.WARNING:  # neither -v nor -q
        logging.getLogger("watcher").setLevel(logging.INFO)
    config = common.config_of(config_dir)
    with writing(config.database, "run"), app.opened(config) as house:
        asyncio.run(_run(house, config_dir))


async def _run(house: app.House, config_dir: Path | None) -> None:
    await Service(house, lambda: common.config_of(config_dir)).run()
