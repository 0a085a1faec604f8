"""A year in minutes: 200 sources of its own, faults, kills, reloads and a clock that jumps.

The child lives long, so that what it leaks shows: its memory, its descriptors and the log are read
after each day. The oracle knows every article that was ever published.
"""

import asyncio
import os
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path

from tests.torture import life, rack
from tests.torture.world import START, World, furnish, opened_world
from watcher.store import care

FEEDS, FOLDERS = 180, 20
DAY = timedelta(days=1)
KILL_EVERY = 45  # days: between two kills there is time to see a leak
RELOAD_EVERY = 5
FAULTY = 0.05  # of the requests


@dataclass
class Year:
    """What was measured each day: memory in MB, open descriptors, the log in MB, articles stored."""

    memory: list[float] = field(default_factory=list)
    descriptors: list[int] = field(default_factory=list)
    log: list[float] = field(default_factory=list)
    polls: int = 0
    kills: int = 0
    reloads: int = 0
    jumps: int = 0


def live(
    home: Path, days: int, plot: Path | None, say: Callable[[str], None]
) -> tuple[str, list[tuple[str, list[str]]]]:
    """Lives it; (what was done, what was wrong)."""
    chance, year = random.Random(1), Year()
    with opened_world() as world:
        _furnish(home, world)
        world.fails = lambda: chance.random() < FAULTY
        now, number, keeper = START, 0, _Keeper(home)
        for day in range(days):
            number = _news(world, home, number, now, chance)
            if day % KILL_EVERY == KILL_EVERY - 1:
                year.kills += 1
                keeper.kill_in_the_middle(now, chance)
            if day % RELOAD_EVERY == RELOAD_EVERY - 1:
                year.reloads += 1
                keeper.ask("reload", now)
            for quarter in range(4):
                _measure(year, keeper.ask("round", now + quarter * DAY / 4), home)
            if day % 60 == 30:  # a clock that runs a month ahead for one round, and is set right again
                year.jumps += 1
                keeper.ask("round", now + 30 * DAY)
            now += DAY
            if day % 30 == 29:
                say(f"  day {day + 1}: {number} articles, {world.count()} requests, {year.memory[-1]:.0f} MB")
        keeper.stop()
        world.fails = lambda: False
        rack.lives(home, now, 4)
        found = rack.wrongs(home, world, twice_allowed=True)
    found += _leaks(year, days)
    if plot:
        plot.write_text(drawn(year), "utf-8")
    what = (
        f"{days} days, {FEEDS + FOLDERS} sources, {world.count()} requests, {number} articles, {year.kills} kills, "
        f"{year.reloads} reloads, {year.jumps} clock jumps; memory {min(year.memory):.0f} to {max(year.memory):.0f} MB, "
        f"descriptors {min(year.descriptors)} to {max(year.descriptors)}, log at most {max(year.log):.1f} MB"
    )
    return what, [("year", found)]


def _furnish(home: Path, world: World) -> None:
    furnish(home, world, FEEDS)
    sources = home / "config/sources.toml"
    folders = ""
    for n in range(FOLDERS):
        (home / f"posts{n}").mkdir()
        folders += f'[[source]]\nid = "posts{n}"\nkind = "folder"\npath = "../posts{n}"\nglob = ["*.md"]\n'
    sources.write_text(
        '[defaults]\ninterval = "20h"\n' + sources.read_text().replace('id = "posts"', 'id = "p"') + folders
    )


def _news(world: World, home: Path, number: int, now: datetime, chance: random.Random) -> int:
    """A day's: thirty articles, some at two outlets, some edited, three files."""
    for _ in range(30):
        feed = chance.randrange(FEEDS)
        world.publishes(f"feed{feed}", number, now)
        if chance.random() < 0.2:
            world.publishes(f"feed{(feed + 7) % FEEDS}", number, now)
        elif chance.random() < 0.05:
            world.publishes(f"feed{feed}", number, now, 2)
        number += 1
    for _ in range(3):
        world.files(home / f"posts{chance.randrange(FOLDERS)}", number, now)
        number += 1
    return number


class _Keeper:
    """Holds the child, and a new one after a kill."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._start()

    def _start(self) -> None:
        self._ours, theirs = rack.FORKS.Pipe()
        self._child = rack.FORKS.Process(target=service, args=(self._home, theirs))
        self._child.start()
        theirs.close()

    def ask(self, what: str, now: datetime) -> dict[str, float]:
        self._ours.send((what, now))
        answer: dict[str, float] = self._ours.recv()
        return answer

    def kill_in_the_middle(self, now: datetime, chance: random.Random) -> None:
        self._ours.send(("round", now))
        self._ours.poll(chance.uniform(0.01, 0.5))
        self._child.kill()
        self._child.join()
        self._start()

    def stop(self) -> None:
        self._child.kill()
        self._child.join()


def service(home: Path, line: Connection) -> None:
    """The child: rounds on demand, in one process, with the service's own passes."""
    clock = [START]
    with life.writing(home / "var/watcher.db", "run"), life.at_home(home, lambda: clock[0]) as house:
        work = life.Work(house, life.read)
        loop = asyncio.new_event_loop()
        while True:
            what, clock[0] = line.recv()
            if what == "reload":
                config = life.load(home / "config", {})
                work.house = life.app.House(
                    config, house.db, house.rules, life.specs_of(config, house.rules), house.clock
                )
                life.app.settle(work.house)
            else:
                loop.run_until_complete(life.one_round(work))
            line.send(_vitals(home))


def _vitals(home: Path) -> dict[str, float]:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return {
        "memory": pages * os.sysconf("SC_PAGE_SIZE") / (1 << 20),
        "descriptors": sum(1 for _ in Path("/proc/self/fd").iterdir()),
        "log": care.wal_bytes(home / "var/watcher.db") / (1 << 20),
    }


def _measure(year: Year, vitals: dict[str, float], home: Path) -> None:
    year.memory.append(vitals["memory"])
    year.descriptors.append(int(vitals["descriptors"]))
    year.log.append(vitals["log"])


def _leaks(year: Year, days: int) -> list[str]:
    """Memory and descriptors at the end of each life against its first ten days."""
    found = []
    per_life = KILL_EVERY * 4
    for at in range(0, len(year.memory) - per_life + 1, per_life):
        memory, open_files = year.memory[at : at + per_life], year.descriptors[at : at + per_life]
        if max(memory[-20:]) > max(memory[:40]) * 1.15:
            found.append(f"memory grew from {max(memory[:40]):.0f} to {max(memory[-20:]):.0f} MB")
        if max(open_files[-20:]) > max(open_files[:40]) + 2:
            found.append(f"descriptors grew from {max(open_files[:40])} to {max(open_files[-20:])}")
    return found + [f"the log grew to {max(year.log):.0f} MB"] * (max(year.log) > 64)


def drawn(year: Year, width: int = 900, height: int = 150) -> str:
    """Three curves as SVG: memory, descriptors, log."""
    parts = []
    for row, (name, values) in enumerate(
        (
            ("memory, MB", year.memory),
            ("open descriptors", year.descriptors),
            ("write-ahead log, MB", year.log),
        )
    ):
        top, most = row * (height + 40) + 30, max(values) * 1.2 or 1
        points = " ".join(
            f"{60 + n * (width - 80) / max(1, len(values) - 1):.1f},{top + height - v / most * height:.1f}"
            for n, v in enumerate(values)
        )
        parts.append(
            f'<text x="60" y="{top - 8}">{name} (0 to {most:.0f}); x: {len(values) // 4} days</text>'
            f'<path d="M60 {top}V{top + height}H{width - 20}" fill="none" stroke="#999"/>'
            f'<polyline points="{points}" fill="none" stroke="#06c"/>'
        )
    total = 3 * (height + 40) + 10
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{total}" font-family="sans-serif" '
        f'font-size="13">{"".join(parts)}</svg>\n'
    )
