"""Limits over a pass on a real event loop: how many at once, how far apart, what a 429 does."""

import asyncio
from collections import Counter
from contextlib import aclosing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from watcher.fetch.address import read_address
from watcher.fetch.politeness import HostGate, Limits, Polled, PutOff, fetch_all
from watcher.model import FetchError, NotModified, Outcome, PollMemory, Response, Source

MEMORY = PollMemory()


def feed(url: str) -> Source:
    return Source(url, "feed", url, url, ZoneInfo("Asia/Shanghai"))


class Host:
    """Stands for all servers: notes when each request starts, and how many there are at once."""

    def __init__(self, seconds: float = 0.01) -> None:
        self.seconds = seconds
        self.starts: dict[str, list[float]] = {}
        self.now: Counter[str] = Counter()
        self.most: Counter[str] = Counter()
        self.answers: dict[str, Outcome] = {}
        self.cancelled = 0

    async def fetch(self, source: Source, _memory: PollMemory) -> Outcome:
        host = source.location.split("/")[2] if source.kind == "feed" else "folder"
        self.starts.setdefault(host, []).append(asyncio.get_running_loop().time())
        for name in (host, "all"):
            self.now[name] += 1
            self.most[name] = max(self.most[name], self.now[name])
        try:
            await asyncio.sleep(self.seconds)
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        finally:
            for name in (host, "all"):
                self.now[name] -= 1
        return self.answers.get(source.id, NotModified())


def due(*urls: str) -> list[tuple[Source, PollMemory]]:
    return [(feed(url), MEMORY) for url in urls]


async def run(
    jobs: list[tuple[Source, PollMemory]],
    host: Host,
    limits: Limits,
    resting: dict[str, datetime] | None = None,
) -> list[Polled | PutOff]:
    return [result async for result in fetch_all(jobs, host.fetch, limits, resting)]


@pytest.mark.parametrize(("hosts", "most", "most_a_host"), [(1, 2, 2), (3, 6, 2), (20, 7, 1)])
async def test_every_source_is_fetched_once_within_the_limits(
    hosts: int, most: int, most_a_host: int
) -> None:
    host = Host()
    jobs = due(*(f"http://h{number % hosts}/{number}" for number in range(60)))
    results = await run(jobs, host, Limits(concurrency=7, per_host=2, per_host_delay=0.0))
    assert sorted(result.source.id for result in results) == sorted(source.id for source, _ in jobs)
    assert (host.most["all"], host.most["h0"]) == (most, most_a_host)
    assert all(isinstance(result, Polled) and result.seconds >= 0.009 for result in results)


async def test_requests_to_one_host_start_apart_and_others_do_not_wait() -> None:
    host, limits = Host(seconds=0.0), Limits(per_host_delay=0.05)
    gate = HostGate(limits)

    async def fetch(source: Source, memory: PollMemory) -> Outcome:
        async with gate.turn(read_address(source.location)):
            return await host.fetch(source, memory)

    jobs = due(*(f"http://busy/{number}" for number in range(6)), "http://idle/1")
    results = [result async for result in fetch_all(jobs, fetch, limits)]
    assert all(later - earlier >= 0.049 for earlier, later in pairwise(host.starts["busy"]))
    assert "http://idle/1" in {result.source.id for result in results[:2]}


async def test_our_own_servers_are_not_spaced_but_still_limited() -> None:
    host = Host(seconds=0.01)
    jobs = due(*(f"http://127.0.0.1:1200/{number}" for number in range(20)))
    limits = Limits(per_host_delay=9.0, allow_private=frozenset({"127.0.0.1:1200"}))
    await asyncio.wait_for(run(jobs, host, limits), timeout=5)
    assert host.most["127.0.0.1:1200"] == 2


@pytest.mark.parametrize(
    ("urls", "lanes"),
    [
        (["http://a/", "https://a/", "http://a:8080/", "http://A/"], {"a"}),
        (
            ["http://127.0.0.1:1200/", "http://127.0.0.1:1201/", "http://127.0.0.1/"],
            {"127.0.0.1:1200", "127.0.0.1"},
        ),
        (["nonsense"], {"nonsense"}),
    ],
)
async def test_under_which_name_requests_are_counted(urls: list[str], lanes: set[str]) -> None:
    limits = Limits(per_host_delay=0.0, allow_private=frozenset({"127.0.0.1:1200"}))
    results = [result async for result in fetch_all(due(*urls), _nothing, limits)]
    assert {result.host for result in results} == lanes


async def _nothing(_source: Source, _memory: PollMemory) -> Outcome:
    return NotModified()


async def test_a_moved_feed_counts_for_its_new_host_and_a_folder_for_itself() -> None:
    folder = Source("seeds", "folder", "seeds", "/srv/seeds", ZoneInfo("UTC"))
    jobs = [(feed("http://old/"), PollMemory(url="http://new/feed")), (folder, MEMORY)]
    results = await run(jobs, Host(), Limits())
    assert {result.host for result in results} == {"new", "seeds"}


async def test_a_429_lets_the_rest_of_its_host_rest() -> None:
    host = Host()
    host.answers["http://busy/0"] = FetchError("http", "429", 429, None, timedelta(hours=4))
    jobs = due(*(f"http://busy/{number}" for number in range(5)), "http://idle/1")
    results = await run(jobs, host, Limits(per_host=1, per_host_delay=0.0))
    put_off = [result for result in results if isinstance(result, PutOff)]
    assert [result.source.id for result in put_off] == [f"http://busy/{number}" for number in range(1, 5)]
    assert len(results) == 6
    rest = put_off[0].until - datetime.now(UTC)
    assert timedelta(hours=3, minutes=59) < rest < timedelta(hours=4, minutes=1)
    again = await run(
        jobs, Host(), Limits(per_host_delay=0.0), {"busy": put_off[0].until, "unknown": put_off[0].until}
    )
    assert [type(result).__name__ for result in again] == ["PutOff"] * 5 + ["Polled"]


async def test_a_429_of_our_own_rsshub_stops_only_its_feed() -> None:
    host = Host()
    response = Response(429, "http://127.0.0.1:1200/0", private=True)
    host.answers["http://127.0.0.1:1200/0"] = FetchError("http", "429", 429, response)
    jobs = due(*(f"http://127.0.0.1:1200/{number}" for number in range(5)))
    limits = Limits(per_host=1, allow_private=frozenset({"127.0.0.1:1200"}))
    assert all(isinstance(result, Polled) for result in await run(jobs, host, limits))


async def test_nothing_starts_while_nobody_takes_results() -> None:
    host = Host(seconds=0.0)
    jobs = due(*(f"http://h{number}/" for number in range(50)))
    async with aclosing(fetch_all(jobs, host.fetch, Limits(concurrency=4))) as results:
        await anext(results)
        await asyncio.sleep(0.05)
        assert len(host.starts) == 4
        assert len([result async for result in results]) == 49


async def test_closing_cancels_what_is_under_way() -> None:
    host = Host(seconds=0.02)
    jobs = due("http://fast/", *(f"http://h{number}/" for number in range(9)))

    async def fetch(source: Source, memory: PollMemory) -> Outcome:
        if source.id != "http://fast/":
            host.seconds = 60.0
        return await host.fetch(source, memory)

    async with aclosing(fetch_all(jobs, fetch, Limits(concurrency=4))) as results:
        assert (await anext(results)).source.id == "http://fast/"
    assert host.cancelled == 3
    assert host.now["all"] == 0


async def test_a_bug_in_a_fetch_is_raised_and_the_others_are_cancelled() -> None:
    host = Host(seconds=60.0)

    async def fetch(source: Source, memory: PollMemory) -> Outcome:
        if source.id == "http://bug/":
            raise KeyError("bug")
        return await host.fetch(source, memory)

    with pytest.raises(KeyError):
        async for _ in fetch_all(due("http://a/", "http://b/", "http://bug/"), fetch, Limits()):
            pass
    assert host.cancelled == 2


async def test_the_gate_counts_every_request_redirects_too() -> None:
    gate = HostGate(Limits(per_host=2, per_host_delay=0.03))
    starts: list[float] = []
    inside = most = 0

    async def request(url: str) -> None:
        nonlocal inside, most
        async with gate.turn(read_address(url)):
            starts.append(asyncio.get_running_loop().time())
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0.1)
            inside -= 1

    await asyncio.gather(*(request(f"http://h/{number}") for number in range(6)))
    assert most == 2
    assert all(later - earlier >= 0.029 for earlier, later in pairwise(sorted(starts)))


async def test_a_host_that_is_away_is_not_asked_for_each_of_its_feeds() -> None:
    away = FetchError("connect", "no connection", unreached=True)
    asked: list[str] = []

    async def fetch(source: Source, memory: PollMemory) -> Outcome:
        asked.append(source.id)
        return away

    jobs = due(*(f"http://away/{number}" for number in range(20)))
    mirrored = replace(jobs[-1][0], mirrors=("http://elsewhere/",))
    jobs = [*jobs[:-1], (mirrored, jobs[-1][1])]
    results = [result async for result in fetch_all(jobs, fetch, Limits(per_host=2, per_host_delay=0.0))]
    assert [result.outcome for result in results if isinstance(result, Polled)] == [away] * 20
    assert mirrored.id in asked
    assert len(asked) <= 4


async def test_one_feed_that_breaks_off_says_nothing_of_its_host() -> None:
    asked: list[str] = []

    async def fetch(source: Source, memory: PollMemory) -> Outcome:
        asked.append(source.id)
        return FetchError("connect", "the connection was reset")

    jobs = due(*(f"http://flaky/{number}" for number in range(9)))
    assert len([result async for result in fetch_all(jobs, fetch, Limits(per_host_delay=0.0))]) == 9
    assert len(asked) == 9
