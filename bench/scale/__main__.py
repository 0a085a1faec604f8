"""Thousands of feeds on 200 slow hosts: one worker, four workers, and four of which one dies every 10 s.

    python -m bench.scale [--feeds N] [--hosts N] [--concurrency N] [--only throughput|kills]

Every figure comes from outside of the dispatcher: the pass is `watcher poll`, the limits are what the
hosts saw, loss and doubles are what the database holds. Workers are killed with SIGKILL and replaced.
"""

import argparse
import itertools
import tempfile
import threading
import time
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from bench.scale import rig
from bench.scale.rig import Load

KILL_EVERY = 10.0  # seconds
START = 6.0  # seconds for workers to be there; not part of any pass
HEAD = "run|killed|feeds|pass s|asking s|feeds/s|head CPU ms/feed|lost|double|most at one host|asked twice"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--feeds", type=int, default=10_000)
    parser.add_argument("--hosts", type=int, default=200)
    parser.add_argument("--concurrency", type=int, default=4, help="requests at once of one worker")
    parser.add_argument("--only", choices=["throughput", "kills"])
    wanted = parser.parse_args()
    load = Load(wanted.feeds, wanted.hosts, concurrency=wanted.concurrency)
    print(f"{load.hosts} hosts that answer after {load.delay * 1000:.0f} ms; each worker has one batch,")
    print(f"{load.concurrency} requests at once, 2 at most of one host\n")
    _row(*HEAD.split("|"))
    _row(*["---"] * len(HEAD.split("|")))
    if wanted.only != "kills":
        few = replace(load, feeds=load.feeds // 4)
        one, four = run("1 worker", few, workers=1), run("4 workers", few, workers=4)
        print(f"\n4 workers ask {one / four:.2f} times as many feeds a second as 1\n")
    if wanted.only != "throughput":
        run("4 workers, a kill every 10 s", load, workers=4, kills=True)


def run(name: str, load: Load, *, workers: int, kills: bool = False) -> float:
    """One pass over all feeds with so many workers; prints its row. Returns the seconds of asking."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        home = Path(folder)
        hosts, dask = rig.free_port(), rig.free_port()
        stack.enter_context(rig.site(load, hosts))
        stack.enter_context(rig.scheduler(dask, home))
        crew = [rig.worker(dask, load, home, number) for number in range(workers)]
        stack.callback(lambda: [(process.kill(), process.wait()) for process in crew])
        time.sleep(START)
        rig.write_config(home / "config", load, hosts, dask)
        over = threading.Event()
        killed: list[int] = []
        if kills:
            threading.Thread(target=_kill, args=(crew, dask, load, home, over, killed), daemon=True).start()
        done = rig.poll(home / "config")
        over.set()
        seen = rig.counts(hosts)
    double = sum(done.polls.values()) - load.feeds + done.twice + done.items - 2 * load.feeds
    _row(
        name,
        len(killed),
        load.feeds,
        f"{done.seconds:.0f}",
        f"{seen['seconds']:.0f}",
        f"{load.feeds / seen['seconds']:.0f}",
        f"{1000 * done.head_cpu / load.feeds:.1f}",
        load.feeds - done.polls.get("new", 0),
        double,
        seen["most at once at one host"],
        seen["feeds asked twice"],
    )
    print(f"<!-- {done}; hosts: {seen} -->", flush=True)
    return seen["seconds"]


def _row(*cells: object) -> None:
    print("| " + " | ".join(map(str, cells)) + " |", flush=True)


def _kill(
    crew: list[object], dask: int, load: Load, home: Path, over: threading.Event, killed: list[int]
) -> None:
    """Kill the oldest worker every ten seconds, and start another in its place."""
    for number in itertools.count(len(crew)):
        if over.wait(KILL_EVERY):
            return
        victim = crew.pop(0)
        victim.kill()  # type: ignore[attr-defined]
        victim.wait()  # type: ignore[attr-defined]
        killed.append(number)
        crew.append(rig.worker(dask, load, home, number))


if __name__ == "__main__":
    main()
