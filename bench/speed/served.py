"""Starts the benchmark's server with its feeds, and puts out the edition that a phase asks for."""

import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from zlib import crc32

from bench.speed import server
from bench.speed.feeds import has_news, write_shelf

Phase = Literal["first", "unchanged", "delta"]
PHASES: tuple[Phase, ...] = ("first", "unchanged", "delta")
SEED = 1
_HERE = Path(__file__).parent
CACHE = _HERE / ".speed_cache"


@dataclass(frozen=True, slots=True)
class Feeds:
    """Where the feeds of a run are."""

    count: int
    port: int

    @property
    def urls(self) -> list[str]:
        """Their addresses, in order."""
        return [server.address(feed, self.port) for feed in range(self.count)]


@dataclass(frozen=True, slots=True)
class Answers:
    """What the server did: CPU seconds, whole documents and 304s sent."""

    cpu: float
    whole: int
    unchanged: int

    def __sub__(self, before: "Answers") -> "Answers":
        return Answers(self.cpu - before.cpu, self.whole - before.whole, self.unchanged - before.unchanged)


class Served:
    """The running server."""

    def __init__(self, feeds: Feeds) -> None:
        self.feeds = feeds

    def publish(self, phase: Phase) -> None:
        """Put out what a poll of this phase finds: the second edition for a delta, else the first."""
        self._ask(f"/edition/{2 if phase == 'delta' else 1}")

    def answers(self) -> Answers:
        """What it has done so far."""
        cpu, *counts = self._ask("/usage").split()
        by_status = dict(count.split("=") for count in counts)
        return Answers(float(cpu), int(by_status["200"]), int(by_status["304"]))

    def expected(self, phase: Phase) -> tuple[int, int]:
        """(whole documents, 304s) that a poll of this phase must have had."""
        count = self.feeds.count
        news = sum(has_news(feed) for feed in range(count))
        return {"first": (count, 0), "unchanged": (0, count), "delta": (news, count - news)}[phase]

    def _ask(self, target: str) -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.feeds.port}{target}") as answer:
            text: str = answer.read().decode()
        return text


@contextmanager
def served(count: int) -> Iterator[Served]:
    """The server with so many feeds, in a process of its own."""
    shelf = _shelf(count)
    port = _free_port()
    command = [sys.executable, "-m", "bench.speed.server", str(shelf), str(count), str(port)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        if process.stdout.readline() != b"ready\n":
            raise RuntimeError("the server of the benchmark did not start")
        yield Served(Feeds(count, port))
    finally:
        process.kill()
        process.wait()


def _shelf(count: int) -> Path:
    """The file of the feeds, made anew when what makes them has changed."""
    made_by = b"".join((_HERE / name).read_bytes() for name in ("words.toml", "articles.py", "feeds.py"))
    path = CACHE / f"feeds-{count}-{crc32(made_by):08x}.bin"
    if not path.exists():
        print(f"making {count} feeds, once", file=sys.stderr, flush=True)
        write_shelf(path, count, SEED)
    return path


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port
