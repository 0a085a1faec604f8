"""What befalls a cluster: workers killed, stopped or of another version, a scheduler that goes away.

Each is a clear sentence, and every job comes back: done once, put off, or lapsed and due again.
"""

import asyncio
import pickle
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from distributed import Worker
from sqlite_utils import Database

from tests.io.build import SHANGHAI
from tests.io.cluster import answering, cluster, free_port, scheduling, working
from tests.io.test_sandbox import HOSTILE
from watcher.config.scale import Certificates, Cluster
from watcher.dispatch import Dispatcher, Done, Job, Lapsed, PutOff, Result
from watcher.dispatch.beside import kit_of
from watcher.dispatch.cluster import ClusterError, connected
from watcher.dispatch.far import far
from watcher.dispatch.worker import OFFER, Kit, Missing, Order, equip, work
from watcher.fetch.http import HttpSettings
from watcher.fetch.politeness import Limits
from watcher.intake import Ports
from watcher.model import Fetched, FetchError, ParseFailure, PollMemory, PollReport, Source
from watcher.pipeline import Reading
from watcher.poll import LAPSE, poll
from watcher.store import sources, tags
from watcher.store.open import open_store, transaction
from watcher.tag import compile_rules
from watcher.tag.rulebook import shipped

RULES = compile_rules(shipped())
FEED = (
    "<rss version='2.0'><channel><title>n</title><item><guid>{n}</guid><title>重庆上云第{n}篇</title>"
    "<description>第{n}篇：两江新区企业上云。</description>"
    "<pubDate>Thu, 19 Nov 2026 08:00:00 +0800</pubDate></item></channel></rss>"
)


def now() -> datetime:
    return datetime.now(UTC)


@dataclass
class Town:
    """Every host there is, behind one proxy: what was asked, and how many at once at each."""

    port: int = 0
    delay: float = 0.0
    status: int = 200
    held: bool = False  # answers nobody
    asked: list[str] = field(default_factory=list)
    inside: Counter[str] = field(default_factory=Counter)
    most: Counter[str] = field(default_factory=Counter)

    async def answers(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()
            return
        url = head.split(b" ")[1].decode()
        host, _, path = url.removeprefix("http://").partition("/")
        self.asked.append(url)
        self.inside[host] += 1
        self.most[host] = max(self.most[host], self.inside[host])
        gone = asyncio.create_task(reader.read())
        await asyncio.wait({gone}, timeout=60 if self.held else self.delay)
        self.inside[host] -= 1
        body = FEED.format(n=path).encode()
        said = f"HTTP/1.1 {self.status} X\r\nContent-Type: application/rss+xml\r\nConnection: close\r\n"
        writer.write(f"{said}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        gone.cancel()
        writer.close()


@pytest.fixture
async def town() -> AsyncIterator[Town]:
    made = Town()
    server = await asyncio.start_server(made.answers, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    yield made
    server.close()


def kit(town: Town, timeout: float = 3.0, concurrency: int = 8) -> Kit:
    limits = Limits(concurrency=concurrency, per_host=2, per_host_delay=0.0)
    return kit_of(RULES, HttpSettings(timeout=timeout, proxy=f"http://127.0.0.1:{town.port}"), limits, {})


def feed(name: str, host: str) -> Source:
    return Source(name, "feed", name, f"http://{host}.example/{name}", SHANGHAI)


def jobs(count: int, hosts: int) -> list[Job]:
    return [Job(feed(f"f{n}", f"h{n % hosts}"), PollMemory(), 1) for n in range(count)]


def place(address: str, lease: float = 60.0, patience: float = 10.0) -> Cluster:
    return Cluster(address, None, timedelta(seconds=lease), patience, travel=3.0)


def a_store(folder: Path, feeds: Sequence[Source]) -> Database:
    db = open_store(folder / "w.db")
    with transaction(db):
        tags.save_taxonomy(db, RULES.topics, RULES.atlas.regions, RULES.hash)
        sources.register(db, feeds, now())
    return db


async def results(dispatch: Dispatcher, wanted: Sequence[Job]) -> list[Result]:
    found = [result async for result in dispatch(wanted, {})]
    assert sorted(result.job.source.id for result in found) == sorted(job.source.id for job in wanted)
    return found


async def test_a_cluster_does_each_job_once_within_the_limits(town: Town) -> None:
    town.delay = 0.05
    async with cluster(workers=3, threads=2) as address, far(place(address), kit(town), now) as dispatch:
        found = await results(dispatch, jobs(300, 20))
    assert all(isinstance(result, Done) and isinstance(result.outcome, Fetched) for result in found)
    assert len(town.asked) == 300
    assert max(town.most.values()) <= 2
    documents = [
        result.outcome.documents[0]
        for result in found
        if isinstance(result, Done) and isinstance(result.outcome, Fetched)
    ]
    assert all(document.body for document in documents)  # there is something new in each: kept as they came


async def test_what_holds_nothing_new_comes_back_without_its_bytes(town: Town) -> None:
    async with cluster(workers=1) as address, far(place(address), kit(town), now) as dispatch:
        (first,) = await results(dispatch, jobs(1, 1))
        assert isinstance(first, Done)
        (reading,) = first.readings
        assert isinstance(reading, Reading)
        (again,) = await results(dispatch, [replace(first.job, seen=reading.seen)])
    assert isinstance(again, Done)
    assert isinstance(again.outcome, Fetched)
    assert again.outcome.documents[0].body == b""
    assert again.outcome.body_hash is not None


async def test_a_host_that_asks_for_rest_rests_in_later_batches_too(town: Town) -> None:
    town.status = 429
    async with cluster() as address, far(place(address), kit(town), now) as dispatch:
        found = await results(dispatch, jobs(120, 1))
        rested = [result for result in found if isinstance(result, PutOff)]
        assert len(town.asked) <= 2
        assert len(rested) == 120 - len(town.asked)
        assert {result.host for result in rested} == {"h0.example"}
        assert all(timedelta(minutes=59) < result.until - now() <= timedelta(hours=1) for result in rested)
        town.asked.clear()
        until = now() + timedelta(hours=1)
        found = [result async for result in dispatch(jobs(4, 2), {"h0.example": until})]
    assert sorted(type(result).__name__ for result in found) == ["Done", "Done", "PutOff", "PutOff"]
    assert not [url for url in town.asked if "h0" in url]


async def test_a_host_that_is_away_is_asked_no_more(town: Town) -> None:
    nobody = replace(town, port=free_port())
    mirrored = [
        replace(job, source=replace(job.source, mirrors=("http://h0.example/m",))) for job in jobs(1, 1)
    ]
    others = [Job(feed(f"g{n}", "h0"), PollMemory(), 1) for n in range(119)]
    async with cluster() as address, far(place(address), kit(nobody), now) as dispatch:
        found = await results(dispatch, [*others, *mirrored])
    assert all(isinstance(result, Done) and isinstance(result.outcome, FetchError) for result in found)


async def test_a_poison_document_fails_alone(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    python = tmp_path / "python"
    (tmp_path / "hostile.py").write_text(
        HOSTILE.replace("match raw.name:", "match raw.name.rpartition('/')[2]:")
    )
    python.write_text(f"#!/bin/sh\nexec {sys.executable} {tmp_path}/hostile.py\n")
    python.chmod(0o755)
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    monkeypatch.setattr(sys, "executable", str(python))
    wanted = [*jobs(3, 3), Job(feed("kills.md", "h9"), PollMemory(), 1)]
    async with cluster(workers=1, threads=1) as address, far(place(address), kit(town), now) as dispatch:
        found = await results(dispatch, wanted)
    readings = {result.job.source.id: result.readings[0] for result in found if isinstance(result, Done)}
    poison = readings.pop("kills.md")
    assert isinstance(poison, ParseFailure)
    assert "broke the process" in poison.message
    assert all(isinstance(reading, Reading) for reading in readings.values())
    assert len(readings) == 3


async def test_nobody_at_the_scheduler_s_address(town: Town) -> None:
    port = free_port()
    with pytest.raises(ClusterError, match=f"No scheduler can be reached at tcp://127.0.0.1:{port}"):
        async with far(place(f"tcp://127.0.0.1:{port}", patience=0.5), kit(town), now):
            pass


async def test_a_scheduler_without_workers(town: Town) -> None:
    async with cluster(workers=0) as address:
        with pytest.raises(ClusterError, match="has no workers: start 'watcher worker --scheduler"):
            async with far(place(address, patience=1.0), kit(town), now):
                pass


async def test_a_worker_of_another_version_gets_nothing(town: Town, caplog: pytest.LogCaptureFixture) -> None:
    async with cluster(workers=1, offer="watcher-0.0.1-py3.9") as address:
        with pytest.raises(ClusterError) as refused:
            async with connected(place(address)):
                pass
        assert f"which is {OFFER}: tcp://127.0.0.1:" in str(refused.value)
        assert "is watcher-0.0.1-py3.9. Install the same version" in str(refused.value)
        fits = Worker(address, host="127.0.0.1", nthreads=1, resources={OFFER: 1}, memory_limit=0)
        async with fits, far(place(address), kit(town), now) as dispatch:
            assert all(isinstance(result, Done) for result in await results(dispatch, jobs(20, 4)))
    assert "is watcher-0.0.1-py3.9 and this is" in caplog.text


async def test_a_worker_that_makes_other_rules_of_the_book_gets_nothing(town: Town) -> None:
    # As one whose files differ though its version does not.
    other = replace(kit(town), rules="2:0000", badge="other")
    async with cluster(workers=1) as address, far(place(address), other, now) as dispatch:
        found = await results(dispatch, jobs(3, 3))
    assert town.asked == []
    whys = {result.why for result in found if isinstance(result, Lapsed)}
    assert len(whys) == 1
    assert f"makes {RULES.hash} of the rules of which the head makes 2:0000" in whys.pop()


async def test_a_kit_that_was_changed_replaces_the_old_one(town: Town) -> None:
    old, new = kit(town), kit(town, timeout=4.0)
    assert old.badge != new.badge
    assert old.badge == kit(town).badge
    async with AsyncExitStack() as stack:
        address = await stack.enter_async_context(cluster(workers=0))
        worker = Worker(address, host="127.0.0.1", nthreads=1, resources={OFFER: 1}, memory_limit=0)
        await stack.enter_async_context(worker)
        for one in (old, old, new):
            async with far(place(address), one, now) as dispatch:
                assert isinstance((await results(dispatch, jobs(1, 1)))[0], Done)
        assert old.badge not in worker.plugins
        assert new.badge in worker.plugins


async def test_a_worker_that_lost_its_kit_is_given_it_again(town: Town) -> None:
    async with AsyncExitStack() as stack:
        address = await stack.enter_async_context(cluster(workers=0))
        worker = Worker(address, host="127.0.0.1", nthreads=1, resources={OFFER: 1}, memory_limit=0)
        await stack.enter_async_context(worker)
        one = kit(town)
        dispatch = await stack.enter_async_context(far(place(address), one, now))
        assert isinstance((await results(dispatch, jobs(1, 1)))[0], Done)
        await worker.plugin_remove(name=one.badge)
        assert isinstance((await results(dispatch, jobs(1, 1)))[0], Done)


async def test_a_killed_worker_loses_nothing(town: Town, tmp_path: Path) -> None:
    town.delay = 0.2
    async with AsyncExitStack() as stack:
        address = await stack.enter_async_context(cluster(workers=0))
        first = await stack.enter_async_context(working(address, tmp_path / "1.log"))
        await stack.enter_async_context(working(address, tmp_path / "2.log"))
        dispatch = await stack.enter_async_context(far(place(address, patience=30.0), kit(town), now))
        killing = asyncio.create_task(_once(lambda: len(town.asked) > 5, first, signal.SIGKILL))
        found = await results(dispatch, jobs(120, 12))
        await killing
    assert all(isinstance(result, Done) and isinstance(result.outcome, Fetched) for result in found)
    assert max(town.most.values()) <= 2


async def test_a_stopped_worker_lapses_and_its_late_answer_is_refused(town: Town, tmp_path: Path) -> None:
    town.held = True
    feeds = [feed(f"f{n}", f"h{n}") for n in range(3)]
    db = a_store(tmp_path, feeds)
    async with AsyncExitStack() as stack:
        address = await stack.enter_async_context(cluster(workers=0))
        stuck = await stack.enter_async_context(working(address, tmp_path / "1.log"))
        where = place(address, lease=1.0, patience=30.0)
        dispatch = await stack.enter_async_context(far(where, kit(town, timeout=1.0), now))
        stop = asyncio.create_task(_once(lambda: len(town.asked) == 3, stuck, signal.SIGSTOP))
        ports = Ports(db, dispatch, now, lambda: 0.0)
        lapsed = [report async for report in poll(feeds, ports)]
        await stop
        assert {report.outcome for report in lapsed} == {"lapsed"}
        assert all("did not answer in" in report.notes[0] for report in lapsed)
        assert {source.id for source, _ in sources.due(db, feeds, now() + LAPSE)} == {"f0", "f1", "f2"}
        assert not db.execute("SELECT count(*) FROM sources WHERE failures > 0").fetchone()[0]

        town.held = False
        await stack.enter_async_context(working(address, tmp_path / "2.log"))
        stuck.send_signal(signal.SIGCONT)
        again = await stack.enter_async_context(far(where, kit(town, timeout=1.0), now))
        done = [report async for report in poll(feeds, Ports(db, again, now, lambda: 0.0))]
        assert Counter(report.outcome for report in done) == {"new": 3}
    assert db.execute("SELECT count(*) FROM sightings").fetchone()[0] == 3
    db.close()


async def test_a_scheduler_that_restarts(town: Town, tmp_path: Path) -> None:
    town.delay = 0.2
    port = free_port()
    address = f"tcp://127.0.0.1:{port}"
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(working(address, tmp_path / "w.log"))
        async with scheduling(port, tmp_path / "s.log") as scheduler:
            await answering(port)
            async with far(place(address, patience=30.0), kit(town), now) as dispatch:
                killing = asyncio.create_task(_once(lambda: len(town.asked) > 5, scheduler, signal.SIGKILL))
                found = await results(dispatch, jobs(200, 20))
                await killing
            lapsed = [result.why for result in found if isinstance(result, Lapsed)]
            assert lapsed
            assert all("lost on the way" in why or "is gone" in why for why in lapsed), set(lapsed)
        await stack.enter_async_context(scheduling(port, tmp_path / "s.log"))
        await answering(port)
        async with far(place(address, patience=30.0), kit(town), now) as dispatch:
            assert all(isinstance(result, Done) for result in await results(dispatch, jobs(20, 4)))


async def test_results_that_come_twice_or_late_are_refused(tmp_path: Path, town: Town) -> None:
    feeds = [feed("twice", "a"), feed("late", "b")]
    db = a_store(tmp_path, feeds)
    async with cluster(workers=1) as address, far(place(address), kit(town), now) as dispatch:

        async def careless(
            wanted: Sequence[Job], resting: Mapping[str, datetime]
        ) -> AsyncGenerator[Result, None]:
            async for result in dispatch(wanted, resting):
                if result.job.source.id == "late":
                    yield replace(result, job=replace(result.job, attempt=result.job.attempt - 1))
                else:
                    yield result
                    yield result

        reports: list[PollReport] = [r async for r in poll(feeds, Ports(db, careless, now, lambda: 0.0))]
    assert Counter((r.source_id, r.outcome) for r in reports) == {
        ("twice", "new"): 1,
        ("twice", "late"): 1,
        ("late", "late"): 1,
    }
    assert db.execute("SELECT source_id, count(*) FROM sightings GROUP BY 1").fetchall() == [("twice", 1)]
    db.close()


async def test_a_batch_stops_when_its_time_is_up(town: Town) -> None:
    town.held = True
    one = kit(town, timeout=60.0)
    async with AsyncExitStack() as stack:
        address = await stack.enter_async_context(cluster(workers=0))
        worker = Worker(address, host="127.0.0.1", nthreads=1, resources={OFFER: 1}, memory_limit=0)
        await stack.enter_async_context(worker)
        client = await stack.enter_async_context(connected(place(address)))
        order = pickle.dumps(Order(tuple(jobs(2, 2)), now(), 0.0, 0.5))
        assert await client.submit(work, one.badge, order, pure=False) == Missing(worker.address)
        assert await client.run(equip, pickle.dumps(one)) == {worker.address: None}
        assert pickle.loads(await client.submit(work, one.badge, order, pure=False)) == []
    assert len(town.asked) == 2


async def test_a_worker_that_is_told_to_stop_stops(town: Town, tmp_path: Path) -> None:
    town.delay = 0.1
    log = tmp_path / "w.log"
    async with AsyncExitStack() as stack:
        address = await stack.enter_async_context(cluster(workers=0))
        leaving = await stack.enter_async_context(working(address, log))
        dispatch = await stack.enter_async_context(far(place(address, patience=30.0), kit(town), now))
        await stack.enter_async_context(working(address, tmp_path / "2.log"))
        stopping = asyncio.create_task(_once(lambda: len(town.asked) > 3, leaving, signal.SIGTERM))
        found = await results(dispatch, jobs(60, 6))
        await stopping
        assert await leaving.wait() == 0
    assert all(isinstance(result, Done) and isinstance(result.outcome, Fetched) for result in found)
    assert f"serves {address}, 1 batches at once" in log.read_text()
    assert "Traceback" not in log.read_text()


async def test_over_tls_with_certificates_and_not_without(town: Town, tmp_path: Path) -> None:
    cert, key = _certificate(tmp_path)
    port = free_port()
    address = f"tls://127.0.0.1:{port}"
    tls = ("--protocol", "tls", "--tls-ca-file", str(cert), "--tls-cert", str(cert), "--tls-key", str(key))
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(scheduling(port, tmp_path / "s.log", *tls))
        ours = ("--ca", str(cert), "--cert", str(cert), "--key", str(key))
        await stack.enter_async_context(working(address, tmp_path / "w.log", *ours))
        await answering(port)
        with pytest.raises(ClusterError, match="No scheduler can be reached"):
            async with far(place(f"tcp://127.0.0.1:{port}", patience=1.0), kit(town), now):
                pass
        safe = replace(place(address, patience=30.0), certificates=Certificates(cert, cert, key))
        async with far(safe, kit(town), now) as dispatch:
            assert all(isinstance(result, Done) for result in await results(dispatch, jobs(4, 2)))


def _certificate(folder: Path) -> tuple[Path, Path]:
    openssl = shutil.which("openssl")
    assert openssl, "apt-get install openssl"
    cert, key = folder / "cert.pem", folder / "key.pem"
    subprocess.run(
        [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
         "-keyout", str(key), "-out", str(cert)],
        check=True, capture_output=True,
    )  # fmt: skip
    return cert, key


async def _once(
    true: Callable[[], bool], process: asyncio.subprocess.Process, number: signal.Signals
) -> None:
    while not true():  # noqa: ASYNC110  (what it waits for happens in other processes)
        await asyncio.sleep(0.02)
    process.send_signal(number)
