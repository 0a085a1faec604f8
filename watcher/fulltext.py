"""Full text for feeds that give only a summary: fetches the page behind each new entry, once.

A layer around fetching a feed: the pages travel with the document, and the pipeline takes whichever
says more. Pages go through the same guard, limits and pacing as feeds; robots.txt is honoured, and
what failed is remembered. Nobody waits for it: sources are fetched side by side.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urljoin, urlsplit

from sqlite_utils import Database

from watcher.dispatch import Read
from watcher.fetch.politeness import Fetch
from watcher.fetch.robots import MAX_CHARS, allows
from watcher.model import Fetched, FetchError, Outcome, PollMemory, RawDocument, Reading, Source
from watcher.store import pages
from watcher.store.open import transaction

MOST_PAGES = 30  # of one source in one poll; the next poll goes on
MOST_FAILURES = 3  # in a row: then the site is left alone until the next poll
MOST_TRIES = 3
RETRY_AFTER = timedelta(hours=2)  # doubled with each try
_PASSING = frozenset({"dns", "connect", "timeout", "broken", "empty"})  # kinds worth a second try

FetchPage = Callable[[Source, str], Awaitable[RawDocument | FetchError]]


@dataclass(frozen=True, slots=True)
class PagePorts:
    """What fetching pages works with."""

    db: Database
    fetch: Fetch
    page: FetchPage
    read: Read
    clock: Callable[[], datetime]


def with_pages(ports: PagePorts) -> Fetch:
    """The same fetching of feeds, with the pages of new entries for sources that want full text."""

    async def fetch(source: Source, memory: PollMemory) -> Outcome:
        outcome = await ports.fetch(source, memory)
        if not source.fulltext or not isinstance(outcome, Fetched):
            return outcome
        documents = [await _with_pages(document, source, ports) for document in outcome.documents]
        return replace(outcome, documents=tuple(documents))

    return fetch


async def _with_pages(document: RawDocument, source: Source, ports: PagePorts) -> RawDocument:
    (reading,) = await ports.read([document], source)
    if not isinstance(reading, Reading):
        return document
    found = await _fetched(reading, source, ports)
    whole = replace(document, pages=tuple(found))
    if not found or isinstance((await ports.read([whole], source))[0], Reading):
        return whole
    # One of the pages kills its reader, or all together take too long: each alone, so that the feed is read.
    alone = [replace(document, pages=(page,)) for page in found]
    readings = await ports.read(alone, source)
    good = [page for page, one in zip(found, readings, strict=True) if isinstance(one, Reading)]
    return replace(document, pages=tuple(good) if len(good) < len(found) else ())


async def _fetched(reading: Reading, source: Source, ports: PagePorts) -> list[tuple[str, RawDocument]]:
    """The pages of the entries that want theirs, by URL, as far as they can be had."""
    found: list[tuple[str, RawDocument]] = []
    failures = 0
    for wanted in pages.wanted(ports.db, source.id, reading.items, ports.clock())[:MOST_PAGES]:
        page = await _page(source, wanted.url, ports)
        if isinstance(page, FetchError):
            failures += page.kind != "refused"  # by robots.txt or the guard: nobody was asked
            _note_failure(source, wanted, page, ports)
            if failures == MOST_FAILURES or page.status == 429:
                break
        else:
            failures = 0
            found.append((wanted.url, page))
            with transaction(ports.db):
                pages.note(ports.db, source.id, wanted, ports.clock(), None, None)
    return found


async def _page(source: Source, url: str, ports: PagePorts) -> RawDocument | FetchError:
    rules = await _robots(source, url, ports)
    if isinstance(rules, FetchError):
        return rules
    if not allows(rules, url):
        return FetchError("refused", "robots.txt forbids this page")
    return await ports.page(source, url)


async def _robots(source: Source, url: str, ports: PagePorts) -> str | FetchError:
    """The rules of the page's site. RFC 9309, 2.3.1: no file allows all, no answer allows nothing."""
    parts = urlsplit(url)
    origin = f"{parts.scheme}://{parts.netloc}"
    known, rules = pages.robots(ports.db, origin, ports.clock())
    if not known:
        answer = await ports.page(source, urljoin(origin, "/robots.txt"))
        if isinstance(answer, RawDocument):
            rules = answer.body[:MAX_CHARS].decode("utf-8", "replace")
        elif answer.kind == "empty" or (answer.status or 0) in range(400, 500):
            rules = ""
        else:
            return replace(answer, kind="timeout", message=f"robots.txt cannot be had: {answer.message}")
        with transaction(ports.db):
            pages.save_robots(ports.db, origin, rules, ports.clock())
    return rules or ""


def _note_failure(source: Source, wanted: pages.Wanted, error: FetchError, ports: PagePorts) -> None:
    now = ports.clock()
    passing = error.kind in _PASSING or (error.status or 0) in {408, 425, 429} | set(range(500, 600))
    again = None
    if passing and wanted.tries + 1 < MOST_TRIES:
        again = now + max(error.retry_after or timedelta(), RETRY_AFTER * 2**wanted.tries)
    with transaction(ports.db):
        pages.note(ports.db, source.id, wanted, now, error.message, again)
