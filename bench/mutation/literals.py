"""Ways to break what is written inside a literal: SQL and patterns, where half of our decisions stand.

A table of pattern and replacement for each; works on the literal as it is written, so that a change
has a line. Any other string is emptied as a whole, elsewhere.
"""

import re
from collections.abc import Iterator
from itertools import chain

_SQL_OPENS = re.compile(r"f?\"+\s*\(?(?:SELECT|INSERT|UPDATE|DELETE|AND|items\.id|backlog|published_at)\b")
_SQL = {
    r" <= ": " < ", r" < ": " <= ", r" >= ": " > ", r" > ": " >= ", r" = ": " <> ", r"\bAND\b": "OR",
    r"\bOR\b(?! IGNORE| REPLACE)": "AND", r"\bNOT IN\b": "IN", r"(?<!NOT )\bIN\b": "NOT IN",
    r"\bIS NULL\b": "IS NOT NULL", r"\bIS NOT NULL\b": "IS NULL", r"\bNOT EXISTS\b": "EXISTS",
    r" \+ 1\b": " + 2", r" - 1\b": " - 2", r" DESC\b": "", r"\bmax\(": "min(", r"\bmin\(": "max(",
    r" OR IGNORE": "", r" DISTINCT": "", r"'[a-z]+'": "'XX'", r"\b0\b": "1", r" ORDER BY [a-z_.]+\b": "",
    r" LIMIT \?": " LIMIT 1 + ?",
}  # fmt: skip
_PATTERN = {
    r"(?<=[)\]}a-z\w.])\?(?![:=!<P])": "",  # "once or not at all" to "once"
    r"(?<=[)\]}\w.])\*": "+",
    r"(?<=[)\]}\w.])\+": "",
    r"\(\?<?[!=](?:[^()\[\]]|\[[^\]]*\])*\)": "",  # what must stand beside it
    r"(?<![\[(])\^|(?<=\()\^|\$(?=[)\"'|])": "",
    r"\[\^": "[",
    r"(?<=,)[0-9]+(?=\}\}?)": "999",
    r"\{\{?[0-9]+\}\}?": "+",
    r"\|[^()|\[\]{}?*+\"\\\n]+(?=[|)])": "",  # one of the words
}
_CHARS = re.compile(r"\[[^\]\n]{2,}\]")


def in_literal(written: str) -> Iterator[tuple[int, int, str]]:
    """Changes of a literal as it is written, quotes included: from which byte, to which, and what is new."""
    opening = re.match("[a-z]*", written, re.IGNORECASE)
    if opening and "r" in opening[0].lower():
        changes = chain(_each(written, _PATTERN), *map(_fewer, _CHARS.finditer(written)))
    elif _SQL_OPENS.match(written):
        changes = _each(written, _SQL)
    else:
        return
    for start, end, new in changes:
        yield len(written[:start].encode()), len(written[:end].encode()), new


def _each(written: str, table: dict[str, str]) -> Iterator[tuple[int, int, str]]:
    for pattern, new in table.items():
        for match in re.finditer(pattern, written):
            if match[0]:
                yield *match.span(), new


def _fewer(match: re.Match[str]) -> Iterator[tuple[int, int, str]]:
    """A class of characters without one of them; a range counts as one."""
    inner = match[0][1:-1]
    sign = "^" if inner.startswith("^") else ""
    parts = re.findall(r"\\.|.-.|.", inner.removeprefix("^"))
    for at in range(len(parts)):
        rest = "".join(parts[:at] + parts[at + 1 :])
        if rest:
            yield *match.span(), f"[{sign}{rest}]"
