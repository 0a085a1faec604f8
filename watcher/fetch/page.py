"""Recognises web pages that come in a feed's place and finds the one line in them worth showing."""

import re
from html import unescape

_LONGEST = 300
_HTML = re.compile(
    rb"(?is)\A(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*\?>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html)\b"
)
# RSSHub names its trouble in the first <code> after "Error Message"; the markup around it has changed
# over the years, the words have not.
_RSSHUB = re.compile(r"(?is)error message.{0,80}?<code[^>]*>(.*?)</code>")
_RSSHUB_PACKAGE = re.compile(r'(?s)\A\s*\{\s*"error"\s*:\s*\{\s*"message"\s*:\s*"((?:[^"\\]|\\.)*)"')
_TITLE = re.compile(r"(?is)<title[^>]*>(.*?)</title>")
_TAG = re.compile(r"(?s)<[^>]*>")


def is_web_page(body: bytes) -> bool:
    """Tells an HTML page from a feed by its first bytes; the Content-Type of either is often wrong."""
    return _HTML.match(body[:4096]) is not None


def message_of(page: bytes) -> str | None:
    """Returns what an error page says in one line: RSSHub's own message, else the page's title."""
    text = page.decode("utf-8", "replace")
    for pattern, prefix in ((_RSSHUB, "RSSHub says: "), (_RSSHUB_PACKAGE, "RSSHub says: "), (_TITLE, "")):
        match = pattern.search(text)
        line = " ".join(unescape(_TAG.sub(" ", match[1])).split()) if match else ""
        if line:
            return prefix + (line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…")
    return None
