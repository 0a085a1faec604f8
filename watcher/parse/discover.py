"""The feeds that a web page offers: what its head announces, then links that look like feeds.

Announced ones are sure (`<link rel="alternate">`); a link is only a guess, to be fetched and looked at.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser

from watcher.parse.charset import charset
from watcher.text.clean import one_line
from watcher.text.encoding import decode
from watcher.text.html import MAX_HTML
from watcher.text.nesting import bound_nesting
from watcher.text.urls import absolute

MOST = 20

_MEDIA = re.compile(
    r"application/(?:rss|atom|rdf|feed)\+(?:xml|json)|application/json|text/xml", re.IGNORECASE
)
_NO_FEEDS = re.compile(r"oembed|wp-json|/comments?/|manifest", re.IGNORECASE)
_LOOKS_LIKE_ONE = re.compile(
    r"(?:^|[/._-])(?:rss|feed|feeds|atom|rdf)(?:2|\d{0,3})?(?:[/._?-]|$)|\.(?:rss|rdf|atom)$|订阅",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Offer:
    """A feed that a page names."""

    url: str
    title: str | None
    announced: bool  # in the page's head, as what it is


def feeds_of_page(body: bytes, url: str | None, content_type: str | None = None) -> tuple[Offer, ...]:
    """The feeds a page offers, announced ones first, each once; `url` is what its links start from."""
    text = decode(body, charset(content_type)).text[:MAX_HTML]
    tree = LexborHTMLParser(bound_nesting(text))
    first_base = tree.css_first("base[href]")
    base = absolute(url, first_base.attributes.get("href")) if first_base else url
    first: dict[str, Offer] = {}
    for offer in (*_announced(tree, base or url), *_linked(tree, base or url)):
        first.setdefault(offer.url, offer)
    return tuple(first.values())[:MOST]


def _announced(tree: LexborHTMLParser, base: str | None) -> Iterator[Offer]:
    for link in tree.css("link[rel][href]"):
        given = link.attributes
        relations = (given.get("rel") or "").lower().split()
        address = absolute(base, given.get("href"))
        feed = "feed" in relations or ("alternate" in relations and _MEDIA.match(given.get("type") or ""))
        if feed and address and not _NO_FEEDS.search(address):
            yield Offer(address, one_line(given.get("title") or "") or None, announced=True)


def _linked(tree: LexborHTMLParser, base: str | None) -> Iterator[Offer]:
    for link in tree.css("a[href]"):
        address = absolute(base, link.attributes.get("href"))
        words = one_line(link.text()[:80])
        if address and not _NO_FEEDS.search(address) and _looks_like_one(address, words):
            yield Offer(address, words or None, announced=False)


def _looks_like_one(address: str, words: str) -> bool:
    path = address.split("//", 1)[-1].partition("/")[2]
    return bool(_LOOKS_LIKE_ONE.search(path)) or words.lower() in {
        "rss",
        "atom",
        "feed",
        "xml",
        "rss订阅",
        "订阅",
    }
