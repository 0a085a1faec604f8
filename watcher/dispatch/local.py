"""Does jobs in this process: fetched side by side as the limits allow, each read as soon as it is there."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from datetime import datetime

from watcher.crash import crashpoint
from watcher.dispatch import Dispatcher, Done, Job, PutOff, Read, Readings, Result
from watcher.fetch.politeness import Fetch, Limits, fetch_all
from watcher.fetch.politeness import PutOff as NotAsked
from watcher.model import Fetched, Outcome, PollMemory, Source


def local(fetch: Fetch, read: Read, limits: Limits) -> Dispatcher:
    """A dispatcher that needs nobody else.

    A job keeps its place among the `limits.concurrency` while it is read: no more answers than that are in
    memory, however slow the reading.
    """

    async def dispatch(jobs: Sequence[Job], resting: Mapping[str, datetime]) -> AsyncGenerator[Result, None]:
        by_id = {job.source.id: job for job in jobs}
        readings: dict[str, Readings] = {}

        async def fetch_and_read(source: Source, memory: PollMemory) -> Outcome:
            outcome = await fetch(source, memory)
            crashpoint("poll.fetched")
            if isinstance(outcome, Fetched) and outcome.documents:
                readings[source.id] = await read(outcome.documents, source, by_id[source.id].seen)
            crashpoint("poll.read")
            return outcome

        asked = [(job.source, job.memory) for job in jobs]
        async with aclosing(fetch_all(asked, fetch_and_read, limits, resting)) as results:
            async for result in results:
                job = by_id[result.source.id]
                if isinstance(result, NotAsked):
                    yield PutOff(job, result.host, result.until)
                else:
                    found = readings.pop(job.source.id, ())
                    yield Done(job, result.host, result.outcome, found, result.seconds)

    return dispatch
