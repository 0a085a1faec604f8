"""HTML to clean text, and to HTML that is safe to show: the one reader of markup.

Composes the steps that stand beside it: bound the nesting, parse, walk, sift. Reads fragments and
whole pages alike; which part of a page is the article is not decided here.
"""

import html as entities
import re
from contextvars import ContextVar
from dataclasses import dataclass

import nh3
from selectolax.lexbor import LexborHTMLParser

from watcher.text.blocks import Blocks, read_blocks
from watcher.text.boilerplate import Boilerplate, sift
from watcher.text.clean import clean_text
from watcher.text.nesting import bound_nesting
from watcher.text.urls import absolute

MAX_HTML = 2_000_000  # characters
MAX_TEXT = 300_000

_SHOWN_SHARE = 0.5  # when a page hides more than this of its text, a script was to show it
_MARKUP = re.compile(r"<(?:p|div|br|img|span|a|table|section)[\s/>]", re.IGNORECASE)
_ESCAPED_MARKUP = re.compile(r"&lt;(?:p|div|br|img|span|table|section)(?:\s|/|&gt;)", re.IGNORECASE)
_DATE = re.compile(
    r"(?:(?:20|19)\d\d\s?[-/.年]\s?)?\d{1,2}\s?[-/.月]\s?\d{1,2}日?"
    r"(?:[\sT]{0,4}\d{1,2}[:：时]\d{1,2}(?:[:：分](?:\d{2}秒?)?)?(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?)?"
    r"|[昨前]天\s?\d{1,2}[:：]\d\d|\d{1,3}\s?(?:分钟|小时|天)前"
)
# Some copying sites write 數(shù)據(jù) for 數據: readings of characters, with tone marks, all over the text.
_READING = re.compile(r"(?<=[\u3400-\u9fff])[(（][a-zāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜü]{1,6}[)）]")
_TONED = re.compile(r"[(（](?<=[\u3400-\u9fff].)[a-z]{0,4}[āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ][a-z]{0,4}[)）]")
_LEAST_READINGS = 4
_HEADLINE = 40  # characters
_SOURCE_LABEL = re.compile(r"^.{0,4}(?:来源|来自|出处|稿源)\s*[:：]\s*")
_ADDRESSES = frozenset({"href", "src", "cite"})
_CLEANER_DROPS = {
    "script",
    "style",
    "noscript",
    "template",
    "title",
    "select",
    "iframe",
    "object",
    "textarea",
}


@dataclass(frozen=True, slots=True)
class CleanBody:
    """What a body says: `text` one paragraph a line, `html` sanitised, and what it tells about itself."""

    text: str
    html: str | None
    heading: str | None = None  # the first <h1>; it is also a line of the text
    time_text: str | None = None  # a date as the body writes it
    outlet: str | None = None
    link: str | None = None  # the article's own address, as a line at the end gave it
    removed: tuple[str, ...] = ()  # boilerplate, line by line


def read_html(html: str, base: str | None, boilerplate: Boilerplate, title: str | None = None) -> CleanBody:
    """Reads a fragment or a page; `base` is the http(s) address that its relative links start from.

    `title` is what the article is called elsewhere: a line that says the same is its headline.
    """
    source = bound_nesting(_unwrapped(clean_text(html[:MAX_HTML])))
    blocks = _read(source)
    sifted = sift(_without_pinyin(blocks.lines), boilerplate, _headlines(title, blocks))
    marked = _SOURCE_LABEL.sub("", blocks.source_text) if blocks.source_text else None
    return CleanBody(
        text="\n".join(sifted.kept)[:MAX_TEXT],
        html=_sanitised(source, base),
        heading=blocks.heading,
        time_text=_date_in(blocks.time_text) or sifted.time_text,
        outlet=sifted.outlet or marked or sifted.dateline_outlet,
        link=sifted.link,
        removed=sifted.removed,
    )


def html_of_plain(text: str) -> str:
    """Plain text as HTML that reads back as the same lines: one paragraph a line."""
    lines = (line.strip() for line in text.splitlines())
    return "\n".join(f"<p>{entities.escape(line, quote=False)}</p>" for line in lines if line)


def _unwrapped(html: str) -> str:
    """Takes off what a careless publisher put round the markup: CDATA signs, one escaping too many."""
    html = html.replace("<![CDATA[", "").replace("]]>", "")
    if _ESCAPED_MARKUP.search(html) and not _MARKUP.search(html):
        return entities.unescape(html)
    return html


def _read(source: str) -> Blocks:
    # In a body, whatever it begins with: a <noscript> that comes first would open a head, and its text
    # would fall out of it.
    tree = LexborHTMLParser(f"<body>{source}")
    root = tree.body or tree.root
    if root is None:
        return Blocks()
    shown = read_blocks(root)
    if not shown.hidden:
        return shown
    everything = read_blocks(root, with_hidden=True)
    return shown if _size(shown) >= _SHOWN_SHARE * _size(everything) else everything


def _headlines(title: str | None, blocks: Blocks) -> list[str]:
    """What the article is called; without a title and a heading its first line, unless that is a sentence."""
    known = [headline for headline in (title, blocks.heading) if headline]
    first = blocks.lines[:1]
    return known or [line for line in first if len(line) <= _HEADLINE and not line.endswith("。")]


def _without_pinyin(lines: list[str]) -> list[str]:
    readings = len(_TONED.findall("\n".join(lines)))
    return [_READING.sub("", line) for line in lines] if readings >= _LEAST_READINGS else lines


def _size(blocks: Blocks) -> int:
    return sum(map(len, blocks.lines))


def _date_in(text: str | None) -> str | None:
    """`每日经济新闻 2021-05-10 06:56:09` is marked as a time as a whole; its date is a part of it."""
    found = _DATE.search(text) if text else None
    return found[0] if found else None


def _sanitised(source: str, base: str | None) -> str | None:
    """Only harmless elements, and only links and pictures with an absolute http(s) address."""
    _BASE.set(base)
    return _CLEANER.clean(source).strip() or None


def _whole(_tag: str, name: str, value: str) -> str | None:
    # Also of those with a good scheme: `http:/host/x` is no address all the same.
    return absolute(_BASE.get(), value) if name in _ADDRESSES else value


_BASE: ContextVar[str | None] = ContextVar("_BASE")  # of the body that is being cleaned
# One for all bodies: to make one costs as much as to clean a short post.
_CLEANER = nh3.Cleaner(
    clean_content_tags=_CLEANER_DROPS, url_schemes={"http", "https"}, attribute_filter=_whole
)
