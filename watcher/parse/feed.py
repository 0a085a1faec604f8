"""RSS, RDF, Atom and CDF to entries, through feedparser.

feedparser reads the markup and its hundred dialects (`quick` stands in for it where a feed is too plain
to need it, with the same result); everything it would decide is kept from it:
the encoding (`text.encoding` is better at Chinese), relative links (a guid `12345` must not change
with the mirror it came from), dates (raw strings go on), and cleaning. Entries say what the feed said.
"""

import html
import io
import re
from collections.abc import Iterator
from typing import Any
from xml.sax import SAXException

from watcher.model import Entry, Parsed, ParseFailure
from watcher.parse.hints import feed_hints
from watcher.parse.quick import parse_quickly
from watcher.parse.repair import well_formed, without_extensions
from watcher.parse.sniff import Sight
from watcher.text.urls import absolute

MAX_ENTRIES = 1000

Fields = dict[str, Any]  # feedparser's dicts; read as plain dicts, their own `get` guesses and warns


def read_feed(sight: Sight, base: str | None, max_entries: int = MAX_ENTRIES) -> Parsed | ParseFailure:
    """The entries of an XML feed, at most `max_entries`, in the order of the document.

    `base` is the URL the document came from, None for a file. Links come out absolute where they can.
    """
    text, notes = _first_entries(sight.text[sight.at :], max_entries)
    document = well_formed(text, prolog=sight.text[: sight.at])
    result = parse_quickly(document) or _parsed(document)
    if isinstance(result, Exception):  # a position or a licence in the wrong place must not cost the news
        notes = (*notes, f"extensions were left out: {type(result).__name__} in one of them")
        result = _parsed(without_extensions(document))
    if isinstance(result, Exception):
        return ParseFailure(f"The feed cannot be read: {type(result).__name__}: {result}.")
    found = result["entries"]
    flaw = _flaw(result)
    if not found and (flaw or not result.get("version")):
        return ParseFailure(f"The feed is broken and holds no entry: {flaw or 'its version is unknown'}.")
    if flaw:
        notes = (*notes, f"not well-formed: {flaw}")
    feed: Fields = result["feed"]
    return Parsed(
        format=sight.feed or "rss",
        entries=tuple(_entry(fields, feed, base) for fields in found[:max_entries]),
        title=_text(feed, "title"),
        hints=feed_hints(feed, text),
        notes=notes,
    )


def _entry(fields: Fields, feed: Fields, base: str | None) -> Entry:
    body = _body(fields)
    inner = _text(body, "base") or _text(_one(fields, "title_detail"), "base")
    here = absolute(base, inner) or base
    link = _link(fields)
    url = absolute(here, link)
    return Entry(
        guid=_text(fields, "id"),
        url=url or link,
        title=_text(fields, "title"),
        author=_author(fields),
        outlet=_text(_one(fields, "source"), "title") or _text(fields, "publisher"),
        html=_html(body),
        base=here if inner else url or here,  # where no base is given, the article is it
        dates=tuple((key, raw) for key in ("published", "updated", "created") if (raw := _text(fields, key))),
        categories=tuple(dict.fromkeys(_categories(fields))),
        language=_text(body, "language") or _text(feed, "language"),
    )


def _parsed(document: str) -> Fields | Exception:
    import feedparser  # noqa: PLC0415  (plain feeds are read without it)

    try:
        result: Fields = feedparser.parse(
            io.BytesIO(document.encode("utf-8", "replace")),
            response_headers={"content-type": "application/xml; charset=utf-8"},
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except Exception as error:  # noqa: BLE001  its handlers raise whatever they meet in broken markup
        return error
    return result


def _flaw(result: Fields) -> str | None:
    """What the XML parser stumbled over; without a line number, which would be that of the repaired text."""
    error = dict.get(result, "bozo_exception") if result["bozo"] else None
    return error.getMessage() if isinstance(error, SAXException) else error and str(error)


def _text(fields: Fields, key: str) -> str | None:
    value = dict.get(fields, key)
    return value.strip() or None if isinstance(value, str) else None


def _one(fields: Fields, key: str) -> Fields:
    found = dict.get(fields, key)
    return found if isinstance(found, dict) else {}


def _several(fields: Fields, key: str) -> list[Fields]:
    """A list of dicts; an element that happens to be called <links> puts a string in its place."""
    found = dict.get(fields, key)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _link(fields: Fields) -> str | None:
    """The article's own address: FeedBurner hides it in a field of its own, some feeds in the guid."""
    links = _several(fields, "links")
    link, guid = _text(fields, "link"), _text(fields, "id")
    if link == guid and not any(_text(one, "href") == link for one in links):
        link = None  # feedparser takes the guid for a link, be it `urn:uuid:…`
    given = (one for rel in ("alternate", "via", "related") for one in links if _text(one, "rel") == rel)
    hrefs = (_text(one, "href") for one in given)
    own = _text(fields, "feedburner_origlink") or link or next(filter(None, hrefs), None)
    return own or (guid if guid and guid.startswith(("http://", "https://")) else None)


def _body(fields: Fields) -> Fields:
    """The fullest text: feeds put a lead into the summary and the article into the content, or reversed."""
    summary = _one(fields, "summary_detail") or {"value": _text(fields, "summary") or ""}
    bodies = [*_several(fields, "content"), summary]
    readable = [body for body in bodies if _text(body, "value") and _is_text(_text(body, "type"))]
    return max(readable, key=lambda body: len(body["value"]), default={})


def _is_text(media_type: str | None) -> bool:
    return not (media_type or "").startswith(("image/", "audio/", "video/"))


def _html(body: Fields) -> str | None:
    """Plain text is escaped, unless it is HTML that only calls itself text."""
    value = _text(body, "value")
    if value and _text(body, "type") == "text/plain" and not _MARKUP.search(value):
        return html.escape(value, quote=False).replace("\n", "<br>\n")
    return value


def _author(fields: Fields) -> str | None:
    people = _several(fields, "authors")
    names = [name for person in people if (name := _text(person, "name") or _text(person, "email"))]
    return "、".join(dict.fromkeys(names)) or _text(fields, "author")


def _categories(fields: Fields) -> Iterator[str]:
    for tag in _several(fields, "tags"):
        if name := _text(tag, "label") or _text(tag, "term"):
            yield name


def _first_entries(text: str, most: int) -> tuple[str, tuple[str, ...]]:
    """Cuts a feed behind its first entries: 100,000 of them cost feedparser 16 seconds."""
    starts = [match.start() for match in _ENTRY.finditer(text)]
    if len(starts) <= most:
        return text, ()
    closing = "</feed>" if text[1:5].lower() == "feed" else _CLOSING.get(text[1:4].lower(), "")
    note = f"only the first {most:,} of {len(starts):,} entries were read"
    return text[: starts[most]] + closing, (note,)


_CLOSING = {"rss": "</channel></rss>", "rdf": "</rdf:RDF>"}
_ENTRY = re.compile(r"<(?:item|entry)[\s>]", re.IGNORECASE)
_MARKUP = re.compile(r"</(?:p|div|a|span|strong|em|b|i|ul|li|h[1-6]|table)>|<(?:br|img)\b", re.IGNORECASE)
