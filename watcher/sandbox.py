"""Runs the pipeline on hostile bytes in worker processes, under a deadline and a memory limit.

A document that kills its worker or outlives its deadline is reported as a failure of that document;
everything else goes on. Workers start at the first document, so a pass with nothing new costs none.
"""

import asyncio
import multiprocessing
import resource
from collections.abc import Sequence
from concurrent.futures import TimeoutError as FutureTimeoutError
from typing import Self

from pebble import ProcessExpired, ProcessPool

from watcher.model import ParseFailure, RawDocument, RuleBook, Source
from watcher.pipeline import Reading, read
from watcher.tag import Rules, compile_rules
from watcher.text.boilerplate import Boilerplate, shipped

DEADLINE = 20.0  # seconds for one batch
MEMORY = 1 << 30  # bytes of address space; Python and the rules take a fifth of it
BATCH = 16  # documents handed over at once: a post is read faster than a message is passed
TASKS_PER_WORKER = 2000  # then a fresh one takes its place, whatever it had piled up

_rules: Rules
_boilerplate: Boilerplate


class Sandbox:
    """A pool of workers that know the rules. Use as a context manager."""

    def __init__(self, book: RuleBook, workers: int | None = None) -> None:
        self._book = book
        self._workers = workers or min(4, multiprocessing.cpu_count())
        self._pool: ProcessPool | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool is not None:
            self._pool.stop()  # type: ignore[no-untyped-call]
            self._pool.join()
            self._pool = None

    async def read(self, raws: Sequence[RawDocument], source: Source) -> list[Reading | ParseFailure]:
        """One result for each document, in order."""
        batches = [raws[at : at + BATCH] for at in range(0, len(raws), BATCH)]
        results = await asyncio.gather(*(self._batch(batch, source) for batch in batches))
        return [result for batch in results for result in batch]

    async def _batch(self, raws: Sequence[RawDocument], source: Source) -> list[Reading | ParseFailure]:
        try:
            future = self._started().schedule(_read_batch, args=[tuple(raws), source], timeout=DEADLINE)
            done: asyncio.Future[list[Reading | ParseFailure]] = asyncio.wrap_future(future)
            return await done
        except FutureTimeoutError:
            reason = f"took longer than {DEADLINE:.0f} s to read and was put aside"
        except ProcessExpired:
            reason = "broke the process that read it and was put aside"
        except MemoryError:
            reason = f"needs more than {MEMORY >> 20} MB of memory to read and was put aside"
        if len(raws) == 1:
            return [ParseFailure(reason)]
        # One of them is guilty: each alone, so that the others are read.
        return [result for raw in raws for result in await self._batch([raw], source)]

    def _started(self) -> ProcessPool:
        if self._pool is None:
            context = multiprocessing.get_context("forkserver")
            context.set_forkserver_preload(["watcher.pipeline"])
            self._pool = ProcessPool(
                max_workers=self._workers,
                max_tasks=TASKS_PER_WORKER,
                initializer=_prepare,
                initargs=[self._book],
                context=context,
            )
        return self._pool


def _prepare(book: RuleBook) -> None:
    global _rules, _boilerplate  # noqa: PLW0603  (a worker is one process with one set of rules)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    _rules = compile_rules(book)
    _boilerplate = shipped()


def _read_batch(raws: Sequence[RawDocument], source: Source) -> list[Reading | ParseFailure]:
    return [read(raw, source, _rules, _boilerplate) for raw in raws]
