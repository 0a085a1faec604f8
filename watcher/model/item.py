"""What we made of an entry: an item, and what the rules say about it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from watcher.model.packed import packed

PublishedFrom = Literal["feed", "front matter", "body", "file", "first seen"]
TextFrom = Literal["source", "page"]
TopicRole = Literal["main", "mentioned"]
FigureKind = Literal["actual", "target", "growth"]
RegionFrom = Literal["sentence", "line", "heading", "title", "text"]
PeriodFrom = Literal["sentence", "line", "heading", "lead", "text", "published"]
ApproxSign = Literal[">", "≥", "<", "≈<", "≈"]
RegionRole = Literal["primary", "mentioned", "dateline", "org", "implied"]


@packed
@dataclass(frozen=True, slots=True)
class Item:
    """One article, cleaned. `text` is its paragraphs, one a line; a heading is a line as well."""

    guid: str | None  # as the source gave it; for a document its path within the folder
    url: str | None  # http(s) and absolute, or None
    title: str
    text: str
    html: str | None  # sanitised, links absolute
    author: str | None
    outlet: str | None
    published_at: datetime | None
    published_from: PublishedFrom
    published_raw: str | None  # the string the date was read from
    removed: tuple[str, ...] = ()  # boilerplate lines taken out of the text
    text_from: TextFrom = "source"  # "page": the article's page gave more than the feed


@packed
@dataclass(frozen=True, slots=True)
class Evidence:
    """The words that earned a tag: what, where, how often."""

    term: str  # as it stands in the text
    where: str  # "title", "lead", "heading", "body", "source"
    count: int


@packed
@dataclass(frozen=True, slots=True)
class TopicTag:
    """A topic an item is about, or only names."""

    topic_id: str
    role: TopicRole
    score: float
    evidence: tuple[Evidence, ...]


@packed
@dataclass(frozen=True, slots=True)
class RegionTag:
    """A region and the part it plays in an item."""

    region_code: str  # an adcode, a zone's or cluster's own code, or "CN" for 全国
    role: RegionRole
    score: float
    evidence: tuple[Evidence, ...]


@packed
@dataclass(frozen=True, slots=True)
class OrganisationTag:
    """An organisation an item names."""

    name: str
    kind: str | None  # "company", "platform", "institute", "alliance", "government"…
    region_code: str | None  # where it is at home, if known
    evidence: tuple[Evidence, ...]


@packed
@dataclass(frozen=True, slots=True)
class DocumentTag:
    """A policy document an item names: 《…行动计划》 without the brackets."""

    title: str
    kind: str  # "行动计划", "实施方案"…
    issuer: str | None  # an organisation of the same sentence
    number: str | None  # 文号: 工信部信管〔2020〕197号


@packed
@dataclass(frozen=True, slots=True)
class Figure:
    """A number the article states, with everything it needs to be compared with another one.

    Money is in 元 (or its own currency), 万 and 亿 are multiplied out; days include both ends, and a missing
    `period_start` means "as of `period_end`". `marks` show in the first of `quotes` where its parts stand.
    """

    value: float
    value_max: float | None  # the upper end of a range: 3-5个
    unit: str  # "" for an index, or where the text leaves it out
    approx: ApproxSign | None
    metric: str | None  # id in metrics.toml
    metric_raw: str  # as the article words it
    kind: FigureKind
    region_code: str | None
    region_from: RegionFrom | None
    organisation: str | None  # whose figure it is when it is no region's
    period_start: date | None
    period_end: date | None
    period_from: PeriodFrom
    base_period: str | None  # what a growth is measured against, as written
    confidence: float  # 0 to 1: how surely metric, region and period were found
    quotes: tuple[str, ...]  # the sentences that state it, the clearest first
    marks: tuple[tuple[int, int, str], ...] = ()  # (start, end, "value" | "metric" | "region" | "period")


@packed
@dataclass(frozen=True, slots=True)
class Tags:
    """All that the rules say of one text, and under which rules."""

    rules_hash: str
    topics: tuple[TopicTag, ...] = ()
    regions: tuple[RegionTag, ...] = ()
    organisations: tuple[OrganisationTag, ...] = ()
    documents: tuple[DocumentTag, ...] = ()


@packed
@dataclass(frozen=True, slots=True)
class TaggedItem:
    """An item ready to be judged: its identity within its source, its content, its tags."""

    item: Item
    key: str  # the rung of the identity ladder that held: guid, else URL, else content hash
    content_hash: str  # "1:…": recipe version and digest
    tags: Tags
    figures: tuple[Figure, ...] = ()  # one a fact, in the order of the text
    seen_hash: str | None = None  # of what the source itself gave, "+page" behind it; None: content_hash
