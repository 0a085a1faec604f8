"""The fast paths change no result: over real histories, and over every feed of the corpus, the same rows.

Fast: plain feeds are read by expat, and entries that the last answer held are passed over. Slow: neither.
"""

import gzip
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlite_utils import Database

from tests.io.build import SHANGHAI, store
from tests.io.test_replay import CORPUS, versions
from watcher.dispatch import Readings
from watcher.dispatch.local import local
from watcher.fetch.politeness import Limits
from watcher.intake import Ports
from watcher.model import Fetched, Outcome, PollMemory, PollReport, RawDocument, Response, Seen, Source
from watcher.parse import feed as feed_parser
from watcher.pipeline import read
from watcher.poll import poll
from watcher.store import figures, sources, tags
from watcher.store.open import transaction
from watcher.tag import compile_rules
from watcher.tag.rulebook import shipped
from watcher.text import boilerplate

RULES = compile_rules(shipped())
BOILERPLATE = boilerplate.shipped()
TABLES = """
    items sightings revisions stories story_marks story_links item_topics item_regions item_organisations
    item_policies organisations policies figures tombstones
""".split()  # noqa: SIM905
History = Sequence[tuple[str, datetime, bytes]]


class Replay:
    """Polls one feed after the other from a history, in this process, fast or slow."""

    def __init__(self, path: Path, names: Iterable[str], *, fast: bool) -> None:
        self.db: Database = store(path, "nobody")
        self._fast = fast
        self._feeds = {
            name: Source(name, "feed", name, f"https://example.org/{number}", SHANGHAI)
            for number, name in enumerate(sorted(names))
        }
        self._now = datetime.fromtimestamp(0, UTC)
        self._body = b""
        self.passed_over = 0
        with transaction(self.db):
            tags.save_taxonomy(self.db, RULES.topics, RULES.atlas.regions, RULES.hash)
            figures.save_metrics(self.db, RULES.book.metrics)
            sources.register(self.db, list(self._feeds.values()), self._now)

    async def _fetch(self, source: Source, _: PollMemory) -> Outcome:
        raw = RawDocument(source.id, source.location, self._body, self._now, "application/xml")
        return Fetched((raw,), Response(200, source.location), body_hash=str(hash(self._body)))

    async def _read(self, raws: Sequence[RawDocument], source: Source, seen: Seen = frozenset()) -> Readings:
        found = [read(raw, source, RULES, BOILERPLATE, seen if self._fast else frozenset()) for raw in raws]
        self.passed_over += sum(getattr(reading, "known", 0) for reading in found)
        return found

    async def polls(self, name: str, at: datetime, body: bytes) -> PollReport:
        self._now, self._body = at, body
        dispatch = local(self._fetch, self._read, Limits(per_host_delay=0.0))
        ports = Ports(self.db, dispatch, lambda: self._now, lambda: 0.0)
        (report,) = [report async for report in poll([self._feeds[name]], ports)]
        return report

    def rows(self) -> dict[str, list[tuple[object, ...]]]:
        return {
            table: sorted(map(repr, self.db.execute(f"SELECT * FROM {table}").fetchall())) for table in TABLES
        }


async def both_ways(
    tmp_path: Path, history: History, monkeypatch: pytest.MonkeyPatch
) -> tuple[Replay, Replay]:
    names = {name for name, _, _ in history}
    slow = Replay(tmp_path / "slow.db", names, fast=False)
    fast = Replay(tmp_path / "fast.db", names, fast=True)
    for name, at, body in history:
        theirs = await fast.polls(name, at, body)
        with monkeypatch.context() as patch:
            patch.setattr(feed_parser, "parse_quickly", lambda _: None)
            ours = await slow.polls(name, at, body)
        for field in ("outcome", "entries", "new_items", "changed_items", "error"):
            assert getattr(theirs, field) == getattr(ours, field), (name, at, field)
    theirs, ours = fast.rows(), slow.rows()
    for table in TABLES:
        assert set(theirs[table]) ^ set(ours[table]) == set(), table
    assert theirs == ours
    fast.db.close()
    slow.db.close()
    return fast, slow


@pytest.mark.parametrize(
    ("folder", "pattern"),
    [("36kr-snapshots", "*.xml"), ("xwlb-rss-snapshots", "*.xml"), ("wechat-snapshots", "*/*.xml")],
)
async def test_histories(tmp_path: Path, folder: str, pattern: str, monkeypatch: pytest.MonkeyPatch) -> None:
    fast, _ = await both_ways(tmp_path, versions(folder, pattern), monkeypatch)
    assert fast.passed_over > 0 or folder == "xwlb-rss-snapshots"  # another entry each day


async def test_every_feed_twice_and_shortened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # The second answer lacks the first entry, the third has it again: passed over, gone, and back.
    now = datetime(2026, 11, 20, tzinfo=UTC)
    history = []
    for number, path in enumerate(sorted(path for path in CORPUS.rglob("*") if path.is_file())):
        if number % 7:
            continue
        body = path.read_bytes()
        body = gzip.decompress(body) if body.startswith(b"\x1f\x8b") else body
        if b"<rss" not in body[:4096] and b"<feed" not in body[:4096]:
            continue
        name, tag = f"f{number}", b"item" if b"</item>" in body else b"entry"
        start, end = body.find(b"<" + tag), body.find(b"</" + tag + b">")
        shortened = body[:start] + body[end + len(tag) + 3 :] if 0 <= start < end else body
        history += [(name, now, body), (name, now, shortened), (name, now, body)]
    assert len(history) > 1_000
    await both_ways(tmp_path, history, monkeypatch)
