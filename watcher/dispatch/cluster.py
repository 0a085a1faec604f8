"""The way to a Dask cluster: connecting, who there can serve us, and in which words it is told.

Knows nothing of jobs.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from distributed import Client, Security

from watcher.config.scale import Certificates, Cluster
from watcher.dispatch.worker import KIND, OFFER
from watcher.errors import WatcherError

LOOK_AGAIN = 1.0  # seconds until workers that came or went are noticed

log = logging.getLogger(__name__)


class ClusterError(WatcherError):
    """There is no scheduler, or no worker that could serve."""


def security_of(certificates: Certificates | None) -> Security | None:
    """The same, in Dask's words; all three roles have one certificate."""
    if certificates is None:
        return None
    cert, key = str(certificates.cert), str(certificates.key)
    roles = ("client", "worker", "scheduler")
    return Security(
        require_encryption=True,
        tls_ca_file=str(certificates.ca),
        **{f"tls_{role}_cert": cert for role in roles},
        **{f"tls_{role}_key": key for role in roles},
    )


def log_as_we_do(level: int) -> None:
    """Let Dask log through the root like everybody, from that level on; it comes with handlers of its own."""
    for name in [name for name in logging.root.manager.loggerDict if name.split(".")[0] == "distributed"]:
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
        logger.setLevel(logging.NOTSET)
    logging.getLogger("distributed").setLevel(level)


@asynccontextmanager
async def connected(cluster: Cluster) -> AsyncIterator[Client]:
    """A client of the scheduler, once somebody there can serve. Raises ClusterError when nobody can."""
    log_as_we_do(logging.CRITICAL)  # lost workers and connections come back as values
    try:
        client = await Client(
            cluster.scheduler,
            asynchronous=True,
            set_as_default=False,
            security=security_of(cluster.certificates),
            timeout=cluster.patience,
        )
    except (OSError, ValueError) as error:
        why = f"No scheduler can be reached at {cluster.scheduler} ({_brief(error)})"
        raise ClusterError(f"{why}: start 'dask scheduler' there, or mend [scale].") from error
    try:
        await _somebody(client, cluster)
        yield client
    finally:
        await client.close()


async def serving(client: Client) -> dict[str, int]:
    """The workers of our own version, and how many batches each takes at once. Raises OSError."""
    return {name: offers[OFFER] for name, offers in (await _offers(client)).items() if OFFER in offers}


async def _somebody(client: Client, cluster: Cluster) -> None:
    """Wait until a worker can serve; there may be none yet where all were started together."""
    for _ in range(max(1, round(cluster.patience / LOOK_AGAIN))):
        try:
            offers = await _offers(client)
        except OSError as error:
            why = f"The scheduler at {cluster.scheduler} does not answer ({_brief(error)})."
            raise ClusterError(why) from error
        others = {
            name: ", ".join(kinds) or "no watcher" for name, kinds in offers.items() if OFFER not in kinds
        }
        if len(others) < len(offers):
            for name, kind in others.items():
                log.warning("the worker %s is %s and this is %s: it stays idle", name, kind, OFFER)
            return
        if others:
            listed = "; ".join(f"{name} is {kind}" for name, kind in others.items())
            raise ClusterError(
                f"No worker at {cluster.scheduler} fits this head, which is {OFFER}: {listed}. "
                "Install the same version of watcher and of Python on all."
            )
        await asyncio.sleep(LOOK_AGAIN)
    raise ClusterError(
        f"The scheduler at {cluster.scheduler} has no workers: start "
        f"'watcher worker --scheduler {cluster.scheduler}'."
    )


async def _offers(client: Client) -> dict[str, dict[str, int]]:
    """What each worker offers of ours, by its address."""
    if client.status != "running" or client.scheduler is None:
        raise ConnectionError("the connection is lost")  # which Dask looks for until its patience ends
    # `Client.scheduler_info` has no workers in it when asynchronous.
    workers = (await client.scheduler.identity(n_workers=-1))["workers"]
    return {
        name: {kind: int(units) for kind, units in worker["resources"].items() if kind.startswith(KIND)}
        for name, worker in workers.items()
    }


def _brief(error: Exception) -> str:
    return str(error).partition("\n")[0][:200] or type(error).__name__
