"""The workers as the head sees them: who can take a batch, handing one out, bringing its results home.

Whatever goes wrong out there is a sentence here, and never an exception. Which batch, and when, is the
plan's matter.
"""

import asyncio
import logging
import pickle
import uuid
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import CancelledError
from datetime import datetime
from typing import Any

from distributed import Client, Future
from distributed.client import ClosedClientError
from distributed.scheduler import KilledWorker, NoValidWorkerError

from watcher.config.scale import Cluster
from watcher.dispatch import Result
from watcher.dispatch.batches import Batch
from watcher.dispatch.cluster import LOOK_AGAIN, serving
from watcher.dispatch.worker import OFFER, Kit, Missing, Order, equip, work

Sent = Future[Coroutine[Any, Any, bytes | Missing]]  # as Dask types a coroutine's future
Handed = Sent | str  # what was handed out and is over, or why nothing came of it

log = logging.getLogger(__name__)


class Crew:
    """The workers that serve under one kit."""

    def __init__(self, client: Client, cluster: Cluster, kit: Kit, clock: Callable[[], datetime]) -> None:
        self.why_idle = "no worker is there"
        self._client = client
        self._scheduler = cluster.scheduler
        self._kit = kit
        self._packed = pickle.dumps(kit)
        self._lease = cluster.lease.total_seconds()
        self._travel = cluster.travel
        self._clock = clock
        self._able: dict[str, int] = {}  # equipped workers, and how many batches each takes
        self._equipped: set[str] = set()
        self._shunned: set[str] = set()
        self._looked = float("-inf")

    async def places(self) -> int:
        """How many batches may be out at once; 0, and `why_idle`, when nobody is there."""
        now = asyncio.get_running_loop().time()
        if now - self._looked < LOOK_AGAIN:
            return sum(self._able.values())
        self._looked = now
        try:
            async with asyncio.timeout(self._travel):
                found = await serving(self._client)
                await self._equip([worker for worker in found if worker not in self._equipped])
        except OSError as error:  # and TimeoutError, which is one
            found = {}
            self._gone(str(error) or type(error).__name__)
        self._equipped &= found.keys()
        self._able = {worker: units for worker, units in found.items() if worker in self._equipped}
        return sum(self._able.values())

    async def hand(self, batch: Batch) -> Handed:
        """Hand a batch out and wait until it is over, or its lease is."""
        if self._client.status != "running":  # what is sent now waits for a scheduler that may never come
            return self._gone("the connection is lost")
        seconds = batch.longest + self._lease
        pause = max(map(self._kit.limits.delay, batch.hosts))
        order = pickle.dumps(Order(batch.jobs, self._clock(), pause, seconds))
        key = f"batch-{uuid.uuid4().hex}"
        try:
            future = self._client.submit(
                work,
                *(self._kit.badge, order),
                key=key,
                pure=False,
                # Named only to leave some out: to one that comes when all of these died Dask gives nothing.
                workers=sorted(self._able) if self._shunned else None,
                resources={OFFER: 1},
            )
            async with asyncio.timeout(seconds + self._travel):
                await future.exception()  # waits, and fetches no results yet
        except TimeoutError:
            return await self._given_up(key, future, seconds + self._travel)
        except (CancelledError, ClosedClientError) as loss:
            return _loss(loss)
        return future

    async def bring(self, handed: Handed) -> Sequence[Result] | Missing | str:
        """The results of a batch that is over; Missing when its worker must be equipped first."""
        if isinstance(handed, str):
            return handed
        try:
            async with asyncio.timeout(self._travel):
                answer = await handed
        except (KilledWorker, NoValidWorkerError, CancelledError, ClosedClientError, OSError) as loss:
            return _loss(loss)
        if isinstance(answer, Missing):
            await self._equip([answer.worker])
            return answer if answer.worker in self._equipped else "its worker cannot serve"
        results: Sequence[Result] = pickle.loads(answer)  # noqa: S301  (from a worker we equipped)
        return results

    async def _equip(self, workers: Sequence[str]) -> None:
        wanted = [worker for worker in workers if worker not in self._shunned]
        if not wanted:
            return
        answers = await self._client.run(equip, self._packed, workers=wanted, on_error="return")
        for worker, refusal in answers.items():
            if refusal is None:
                self._equipped.add(worker)
                continue
            self.why_idle = f"the worker {worker} {refusal}: install the same build of watcher on all"
            if isinstance(refusal, str):  # anything else is a worker that has gone, or is about to
                log.warning("%s", self.why_idle)
                self._shun(worker)

    async def _given_up(self, key: str, future: Sent, seconds: float) -> str:
        """Take a batch back. Who let it lie gets nothing more: what is stuck once stays stuck."""
        try:
            async with asyncio.timeout(self._travel):
                held = await self._client.processing()
                await self._client.cancel([future], force=True)
        except (OSError, ClosedClientError):
            held = {}
        at_fault = sorted(worker for worker, keys in held.items() if key in keys)
        for worker in at_fault:
            self._shun(worker)
        who = ", ".join(at_fault)
        why = f"{who} did not answer" if who else "no worker took its batch up"
        self.why_idle = f"{why} in {seconds:.0f} s"
        return self.why_idle

    def _gone(self, why: str) -> str:
        self.why_idle = f"the scheduler at {self._scheduler} is gone ({why})"
        return self.why_idle

    def _shun(self, worker: str) -> None:
        self._shunned.add(worker)
        self._equipped.discard(worker)
        self._able.pop(worker, None)


def _loss(loss: Exception) -> str:
    if isinstance(loss, KilledWorker):
        return "every worker that was given its batch died of it"
    return f"its batch was lost on the way ({str(loss).partition(chr(10))[0] or type(loss).__name__})"
