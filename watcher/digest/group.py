"""The sections of a digest: under which one an item stands, and how it is headed."""

from collections.abc import Mapping, Sequence

from watcher.digest.match import regions_that_count, topics_that_count
from watcher.model import DigestSpec, Labels, StoredItem

NO_KEY = {"region": "未标地区", "topic": "未标主题", "source": "来源不明", "none": ""}
_NESTING = 8  # county, city, province and room for zones in zones; a loop in the data ends too


def group_key(item: StoredItem, spec: DigestSpec, labels: Labels) -> str:
    """The one section an item stands in: its best region, topic or source that the audience asked for."""
    match spec.group_by:
        case "region":
            tags = [tag.region_code for tag in regions_that_count(item, spec)]
            return roll_up(_wanted(tags, spec.regions.any), labels)
        case "topic":
            return _wanted([tag.topic_id for tag in topics_that_count(item, spec)], spec.topics.any)
        case "source":
            return _wanted(item.source_ids, spec.sources.any)
        case _:
            return ""


def group_label(key: str, spec: DigestSpec, labels: Labels) -> str:
    """How a section is headed; an id that has lost its label shows itself."""
    return key_label(spec.group_by, key, labels) if key else NO_KEY[spec.group_by]


def roll_up(code: str, labels: Labels) -> str:
    """The province a place lies in; a cluster, 全国 and what is not known stand for themselves."""
    for _ in range(_NESTING):
        region = labels.regions.get(code)
        if region is None or region.level in {"province", "cluster", "country"} or not region.parent_code:
            return code
        code = region.parent_code
    return code


def short_name(code: str, labels: Labels) -> str:
    """A region as people say it: 重庆."""
    region = labels.regions.get(code)
    return region.short_name if region else code


def key_label(kind: str, key: str, labels: Labels) -> str:
    """A region, topic or source by its full name; an id that has lost its label shows itself."""
    if kind == "region":
        region = labels.regions.get(key)
        return region.name if region else key
    names: Mapping[str, str] = labels.topics if kind == "topic" else labels.sources
    return names.get(key, key)


def _wanted(keys: Sequence[str], asked: Sequence[str]) -> str:
    """The first key that was asked for; with no wish, or none of them, simply the first."""
    return next((key for key in keys if key in asked), next(iter(keys), ""))
