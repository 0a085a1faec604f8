"""The border: every string from outside passes here before anything else looks at it.

Removes what cannot be stored, sent or seen, and nothing a reader would miss. Knows no HTML beyond
the tags that leak into titles.
"""

import html
import re
import unicodedata

MAX_TITLE = 512

_LINE_ENDS = re.compile("\r\n?|[\u0085\u2028\u2029\x0b\x0c]")
_UNSEEN_CLASS = (
    "\x00-\x08\x0e-\x1f\x7f-\x9f"  # controls: SQLite's length() stops at NUL, mail headers break at others
    "\ud800-\udfff"  # lone surrogates cannot be written as UTF-8
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # bidi controls turn "exe.txt" round
    "\u00ad\u180e\u200b-\u200d\u2060-\u2065\ufeff"  # zero width: 工\u200b业 would not match 工业
    "\u206a-\u206f\ufff9-\ufffb\U000e0000-\U000e007f"  # format characters without a glyph
    "\ufdd0-\ufdef\ufffe\uffff"  # no characters at all; XML refuses them
)
_UNSEEN = re.compile(f"[{_UNSEEN_CLASS}]+")
# A run of combining marks costs normalisation quadratic time (80,000 take 3.5 s); Unicode's own
# stream-safe format (UAX #15, section 13) stops at 30. A class that reaches beyond U+FFFF is 50 times
# slower to match, and marks out there are so rare that it is kept for texts that may have them.
_MARKS = "".join(chr(code) for code in range(0x300, 0x1E950) if unicodedata.combining(chr(code)))
_COMMON_MARKS = "".join(mark for mark in _MARKS if mark <= "\uffff")
_MANY_MARKS = re.compile(f"([{_COMMON_MARKS}]{{30}})[{_COMMON_MARKS}]+")
_MANY_RARE_MARKS = re.compile(f"([{_MARKS}]{{30}})[{_MARKS}]+")
_RARE_SCRIPT = re.compile("[\U00010000-\U0001efff]")
# All that the patterns above can touch. Most texts hold nothing of it: one look does for them.
_SUSPECT = re.compile(f"[\r\x0b\x0c\u2028\u2029{_UNSEEN_CLASS}{_COMMON_MARKS}\U00010000-\U0001efff]")

_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});")
_AMPERSANDS = re.compile(r"&(?:amp;)+")
_TITLE_TAG = re.compile(
    r"</?(?:a|abbr|b|big|br|center|cite|code|del|div|em|font|h[1-6]|i|iframe|img|ins|label|li|link|mark|p|s|script"
    r"|small|span|strike|strong|style|sub|sup|svg|u|wbr)(?:[\s/][^<>]{0,2000})?>",
    re.IGNORECASE,
)
_BLANKS = re.compile(r"\s+")


def clean_text(text: str, limit: int | None = None) -> str:
    r"""Returns `text` in NFC without controls (but `\n`, `\t`), surrogates, bidi and zero-width characters.

    The result can always be written as UTF-8, cleaning it again changes nothing, and it has at most
    `limit` characters.
    """
    if limit is not None:
        text = text[: 4 * limit]  # no need to clean what cannot stay
    if _SUSPECT.search(text):
        text = _UNSEEN.sub("", _LINE_ENDS.sub("\n", text))
        many_marks = _MANY_RARE_MARKS if _RARE_SCRIPT.search(text) else _MANY_MARKS
        text = many_marks.sub(r"\1", text)
    text = unicodedata.normalize("NFC", text)
    return text if limit is None else text[:limit]


def one_line(text: str, limit: int = MAX_TITLE) -> str:
    """Returns a title as one line: entities read, stray tags gone, blanks single; cut at `limit` with "…".

    Titles come escaped once too often (`&amp;lt;b&amp;gt;`) and with the `<em>` of search results, so
    reading them is repeated until nothing changes.
    """
    text, before = text[: 8 * limit], None
    while text != before:
        before = text
        text = _BLANKS.sub(" ", clean_text(_without_markup(text))).strip()
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def _without_markup(text: str) -> str:
    text = _TITLE_TAG.sub("", text)
    return _ENTITY.sub(lambda found: html.unescape(found[0]), _AMPERSANDS.sub("&", text))
