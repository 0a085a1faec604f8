"""The article in the page behind a feed's entry, for feeds that give only a summary.

Our own rules first (`page`); where no block of the page stands out, trafilatura, if the extra `fulltext`
is installed. What is no article of that name (a menu, a login wall) never replaces the feed's text.
"""

import importlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from watcher.model import Entry, Item, RawDocument
from watcher.parse.charset import charset
from watcher.parse.normalise import normalise
from watcher.parse.page import is_page, read_page
from watcher.text.boilerplate import Boilerplate
from watcher.text.encoding import decode
from watcher.text.html import MAX_HTML

_SAME_NAME = 0.5  # of the pairs of letters in a title that its article's page must hold


def with_pages(
    items: Sequence[Item], pages: Mapping[str, RawDocument], timezone: ZoneInfo, boilerplate: Boilerplate
) -> list[Item]:
    """The items of a feed, each with the text of its page where that says more; `pages` are by URL.

    A text that two pages share is no article but what a site shows to strangers: both keep the feed's.
    """
    full = [_with_page(item, pages.get(item.url or ""), timezone, boilerplate) for item in items]
    times = Counter(item.text for item in full if item.text_from == "page")
    return [given if times[found.text] > 1 else found for given, found in zip(items, full, strict=True)]


def read_full_text(raw: RawDocument) -> Entry | None:
    """The page as an entry whose `html` is the article alone; None where there is none to be seen."""
    text = decode(raw.body, charset(raw.content_type)).text
    if not is_page(text):
        return None
    entry = read_page(text, raw.name, whole=False)
    html = entry.html or _by_library(text[:MAX_HTML])
    return replace(entry, html=html) if html else None


def _with_page(given: Item, page: RawDocument | None, timezone: ZoneInfo, boilerplate: Boilerplate) -> Item:
    entry = read_full_text(page) if page else None
    if page is None or entry is None:
        return given
    found = normalise(replace(entry, title=given.title), timezone, page.fetched_at, boilerplate)
    if len(found.text) <= len(given.text) or not _is_about(given.title, f"{entry.title}\n{found.text}"):
        return given
    dated = given if given.published_at or not found.published_at else found
    return replace(
        given,
        text=found.text,
        html=found.html,
        removed=found.removed,
        author=given.author or found.author,
        outlet=given.outlet or found.outlet,
        published_at=dated.published_at,
        published_from=dated.published_from,
        published_raw=dated.published_raw,
        text_from="page",
    )


def _is_about(title: str, page: str) -> bool:
    """Whether a page is the article of that title, and no login form: most of its words stand there."""
    pairs = _pairs(title)
    return not pairs or len(pairs & _pairs(page)) >= _SAME_NAME * len(pairs)


def _pairs(text: str) -> set[tuple[str, str]]:
    return set(pairwise(char for char in text.casefold() if char.isalnum()))


def _by_library(text: str) -> str | None:
    library = _trafilatura()
    if library is None:
        return None
    found: str | None = library.extract(text, output_format="html", include_comments=False)
    return found


@cache
def _trafilatura() -> Any:
    try:
        return importlib.import_module("trafilatura")
    except ImportError:
        return None
