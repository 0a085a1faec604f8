"""What a fetch brought: documents, "nothing changed", or a failure that says its kind."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from watcher.model.source import FileMark

FetchErrorKind = Literal[
    "dns",  # the name does not resolve
    "connect",  # refused, unreachable, reset before an answer
    "tls",
    "timeout",  # the total deadline passed
    "refused",  # our own guard: a private address, a scheme that is not http(s)
    "redirects",  # too many, or a loop
    "http",  # an answer that is no success: `status` says which
    "too_big",
    "broken",  # cut off, bad gzip, no HTTP
    "empty",  # 200 with no body
    "not_a_feed",  # 200 with something else, an HTML page say
    "missing",  # the folder is not there
    "unreadable",  # it is, but we may not read it
    "parse",  # the document killed or outlived its worker
]


@dataclass(frozen=True, slots=True)
class RawDocument:
    """One document as it came: bytes and what its carrier said about them."""

    source_id: str
    name: str  # the URL it came from in the end; for a file its path within the folder
    body: bytes
    fetched_at: datetime
    content_type: str | None = None  # the whole header, charset included
    content_location: str | None = None
    mark: FileMark | None = None  # of a file
    pages: "tuple[tuple[str, RawDocument], ...]" = ()  # (an entry's URL, the page behind it)


@dataclass(frozen=True, slots=True)
class Response:
    """What an HTTP answer said for the next poll. Headers are lower case; times are the server's."""

    status: int
    url: str  # of the last hop
    headers: tuple[tuple[str, str], ...] = ()
    permanent_url: str | None = None  # where redirects led as long as all were permanent
    received: int = 0  # bytes on the wire, body only
    private: bool = False  # a host of allow_private, our own RSSHub say
    mirror: bool = False  # a mirror answered: its validators and redirects are not the source's
    retry_after: timedelta | None = None  # as this answer, or the address a mirror stood in for, asked

    def header(self, name: str) -> str | None:
        """The first header of that name, in lower case, or None."""
        return next((value for key, value in self.headers if key == name), None)


@dataclass(frozen=True, slots=True)
class Fetched:
    """The source has something to read. A feed gives one document, a folder those that changed."""

    documents: tuple[RawDocument, ...]
    response: Response | None = None  # None for a folder
    body_hash: str | None = None  # of a feed's body, decoded
    waiting: tuple[str, ...] = ()  # files still being written: next pass
    refused: tuple[tuple[str, str], ...] = ()  # (file, why) that could not be read
    present: int = 0  # files in the folder, read or not
    touched: tuple[tuple[str, FileMark], ...] = ()  # same bytes under a new time: only their marks move
    more: int = 0  # changed files left for the next pass, so that memory stays bounded


@dataclass(frozen=True, slots=True)
class NotModified:
    """Nothing new: a 304, or a 200 whose body equals the last one that parsed."""

    response: Response | None = None
    present: int = 0


@dataclass(frozen=True, slots=True)
class FetchError:
    """The source could not be read. A value that flows on, not an exception."""

    kind: FetchErrorKind
    message: str  # one sentence for a user
    status: int | None = None
    response: Response | None = None
    retry_after: timedelta | None = None  # as the server asked, not capped
    unreached: bool = False  # no connection came about: the host itself is away, not this feed


Outcome = Fetched | NotModified | FetchError
