"""How `watcher sources test` shows what it found."""

from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

from watcher.cli import output, toml
from watcher.model import TaggedItem
from watcher.store.times import to_text
from watcher.text.width import clip
from watcher.trial import Offers, Trial

_SHORT = 200  # characters, below which a text is more of a summary
_LINE = 66  # columns beside the label


def offer_lines(offers: Offers, ids: set[str]) -> Iterator[str]:
    """The feeds of a page as tables for sources.toml."""
    if not offers.feeds:
        yield f"# {offers.place} is a web page that offers no feed"
        yield "# RSSHub may have a route for it: https://docs.rsshub.app"
        return
    yield f"# {offers.place} is a web page that offers {output.plural(len(offers.feeds), 'feed')};"
    yield "# add to sources.toml what you want:"
    for feed in offers.feeds:
        yield from toml.source_table(feed.url, feed.title, ids)


def trial_lines(trial: Trial, limit: int, zone: ZoneInfo) -> Iterator[str]:
    """What a document is, and how its first entries would be read."""
    reading = trial.reading
    yield from _labelled("format", f"{reading.format}, {trial.size:,} bytes")
    yield from _labelled("encoding", f"{reading.encoding} ({reading.encoding_from})")
    yield from _labelled("title", reading.title)
    short = sum(len(tagged.item.text) < _SHORT for tagged in reading.items)
    few = f", {short} with under {_SHORT} characters" if short else ""
    yield from _labelled("entries", f"{len(reading.items)}{few}")
    if len(reading.items) > 1 and short > len(reading.items) / 2:
        yield from _labelled("", "a feed of summaries: try fulltext = true")
    for note in reading.notes:
        yield from _labelled("note", note)
    for number, tagged in enumerate(reading.items[:limit], 1):
        yield ""
        yield clip(f"{number}  {tagged.item.title}", output.WIDTH)
        yield from _item_lines(tagged, zone)
    if len(reading.items) > limit:
        yield f"\n… and {len(reading.items) - limit} more; --limit shows them"


def row_of(tagged: TaggedItem) -> dict[str, Any]:
    """The same of one entry, for scripts."""
    item = tagged.item
    return {
        "guid": item.guid,
        "url": item.url,
        "title": item.title,
        "author": item.author,
        "outlet": item.outlet,
        "published_at": to_text(item.published_at),
        "published_from": item.published_from,
        "published_raw": item.published_raw,
        "characters": len(item.text),
        "removed": list(item.removed),
        "topics": {tag.topic_id: tag.role for tag in tagged.tags.topics},
        "regions": {tag.region_code: tag.role for tag in tagged.tags.regions},
        "text": item.text,
    }


def _item_lines(tagged: TaggedItem, zone: ZoneInfo) -> Iterator[str]:
    item, tags = tagged.item, tagged.tags
    yield from _labelled("url", item.url or "none")
    if item.published_at is None:
        yield from _labelled("date", "none that can be read: it would be when it is first seen")
    else:
        shown = output.local(item.published_at, zone)
        yield from _labelled("date", f"{shown}  from {item.published_from} (“{item.published_raw}”)")
    yield from _labelled("outlet", item.outlet)
    yield from _labelled("text", f"{len(item.text):,} characters: {item.text[:80]}")
    for line in item.removed:
        yield from _labelled("removed", line)
    yield from _labelled("topics", " · ".join(f"{tag.topic_id} {tag.role}" for tag in tags.topics))
    primary = [tag for tag in tags.regions if tag.role == "primary"]
    terms = (f"{tag.evidence[0].term if tag.evidence else tag.region_code} {tag.role}" for tag in primary)
    yield from _labelled("regions", " · ".join(terms))


def _labelled(label: str, text: str | None) -> Iterator[str]:
    if text:
        yield f"{label:<10}{clip(' '.join(text.split()), _LINE)}"
