"""What digests had to leave out, as the schema step of that name makes it. Frozen: a change is a new step."""

TABLES = """
CREATE TABLE digest_rest (
    digest_id INTEGER NOT NULL REFERENCES digests (id),
    item_id INTEGER NOT NULL REFERENCES items (id), position INTEGER NOT NULL,
    comes_again INTEGER NOT NULL, PRIMARY KEY (digest_id, item_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX digest_rest_item ON digest_rest (item_id);
"""
