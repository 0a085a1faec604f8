"""Which entries of a feed need not be read again: those that stood in its last answer, word for word.

A feed shows thirty entries and one of them is new. What the other twenty-nine mean is stored, so that
cleaning and tagging them would change nothing. Knows nothing of markup: it compares entries as the
parser gives them.
"""

import hashlib
import re
from collections.abc import Iterable, Sequence

from watcher.model import Entry, Item, Seen, Source
from watcher.text.urls import absolute, canonical

MARK = 8  # of a few hundred entries a source: two are alike once in 10^14 feeds

_YEAR = re.compile(r"(?:19|20)\d\d")


def fingerprints(entries: Iterable[Entry], source: Source, version: str) -> list[bytes]:
    """A mark for each entry as this version of the program, under this source's settings, would read it."""
    settings = (version, source.location, source.timezone.key, source.boilerplate, source.identity)
    salted = hashlib.blake2b(repr(settings).encode(), digest_size=MARK)
    found = []
    for entry in entries:
        mark = salted.copy()
        mark.update(repr(entry).encode("utf-8", "surrogatepass"))
        found.append(mark.digest())
    return found


def unseen(entries: Sequence[Entry], marks: Sequence[bytes], seen: Seen) -> list[int]:
    """Where the entries to read stand: those that are not among the seen, or all where that is not safe.

    Keys are given to a document's entries together, since a key that several share is none: a new entry
    under the guid or address of one that is passed over would get another key than in company.
    """
    everywhere = list(range(len(entries)))
    fresh = [at for at in everywhere if marks[at] not in seen]
    if not fresh or len(fresh) == len(entries):
        return fresh
    rest = [entries[at] for at in everywhere if marks[at] in seen]
    if not all(entry.guid or entry.url for entry in rest):
        return everywhere
    return everywhere if _names(entries[at] for at in fresh) & _names(rest) else fresh


def reads_alike_later(item: Item) -> bool:
    """Whether the same entry will read the same at the next poll: not so `3小时前`, or a date yet to come."""
    return item.published_raw is not None and _YEAR.search(item.published_raw) is not None


def _names(entries: Iterable[Entry]) -> set[str]:
    found = set()
    for entry in entries:
        if entry.guid:
            found.add(f"guid {entry.guid}")
        if entry.url:
            found.add(canonical(absolute(entry.base, entry.url) or entry.url))
    return found
