"""The tables that stories are found by, as the schema step of that name makes them. Frozen."""

TABLES = """
CREATE TABLE story_marks (
    settled INTEGER NOT NULL, mark INTEGER NOT NULL, item_id INTEGER NOT NULL,
    PRIMARY KEY (settled, mark, item_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE story_links (
    short_id INTEGER NOT NULL REFERENCES items (id), long_id INTEGER NOT NULL REFERENCES items (id),
    kind TEXT NOT NULL
        CHECK (kind IN ('copy', 'excerpt', 'part', 'reworked', 'quotes', 'apart')),
    containment REAL NOT NULL, jaccard REAL NOT NULL, why TEXT, PRIMARY KEY (short_id, long_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX story_links_long ON story_links (long_id);
CREATE TABLE story_wishes (
    id INTEGER PRIMARY KEY, item_id INTEGER NOT NULL REFERENCES items (id),
    with_id INTEGER REFERENCES items (id), wished_at TEXT NOT NULL
) STRICT;
CREATE INDEX story_wishes_item ON story_wishes (item_id);
CREATE INDEX story_wishes_with ON story_wishes (with_id);
CREATE TABLE tombstones (
    source_id TEXT NOT NULL REFERENCES sources (id), guid TEXT NOT NULL, content_hash TEXT NOT NULL,
    buried_at TEXT NOT NULL, PRIMARY KEY (source_id, guid)
) STRICT, WITHOUT ROWID;
CREATE INDEX tombstones_content ON tombstones (content_hash);
INSERT INTO facts (name, value) SELECT 'stories:missing', max(id) FROM items HAVING max(id) > 0;
"""
