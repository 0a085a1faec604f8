"""What handing out costs, by the size of a batch: processor time of head, scheduler and worker, and bytes.

    python -m bench.scale.batches [FEEDS]

The head here only plans, hands out and takes; saving is measured by bench.growth.
"""

import asyncio
import pickle
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import psutil

from bench.scale import rig
from bench.scale.rig import Load
from bench.scale.site import address
from watcher.config.scale import Cluster
from watcher.dispatch import Job
from watcher.dispatch.beside import kit_of
from watcher.dispatch.far import far
from watcher.fetch.http import HttpSettings
from watcher.fetch.politeness import Limits
from watcher.model import PollMemory, Source
from watcher.tag import compile_rules
from watcher.tag.rulebook import shipped

SIZES = (10, 25, 50, 100, 200)
ZONE = ZoneInfo("Asia/Shanghai")


def main() -> None:
    load = Load(int(sys.argv[1]) if len(sys.argv) > 1 else 1000, 200, concurrency=16, threads=2)
    print(f"{load.feeds} feeds on {load.hosts} hosts (300 ms); 1 worker, 2 batches of 16 requests at once\n")
    print("| feeds a batch | s | feeds/s | head | scheduler | worker, CPU ms a feed | bytes a feed |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as folder:
        hosts, dask = rig.free_port(), rig.free_port()
        with (
            rig.site(load, hosts),
            rig.scheduler(dask, Path(folder)) as scheduler,
            rig.running(rig.worker(dask, load, Path(folder), 0)) as worker,
        ):
            time.sleep(4)
            for size in SIZES:
                asyncio.run(measure(size, load, hosts, dask, (scheduler.pid, worker.pid)))


async def measure(size: int, load: Load, hosts: int, dask: int, pids: tuple[int, int]) -> None:
    private = frozenset(f"{address(number)}:{hosts}" for number in range(load.hosts))
    limits = Limits(load.concurrency, 2, 0.0, private)
    kit = kit_of(compile_rules(shipped()), HttpSettings(allow_private=private), limits, {})
    jobs = [Job(_feed(n, load, hosts), PollMemory(), 1) for n in range(load.feeds)]
    cluster = Cluster(f"tcp://127.0.0.1:{dask}", batch=size)
    home = 0
    async with far(cluster, kit, lambda: datetime.now(UTC)) as dispatch:
        before = [_cpu(psutil.Process().pid, alone=True), *map(_cpu, pids)]
        began = time.monotonic()
        async for result in dispatch(jobs, {}):
            home += len(pickle.dumps(result)) if size == SIZES[-1] else 0
        seconds = time.monotonic() - began
        after = [_cpu(psutil.Process().pid, alone=True), *map(_cpu, pids)]
    used = [1000 * (b - a) / load.feeds for a, b in zip(before, after, strict=True)]
    costs = " | ".join(f"{ms:.2f}" for ms in used)
    told = f"{home / load.feeds:.0f}" if home else ""
    print(f"| {size} | {seconds:.1f} | {load.feeds / seconds:.0f} | {costs} | {told} |", flush=True)


def _feed(n: int, load: Load, port: int) -> Source:
    return Source(f"f{n}", "feed", f"f{n}", f"http://{address(n % load.hosts)}:{port}/{n}", ZONE)


def _cpu(pid: int, *, alone: bool = False) -> float:
    """Processor seconds of a process and of those it started (a worker's parse processes)."""
    process = psutil.Process(pid)
    family = [process] if alone else [process, *process.children(recursive=True)]
    return sum(times.user + times.system for times in (one.cpu_times() for one in family))


if __name__ == "__main__":
    main()
