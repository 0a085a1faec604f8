"""How results are printed: tables that fit the terminal, JSON for scripts, times as people say them."""

import json
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, is_dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import click

from watcher.text.width import clip, pad, width

WIDTH = 80  # columns, without a terminal
GAP = "  "


def print_json(rows: Sequence[object]) -> None:
    """One array, the columns' names as keys."""
    plain = [asdict(row) if is_dataclass(row) and not isinstance(row, type) else row for row in rows]
    click.echo(json.dumps(plain, ensure_ascii=False, indent=1, default=_json_value))


def print_table(
    columns: Sequence[str], rows: Sequence[Sequence[object]], flexible: str | None = None
) -> None:
    """A plain table, CJK aligned; the column `flexible` gets the room that is left, and is cut there."""
    cells = [["" if cell is None else str(cell) for cell in row] for row in (columns, *rows)]
    widths = [max(map(width, column)) for column in zip(*cells, strict=True)]
    if flexible is not None:
        at = columns.index(flexible)
        others = sum(widths) - widths[at] + len(GAP) * (len(widths) - 1)
        widths[at] = max(min(widths[at], _room() - others), width(flexible))
    for number, row in enumerate(cells):
        line = GAP.join(pad(clip(cell, room), room) for cell, room in zip(row, widths, strict=True))
        click.secho(line.rstrip(), bold=number == 0)


def _room() -> int:
    return shutil.get_terminal_size((WIDTH, 24)).columns if sys.stdout.isatty() else WIDTH


def ago(moment: datetime | str | None, now: datetime) -> str:
    """How long since, or until: `12 min`, `3 h`, `6 d`, `in 48 min`; empty for None."""
    if moment is None:
        return ""
    when = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    apart = now - when
    words = _span(abs(apart))
    return f"in {words}" if apart < timedelta() else words


def local(moment: datetime | str | None, zone: ZoneInfo) -> str:
    """A time in the reader's zone: `2026-11-20 08:00`."""
    if moment is None:
        return ""
    when = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    return when.astimezone(zone).strftime("%Y-%m-%d %H:%M")


def size(count: int) -> str:
    """`41 MB`, `9.5 MB`, `512 KB`."""
    amount = count / (1 << 20)
    if amount < 1:
        return f"{count / 1024:.0f} KB"
    return f"{amount:.1f} MB" if amount < 10 else f"{amount:,.0f} MB"


def plural(count: int, one: str, many: str | None = None) -> str:
    """`1 item`, `2,318 items`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def _span(length: timedelta) -> str:
    minutes = int(length.total_seconds() // 60)
    if minutes < 120:
        return f"{minutes} min"
    if minutes < 72 * 60:
        return f"{minutes // 60} h"
    return f"{minutes // 1440} d"


def _json_value(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, Mapping):
        return dict(value)
    return str(value)


@contextmanager
def progress(what: str, total: int) -> Iterator[Callable[[str], None]]:
    """A progress bar on stderr where that is a terminal; call what it gives with each thing done."""
    if not sys.stderr.isatty() or total < 2:
        yield lambda _: None
        return
    # cron sees no bar, and need not load what draws one
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn  # noqa: PLC0415

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[at]}"),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=total, at="")
        yield lambda done: bar.update(task, advance=1, at=done)
