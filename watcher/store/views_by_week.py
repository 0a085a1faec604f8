"""The views that people browse, as schema step 7 makes them. Frozen: a change is a new step.

`CROSS JOIN` keeps the order of the tables: weeks are few and indexed, so a page that asks for some
weeks reads those items alone, whatever SQLite guesses without statistics. Only `news` reads articles.
"""

VIEWS = """
ALTER TABLE items ADD COLUMN week TEXT GENERATED ALWAYS AS
    (date(published_at, '+8 hours', 'weekday 0', '-6 days')) VIRTUAL;
CREATE INDEX items_week ON items (week, story_id);
CREATE INDEX stories_shared ON stories (items) WHERE items > 1;

DROP VIEW news;
CREATE VIEW news AS
    SELECT items.id, items.title, items.outlet, items.published_at,
        (SELECT group_concat(short_name, ' ') FROM (SELECT regions.short_name FROM item_regions
            JOIN regions ON regions.code = item_regions.region_code
            WHERE item_regions.item_id = items.id AND role = 'primary' ORDER BY score DESC))
            AS regions,
        (SELECT group_concat(label, '、') FROM (SELECT topics.label FROM item_topics
            JOIN topics ON topics.id = item_topics.topic_id
            WHERE item_topics.item_id = items.id AND role = 'main' ORDER BY score DESC)) AS topics,
        (SELECT count(*) FROM sightings WHERE sightings.item_id = items.id) AS sightings,
        items.url, items.story_id, items.week
    FROM items ORDER BY items.published_at DESC;

CREATE VIEW region_places AS
    WITH RECURSIVE up (region_code, code, level, parent_code) AS (
        SELECT code, code, level, parent_code FROM regions WHERE level NOT IN ('country', 'cluster')
        UNION ALL
        SELECT up.region_code, regions.code, regions.level, regions.parent_code
        FROM up JOIN regions ON regions.code = up.parent_code WHERE up.level != 'province')
    SELECT region_code, code AS province_code FROM up WHERE level = 'province';

CREATE VIEW region_heat AS
    SELECT items.week, item_regions.region_code, regions.short_name AS region, regions.level,
        count(DISTINCT coalesce(items.story_id, -items.id)) AS stories, count(*) AS items
    FROM items CROSS JOIN item_regions ON item_regions.item_id = items.id AND role = 'primary'
        JOIN regions ON regions.code = item_regions.region_code
    GROUP BY items.week, item_regions.region_code;

CREATE VIEW region_topics AS
    SELECT items.week, item_regions.region_code, regions.short_name AS region, item_topics.topic_id,
        topics.label AS topic,
        count(DISTINCT coalesce(items.story_id, -items.id)) AS stories, count(*) AS items
    FROM items
        CROSS JOIN item_regions ON item_regions.item_id = items.id AND item_regions.role = 'primary'
        JOIN regions ON regions.code = item_regions.region_code
        JOIN item_topics ON item_topics.item_id = items.id AND item_topics.role = 'main'
        JOIN topics ON topics.id = item_topics.topic_id
    GROUP BY items.week, item_regions.region_code, item_topics.topic_id;

CREATE VIEW topic_trend AS
    SELECT items.week, item_topics.topic_id, topics.label AS topic,
        count(DISTINCT coalesce(items.story_id, -items.id)) AS stories, count(*) AS items
    FROM items CROSS JOIN item_topics ON item_topics.item_id = items.id AND role = 'main'
        JOIN topics ON topics.id = item_topics.topic_id
    GROUP BY items.week, item_topics.topic_id;

CREATE VIEW syndication AS
    SELECT stories.id AS story_id, first.id AS item_id, stories.title, stories.items,
        (SELECT count(*) FROM items JOIN sightings ON sightings.item_id = items.id
            WHERE items.story_id = stories.id) AS sightings,
        (SELECT count(DISTINCT source_id) FROM items JOIN sightings ON sightings.item_id = items.id
            WHERE items.story_id = stories.id) AS sources,
        stories.first_seen_at, stories.last_seen_at,
        round((julianday(stories.last_seen_at) - julianday(stories.first_seen_at)) * 24, 1) AS hours
    FROM stories JOIN items AS first
        ON first.id = (SELECT min(id) FROM items WHERE story_id = stories.id)
    WHERE stories.items > 1
    UNION ALL
    SELECT items.story_id, items.id, items.title, 1, count(*), count(DISTINCT sightings.source_id),
        min(seen_at), max(seen_at),
        round((julianday(max(seen_at)) - julianday(min(seen_at))) * 24, 1)
    FROM (SELECT item_id FROM sightings GROUP BY item_id HAVING count(*) > 1) AS shared
        JOIN items ON items.id = shared.item_id JOIN sightings ON sightings.item_id = items.id
    WHERE coalesce((SELECT stories.items FROM stories WHERE stories.id = items.story_id), 1) = 1
    GROUP BY items.id;

DROP VIEW source_health;
CREATE VIEW source_health AS
    SELECT sources.id, title, state, last_success_at, last_new_item_at, failures, next_poll_at,
        last_error_kind, last_error, count(polls.id) AS polls_7d,
        coalesce(sum(polls.outcome = 'failed'), 0) AS failed_7d,
        coalesce(sum(polls.new_items), 0) AS new_items_7d
    FROM sources LEFT JOIN polls ON polls.source_id = sources.id
        AND polls.started_at >= strftime('%Y-%m-%dT%H:%M:%SZ', sources.last_polled_at, '-7 days')
    GROUP BY sources.id ORDER BY failures DESC, sources.id;
"""
