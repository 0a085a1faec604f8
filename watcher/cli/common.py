"""What the verbs share: the options every one of them has, and the config behind them."""

import functools
import logging
import os
import re
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click

from watcher.config import find_directory, load
from watcher.errors import UsageError


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


def config_of(config_dir: Path | None) -> Any:
    """The Config to work with; ConfigError with every problem when it cannot be used."""
    return load(find_directory(config_dir, os.environ), os.environ)


def bytes_of(file: Path) -> bytes:
    """What stands in a file, or on standard input for `-`. Raises UsageError."""
    try:
        with click.open_file(str(file), "rb") as stream:
            found: bytes = stream.read()
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}.") from error
    return found


def utc_now() -> datetime:
    """The one clock of the program."""
    return datetime.now(UTC)


def moment(text: str | None, zone: ZoneInfo, *, end: bool = False) -> datetime | None:
    """A time as users write it: `2026-11-20`, `2026-11-20 08:00`, `7d` (ago), `today`, `yesterday`.

    A day alone means its first moment; with `end`, its last (the day is included). Raises UsageError.
    """
    if text is None:
        return None
    today = datetime.combine(utc_now().astimezone(zone).date(), time(), zone)
    whole_day = timedelta(days=1) if end else timedelta()
    words = {"today": today, "yesterday": today - timedelta(days=1)}
    if text in words:
        return (words[text] + whole_day).astimezone(UTC)
    if ago := re.fullmatch(r"(\d+)([hdw])", text):
        return utc_now() - int(ago[1]) * timedelta(hours={"h": 1, "d": 24, "w": 168}[ago[2]])
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(
            f'"{text}" is no time: write 2026-11-20, "2026-11-20 08:00", 7d or today.'
        ) from error
    found = found if found.tzinfo else found.replace(tzinfo=zone)
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        found += whole_day
    return found.astimezone(UTC)
