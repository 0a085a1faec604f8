"""A worker process: offers its places to the scheduler, and comes back when the scheduler does."""

import asyncio
import logging
import signal

from distributed import Worker

from watcher.config.scale import Certificates
from watcher.dispatch.cluster import log_as_we_do, security_of
from watcher.dispatch.worker import OFFER

AGAIN = 2.0  # seconds before a scheduler that went away is looked for

log = logging.getLogger(__name__)


async def serve(
    scheduler: str,
    threads: int,
    certificates: Certificates | None = None,
    host: str | None = None,
) -> None:
    """Work for that scheduler, so many batches at once, until SIGTERM or SIGINT.

    A Dask worker ends with its scheduler; ours waits for the next one.
    """
    log_as_we_do(logging.NOTSET)
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    stopped = asyncio.create_task(stop.wait())
    while not stop.is_set():
        working = asyncio.create_task(_work(scheduler, threads, certificates, host))
        await asyncio.wait({working, stopped}, return_when=asyncio.FIRST_COMPLETED)
        if stop.is_set():
            working.cancel()
            await asyncio.gather(working, return_exceptions=True)
        else:
            working.result()
            log.warning("the scheduler at %s is gone", scheduler)
            await asyncio.sleep(AGAIN)


async def _work(scheduler: str, threads: int, certificates: Certificates | None, host: str | None) -> None:
    worker = Worker(
        scheduler,
        nthreads=threads,
        host=host,
        resources={OFFER: threads},
        security=security_of(certificates),
        memory_limit=0,  # results are fetched at once; nothing is worth spilling to this machine's disk
        dashboard=False,
        dashboard_address="127.0.0.1:0",  # what is left of it: metrics, for this machine alone
    )
    log.info("looking for the scheduler at %s", scheduler)
    async with worker:
        log.info("%s at %s serves %s, %d batches at once", OFFER, worker.address, scheduler, threads)
        await worker.finished()
