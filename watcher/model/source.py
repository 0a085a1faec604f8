"""What is polled, and what the poller must remember of it between two polls."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

SourceKind = Literal["feed", "folder"]
Rung = Literal["guid", "url", "content"]  # of the ladder of identity
Seen = frozenset[bytes]  # fingerprints of the entries that a feed showed last
SourceState = Literal["new", "ok", "quiet", "failing", "gone", "paused"]


@dataclass(frozen=True, slots=True)
class Source:
    """One source as the config gives it, defaults filled in.

    `location` is the URL byte for byte, or the folder's absolute path. It and `headers` may hold
    `{secret:name}`: it is stored and shown so, and only the fetcher puts the secret in.
    """

    id: str
    kind: SourceKind
    title: str
    location: str
    timezone: ZoneInfo  # of dates that name no zone
    interval: timedelta = timedelta(hours=1)  # the least time between two polls
    mirrors: tuple[str, ...] = ()  # tried in turn when the first fails
    headers: tuple[tuple[str, str], ...] = ()
    glob: tuple[str, ...] = ()  # of a folder
    topics: tuple[str, ...] = ()  # every item of this source gets these, as `main`
    regions: tuple[str, ...] = ()  # and these, as `primary`
    expect_every: timedelta | None = None  # quiet when nothing new came for longer
    boilerplate: tuple[str, ...] = ()  # patterns of whole lines that are none of an article's
    fulltext: bool = False  # fetch the page of each new entry, for feeds that only give a summary
    identity: Rung | None = None  # what tells its articles apart; None: the guid, while it holds
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class FileMark:
    """How one document of a folder looked when it was last read: unchanged marks are not read again."""

    size: int  # bytes
    mtime_ns: int
    sha256: str


@dataclass(frozen=True, slots=True)
class PollMemory:
    """All that politeness needs to know of a source's past; the store keeps it as one JSON value.

    Every field has a default, so that a memory written by an older version still loads.
    """

    location: str | None = None  # the address all this was learnt at; another in the config voids it
    etag: str | None = None  # opaque, byte for byte
    last_modified: str | None = None
    body_hash: str | None = None  # of the last body that parsed: an equal one costs no parse
    url: str | None = None  # where a permanent redirect moved the feed to, once adopted
    moved_to: str | None = None  # where permanent redirects pointed lately,
    moved_times: int = 0  # how many times in a row,
    gone_since: datetime | None = None  # first of the 410s in a row
    failures: int = 0  # in a row
    failing_since: datetime | None = None
    last_error_kind: str | None = None
    last_error: str | None = None
    first_success_at: datetime | None = None
    last_success_at: datetime | None = None
    last_new_item_at: datetime | None = None
    had_items: bool = False  # so that "200 with nothing" can be told from a feed that never had any
    empty_since: datetime | None = None  # first of the answers in a row that held nothing after it had
    recent_new: tuple[datetime, ...] = ()  # polls that brought something new, newest last: its cadence
    identity: Rung | None = None  # what tells its articles apart since its keys proved unstable
    hints: Mapping[str, object] = field(default_factory=dict)  # ttl, sy, skip… of the last good body


@dataclass(frozen=True, slots=True)
class Pace:
    """What pacing decides after a poll: what to remember, when to come back, what to tell."""

    memory: PollMemory
    state: SourceState
    next_poll_at: datetime
    events: tuple[str, ...] = ()  # sentences for the operator: "came back", "200 with nothing"
    pause_host_until: datetime | None = None  # a public host said 429: it rests as a whole
