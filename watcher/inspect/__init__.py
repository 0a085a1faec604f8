"""Looking into the database: Datasette, read-only and on this machine alone, with pages of our own.

`metadata.yml` says what is in the tables (plain Datasette can use it as it stands), `pages/` holds
the pictures, `plugin.py` adds search and the page of an item.
"""
