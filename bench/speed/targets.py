"""The targets of the project, each with what was measured: ratios to the peers, memory, size, idle, start."""

import os
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bench.speed.compare import Results
from bench.speed.measure import run
from bench.speed.peers import HTTPX, OURS, READER, SEARCHED, Ours, watcher
from bench.speed.served import Phase, served

IDLE_AFTER = 20.0  # seconds: the service's first round is over
IDLE_FOR = 60.0
HEAVY = {"ahocorasick_rs", "apscheduler", "datasette", "feedparser", "httpcore", "httpx", "jinja2", "nh3"}
HEAVY |= {"pydantic", "selectolax", "sqlite3", "sqlite_utils"}
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Target:
    """One line of the table; `met` is None where nothing could be measured."""

    work: str
    target: str
    measured: str
    met: bool | None


def of_comparison(results: Results) -> list[Target]:
    """The targets that compare us with the peers, by CPU time in this run."""
    return [
        _times(results, "first", READER, 1.5, "reader without its search index"),
        _times(results, "first", READER, 2.5, "the same, with the fast path"),
        _times(results, "first", SEARCHED, 5.0, "reader with its search index"),
        Target("first", ">= 3x Miniflux", "not to be had from PyPI, Debian or npm", None),
        _times(results, "unchanged", READER, 2.0, "reader"),
        _times(results, "unchanged", READER, 4.0, "reader, with a faster transport"),
        _at_most(results, "unchanged", HTTPX, 1.25, "a bare httpx loop"),
        _times(results, "delta", READER, 4.0, "reader"),
        _times(results, "delta", READER, 8.0, "reader (within reach)"),
    ]


def _times(results: Results, phase: Phase, name: str, least: float, what: str) -> Target:
    ratio = results.ratio(phase, name, OURS)
    return Target(phase, f">= {least:g}x {what}", _told(ratio), None if ratio is None else ratio >= least)


def _at_most(results: Results, phase: Phase, name: str, most: float, what: str) -> Target:
    ratio = results.ratio(phase, OURS, name)
    return Target(phase, f"<= {most:g}x {what}", _told(ratio), None if ratio is None else ratio <= most)


def _told(ratio: float | None) -> str:
    return "not measured" if ratio is None else f"{ratio:.2f}x"


def of_size(feeds: int, say: Callable[[str], None]) -> list[Target]:
    """Memory of a first poll of many feeds, and the database it leaves against the text in it."""
    with served(feeds) as site, tempfile.TemporaryDirectory(prefix="speed-") as folder:
        say(f"first poll of {feeds} feeds")
        peer, home = Ours(), Path(folder)
        peer.prepare(home, site.feeds)
        site.publish("first")
        (row,) = peer.poll(home)
        ratio = _database_to_text(home / "var/watcher.db")
    memory = row.cost.memory
    return [
        Target("memory", f"< 300 MB at {feeds:,} feeds", f"{memory:.0f} MB, workers included", memory < 300),
        Target(
            "database", "< 3.5x the clean text (html, revisions, raw apart)", f"{ratio:.2f}x", ratio < 3.5
        ),
    ]


def _database_to_text(database: Path) -> float:
    """Size of the database without html, revisions and raw documents, over the bytes of its texts."""
    db = sqlite3.connect(database)
    try:
        text, html = db.execute(
            "SELECT sum(length(CAST(text AS BLOB))), sum(length(CAST(html AS BLOB))) FROM items"
        ).fetchone()
        (pages,) = db.execute("SELECT sum(length(body)) FROM raw_documents").fetchone()
        (page_count,), (page_size,) = (
            db.execute(f"PRAGMA {name}").fetchone() for name in ("page_count", "page_size")
        )
    finally:
        db.close()
    return float((page_count * page_size - (html or 0) - (pages or 0)) / text)


def of_idle(home: Path, say: Callable[[str], None]) -> list[Target]:
    """CPU and wake-ups of `watcher run` in a house whose sources are not due."""
    say(f"watching an idle service for {IDLE_FOR:.0f} s")
    with (home / "service.log").open("wb") as log:
        service = subprocess.Popen([watcher(), "-c", home / "config", "run"], stdout=log, stderr=log)
        try:
            time.sleep(IDLE_AFTER)
            before = _cpu(service.pid), _switches(service.pid)
            time.sleep(IDLE_FOR)
            after = _cpu(service.pid), _switches(service.pid)
        finally:
            service.terminate()
            service.wait(30)
    share = (after[0] - before[0]) / IDLE_FOR
    wakes = (after[1] - before[1]) / IDLE_FOR
    return [
        Target(
            "idle",
            "< 0.2 % of one core, no wake-up storm",
            f"{share:.2%}, {wakes:.1f} wake-ups a second",
            share < 0.002,
        )
    ]


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def _switches(pid: int) -> int:
    total = 0
    for status in Path(f"/proc/{pid}/task").glob("*/status"):
        line = next(line for line in status.read_text().splitlines() if line.startswith("voluntary"))
        total += int(line.split()[1])
    return total


def of_start(home: Path, say: Callable[[str], None]) -> list[Target]:
    """How long `watcher --help` takes, what it loads, and a poll that finds nothing due."""
    say("starting watcher --help nine times")
    with tempfile.TemporaryDirectory(prefix="speed-") as folder:
        costs = [run([watcher(), "--help"], Path(folder) / "log") for _ in range(9)]
    wall = statistics.median(cost.wall for cost in costs)
    cpu = statistics.median(cost.cpu for cost in costs)
    loaded = _loaded_by_help()
    poll = run([watcher(), "-q", "-c", home / "config", "poll"], home / "log")
    return [
        Target("start", "watcher --help < 0.3 s", f"{wall:.2f} s ({cpu:.2f} s of CPU)", wall < 0.3),
        Target("start", "nothing heavy loaded before it is needed", ", ".join(loaded) or "none", not loaded),
        Target("start", "watcher poll with nothing due (no target)", f"{poll.cpu:.2f} s of CPU", None),
    ]


def _loaded_by_help() -> list[str]:
    asked = (
        "import sys\nfrom watcher.cli import main\nsys.argv = ['watcher', '--help']\n"
        "try: main()\nexcept SystemExit: pass\n"
        f"print(*sorted({HEAVY!r} & set(sys.modules)), file=sys.stderr)"
    )
    answer = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    return answer.stderr.split()
