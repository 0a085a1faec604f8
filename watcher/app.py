"""Puts the program together: the store, the rules, the poller. Decides nothing.

Adding a source kind is one new file and one line in a table here.
"""

import asyncio
import logging
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from importlib import import_module

from sqlite_utils import Database

from watcher.config import Config
from watcher.config.resolve import alerts_of, rules_of, specs_of
from watcher.config.scale import secrets_of_feeds
from watcher.dispatch import Dispatcher, Read
from watcher.dispatch.local import local
from watcher.errors import UsageError
from watcher.fetch.folder import fetch_folder
from watcher.fetch.http import HttpFetcher, HttpSettings
from watcher.fetch.politeness import Fetch, HostGate, Limits
from watcher.fulltext import FetchPage, PagePorts, with_pages
from watcher.intake import Ports
from watcher.model import (
    AlertSpec,
    DigestSpec,
    Fetched,
    Outcome,
    PollMemory,
    PollReport,
    Source,
)
from watcher.pacing import put_off
from watcher.poll import poll
from watcher.sandbox import Sandbox
from watcher.store import digests, figures, sources, stories, tags
from watcher.store.open import open_for_reading, open_store, transaction
from watcher.tag import Rules

SETTLING = 2.5  # seconds

_TELL_EVERY = 10_000  # items that an older database has to be caught up with
_log = logging.getLogger(__name__)

Clock = Callable[[], datetime]


def clock() -> datetime:
    """The one clock of the program: now, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class House:
    """The open store with the rules and digests in force."""

    config: Config
    db: Database
    rules: Rules
    specs: tuple[DigestSpec, ...]
    clock: Clock = clock
    alerts: tuple[AlertSpec, ...] = ()


@contextmanager
def opened(config: Config, clock: Clock = clock) -> Iterator[House]:
    """The database, migrated and brought up to the config: sources, taxonomy, where digests begin."""
    rules = rules_of(config)
    specs = specs_of(config, rules)
    db = open_store(config.database)
    try:
        house = House(config, db, rules, specs, clock, alerts_of(config, rules))
        settle(house)
        yield house
    finally:
        db.close()


def settle(house: House) -> None:
    """Bring the store up to the house's config, at the start and after a reload."""
    now = house.clock()
    with transaction(house.db):
        if tags.save_taxonomy(house.db, house.rules.topics, house.rules.atlas.regions, house.rules.hash):
            figures.save_metrics(house.db, house.rules.book.metrics)
        sources.register(house.db, house.config.sources, now)
        for spec in (*house.specs, *(alert.digest for alert in house.alerts)):
            digests.start(house.db, spec.name, now)
    _catch_up(house.db)


def _catch_up(db: Database) -> None:
    # Items of a version without stories, or with other marks, a portion at a time: 0.5 ms each.
    told = 0
    while True:
        with transaction(db):
            left = stories.catch_up(db)
        if left == 0:
            return
        if left // _TELL_EVERY != told:
            told = left // _TELL_EVERY
            _log.info("stories: items up to number %d are compared anew", left)


@contextmanager
def reading(config: Config) -> Iterator[House]:
    """The same for verbs that change nothing, beside whoever writes."""
    rules = rules_of(config)
    db = open_for_reading(config.database)
    try:
        yield House(config, db, rules, specs_of(config, rules), alerts=alerts_of(config, rules))
    finally:
        db.close()


@contextmanager
def beside(house: House) -> Iterator[House]:
    """The same house over a connection of its own, for another thread."""
    db = open_store(house.config.database)
    try:
        yield replace(house, db=db)
    finally:
        db.close()


def chosen_sources(config: Config, names: Sequence[str]) -> list[Source]:
    """The enabled sources, or the named ones. Raises UsageError for a name that is none."""
    by_id = {source.id: source for source in config.sources if source.enabled}
    unknown = [name for name in names if name not in by_id]
    if unknown:
        listed = ", ".join(by_id) or "none"
        raise UsageError(f"No enabled source is called {', '.join(unknown)}. There are: {listed}.")
    return [by_id[name] for name in names] if names else list(by_id.values())


def due_sources(house: House) -> list[Source]:
    """The enabled sources that are due now; one whose feed skips this hour is put off instead."""
    now = house.clock()
    enabled = [source for source in house.config.sources if source.enabled]
    ready: list[Source] = []
    with transaction(house.db):
        for source, since in sources.due(house.db, enabled, now):
            later = put_off(sources.memory(house.db, source.id), since, now)
            if later is None:
                ready.append(source)
            else:
                sources.postpone(house.db, source.id, later)
    return ready


async def poll_pass(house: House, wanted: Sequence[Source]) -> AsyncIterator[PollReport]:
    """Poll these sources once; reports as they are done."""
    async with polling(house) as ports:
        async for report in poll(wanted, ports):
            yield report


@asynccontextmanager
async def polling(house: House, read: Read | None = None) -> AsyncIterator[Ports]:
    """What polling works with; documents are read in worker processes unless `read` is given."""
    http = house.config.main.http
    limits = Limits(http.concurrency, http.per_host, http.per_host_delay, frozenset(http.allow_private))
    async with AsyncExitStack() as stack:
        if read is None:
            read = (await stack.enter_async_context(Sandbox(house.config.book))).read
        feeds = await stack.enter_async_context(_http(house.config, limits, house.clock))
        with_text = with_pages(PagePorts(house.db, feeds.fetch, feeds.page, read, house.clock))
        fetchers: Mapping[str, Fetch] = {"feed": with_text, "folder": _folders(house)}

        def fetch(source: Source, memory: PollMemory) -> Awaitable[Outcome]:
            return fetchers[source.kind](source, memory)

        keep_raw = house.config.main.retention.raw
        near = local(fetch, read, limits)
        dispatch = await stack.enter_async_context(_dispatching(house, near, limits))
        yield Ports(house.db, dispatch, house.clock, random.random, keep_raw)


@asynccontextmanager
async def asking(config: Config) -> AsyncIterator[tuple[Fetch, FetchPage, Read]]:
    """What trying a source out works with: fetching a feed or any page, reading documents; no database."""
    http = config.main.http
    limits = Limits(http.concurrency, http.per_host, http.per_host_delay, frozenset(http.allow_private))
    async with AsyncExitStack() as stack:
        sandbox = await stack.enter_async_context(Sandbox(config.book))
        feeds = await stack.enter_async_context(_http(config, limits, clock))
        yield feeds.fetch, partial(feeds.page, max_bytes=http.max_bytes), sandbox.read


def _http(config: Config, limits: Limits, clock: Clock) -> HttpFetcher:
    settings = _http_settings(config, limits)
    return HttpFetcher(settings, secrets=config.secrets, gate=HostGate(limits), clock=clock)


def _http_settings(config: Config, limits: Limits) -> HttpSettings:
    http = config.main.http
    return HttpSettings(
        timeout=http.timeout,
        max_bytes=http.max_bytes,
        contact=config.main.watcher.contact or None,
        proxy=http.proxy,
        allow_private=limits.allow_private,
    )


@asynccontextmanager
async def _dispatching(house: House, near: Dispatcher, limits: Limits) -> AsyncIterator[Dispatcher]:
    cluster = house.config.cluster
    if cluster is None:
        yield near
        return
    try:
        beside = import_module("watcher.dispatch.beside")  # Dask is heavy, and an extra
    except ImportError as error:
        raise UsageError("[scale] dispatcher = \"dask\" needs Dask: pip install 'watcher[scale]'.") from error
    secrets = secrets_of_feeds(house.config.sources, house.config.secrets)
    kit = beside.kit_of(house.rules, _http_settings(house.config, limits), limits, secrets)
    async with beside.with_cluster(near, cluster, kit, house.clock) as dispatch:
        yield dispatch


def _folders(house: House) -> Fetch:
    async def fetch(source: Source, _: PollMemory) -> Outcome:
        marks = sources.file_marks(house.db, source.id)
        outcome = await asyncio.to_thread(fetch_folder, source, marks, house.clock())
        if isinstance(outcome, Fetched) and outcome.waiting:
            # Somebody copied files here a moment ago: let them settle rather than wait for an hour.
            await asyncio.sleep(SETTLING)
            outcome = await asyncio.to_thread(fetch_folder, source, marks, house.clock())
        return outcome

    return fetch
