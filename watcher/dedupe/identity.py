"""The ladder of identity within one source: guid, else canonical URL, else content.

Says under which key an entry will be recognised at the next poll, and when a source's guids (or
addresses) are too fickle for that. What is stored under a key is the judge's question.
"""

from collections import Counter
from collections.abc import Sequence

from watcher.model import Item, Rung
from watcher.text.urls import canonical

OF_PAGE = "+page"  # behind the hash of what a feed gave, when its page was read as well
MANY = 3  # articles of one poll that came back under new keys: fewer may be accidents


def identity(item: Item, content_hash: str, rung: Rung | None = None) -> str:
    """The key of an item within its source, never empty. `rung` is where the ladder begins."""
    if item.guid and rung in {None, "guid"}:
        return item.guid
    if item.url and rung != "content":
        return canonical(item.url)
    return content_hash


def identities(items: Sequence[tuple[Item, str]], rung: Rung | None = None) -> list[str]:
    """The keys of one document's items, each given with its content hash.

    A key that several articles share tells nothing: a feed with the page's title as everybody's
    guid, or the site's front page as everybody's link. Those go down the ladder.
    """
    keys = [identity(item, content, rung) for item, content in items]
    for lower in _LOWER:
        shared = _shared(keys, [content for _, content in items])
        keys = [
            identity(item, content, lower) if key in shared else key
            for key, (item, content) in zip(keys, items, strict=True)
        ]
    return keys


def fallback(
    rung: Rung | None, renamed: Sequence[tuple[str | None, str | None]], entries: int
) -> Rung | None:
    """The rung a feed must fall back to, None while its keys hold.

    `renamed` are the addresses, now and before, of articles that this source had already shown, and
    shows again under a new key: feeds that put the hour or a random number into each guid do.
    """
    if rung == "content" or len(renamed) < MANY or 2 * len(renamed) < entries:
        return None
    firm = {
        canonical(now) for now, before in renamed if now and before and canonical(now) == canonical(before)
    }
    return "url" if len(firm) == len(renamed) and rung in {None, "guid"} else "content"


_LOWER: tuple[Rung, ...] = ("url", "content")


def _shared(keys: Sequence[str], contents: Sequence[str]) -> set[str]:
    holders = Counter(key for key, _ in set(zip(keys, contents, strict=True)))
    return {key for key, count in holders.items() if count > 1}
