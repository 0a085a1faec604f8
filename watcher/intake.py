"""Saves what one source brought: its items, its marks and validators, and when to come back.

Decides nothing: the pipeline has said what a document holds, `judge` says what is new, `pacing` when to
come back. All of a source is saved, or nothing of it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlite_utils import Database

from watcher.crash import crashpoint
from watcher.dedupe import fallback, judge
from watcher.dispatch import Dispatcher, Done, Job, Readings
from watcher.model import (
    Changed,
    Fetched,
    FetchError,
    New,
    Pace,
    ParseFailure,
    PollReport,
    Reading,
    Rung,
    Source,
    TaggedItem,
)
from watcher.pacing import pace
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


def take_in(results: Sequence[Done], ports: Ports, *, first_poll: bool) -> list[PollReport]:
    """Save what was brought: items, marks, validators and next due time, all or nothing."""
    with transaction(ports.db):
        reports = [_recorded(done, ports, first_poll=first_poll) for done in results]
    crashpoint("poll.saved")
    return reports


def _recorded(done: Done, ports: Ports, *, first_poll: bool) -> PollReport:
    source, outcome, readings = done.job.source, done.outcome, done.readings
    documents = outcome.documents if isinstance(outcome, Fetched) else ()
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
    return replace(report, notes=(*report.notes, *decided.events)) if decided.events else report


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
    if touched:
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
