"""The dispatcher of a head with a cluster: feeds go to the workers, what needs the head stays beside it."""

import hashlib
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import fields
from datetime import datetime

from watcher.config.scale import Cluster
from watcher.dispatch import Dispatcher, Job, Result
from watcher.dispatch.batches import apart
from watcher.dispatch.far import far
from watcher.dispatch.streams import merged
from watcher.dispatch.worker import OFFER, Kit
from watcher.fetch.http import HttpSettings
from watcher.fetch.politeness import Limits
from watcher.tag import Rules


@asynccontextmanager
async def with_cluster(
    near: Dispatcher, cluster: Cluster, kit: Kit, clock: Callable[[], datetime]
) -> AsyncIterator[Dispatcher]:
    """A dispatcher that does what only the head can do by `near`; raises ClusterError when nobody serves."""
    async with far(cluster, kit, clock) as away:

        async def dispatch(
            jobs: Sequence[Job], resting: Mapping[str, datetime]
        ) -> AsyncGenerator[Result, None]:
            own, others = apart(jobs, kit.limits)
            sides = [side(part, resting) for side, part in ((near, own), (away, others)) if part]
            async with aclosing(merged(*sides, room=kit.limits.concurrency)) as results:
                async for result in results:
                    yield result

        yield dispatch


def kit_of(rules: Rules, http: HttpSettings, limits: Limits, secrets: Mapping[str, str]) -> Kit:
    """What workers must know; its badge is the same whenever the rest is, so that they need it once."""
    kept = tuple(sorted(secrets.items()))
    told = repr((rules.hash, _plain(http), _plain(limits), kept))
    badge = f"{OFFER}-{hashlib.sha256(told.encode()).hexdigest()[:16]}"
    return Kit(badge, rules.hash, rules.book, http, limits, kept)


def _plain(settings: HttpSettings | Limits) -> list[tuple[str, object]]:
    # Sets in order, or another process would make another digest of the same ones.
    values = ((field.name, getattr(settings, field.name)) for field in fields(settings))
    return [(name, sorted(value) if isinstance(value, frozenset) else value) for name, value in values]
