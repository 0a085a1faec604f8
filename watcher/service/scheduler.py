"""The service: a clock that wakes two passes, "what is due?" and "what is to be sent?".

Truth is in the database; the scheduler only wakes. So a restart, a sleep, a kill and a clock that
jumps are one and the same case: whatever is due then, is due.
"""

import asyncio
import logging
import signal
from collections.abc import Awaitable, Callable
from datetime import UTC

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from watcher import app, publish
from watcher.errors import LockedError, StoreBusyError

TICK = 30  # seconds

log = logging.getLogger("watcher")


async def serve(house: app.House) -> None:
    """Run until SIGTERM or SIGINT: a fetch under way is cancelled, a save under way is finished."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    running: set[asyncio.Task[None]] = set()
    scheduler = AsyncIOScheduler(timezone=UTC)
    # It drops jobs that are a second late unless told not to, and says so at each long pass.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    for name, one_pass in (("poll", _poll), ("publish", _publish)):
        scheduler.add_job(
            _guarded,
            "interval",
            args=[one_pass, house, running],
            seconds=TICK,
            next_run_time=app.clock(),
            id=name,
            misfire_grace_time=None,
            coalesce=True,
            max_instances=1,
        )
    scheduler.start()
    log.info("started with %d sources and %d digests", len(house.config.sources), len(house.specs))
    await stop.wait()
    scheduler.shutdown(wait=False)
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)
    log.info("stopped")


async def _guarded(
    one_pass: Callable[[app.House], Awaitable[None]], house: app.House, running: set[asyncio.Task[None]]
) -> None:
    task = asyncio.current_task()
    assert task is not None  # noqa: S101  (the scheduler runs jobs as tasks)
    running.add(task)
    try:
        await one_pass(house)
    except (StoreBusyError, LockedError) as error:
        log.warning("%s", error)  # the next tick tries again
    finally:
        running.discard(task)


async def _poll(house: app.House) -> None:
    due = app.due_sources(house)
    if not due:
        return
    async for report in app.poll_pass(house, due):
        log.info(
            "poll source=%s outcome=%s new=%d changed=%d ms=%d",
            report.source_id,
            report.outcome,
            report.new_items,
            report.changed_items,
            report.duration_ms,
        )
        for note in (*([report.error] if report.error else []), *report.notes):
            log.warning("poll source=%s note=%s", report.source_id, _one_line(note))


async def _publish(house: app.House) -> None:
    # Mail servers are slow and smtplib waits: in a thread, with a connection of its own.
    await asyncio.to_thread(_publish_now, house)


def _publish_now(house: app.House) -> None:
    with app.beside(house) as ours:
        for digest in publish.put_out_due(ours.specs, app.desk(ours), app.clock()):
            log.info("digest name=%s items=%d", digest.name, digest.items)
        for sent in app.deliver(ours, "run"):
            if sent.error is None:
                log.info("delivered digest=%d to=%s", sent.delivery.digest_id, sent.delivery.parcel.target)
            else:
                log.warning("refused to=%s error=%s", sent.delivery.parcel.target, _one_line(sent.error))


def _one_line(text: str) -> str:
    """Feed text as one log line: a title that holds a newline must not forge an event."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
