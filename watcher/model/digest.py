"""What goes out: the wish (spec), the selection (digest), the message."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from watcher.model.item import Figure, RegionTag, TopicTag
from watcher.model.rules import Region

DigestFormat = Literal["html", "txt", "md", "json", "atom"]
Channel = Literal["file", "email", "push"]


@dataclass(frozen=True, slots=True)
class Filter:
    """Ids of topics, codes of regions or ids of sources; an empty `any` lets everything through.

    One of `any`, every one of `all` and none of `none` must be there. Each of `all` is a set of
    alternatives: a province there is its code and those of its cities.
    """

    any: tuple[str, ...] = ()
    all: tuple[tuple[str, ...], ...] = ()
    none: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DeliverSpec:
    """One way a digest leaves the house."""

    channel: Channel
    path: str | None = None  # of a file channel: an absolute folder
    formats: tuple[DigestFormat, ...] = ("html", "txt", "md")
    to: tuple[str, ...] = ()  # of an email channel; of a push channel addresses as Apprise has them
    operator: bool = False  # goes to the operator, who also sees which sources are in trouble


@dataclass(frozen=True, slots=True)
class DigestSpec:
    """One audience. `regions` hold codes, already widened: clusters by members, provinces by cities."""

    name: str  # the config's id
    title: str
    schedule: str | None  # five cron fields; None: only by hand
    timezone: ZoneInfo
    match: Literal["main", "mentioned"] = "main"
    topics: Filter = Filter()
    regions: Filter = Filter()
    sources: Filter = Filter()
    group_by: Literal["region", "topic", "source", "none"] = "region"
    max_items: int = 60
    when_empty: Literal["skip", "send"] = "skip"
    catch_up: Literal["latest", "all", "none"] = "latest"
    carry_over: bool = True  # what max_items cuts comes next time
    updates: bool = False  # an item that its outlet changed after it was carried comes again
    browse: str | None = None  # where readers reach `watcher inspect`: "http://127.0.0.1:8001"
    deliver: tuple[DeliverSpec, ...] = ()


@dataclass(frozen=True, slots=True)
class AlertSpec:
    """What is worth a message at once: a story that so many outlets carry, or a region that rises."""

    digest: DigestSpec  # filters, title, channels; its name is the ledger's, "alert:" before the config's id
    outlets: int | None  # a story counts from so many on; 1: every item at once
    spike: bool  # a region or topic far above its usual level
    within: timedelta  # how young a story must be, and how long a period a spike is counted over
    quiet: tuple[time, time] | None  # the digest's wall clock: nothing goes out from the first to the second


@dataclass(frozen=True, slots=True)
class StoredItem:
    """An item as the store gives it to a digest, with all that a reader may see of it."""

    id: int
    title: str
    url: str | None
    outlet: str | None
    author: str | None
    text: str
    published_at: datetime | None
    published_from: str
    first_seen_at: datetime
    topics: tuple[TopicTag, ...]
    regions: tuple[RegionTag, ...]
    source_ids: tuple[str, ...]  # of its sightings, in the order they came
    other_outlets: int = 0  # outlets that carry it besides the first
    story_id: int | None = None
    figures: tuple[Figure, ...] = ()  # the surest of a known metric first
    updated: bool = False  # this digest carried it before, and its outlet has changed it since


@dataclass(frozen=True, slots=True)
class Labels:
    """How ids are shown to readers, and how regions nest (a city's `parent_code` is its province's)."""

    topics: Mapping[str, str]  # id to label
    regions: Mapping[str, Region]  # code to region
    sources: Mapping[str, str]  # id to title
    metrics: Mapping[str, str] = field(default_factory=dict)  # id to label


@dataclass(frozen=True, slots=True)
class Background:
    """What a digest is held against: how it was before."""

    length: timedelta = timedelta(days=1)  # of the period that the digest covers
    earlier: tuple[StoredItem, ...] = ()  # what matched in earlier periods; without texts
    known_from: datetime | None = None  # when the store began: of what was before, it knows little


@dataclass(frozen=True, slots=True)
class FigureNote:
    """Two figures for one thing: of two times ("moved"), or of one time that do not agree ("differs")."""

    what: Literal["moved", "differs"]
    label: str
    region: str
    new: Figure
    old: Figure
    outlets: tuple[str | None, str | None]  # of the new and of the old one
    published: tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class DigestEntry:
    """One line of a digest: an item with the labels to print beside it."""

    item: StoredItem
    lead: str | None  # one sentence, or a clipped one; None when the text has no sentence
    topics: tuple[str, ...]  # labels, best first
    regions: tuple[str, ...]  # short names, best first
    number: int  # counted through the whole digest, from 1
    figures: tuple[tuple[str, str], ...] = ()  # (what, how much), surest first


@dataclass(frozen=True, slots=True)
class Group:
    """One section of a digest."""

    key: str  # a region's code, a topic's id, a source's id; "" for all, or for items without one
    label: str
    entries: tuple[DigestEntry, ...]
    cut: int = 0  # matched for this section, but over max_items


@dataclass(frozen=True, slots=True)
class HeatRow:
    """One line of the headline block: how many stories matched for a group, and what they are about.

    Counts what matched, shown or cut: a cap on the sections does not cool a region down. Of a digest
    by topic the details are regions; one without groups has rows by topic.
    """

    key: str
    label: str
    count: int
    detail: tuple[tuple[str, int], ...] = ()  # (label, stories), most first
    usual: float | None = None  # the median of earlier periods; None: too little is known yet
    spike: bool = False
    past: tuple[int, ...] = ()  # stories of the last periods, oldest first


@dataclass(frozen=True, slots=True)
class Digest:
    """A selection, frozen: rendering it twice gives the same bytes.

    Readers see `until`, the hour the digest is for; `made_at` may be later, after a night off.
    """

    name: str
    title: str
    made_at: datetime
    timezone: ZoneInfo
    since: datetime | None  # the window asked for; None: from the digest's start
    until: datetime
    groups: tuple[Group, ...]
    heat: tuple[HeatRow, ...]
    items: int  # shown
    cut: int  # matched, but over max_items
    outlets: int  # that the shown items came from, each counted once
    sources: tuple[tuple[str, str], ...] = ()  # (id, title) of the sources shown
    articles: int = 0  # that tell what is shown, copies included
    also: tuple[HeatRow, ...] = ()  # spikes by what the sections are not made of: topics, or regions
    news: tuple[tuple[str, str], ...] = ()  # (what, line): figures that moved, figures that disagree
    carry_over: bool = True
    browse: str | None = None
    operator: tuple[str, ...] = ()  # for the operator's copy only: sources in trouble
    rest: tuple[int, ...] = ()  # ids of what was cut, best first

    @property
    def item_ids(self) -> tuple[int, ...]:
        """The items shown, in order, each once."""
        seen = dict.fromkeys(entry.item.id for group in self.groups for entry in group.entries)
        return tuple(seen)


@dataclass(frozen=True, slots=True)
class RenderedFile:
    """One format of a digest as bytes, with the name it gets in a folder."""

    format: DigestFormat
    name: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Message:
    """One mail to one recipient, frozen before the first attempt, so that each retry is the same bytes."""

    message_id: str
    recipient: str
    subject: str
    body: bytes  # RFC 5322, complete
    files: tuple[RenderedFile, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Parcel:
    """One thing to deliver to one target, complete: a mail's bytes, or a file's."""

    channel: Channel
    target: str  # a mail address, a folder, or a push address with its secrets as {secret:name}
    body: bytes
    name: str | None = None  # of a file
    message_id: str | None = None  # of a mail


@dataclass(frozen=True, slots=True)
class Delivery:
    """An open row of the outbox."""

    id: int
    digest_id: int
    parcel: Parcel
    attempts: int  # begun so far
    created_at: datetime
    last_error: str | None = None
