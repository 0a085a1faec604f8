"""The search index with the text as its first column, as the schema step of that name makes it. Frozen.

A place in the first column takes one or two bytes, in any other two more: with the title first, as it was,
the index is a third larger. It holds no words to be read back, so it is filled from the items, with the words
that the program of the day cuts them into (`index_words`, which whoever migrates the file provides).
"""

TABLES = """
DROP TABLE items_fts;
CREATE VIRTUAL TABLE items_fts USING fts5(text, title, content='', detail=full);
INSERT INTO items_fts (rowid, text, title) SELECT id, index_words(text), index_words(title) FROM items;
"""
