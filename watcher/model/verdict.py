"""What should change in the store, as values: `judge` decides, `store` carries out."""

from dataclasses import dataclass

from watcher.model.item import TaggedItem


@dataclass(frozen=True, slots=True)
class Known:
    """What the store knows of an item that comes in: by its key in this source, and by its content."""

    sighting_item: int | None = None  # the item this source showed under this key before
    sighting_hash: str | None = None  # and the content it then had
    is_origin: bool = False  # this source brought that item first
    content_item: int | None = None  # an item, or a revision of one, that has this very content
    renamed: bool = False  # this source showed that very content before, under another key,
    renamed_url: str | None = None  # and this address
    is_buried: bool = False  # retention removed it: its key in this source, or its content


@dataclass(frozen=True, slots=True)
class New:
    """An article never seen."""

    item: TaggedItem


@dataclass(frozen=True, slots=True)
class Attached:
    """An article already kept, seen in one more place or under a new key."""

    item: TaggedItem
    item_id: int


@dataclass(frozen=True, slots=True)
class Changed:
    """The source that brought the article gives it a new text: the old one becomes a revision."""

    item: TaggedItem
    item_id: int


@dataclass(frozen=True, slots=True)
class Same:
    """Nothing to do."""

    item_id: int


@dataclass(frozen=True, slots=True)
class Buried:
    """An article that retention removed, and a feed still lists: it does not come back."""


Verdict = New | Attached | Changed | Same | Buried


@dataclass(frozen=True, slots=True)
class PollReport:
    """What one poll of one source did."""

    source_id: str
    outcome: str  # "new", "unchanged", "failed", "offline", "put off", "lapsed", "late"
    entries: int = 0
    new_items: int = 0
    changed_items: int = 0
    duration_ms: int = 0
    http_status: int | None = None
    received: int = 0  # bytes
    error_kind: str | None = None
    error: str | None = None
    notes: tuple[str, ...] = ()  # per document or entry: what could not be read, and why
