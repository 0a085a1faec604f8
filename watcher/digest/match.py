"""Whether an item is for an audience, and which of its tags count for it."""

from collections.abc import Collection

from watcher.model import DigestSpec, Filter, RegionTag, StoredItem, TopicTag

TOPIC_ROLES = {"main": ("main",), "mentioned": ("main", "mentioned")}
REGION_ROLES = {"main": ("primary",), "mentioned": ("primary", "mentioned")}


def matches(item: StoredItem, spec: DigestSpec) -> bool:
    """Whether topics, regions and sources each pass the audience's filter.

    Only what an item is about counts: main topics and primary regions, and with `match =
    "mentioned"` those it mentions; never a dateline, a company's home or what another tag implies.
    """
    return (
        _passes(topic_ids(item, spec), spec.topics)
        and _passes(region_codes(item, spec), spec.regions)
        and _passes(item.source_ids, spec.sources)
    )


def topic_ids(item: StoredItem, spec: DigestSpec) -> set[str]:
    """The topics that count for this audience, in no order."""
    roles = TOPIC_ROLES[spec.match]
    return {tag.topic_id for tag in item.topics if tag.role in roles}


def region_codes(item: StoredItem, spec: DigestSpec) -> set[str]:
    """The regions that count for this audience, in no order."""
    roles = REGION_ROLES[spec.match]
    return {tag.region_code for tag in item.regions if tag.role in roles}


def topics_that_count(item: StoredItem, spec: DigestSpec) -> list[TopicTag]:
    """The item's topics for this audience, main ones first, then by score."""
    roles = TOPIC_ROLES[spec.match]
    tags = [tag for tag in item.topics if tag.role in roles]
    return sorted(tags, key=lambda tag: (roles.index(tag.role), -tag.score))


def regions_that_count(item: StoredItem, spec: DigestSpec) -> list[RegionTag]:
    """The item's regions for this audience, primary ones first, then by score."""
    roles = REGION_ROLES[spec.match]
    tags = [tag for tag in item.regions if tag.role in roles]
    return sorted(tags, key=lambda tag: (roles.index(tag.role), -tag.score))


def _passes(have: Collection[str], wish: Filter) -> bool:
    return (
        (not wish.any or any(one in have for one in wish.any))
        and all(any(one in have for one in alternatives) for alternatives in wish.all)
        and not any(one in have for one in wish.none)
    )
