"""Runs a command and tells what it cost: CPU of the whole process tree, wall time, peak memory.

CPU is what the kernel accounts to the command and every descendant it waited for; memory is the largest
sum of resident sets over the tree, looked at ten times a second, so pages shared within it count twice.
"""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

LOOK_EVERY = 0.1  # seconds
LONGEST = 1800.0  # seconds: what has not ended by then never will
_PAGE = os.sysconf("SC_PAGE_SIZE")


class RunFailedError(Exception):
    """A command did not do what it should; `last` is what it said at its end, which may name this machine."""

    def __init__(self, what: str, last: str = "") -> None:
        super().__init__(what)
        self.last = last


@dataclass(frozen=True, slots=True)
class Cost:
    """What one run took: seconds of CPU and of wall time, peak memory in MB."""

    cpu: float
    wall: float
    memory: float

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(self.cpu + other.cpu, self.wall + other.wall, max(self.memory, other.memory))


def run(command: Sequence[str | Path], log: Path, environment: Mapping[str, str] | None = None) -> Cost:
    """Run it to its end, its output in `log`. Raises RunFailedError when it does not exit with 0."""
    with log.open("ab") as output:
        start = time.monotonic()
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd=log.parent,
            env=_inherited() | dict(environment or {}),
        )
        watch = _Watch(process.pid)
        watch.start()
        try:
            _, status, usage = os.wait4(process.pid, 0)
        except BaseException:
            process.kill()
            raise
        finally:
            watch.done.set()
            watch.join()
        wall = time.monotonic() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        last = " ".join(log.read_text("utf-8", "replace").split())[-300:]
        raise RunFailedError(f"{Path(command[0]).name} ended with {process.returncode}", last)
    return Cost(usage.ru_utime + usage.ru_stime, wall, max(watch.peak, usage.ru_maxrss * 1024) / 1e6)


def _inherited() -> dict[str, str]:
    # Who is told to leave no byte-code behind compiles our checkout at each start; the peers came compiled.
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


class _Watch(threading.Thread):
    """Looks at the tree's memory until told that it is done; kills what runs for too long."""

    def __init__(self, root: int) -> None:
        super().__init__(daemon=True)
        self._root = root
        self.peak = 0
        self.done = threading.Event()

    def run(self) -> None:
        end = time.monotonic() + LONGEST
        while not self.done.wait(LOOK_EVERY):
            self.peak = max(self.peak, sum(map(_resident, tree(self._root))))
            if time.monotonic() > end:
                os.kill(self._root, signal.SIGKILL)


def tree(root: int) -> list[int]:
    """A process and its descendants that are alive."""
    found, waiting = [], [root]
    while waiting:
        pid = waiting.pop()
        found.append(pid)
        for children in Path(f"/proc/{pid}/task").glob("*/children"):
            try:
                waiting += map(int, children.read_text().split())
            except OSError:  # ended meanwhile
                continue
    return found


def _resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE
    except (OSError, IndexError):  # ended meanwhile
        return 0
