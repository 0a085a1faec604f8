"""One pass over a real database, with answers handed in: whose fault is silence, and what is saved when."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlite_utils import Database

from tests.io.build import NOW, source, store
from watcher.dispatch import Readings
from watcher.dispatch.local import local
from watcher.fetch.politeness import Limits
from watcher.intake import Ports
from watcher.model import (
    FetchError,
    NotModified,
    Outcome,
    PollMemory,
    RawDocument,
    Response,
    Seen,
    Source,
)
from watcher.poll import poll
from watcher.store.open import StoreError

AWAY = FetchError("dns", "does not resolve", unreached=True)
THERE = NotModified(Response(304, "https://example.org/"))


def on(host: str) -> Source:
    return Source(host, "feed", host, f"https://{host}.example.org/", source().timezone)


async def nothing_to_read(raws: Sequence[RawDocument], asked: Source, seen: Seen = frozenset()) -> Readings:
    raise AssertionError("nothing was fetched, so nothing is read")


def ports(db: Database, answers: Mapping[str, Outcome]) -> Ports:
    async def fetch(asked: Source, memory: PollMemory) -> Outcome:
        return answers[asked.id]

    dispatch = local(fetch, nothing_to_read, Limits(concurrency=1, per_host_delay=0.0))
    return Ports(db, dispatch, lambda: NOW, lambda: 0.0)


async def outcomes(db: Database, answers: Mapping[str, Outcome]) -> dict[str, str]:
    return {r.source_id: r.outcome async for r in poll([on(name) for name in answers], ports(db, answers))}


def failures(db: Database) -> dict[str, int]:
    return dict(db.execute("SELECT id, failures FROM sources").fetchall())


async def test_when_nobody_answers_it_is_our_line(tmp_path: Path) -> None:
    db = store(tmp_path / "w.db", "a", "b", "c")
    assert await outcomes(db, dict.fromkeys("abc", AWAY)) == dict.fromkeys("abc", "offline")
    assert failures(db) == {"a": 0, "b": 0, "c": 0}
    due = {row[0] for row in db.execute("SELECT next_poll_at FROM sources").fetchall()}
    assert due == {"2026-11-20T08:15:00Z"}
    db.close()


@pytest.mark.parametrize("there", ["a", "b", "c"])
async def test_when_one_answers_the_silent_ones_have_failed(tmp_path: Path, there: str) -> None:
    db = store(tmp_path / "w.db", "a", "b", "c")
    found = await outcomes(db, {name: THERE if name == there else AWAY for name in "abc"})
    assert found == {name: "unchanged" if name == there else "failed" for name in "abc"}
    assert failures(db) == {name: 0 if name == there else 1 for name in "abc"}
    db.close()


async def test_one_silent_host_proves_nothing(tmp_path: Path) -> None:
    db = store(tmp_path / "w.db", "a")
    assert await outcomes(db, {"a": AWAY}) == {"a": "failed"}
    db.close()


async def test_the_next_time_is_written_before_anybody_is_asked(tmp_path: Path) -> None:
    db = store(tmp_path / "w.db", "a", "b")

    async def dies(asked: Source, memory: PollMemory) -> Outcome:
        raise StoreError("the power goes")

    working = ports(db, {})
    dispatch = local(dies, nothing_to_read, Limits(per_host_delay=0.0))
    with pytest.raises(StoreError):
        _ = [
            report
            async for report in poll(
                [on("a"), on("b")],
                replace(working, dispatch=dispatch),
            )
        ]
    for (due,) in db.execute("SELECT next_poll_at FROM sources").fetchall():
        assert due == (NOW + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    db.close()
