"""What another machine does with a batch: the same fetching and the same pure pipeline as at home.

Runs in the event loop of a Dask worker, as a coroutine: connections, host gates and parse processes then
live from one batch to the next. A worker has no config and no store; it is given a kit, once.
"""

import asyncio
import pickle
import sys
from contextlib import aclosing, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from distributed import Worker, get_worker
from distributed.diagnostics.plugin import WorkerPlugin

from watcher import __version__
from watcher.dispatch import Done, Job, PutOff, Result
from watcher.dispatch.local import local
from watcher.fetch.http import HttpFetcher, HttpSettings
from watcher.fetch.politeness import HostGate, Limits
from watcher.model import Fetched, ParseFailure, RawDocument, RuleBook
from watcher.pipeline import Reading
from watcher.sandbox import Sandbox
from watcher.tag.rules import hash_of

# What a worker offers and a batch asks for, as Dask's resources: Dask then hands nothing to a worker of
# another version, whose pickles would not fit. One unit is one batch at a time.
KIND = "watcher-"
OFFER = f"{KIND}{__version__}-py{sys.version_info.major}.{sys.version_info.minor}"


@dataclass(frozen=True, slots=True)
class Kit:
    """All that workers need to know, the same for every batch."""

    badge: str  # the digest of the rest
    rules: str  # the hash of the rule book, as the head computes it
    book: RuleBook
    http: HttpSettings
    limits: Limits
    secrets: tuple[tuple[str, str], ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Order:
    """A batch on its way. The head's clock is everybody's: `now` is its time."""

    jobs: tuple[Job, ...]
    now: datetime
    pause: float  # seconds before the first request
    seconds: float  # then the worker stops, and others may do what is left


@dataclass(frozen=True, slots=True)
class Missing:
    """A worker that has not got the kit yet."""

    worker: str


async def work(badge: str, order: bytes) -> bytes | Missing:
    """Do a pickled Order with the kit of that badge; the pickled results, as far as time allowed."""
    worker = get_worker()
    bench = worker.plugins.get(badge)
    if not isinstance(bench, Bench):
        return Missing(worker.address)
    return pickle.dumps(await bench.do(pickle.loads(order)))  # noqa: S301  (from our own head)


async def equip(kit: bytes, dask_worker: Worker) -> str | None:
    """Take over a pickled Kit; half a sentence when this worker cannot serve under it."""
    wanted: Kit = pickle.loads(kit)  # noqa: S301  (from our own head)
    ours = hash_of(wanted.book)
    if ours != wanted.rules:
        return f"makes {ours} of the rules of which the head makes {wanted.rules}"
    if wanted.badge not in dask_worker.plugins:
        idle = [name for name, old in dask_worker.plugins.items() if isinstance(old, Bench) and old.is_idle]
        await dask_worker.plugin_add(Bench(wanted), name=wanted.badge)
        for name in idle:  # of a config that was changed since
            await dask_worker.plugin_remove(name=name)
    return None


class Bench(WorkerPlugin):
    """What one kit keeps between batches: connections, host gates, parse processes that know the rules."""

    def __init__(self, kit: Kit) -> None:
        self._limits = kit.limits
        self._at_work = 0  # batches
        self._ahead = timedelta()  # how far the head's clock is ahead of ours
        self._sandbox = Sandbox(kit.book)
        gate, secrets = HostGate(kit.limits), dict(kit.secrets)
        self._http = HttpFetcher(kit.http, secrets=secrets, gate=gate, clock=self._clock)

    async def teardown(self, worker: Worker) -> None:  # noqa: ARG002  (Dask's protocol)
        """Close all of it; the worker ends, or serves under another kit."""
        await self._http.aclose()
        await self._sandbox.__aexit__()

    @property
    def is_idle(self) -> bool:
        """Whether no batch is under way."""
        return self._at_work == 0

    async def do(self, order: Order) -> list[Result]:
        """What the jobs brought, in the time there is."""
        self._at_work += 1
        self._ahead = order.now - datetime.now(UTC)
        results: list[Result] = []
        dispatch = local(self._http.fetch, self._sandbox.read, self._limits)
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(order.seconds), aclosing(dispatch(order.jobs, {})) as found:
                    await asyncio.sleep(order.pause)
                    async for result in found:
                        results.append(self._for_the_head(result))  # noqa: PERF401  (kept when time is up)
        finally:
            self._at_work -= 1
        return results

    def _for_the_head(self, result: Result) -> Result:
        if isinstance(result, PutOff):
            return replace(result, until=result.until + self._ahead)
        if isinstance(result, Done) and isinstance(result.outcome, Fetched):
            documents = tuple(map(_lean, result.outcome.documents, result.readings))
            return replace(result, outcome=replace(result.outcome, documents=documents))
        return result

    def _clock(self) -> datetime:
        return datetime.now(UTC) + self._ahead


def _lean(document: RawDocument, reading: Reading | ParseFailure) -> RawDocument:
    # Only what brings something new is kept to be read again; nothing of this can.
    if isinstance(reading, Reading) and reading.items:
        return document
    return replace(document, body=b"", pages=())
