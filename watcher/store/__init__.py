"""The SQLite file: schema, transactions, and one file for each kind of thing kept in it.

Functions take the open database first. Those that write must be called inside `transaction`, so
that one poll of one source (items, tags, validators, next due time) is saved as a whole or not at all.
"""
