"""A digest as a short message for a chat: what stands out, the first titles, and how many more there are.

Markdown that shows well where only links and bold are known, and reads well where none is. At most
4,000 bytes: a robot of 企业微信 takes 4,096, and others cut in the middle of a link.
"""

from collections.abc import Iterator

from watcher.digest.markdown import escape
from watcher.digest.view import Card, Page, page
from watcher.model import Digest

LONGEST = 4_000  # bytes
_BARS = 5


def render(digest: Digest) -> str:
    """The message; its first line is its title."""
    shown = page(digest)
    cards = [card for section in shown.sections for card in section.cards]
    for number in range(len(cards), 0, -1):
        text = _text(shown, cards[:number], digest.cut + len(cards) - number)
        if len(text.encode()) <= LONGEST:
            return text
    return _text(shown, [], digest.cut + len(cards))


def _text(shown: Page, cards: list[Card], more: int) -> str:
    return "\n".join(_lines(shown, cards, more)) + "\n"


def _lines(shown: Page, cards: list[Card], more: int) -> Iterator[str]:
    yield f"{shown.title} · {shown.date}"
    yield from ("", shown.counts)
    if shown.empty:
        yield shown.empty
    for bar in shown.bars[:_BARS] if cards else ():
        if bar.spike:
            yield f"**{escape(bar.label)}** {bar.count}（{bar.usual}）▲"
    for heading, line in shown.news if cards else ():
        yield f"**{heading}** {escape(line)}"
    yield ""
    for card in cards:
        title = escape(card.title)
        yield f"{card.number}. " + (f"[{title}]({card.url})" if card.url else title)
    if more:
        yield f"还有 {more} 条"
