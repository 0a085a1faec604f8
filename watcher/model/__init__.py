"""Every type that flows through the program, in the order of the flow.

Types only: frozen, slotted, no I/O, no decisions. A new stage is a new type, so that a signature
says which stage it belongs to. Absent is `None`, never `""`; times are aware and in UTC.

    source    Source, PollMemory              what to poll, and what the poller must remember of it
    fetched   RawDocument, Outcome            what a fetch brought
    entry     Entry, FeedHints, Parsed        what the source said, unjudged
    item      Item, TaggedItem, tags          what we made of it
    verdict   Verdict, PollReport             what should change in the store, and what did
    rules     RuleBook and its parts          what the user and the shipped taxonomy ask for
    digest    DigestSpec, Digest, Message     what goes out
"""

from watcher.model.digest import (
    AlertSpec,
    Background,
    Channel,
    DeliverSpec,
    Delivery,
    Digest,
    DigestEntry,
    DigestFormat,
    DigestSpec,
    FigureNote,
    Filter,
    Group,
    HeatRow,
    Labels,
    Message,
    Parcel,
    RenderedFile,
    StoredItem,
)
from watcher.model.entry import Entry, FeedHints, Parsed, ParseFailure
from watcher.model.fetched import (
    Fetched,
    FetchError,
    FetchErrorKind,
    NotModified,
    Outcome,
    RawDocument,
    Response,
)
from watcher.model.item import (
    DocumentTag,
    Evidence,
    Figure,
    Item,
    OrganisationTag,
    PublishedFrom,
    RegionRole,
    RegionTag,
    TaggedItem,
    Tags,
    TextFrom,
    TopicRole,
    TopicTag,
)
from watcher.model.reading import Batch, Reading
from watcher.model.rules import (
    ClusterRule,
    MetricRule,
    OrganisationRule,
    Region,
    RegionExtra,
    RegionLevel,
    RuleBook,
    TopicRule,
    ZoneRule,
)
from watcher.model.source import FileMark, Pace, PollMemory, Rung, Seen, Source, SourceKind, SourceState
from watcher.model.verdict import (
    Attached,
    Buried,
    Changed,
    Known,
    New,
    PollReport,
    Same,
    Verdict,
)

__all__ = [
    "AlertSpec",
    "Attached",
    "Background",
    "Batch",
    "Buried",
    "Changed",
    "Channel",
    "ClusterRule",
    "DeliverSpec",
    "Delivery",
    "Digest",
    "DigestEntry",
    "DigestFormat",
    "DigestSpec",
    "DocumentTag",
    "Entry",
    "Evidence",
    "FeedHints",
    "FetchError",
    "FetchErrorKind",
    "Fetched",
    "Figure",
    "FigureNote",
    "FileMark",
    "Filter",
    "Group",
    "HeatRow",
    "Item",
    "Known",
    "Labels",
    "Message",
    "MetricRule",
    "New",
    "NotModified",
    "OrganisationRule",
    "OrganisationTag",
    "Outcome",
    "Pace",
    "Parcel",
    "ParseFailure",
    "Parsed",
    "PollMemory",
    "PollReport",
    "PublishedFrom",
    "RawDocument",
    "Reading",
    "Region",
    "RegionExtra",
    "RegionLevel",
    "RegionRole",
    "RegionTag",
    "RenderedFile",
    "Response",
    "RuleBook",
    "Rung",
    "Same",
    "Seen",
    "Source",
    "SourceKind",
    "SourceState",
    "StoredItem",
    "TaggedItem",
    "Tags",
    "TextFrom",
    "TopicRole",
    "TopicRule",
    "TopicTag",
    "Verdict",
    "ZoneRule",
]
