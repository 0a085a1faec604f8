"""Indexes that keep the regular looks of the service short in a large store, as one schema step makes them.

Frozen: a change is a new step.
"""

TABLES = """
CREATE INDEX items_seen ON items (first_seen_at);
CREATE INDEX sources_polled ON sources (last_polled_at);
CREATE INDEX sources_troubled ON sources (state) WHERE state IN ('failing', 'gone', 'quiet');
"""
