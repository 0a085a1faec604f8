"""`watcher db`."""

from pathlib import Path

import click

from watcher.cli import common, output
from watcher.errors import StoreUnusableError
from watcher.store.open import backup as write_copy
from watcher.store.open import integrity_problems, open_for_reading


@click.group()
def command() -> None:
    """Back up and check the database."""


@command.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@common.options
def backup(file: Path, config_dir: Path | None) -> None:
    """Write a complete, checked copy to FILE, beside a running service.

    \b
    Examples:
      watcher db backup /var/backups/watcher-2026-11-20.db
    """
    config = common.config_of(config_dir)
    write_copy(open_for_reading(config.database), file)
    click.echo(f"{file}: {output.size(file.stat().st_size)}, integrity ok")


@command.command()
@common.options
def check(config_dir: Path | None) -> None:
    """Check the file's integrity and that nothing in it points into the void. Exit code 4 if it fails.

    \b
    Examples:
      watcher db check
    """
    config = common.config_of(config_dir)
    problems = integrity_problems(open_for_reading(config.database))
    if problems:
        listed = "\n  ".join(problems[:20])
        raise StoreUnusableError(
            f"{config.database} is damaged:\n  {listed}\n"
            "Keep the file, put a backup in its place, and poll again: sources still give what is recent."
        )
    click.echo(f"{config.database}: integrity ok")
