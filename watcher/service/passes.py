"""The three passes that the clock wakes: poll what is due, send what is due, look after the store.

Each logs what it did, one event a line, and beats the pulse at every step that got somewhere. A pass
knows nothing of the next: whatever is due then, is due.
"""

import asyncio
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from watcher import app, press
from watcher.dispatch import Read
from watcher.errors import StoreError, StoreUnusableError
from watcher.intake import Ports
from watcher.model import PollReport, RuleBook, Source
from watcher.poll import poll
from watcher.sandbox import Sandbox
from watcher.service import metrics, notices
from watcher.service.logs import event, warn
from watcher.service.metrics import Tally
from watcher.service.notify import Pulse
from watcher.store import care
from watcher.store.open import integrity_problems

JOBS = ("poll", "publish", "care")
CHECK_EVERY = timedelta(days=7)
CHECKPOINT_EVERY = timedelta(days=1)


class Crew:
    """The worker processes that read documents, kept from pass to pass: to start one takes a second."""

    def __init__(self) -> None:
        self._book: RuleBook | None = None
        self._sandbox: Sandbox | None = None

    async def read(self, book: RuleBook) -> Read:
        """How to read under these rules; workers that know others are sent away."""
        if self._sandbox is None or book is not self._book:
            await self.leave()
            self._book, self._sandbox = book, Sandbox(book)
        return self._sandbox.read

    async def rest(self) -> None:
        """One worker stays, the others go."""
        if self._sandbox is not None:
            await self._sandbox.rest()

    async def leave(self) -> None:
        """All go."""
        if self._sandbox is not None:
            await self._sandbox.rest(keep=0)


@dataclass(slots=True)
class Work:
    """What the passes share: the house in force, and what has been done since the start."""

    house: app.House
    read: Read | None = None  # how documents are read; None: in worker processes
    crew: Crew = field(default_factory=Crew)
    tally: Tally = field(default_factory=Tally)
    pulse: Pulse = field(default_factory=lambda: Pulse(*JOBS))
    stopping: threading.Event = field(default_factory=threading.Event)
    troubles: dict[str, str] = field(default_factory=dict)  # of our own passes and chores, by subject


async def poll_due(work: Work) -> None:
    """Poll the sources that are due."""
    due = app.due_sources(work.house)
    if due:
        read = work.read or await work.crew.read(work.house.config.book)
        async with app.polling(work.house, read) as ports:
            await poll_with(work, ports, due)
        await work.crew.rest()


async def poll_with(work: Work, ports: Ports, due: Sequence[Source]) -> None:
    """Poll these, telling each as it is done."""
    async for report in poll(due, ports):
        work.pulse.beat("poll")
        work.tally.polled(report)
        _tell_poll(report)


def _tell_poll(report: PollReport) -> None:
    (warn if report.outcome in {"failed", "lapsed"} else event)(
        "poll",
        source=report.source_id,
        outcome=report.outcome,
        entries=report.entries,
        new=report.new_items,
        changed=report.changed_items,
        status=report.http_status,
        bytes=report.received,
        ms=report.duration_ms,
        error=report.error,
    )
    for note in report.notes:
        event("poll note", source=report.source_id, note=note)


async def publish_due(work: Work) -> None:
    """Make the digests that are due, and empty the outbox."""
    # Mail servers are slow and smtplib waits: in a thread, with a connection of its own.
    await asyncio.to_thread(publish_now, work)


def publish_now(work: Work) -> None:
    """The same, here and now; stops between two parcels when the service does."""
    with app.beside(work.house) as house:
        for digest in press.put_out_due(house):
            work.pulse.beat("publish")
            event("digest", name=digest.name, items=digest.items, cut=digest.cut or None)
        for sent in press.deliver(house, "run"):
            work.pulse.beat("publish")
            work.tally.delivered(sent)
            parcel = sent.delivery.parcel
            (event if sent.error is None else warn)(
                "delivery",
                digest=sent.delivery.digest_id,
                channel=parcel.channel,
                to=parcel.target,
                name=parcel.name,
                error=sent.error,
                gave_up=sent.gave_up or None,
            )
            if work.stopping.is_set():
                return


async def look_after(work: Work) -> None:
    """Backup, integrity, write-ahead log, metrics, and what the operator must hear."""
    await asyncio.to_thread(care_now, work)


def care_now(work: Work) -> None:
    """The same, here and now."""
    with app.beside(work.house) as house:
        ours = replace(work, house=house)
        stranded = care.wake_stranded(house.db, house.clock())
        if stranded:
            warn("clock", stranded=stranded, note="put off far into the future by a clock that ran ahead")
        _check(ours)
        _back_up(ours)
        if care.is_due(house.db, "checkpoint", CHECKPOINT_EVERY, house.clock()):
            done = care.checkpoint(house.db)
            event("checkpoint", done=done, wal=care.wal_bytes(house.config.database))
            if done:
                care.done(house.db, "checkpoint", house.clock())
        work.pulse.beat("care")
        notices.tell(house, {**notices.look(house), **work.troubles})
        write_metrics(ours)


def write_metrics(work: Work) -> None:
    """Renew the metrics file, if one is wanted."""
    wanted = work.house.config.main.service.metrics_file
    if wanted is not None:
        metrics.write_file(work.house.config.state_path(wanted), exposition(work))


def exposition(work: Work) -> str:
    """All figures, as Prometheus reads them."""
    house = work.house
    gathered = metrics.gather(house.db, house.config.database, house.clock())
    return metrics.exposition([*gathered, *work.tally.samples()])


def _check(work: Work) -> None:
    db, now = work.house.db, work.house.clock()
    if not care.is_due(db, "integrity", CHECK_EVERY, now):
        return
    problems = integrity_problems(db)
    if problems:
        work.troubles["database"] = f"is damaged: {problems[0]}; stop, and 'watcher db restore' a backup"
        raise StoreUnusableError(f"{work.house.config.database} is damaged: {problems[0]}.")
    event("integrity", result="ok")
    care.done(db, "integrity", now)


def _back_up(work: Work) -> None:
    house, wanted = work.house, work.house.config.main.service
    now = house.clock()
    if not wanted.backup_keep or not care.is_due(house.db, "backup", wanted.backup_every, now):
        return
    folder = house.config.state_path(wanted.backups)
    try:
        copy = care.rotated_backup(house.db, house.config.database, folder, wanted.backup_keep, now)
    except StoreError as error:  # told once; tried again with the next pass
        work.troubles["backup"] = str(error)
        return
    care.done(house.db, "backup", now)
    work.troubles.pop("backup", None)
    event("backup", file=copy)
