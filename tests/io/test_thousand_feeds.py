"""A thousand feeds on fifty hosts, one answer in twenty a fault: the pass ends, limits hold, all recover.

What holds is measured at the servers, on addresses of the loopback net.
"""

import select
import threading
import time
from contextlib import ExitStack, suppress
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Self

from tests.io.build import SHANGHAI, store
from watcher.dispatch.local import local
from watcher.fetch.http import HttpFetcher, HttpSettings
from watcher.fetch.politeness import HostGate, Limits
from watcher.intake import Ports
from watcher.model import PollReport, Source
from watcher.poll import poll
from watcher.sandbox import Sandbox
from watcher.store import sources, tags
from watcher.store.open import transaction
from watcher.tag import compile_rules
from watcher.tag.rulebook import shipped

HOSTS, FEEDS = 50, 20
FAULTS = {3: "reset", 7: "slow", 11: "500", 13: "cut off"}  # of every 80 feeds
FEED = (
    "<rss version='2.0'><channel><title>{n}</title><item><guid>{n}</guid><title>重庆上云第{n}篇</title>"
    "<description>第{n}篇：两江新区企业上云。</description></item></channel></rss>"
)


class Host:
    """One web server that counts how many requests it has at once, and misbehaves while `faulty`."""

    def __init__(self, number: int) -> None:
        self.most = self.inside = self.served = 0
        self.faulty = True
        self.sees_late = False
        lock = threading.Lock()
        host = self

        class Page(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                with lock:
                    host.inside += 1
                    host.served += 1
                    host.most = max(host.most, host.inside)
                self.counted = True
                time.sleep(0.01)
                self.answer(int(self.path.strip("/")))
                self.leave()

            def leave(self) -> None:
                with lock:
                    host.inside -= self.counted
                self.counted = False

            def answer(self, n: int) -> None:
                fault = FAULTS.get(n % 80) if host.faulty else None
                body = FEED.format(n=n).encode()
                if fault == "reset":
                    self.leave()
                    self.close_connection = True
                    return
                if fault == "slow":
                    self.dawdle()
                self.send_response(500 if fault == "500" else 200)
                self.send_header("Content-Type", "application/rss+xml; charset=utf-8")
                self.send_header("Content-Length", str(len(body) + (99 if fault == "cut off" else 0)))
                self.end_headers()
                self.leave()  # before the last byte: with it the client may begin its next request
                with suppress(ConnectionError):
                    self.wfile.write(body)
                if fault == "cut off":
                    self.close_connection = True

            def dawdle(self) -> None:
                # Until the client hangs up; that a server sees it a moment later is not the client's doing.
                host.sees_late = True
                select.select([self.connection], [], [], 5)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer((f"127.0.1.{number + 1}", 0), Page)
        self.address = f"127.0.1.{number + 1}:{self._server.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


async def test_a_thousand_feeds_with_faults(tmp_path: Path) -> None:
    now = datetime(2026, 11, 20, tzinfo=UTC)
    with ExitStack() as stack:
        hosts = [stack.enter_context(Host(number)) for number in range(HOSTS)]
        private = frozenset(host.address for host in hosts)
        feeds = [
            Source(f"f{n}", "feed", f"f{n}", f"http://{hosts[n % HOSTS].address}/{n}", SHANGHAI)
            for n in range(HOSTS * FEEDS)
        ]
        db = store(tmp_path / "w.db", "nobody")
        rules = compile_rules(shipped())
        with transaction(db):
            tags.save_taxonomy(db, rules.topics, rules.atlas.regions, rules.hash)
            sources.register(db, feeds, now)
        limits = Limits(concurrency=64, per_host=2, allow_private=private)
        settings = HttpSettings(timeout=2.0, allow_private=private)

        async def one_pass(moment: datetime) -> list[PollReport]:
            due = [source for source, _ in sources.due(db, feeds, moment)]
            async with HttpFetcher(settings, gate=HostGate(limits)) as http, Sandbox(shipped()) as sandbox:
                ports = Ports(db, local(http.fetch, sandbox.read, limits), lambda: moment, lambda: 0.0)
                return [report async for report in poll(due, ports)]

        first = await one_pass(now)
        assert len(first) == HOSTS * FEEDS
        failed = {report.source_id for report in first if report.outcome == "failed"}
        assert failed == {f"f{n}" for n in range(HOSTS * FEEDS) if n % 80 in FAULTS}
        assert max(host.most for host in hosts if not host.sees_late) <= 2
        assert max(host.most for host in hosts) <= 3

        served = sum(host.served for host in hosts)
        assert await one_pass(now) == []  # a restart at the same hour makes no new round
        assert sum(host.served for host in hosts) == served

        for host in hosts:
            host.faulty = False
        await one_pass(now + timedelta(days=2))
        states = dict(
            db.execute("SELECT state, count(*) FROM sources WHERE id != 'nobody' GROUP BY state").fetchall()
        )
        assert states == {"ok": HOSTS * FEEDS}
        assert db.execute("SELECT count(*) FROM items").fetchone()[0] == HOSTS * FEEDS
        db.close()
