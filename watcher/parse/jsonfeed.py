"""JSON Feed 1.0 and 1.1 to entries, with the standard library's `json`.

Follows https://jsonfeed.org/version/1.1, and forgives what feeds get wrong: numbers for ids, a
missing version, an author where 1.1 wants authors, entries that are no objects (left out, with a note).
"""

import html
import json
from collections.abc import Iterator, Mapping
from typing import Any

from watcher.model import Entry, Parsed, ParseFailure
from watcher.parse.sniff import Sight, refusal
from watcher.text.urls import absolute

MAX_ENTRIES = 1000


def read_json_feed(sight: Sight, base: str | None, max_entries: int = MAX_ENTRIES) -> Parsed | ParseFailure:
    """The entries of a JSON Feed, at most `max_entries`. `base` is where it came from, None for a file."""
    try:
        feed = json.loads(sight.text)
    except ValueError as error:
        return ParseFailure(f"The JSON is broken: {error}.")
    except RecursionError:
        return ParseFailure("The JSON is nested too deeply.")
    if not _is_feed(feed):
        return ParseFailure(refusal(sight))
    items = [item for item in feed["items"] if isinstance(item, dict)]
    read = items[:max_entries]
    return Parsed(
        format="json feed",
        entries=tuple(_entry(item, feed, base) for item in read),
        title=_text(feed, "title"),
        notes=tuple(_notes(len(feed["items"]), len(items), len(read))),
    )


def _is_feed(feed: object) -> bool:
    """Has a list of items, and says by its version or by their ids that they are a feed's."""
    if not isinstance(feed, dict) or not isinstance(feed.get("items"), list):
        return False
    if "jsonfeed.org/version" in str(feed.get("version"))[:100]:
        return True
    items = feed["items"]
    return bool(items) and all(isinstance(item, dict) and ("id" in item or "url" in item) for item in items)


def _entry(item: Mapping[str, Any], feed: Mapping[str, Any], base: str | None) -> Entry:
    link = _text(item, "url") or _text(item, "external_url")
    here = absolute(base, _text(feed, "home_page_url")) or absolute(None, base)
    return Entry(
        guid=_text(item, "id"),
        url=absolute(here, link) or link,
        title=_text(item, "title"),
        author="、".join(dict.fromkeys(_authors(item) or _authors(feed))) or None,
        html=_body(item),
        base=absolute(here, link) or here,
        dates=tuple((key, raw) for key in ("date_published", "date_modified") if (raw := _text(item, key))),
        categories=tuple(dict.fromkeys(_strings(item.get("tags")))),
        language=_text(item, "language") or _text(feed, "language"),
    )


def _text(fields: Mapping[str, Any], key: str) -> str | None:
    """A string or a number as text, without the lone surrogates that JSON can spell and no store can hold."""
    value = fields.get(key)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    return str(value).encode("utf-8", "replace").decode("utf-8").strip() or None


def _body(item: Mapping[str, Any]) -> str | None:
    if markup := _text(item, "content_html"):
        return markup
    plain = _text(item, "content_text") or _text(item, "summary")
    return html.escape(plain, quote=False).replace("\n", "<br>\n") if plain else None


def _authors(fields: Mapping[str, Any]) -> list[str]:
    people = fields.get("authors")
    people = people if isinstance(people, list) else [fields.get("author")]
    return [name for person in people if isinstance(person, dict) and (name := _text(person, "name"))]


def _strings(values: object) -> Iterator[str]:
    for value in values if isinstance(values, list) else ():
        if text := _text({"": value}, ""):
            yield text


def _notes(given: int, objects: int, read: int) -> Iterator[str]:
    if objects < given:
        yield f"{given - objects:,} items are no objects and were left out"
    if read < objects:
        yield f"only the first {read:,} of {objects:,} entries were read"
