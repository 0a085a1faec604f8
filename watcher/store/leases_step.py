"""The SQL of one schema step: leases of sources, and what entries each feed showed last. Frozen."""

TABLES = """
ALTER TABLE sources ADD COLUMN attempt INTEGER NOT NULL DEFAULT 0;
CREATE TABLE seen_entries (
    source_id TEXT PRIMARY KEY REFERENCES sources (id), marks BLOB NOT NULL
) STRICT, WITHOUT ROWID;
"""
