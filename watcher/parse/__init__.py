"""Documents to entries: one table of formats, chosen by what a document holds.

A new format is a new file with a reader, and one line in `FORMATS`.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

from watcher.model import Parsed, ParseFailure, RawDocument
from watcher.parse.binary import why_no_text
from watcher.parse.charset import charset
from watcher.parse.feed import read_feed
from watcher.parse.jsonfeed import read_json_feed
from watcher.parse.sniff import Sight, is_article, refusal, sniff
from watcher.text.encoding import Decoded, decode
from watcher.text.urls import absolute


class Format(NamedTuple):
    """How a document of a format looks, and what reads it, given the URL it came from, if any."""

    looks_like: Callable[[Sight], bool]
    read: Callable[[Sight, str | None], Parsed | ParseFailure]
    is_feed: bool = True


def _read_document(sight: Sight, _base: str | None) -> Parsed:
    # Loads Markdown and YAML, which no feed needs.
    from watcher.parse.document import read_document  # noqa: PLC0415

    return read_document(sight.text, sight.name)


FORMATS = {
    "rss": Format(lambda sight: sight.feed == "rss", read_feed),
    "rdf": Format(lambda sight: sight.feed == "rdf", read_feed),
    "atom": Format(lambda sight: sight.feed == "atom", read_feed),
    "cdf": Format(lambda sight: sight.feed == "cdf", read_feed),
    "json feed": Format(lambda sight: sight.json, read_json_feed),
    "document": Format(is_article, _read_document, is_feed=False),
}


def parse(raw: RawDocument, *, feed: bool) -> Parsed | ParseFailure:
    """The entries of a document. With `feed`, a page or a plain text is a failure, not an article.

    Never raises for what a document holds; it may take long and much memory, so hostile documents
    belong into a worker process.
    """
    if not raw.body.strip():
        return ParseFailure("The document is empty.")
    decoded = decode(raw.body, charset(raw.content_type))
    sight = sniff(decoded.text, raw.name, raw.content_type or "")
    base = absolute(raw.name, raw.content_location) or absolute(None, raw.name if "://" in raw.name else None)
    if not (sight.feed or sight.front_matter) and (why := why_no_text(raw.body, decoded.text)):
        return ParseFailure(why)
    for looks_like, read, is_feed in FORMATS.values():
        if looks_like(sight) and (is_feed or not feed):
            return _with_encoding(read(sight, base), decoded)
    return ParseFailure(refusal(sight))


def _with_encoding(parsed: Parsed | ParseFailure, decoded: Decoded) -> Parsed | ParseFailure:
    if isinstance(parsed, ParseFailure):
        return parsed
    guessed = (f"read as {decoded.encoding}, which it does not say",) if decoded.how == "plausible" else ()
    notes = (*guessed, *parsed.notes)
    return replace(parsed, encoding=decoded.encoding, encoding_from=decoded.how, notes=notes)
