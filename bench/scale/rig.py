"""The processes of a cluster on this machine: scheduler, workers, hosts, and a head with its config."""

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.scale.site import address


@dataclass(frozen=True, slots=True)
class Load:
    """So many feeds, spread evenly over so many hosts, each answering after `delay` seconds."""

    feeds: int = 10_000
    hosts: int = 200
    delay: float = 0.3
    concurrency: int = 8  # requests at once in one batch
    threads: int = 1  # batches at once in one worker


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def python(*arguments: str, **options: object) -> "subprocess.Popen[str]":
    return subprocess.Popen([sys.executable, *arguments], text=True, **options)  # type: ignore[call-overload]


@contextmanager
def running(process: "subprocess.Popen[str]") -> Iterator["subprocess.Popen[str]"]:
    try:
        yield process
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
        if process.stdout:
            process.stdout.close()


@contextmanager
def site(load: Load, port: int) -> Iterator[None]:
    """The hosts, until the end of the block."""
    arguments = ["-m", "bench.scale.site", str(load.hosts), str(port), str(load.delay)]
    with running(python(*arguments, stdout=subprocess.PIPE)) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield


def counts(port: int) -> dict[str, float]:
    """What the hosts saw so far."""
    with urllib.request.urlopen(f"http://{address(0)}:{port}/counts") as answer:
        found: dict[str, float] = json.load(answer)
        return found


@contextmanager
def scheduler(port: int, logs: Path) -> Iterator["subprocess.Popen[str]"]:
    """A Dask scheduler on loopback."""
    with (logs / "scheduler.log").open("a") as log:
        where = ["--host", "127.0.0.1", "--port", str(port)]
        process = python(
            *("-m", "distributed.cli.dask_scheduler", *where, "--dashboard-address", "127.0.0.1:0"),
            stdout=log,
            stderr=log,
        )
        with running(process):
            _answers(port)
            yield process


def worker(port: int, load: Load, logs: Path, number: int) -> "subprocess.Popen[str]":
    """A worker process, nothing between it and a kill."""
    with (logs / f"worker-{number}.log").open("a") as log:
        where = ["--scheduler", f"tcp://127.0.0.1:{port}", "--threads", str(load.threads)]
        return python("-m", "watcher", "worker", *where, stdout=log, stderr=log)


def write_config(home: Path, load: Load, port: int, dask: int | None) -> None:
    """A head's config; with `dask`, for a cluster whose scheduler listens there."""
    pairs = ", ".join(f'"{address(number)}:{port}"' for number in range(load.hosts))
    scale = f'[scale]\ndispatcher = "dask"\nscheduler = "tcp://127.0.0.1:{dask}"\n' if dask else ""
    feeds = (
        f'[[source]]\nid = "f{n}"\nkind = "feed"\nurl = "http://{address(n % load.hosts)}:{port}/{n}"\n'
        for n in range(load.feeds)
    )
    home.mkdir(parents=True)
    (home / "watcher.toml").write_text(
        '[watcher]\ndatabase = "w.db"\n'
        f"[http]\nconcurrency = {load.concurrency}\nallow_private = [{pairs}]\n{scale}"
    )
    (home / "sources.toml").write_text("\n".join(feeds))


@dataclass(frozen=True, slots=True)
class Pass:
    """One pass of the head: wall and processor seconds, and what its database holds afterwards."""

    seconds: float
    head_cpu: float
    polls: dict[str, int]  # by outcome
    items: int
    sightings: int
    twice: int  # sources with more than one poll that was taken in


def poll(home: Path) -> Pass:
    """`watcher poll` to its end."""
    began, cpu = time.monotonic(), os.times()
    done = subprocess.run(
        [sys.executable, "-m", "watcher", "-c", str(home), "poll"],
        capture_output=True,
        text=True,
        check=False,
    )
    seconds, after = time.monotonic() - began, os.times()
    if done.returncode:
        print(done.stdout[-500:], done.stderr[-2000:], file=sys.stderr)
    used = after.children_user + after.children_system - cpu.children_user - cpu.children_system
    db = sqlite3.connect(home / "w.db")
    try:
        return Pass(
            seconds,
            used,
            dict(db.execute("SELECT outcome, count(*) FROM polls GROUP BY 1").fetchall()),
            db.execute("SELECT count(*) FROM items").fetchone()[0],
            db.execute("SELECT count(*) FROM sightings").fetchone()[0],
            db.execute(
                "SELECT count(*) FROM (SELECT 1 FROM polls GROUP BY source_id HAVING count(*) > 1)"
            ).fetchone()[0],
        )
    finally:
        db.close()


def _answers(port: int) -> None:
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
