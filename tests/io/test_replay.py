"""Real histories of real feeds, replayed as successive answers over HTTP.

The oracle is feedparser alone: every entry that any version of a feed ever showed must be kept, once.
"""

import io
import threading
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Self
from urllib.parse import quote

import feedparser
import pytest
from sqlite_utils import Database

from tests.io.build import SHANGHAI, store
from watcher.dispatch import Readings
from watcher.dispatch.local import local
from watcher.fetch.http import HttpFetcher, HttpSettings
from watcher.fetch.politeness import Limits
from watcher.intake import Ports
from watcher.model import PollReport, RawDocument, Seen, Source
from watcher.poll import poll
from watcher.sandbox import Sandbox
from watcher.store import digests, sources, tags
from watcher.store.open import integrity_problems, transaction
from watcher.tag import compile_rules
from watcher.tag.rulebook import shipped

CORPUS = Path(__file__).parents[2].parent / "shared" / "corpus"
pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason="the shared corpus is not here")


class Publisher:
    """A web server on loopback that shows whatever version of each feed is current."""

    def __init__(self) -> None:
        self.pages: dict[str, bytes] = {}
        pages = self.pages

        class Page(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header("Content-Type", "application/xml")
                self.send_header("Content-Length", str(len(pages[self.path])))
                self.end_headers()
                self.wfile.write(pages[self.path])

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
        self.host = f"127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


@dataclass
class Reader:
    """Our side: a store, real fetchers and parsers, and a clock that the replay sets."""

    db: Database
    ports: Ports
    reads: list[str]
    now: datetime

    async def polls(self, source: Source, at: datetime) -> PollReport:
        self.now = at
        (report,) = [report async for report in poll([source], self.ports)]
        return report


@asynccontextmanager
async def reading(
    path: Path, names: Sequence[str]
) -> AsyncIterator[tuple[Publisher, Reader, dict[str, Source]]]:
    async with AsyncExitStack() as stack:
        publisher = stack.enter_context(Publisher())
        private = frozenset({publisher.host})
        feeds = {
            name: Source(name, "feed", name, f"http://{publisher.host}/{quote(name)}", SHANGHAI)
            for name in names
        }
        db = store(path, "nobody")
        rules = compile_rules(shipped())
        with transaction(db):
            tags.save_taxonomy(db, rules.topics, rules.atlas.regions, rules.hash)
            sources.register(db, list(feeds.values()), datetime.fromtimestamp(0, UTC))
            digests.start(db, "daily", datetime.fromtimestamp(0, UTC))
        http = await stack.enter_async_context(HttpFetcher(HttpSettings(allow_private=private)))
        sandbox = await stack.enter_async_context(Sandbox(shipped()))
        reads: list[str] = []

        async def read(raws: Sequence[RawDocument], source: Source, seen: Seen = frozenset()) -> Readings:
            reads.extend(raw.name for raw in raws)
            return await sandbox.read(raws, source, seen)

        dispatch = local(http.fetch, read, Limits(allow_private=private))
        ports = Ports(db, dispatch, lambda: reader.now, lambda: 0.0)
        reader = Reader(db, ports, reads, datetime.fromtimestamp(0, UTC))
        yield publisher, reader, feeds
        assert integrity_problems(db) == []
        db.close()


def announced(db: Database, done: set[int]) -> list[int]:
    """What a digest would tell now: everything it has not carried; it is then carried."""
    fresh = [item.id for item in digests.uncarried(db, "daily") if item.id not in done]
    done.update(fresh)
    return fresh


def shown(body: bytes) -> set[str]:
    """The keys that one version shows, by feedparser: guid, else link, else (one link for all) the title."""
    entries = feedparser.parse(io.BytesIO(body)).entries
    keys = [entry.get("id") or entry.get("link") for entry in entries]
    return {key if keys.count(key) == 1 else entry.title for key, entry in zip(keys, entries, strict=True)}


def versions(folder: str, pattern: str) -> list[tuple[str, datetime, bytes]]:
    """(feed, when, body) of every kept version, oldest first."""
    found = []
    for path in (CORPUS / folder).glob(pattern):
        stamp = next(part for part in path.stem.split("-") if len(part) == 10 and part.isdigit())
        feed = path.parent.name if "/" in pattern else folder
        found.append((feed, datetime.fromtimestamp(int(stamp), UTC), path.read_bytes()))
    return sorted(found, key=lambda version: version[1:])


@pytest.mark.parametrize(
    ("folder", "pattern"),
    [("36kr-snapshots", "*.xml"), ("xwlb-rss-snapshots", "*.xml"), ("wechat-snapshots", "*/*.xml")],
)
async def test_nothing_that_appeared_is_lost_or_told_twice(tmp_path: Path, folder: str, pattern: str) -> None:
    history = versions(folder, pattern)
    assert history
    names = sorted({name for name, _, _ in history})
    ever: dict[str, set[str]] = {name: set() for name in names}
    told: set[int] = set()
    changed = 0
    async with reading(tmp_path / "w.db", names) as (publisher, reader, feeds):
        for name, at, body in history:
            publisher.pages[f"/{quote(name)}"] = body
            ever[name] |= shown(body)
            report = await reader.polls(feeds[name], at)
            assert report.error is None
            changed += report.changed_items
            announced(reader.db, told)  # raises no item twice: `told` would not grow by it

            before = len(reader.reads)
            again = await reader.polls(feeds[name], at + timedelta(minutes=1))
            assert (again.outcome, again.new_items, again.changed_items) == ("unchanged", 0, 0)
            assert len(reader.reads) == before  # a body that is byte for byte the same costs no parse
            assert announced(reader.db, told) == []
        kept: dict[str, set[str]] = {name: set() for name in names}
        for source_id, guid in reader.db.execute("SELECT source_id, guid FROM sightings").fetchall():
            kept[source_id].add(guid)
        for name in names:
            assert len(kept[name]) == len(ever[name]), name
        revisions = reader.db.execute("SELECT count(*) FROM revisions").fetchone()[0]
        orphans = reader.db.execute(
            "SELECT count(*) FROM items WHERE id NOT IN (SELECT item_id FROM sightings)"
        ).fetchone()[0]
    assert revisions == changed
    assert orphans == 0
