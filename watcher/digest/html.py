"""A digest as one HTML page for mail clients and phones: tables, inline CSS, under 100 KB.

Mail clients cut longer mails off (Gmail at 102 KB), so a page that would be longer shows fewer leads,
and says so. Feed text is only ever a variable of a template.
"""

from bisect import bisect_right
from collections.abc import Callable

from watcher.digest.templates import SHIPPED, Shortened, Templates, fill
from watcher.digest.view import page
from watcher.model import Digest

LONGEST = 100_000  # bytes


def render(digest: Digest, templates: Templates = SHIPPED) -> str:
    """The page, with as many leads, and if even none fit, as many items, as stay under 100 KB."""
    shown, last = page(digest), digest.items

    def make(items: int, leads: int) -> str:
        return fill(templates, "html", shown, Shortened(items, leads, last))

    whole = make(last, last)
    if _fits(whole):
        return whole
    if _fits(make(last, 0)):
        return make(last, _most(last, lambda number: make(last, number)))
    return make(_most(last, lambda number: make(number, 0)), 0)


def _most(highest: int, make: Callable[[int], str]) -> int:
    """The greatest number up to `highest` whose page fits, or 0."""
    fitting = bisect_right(range(highest + 1), False, key=lambda number: not _fits(make(number)))
    return max(fitting - 1, 0)


def _fits(text: str) -> bool:
    return len(text.encode()) < LONGEST
