"""The pure pipeline: a raw document in, tagged items out.

Composes parse, normalise, identity and tags; does no I/O and keeps nothing, so that it runs the
same in this process, in a worker process, or on another machine.
"""

from dataclasses import dataclass, replace

from watcher.dedupe import OF_PAGE, content_hash, identity
from watcher.model import (
    Entry,
    Evidence,
    FeedHints,
    Item,
    ParseFailure,
    RawDocument,
    RegionTag,
    Source,
    TaggedItem,
    Tags,
    TopicTag,
)
from watcher.parse import parse
from watcher.parse.fulltext import read_full_text
from watcher.parse.normalise import normalise
from watcher.tag import Rules, tag
from watcher.text.boilerplate import Boilerplate

ABOVE_ALL = 1000.0  # the score of a tag that the config gives to a whole source


@dataclass(frozen=True, slots=True)
class Reading:
    """What one document came to: items in the document's order, and what had to be guessed."""

    name: str
    format: str
    items: tuple[TaggedItem, ...]
    hints: FeedHints
    notes: tuple[str, ...]
    title: str | None = None
    encoding: str | None = None
    encoding_from: str | None = None


def read(raw: RawDocument, source: Source, rules: Rules, boilerplate: Boilerplate) -> Reading | ParseFailure:
    """Read one document of a source; a ParseFailure says in a sentence why it cannot be read."""
    parsed = parse(raw, feed=source.kind == "feed")
    if isinstance(parsed, ParseFailure):
        return parsed
    entries = parsed.entries
    if source.kind == "folder":
        entries = tuple(_named(entry, raw.name, alone=len(entries) == 1) for entry in entries)
    boilerplate = boilerplate.with_patterns(source.boilerplate)
    items = tuple(_judged(entry, raw, source, rules, boilerplate) for entry in entries)
    found = parsed.title, parsed.encoding, parsed.encoding_from
    return Reading(raw.name, parsed.format, items, parsed.hints, parsed.notes, *found)


def _named(entry: Entry, path: str, *, alone: bool) -> Entry:
    # A document is known by its path; the entries of a saved feed by path and guid.
    return replace(entry, guid=path if alone else f"{path}#{entry.guid or entry.url or entry.title}")


def _judged(
    entry: Entry, raw: RawDocument, source: Source, rules: Rules, boilerplate: Boilerplate
) -> TaggedItem:
    given = normalise(entry, source.timezone, raw.fetched_at, boilerplate)
    given_hash = _fingerprint(given)
    key = identity(given, given_hash)
    item = _with_page(given, raw, source, boilerplate)
    tags = _with_source_tags(tag(item.title, item.text, rules), source, rules)
    if item is given:
        return TaggedItem(item, key, given_hash, tags)
    return TaggedItem(item, key, _fingerprint(item), tags, seen_hash=given_hash + OF_PAGE)


def _fingerprint(item: Item) -> str:
    return content_hash(item.title, item.text, item.published_at, item.url)


def _with_page(given: Item, raw: RawDocument, source: Source, boilerplate: Boilerplate) -> Item:
    """The item with the text of its page, if that was fetched and says more than the feed."""
    page = next((page for url, page in raw.pages if url == given.url), None)
    entry = read_full_text(page) if page else None
    if page is None or entry is None:
        return given
    found = normalise(replace(entry, title=given.title), source.timezone, page.fetched_at, boilerplate)
    if len(found.text) <= len(given.text):
        return given
    full = replace(
        given,
        text=found.text,
        html=found.html,
        removed=found.removed,
        author=given.author or found.author,
        outlet=given.outlet or found.outlet,
        text_from="page",
    )
    if given.published_at is None and found.published_at is not None:
        dated = found.published_at, found.published_from, found.published_raw
        full = replace(full, published_at=dated[0], published_from=dated[1], published_raw=dated[2])
    return full


def _with_source_tags(tags: Tags, source: Source, rules: Rules) -> Tags:
    # `topics` and `regions` of a source in the config: what all its items are about, whatever their words.
    if not source.topics and not source.regions:
        return tags
    because = (Evidence(source.title, "source", 1),)
    codes = [region.code for name in source.regions if (region := rules.atlas.find(name))]
    topics = [TopicTag(topic_id, "main", ABOVE_ALL, because) for topic_id in source.topics]
    regions = [RegionTag(code, "primary", ABOVE_ALL, because) for code in codes]
    return replace(
        tags,
        topics=(*topics, *(t for t in tags.topics if t.topic_id not in source.topics)),
        regions=(*regions, *(r for r in tags.regions if r.region_code not in codes)),
    )
