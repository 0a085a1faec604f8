"""Whether an item is for an audience, and which of its tags count for it."""

from collections.abc import Collection

from watcher.model import DigestSpec, Filter, RegionTag, StoredItem, TopicTag

_TOPIC_ROLES = {"main": ("main",), "mentioned": ("main", "mentioned")}
_REGION_ROLES = {"main": ("primary",), "mentioned": ("primary", "mentioned")}


def matches(item: StoredItem, spec: DigestSpec) -> bool:
    """Whether topics, regions and sources each pass the audience's filter.

    Only what an item is about counts: main topics and primary regions, and with `match =
    "mentioned"` those it mentions; never a dateline, a company's home or what another tag implies.
    """
    return (
        _passes({tag.topic_id for tag in topics_that_count(item, spec)}, spec.topics)
        and _passes({tag.region_code for tag in regions_that_count(item, spec)}, spec.regions)
        and _passes(item.source_ids, spec.sources)
    )


def topics_that_count(item: StoredItem, spec: DigestSpec) -> list[TopicTag]:
    """The item's topics for this audience, main ones first, then by score."""
    roles = _TOPIC_ROLES[spec.match]
    tags = [tag for tag in item.topics if tag.role in roles]
    return sorted(tags, key=lambda tag: (roles.index(tag.role), -tag.score))


def regions_that_count(item: StoredItem, spec: DigestSpec) -> list[RegionTag]:
    """The item's regions for this audience, primary ones first, then by score."""
    roles = _REGION_ROLES[spec.match]
    tags = [tag for tag in item.regions if tag.role in roles]
    return sorted(tags, key=lambda tag: (roles.index(tag.role), -tag.score))


def _passes(have: Collection[str], wish: Filter) -> bool:
    return (
        (not wish.any or any(one in have for one in wish.any))
        and all(any(one in have for one in alternatives) for alternatives in wish.all)
        and not any(one in have for one in wish.none)
    )
