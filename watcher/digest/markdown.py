"""A digest as Markdown (CommonMark with GitHub's tables); feed text in it stays text."""

import re
from collections.abc import Iterator

from watcher.digest.view import Card, Page, Section, page
from watcher.model import Digest

# What could open emphasis, code, a link, an image, a tag, an entity, a table cell or strike-through.
_MARKUP = re.compile(r"([\\`*_\[\]<>&~|$])")
# What could open a block at the start of a line: headings, lists, quotes, rules, "1." and "1)".
_BLOCK = re.compile(r"^(\d{1,9}(?=[.)])|(?=[#+=-]))")
# Bare addresses that GitHub would turn into links.
_ADDRESS = re.compile(r"(?<=[A-Za-z])(:)(?=//)|(?<=\bwww)(\.)|(?<=\S)(@)(?=\S)", re.IGNORECASE)


def render(digest: Digest) -> str:
    """The whole digest; links are http(s) only, in angle brackets."""
    return "\n".join(_lines(page(digest))) + "\n"


def escape(text: str) -> str:
    """One line of feed text that Markdown shows as it is."""
    return _ADDRESS.sub(r"\\\g<0>", _BLOCK.sub(r"\1\\", _MARKUP.sub(r"\\\1", text)))


def _lines(shown: Page) -> Iterator[str]:
    yield f"# {escape(shown.title)}"
    yield from ("", f"{shown.date} · {shown.counts}")
    if shown.empty:
        yield from ("", shown.empty)
    yield from _headline(shown)
    for section in shown.sections:
        yield from _section(section)
    if shown.cut:
        yield from ("", escape(shown.cut) + (f" [→](<{shown.cut_link}>)" if shown.cut_link else ""))
    yield from ("", "---")
    for line in shown.why:
        yield from ("", escape(line))


def _headline(shown: Page) -> Iterator[str]:
    if shown.bars:
        yield from ("", "## 要点", "", "| | 条 | 平时 | |", "| --- | ---: | --- | --- |")
    for bar in shown.bars:
        against = f"{bar.against} {bar.line}".strip()
        yield f"| {escape(bar.label)} | {bar.count} | {against} | {escape(bar.detail)} |"
    for heading, line in shown.news:
        yield from ("", f"**{heading}** {escape(line)}")


def _section(section: Section) -> Iterator[str]:
    if section.heading:
        yield from ("", f"## {escape(section.heading)}")
    for card in section.cards:
        yield from ("", *_card(card))
    if section.more:
        yield from ("", section.more)


def _card(card: Card) -> Iterator[str]:
    number = f"{card.number}. "
    indent = " " * len(number)
    title = escape(card.title)
    yield number + (f"**[{title}](<{card.url}>)**" if card.url else f"**{title}**")
    chips = " · ".join(card.topics + card.regions)
    for line in (f"{card.about} · #{card.item_id}", card.lead, card.figure_line, chips):
        if line:
            yield from ("", indent + escape(line))
