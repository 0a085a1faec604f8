"""Feed text made fit to print: one line, nothing invisible, nothing that turns its neighbours around.

The last border before a reader: whatever the store holds (a title with bidi overrides, a newline,
10,000 characters, `javascript:` for a link), what comes out here is harmless in any format. Escaping
for a format is that format's own business.
"""

import re
from urllib.parse import quote, urlsplit

_BREAKS = re.compile(r"[\x00-\x20\x7f-\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+")
# Soft hyphen, zero width and bidi controls, fillers, annotations, noncharacters, surrogates, tags.
_UNSEEN = re.compile(
    "[\u00ad\u061c\u115f\u1160\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ud800-\udfff\ufdd0-\ufdef\ufeff\ufff0-\ufffb\ufffe\uffff\U000e0000-\U000e0fff]"
)
# More than two marks on a character spill over the lines above and below.
_MARK = "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]"
_MARKS = re.compile(f"({_MARK}{{2}}){_MARK}+")
# Everything RFC 3986 lets stand in a URI, and % of what is already quoted; ' as %27 for attributes.
_URI = "%/:?#[]@!$&()*+,;=-._~"
_LONGEST_LINK = 2_048  # characters; longer ones carry data, and twenty of them fill a mail


def one_line(text: str, limit: int) -> str:
    """The text as one printable line of at most `limit` characters, cut with an …."""
    text = _MARKS.sub(r"\1", _BREAKS.sub(" ", _UNSEEN.sub("", text))).strip()
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def link(url: str | None) -> str | None:
    """The URL in ASCII if a reader may be sent there: http(s), with a host, naming no user; else None."""
    try:
        parts = urlsplit((url or "").strip())
        host, port = parts.hostname or "", parts.port
        if not host.isascii():
            host = host.encode("idna").decode("ascii")  # UnicodeError is a ValueError
    except ValueError:
        return None
    # http://bank.example@evil.example/ shows one host and opens another.
    if parts.scheme not in {"http", "https"} or "@" in parts.netloc or not re.fullmatch(r"[\w.:-]+", host):
        return None
    netloc = (f"[{host}]" if ":" in host else host) + (f":{port}" if port else "")
    query = f"?{parts.query}" if parts.query else ""
    fragment = f"#{parts.fragment}" if parts.fragment else ""
    rest = f"{parts.path}{query}{fragment}".encode("utf-8", "replace")
    href = f"{parts.scheme}://{netloc}{quote(rest, safe=_URI)}"
    return href if len(href) <= _LONGEST_LINK else None
