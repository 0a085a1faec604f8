"""What reading costs in a store of some size: search, digests, a look around, backup; and its size.

Runs in a process of its own, so that the memory of the process that saves is only what saving takes.
Times are of the processor, medians where a thing is asked often; warm, as in a service that runs.
"""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlite_utils import Database

from bench.growth.keeping import FEEDS, RULES
from watcher.compose import Desk, Window, compose
from watcher.digest.render import RENDERERS, render
from watcher.model import Digest, DigestSpec, Filter, Labels
from watcher.store import reports, search, sources
from watcher.store.open import backup, integrity_problems, open_for_reading

# From two to six characters. The first two stand in most articles, the last nowhere.
QUERIES = (
    "我们", "表示", "重庆", "平台", "5G专网", "标识解析", "智能工厂", "数字化转型", "工业互联网",
    "重庆 5G", "无此六字词",
)  # fmt: skip
AGAIN = 7
DIGEST = DigestSpec(
    "daily",
    "工业互联网日报",
    "0 8 * * *",
    FEEDS[0].timezone,
    topics=Filter(any=tuple(RULES.topics)),
    max_items=500,
)
LABELS = Labels(RULES.topics, RULES.atlas.regions, {source.id: source.title for source in FEEDS})

_PARTS = (
    ("search", ("items_fts*",)),
    ("stories", ("story_*", "stories*", "items_story")),
    ("tags", ("item_[topr]*", "figures*", "organisations*", "policies*", "sqlite_autoindex_[op][ro]*")),
    ("items", ("items",)),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Read:
    """What was measured. `parts` are bytes by kind, `searches` milliseconds by query."""

    text: int  # bytes of clean text
    parts: dict[str, int]
    searches: dict[str, float]
    digest_items: int
    digest: float  # seconds to select and render those of the last day, all formats
    daily: float  # the same without a window: what was not carried yet
    due: float  # milliseconds to ask who is due
    look: float  # milliseconds for what `status` reads
    backup: float  # seconds, checked copy
    integrity: float  # seconds


def measured(path: Path, now: datetime) -> Read:
    """Measure the store as it stands; `now` is when its last article came."""
    db = open_for_reading(path)
    try:
        made, seconds = _digest(db, Window(now - timedelta(hours=26), now), now)
        _, daily = _digest(db, Window(), now)
        copy = path.with_suffix(".copy")
        return Read(
            text=db.execute("SELECT sum(length(CAST(text AS BLOB))) FROM items").fetchone()[0],
            parts=parts(db),
            searches={asked: 1000 * _median(lambda asked=asked: _search(db, asked)) for asked in QUERIES},
            digest_items=made.items,
            digest=seconds,
            daily=daily,
            due=1000 * _median(lambda: sources.due(db, FEEDS, now)),
            look=1000 * _median(lambda: (reports.source_rows(db), reports.counts(db, path))),
            backup=_spent(lambda: backup(db, copy)),
            integrity=_spent(lambda: integrity_problems(db)),
        )
    finally:
        db.close()
        path.with_suffix(".copy").unlink(missing_ok=True)


def parts(db: Database) -> dict[str, int]:
    """Bytes of the file by what they are for."""
    cases = " ".join(
        f"WHEN {' OR '.join(f'name GLOB {glob!r}' for glob in globs)} THEN '{part}'" for part, globs in _PARTS
    )
    sizes = dict(
        db.execute(
            f"SELECT CASE {cases} ELSE 'rest' END, sum(pageno) FROM dbstat('main', 1) GROUP BY 1"
        ).fetchall()
    )
    # Pages are counted: the sum of their bytes is cut to 32 bits there.
    page = db.execute("PRAGMA page_size").fetchone()[0]
    return {part: page * sizes.get(part, 0) for part in (*(name for name, _ in _PARTS), "rest")}


def _digest(db: Database, window: Window, now: datetime) -> tuple[Digest, float]:
    desk = Desk(db, LABELS, {}, "w@example.org")
    begun = time.process_time()
    made = compose(DIGEST, window, desk, now)
    for form in RENDERERS:
        render(made, form)
    return made, time.process_time() - begun


def _search(db: Database, asked: str) -> None:
    search.find(db, asked, search.Within())


def _median(work: Callable[[], object]) -> float:
    return statistics.median(_spent(work) for _ in range(AGAIN))


def _spent(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun
