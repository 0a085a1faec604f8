"""The article in the page behind a feed's entry, for feeds that give only a summary.

Our own rules first (`page`); where no block of the page stands out, trafilatura, if the extra `fulltext`
is installed. A page that shows no article gives None, never its menus.
"""

import importlib
from dataclasses import replace
from functools import cache
from typing import Any

from watcher.model import Entry, RawDocument
from watcher.parse.charset import charset
from watcher.parse.page import is_page, read_page
from watcher.text.encoding import decode
from watcher.text.html import MAX_HTML


def read_full_text(raw: RawDocument) -> Entry | None:
    """The page as an entry whose `html` is the article alone; None where there is none to be seen."""
    text = decode(raw.body, charset(raw.content_type)).text
    if not is_page(text):
        return None
    entry = read_page(text, raw.name, whole=False)
    html = entry.html or _by_library(text[:MAX_HTML])
    return replace(entry, html=html) if html else None


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
