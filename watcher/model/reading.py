"""What the pipeline makes of documents, and the documents it gets at once."""

from collections.abc import Sequence
from dataclasses import dataclass

from watcher.model.entry import FeedHints
from watcher.model.fetched import RawDocument
from watcher.model.item import TaggedItem
from watcher.model.source import Seen, Source

Batch = tuple[Sequence[RawDocument], Source, Seen]  # of one source, with the entries that are known


@dataclass(frozen=True, slots=True)
class Reading:
    """What one document came to: items in the document's order, and what had to be guessed.

    Of a feed, `known` entries were passed over since its last answer held them word for word; `seen` are
    the fingerprints to pass over next time, once these items are stored.
    """

    name: str
    format: str
    items: tuple[TaggedItem, ...]
    hints: FeedHints
    notes: tuple[str, ...]
    title: str | None = None
    encoding: str | None = None
    encoding_from: str | None = None
    known: int = 0
    seen: Seen = frozenset()
