"""What the verbs share besides their options: the config, the clock, times as users write them."""

import os
import re
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from watcher.cli.options import options
from watcher.config import Config, find_directory, load
from watcher.errors import UsageError

__all__ = ["bytes_of", "config_of", "moment", "options", "utc_now"]


def config_of(config_dir: Path | None) -> Config:
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
