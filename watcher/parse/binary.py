"""Tells documents that are no text at all, so that a folder's pictures and PDFs become no articles.

Knows what people drop beside their notes by its first bytes, and the rest by its control characters.
Feeds with a stray one are not meant: whoever has a root element or front matter is not asked.
"""

import re

_LOOK = 4096  # characters
_STRAY = 2  # characters that no text should hold and some do,
_MOST = 0.03  # and the share of them beyond which it is none

_MAGIC = {
    b"%PDF-": "a PDF",
    b"PK\x03\x04": "a zip archive or an Office document",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": "an old Office document",
    b"{\\rtf": "a rich text document",
    b"\x89PNG\r\n": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"\x1f\x8b\x08": "a gzip archive",
    b"7z\xbc\xaf\x27\x1c": "a 7z archive",
    b"Rar!\x1a\x07": "a rar archive",
    b"SQLite format 3\x00": "a database",
    b"\x7fELF": "a program",
}
_NO_TEXT = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f-\x84\x86-\x9f\ufffd]")


def why_no_text(body: bytes, text: str) -> str | None:
    """One sentence on what a document is instead of text, or None for text; `text` is `body` decoded."""
    for magic, name in _MAGIC.items():
        if body.startswith(magic):
            return f"This is {name}, not a text."
    head = text[:_LOOK]
    strange = len(_NO_TEXT.findall(head))
    binary = strange > max(_STRAY, _MOST * len(head))
    return "This is binary data, not a text." if binary else None
