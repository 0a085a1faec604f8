"""Finds the line of a TOML file on which a key stands, for error messages.

The standard parser keeps no positions, so this reads the text again, just well enough: tables,
arrays of tables and `key =` lines, with multi-line strings and arrays passed over. A key that it
cannot place yields the line of its table, or None.
"""

import re
from collections.abc import Sequence

Place = tuple[str | int, ...]

_HEADER = re.compile(r"^\s*(\[\[?)\s*(.+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"""^\s*((?:"[^"]*"|'[^']*'|[\w-]+)(?:\s*\.\s*(?:"[^"]*"|'[^']*'|[\w-]+))*)\s*=(.*)$""")
_PART = re.compile(r""""([^"]*)"|'([^']*)'|([\w-]+)""")


def line_of(text: str, place: Sequence[str | int]) -> int | None:
    """The line, from 1, of the deepest part of `place` that the text shows.

    `place` is a path as pydantic gives it: `("source", 3, "interval")`.
    """
    lines = _index(text)
    wanted = tuple(place)
    while wanted:
        if wanted in lines:
            return lines[wanted]
        wanted = wanted[:-1]
    return None


def _index(text: str) -> dict[Place, int]:
    found: dict[Place, int] = {}
    counts: dict[Place, int] = {}
    table: Place = ()
    closing = ""  # what ends the multi-line value we are inside of
    depth = 0
    for number, line in enumerate(text.splitlines(), 1):
        if closing:
            closing = "" if closing in line else closing
            continue
        if depth > 0:
            depth += _opened(line)
            continue
        if header := _HEADER.match(line):
            table = _enter(header[1] == "[[", _parts(header[2]), counts)
            found.setdefault(table, number)
        elif key := _KEY.match(line):
            found.setdefault((*table, *_parts(key[1])), number)
            value = key[2].strip()
            closing = next((q for q in ('"""', "'''") if value.startswith(q) and value.count(q) == 1), "")
            depth = 0 if closing else max(0, _opened(value))
    return found


def _enter(is_array: bool, parts: Sequence[str], counts: dict[Place, int]) -> Place:
    # [[digest.deliver]] belongs to the digest begun last: ("digest", 2, "deliver", 0).
    table: Place = ()
    for part in parts[:-1]:
        table = (*table, part)
        if table in counts:
            table = (*table, counts[table] - 1)
    table = (*table, parts[-1])
    if not is_array:
        return table
    counts[table] = counts.get(table, 0) + 1
    return (*table, counts[table] - 1)


def _parts(dotted: str) -> list[str]:
    return [a or b or c for a, b, c in _PART.findall(dotted)]


def _opened(text: str) -> int:
    bare = re.sub(r"""("(?:\\.|[^"\\])*"|'[^']*'|#.*)""", "", text)
    return bare.count("[") + bare.count("{") - bare.count("]") - bare.count("}")
