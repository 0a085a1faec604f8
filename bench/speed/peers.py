"""The pollers that are measured, each as its users run it: a command a poll, state in a folder.

A peer is installed with a pinned version into an environment of its own. It says how many articles it
keeps, so that none is praised for the work it skipped. A new peer is a class here and a line in PEERS.
"""

import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from compileall import compile_dir
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from bench.speed.measure import Cost, RunFailedError, run
from bench.speed.served import CACHE, PHASES, Feeds, Phase
from bench.speed.server import host

# What their rows are called.
OURS = "watcher"
READER = "reader 3.26"
SEARCHED = f"{READER}, search index"
NEWEST = "reader 3.27, Python 3.12"
MAILED = "rss2email 3.14"
HTTPX = "bare httpx loop"

_HERE = Path(__file__).parent
_OUR_CODE = _HERE.parents[1] / "watcher"


@dataclass(frozen=True, slots=True)
class Row:
    """One poll as a table has it: `database` in MB, `stored` in articles; None where there is none."""

    name: str
    cost: Cost
    database: float | None
    stored: int | None


class Peer(Protocol):
    """One poller. `home` is an empty folder of its own, the same for all phases of a repeat."""

    @property
    def phases(self) -> Sequence[Phase]:
        """The phases it has a part in."""
        ...

    def install(self) -> str:
        """Make it ready and tell its version. Raises RunFailedError."""
        ...

    def prepare(self, home: Path, feeds: Feeds) -> None:
        """Tell it its feeds; what this costs is not counted."""
        ...

    def poll(self, home: Path) -> list[Row]:
        """Ask all feeds once."""
        ...


class Ours:
    """The real command with the shipped topics, regions and figures: everything on."""

    phases = PHASES

    def install(self) -> str:
        answer = subprocess.run([watcher(), "--version"], capture_output=True, text=True, check=False)
        if answer.returncode:
            raise RunFailedError("watcher does not start", answer.stderr[-300:])
        compile_dir(_OUR_CODE, quiet=1)  # as pip did with the peers
        return answer.stdout.split()[-1]

    def prepare(self, home: Path, feeds: Feeds) -> None:
        subprocess.run([watcher(), "-q", "init", home / "config"], check=True, capture_output=True)
        config = home / "config"
        write_sources(config, feeds)

    def poll(self, home: Path) -> list[Row]:
        cost = run([watcher(), "-q", "-c", home / "config", "poll", "--all"], home / "log")
        return [Row(OURS, cost, _megabytes(home / "var"), _count(home / "var/watcher.db", "items"))]


def write_sources(config: Path, feeds: Feeds) -> None:
    """Put the feeds into a starter config, as their user would who runs them on machines of his own."""
    pairs = sorted({f"{host(feed)}:{feeds.port}" for feed in range(feeds.count)})
    main = config / "watcher.toml"
    text = main.read_text("utf-8").replace("allow_private = []", f"allow_private = {pairs}".replace("'", '"'))
    main.write_text(text, "utf-8")
    tables = (f'[[source]]\nid = "f{n}"\nkind = "feed"\nurl = "{url}"\n' for n, url in enumerate(feeds.urls))
    (config / "sources.toml").write_text("\n".join(tables), "utf-8")


class Reader:
    """lemon24/reader with ten workers, as its docs advise; with its search index as a row of its own."""

    phases = PHASES

    def __init__(self, name: str, pins: Sequence[str], python: str, *, searched: bool) -> None:
        self._name, self._pins, self._python, self._searched = name, pins, python, searched

    def install(self) -> str:
        self._bin = environment(self._pins, self._python)
        return " ".join(self._pins)

    def prepare(self, home: Path, feeds: Feeds) -> None:
        (home / "urls").write_text("\n".join(feeds.urls))
        self._run(home, "add", home / "urls")

    def poll(self, home: Path) -> list[Row]:
        update = self._run(home, "update")
        stored = _count(home / "reader.db", "entries")
        rows = [Row(self._name, update, _megabytes(home, "*.db*"), stored)]
        if self._searched:
            both = update + self._run(home, "search")
            rows.append(Row(SEARCHED, both, _megabytes(home, "*.db*"), stored))
        return rows

    def _run(self, home: Path, *verb: str | Path) -> Cost:
        script = [self._bin / "python", _HERE / "_run_reader.py", home / "reader.db", *verb]
        return run(script, home / "log")


class Rss2Email:
    """rss2email into a local maildir: a mail an article, no other store than what was seen."""

    phases = PHASES
    pin = "rss2email==3.14"

    def install(self) -> str:
        self._bin = environment((self.pin,), sys.executable)
        return self.pin

    def prepare(self, home: Path, feeds: Feeds) -> None:
        settings = (
            f"to = a@example.org\nemail-protocol = maildir\nmaildir-path = {home}/mail\nverbose = error\n"
        )
        sections = (f"[feed.f{n}]\nurl = {url}\n" for n, url in enumerate(feeds.urls))
        (home / "cfg").write_text(f"[DEFAULT]\n{settings}" + "".join(sections))
        (home / "mail").mkdir()

    def poll(self, home: Path) -> list[Row]:
        command: list[str | Path] = [self._bin / "r2e", "-c", home / "cfg", "-d", home / "seen.json", "run"]
        cost = run(command, home / "log", {"XDG_RUNTIME_DIR": str(home)})
        mails = sum(1 for _ in (home / "mail/INBOX/new").iterdir())
        return [Row(MAILED, cost, None, mails)]


class BareHttpx:
    """The floor of the unchanged poll: httpx and nothing else."""

    phases: Sequence[Phase] = ("unchanged",)

    def install(self) -> str:
        import httpx  # noqa: PLC0415  (the version is asked for, nothing else)

        return httpx.__version__

    def prepare(self, home: Path, feeds: Feeds) -> None:
        (home / "urls").write_text("\n".join(feeds.urls))
        self.poll(home)  # learns the ETags

    def poll(self, home: Path) -> list[Row]:
        command: list[str | Path] = [
            sys.executable,
            _HERE / "_run_httpx.py",
            home / "urls",
            home / "etags.json",
        ]
        return [Row(HTTPX, run(command, home / "log"), None, None)]


PEERS: dict[str, Peer] = {
    "ours": Ours(),
    # The newest for Python 3.11, with the feedparser that brings the sgmllib it wants; and the newest.
    "reader": Reader(READER, ("reader==3.26", "feedparser==6.0.11"), sys.executable, searched=True),
    "newest": Reader(NEWEST, ("reader==3.27", "feedparser==6.0.11"), "python3.12", searched=False),
    "rss2email": Rss2Email(),
    "httpx": BareHttpx(),
}


def watcher() -> Path:
    """The command of the environment that runs the benchmark."""
    return Path(sys.executable).with_name("watcher")


def environment(pins: Sequence[str], python: str) -> Path:
    """The bin folder of an environment with these packages, made once. Raises RunFailedError."""
    folder = CACHE / "venvs" / "_".join(pins).replace("==", "-")
    if not (folder / "made").exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        log = folder.with_suffix(".log")
        run([python, "-m", "venv", "--clear", folder], log)
        run([folder / "bin/python", "-m", "pip", "install", "-q", "--disable-pip-version-check", *pins], log)
        (folder / "made").touch()
    return folder / "bin"


def _megabytes(folder: Path, pattern: str = "*") -> float:
    return sum(path.stat().st_size for path in folder.glob(pattern) if path.is_file()) / 1e6


def _count(database: Path, table: str) -> int:
    db = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    try:
        return int(db.execute(f"SELECT count(*) FROM {table}").fetchone()[0])
    finally:
        db.close()
