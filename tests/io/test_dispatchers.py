"""One contract for both dispatchers: the same traffic leaves the same database and the same digests.

Times are handed in. One request at a time, so that items come in the same order and have the same ids;
what may differ is masked by name below, and nothing else is.
"""

import re
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote

import pytest
from sqlite_utils import Database

from tests.io.cluster import cluster
from tests.io.test_replay import CORPUS, versions
from watcher import app
from watcher.config import load
from watcher.press import deliver, put_out_due
from watcher.store.open import open_for_reading

START = datetime(2021, 6, 17, tzinfo=UTC)  # the histories are of that month
PASSES = 3
FEEDS = 60  # more than one batch
APART = timedelta(hours=13)
MOMENT = re.compile(r"2021-06-\d\dT\d\d:\d\d:\d\dZ")
FORMATS = '["html", "txt", "md", "json", "atom"]'
FAULTY = {
    "/gone": (410, "text/plain", b""),
    "/away": (503, "text/plain", b"later"),
    "/page": (200, "text/html", "<html><title>首页</title><p>不是订阅源</p></html>".encode()),
    "/empty": (200, "application/rss+xml", b""),
    "/cut": (200, "application/rss+xml", b"<rss><channel><item><title>half"),
}
UNDATED = """<rss version="2.0"><channel><title>快报</title><item><guid>u1</guid>
<title>重庆工业互联网标识解析节点上线</title><description>两江新区新增3个二级节点，企业上云超过1.2万家。</description>
</item></channel></rss>"""

# What differs between any two runs, whoever makes them: how long a poll took, the jitter of the next one, and
# when unchanged sources are noted together.
VOLATILE = {
    "polls": {"id", "duration_ms", "started_at"},
    "sources": {"next_poll_at"},
    "deliveries": {"target"},  # each has its own folder
    "_sqlite_migrations": {"applied_at"},
}
FILLED = (
    "items",
    "sightings",
    "revisions",
    "item_topics",
    "item_regions",
    "figures",
    "raw_documents",
    "stories",
)
SHADOWS = re.compile(r"_(data|idx|content|docsize|config)$")


@dataclass
class Press:
    """Publishers on loopback; the same for whoever asks."""

    pages: dict[str, tuple[int, str, bytes]]
    host: str = ""


@pytest.fixture
def press() -> Iterator[Press]:
    made = Press(dict(FAULTY))

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, kind, body = made.pages.get(self.path, (404, "text/plain", b"none"))
            etag = f'"{hash(body)}"'
            if status == 200 and self.headers.get("If-None-Match") == etag:
                status, body = 304, b""
            self.send_response(301 if self.path == "/moved" else status)
            if self.path == "/moved":
                self.send_header("Location", "/undated")
            self.send_header("Content-Type", kind)
            self.send_header("ETag", etag)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    made.host = f"127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield made
    server.shutdown()
    server.server_close()


@dataclass
class History:
    """What each feed showed, oldest first; it stays with its last version."""

    shown: dict[str, list[bytes]]

    def set(self, press: Press, turn: int) -> None:
        for name, bodies in self.shown.items():
            body = bodies[min(turn, len(bodies) - 1)]
            press.pages[f"/{quote(name)}"] = (200, "application/xml", body)
        press.pages["/undated"] = (
            200,
            "application/rss+xml",
            UNDATED.replace("3个", f"{3 + turn}个").encode(),
        )


def recorded() -> History:
    shown: dict[str, list[bytes]] = {}
    for folder, pattern in (
        ("36kr-snapshots", "*.xml"),
        ("xwlb-rss-snapshots", "*.xml"),
        ("wechat-snapshots", "*/*.xml"),
    ):
        for name, _, body in versions(folder, pattern):
            shown.setdefault(name, []).append(body)
    return History({name: bodies[:PASSES] for name, bodies in list(shown.items())[:FEEDS]})


class Head:
    """One head with its config, its database, and a clock that the test sets."""

    def __init__(self, home: Path, press: Press, feeds: list[str], scale: str) -> None:
        self.home = home
        self.now = START
        config = home / "config"
        config.mkdir(parents=True)
        (config / "watcher.toml").write_text(
            '[watcher]\ndatabase = "../w.db"\nfigures = "all"\n'
            f'[http]\nconcurrency = 1\ntimeout = 5\nallow_private = ["{press.host}"]\n{scale}'
        )
        names = [*feeds, *(path.strip("/") for path in FAULTY), "moved", "undated", "nobody"]
        (config / "sources.toml").write_text(
            "".join(
                f'[[source]]\nid = "s{at}"\nkind = "feed"\nurl = "http://{press.host}/{quote(name)}"\n'
                for at, name in enumerate(names)
            )
            + f'[[source]]\nid = "mirrored"\nkind = "feed"\nurl = "http://{press.host}/none"\n'
            f'mirrors = ["http://{press.host}/undated?mirror"]\ntopics = ["core"]\n'
            '[[source]]\nid = "seeds"\nkind = "folder"\npath = "../../seeds"\n'
        )
        (config / "digests.toml").write_text(
            '[[digest]]\nid = "daily"\ntitle = "日报"\nschedule = "0 8 * * *"\nwhen_empty = "send"\n'
            f'[[digest.deliver]]\nchannel = "file"\npath = "../out"\nformats = {FORMATS}\n'
        )
        self.config = load(config, {})

    async def works(self, now: datetime) -> None:
        """Poll the feeds, then the folder; put out what is due, and deliver it."""
        self.now = now
        with app.opened(self.config, lambda: self.now) as house:
            everybody = app.chosen_sources(self.config, [])  # due or not: jitter decides that
            for kind in ("feed", "folder"):  # a folder is the head's own, and would come in between
                async for _ in app.poll_pass(house, [s for s in everybody if s.kind == kind]):
                    pass
            put_out_due(house)
            list(deliver(house, "poll"))

    def rows(self) -> dict[str, list[dict[str, object]]]:
        """All that is in the database, but for what is volatile."""
        db = open_for_reading(self.config.database)
        found = {table: _rows(db, table) for table in db.table_names() if not SHADOWS.search(table)}
        db.close()
        return found

    def digests(self) -> dict[str, bytes]:
        out = self.home / "out"
        return {str(path.relative_to(out)): path.read_bytes() for path in out.rglob("*") if path.is_file()}


def _rows(db: Database, table: str) -> list[dict[str, object]]:
    masked = VOLATILE.get(table, set())
    rows = [
        {key: _steady(value) for key, value in row.items() if key not in masked} for row in db[table].rows
    ]
    return sorted(rows, key=repr)


def _steady(value: object) -> object:
    """The same, with moments within a pass moved to its beginning: workers' clocks go on, the test's stands."""
    return MOMENT.sub(_beginning, value) if isinstance(value, str) else value


def _beginning(found: re.Match[str]) -> str:
    moment = datetime.fromisoformat(found[0])
    for turn in range(PASSES):
        begins = START + APART * turn
        if begins <= moment < begins + timedelta(minutes=5):
            return f"{begins:%Y-%m-%dT%H:%M:%SZ}"
    return found[0]


@asynccontextmanager
async def both(home: Path, press: Press, feeds: list[str]) -> AsyncIterator[tuple[Head, Head]]:
    async with cluster() as address:
        (home / "seeds").mkdir()
        (home / "seeds/a.md").write_text("---\ntitle: 重庆上云\n---\n重庆新增5G基站1.8万个。\n")
        scale = f'[scale]\ndispatcher = "dask"\nscheduler = "{address}"\n'
        yield Head(home / "here", press, feeds, ""), Head(home / "far", press, feeds, scale)


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the shared corpus is not here")
async def test_both_leave_the_same_behind(tmp_path: Path, press: Press) -> None:
    history = recorded()
    async with both(tmp_path, press, list(history.shown)) as (here, far):
        for turn in range(PASSES):
            history.set(press, turn)
            for head in (here, far):
                await head.works(START + APART * turn)
    ours, theirs = here.rows(), far.rows()
    for table, rows in ours.items():
        for row, other in zip(rows, theirs[table], strict=True):
            assert row == other, table
    counts = {table: len(rows) for table, rows in ours.items()}
    assert all(counts[table] for table in FILLED), {table: counts[table] for table in FILLED}
    assert counts["items"] > 100
    assert here.digests().keys() == far.digests().keys()
    assert here.digests() == far.digests()
    assert len(here.digests()) >= 5
