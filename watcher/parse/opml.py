"""OPML lists of feeds, read and written: how people bring their subscriptions and take them away.

Reads with the HTML tokenizer of the standard library, which knows no entity declarations (no bombs),
no external files, and forgives bare ampersands and missing ends, of which exported lists are full.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import groupby
from xml.sax.saxutils import escape, quoteattr

from watcher.model import ParseFailure
from watcher.text.encoding import decode

MAX_DEPTH = 16
MAX_FEEDS = 20_000


@dataclass(frozen=True, slots=True)
class Subscription:
    """One feed of a list, and the folders it stands in, outermost first."""

    title: str | None
    xml_url: str
    folders: tuple[str, ...] = ()


def read_opml(body: bytes) -> tuple[Subscription, ...] | ParseFailure:
    """The feeds of an OPML document in its order, each URL once (where it stands first)."""
    outlines = _Outlines()
    outlines.feed(decode(body).text)
    outlines.close()
    if not outlines.seen:
        return ParseFailure("This is no OPML list: it has no <outline>.")
    first: dict[str, Subscription] = {}
    for subscription in outlines.found[:MAX_FEEDS]:
        first.setdefault(subscription.xml_url, subscription)
    return tuple(first.values())


def write_opml(subscriptions: Iterable[Subscription], title: str) -> str:
    """An OPML 2.0 document, with one outline per folder; feeds without a folder come first."""
    ordered = sorted(subscriptions, key=lambda one: one.folders)
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<opml version="2.0">']
    lines += [f"  <head><title>{escape(_legal(title))}</title></head>", "  <body>"]
    lines += _outlines(ordered, 0)
    return "\n".join([*lines, "  </body>", "</opml>", ""])


def _outlines(ordered: Sequence[Subscription], depth: int) -> list[str]:
    indent = "  " * (depth + 2)
    lines = []
    for folder, group in groupby(ordered, key=lambda one: one.folders[depth : depth + 1]):
        members = list(group)
        if folder:
            lines.append(f"{indent}<outline text={quoteattr(_legal(folder[0]))}>")
            lines += [*_outlines(members, depth + 1), f"{indent}</outline>"]
        else:
            lines += [indent + _outline(one) for one in members]
    return lines


def _outline(one: Subscription) -> str:
    name = quoteattr(_legal(one.title or one.xml_url))
    return f'<outline type="rss" text={name} title={name} xmlUrl={quoteattr(_legal(one.xml_url))}/>'


def _legal(text: str) -> str:
    """Without what XML cannot hold: control characters, lone surrogates, U+FFFE and U+FFFF."""
    return "".join(c for c in text if c >= " " and not "\ud800" <= c <= "\udfff" and c not in "\ufffe\uffff")


@dataclass(eq=False)
class _Outlines(HTMLParser):
    """Collects outlines with a URL; the others that are open are the folders they stand in."""

    seen: bool = False
    found: list[Subscription] = field(default_factory=list)
    _open: list[str | None] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "outline":
            self._open.append(self._collect(attrs))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "outline":
            self._collect(attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag == "outline" and self._open:
            self._open.pop()

    def _collect(self, attrs: list[tuple[str, str | None]]) -> str | None:
        """Notes a feed; gives the name under which others may stand inside this outline."""
        self.seen = True
        given = {name: (value or "").strip() for name, value in attrs}
        title = given.get("title") or given.get("text") or None
        if url := given.get("xmlurl") or (given.get("url") if given.get("type") == "rss" else None):
            folders = tuple(name for name in self._open[:MAX_DEPTH] if name)
            self.found.append(Subscription(title, url, folders))
            return None
        return title
