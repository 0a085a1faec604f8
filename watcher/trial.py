"""Tries a feed, a page or a file out: fetched and read as a poll would, and nothing of it stored."""

from dataclasses import dataclass, replace
from pathlib import Path

from watcher import app
from watcher.config import Config
from watcher.dispatch import Read
from watcher.errors import UsageError
from watcher.fetch.page import is_web_page
from watcher.fulltext import FetchPage
from watcher.model import (
    Fetched,
    FetchError,
    Outcome,
    ParseFailure,
    PollMemory,
    RawDocument,
    Reading,
    Source,
    SourceKind,
)
from watcher.parse.discover import Offer, feeds_of_page

MOST_GUESSES = 6  # links of a page that are fetched to see whether they are feeds


@dataclass(frozen=True, slots=True)
class Trial:
    """What one document holds, and how big it is."""

    place: str
    size: int  # bytes
    content_type: str | None
    reading: Reading


@dataclass(frozen=True, slots=True)
class Offers:
    """The feeds that a web page offers; those it only links to were fetched and are feeds."""

    place: str
    feeds: tuple[Offer, ...]


async def try_out(config: Config, place: str) -> Trial | Offers:
    """Read a URL, a file or a source of the config once. Raises UsageError with what went wrong."""
    async with app.asking(config) as (fetch, page, read):
        known = next((source for source in config.sources if source.id == place), None)
        if known is not None and known.kind == "folder":
            raise UsageError(f"{place} is a folder: name one of its files, in {known.location}.")
        if known is not None:
            return await _read(_fetched(await fetch(known, PollMemory()), place), known, read)
        if "://" not in place:
            return await _read(_file(Path(place)), _as_source(place, "folder", config), read)
        source = _as_source(place, "feed", config)
        raw = await page(source, place)
        if isinstance(raw, FetchError):
            raise UsageError(f"{place}: {raw.message}")
        if not is_web_page(raw.body):
            return await _read(raw, source, read)
        found = []
        guesses = MOST_GUESSES
        for offer in feeds_of_page(raw.body, raw.name, raw.content_type):
            if offer.announced:
                found.append(offer)
            elif guesses:
                guesses -= 1
                found += [replace(offer, title=title) for title in await _is_feed(offer, page, read, config)]
        return Offers(place, tuple(found))


def _fetched(outcome: Outcome, place: str) -> RawDocument:
    if isinstance(outcome, Fetched):
        return outcome.documents[0]
    raise UsageError(f"{place}: {outcome.message if isinstance(outcome, FetchError) else 'nothing came'}")


async def _is_feed(offer: Offer, page: FetchPage, read: Read, config: Config) -> list[str | None]:
    """The title of a linked feed as a list of one; empty where there is no feed."""
    source = _as_source(offer.url, "feed", config)
    raw = await page(source, offer.url)
    if isinstance(raw, FetchError):
        return []
    (reading,) = await read([raw], source)
    return [reading.title or offer.title] if isinstance(reading, Reading) else []


async def _read(raw: RawDocument, source: Source, read: Read) -> Trial:
    (reading,) = await read([raw], source)
    if isinstance(reading, ParseFailure):
        raise UsageError(f"{raw.name}: {reading.message}")
    return Trial(raw.name, len(raw.body), raw.content_type, reading)


def _as_source(place: str, kind: SourceKind, config: Config) -> Source:
    return Source("test", kind, place, place, config.timezone)


def _file(path: Path) -> RawDocument:
    try:
        return RawDocument("test", path.name, path.read_bytes(), app.clock())
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.") from error
