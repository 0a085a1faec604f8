"""`watcher db`."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import click

from watcher.cli import common, output
from watcher.cli import reparse as again
from watcher.errors import StoreUnusableError
from watcher.store import care
from watcher.store import prune as pruning
from watcher.store.lock import delivering, writing
from watcher.store.open import backup as write_copy
from watcher.store.open import integrity_problems, open_for_reading, open_store, schema_version
from watcher.store.restore import restore as put_back


@click.group()
def command() -> None:
    """Back up, check, restore, migrate and prune the database."""


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
            "'watcher db restore' lists the copies; then poll again: sources still give what is recent."
        )
    click.echo(f"{config.database}: integrity ok")


@command.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), required=False)
@common.options
def restore(file: Path | None, config_dir: Path | None) -> None:
    """Put a copy in the place of the database; what stood there is kept beside it.

    Without FILE, the copies that the service has made are listed. Stop the service first. The copy is
    checked before anything is touched, and brought up to date if an older version made it.

    \b
    Examples:
      watcher db restore
      watcher db restore /var/lib/watcher/var/backups/watcher-20261120T040000Z.db
    """
    config = common.config_of(config_dir)
    if file is None:
        _list_copies(config.state_path(config.main.service.backups), config.database)
        return
    with writing(config.database, "db restore"), delivering(config.database, "db restore"):
        done = put_back(file, config.database, common.utc_now())
    click.echo(f"{config.database}: restored from {file}, {output.plural(done.items, 'item')}")
    if done.kept:
        click.echo(f"what stood there is kept as {done.kept}")


@command.command()
@common.options
def migrate(config_dir: Path | None) -> None:
    """Bring the database up to this program's schema, after a backup beside it.

    `poll` and `run` do the same by themselves; this is for those who want to see it done.

    \b
    Examples:
      watcher db migrate
    """
    config = common.config_of(config_dir)
    with writing(config.database, "db migrate"):
        before = schema_version(config.database)
        db = open_store(config.database)
        db.close()
    after = schema_version(config.database)
    if before == after:
        click.echo(f"{config.database}: schema {after}, nothing to do")
    else:
        click.echo(f"{config.database}: schema {before} to {after}")


@command.command()
@click.option("--dry-run", is_flag=True, help="Say what would go; change nothing.")
@click.option("--json", "as_json", is_flag=True, help="One JSON array, a kind each.")
@common.options
def prune(dry_run: bool, as_json: bool, config_dir: Path | None) -> None:
    """Remove what is older than [retention] keeps it; what it does not name is kept for ever.

    An article that goes leaves a mark, so that a feed which still lists it does not bring it back.

    \b
    Examples:
      watcher db prune --dry-run
      watcher db prune
    """
    config = common.config_of(config_dir)
    keep = _kept_for(config.main.retention.model_dump())
    if dry_run:
        db = open_for_reading(config.database)
        found = pruning.outdated(db, keep, common.utc_now())
    else:
        db = open_store(config.database)
        found = pruning.prune(db, keep, common.utc_now())
    db.close()
    if as_json:
        output.print_json(found)
        return
    output.print_table(
        ["KIND", "OLDER THAN", "WOULD GO" if dry_run else "REMOVED"],
        [[pruned.kind, output.local(pruned.before, config.timezone), pruned.rows] for pruned in found],
    )


@command.command()
@click.option("--source", "names", multiple=True, metavar="ID", help="Only this source; may be repeated.")
@click.option("--dry-run", is_flag=True, help="Say what would change; change nothing.")
@click.option("--json", "as_json", is_flag=True, help="One JSON array, a changed article each.")
@common.options
def reparse(names: tuple[str, ...], dry_run: bool, as_json: bool, config_dir: Path | None) -> None:
    """Read stored articles again from their raw documents, after a rule or the program has improved.

    Articles keep their numbers, and none is sent again. Raw documents are kept as long as
    [retention] raw says.

    \b
    Examples:
      watcher db reparse --dry-run
      watcher db reparse --source nbd
    """
    again.read_again(common.config_of(config_dir), names, dry_run=dry_run, as_json=as_json)


def _kept_for(retention: Mapping[str, timedelta | None]) -> dict[str, timedelta]:
    return {kind: age for kind, age in retention.items() if age is not None}


def _list_copies(folder: Path, database: Path) -> None:
    copies = care.copies(folder, database)
    for copy in copies:
        click.echo(f"{copy}  {output.size(copy.stat().st_size)}")
    click.echo(f"{output.plural(len(copies), 'copy', 'copies')} in {folder}", err=True)
