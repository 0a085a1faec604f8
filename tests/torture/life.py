"""What a tortured child does: runs the service, or rounds of its passes, at a given moment.

Preloaded into a fork server, so that a child has the compiled rules from its first breath and a case
costs a tenth of a second. Documents are read in this process; the sandbox has tests of its own.
"""

import asyncio
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from tests.torture.faults import broken
from watcher import app, crash
from watcher.config import Config, load
from watcher.config.resolve import specs_of
from watcher.errors import StoreUnusableError, WatcherError
from watcher.model import ParseFailure, RawDocument, Seen, Source
from watcher.pipeline import Reading
from watcher.pipeline import read as read_one
from watcher.service.passes import Work
from watcher.service.scheduler import PASSES, Service
from watcher.store import open as opening
from watcher.store.lock import writing
from watcher.store.open import open_store
from watcher.tag import compile_rules
from watcher.tag.rulebook import shipped
from watcher.text.boilerplate import shipped as shipped_boilerplate

RULES = compile_rules(shipped())
BOILERPLATE = shipped_boilerplate()
PASSED = 17  # exit code of a service that was stopped at the point asked for
UNREACHED = 18  # the point was never passed
REFUSED = 19  # an error in words, as `watcher` shows it


async def read(
    raws: Sequence[RawDocument], source: Source, seen: Seen = frozenset()
) -> list[Reading | ParseFailure]:
    return [read_one(raw, source, RULES, BOILERPLATE, seen) for raw in raws]


@contextmanager
def at_home(home: Path, clock: Callable[[], datetime]) -> Iterator[app.House]:
    """The house of a home, as `app.opened` makes it, with the rules compiled before."""
    config: Config = load(home / "config", {})
    db = open_store(config.database)
    try:
        house = app.House(config, db, RULES, specs_of(config, RULES), clock)
        app.settle(house)
        yield house
    finally:
        db.close()


def rounds(home: Path, start: datetime, count: int, step: timedelta) -> None:
    """So many rounds of all passes, the clock moved on between them."""
    now = start
    with writing(home / "var/watcher.db", "run"), at_home(home, lambda: now) as house:
        work = Work(house, read)
        for _ in range(count):
            asyncio.run(one_round(work))
            now += step


async def one_round(work: Work) -> None:
    """Each pass once, and what the service does when one fails: say so, and wait for the next tick."""
    for one_pass in PASSES.values():
        try:
            await one_pass(work)
        except StoreUnusableError:
            raise
        except WatcherError as error:
            print(f"pass failed: {error}", file=sys.stderr)


def serve(home: Path, now: datetime, crash_at: str, seconds: float = 20.0) -> None:
    """The service itself, as `watcher run` has it, told to die at a point; leaves with a code that says if."""
    os.environ["WATCHER_CRASH_AT"] = crash_at
    threading.Thread(target=_give_up, args=(seconds,), daemon=True).start()
    with writing(home / "var/watcher.db", "run"), at_home(home, lambda: now) as house:
        asyncio.run(Service(house, lambda: house.config, read).run())
    os._exit(PASSED if crash._passed[crash_at.partition(":")[0]] else UNREACHED)


def faulty(home: Path, now: datetime, seam: str, number: int) -> None:
    """One round in which the call of that number at a seam fails; leaves with UNREACHED if there was none."""
    with broken(seam, home, number) as calls:
        try:
            rounds(home, now, 1, timedelta())
        except StoreUnusableError:
            raise
        except WatcherError as error:  # not even opened: `watcher run` says so and systemd starts it again
            print(f"refused: {error}", file=sys.stderr)
    os._exit(0 if calls[0] >= number else UNREACHED)


def act(name: str, home: Path, now: datetime, crash_at: str) -> None:
    """One thing that a user does by hand, told to die at a point."""
    os.environ["WATCHER_CRASH_AT"] = crash_at
    try:
        ACTS[name](home, now)
    except WatcherError as error:
        print(f"refused: {error}", file=sys.stderr)
        os._exit(REFUSED)
    os._exit(UNREACHED)


def one_pass(home: Path, now: datetime, name: str) -> None:
    """One of the service's passes, by its name."""
    try:
        with at_home(home, lambda: now) as house:
            asyncio.run(PASSES[name](Work(house, read)))
    except WatcherError as error:
        print(f"refused: {error}", file=sys.stderr)
        os._exit(REFUSED)


def migrate(home: Path, now: datetime) -> None:
    opening.open_store(home / "var/watcher.db").close()


def back_up(home: Path, now: datetime) -> None:
    from watcher.store.care import rotated_backup

    db = open_store(home / "var/watcher.db")
    for number in range(3):
        rotated_backup(db, home / "var/watcher.db", home / "var/backups", 1, now + timedelta(hours=number))
    db.close()


def put_back(home: Path, now: datetime) -> None:
    from watcher.store.restore import restore

    restore(home / "copy.db", home / "var/watcher.db", now)


def prune(home: Path, now: datetime) -> None:
    from watcher.store.prune import prune as pruned

    db = open_store(home / "var/watcher.db")
    pruned(db, {"polls": timedelta(0), "raw": timedelta(0)}, now + timedelta(days=1))
    db.close()


ACTS = {"migrate": migrate, "backup": back_up, "restore": put_back, "prune": prune}


def _give_up(seconds: float) -> None:
    time.sleep(seconds)
    os.kill(os.getpid(), signal.SIGTERM)
