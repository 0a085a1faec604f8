"""Posts, pages and plain texts of a folder: one document, one entry.

Tells the three apart by what they hold, not by their file name, and brings each to HTML; how that
reads as text is decided later, in `normalise`.
"""

import re
from collections.abc import Iterator

from markdown_it import MarkdownIt

from watcher.model import Entry, Parsed
from watcher.parse.frontmatter import Value, split
from watcher.parse.page import is_page, read_page
from watcher.text.clean import clean_text
from watcher.text.html import html_of_plain
from watcher.text.urls import absolute

MAX_DOCUMENT = 4_000_000  # characters
MAX_MARKDOWN = 400_000  # characters; more is no hand-written post, and the renderer needs time

_STARTS_WITH_TAG = re.compile(r"\s*<(?:!--|[a-zA-Z][a-zA-Z0-9]{0,20}[\s/>])")
_LAST_END_TAG = re.compile(r"</[a-zA-Z][a-zA-Z0-9]{0,20}\s?>|-->|<(?:br|img|hr)\b[^<>]{0,2000}>")
_MARKDOWN_SIGN = re.compile(r"^(?:#{1,6} |[*+-] |>|```|\[[^\]\n]{1,80}\]\(|!\[)", re.MULTILINE)
_TEMPLATE_TAG = re.compile(r"\{%-?\s{0,4}(?:end)?(?:raw|asset_\w{1,20}|post_\w{1,20}|more)\b[^%\n]{0,200}%\}")
# A line break in the source is one on the page, as Hexo renders it. Indented code is off: blank
# lines inside pretty-printed HTML would make its next indented tag a code block.
_MARKDOWN = (
    MarkdownIt("commonmark", {"html": True, "breaks": True, "maxNesting": 100})
    .enable("table")
    .disable("code")
)

_DATE_KEYS = ("date", "pubdate", "published", "publishdate", "created", "updated")
_URL_KEYS = ("original", "original_url", "source_url", "url", "link", "permalink")


def read_document(text: str, name: str) -> Parsed:
    """Reads a post (Markdown or HTML with front matter), an HTML page or fragment, or plain text.

    `name` is the document's path within its folder and becomes the guid. Never fails: what is
    nothing else is plain text.
    """
    text = clean_text(text, MAX_DOCUMENT)
    meta, body, notes = split(text)
    if meta:
        return Parsed("markdown", (_post(meta, body, name),), notes=notes)
    if is_page(text):
        return Parsed("html", (read_page(text, name),))
    if _STARTS_WITH_TAG.match(text):
        return Parsed("html", (Entry(guid=name, html=_html_of_post(text), base=absolute(None, name)),))
    if name.lower().endswith((".md", ".markdown")) or _MARKDOWN_SIGN.search(text[:4000]):
        return Parsed("markdown", (Entry(guid=name, html=_html_of_post(text)),))
    return Parsed("text", (Entry(guid=name, html=html_of_plain(text)),))


def _post(meta: dict[str, Value], body: str, name: str) -> Entry:
    url = next(filter(None, (absolute(None, _text(meta, key)) for key in _URL_KEYS)), None)
    dates = (("front matter", raw) for key in _DATE_KEYS if (raw := _text(meta, key)))
    outlets = (outlet for key in ("outlet", "source", "from") if (outlet := _text(meta, key)))
    author, categories = _text(meta, "author"), tuple(dict.fromkeys(_listed(meta)))
    return Entry(
        guid=name,
        url=url,
        title=_text(meta, "title"),
        author=author,
        outlet=next((outlet for outlet in outlets if "//" not in outlet), None),
        site=author if author in categories else None,  # RSSHub's posts: the site is author and category
        html=_html_of_post(body),
        base=url,
        dates=tuple(dates),
        categories=categories,
        language=_text(meta, "lang") or _text(meta, "language"),
    )


def _text(meta: dict[str, Value], key: str) -> str | None:
    value = meta.get(key)
    return (" ".join(value) if isinstance(value, list) else value) or None


def _listed(meta: dict[str, Value]) -> Iterator[str]:
    for key in ("categories", "category", "tags", "tag", "keywords"):
        value = meta.get(key, [])
        yield from value if isinstance(value, list) else [value]


def _html_of_post(body: str) -> str:
    """The body as HTML. One that begins with a tag is HTML up to its last tag, and Markdown after it.

    Feeds turned into posts hold a page's HTML and the site's own `[返回首页](…)` behind it. Rendering
    the HTML as Markdown would eat its asterisks and underscores.
    """
    body = _TEMPLATE_TAG.sub("", body)
    if not _STARTS_WITH_TAG.match(body):
        return _rendered(body)
    end = max((match.end() for match in _LAST_END_TAG.finditer(body)), default=len(body))
    return body[:end] + "\n" + _rendered(body[end:])


def _rendered(markdown: str) -> str:
    if len(markdown) > MAX_MARKDOWN:
        return html_of_plain(markdown)
    return str(_MARKDOWN.render(markdown))
