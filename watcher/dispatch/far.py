"""Hands jobs to the workers of a Dask cluster, in batches, and yields what they bring.

Dask places the batches and repeats them when a worker dies; the plan keeps each host in one place at a
time. A batch goes out under a lease: whatever befalls it, its jobs come back in time, done or lapsed.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager
from datetime import datetime

from watcher.config.scale import Cluster
from watcher.dispatch import Dispatcher, Done, Job, Lapsed, PutOff, Result
from watcher.dispatch.batches import Batch, Plan
from watcher.dispatch.cluster import LOOK_AGAIN, connected
from watcher.dispatch.crew import Crew, Handed
from watcher.dispatch.worker import Kit, Missing
from watcher.model import FetchError
from watcher.pacing import host_pause


@asynccontextmanager
async def far(cluster: Cluster, kit: Kit, clock: Callable[[], datetime]) -> AsyncIterator[Dispatcher]:
    """A dispatcher over that cluster; raises ClusterError when nobody there can serve."""
    async with connected(cluster) as client:
        yield _handing_out(Crew(client, cluster, kit, clock), kit, cluster.batch, clock)


def _handing_out(crew: Crew, kit: Kit, size: int, clock: Callable[[], datetime]) -> Dispatcher:
    async def dispatch(jobs: Sequence[Job], resting: Mapping[str, datetime]) -> AsyncGenerator[Result, None]:
        plan = Plan(jobs, kit.limits, kit.http.timeout, size)
        for host, until in resting.items():
            for job in plan.drain(host):
                yield PutOff(job, host, until)
        async with aclosing(_answers(crew, plan)) as answers:
            async for batch, answer in answers:
                for result in _settled(batch, answer, plan, clock()):
                    yield result
                plan.give_back(batch)
        for job in plan.drain_all():
            yield Lapsed(job, crew.why_idle)

    return dispatch


async def _answers(crew: Crew, plan: Plan) -> AsyncGenerator[tuple[Batch, Sequence[Result] | str], None]:
    """Keep as many batches out as there are places, and yield each with its answer, one at a time.

    No more than the results of one batch are on the head. Ends early when nobody is there to take any.
    """
    out: dict[asyncio.Task[Handed], Batch] = {}
    try:
        while plan.waiting or out:
            places = await crew.places()
            while len(out) < places and (batch := plan.take()):
                out[asyncio.create_task(crew.hand(batch))] = batch
            if not out:
                return
            done, _ = await asyncio.wait(out, timeout=LOOK_AGAIN, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                batch = out.pop(task)
                answer = await crew.bring(task.result())
                if isinstance(answer, Missing):
                    out[asyncio.create_task(crew.hand(batch))] = batch
                else:
                    yield batch, answer
    finally:
        for task in out:
            task.cancel()
        await asyncio.gather(*out, return_exceptions=True)


def _settled(batch: Batch, answer: Sequence[Result] | str, plan: Plan, now: datetime) -> Iterator[Result]:
    """A result for each job of a batch, and for those still waiting whose host turned out to want none."""
    left = {job.source.id: job for job in batch.jobs}
    for result in () if isinstance(answer, str) else answer:
        del left[result.job.source.id]
        yield result
        if isinstance(result, Done):
            yield from _spared(result, plan, now)
    why = answer if isinstance(answer, str) else "its worker ran out of time"
    for job in left.values():
        yield Lapsed(job, why)


def _spared(done: Done, plan: Plan, now: datetime) -> Iterator[Result]:
    """As `fetch_all` does within a batch: a host that wants rest, or is away, is asked no more."""
    if rest := host_pause(done.outcome, now):
        for job in plan.drain(done.host):
            yield PutOff(job, done.host, rest)
    if isinstance(done.outcome, FetchError) and done.outcome.unreached:
        for job in plan.drain(done.host, mirrored=False):
            yield Done(job, done.host, done.outcome, (), 0.0)
