"""The options that every verb has. Imports nothing heavy, so that `watcher --help` is there at once."""

import functools
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click


def root_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """`-c/--config`, `-v` and `-q`, which may stand before the verb or after it."""
    config = click.option(
        "-c",
        "--config",
        "config_dir",
        type=click.Path(path_type=Path, file_okay=False),
        metavar="DIR",
        help="The config directory.",
    )
    verbose = click.option("-v", "--verbose", count=True, help="Say more; twice for everything.")
    quiet = click.option("-q", "--quiet", is_flag=True, help="Say only what went wrong.")
    return config(verbose(quiet(function)))


def options(function: Callable[..., Any]) -> Callable[..., Any]:
    """The same for a verb, which gets `config_dir`; how much is logged is set here."""

    @functools.wraps(function)
    def with_options(*args: Any, config_dir: Path | None, verbose: int, quiet: bool, **kwargs: Any) -> Any:
        before = click.get_current_context().find_root().params
        loud = verbose + int(before.get("verbose", 0))
        level = (logging.WARNING, logging.INFO, logging.DEBUG)[min(loud, 2)]
        logging.basicConfig(
            level=logging.ERROR if quiet or before.get("quiet") else level,
            format="%(levelname)s %(name)s %(message)s",
            force=True,
        )
        return function(*args, config_dir=config_dir or before.get("config_dir"), **kwargs)

    return root_options(with_options)
