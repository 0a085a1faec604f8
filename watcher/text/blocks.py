"""Walks parsed HTML and gives its lines as a reader sees them, with the few elements that name facts.

Blocks break lines, inline runs are joined without a blank (`<strong>工作</strong><strong>推进</strong>`
is 工作推进), a table row is one line. Judges no line. The walk is a loop: depth costs no stack.
"""

import re
from dataclasses import dataclass, field

from selectolax.lexbor import LexborNode

_BLOCK = frozenset({
    "address", "article", "aside", "blockquote", "body", "br", "caption", "center", "dd", "details",
    "dialog", "dir", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1",
    "h2", "h3", "h4", "h5", "h6", "header", "hgroup", "hr", "html", "legend", "li", "main", "menu",
    "ol", "p", "pre", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
})  # fmt: skip
_DROPPED = frozenset({
    "applet", "audio", "button", "canvas", "embed", "head", "iframe", "nav", "noscript", "object",
    "option", "rp", "rt", "script", "select", "style", "svg", "template", "textarea", "title", "video",
})  # fmt: skip
_HIDDEN_STYLE = re.compile(r"display\s{0,9}:\s{0,9}none", re.IGNORECASE)
_TIME_CLASS = re.compile(
    r"(?:^|[\s_-])(?:time|date|pubtime|pubdate|publish|published|fbsj)(?:$|[\s_-])", re.IGNORECASE
)
_SOURCE_CLASS = re.compile(r"(?:^|[\s_-])(?:source|laiyuan|media-?name|origin)(?:$|[\s_-])", re.IGNORECASE)
_MARK_LENGTH = 80  # characters; a longer element is a block that happens to bear such a class
_ENTRY_LENGTH = 200  # characters of an entry in a list of articles, and of the headline in it
_HEADLINE_LENGTH = 10
_MARK_TRIES = 30  # reading an element costs its size; a hostile page marks all of them

_CJK = "\u2e80-\u303f\u3400-\u9fff\uff00-\uffef"
_AFTER_SENTENCE = re.compile(rf"(?<=[。！？；…”])[^\S\n]*\n\s*(?=[{_CJK}“])")
_WRAPPED = re.compile(rf"(?<=[{_CJK}])[^\S\n]*\n\s*(?=[{_CJK}])")


@dataclass(slots=True)
class Blocks:
    """The lines of a piece of HTML, and the first elements that were marked as heading, time and source."""

    lines: list[str] = field(default_factory=list)
    heading: str | None = None
    time_text: str | None = None
    source_text: str | None = None
    hidden: bool = False  # something was left out because it is not shown


def read_blocks(root: LexborNode, *, with_hidden: bool = False) -> Blocks:
    """Reads everything below `root`; `with_hidden` also what the page does not show."""
    walk = _Walk(with_hidden=with_hidden)
    opened: list[tuple[LexborNode, str]] = []  # the elements we are in, the innermost last
    node: LexborNode | None = root.child
    while node is not None or opened:
        if node is None:
            last, tag = opened.pop()
            walk.leave(tag)
            node = last.next
        elif node.is_text_node:
            walk.text(node.text_content or "")
            node = node.next
        elif node.is_element_node:
            tag = node.tag or ""
            opened.append((node, tag))
            node = node.child if walk.enter(node, tag) else None
        else:
            node = node.next
    walk.end_line()
    return walk.found


class _Walk:
    """What has been seen so far: whole lines, the pieces of the one being written, open table rows."""

    def __init__(self, *, with_hidden: bool) -> None:
        self.found = Blocks()
        self._with_hidden = with_hidden
        self._pieces: list[str] = []
        self._rows: list[list[int]] = []  # per open <tr>, the line number at which each cell began
        self._heading_from: int | None = None
        self._preformatted = 0
        self._tries = _MARK_TRIES

    def enter(self, node: LexborNode, tag: str) -> bool:
        """Takes up an element on the way down; says whether to go into it."""
        if not self._shown(node, tag):
            return False
        if tag in _BLOCK:
            self.end_line()
            self._open(tag)
        return True

    def text(self, text: str) -> None:
        """Takes up a run of text."""
        if not self._preformatted:
            self._pieces.append(text)
            return
        first, *others = text.split("\n")
        self._pieces.append(first)
        for line in others:
            self.end_line()
            self._pieces.append(line)

    def leave(self, tag: str) -> None:
        """Closes an element on the way up."""
        if tag not in _BLOCK:
            return
        self.end_line()
        if tag == "tr" and self._rows:
            self._close_row(self._rows.pop())
        elif tag == "pre":
            self._preformatted = max(0, self._preformatted - 1)
        elif tag == "h1" and self._heading_from is not None and self.found.heading is None:
            self.found.heading = " ".join(self.found.lines[self._heading_from :]) or None
            self._heading_from = None

    def end_line(self) -> None:
        """Ends the line being written, if there is one."""
        if not self._pieces:
            return
        text = "".join(self._pieces)
        self._pieces.clear()
        for part in _unwrapped(text) if "\n" in text else (text,):
            if line := " ".join(part.split()):
                self.found.lines.append(line)

    def _shown(self, node: LexborNode, tag: str) -> bool:
        if tag in _DROPPED:
            return False
        attributes = node.attributes
        if not attributes:
            return True
        self._mark(node, tag, attributes)
        hidden = "hidden" in attributes or _HIDDEN_STYLE.search(attributes.get("style") or "")
        self.found.hidden = self.found.hidden or bool(hidden)
        return self._with_hidden or not hidden

    def _open(self, tag: str) -> None:
        if tag == "tr":
            self._rows.append([])
        elif tag in {"td", "th"} and self._rows:
            self._rows[-1].append(len(self.found.lines))
        elif tag == "pre":
            self._preformatted += 1
        elif tag == "h1" and self._heading_from is None:
            self._heading_from = len(self.found.lines)

    def _close_row(self, cells: list[int]) -> None:
        """Makes a row whose cells hold one line each a single line; other tables only lay a page out."""
        ends = [*cells[1:], len(self.found.lines)]
        if len(cells) < 2 or any(end - start > 1 for start, end in zip(cells, ends, strict=True)):
            return
        texts = ["".join(self.found.lines[start:end]) for start, end in zip(cells, ends, strict=True)]
        row = "\t".join(texts).strip()
        self.found.lines[cells[0] :] = [row] if row else []

    def _mark(self, node: LexborNode, tag: str, attributes: dict[str, str | None]) -> None:
        found, classes = self.found, attributes.get("class") or ""
        if not classes and tag != "time":
            return
        if found.time_text is None and tag == "time" and attributes.get("datetime"):
            found.time_text = attributes["datetime"]
        elif found.time_text is None and (tag == "time" or _TIME_CLASS.search(classes)):
            text = self._mark_text(node, with_digit=True)
            found.time_text = None if text and _beside_a_headline(node) else text
        elif found.source_text is None and _SOURCE_CLASS.search(classes):
            found.source_text = self._mark_text(node, with_digit=False)

    def _mark_text(self, node: LexborNode, *, with_digit: bool) -> str | None:
        if self._tries == 0:
            return None
        self._tries -= 1
        text = " ".join(node.text(deep=True).split())
        fits = 0 < len(text) <= _MARK_LENGTH and (not with_digit or any(char.isdigit() for char in text))
        return text if fits else None


def _unwrapped(text: str) -> list[str]:
    """A text that was wrapped for a terminal: lines joined where a sentence goes on."""
    return [_WRAPPED.sub("", part) for part in _AFTER_SENTENCE.split(text)]


def _beside_a_headline(node: LexborNode) -> bool:
    """Whether a date stands in a list of other articles: in a short block with a long link in it."""
    block = node
    while block.parent is not None and (block.tag == "a" or block.tag not in _BLOCK):
        if block.tag == "a":
            return True
        block = block.parent
    if len(block.text(deep=True)) > _ENTRY_LENGTH:
        return False
    return any(len(link.text(deep=True).strip()) >= _HEADLINE_LENGTH for link in block.css("a"))
