"""Small Dask clusters for tests: in this process and its event loop, or as processes that can be killed."""

import asyncio
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from pathlib import Path

from distributed import Scheduler, Worker

from watcher.dispatch.worker import OFFER

ROOT = Path(__file__).parents[2]


@asynccontextmanager
async def cluster(workers: int = 2, threads: int = 2, offer: str = OFFER) -> AsyncIterator[str]:
    """A scheduler and its workers, in this very loop; the scheduler's address."""
    async with AsyncExitStack() as stack:
        scheduler = await stack.enter_async_context(
            Scheduler(host="127.0.0.1", port=0, dashboard_address="127.0.0.1:0")
        )
        for _ in range(workers):
            worker = Worker(
                scheduler.address,
                host="127.0.0.1",
                nthreads=threads,
                resources={offer: threads},
                memory_limit=0,
            )
            await stack.enter_async_context(worker)
        yield scheduler.address


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


@asynccontextmanager
async def process(*arguments: str, log: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """A Python program, killed at the end of the block."""
    with log.open("ab") as stream:
        found = await asyncio.create_subprocess_exec(
            sys.executable, *arguments, cwd=ROOT, stdout=stream, stderr=stream
        )
    try:
        yield found
    finally:
        if found.returncode is None:
            found.send_signal(signal.SIGKILL)
        await found.wait()


def scheduling(port: int, log: Path, *more: str) -> AbstractAsyncContextManager[asyncio.subprocess.Process]:
    where = ("--host", "127.0.0.1", "--port", str(port), "--dashboard-address", "127.0.0.1:0")
    return process("-m", "distributed.cli.dask_scheduler", *where, *more, log=log)


def working(
    address: str, log: Path, *more: str, threads: int = 1
) -> AbstractAsyncContextManager[asyncio.subprocess.Process]:
    return process(
        "-m", "watcher", "worker", "--scheduler", address, "--threads", str(threads), *more, log=log
    )


async def answering(port: int) -> None:
    """Wait until somebody listens there."""
    while True:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.1)
        else:
            writer.close()
            await writer.wait_closed()
            return
