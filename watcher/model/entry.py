"""What the source said, unjudged: strings as they came, only decoded."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Entry:
    """One record of a feed, or one document of a folder.

    `html` is the fullest body given, markup and all; `base` is what its relative links are relative
    to. `dates` are the raw date strings in the order they should be believed, each with the name
    of the field that held it ("pubDate", "front matter").
    """

    guid: str | None = None
    url: str | None = None
    title: str | None = None
    author: str | None = None
    outlet: str | None = None
    site: str | None = None  # whose page it was: the outlet, where the text names no other
    html: str | None = None
    base: str | None = None
    dates: tuple[tuple[str, str], ...] = ()
    categories: tuple[str, ...] = ()
    language: str | None = None


@dataclass(frozen=True, slots=True)
class FeedHints:
    """What a feed asks of its pollers inside its own body."""

    ttl: timedelta | None = None  # RSS <ttl>
    update_every: timedelta | None = None  # sy:updatePeriod / sy:updateFrequency
    skip_hours: tuple[int, ...] = ()  # GMT
    skip_days: tuple[int, ...] = ()  # Monday is 0


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a document held. `notes` say what had to be guessed or was left out."""

    format: str  # "rss", "atom", "json feed"; of a document "markdown", "html" or "text"
    entries: tuple[Entry, ...]
    title: str | None = None
    encoding: str | None = None
    encoding_from: str | None = None  # how it was found: "declared", "byte order mark"…
    hints: FeedHints = FeedHints()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ParseFailure:
    """The document is none of ours, or too broken to read."""

    message: str
