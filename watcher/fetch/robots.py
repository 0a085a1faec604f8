"""robots.txt, as RFC 9309 has it: which pages of a site our program may fetch. Pure: text in, answer out.

The longest matching rule decides, and `allow` wins a draw. A group is ours when it names us; only
without one do the rules for everybody (`*`) hold.
"""

import re
from collections.abc import Iterator
from urllib.parse import quote, unquote, urlsplit

PRODUCT = "watcher"
MAX_CHARS = 500 * 1024  # RFC 9309, 2.5: parse at least 500 kibibytes

_LINE = re.compile(r"\s*([A-Za-z-]{1,40})\s*:\s*(.*?)\s*(?:#.*)?", re.DOTALL)
_MOST_PIECES = 64  # of a rule; more stars than that are no honest pattern


def allows(rules: str, url: str) -> bool:
    """Whether a robots.txt lets us fetch a page of its site."""
    parts = urlsplit(url)
    path = _normal((parts.path or "/") + (f"?{parts.query}" if parts.query else ""))
    if path == "/robots.txt":
        return True
    matching = [(len(rule), allow) for allow, rule in _ours(rules) if _matches(rule, path)]
    return max(matching, default=(0, True))[1]


def _ours(rules: str) -> list[tuple[bool, str]]:
    """(allow, pattern) of the groups that hold for us; several groups for one name are one."""
    named: list[tuple[bool, str]] = []
    everybody: list[tuple[bool, str]] = []
    us = False
    for agents, rule in _groups(rules[:MAX_CHARS]):
        if PRODUCT in agents:
            us = True
            named += rule
        elif "*" in agents:
            everybody += rule
    return named if us else everybody


def _groups(text: str) -> Iterator[tuple[set[str], list[tuple[bool, str]]]]:
    agents: set[str] = set()
    rules: list[tuple[bool, str]] = []
    in_rules = False
    for key, value in _lines(text):
        if key == "user-agent":
            if in_rules:
                yield agents, rules
                agents, rules, in_rules = set(), [], False
            agents.add(value.partition("/")[0].strip().lower())
        elif key in {"allow", "disallow"} and agents:
            in_rules = True
            if value:  # an empty `Disallow:` forbids nothing
                rules.append((key == "allow", _normal(value)))
    yield agents, rules


def _lines(text: str) -> Iterator[tuple[str, str]]:
    for line in text.removeprefix("\ufeff").splitlines():
        if match := _LINE.fullmatch(line[:2000]):
            yield match[1].lower(), match[2].partition("#")[0].strip()


def _matches(rule: str, path: str) -> bool:
    """`*` stands for anything, `$` at the end for the end; found piece by piece, in linear time."""
    anchored = rule.endswith("$")
    first, *pieces = rule.removesuffix("$").split("*")[:_MOST_PIECES]
    if not path.startswith(first):
        return False
    at = len(first)
    last = pieces.pop() if anchored and pieces else None
    for piece in pieces:
        found = path.find(piece, at)
        if found < 0:
            return False
        at = found + len(piece)
    if not anchored:
        return True
    return path.endswith(last) and len(path) - len(last) >= at if last is not None else at == len(path)


def _normal(path: str) -> str:
    """Percent-encoded alike on both sides: `/重庆`, `/%e9%87%8d%e5%ba%86`."""
    return quote(unquote(path, errors="replace"), safe="/*$?&=;:@!'()+,~[]%")
