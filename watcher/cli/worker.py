"""`watcher worker`."""

import asyncio
import logging
from pathlib import Path

import click

from watcher.cli import common
from watcher.config.scale import Certificates
from watcher.errors import UsageError

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.option(
    "--scheduler",
    envvar="WATCHER_SCALE__SCHEDULER",
    required=True,
    metavar="ADDRESS",
    help="The scheduler's address, as in the head's [scale].",
)
@click.option("--threads", type=click.IntRange(1, 256), default=4, show_default=True, help="Batches at once.")
@click.option("--host", help="The address of this machine that the scheduler can reach.")
@click.option("--ca", type=FILE, envvar="WATCHER_SCALE__CA", help="With tls: by which others are known.")
@click.option("--cert", type=FILE, envvar="WATCHER_SCALE__CERT", help="With tls: proves who this is.")
@click.option("--key", type=FILE, envvar="WATCHER_SCALE__KEY", help="With tls: the key of --cert.")
@common.options
def command(
    scheduler: str,
    threads: int,
    host: str | None,
    ca: Path | None,
    cert: Path | None,
    key: Path | None,
    **_: object,
) -> None:
    """Fetch and read feeds for a head elsewhere, until SIGTERM or Ctrl-C.

    Needs no config and no database: the head sends along what there is to know. Start as many as you
    like, wherever the scheduler can be reached; one that is killed loses nothing. It must be of the
    head's version, on the same Python. --scheduler, --ca, --cert and --key can also come from the
    environment, as WATCHER_SCALE__SCHEDULER and so on.

    \b
    Examples:
      watcher worker --scheduler tcp://127.0.0.1:8786
      watcher worker --scheduler tls://head:8786 --threads 8 \\
          --ca ca.pem --cert worker.pem --key worker.key
    """
    try:
        from watcher.dispatch.serve import serve  # noqa: PLC0415  (the extra may not be installed)
    except ImportError as error:
        raise UsageError("A worker needs Dask: pip install 'watcher[scale]'.") from error
    certificates = None
    if scheduler.startswith("tls://"):
        if not (ca and cert and key):
            raise UsageError("A tls:// scheduler needs --ca, --cert and --key.")
        certificates = Certificates(ca, cert, key)
    if logging.getLogger().level == logging.WARNING:  # neither -v nor -q
        logging.getLogger("watcher").setLevel(logging.INFO)
    asyncio.run(serve(scheduler, threads, certificates, host))
