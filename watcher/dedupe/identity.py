"""The identity ladder within one source: guid, else canonical URL, else content.

Says under which key an entry will be recognised at the next poll; what is stored under it is the
judge's question.
"""

from watcher.model import Item
from watcher.text.urls import canonical

OF_PAGE = "+page"  # behind the hash of what a feed gave, when its page was read as well


def identity(item: Item, content_hash: str) -> str:
    """The key of an item within its source, never empty."""
    if item.guid:
        return item.guid
    if item.url:
        return canonical(item.url)
    return content_hash
