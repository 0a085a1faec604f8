"""Sources in a real database: who is due, what is remembered, what a poll leaves behind."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlite_utils import Database

from tests.io.build import NOW, source, store
from watcher.model import FileMark, Pace, PollMemory, PollReport, RawDocument
from watcher.store import reports, sources
from watcher.store.open import transaction
from watcher.store.times import from_text, to_text

HOUR = timedelta(hours=1)


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    opened = store(tmp_path / "w.db", "nbd", "ofweek")
    yield opened
    opened.close()


def polled(db: Database, source_id: str, memory: PollMemory, next_in: timedelta = HOUR) -> None:
    report = PollReport(
        source_id, "new", entries=3, new_items=2, duration_ms=1500, http_status=200, received=9
    )
    with transaction(db):
        sources.save_poll(db, report, Pace(memory, "ok", NOW + next_in), NOW)


def due(db: Database, later: timedelta = timedelta()) -> list[str]:
    return [s.id for s, _ in sources.due(db, [source("nbd"), source("ofweek")], NOW + later)]


def test_new_sources_are_due_at_once_and_then_when_pacing_says(db: Database) -> None:
    assert due(db) == ["nbd", "ofweek"]
    polled(db, "nbd", PollMemory(last_success_at=NOW))
    assert due(db) == ["ofweek"]
    assert due(db, HOUR) == ["ofweek", "nbd"]  # longest waiting first


def test_memory_comes_back_as_it_was(db: Database) -> None:
    memory = PollMemory(
        etag='W/"a,b"',
        body_hash="h",
        failures=2,
        gone_since=NOW,
        last_success_at=NOW,
        recent_new=(NOW - HOUR, NOW),
        hints={"ttl": 3600},
        had_items=True,
    )
    polled(db, "nbd", memory)
    assert sources.memory(db, "nbd") == memory
    assert sources.memory(db, "ofweek") == PollMemory()
    assert sources.memory(db, "unknown") == PollMemory()


def test_a_memory_of_a_newer_version_still_loads(db: Database) -> None:
    db.execute("UPDATE sources SET memory = ? WHERE id = 'nbd'", ['{"etag": "x", "from_the_future": 1}'])
    assert sources.memory(db, "nbd") == PollMemory(etag="x")


def test_a_poll_leaves_its_row_and_the_sources_columns(db: Database) -> None:
    polled(db, "nbd", PollMemory(last_success_at=NOW, last_new_item_at=NOW))
    poll = next(db.query("SELECT * FROM polls"))
    assert (poll["started_at"], poll["duration_ms"], poll["new_items"]) == ("2026-11-20T07:59:58Z", 1500, 2)
    row = {row["id"]: row for row in reports.source_rows(db)}["nbd"]
    assert (row["state"], row["next_poll_at"]) == ("ok", "2026-11-20T09:00:00Z")
    assert not sources.is_first_poll(db, "nbd")
    assert sources.is_first_poll(db, "ofweek")


def test_a_source_taken_out_is_paused_and_comes_back(db: Database) -> None:
    polled(db, "nbd", PollMemory(etag="x"))
    with transaction(db):
        sources.register(db, [source("ofweek")], NOW)
    assert reports.source_states(db) == {"nbd": "paused", "ofweek": "new"}
    assert due(db, 9 * HOUR) == ["ofweek"]
    with transaction(db):
        sources.register(db, [source("nbd"), replace(source("ofweek"), enabled=False)], NOW)
    assert due(db) == ["nbd"]
    assert sources.memory(db, "nbd").etag == "x"


def test_a_new_address_starts_afresh(db: Database) -> None:
    polled(db, "nbd", PollMemory(etag="x"))
    with transaction(db):
        sources.register(
            db, [replace(source("nbd"), location="https://example.com/other"), source("ofweek")], NOW
        )
    assert sources.memory(db, "nbd") == PollMemory()
    assert "nbd" in due(db)


def test_file_marks(db: Database) -> None:
    mark = FileMark(10, 123, "sha")
    with transaction(db):
        sources.save_file_mark(db, RawDocument("nbd", "a.md", b"", NOW, mark=mark), None)
        sources.save_file_mark(db, RawDocument("nbd", "b.md", b"", NOW, mark=mark), "no text")
        sources.save_file_mark(db, RawDocument("nbd", "https://example.org", b"", NOW), None)
        sources.save_touched(db, "nbd", [("a.md", FileMark(10, 456, "sha"))])
    assert sources.file_marks(db, "nbd") == {"a.md": FileMark(10, 456, "sha"), "b.md": mark}
    assert reports.unreadable_documents(db, "nbd") == [("b.md", "no text")]


def test_a_host_rests_as_long_as_the_longest_wish(db: Database) -> None:
    with transaction(db):
        sources.pause_host(db, "example.org", NOW + 2 * HOUR)
        sources.pause_host(db, "example.org", NOW + HOUR)
    assert sources.paused_hosts(db, NOW) == {"example.org": NOW + 2 * HOUR}
    assert sources.paused_hosts(db, NOW + 3 * HOUR) == {}


@given(st.datetimes(timezones=st.just(NOW.tzinfo)))
def test_times_sort_as_text_and_come_back(moment: object) -> None:
    whole = moment.replace(microsecond=0)  # type: ignore[attr-defined]
    if whole.year >= 1000:
        assert from_text(to_text(whole)) == whole
    assert to_text(None) is None
    assert from_text(None) is None
