"""The pure pipeline: a raw document in, tagged items out.

Composes parse, normalise, identity and tags; does no I/O and keeps nothing, so that it runs the
same in this process, in a worker process, or on another machine.
"""

from dataclasses import replace
from datetime import datetime

from watcher import __version__
from watcher.dedupe import (
    OF_PAGE,
    content_hash,
    fingerprints,
    identities,
    identity,
    reads_alike_later,
    unseen,
)
from watcher.model import (
    Entry,
    Evidence,
    Figure,
    Item,
    ParseFailure,
    RawDocument,
    Reading,
    RegionTag,
    Seen,
    Source,
    TaggedItem,
    Tags,
    TopicTag,
)
from watcher.parse import parse
from watcher.parse.fulltext import with_pages
from watcher.parse.normalise import normalise
from watcher.tag import Rules, survey, tags_of
from watcher.tag.figures import figures_wanted, find_figures
from watcher.text.boilerplate import Boilerplate

__all__ = ["Reading", "judge_text", "read"]

ABOVE_ALL = 1000.0  # the score of a tag that the config gives to a whole source


def read(
    raw: RawDocument, source: Source, rules: Rules, boilerplate: Boilerplate, seen: Seen = frozenset()
) -> Reading | ParseFailure:
    """Read one document of a source; a ParseFailure says in a sentence why it cannot be read."""
    parsed = parse(raw, feed=source.kind == "feed")
    if isinstance(parsed, ParseFailure):
        return parsed
    entries, marks, passed_over = _to_read(parsed.entries, raw, source, seen)
    boilerplate = boilerplate.with_patterns(source.boilerplate)
    given = [normalise(entry, source.timezone, raw.fetched_at, boilerplate) for entry in entries]
    full = with_pages(given, dict(raw.pages), source.timezone, boilerplate)
    hashes = [_fingerprint(item) for item in given]
    keys = identities(list(zip(given, hashes, strict=True)), source.identity)
    parts = zip(keys, hashes, given, full, strict=True)
    items = tuple(_judged(*part, raw, source, rules) for part in parts)
    lasting = {
        mark
        for mark, item, key, given_hash in zip(marks, given, keys, hashes, strict=False)
        if reads_alike_later(item)
        and key == identity(item, given_hash, source.identity)  # whoever is beside it
    }
    return Reading(
        raw.name,
        parsed.format,
        items,
        parsed.hints,
        parsed.notes,
        parsed.title,
        parsed.encoding,
        parsed.encoding_from,
        known=len(parsed.entries) - len(items),
        seen=passed_over | lasting,
    )


def judge_text(
    title: str, text: str, published: datetime, source: Source, rules: Rules
) -> tuple[Tags, tuple[Figure, ...]]:
    """What the rules, and the source's own tags, say of an article: its tags and its figures."""
    seen = survey(title, text, rules)
    tags = _with_source_tags(tags_of(seen, rules), source, rules)
    if not figures_wanted(tags, rules.book):
        return tags, ()
    return tags, find_figures(seen, tags, rules, published.astimezone(source.timezone).date())


def _to_read(
    entries: tuple[Entry, ...], raw: RawDocument, source: Source, seen: Seen
) -> tuple[tuple[Entry, ...], list[bytes], Seen]:
    """The entries to read, their fingerprints, and the fingerprints of those that are passed over."""
    if source.kind == "folder":
        return tuple(_named(entry, raw.name, alone=len(entries) == 1) for entry in entries), [], frozenset()
    if source.fulltext:
        return entries, [], frozenset()  # each may still want its page
    marks = fingerprints(entries, source, __version__)
    fresh = unseen(entries, marks, seen)
    read = [marks[at] for at in fresh]
    return tuple(entries[at] for at in fresh), read, frozenset(marks).difference(read)


def _named(entry: Entry, path: str, *, alone: bool) -> Entry:
    # A document is known by its path; the entries of a saved feed by path and guid.
    return replace(entry, guid=path if alone else f"{path}#{entry.guid or entry.url or entry.title}")


def _judged(
    key: str, given_hash: str, given: Item, item: Item, raw: RawDocument, source: Source, rules: Rules
) -> TaggedItem:
    # Known by what the feed gave, page or not: the next poll has no page, and nothing has changed.
    tags, figures = judge_text(item.title, item.text, item.published_at or raw.fetched_at, source, rules)
    if item is given:
        return TaggedItem(item, key, given_hash, tags, figures=figures)
    return TaggedItem(item, key, _fingerprint(item), tags, seen_hash=given_hash + OF_PAGE, figures=figures)


def _fingerprint(item: Item) -> str:
    return content_hash(item.title, item.text, item.published_at, item.url)


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
