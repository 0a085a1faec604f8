"""The index of marks emptied, as the schema step of that name does it. Frozen.

Marks of two recipes do not meet. The next start fills the index again, the newest items first, as it does for
items from before there were stories; links and stories stay as they are.
"""

TABLES = """
DELETE FROM story_marks;
INSERT OR REPLACE INTO facts (name, value) SELECT 'stories:missing', max(id) FROM items HAVING max(id) > 0;
"""
