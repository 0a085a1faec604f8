"""Very many feeds as one head sees them: in its config, in its table, due, handed out, answered, saved.

Nothing is fetched: the answers are "304", at once, so that what is left is what the head itself must do for a
feed that did not change. Hosts have twenty feeds each, as sites and RSSHub routes do.
"""

import asyncio
import json
import random
import resource
import time
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

from sqlite_utils import Database

from watcher.app import due_sources
from watcher.dispatch import Done, Job, Result
from watcher.dispatch.batches import Plan
from watcher.fetch.politeness import Limits
from watcher.intake import Ports
from watcher.model import NotModified, Response, Source
from watcher.poll import poll
from watcher.store import care, reports, sources
from watcher.store.open import open_store, transaction
from watcher.store.times import to_text

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Shanghai")
TICK = 30  # seconds
A_HOST = 20  # feeds
POLLED = 2000  # feeds that are polled for the unit cost
LIMITS = Limits(concurrency=16, per_host=2, per_host_delay=1.0)


@dataclass(frozen=True, slots=True)
class Costs:
    """Processor time of the head with so many feeds."""

    feeds: int
    tick: float  # seconds a tick in which nothing is due
    due: float  # seconds for a feed that is due: found, its memory read
    plan: float  # seconds for a feed: its batch
    save: float  # seconds for a feed that did not change: leased, answered, saved
    look: float  # seconds of what the service looks at each tick
    look_at_all: float  # seconds, were every source looked at
    start: float  # seconds to bring the table up to the config
    memory: float  # MB, the config's sources and all
    poll_bytes: float  # of one row of the log of polls, with its index


def measured(folder: Path, count: int) -> Costs:
    """Measure a head with so many feeds."""
    chance = random.Random(3)
    path = folder / f"feeds-{count}.db"
    db = open_store(path)
    db.execute("PRAGMA synchronous = OFF")  # processor time is measured, not the disk
    feeds = [_feed(number) for number in range(count)]
    start = _spent(lambda: _register(db, feeds))
    _polled_before(db, count, chance)
    quiet = median(_tick(db, feeds, -timedelta(days=1))[0] for _ in range(3))
    busy, due = _tick(db, feeds, timedelta(0))
    look = median(_spent(lambda: _look(db)) for _ in range(3))
    look_at_all = _spent(lambda: (reports.source_rows(db), reports.counts(db, path)))
    some = due[:POLLED]
    plan = _spent(lambda: _planned([Job(source, sources.memory(db, source.id), 1) for source in due]))
    before = _polls(db)
    save = _spent(lambda: asyncio.run(_poll(db, some)))
    grown = _polls(db) - before
    db.close()
    return Costs(
        feeds=count,
        tick=quiet,
        due=max(0.0, busy - quiet) / len(due),
        plan=plan / len(due),
        save=save / len(some),
        look=look,
        look_at_all=look_at_all,
        start=start,
        memory=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        poll_bytes=grown / len(some),
    )


def _feed(number: int) -> Source:
    name = f"feed{number:07}"
    return Source(
        name, "feed", f"第{number}号来源", f"https://h{number // A_HOST}.example.org/{name}.xml", ZONE
    )


def _register(db: Database, feeds: Sequence[Source]) -> None:
    with transaction(db):
        sources.register(db, feeds, NOW)


def _polled_before(db: Database, count: int, chance: random.Random) -> None:
    """As after some weeks: each was polled lately, one in a hundred is in trouble, 2,000 and more are due."""
    memory = {
        "location": "https://h1.example.org/feed.xml",
        "etag": '"5f3c-62a1b0c4d9e40"',
        "last_modified": "Thu, 19 Nov 2026 22:10:00 GMT",
        "body_hash": "f" * 32,
        "first_success_at": "2026-01-01T00:00:00Z",
        "last_success_at": "2026-11-20T07:10:00Z",
        "last_new_item_at": "2026-11-19T22:10:00Z",
        "had_items": True,
        "recent_new": [f"2026-11-1{day}T22:10:00Z" for day in range(10)],
    }
    due = max(min(POLLED, count // 2), count * TICK // 3600) / count
    with transaction(db):
        db.conn.executemany(
            "UPDATE sources SET memory = ?, state = ?, last_polled_at = ?, last_success_at = ?,"
            " next_poll_at = ? WHERE id = ?",
            [
                (
                    json.dumps(memory),
                    "failing" if chance.random() < 0.01 else "ok",
                    "2026-11-20T07:10:00Z",
                    "2026-11-20T07:10:00Z",
                    to_text(NOW + timedelta(seconds=chance.uniform(-due, 1 - due) * 3600)),
                    f"feed{number:07}",
                )
                for number in range(count)
            ],
        )


def _tick(db: Database, feeds: Sequence[Source], ahead: timedelta) -> tuple[float, list[Source]]:
    house: Any = SimpleNamespace(db=db, config=SimpleNamespace(sources=feeds), clock=lambda: NOW + ahead)
    begun = time.process_time()
    due = due_sources(house)
    return time.process_time() - begun, due


def _look(db: Database) -> None:
    care.wake_stranded(db, NOW)
    reports.troubled_sources(db, NOW - timedelta(hours=1))
    reports.given_up(db)


def _planned(jobs: Sequence[Job]) -> None:
    plan = Plan(jobs, LIMITS, 30.0)
    while (batch := plan.take()) is not None:
        plan.give_back(batch)


async def _poll(db: Database, due: Sequence[Source]) -> None:
    ports = Ports(db, _answered, lambda: NOW, lambda: 0.5)
    async for _ in poll(due, ports):
        pass


async def _answered(jobs: Sequence[Job], _: Mapping[str, datetime]) -> AsyncGenerator[Result, None]:
    for job in jobs:
        yield Done(job, "h.example.org", NotModified(Response(304, job.source.location)), (), 0.1)


def _polls(db: Database) -> int:
    found = db.execute("SELECT sum(pgsize) FROM dbstat('main', 1) WHERE name GLOB 'polls*'").fetchone()[0]
    return int(found)


def _spent(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun
