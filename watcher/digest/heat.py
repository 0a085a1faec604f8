"""The headline block: how many stories each region or topic has, what they are about, and what is unusual.

Counts stories and not copies: forty papers that print one dispatch are one event.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Literal

from watcher.digest.baseline import is_spike, periods, reach, usual
from watcher.digest.group import NO_KEY, group_key, key_label, roll_up, short_name
from watcher.digest.match import region_codes, topic_ids
from watcher.model import Background, DigestSpec, HeatRow, Labels, StoredItem

Axis = Literal["region", "topic", "source"]
_Keys = Callable[[StoredItem], Iterable[str]]

_PAST = 7  # periods shown as a small line


def heat_rows(
    items: Sequence[StoredItem], spec: DigestSpec, labels: Labels, until: datetime, behind: Background
) -> tuple[HeatRow, ...]:
    """One row a section, most stories first; for a digest without sections one a topic."""
    axis: Axis = "topic" if spec.group_by == "none" else spec.group_by
    rows = _rows(items, _sections(spec, labels), axis, (spec, labels), until, behind)
    return tuple(sorted(rows, key=lambda row: (not row.key, -row.count, row.key)))


def spikes(
    items: Sequence[StoredItem], spec: DigestSpec, labels: Labels, until: datetime, behind: Background
) -> tuple[HeatRow, ...]:
    """What stands out by what the sections do not show: topics, or regions where those are topics."""
    axis: Axis = "region" if spec.group_by in {"topic", "none"} else "topic"
    rows = _rows(items, _tags(axis, spec, labels), axis, (spec, labels), until, behind)
    found = [row for row in rows if row.spike and row.key]
    return tuple(sorted(found, key=lambda row: (-row.count, row.key)))


def stories(items: Iterable[StoredItem]) -> int:
    """How many events these items tell of."""
    return len({item.story_id or -item.id for item in items})


def _rows(
    items: Sequence[StoredItem],
    keys: _Keys,
    axis: Axis,
    audience: tuple[DigestSpec, Labels],
    until: datetime,
    behind: Background,
) -> list[HeatRow]:
    spec, labels = audience
    earlier = _counted(behind, until, keys)
    rows = []
    for key, members in _by_key(items, keys).items():
        past = [counts[key] for counts in earlier]
        before = usual(past)
        # What arrived late, or was carried over, is news of another day.
        fresh = [i for i in members if (i.published_at or i.first_seen_at) > until - behind.length]
        rows.append(
            HeatRow(
                key=key,
                label=key_label(axis, key, labels) if key else NO_KEY[axis],
                count=stories(members),
                detail=_detail(members, axis, spec, labels),
                usual=before.level if before else None,
                spike=is_spike(stories(fresh), before),
                past=tuple(past[-_PAST:]) if before else (),
            )
        )
    return rows


def _counted(behind: Background, until: datetime, keys: _Keys) -> list[Counter[str]]:
    """The stories by key of each earlier period, oldest first."""
    first = reach(until, behind.length, behind.known_from) if behind.known_from else None
    if first is None:
        return []
    found = periods(behind.earlier, first, until - behind.length, behind.length)
    return [
        Counter({key: stories(members) for key, members in _by_key(period, keys).items()}) for period in found
    ]


def _by_key(items: Iterable[StoredItem], keys: _Keys) -> dict[str, list[StoredItem]]:
    found: dict[str, list[StoredItem]] = {}
    for item in items:
        for key in keys(item):
            found.setdefault(key, []).append(item)
    return found


def _sections(spec: DigestSpec, labels: Labels) -> _Keys:
    if spec.group_by == "none":
        tagged = _tags("topic", spec, labels)
        return lambda item: tagged(item) or ("",)
    return lambda item: (group_key(item, spec, labels),)


def _tags(axis: Axis, spec: DigestSpec, labels: Labels) -> Callable[[StoredItem], set[str]]:
    if axis == "topic":
        return lambda item: topic_ids(item, spec)
    return lambda item: {roll_up(code, labels) for code in region_codes(item, spec)}


def _detail(
    items: Iterable[StoredItem], axis: Axis, spec: DigestSpec, labels: Labels
) -> tuple[tuple[str, int], ...]:
    """What a row's items are about: topics; regions where the row is a topic."""
    other: Axis = "region" if axis == "topic" else "topic"
    counts = [
        (short_name(key, labels) if other == "region" else labels.topics.get(key, key), stories(told))
        for key, told in _by_key(items, _tags(other, spec, labels)).items()
    ]
    return tuple(sorted(counts, key=lambda pair: (-pair[1], pair[0])))
