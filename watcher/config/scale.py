"""Where feeds are fetched and read: here, or by the workers of a cluster."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from watcher.config import secrets
from watcher.config.files import TomlFile
from watcher.config.schema import Scale
from watcher.errors import Problem
from watcher.model import Source

BATCH = 50  # feeds that go out together at most; docs/scale.md has what 10 to 200 cost


@dataclass(frozen=True, slots=True)
class Certificates:
    """Files that prove who we are (`cert`, `key`), and by which we know the others (`ca`)."""

    ca: Path
    cert: Path
    key: Path


@dataclass(frozen=True, slots=True)
class Cluster:
    """Where a Dask scheduler listens (`tcp://host:port`, `tls://host:port`), and what to expect of it."""

    scheduler: str
    certificates: Certificates | None = None  # with tls
    lease: timedelta = timedelta(minutes=5)  # for a batch, beyond what its requests may take
    patience: float = 10.0  # seconds to wait for a scheduler, and for its first worker
    travel: float = 30.0  # seconds for Dask to bring a batch to a worker, or its results home
    batch: int = BATCH


def cluster_of(table: Scale, file: TomlFile, problems: list[Problem]) -> Cluster | None:
    """The cluster to use, or None for this machine alone; what is missing is added to `problems`."""
    if table.dispatcher == "local":
        return None
    if table.scheduler is None:
        what = "names no scheduler"
        problems.append(file.problem(("scale", "dispatcher"), what, 'write scheduler = "tls://host:8786"'))
        return None
    certificates = None
    if table.scheduler.startswith("tls://"):
        ca, cert, key = (_readable(table, file, name, problems) for name in ("ca", "cert", "key"))
        if ca and cert and key:
            certificates = Certificates(ca, cert, key)
    return Cluster(table.scheduler, certificates, table.lease)


def secrets_of_feeds(sources: tuple[Source, ...], known: Mapping[str, str]) -> dict[str, str]:
    """Those of the secrets that feeds ask for: the only ones that workers need."""
    feeds = [source for source in sources if source.kind == "feed" and source.enabled]
    texts = [
        text
        for feed in feeds
        for text in (feed.location, *feed.mirrors, *(value for _, value in feed.headers))
    ]
    return {name: known[name] for name in secrets.names_in(texts)}


def sends_in_the_clear(cluster: Cluster | None, travelling: Mapping[str, str]) -> bool:
    """Whether secrets would leave this machine unencrypted."""
    return bool(travelling) and cluster is not None and cluster.certificates is None and not _is_here(cluster)


def _is_here(cluster: Cluster) -> bool:
    host = urlsplit(cluster.scheduler).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _readable(table: Scale, file: TomlFile, name: str, problems: list[Problem]) -> Path | None:
    wanted: str | None = getattr(table, name)
    if wanted is None:
        problems.append(
            file.problem(("scale", name), "is missing", "a tls:// scheduler needs ca, cert and key")
        )
        return None
    path = file.path.parent / Path(wanted).expanduser()
    try:
        with path.open("rb"):
            return path
    except OSError as error:
        problems.append(file.problem(("scale", name), f"{path} cannot be read: {error.strerror}"))
        return None
