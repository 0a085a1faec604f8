"""A digest as one HTML page for mail clients and phones: tables, inline CSS, under 100 KB.

Mail clients cut longer mails off (Gmail at 102 KB), so a page that would be longer shows fewer leads,
and says so. Feed text is only ever a variable: templates come with the package and run in a sandbox.
"""

from bisect import bisect_right
from collections.abc import Callable
from functools import cache

from jinja2 import PackageLoader, StrictUndefined, Template
from jinja2.sandbox import ImmutableSandboxedEnvironment

from watcher.digest.view import page
from watcher.model import Digest

LONGEST = 100_000  # bytes


def render(digest: Digest) -> str:
    """The page, with as many leads, and if even none fit, as many items, as stay under 100 KB."""
    shown, last = page(digest), digest.items

    def make(items: int, leads: int) -> str:
        return _template().render(page=shown, items=items, leads=leads, total=last)

    whole = make(last, last)
    if _fits(whole):
        return whole
    leads = _most(last, lambda number: make(last, number))
    return make(last, leads) if leads >= 0 else make(max(_most(last, lambda number: make(number, 0)), 0), 0)


def _most(highest: int, make: Callable[[int], str]) -> int:
    """The greatest number up to `highest` whose page fits; -1 if even that of 0 does not."""
    return bisect_right(range(highest + 1), False, key=lambda number: not _fits(make(number))) - 1


def _fits(text: str) -> bool:
    return len(text.encode()) < LONGEST


@cache
def _template() -> Template:
    environment = ImmutableSandboxedEnvironment(
        loader=PackageLoader("watcher.digest"),
        autoescape=True,  # by name it would be off: select_autoescape does not know "digest.html.j2"
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    return environment.get_template("digest.html.j2")
