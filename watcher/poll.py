"""The first use case: sources are polled, what they hold becomes items, each source saved as a whole.

Decides nothing: the pipeline says what a document holds, `judge` what is new, `pacing` when to come
back. Fetching and reading happen outside the one short transaction that saves a source.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlite_utils import Database

from watcher.crash import crashpoint
from watcher.dedupe import fallback, judge
from watcher.dispatch import Dispatcher, Done, Job, Lapsed, PutOff, Readings
from watcher.model import (
    Changed,
    Fetched,
    FetchError,
    New,
    Outcome,
    Pace,
    ParseFailure,
    PollReport,
    Rung,
    Source,
    TaggedItem,
)
from watcher.pacing import FLOOR, before_poll, is_network_failure, own_network_down, pace
from watcher.pipeline import Reading
from watcher.store import items, raws, seen, sightings, sources, stories
from watcher.store.open import transaction

Renamed = tuple[str | None, str | None]  # an article's address now, and under its key before

_FALLEN: dict[Rung, str] = {
    "url": "{count} of {entries} articles came back under new guids: told apart by address from now on",
    "content": "{count} of {entries} articles came back under new keys: told apart by text from now on",
}


@dataclass(frozen=True, slots=True)
class Ports:
    """What polling works with. `jitter` gives a random number in 0..1 at each call."""

    db: Database
    dispatch: Dispatcher
    clock: Callable[[], datetime]
    jitter: Callable[[], float]
    keep_raw: timedelta = timedelta()  # how long documents that brought something can be read again


async def poll(due: Sequence[Source], ports: Ports) -> AsyncIterator[PollReport]:
    """Poll each source once and save what it brought; a report for each as it is done.

    The next due times are written before the first request goes out: a program that dies in the
    middle does not begin again with everybody.
    """
    now = ports.clock()
    crashpoint("poll.begins")
    with transaction(ports.db):
        jobs = [_job(source, now, ports) for source in due]
        resting = sources.paused_hosts(ports.db, now)
    crashpoint("poll.postponed")
    unreached: list[Done] = []  # held back until it is clear whose fault it is
    line_works = False
    async with aclosing(ports.dispatch(jobs, resting)) as results:
        async for result in results:
            if isinstance(result, PutOff | Lapsed):
                yield _not_done(result, ports)
            elif not line_works and is_network_failure(result.outcome):
                unreached.append(result)
            else:
                line_works = line_works or result.job.source.kind == "feed"
                async for report in _settle([result, *(unreached if line_works else ())], ports):
                    yield report
                if line_works:
                    unreached.clear()
    if own_network_down((result.host, result.outcome) for result in unreached):
        for result in unreached:
            yield _offline(result.job, ports)
    else:
        async for report in _settle(unreached, ports):
            yield report


def _job(source: Source, now: datetime, ports: Ports) -> Job:
    attempt = sources.lease(ports.db, source.id, before_poll(now, source))
    crashpoint("poll.postpones")
    memory = sources.memory(ports.db, source.id)
    # The config's word on identity stands; without one, what was learnt of the feed's guids.
    as_learnt = replace(source, identity=memory.identity) if source.identity is None else source
    return Job(as_learnt, memory, attempt, seen.of(ports.db, source.id))


async def _settle(results: Sequence[Done], ports: Ports) -> AsyncIterator[PollReport]:
    for result in results:
        first = sources.is_first_poll(ports.db, result.job.source.id)
        yield _take_in(result, ports, first_poll=first)
        portion = result
        while _has_more(portion.outcome):
            # A large folder comes in portions, each saved before the next is read.
            with transaction(ports.db):
                job = _job(result.job.source, ports.clock(), ports)
            crashpoint("poll.goes_on")
            async with aclosing(ports.dispatch([job], {})) as portions:
                async for part in portions:
                    if isinstance(part, Done):
                        yield _take_in(part, ports, first_poll=first)
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
            sources.postpone(ports.db, source_id, ports.clock())
    return PollReport(source_id, "lapsed", notes=(result.why,))


def _has_more(outcome: Outcome) -> bool:
    return isinstance(outcome, Fetched) and outcome.more > 0 and bool(outcome.documents or outcome.touched)


def _take_in(done: Done, ports: Ports, *, first_poll: bool) -> PollReport:
    """Save what was brought: items, marks, validators and next due time, all or nothing."""
    source, outcome, readings = done.job.source, done.outcome, done.readings
    documents = outcome.documents if isinstance(outcome, Fetched) else ()
    with transaction(ports.db):
        crashpoint("poll.saves")
        if not sources.take(ports.db, source.id, done.job.attempt):
            return PollReport(source.id, "late", notes=("came after its lease had ended: refused",))
        now = ports.clock()
        tagged = [item for reading in readings if isinstance(reading, Reading) for item in reading.items]
        new, changed, renamed = _save(ports.db, source, tagged, now, first_poll=first_poll)
        for document, reading in zip(documents, readings, strict=True):
            failure = reading.message if isinstance(reading, ParseFailure) else None
            sources.save_file_mark(ports.db, document, failure)
            if ports.keep_raw and failure is None and new + changed:
                raws.keep(ports.db, document)
            crashpoint("poll.marked")
        raws.drop(ports.db, now - ports.keep_raw)
        if isinstance(outcome, Fetched):
            sources.save_touched(ports.db, source.id, outcome.touched)
        good = next((reading for reading in readings if isinstance(reading, Reading)), None)
        entries = len(tagged) + (good.known if good else 0)
        if good and source.kind == "feed":
            seen.replace(ports.db, source.id, good.seen)
        decided = pace(
            source,
            done.job.memory,
            outcome,
            good.hints if good else None,
            new,
            entries,
            _feed_failure(source, readings),
            now,
            ports.jitter(),
        )
        decided = _with_firm_keys(done.job, renamed, entries, decided, ports.db)
        if decided.pause_host_until:
            sources.pause_host(ports.db, done.host, decided.pause_host_until)
        report = _report(done, (new, changed, entries), decided.memory.last_error)
        sources.save_poll(ports.db, report, decided, now)
        crashpoint("poll.recorded")
    crashpoint("poll.saved")
    return replace(report, notes=(*report.notes, *decided.events))


def _save(
    db: Database, source: Source, tagged: Sequence[TaggedItem], now: datetime, *, first_poll: bool
) -> tuple[int, int, list[Renamed]]:
    """(new items, changed items, articles that came back under new keys), with stories grouped anew.

    One after the other: two entries of one poll may be the same article.
    """
    new = changed = 0
    renamed: list[Renamed] = []
    touched: set[int] = set()
    for item in tagged:
        known = items.known(db, source.id, item)
        verdict = judge(item, known)
        if known.renamed and known.content_item not in touched:
            renamed.append((item.item.url, known.renamed_url))
        item_id = items.apply(db, source.id, verdict, now, first_poll=first_poll)
        touched |= {item_id} if item_id else set()
        new += isinstance(verdict, New)
        changed += isinstance(verdict, Changed)
    stories.regroup(db, touched)
    crashpoint("poll.grouped")
    return new, changed, renamed


def _with_firm_keys(job: Job, renamed: Sequence[Renamed], entries: int, decided: Pace, db: Database) -> Pace:
    """A feed whose keys change from poll to poll falls back to a firmer one, and the operator is told."""
    source = job.source
    if source.kind != "feed" or source.identity != job.memory.identity:
        return decided  # a folder's paths are firm, and the config's word is the user's
    rung = fallback(source.identity, renamed, entries)
    if rung is None:
        return decided
    sightings.rekey(db, source.id, rung)
    told = _FALLEN[rung].format(count=len(renamed), entries=entries)
    return replace(decided, memory=replace(decided.memory, identity=rung), events=(*decided.events, told))


def _feed_failure(source: Source, readings: Readings) -> str | None:
    # One bad document among a folder's is a note; a feed that cannot be read has failed.
    if source.kind == "feed" and readings and isinstance(readings[0], ParseFailure):
        return readings[0].message
    return None


def _report(done: Done, counts: tuple[int, int, int], error: str | None) -> PollReport:
    outcome, source = done.outcome, done.job.source
    response = None if isinstance(outcome, FetchError) and outcome.response is None else outcome.response
    failure = _feed_failure(source, done.readings)
    failed = isinstance(outcome, FetchError) or failure is not None
    new, changed, entries = counts
    return PollReport(
        source_id=source.id,
        outcome="failed" if failed else "new" if new or changed else "unchanged",
        entries=entries,
        new_items=new,
        changed_items=changed,
        duration_ms=round(done.seconds * 1000),
        http_status=response.status if response else None,
        received=response.received if response else 0,
        error_kind=outcome.kind if isinstance(outcome, FetchError) else "not_a_feed" if failure else None,
        error=error if failed else None,
        notes=_notes(done),
    )


def _notes(done: Done) -> tuple[str, ...]:
    outcome = done.outcome
    if not isinstance(outcome, Fetched):
        return ()
    notes = [f"{name}: {why}" for name, why in outcome.refused]
    notes += [f"{name}: still being written, next time" for name in outcome.waiting]
    for document, reading in zip(outcome.documents, done.readings, strict=True):
        if isinstance(reading, Reading):
            notes += [f"{document.name}: {note}" for note in reading.notes]
        elif done.job.source.kind == "folder":
            notes.append(f"{document.name}: {reading.message}")
    return tuple(notes)
