"""What a digest is held against: what was published before.

Reads only, and loads no texts: a month of articles is held against one day.
"""

import json
from datetime import datetime
from functools import lru_cache

from sqlite_utils import Database

from watcher.digest.match import REGION_ROLES, TOPIC_ROLES
from watcher.model import DigestSpec, RegionTag, StoredItem, TopicTag
from watcher.store.audience import may_match
from watcher.store.times import from_text, to_text


def known_from(db: Database) -> datetime | None:
    """When the store began to hold what it holds; None while it is empty."""
    row = db.execute("SELECT first_seen_at FROM items ORDER BY id LIMIT 1").fetchone()
    return from_text(str(row[0])) if row else None


def earlier(db: Database, since: datetime, until: datetime, audience: DigestSpec) -> list[StoredItem]:
    """The items published in that time that may be for an audience, oldest first.

    With the tags that count for it, the highest scores first; no text, no evidence.
    """
    may_be, values = may_match(audience, "+items.id")
    rows = db.execute(
        f"SELECT id, published_at, first_seen_at, story_id, {_TOPICS}, {_REGIONS}, {_SOURCES} FROM items"
        f" WHERE published_at >= :since AND published_at < :until{may_be} ORDER BY published_at, id",
        {
            "since": to_text(since),
            "until": to_text(until),
            "topic_roles": json.dumps(TOPIC_ROLES[audience.match]),
            "region_roles": json.dumps(REGION_ROLES[audience.match]),
            **values,
        },
    ).fetchall()
    return [
        StoredItem(
            id=item_id,
            title="",
            url=None,
            outlet=None,
            author=None,
            text="",
            published_at=from_text(published_at),
            published_from="feed",
            first_seen_at=from_text(first_seen_at),
            topics=tuple([_topic(*tag, ()) for tag in json.loads(topics)]),
            regions=tuple([_region(*tag, ()) for tag in json.loads(regions)]),
            source_ids=_distinct(sources),
            story_id=story_id,
        )
        for item_id, published_at, first_seen_at, story_id, topics, regions, sources in rows
    ]


# One row an item, with all of its tags in it: a row for each tag makes many times the objects.
_TAGS = (
    "(SELECT json_group_array(json_array({1}, role, score)) FROM (SELECT {1}, role, score FROM item_{0}s"
    " WHERE item_id = items.id AND role IN (SELECT value FROM json_each(:{0}_roles))"
    " ORDER BY score DESC, {1}))"
)
_TOPICS, _REGIONS = _TAGS.format("topic", "topic_id"), _TAGS.format("region", "region_code")
_SOURCES = (
    "(SELECT json_group_array(source_id) FROM (SELECT source_id FROM sightings WHERE item_id = items.id"
    " ORDER BY sightings.id))"
)

# Scores are small multiples of a quarter: in a month most tags are alike, and one object serves them all.
_topic, _region = lru_cache(8_192)(TopicTag), lru_cache(8_192)(RegionTag)


@lru_cache(8_192)
def _distinct(told: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(json.loads(told)))
