"""The first use case: sources are polled, what they hold becomes items, each source saved as a whole.

Leases the sources, has them asked and read by whoever does that, and hands what comes back to `intake`.
Fetching and reading happen outside the short transaction that saves a source.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import replace
from datetime import datetime, timedelta

from watcher.crash import crashpoint
from watcher.dispatch import Done, Job, Lapsed, PutOff
from watcher.intake import Ports, take_in
from watcher.model import (
    Fetched,
    NotModified,
    Outcome,
    PollReport,
    Source,
)
from watcher.pacing import FLOOR, before_poll, is_network_failure, own_network_down
from watcher.store import raws, seen, sources
from watcher.store.open import transaction

TOGETHER = 50  # unchanged sources noted in one transaction,
WAIT = 0.5  # seconds; or as many as came in this time
LAPSE = timedelta(minutes=5)  # until a job that nobody finished is due: it may be what killed its workers


async def poll(due: Sequence[Source], ports: Ports) -> AsyncIterator[PollReport]:
    """Poll each source once and save what it brought; a report for each as it is done.

    The next due times are written before the first request goes out: a program that dies in the
    middle does not begin again with everybody.
    """
    now = ports.clock()
    crashpoint("poll.begins")
    with transaction(ports.db):
        raws.drop(ports.db, now - ports.keep_raw)
        jobs = [_job(source, now, ports) for source in due]
        resting = sources.paused_hosts(ports.db, now)
    crashpoint("poll.postponed")
    unreached: list[Done] = []  # held back until it is clear whose fault it is
    quiet = _Quiet(ports)
    line_works = False
    async with aclosing(ports.dispatch(jobs, resting)) as results:
        async for result in results:
            if isinstance(result, PutOff | Lapsed):
                yield _not_done(result, ports)
            elif not line_works and is_network_failure(result.outcome):
                unreached.append(result)
            else:
                line_works = line_works or result.job.source.kind == "feed"
                async for report in _settle([result, *(unreached if line_works else ())], quiet, ports):
                    yield report
                if line_works:
                    unreached.clear()
    if own_network_down((result.host, result.outcome) for result in unreached):
        for result in unreached:
            yield _offline(result.job, ports)
    else:
        async for report in _settle(unreached, quiet, ports):
            yield report
    for report in quiet.told():
        yield report


def _job(source: Source, now: datetime, ports: Ports) -> Job:
    attempt = sources.lease(ports.db, source.id, before_poll(now, source))
    crashpoint("poll.postpones")
    memory = sources.memory(ports.db, source.id)
    # The config's word on identity stands; without one, what was learnt of the feed's guids.
    if source.identity is None and memory.identity is not None:
        source = replace(source, identity=memory.identity)
    return Job(source, memory, attempt, seen.of(ports.db, source.id))


class _Quiet:
    """Answers that nothing has changed, noted together: a commit each would cost more than the asking.

    A death before they are noted costs nothing: they brought nothing, and their next due time is written.
    """

    def __init__(self, ports: Ports) -> None:
        self._ports = ports
        self._waiting: list[Done] = []
        self._since = 0.0

    def add(self, done: Done) -> list[PollReport]:
        """Take one up; the reports of all that wait once they are enough, or have waited long enough."""
        now = asyncio.get_running_loop().time()
        self._since = self._since if self._waiting else now
        self._waiting.append(done)
        return self.told() if len(self._waiting) == TOGETHER or now - self._since > WAIT else []

    def told(self) -> list[PollReport]:
        """Note all that wait; a report for each."""
        done, self._waiting = self._waiting, []
        return take_in(done, self._ports, first_poll=False) if done else []


async def _settle(results: Sequence[Done], quiet: _Quiet, ports: Ports) -> AsyncIterator[PollReport]:
    for result in results:
        if isinstance(result.outcome, NotModified):
            for report in quiet.add(result):
                yield report
            continue
        first = sources.is_first_poll(ports.db, result.job.source.id)
        (report,) = take_in([result], ports, first_poll=first)
        yield report
        portion = result
        while _has_more(portion.outcome):
            # A large folder comes in portions, each saved before the next is read.
            with transaction(ports.db):
                job = _job(result.job.source, ports.clock(), ports)
            crashpoint("poll.goes_on")
            async with aclosing(ports.dispatch([job], {})) as portions:
                async for part in portions:
                    if isinstance(part, Done):
                        (report,) = take_in([part], ports, first_poll=first)
                        yield report
                        portion = part
                    else:
                        yield _not_done(part, ports)
                        return


def _offline(job: Job, ports: Ports) -> PollReport:
    # Our own line is down: nothing that counts against the feed, which is asked again soon.
    with transaction(ports.db):
        sources.postpone(ports.db, job.source.id, ports.clock() + FLOOR)
    return PollReport(job.source.id, "offline", error_kind="offline", error="no feed could be reached")


def _not_done(result: PutOff | Lapsed, ports: Ports) -> PollReport:
    source_id = result.job.source.id
    with transaction(ports.db):
        if isinstance(result, PutOff):
            sources.postpone(ports.db, source_id, result.until)
            return PollReport(source_id, "put off", notes=(f"{result.host} asked for a rest",))
        if sources.take(ports.db, source_id, result.job.attempt):
            sources.postpone(ports.db, source_id, ports.clock() + LAPSE)
    return PollReport(source_id, "lapsed", notes=(result.why,))


def _has_more(outcome: Outcome) -> bool:
    return isinstance(outcome, Fetched) and outcome.more > 0 and bool(outcome.documents or outcome.touched)
