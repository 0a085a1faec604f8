"""What we made of an entry: an item, and what the rules say about it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

PublishedFrom = Literal["feed", "front matter", "body", "file", "first seen"]
TopicRole = Literal["main", "mentioned"]
RegionRole = Literal["primary", "mentioned", "dateline", "org", "implied"]


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


@dataclass(frozen=True, slots=True)
class Evidence:
    """The words that earned a tag: what, where, how often."""

    term: str  # as it stands in the text
    where: str  # "title", "lead", "heading", "body", "source"
    count: int


@dataclass(frozen=True, slots=True)
class TopicTag:
    """A topic an item is about, or only names."""

    topic_id: str
    role: TopicRole
    score: float
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class RegionTag:
    """A region and the part it plays in an item."""

    region_code: str  # an adcode, a zone's or cluster's own code, or "CN" for 全国
    role: RegionRole
    score: float
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class OrganisationTag:
    """An organisation an item names."""

    name: str
    kind: str | None  # "company", "platform", "institute", "alliance", "government"…
    region_code: str | None  # where it is at home, if known
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class DocumentTag:
    """A policy document an item names: 《…行动计划》 without the brackets."""

    title: str
    kind: str  # "行动计划", "实施方案"…
    issuer: str | None  # an organisation of the same sentence
    number: str | None  # 文号: 工信部信管〔2020〕197号


@dataclass(frozen=True, slots=True)
class Tags:
    """All that the rules say of one text, and under which rules."""

    rules_hash: str
    topics: tuple[TopicTag, ...] = ()
    regions: tuple[RegionTag, ...] = ()
    organisations: tuple[OrganisationTag, ...] = ()
    documents: tuple[DocumentTag, ...] = ()


@dataclass(frozen=True, slots=True)
class TaggedItem:
    """An item ready to be judged: its identity within its source, its content, its tags."""

    item: Item
    key: str  # the rung of the identity ladder that held: guid, else URL, else content hash
    content_hash: str  # "1:…": recipe version and digest
    tags: Tags
