"""`watcher init`."""

import shutil
from importlib.resources import files
from pathlib import Path

import click

from watcher.cli import common
from watcher.errors import UsageError


@click.command()
@click.argument(
    "directory", default="config", metavar="[DIR]", type=click.Path(path_type=Path, file_okay=False)
)
@common.options
def command(directory: Path, config_dir: Path | None) -> None:
    """Write a commented starter config into DIR (./config), and sample posts beside it (../seeds).

    Nothing that exists is overwritten.

    \b
    Examples:
      watcher init
      watcher init /etc/watcher
    """
    target = config_dir or directory
    if any((target / f"{stem}.toml").exists() for stem in ("watcher", "sources")):
        raise UsageError(f"{target} holds a config already; nothing was changed.")
    starter = _starter()
    target.mkdir(parents=True, exist_ok=True)
    for file in sorted((starter / "config").glob("*.toml")):
        shutil.copyfile(file, target / file.name)
        click.echo(f"wrote {target / file.name}")
    seeds = target / ".." / "seeds"
    if not seeds.exists():
        shutil.copytree(starter / "seeds", seeds)
        click.echo(f"wrote {seeds.resolve()}: sample posts, to try it without a network")
    click.echo(f"\nNext: watcher -c {target} check, then watcher -c {target} poll")


def _starter() -> Path:
    packed = Path(str(files("watcher"))) / "starter"  # in an installed package
    return packed if packed.is_dir() else Path(str(files("watcher"))).parent  # in a checkout
