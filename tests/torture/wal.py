"""Cuts and flips the write-ahead log as a power cut would: what is read after must be a state that was."""

import random
import shutil
import sqlite3
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from tests.io.build import BODY, NOW, article, store
from watcher.dedupe import judge
from watcher.model import Pace, PollMemory, PollReport
from watcher.store import items, sources
from watcher.store.open import transaction

POLLS = 20

# All that one poll saves: after n polls the row must be (n, 2n, 2n, 2n, 2n, n - 1), and nothing between.
_STATE = """
    SELECT (SELECT count(*) FROM polls), (SELECT count(*) FROM items), (SELECT count(*) FROM sightings),
        (SELECT count(*) FROM items_fts), (SELECT count(*) FROM item_topics),
        (SELECT coalesce(json_extract(memory, '$.etag'), '-1') FROM sources)
"""


@dataclass
class Torn:
    """What became of all the tears: the states that were read, and what was wrong."""

    states: set[int] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)


def tear(folder: Path, tears: int, seed: int = 1) -> Torn:
    """Cut the log or flip bits in it so many times, each time from the whole one, and read."""
    whole = _write_log(folder)
    log = Path(f"{whole}-wal").read_bytes()
    chance, torn = random.Random(seed), Torn()
    for number in range(tears):
        damaged = bytearray(log)
        if number % 2:
            del damaged[chance.randrange(len(log)) :]
        else:
            for _ in range(chance.choice((1, 1, 8, 64))):
                damaged[chance.randrange(len(log))] ^= 1 << chance.randrange(8)
        _read(whole, bytes(damaged), folder / "torn.db", torn)
    return torn


def _read(whole: Path, log: bytes, path: Path, torn: Torn) -> None:
    shutil.copyfile(whole, path)
    Path(f"{path}-wal").write_bytes(log)
    Path(f"{path}-shm").unlink(missing_ok=True)
    db = sqlite3.connect(path)
    try:
        verdict = db.execute("PRAGMA integrity_check").fetchone()[0]
        polls, *rest, etag = db.execute(_STATE).fetchone()
    except sqlite3.DatabaseError as error:
        torn.wrong.append(str(error))
        return
    finally:
        db.close()
    torn.states.add(polls)
    if verdict != "ok":
        torn.wrong.append(verdict)
    if rest != [2 * polls] * 4 or int(etag) != polls - 1:
        torn.wrong.append(f"half a poll: {polls} {rest} {etag}")


def _write_log(folder: Path) -> Path:
    """A database of which all but the schema still stands in its log, as files that nobody holds open."""
    db = store(folder / "live.db")
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.execute("PRAGMA wal_autocheckpoint = 0")
    for number in range(POLLS):
        with transaction(db):
            for half in range(2):
                found = article(f"{number}-{half}", f"第{number}期之{half}", f"{number}{half}{BODY}")
                items.apply(db, "nbd", judge(found, items.known(db, "nbd", found)), NOW, first_poll=False)
            memory = PollMemory(etag=str(number))
            report = PollReport("nbd", "new", entries=2, new_items=2)
            sources.save_poll(db, report, Pace(memory, "ok", NOW + timedelta(hours=number)), NOW)
    whole = folder / "whole.db"
    for ending in ("", "-wal"):
        shutil.copyfile(folder / f"live.db{ending}", f"{whole}{ending}")
    db.close()
    return whole
