"""One item a story: which of several copies to show. Pure; what a story is was decided when they came."""

from collections.abc import Iterable

from watcher.model import StoredItem

_FULL = 0.5  # of the longest copy's text: a shorter one is an excerpt, and a poor thing to read


def one_a_story(items: Iterable[StoredItem]) -> list[StoredItem]:
    """Of each story the first publisher's item, unless that is an excerpt; in the order of the items given.

    Items without a story stand for themselves.
    """
    copies: dict[tuple[str, int], list[StoredItem]] = {}
    for item in items:
        key = ("item", item.id) if item.story_id is None else ("story", item.story_id)
        copies.setdefault(key, []).append(item)
    return [_best(told) for told in copies.values()]


def _best(copies: list[StoredItem]) -> StoredItem:
    longest = max(len(item.text) for item in copies)
    full = [item for item in copies if len(item.text) >= _FULL * longest]
    return min(full, key=lambda item: (item.published_at or item.first_seen_at, item.id))
