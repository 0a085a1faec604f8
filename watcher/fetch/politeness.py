"""How many requests go out at once, and to whom: limits that hold over a whole pass, redirects included.

`HostGate` is passed at every single request; `fetch_all` sends the due sources through it so that
a crowded host keeps nobody else waiting. Neither knows what a fetch is.
"""

import asyncio
import heapq
import itertools
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from watcher.fetch.address import Address, read_address
from watcher.model import FetchError, Outcome, PollMemory, Source
from watcher.pacing import host_pause

Fetch = Callable[[Source, PollMemory], Awaitable[Outcome]]


@dataclass(frozen=True, slots=True)
class Limits:
    """How much may go on at once. `allow_private` pairs are our own servers: no pause between requests."""

    concurrency: int = 16
    per_host: int = 2
    per_host_delay: float = 1.0  # seconds between the starts of two requests to one host
    allow_private: frozenset[str] = frozenset()

    def lane(self, address: Address) -> str:
        """Returns the name under which an address's requests are counted: its host, whatever the port.

        Our own servers count by host and port: two of them on one machine are two.
        """
        return address.host_port if address.host_port in self.allow_private else address.host

    def delay(self, lane: str) -> float:
        """Returns the seconds between two requests of one lane."""
        return 0.0 if lane in self.allow_private else self.per_host_delay


@dataclass(frozen=True, slots=True)
class Polled:
    """One source was asked. `seconds` is the time it took."""

    source: Source
    memory: PollMemory
    host: str  # under which its requests were counted
    outcome: Outcome
    seconds: float


@dataclass(frozen=True, slots=True)
class PutOff:
    """One source was not asked: its host rests until then. It has not failed."""

    source: Source
    memory: PollMemory
    host: str
    until: datetime


class HostGate:
    """Lets at most `per_host` requests a host through at once, starts at least `per_host_delay` apart."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._turns: dict[str, _Turns] = {}

    @asynccontextmanager
    async def turn(self, address: Address) -> AsyncIterator[None]:
        """Waits for a turn at the address's host and holds it.

        Hold one at a time: two fetches that redirect to each other's hosts would wait for ever.
        """
        name = self._limits.lane(address)
        turns = self._turns.setdefault(name, _Turns(asyncio.Semaphore(self._limits.per_host)))
        async with turns.slots:
            async with turns.door:
                clock = asyncio.get_running_loop().time
                if (wait := turns.next_start - clock()) > 0:
                    await asyncio.sleep(wait)
                turns.next_start = clock() + self._limits.delay(name)
            yield


@dataclass(slots=True)
class _Turns:
    slots: asyncio.Semaphore
    door: asyncio.Lock = field(default_factory=asyncio.Lock)  # one at a time: each waits for the one before
    next_start: float = 0.0


async def fetch_all(
    due: Sequence[tuple[Source, PollMemory]],
    fetch: Fetch,
    limits: Limits,
    resting: Mapping[str, datetime] | None = None,
) -> AsyncGenerator[Polled | PutOff, None]:
    """Fetches every due source once and yields each result as it comes.

    At most `limits.concurrency` results are in memory: nothing new starts while nobody takes them.
    Closing the iterator early cancels what is under way (use `contextlib.aclosing`). `resting` maps
    hosts, as `Polled.host` names them, to the end of a pause from an earlier pass; a 429 during this
    one adds to it. An exception of `fetch` is a bug, and is raised here.
    """
    lanes = _Lanes(due, limits)
    running: dict[asyncio.Task[Polled], str] = {}
    over: asyncio.Queue[asyncio.Task[Polled]] = asyncio.Queue()  # those of them that are done
    try:
        for host, until in (resting or {}).items():
            for source, memory in lanes.drain(host):
                yield PutOff(source, memory, host, until)
        while lanes.waiting or running:
            while len(running) < limits.concurrency and (job := lanes.take()):
                task = asyncio.create_task(_timed(fetch, *job))
                task.add_done_callback(over.put_nowait)
                running[task] = job[0]
            done = await _first(over, None if len(running) == limits.concurrency else lanes.pause())
            if done is None:
                continue
            host = running.pop(done)
            lanes.give_back(host)
            polled = done.result()
            yield polled
            for source, memory in lanes.give_up(host, polled.outcome):
                yield Polled(source, memory, host, polled.outcome, 0.0)
            if rest := host_pause(polled.outcome, datetime.now(UTC)):
                for source, memory in lanes.drain(host):
                    yield PutOff(source, memory, host, rest)
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


def lane_of(source: Source, memory: PollMemory, limits: Limits) -> str:
    """Returns the lane a source waits in: its host; for a folder itself, which bothers nobody."""
    try:
        return (
            limits.lane(read_address(memory.url or source.location)) if source.kind == "feed" else source.id
        )
    except ValueError:  # the fetcher will say so
        return source.id


async def _first(
    over: asyncio.Queue[asyncio.Task[Polled]], wait: float | None
) -> asyncio.Task[Polled] | None:
    """Returns a task that is done, or None once `wait` seconds have passed."""
    if not over.empty():
        return over.get_nowait()
    try:
        async with asyncio.timeout(wait):
            return await over.get()
    except TimeoutError:
        return None


async def _timed(fetch: Fetch, host: str, source: Source, memory: PollMemory) -> Polled:
    clock = asyncio.get_running_loop().time
    start = clock()
    outcome = await fetch(source, memory)
    return Polled(source, memory, host, outcome, clock() - start)


@dataclass(slots=True)
class _Lane:
    waiting: deque[tuple[Source, PollMemory]] = field(default_factory=deque)
    running: int = 0
    next_start: float = 0.0


class _Lanes:
    """The due sources in one queue a host, and the hosts in a heap by the moment they may start again."""

    def __init__(self, due: Sequence[tuple[Source, PollMemory]], limits: Limits) -> None:
        self._limits = limits
        self._clock = asyncio.get_running_loop().time
        self._lanes: dict[str, _Lane] = {}
        self._order = itertools.count()
        self.waiting = len(due)
        for source, memory in due:
            self._lanes.setdefault(lane_of(source, memory, limits), _Lane()).waiting.append((source, memory))
        self._heap = [(0.0, next(self._order), host) for host in self._lanes]

    def take(self) -> tuple[str, Source, PollMemory] | None:
        """Takes the next source whose host may be asked now; None while there is none."""
        while self._heap and self._heap[0][0] <= self._clock():
            host = heapq.heappop(self._heap)[2]
            lane = self._lanes[host]
            if not lane.waiting:
                continue
            self.waiting -= 1
            lane.running += 1
            lane.next_start = self._clock() + self._limits.delay(host)
            job = (host, *lane.waiting.popleft())
            if lane.running < self._limits.per_host:
                self._queue(host, lane)
            return job
        return None

    def give_back(self, host: str) -> None:
        """Notes that a source of this host is done."""
        lane = self._lanes[host]
        if lane.running == self._limits.per_host:  # it had left the heap
            self._queue(host, lane)
        lane.running -= 1

    def drain(self, host: str) -> list[tuple[Source, PollMemory]]:
        """Takes all that still waits for a host."""
        lane = self._lanes.get(host, _Lane())
        jobs = list(lane.waiting)
        lane.waiting.clear()
        self.waiting -= len(jobs)
        return jobs

    def give_up(self, host: str, outcome: Outcome) -> list[tuple[Source, PollMemory]]:
        """Takes what waits for a host that turned out to be away, and has no mirror to go to.

        Twenty-four routes of a host that drops packets would else take a pass 24 times the deadline.
        """
        if not (isinstance(outcome, FetchError) and outcome.unreached):
            return []
        jobs = self.drain(host)
        with_mirrors = [(source, memory) for source, memory in jobs if source.mirrors]
        lane = self._lanes[host]
        lane.waiting.extend(with_mirrors)
        self.waiting += len(with_mirrors)
        return [(source, memory) for source, memory in jobs if not source.mirrors]

    def pause(self) -> float | None:
        """Returns the seconds until a host may be asked again; None when all wait for one under way."""
        return max(0.0, self._heap[0][0] - self._clock()) if self._heap else None

    def _queue(self, host: str, lane: _Lane) -> None:
        if lane.waiting:
            heapq.heappush(self._heap, (lane.next_start, next(self._order), host))
