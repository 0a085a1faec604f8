"""A digest as plain text for mail and terminal: 76 columns, a Chinese character takes two."""

from collections.abc import Iterator

from watcher.digest.view import Bar, Card, Page, page
from watcher.model import Digest
from watcher.text.width import clip, pad, width, wrap

_COLUMNS = 76
_BAR = 12
_INDENT = "     "
_NEWS = " " * 12  # under four characters of heading


def render(digest: Digest) -> str:
    """The whole digest; lines are wrapped, except for addresses, which must stay whole."""
    return "\n".join(_lines(page(digest))) + "\n"


def _lines(shown: Page) -> Iterator[str]:
    yield from wrap(shown.header, _COLUMNS)
    yield "═" * _COLUMNS
    if shown.empty:
        yield from ("", *wrap(shown.empty, _COLUMNS))
    if shown.bars:
        yield from ("", "要点", *_heat(shown.bars))
    for heading, line in shown.news:
        first, *rest = wrap(line, _COLUMNS - len(_NEWS))
        yield f"  {pad(heading, 8)}  {first}"
        yield from (_NEWS + each for each in rest)
    for section in shown.sections:
        yield from ("", "", _heading(section.heading)) if section.heading else ("",)
        for card in section.cards:
            yield from ("", *_card(card))
        if section.more:
            yield from ("", _INDENT + section.more)
    if shown.cut:
        yield from ("", *wrap(shown.cut, _COLUMNS))
        if shown.cut_link:
            yield shown.cut_link
    yield from ("", "─" * _COLUMNS)
    for line in shown.why:
        yield from wrap(line, _COLUMNS)


def _heat(bars: tuple[Bar, ...]) -> Iterator[str]:
    labels = min(max(width(bar.label) for bar in bars), 24)
    room = max(width(bar.against) for bar in bars)
    for bar in bars:
        blocks = "█" * max(1, round(_BAR * bar.share / 100))
        label, amount = pad(clip(bar.label, labels), labels), pad(f"{blocks} {bar.count}", _BAR + 5)
        against = pad(bar.against, room) + "  " if room else ""
        yield clip(f"  {label}  {amount}  {against}{bar.detail}".rstrip(), _COLUMNS)


def _heading(text: str) -> str:
    return f"── {text} " + "─" * max(0, _COLUMNS - width(text) - 4)


def _card(card: Card) -> Iterator[str]:
    first, *rest = wrap(card.title, _COLUMNS - len(_INDENT))
    yield f"{card.number:>3}  {first}"
    yield from _indented(rest)
    yield from _indented(wrap(f"{card.about} · #{card.item_id}", _COLUMNS - len(_INDENT)))
    yield from _indented(wrap(card.lead or "", _COLUMNS - len(_INDENT)))
    yield from _indented(wrap(card.figure_line, _COLUMNS - len(_INDENT)))
    yield from _indented(wrap(" · ".join(card.topics + card.regions), _COLUMNS - len(_INDENT)))
    if card.url:
        yield _INDENT + card.url


def _indented(lines: list[str]) -> Iterator[str]:
    return (_INDENT + line for line in lines)
