"""Makes hostile HTML cheap to parse: bounds how deep elements nest before a parser sees them.

Every HTML5 parser needs quadratic time for `<div>` 200,000 deep (58 s), and opens each forgotten
`<font>` again in every later paragraph (24 KB become a million nodes). Browsers cap the depth as
well. Works on tag names alone, changes nothing in ordinary pages, and never touches text.
"""

import re
from collections import Counter

MAX_DEPTH = 256
_REOPENED_BUDGET = 100_000  # nodes that forgotten formatting may cost a document

_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
_VOID = frozenset({
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source",
    "track", "wbr",
})  # fmt: skip
# These close themselves when the next one begins, and nest only through an element that is counted.
_SELF_CLOSING = frozenset({
    "p", "li", "dt", "dd", "tr", "td", "th", "thead", "tbody", "tfoot", "option", "optgroup", "rt", "rp",
})  # fmt: skip
# Their content is no markup: dropping the tag would make a script readable text.
_RAW_TEXT = frozenset({"script", "style", "textarea", "title", "iframe", "noscript", "template"})
_UNCOUNTED = _VOID | _SELF_CLOSING | _RAW_TEXT
_FORMATTING = frozenset({
    "a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u",
})  # fmt: skip


def bound_nesting(html: str) -> str:
    """Returns `html` with the tags that nest too deep made harmless: a block becomes a line break."""
    tags = html.count("<")
    if tags <= MAX_DEPTH:  # nearly every article of a feed
        return html
    formatting_limit = min(MAX_DEPTH, max(2, _REOPENED_BUDGET // tags))
    return _TAG.sub(_Bounds(formatting_limit), html)


class _Bounds:
    """Counts what stands open while the tags go by, in order."""

    def __init__(self, formatting_limit: int) -> None:
        self._limits = {True: formatting_limit, False: MAX_DEPTH}
        self._depth = {True: 0, False: 0}  # of formatting, of everything else
        self._open: Counter[str] = Counter()
        self._dropped: Counter[str] = Counter()

    def __call__(self, tag: re.Match[str]) -> str:
        name = tag[2].lower()
        if name in _UNCOUNTED:
            return tag[0]
        return self._closing(tag[0], name) if tag[1] else self._opening(tag[0], name)

    def _opening(self, written: str, name: str) -> str:
        formatting = name in _FORMATTING
        if self._depth[formatting] < self._limits[formatting]:
            self._depth[formatting] += 1
            self._open[name] += 1
            return written
        self._dropped[name] += 1
        return "<wbr" if formatting or name == "span" else "<br"  # attributes follow and do no harm

    def _closing(self, written: str, name: str) -> str:
        if self._dropped[name]:
            self._dropped[name] -= 1
            return "</wbr"  # no such end tag: parsers skip it
        if self._open[name]:
            self._open[name] -= 1
            self._depth[name in _FORMATTING] -= 1
        return written
