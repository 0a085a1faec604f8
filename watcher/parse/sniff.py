"""What a text is, told from its own beginning: the root element of markup, front matter, JSON.

Looks, never parses: the answer must come for documents that no parser accepts. Names and content
types only break ties, since feeds are served as text/html and articles are saved as .txt.
"""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sight:
    """A decoded document and what its beginning shows."""

    text: str
    name: str  # URL or path
    content_type: str  # without parameters, lower case, "" for none
    root: str | None  # of markup: the local name of the first element that means something
    at: int  # where that element begins
    front_matter: bool  # opens with `---`
    json: bool  # opens as an object does
    xml: bool  # says or pretends to be XML

    @property
    def feed(self) -> str | None:
        """The kind of feed whose root element this is."""
        return _FEEDS.get(self.root or "")


def sniff(text: str, name: str = "", content_type: str = "") -> Sight:
    """Looks at the first few thousand characters of a decoded document."""
    head = text[:_LOOK]
    start = len(head) - len(head.lstrip("\ufeff \t\r\n\0"))
    front_matter = bool(_FRONT_MATTER.match(head, start))
    root, at = (None, 0) if front_matter else _root(text)
    declared = head.startswith("<?xml", start)
    media = content_type.partition(";")[0].strip().lower()
    return Sight(
        text=text,
        name=name,
        content_type=media,
        root=root,
        at=at,
        front_matter=front_matter,
        json=bool(_OBJECT.match(head, start)),
        xml=declared or name.lower().endswith(".xml") or media.endswith("xml"),
    )


def is_article(sight: Sight) -> bool:
    """Whether a document may be an article: everything but data (XML that is no page, JSON)."""
    if sight.front_matter or sight.root in _HTML:
        return True
    data = sight.xml or sight.root == "opml" or sight.name.lower().endswith(".json")
    return not data and "json" not in sight.content_type


def refusal(sight: Sight) -> str:
    """One sentence for a user on what a document is instead of a feed."""
    if sight.json:
        return "This is JSON, but no JSON Feed."
    if sight.root == "opml":
        return "This is a list of feeds (OPML), not a feed: import it."
    if sight.root in _HTML:
        return "This is an HTML page, not a feed."
    return f"This is XML with the root <{sight.root}>, not a feed." if sight.root else "This is no feed."


def _root(text: str) -> tuple[str | None, int]:
    """The first element, or, behind the warnings that PHP prints first, the first that means something."""
    at = 0
    while prolog := _PROLOG.match(text, at):
        at = prolog.end()
    first = _ELEMENT.match(text, at)
    if first is None or first[1].lower() in _PRINTED_FIRST:
        later = _MEANT.search(text, at, at + _LOOK)
        if later:
            return later[1].lower(), later.start()
    return (first[1].lower(), at) if first else (None, 0)


_LOOK = 4096
_FEEDS = {"rss": "rss", "rdf": "rdf", "feed": "atom", "entry": "atom", "channel": "cdf"}
_HTML_NAMES = """
    html head body title meta link style script div p br b i a img h1 h2 h3 table ul ol span section
    article main center font strong
"""
_HTML = frozenset(_HTML_NAMES.split())
_PRINTED_FIRST = frozenset({"br", "b", "p", "div", "script", "style"})
_PROLOG = re.compile(
    r"[\s\ufeff\0]+|<\?.*?\?>|<!--.*?-->|<!doctype(?:[^\[>]|\[[^\]]*\])*>", re.DOTALL | re.IGNORECASE
)
_ELEMENT = re.compile(r"<(?:[a-z_][\w.-]*:)?([a-z_][\w.-]*)", re.IGNORECASE)
_MEANT = re.compile(  # with an attribute, as roots have: articles do write about <rss>
    r"<(?:[a-z_][\w.-]*:)?(rss|rdf|feed|channel)\s[^<>]{0,2000}=", re.IGNORECASE
)
_FRONT_MATTER = re.compile(r"-{3,}[ \t]*\r?\n")
_OBJECT = re.compile(r"""\{\s*["}]""")
