"""Runs the pipeline on hostile bytes in worker processes, under a deadline and a memory limit.

A document that kills its worker, outlives its deadline or trips a bug is reported as a failure of that
document; everything else goes on. Workers start with the first document, so a pass with nothing new
costs none. This is a guard against crashes and hangs, not a jail.

A worker is `watcher.sandboxed`, run as a program. This side knows no parser: polling feeds that have not
changed must not wait for one to be loaded.
"""

import asyncio
import os
import pickle
import sys
from collections.abc import Sequence
from typing import Self

from watcher.model import Batch, ParseFailure, RawDocument, Reading, RuleBook, Seen, Source

DEADLINE = 20.0  # seconds for one batch
START = 30.0  # seconds for a worker to compile the rules, on a busy machine
QUEUE = 6  # batches that wait before one more worker is started, which costs what a hundred feeds do
LIFE = 5000  # batches; whatever a parser may leak, ends with its process
BATCH = 16  # documents handed over at once: a post is read faster than a message is passed

_LENGTH = 8  # bytes in front of an answer that say how long it is


class Sandbox:
    """Workers that know the rules: one, and more, up to one a core, as batches queue up.

    Use as an async context manager.
    """

    def __init__(self, book: RuleBook, workers: int | None = None) -> None:
        self._book = book
        self._left = (workers or min(4, os.cpu_count() or 1)) - 1  # that may still be taken on
        self._turns = asyncio.Semaphore(1)
        self._waiting = 0  # batches
        self._idle: list[_Worker] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.rest(0)

    async def rest(self, keep: int = 1) -> None:
        """Stop the workers that have nothing to do, but so many: each takes some 80 MB."""
        while len(self._idle) > keep:
            await self._idle.pop().stop()

    async def read(
        self, raws: Sequence[RawDocument], source: Source, seen: Seen = frozenset()
    ) -> list[Reading | ParseFailure]:
        """One result for each document, in order."""
        batches = [raws[at : at + BATCH] for at in range(0, len(raws), BATCH)]
        results = await asyncio.gather(*(self._batch((batch, source, seen)) for batch in batches))
        return [result for batch in results for result in batch]

    async def _batch(self, batch: Batch) -> list[Reading | ParseFailure]:
        raws, source, seen = batch
        answer = await self._ask(pickle.dumps(batch))
        if not isinstance(answer, str):
            return answer
        if len(raws) == 1:
            return [ParseFailure(answer)]
        # One of them is guilty: each alone, so that the others are read.
        return [result for raw in raws for result in await self._batch(([raw], source, seen))]

    async def _ask(self, message: bytes) -> list[Reading | ParseFailure] | str:
        """The results, or the reason why there are none."""
        self._waiting += 1
        if self._left and self._waiting > QUEUE:
            self._left -= 1
            self._turns.release()
        try:
            await self._turns.acquire()
        finally:
            self._waiting -= 1
        try:
            return await self._ask_worker(message)
        finally:
            self._turns.release()

    async def _ask_worker(self, message: bytes) -> list[Reading | ParseFailure] | str:
        worker = self._idle.pop() if self._idle else await _Worker.start(self._book)
        try:
            async with asyncio.timeout(DEADLINE):
                answer = await worker.ask(message)
        except TimeoutError:
            await worker.stop()
            return f"took longer than {DEADLINE:.0f} s to read and was put aside"
        except (asyncio.IncompleteReadError, ConnectionError):
            await worker.stop()
            return "broke the process that read it and was put aside"
        except BaseException:
            await worker.stop()  # cancelled in the middle of an answer
            raise
        if worker.asked < LIFE:
            self._idle.append(worker)
        else:
            await worker.stop()
        return answer


class _Worker:
    """One worker process, seen from outside."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.asked = 0  # messages

    @classmethod
    async def start(cls, book: RuleBook) -> Self:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "watcher.sandboxed"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            start_new_session=True,  # Ctrl-C is ours to handle
        )
        worker = cls(process)
        try:
            async with asyncio.timeout(START):
                await worker.ask(pickle.dumps(book))
        except BaseException:
            await worker.stop()  # cancelled while it learnt the rules
            raise
        return worker

    async def ask(self, message: bytes) -> list[Reading | ParseFailure] | str:
        """Send one message and wait for its answer; IncompleteReadError when the process dies."""
        self.asked += 1
        assert self._process.stdin is not None  # noqa: S101  (both are pipes, see start)
        assert self._process.stdout is not None  # noqa: S101
        self._process.stdin.write(message)
        await self._process.stdin.drain()
        length = int.from_bytes(await self._process.stdout.readexactly(_LENGTH), "big")
        answer: list[Reading | ParseFailure] | str
        answer = pickle.loads(await self._process.stdout.readexactly(length))  # noqa: S301  (our own process)
        return answer

    async def stop(self) -> None:
        """End the process, whatever it is doing."""
        if self._process.returncode is None:
            self._process.kill()
        await self._process.wait()
