"""The SQL of one schema step: raw documents, pages fetched for full text, and robots.txt."""

TABLES = """
CREATE TABLE raw_documents (
    id INTEGER PRIMARY KEY, source_id TEXT NOT NULL REFERENCES sources (id), name TEXT NOT NULL,
    page_of TEXT, fetched_at TEXT NOT NULL, content_type TEXT, content_location TEXT,
    body BLOB NOT NULL
) STRICT;
CREATE INDEX raw_documents_source ON raw_documents (source_id, name);
CREATE INDEX raw_documents_pages ON raw_documents (source_id, page_of) WHERE page_of IS NOT NULL;
CREATE INDEX raw_documents_age ON raw_documents (fetched_at);
CREATE TABLE pages (
    source_id TEXT NOT NULL REFERENCES sources (id), guid TEXT NOT NULL, url TEXT NOT NULL,
    tried_at TEXT NOT NULL, tries INTEGER NOT NULL, next_try_at TEXT, error TEXT,
    PRIMARY KEY (source_id, guid)
) STRICT, WITHOUT ROWID;
CREATE TABLE robots (
    origin TEXT PRIMARY KEY, fetched_at TEXT NOT NULL, rules TEXT
) STRICT, WITHOUT ROWID;
ALTER TABLE items ADD COLUMN text_from TEXT NOT NULL DEFAULT 'source';
"""
