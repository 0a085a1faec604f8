"""What makes saving cheaper, as the schema step of that name does it. Frozen.

Marks of two recipes do not meet, so their index is emptied. The next start fills it again, the newest items
first, as it does for items from before there were stories; links and stories stay as they are.

The search index is merged when eight of its segments are alike in size, not four (FTS5's `automerge`): an
eighth less work at every commit, for one or two hundredths more of space.
"""

TABLES = """
DELETE FROM story_marks;
INSERT OR REPLACE INTO facts (name, value) SELECT 'stories:missing', max(id) FROM items HAVING max(id) > 0;
INSERT INTO items_fts (items_fts, rank) VALUES ('automerge', 8);
"""
