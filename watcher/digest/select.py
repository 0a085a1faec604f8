"""From stored items to a digest: which belong in, in what order, in which sections.

Pure: the same candidates, spec and times give the same digest. What was sent before is not its
business; whoever calls leaves that out of the candidates.
"""

import math
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from itertools import count

from watcher.digest.facts import key_figures
from watcher.digest.group import group_key, group_label, short_name
from watcher.digest.heat import heat_rows, spikes
from watcher.digest.lead import lead
from watcher.digest.match import matches, regions_that_count, topics_that_count
from watcher.model import Background, Digest, DigestEntry, DigestSpec, Group, Labels, StoredItem

__all__ = ["matches", "relevance", "select"]

NOTHING_BEHIND = Background()
_ONE_DAY = timedelta(days=1)


def select(
    candidates: Sequence[StoredItem],
    spec: DigestSpec,
    labels: Labels,
    now: datetime,
    since: datetime | None,
    until: datetime,
    behind: Background = NOTHING_BEHIND,
) -> Digest:
    """The digest of those candidates that match, best first, at most `spec.max_items` of them.

    Sections stand in the order of how many items matched for them, then by key; items without a
    key (no region, say) come last. Times are aware; `since` and `until` only label the digest and
    say how much age weighs: an item is not left out for its date. `behind` tells what is unusual.
    """
    matching = sorted(
        (item for item in candidates if matches(item, spec)),
        key=_best_first(spec, (until - since) if since else _ONE_DAY, until),
    )
    shown = matching[: max(spec.max_items, 0)]
    sources = sorted({source for item in shown for source in item.source_ids})
    return Digest(
        name=spec.name,
        title=spec.title,
        made_at=now,
        timezone=spec.timezone,
        since=since,
        until=until,
        groups=_groups(shown, matching, spec, labels),
        heat=heat_rows(matching, spec, labels, until, behind),
        also=spikes(matching, spec, labels, until, behind),
        items=len(shown),
        cut=len(matching) - len(shown),
        outlets=len({item.outlet or item.source_ids[:1] for item in shown}),
        sources=tuple((source, labels.sources.get(source, source)) for source in sources),
        articles=sum(1 + max(item.other_outlets, 0) for item in shown),
        carry_over=spec.carry_over,
        browse=spec.browse,
        rest=tuple(item.id for item in matching[len(shown) :]),
    )


def relevance(item: StoredItem, spec: DigestSpec) -> float:
    """How much an item is about what this audience asked for, and how many outlets thought so.

    Logarithms, because a long text earns high scores without being ten times as relevant.
    """
    topics = [
        t.score for t in topics_that_count(item, spec) if not spec.topics.any or t.topic_id in spec.topics.any
    ]
    regions = [
        r.score
        for r in regions_that_count(item, spec)
        if not spec.regions.any or r.region_code in spec.regions.any
    ]
    parts = (sum(topics), max(regions, default=0.0), float(item.other_outlets))
    return sum(math.log2(1 + max(part, 0.0)) for part in parts)


def _best_first(
    spec: DigestSpec, window: timedelta, until: datetime
) -> Callable[[StoredItem], tuple[float, float, int]]:
    """Sorts by relevance that halves when an item is as old as the window is long, then newest first."""
    half = max(window, _ONE_DAY)

    def key(item: StoredItem) -> tuple[float, float, int]:
        at = item.published_at or item.first_seen_at
        age = max((until - at) / half, 0.0)
        return (-round(relevance(item, spec) / (1 + age), 6), -at.timestamp(), item.id)

    return key


def _groups(
    shown: Sequence[StoredItem], matching: Sequence[StoredItem], spec: DigestSpec, labels: Labels
) -> tuple[Group, ...]:
    sizes: dict[str, int] = {}
    keys = {item.id: group_key(item, spec, labels) for item in matching}
    for key in keys.values():
        sizes[key] = sizes.get(key, 0) + 1
    numbers = count(1)
    groups = []
    for key in sorted(sizes, key=lambda key: (not key, -sizes[key], key)):
        members = [item for item in shown if keys[item.id] == key]
        entries = tuple(_entry(item, next(numbers), spec, labels) for item in members)
        if entries:
            groups.append(Group(key, group_label(key, spec, labels), entries, sizes[key] - len(entries)))
    return tuple(groups)


def _entry(item: StoredItem, number: int, spec: DigestSpec, labels: Labels) -> DigestEntry:
    regions = regions_that_count(item, spec)
    return DigestEntry(
        item=item,
        lead=lead(item.text, item.title),
        topics=tuple(labels.topics.get(t.topic_id, t.topic_id) for t in topics_that_count(item, spec)),
        regions=tuple(short_name(r.region_code, labels) for r in regions),
        number=number,
        figures=key_figures(item, (r.region_code for r in regions), labels),
    )
