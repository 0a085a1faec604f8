"""`watcher run`."""

import asyncio
import logging
from pathlib import Path

import click

from watcher import app
from watcher.cli import common
from watcher.service.scheduler import serve
from watcher.store.lock import writing


@click.command()
@common.options
def command(config_dir: Path | None) -> None:
    """Run as a service: poll what is due, send digests on schedule, until SIGTERM or Ctrl-C.

    \b
    Examples:
      watcher run
      watcher -c /etc/watcher run -v
    """
    config = common.config_of(config_dir)
    if not logging.getLogger().isEnabledFor(logging.INFO) and logging.getLogger().level != logging.ERROR:
        logging.getLogger("watcher").setLevel(logging.INFO)
    with writing(config.database, "run"), app.opened(config) as house:
        asyncio.run(serve(house))
