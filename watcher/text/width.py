"""Text in columns, where a Chinese character takes two: measure, pad, cut and wrap for plain-text output.

Knows nothing of terminals or mails; whoever calls says how many columns there are.
"""

import re
from itertools import accumulate

from rich.cells import cell_len

# What must not begin a line, and what must not end one (JIS X 4051 and GB/T 15834 agree on these).
_CLOSERS = "，。、；：！？）》」』】〉〕”’…—％·,.;:!?)\\]}%"
_OPENERS = "（《「『【〈〔“‘(\\[{"
_MARKS = "\u0300-\u036f\u200d\ufe00-\ufe0f"  # combining: never torn from the character before them

# A piece is a Latin word or number, or one character of any other script, with its punctuation.
_PIECE = re.compile(rf"(\s*)([{_OPENERS}]*(?:[!-~\u00a1-\u024f]+|\S)[{_MARKS}]*[{_CLOSERS}{_MARKS}]*)")


def width(text: str) -> int:
    """The columns that one line of text takes."""
    return cell_len(text)


def pad(text: str, columns: int) -> str:
    """The text with spaces behind it, at least `columns` wide."""
    return text + " " * max(0, columns - width(text))


def clip(text: str, columns: int) -> str:
    """The text, or as much of it as fits with an … behind it."""
    return text if width(text) <= columns else _head(text, columns - 1) + "…"


def wrap(text: str, columns: int) -> list[str]:
    """One paragraph as lines of at most `columns`.

    Breaks between Chinese characters and between Latin words; no line begins with 、 or ends with
    《. Only what is wider than a whole line (a URL) is torn inside.
    """
    lines: list[str] = []
    line = ""
    for space, piece in _PIECE.findall(text):
        joined = f"{line}{' ' if space and line else ''}{piece}"
        if width(joined) <= columns:
            line = joined
            continue
        if line:
            lines.append(line)
        *full, line = _torn(piece, columns)
        lines += full
    return [*lines, line] if line else lines


def _torn(piece: str, columns: int) -> list[str]:
    """A piece cut into parts of at most `columns`; nearly always one."""
    parts = []
    while width(piece) > columns:
        head = _head(piece, columns) or piece[0]
        parts.append(head)
        piece = piece[len(head) :]
    return [*parts, piece] if piece or not parts else parts


def _head(text: str, columns: int) -> str:
    """The longest beginning of text that fits."""
    ends = accumulate(width(character) for character in text)
    return text[: sum(end <= columns for end in ends)]
