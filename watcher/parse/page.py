"""A whole HTML page as one entry: which block of it is the article, and what its head says.

Simple rules that never lose the article when unsure: then the whole page is the body.
"""

import re
from collections import Counter
from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

from watcher.model import Entry
from watcher.text.boilerplate import shipped
from watcher.text.clean import clean_text, one_line
from watcher.text.html import MAX_HTML, read_html
from watcher.text.nesting import bound_nesting
from watcher.text.urls import absolute

_PAGE = re.compile(
    r"\s*(?:<\?xml[^>]{0,200}\?>\s*)?(?:<!--.{0,2000}?-->\s*)?<(?:!doctype\s+html|html|head|body)\b",
    re.IGNORECASE | re.DOTALL,
)
_CHROME = ("nav", "footer", "aside", "script", "style", "noscript")
_CONTAINERS = frozenset({"div", "section", "article", "main", "td", "body"})
_BLOCKS = _CONTAINERS | {"p", "li", "dd", "blockquote", "h1", "h2", "h3", "h4", "pre", "figure"}
_LEAST_ARTICLE = 80  # characters of sentences, below which the whole page is taken
_ENOUGH = 0.7  # of the page's sentences; with less, the rest of the article may stand elsewhere
_MOST_STEPS = 8
_SENTENCE = re.compile("[，。！？；：]")
_SITE_SUFFIX = re.compile(r"\s*[-_|–—｜]\s*[^-_|–—｜]{1,20}$")
_TITLE_META = ("og:title", "twitter:title", "articletitle", "title")
_DATE_META = (
    "article:published_time", "og:published_time", "pubdate", "publishdate", "publish_date", "datepublished",
    "weibo: article:create_at", "article:create_at", "dc.date", "date",
)  # fmt: skip
_AUTHOR_META = ("author", "article:author")
_OUTLET_META = ("contentsource", "mediaid", "source", "article:source")
_URL_META = ("og:url",)


def is_page(text: str) -> bool:
    """Whether the text is a whole page rather than a piece of one."""
    return _PAGE.match(text[:5000]) is not None


def read_page(text: str, name: str, *, whole: bool = True) -> Entry:
    """Reads a page; `name` becomes the guid. Dates come from its head, then from its marked elements.

    Where no block stands out as the article the body is the whole page, or None without `whole`.
    """
    source = bound_nesting(clean_text(text[:MAX_HTML]))
    read = read_html(source, None, shipped())
    tree = LexborHTMLParser(source)
    meta = dict(_meta(tree))
    url = absolute(None, _first(meta, _URL_META) or _canonical(tree))
    dates = (_first(meta, _DATE_META), read.time_text)
    return Entry(
        guid=name,
        url=url,
        title=_first(meta, _TITLE_META) or read.heading or _title(tree),
        author=_first(meta, _AUTHOR_META),
        outlet=_first(meta, _OUTLET_META) or read.outlet,
        html=_article(tree) or (source if whole else None),
        base=url or absolute(None, name),
        dates=tuple(("body", raw) for raw in dates if raw),
    )


def _meta(tree: LexborHTMLParser) -> Iterator[tuple[str, str]]:
    for node in reversed(tree.css("meta[content]")):  # the first of a name is to win
        attributes = node.attributes
        key = attributes.get("property") or attributes.get("name") or attributes.get("itemprop")
        value = (attributes.get("content") or "").strip()
        if key and value:
            yield key.strip().lower(), value


def _first(meta: dict[str, str], keys: tuple[str, ...]) -> str | None:
    return next((meta[key] for key in keys if key in meta), None)


def _canonical(tree: LexborHTMLParser) -> str | None:
    link = tree.css_first("link[rel=canonical]")
    return link.attributes.get("href") if link else None


def _title(tree: LexborHTMLParser) -> str | None:
    """The <title> without the site's name behind it."""
    node = tree.css_first("title")
    title = one_line(node.text()) if node else ""
    return _SITE_SUFFIX.sub("", title) or title or None


def _article(tree: LexborHTMLParser) -> str | None:
    """The HTML of the block that holds most of the page's sentences, or None where none stands out."""
    tree.strip_tags(list(_CHROME), recursive=True)
    if tree.body is None:
        return None
    speakers: Counter[int] = Counter()
    blocks: dict[int, LexborNode] = {}
    total = 0
    for node, size in _sentences(tree.body):
        total += size
        for block, share in _holders(node):
            blocks[block.mem_id] = block
            speakers[block.mem_id] += int(size * share)
    if total < _LEAST_ARTICLE or not speakers:
        return None
    return _widened(blocks[speakers.most_common(1)[0][0]], total)


def _widened(block: LexborNode, total: int) -> str | None:
    """The block, or the one round it that holds enough; the best may be one section of several."""
    widest: LexborNode | None = block
    for _ in range(_MOST_STEPS):
        if widest is None or sum(size for _, size in _sentences(widest)) >= _ENOUGH * total:
            break
        widest = widest.parent
    return widest.html if widest else None


def _sentences(block: LexborNode) -> Iterator[tuple[LexborNode, int]]:
    """Every piece of text that reads like a sentence, and its length; links in lists do not."""
    for node in block.traverse(include_text=True):
        if node.is_text_node and _SENTENCE.search(text := node.text_content or ""):
            yield node, len(text.strip())


def _holders(node: LexborNode) -> Iterator[tuple[LexborNode, float]]:
    """The blocks that hold a text, and how much it speaks for each.

    A paragraph speaks for its parent; so does a <div> or <section> that is one paragraph, but it may
    also hold the whole text, broken by <br>. The block round several sections gets half.
    """
    block = node.parent
    while block is not None and block.tag not in _BLOCKS:
        block = block.parent
    if block is not None and block.tag in _CONTAINERS:
        yield block, 1
    parent = block.parent if block else None
    if parent is not None and parent.parent is not None:
        yield parent, 1
        yield parent.parent, 0.5
