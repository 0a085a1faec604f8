"""The service: a clock that wakes three passes, and signals that stop it or have it read its config anew.

Truth is in the database; the scheduler only wakes. So a restart, a sleep, a kill and a clock that
jumps are one and the same case: whatever is due then, is due.
"""

import asyncio
import logging
import os
import signal
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager, nullcontext
from datetime import UTC

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from watcher import app
from watcher.config import Config
from watcher.config.resolve import alerts_of, rules_of, specs_of
from watcher.dispatch import Read
from watcher.errors import ConfigError, StoreError, StoreUnusableError, WatcherError
from watcher.service.endpoint import serve_pages
from watcher.service.logs import event, warn
from watcher.service.notify import notify, reloading, watchdog_seconds
from watcher.service.passes import Work, exposition, look_after, poll_due, publish_due

TICK = 30  # seconds
LAST_MOMENT = 35.0  # seconds after SIGTERM for a parcel under way; systemd waits 45

Pass = Callable[[Work], Awaitable[None]]
PASSES: dict[str, Pass] = {"poll": poll_due, "publish": publish_due, "care": look_after}


class Service:
    """The running program. `load` reads the config anew, for SIGHUP."""

    def __init__(self, house: app.House, load: Callable[[], Config], read: Read | None = None) -> None:
        self._work = Work(house, read)
        self._load = load
        self._stop = asyncio.Event()
        self._running: set[asyncio.Task[None]] = set()
        self._broken: StoreUnusableError | None = None

    async def run(self) -> None:
        """Run until SIGTERM or SIGINT. Raises StoreUnusableError when the database is beyond use."""
        self._heed_signals()
        async with await self._listen():
            with _woken(self._jobs()):
                self._say_ready("started")
                await self._stop.wait()
            notify("STOPPING=1", "STATUS=stopping")
            threading.Thread(target=_leave_in_the_end, daemon=True).start()
            for task in self._running:
                task.cancel()
            await asyncio.gather(*self._running, return_exceptions=True)
            await self._work.crew.leave()
        event("stopped")
        if self._broken:
            raise self._broken

    def reload(self) -> None:
        """Take a changed config over as a whole, or keep the old one and say why."""
        reloading()
        try:
            config = self._load()
            self._settle(config)
        except WatcherError as error:
            problems = error.problems if isinstance(error, ConfigError) else (error,)
            for problem in problems:
                warn("reload refused", problem=str(problem))
            notify(
                "READY=1", f"STATUS=config kept, the new one has {len(problems)} problem(s): {problems[0]}"
            )
            return
        self._work.tally.reloads += 1
        self._say_ready("reloaded")

    def _settle(self, config: Config) -> None:
        old = self._work.house
        for what, before, after in (
            ("database", old.config.database, config.database),
            ("[service] listen", old.config.main.service.listen, config.main.service.listen),
        ):
            if before != after:
                raise WatcherError(f"{what} cannot change from {before} to {after} while running; restart.")
        rules = rules_of(config)
        specs, alerts = specs_of(config, rules), alerts_of(config, rules)
        house = app.House(config, old.db, rules, specs, old.clock, alerts)
        app.settle(house)
        self._work.house = house  # a pass under way ends with the old one

    def _jobs(self) -> Iterator[tuple[str, float, Callable[[], Awaitable[None]]]]:
        for name, one_pass in PASSES.items():
            yield name, TICK, self._guarded(name, one_pass)
        if wanted := watchdog_seconds():
            yield "watchdog", wanted / 3, self._sign_of_life

    def _guarded(self, name: str, one_pass: Pass) -> Callable[[], Awaitable[None]]:
        async def guarded() -> None:
            task = asyncio.current_task()
            assert task is not None  # noqa: S101  (the scheduler runs jobs as tasks)
            self._running.add(task)
            try:
                await one_pass(self._work)
            except asyncio.CancelledError:
                if not self._stop.is_set():
                    raise
                return  # SIGTERM: what was under way is rolled back
            except StoreUnusableError as error:
                self._broken = error
                self._stop.set()
            except WatcherError as error:  # busy, full, read-only: the next tick tries again
                self._work.tally.errors += isinstance(error, StoreError)
                self._work.troubles[f"{name} pass"] = f"fails: {error}"
                warn("pass failed", job=name, error=str(error))
            else:
                self._work.troubles.pop(f"{name} pass", None)
            finally:
                self._running.discard(task)
            self._work.pulse.beat(name)

        return guarded

    async def _sign_of_life(self) -> None:
        if stuck := self._work.pulse.stuck():
            warn("stuck", jobs=",".join(stuck))
        else:
            notify("WATCHDOG=1")

    def _heed_signals(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stopped)
        loop.add_signal_handler(signal.SIGHUP, self.reload)

    def _stopped(self) -> None:
        if self._stop.is_set():
            event("stopped at once", note="a second signal")
            os._exit(1)
        self._work.stopping.set()
        self._stop.set()

    def _say_ready(self, what: str) -> None:
        house = self._work.house
        sources = sum(source.enabled for source in house.config.sources)
        event(what, sources=sources, digests=len(house.specs), database=house.config.database)
        notify("READY=1", f"STATUS={what}: {sources} sources, {len(house.specs)} digests")

    async def _listen(self) -> AbstractAsyncContextManager[object]:
        listen = self._work.house.config.main.service.listen
        if listen is None:
            return nullcontext()
        return await serve_pages(listen, {"/metrics": self._metrics, "/healthz": self._health})

    def _metrics(self) -> tuple[int, str]:
        try:
            return 200, exposition(self._work)
        except StoreError as error:
            return 503, f"{error}\n"

    def _health(self) -> tuple[int, str]:
        stuck = self._work.pulse.stuck()
        return (503, f"stuck: {', '.join(stuck)}\n") if stuck else (200, "ok\n")


@contextmanager
def _woken(jobs: Iterator[tuple[str, float, Callable[[], Awaitable[None]]]]) -> Iterator[None]:
    """Wake each job at once and then every so many seconds, never twice at a time."""
    # It drops jobs that are a second late unless told not to, and says so at each long pass.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    scheduler = AsyncIOScheduler(timezone=UTC)
    for name, seconds, job in jobs:
        scheduler.add_job(
            job,
            "interval",
            seconds=seconds,
            next_run_time=app.clock(),
            id=name,
            misfire_grace_time=None,
            coalesce=True,
            max_instances=1,
        )
    scheduler.start()
    try:
        yield
    finally:
        scheduler.shutdown(wait=False)


def _leave_in_the_end() -> None:
    # A mail server that holds a parcel, a folder on a dead NFS: what survives a kill survives this.
    time.sleep(LAST_MOMENT)
    warn(
        "left", note=f"something held us for more than {LAST_MOMENT:g} s; it is done again at the next start"
    )
    os._exit(0)
