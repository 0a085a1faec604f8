"""The tables of policy documents, as the schema step of that name makes them.

Frozen: a change is a new step.
"""

TABLES = """
CREATE TABLE policies (
    id INTEGER PRIMARY KEY, title TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, issuer TEXT, number TEXT
) STRICT;
CREATE TABLE item_policies (
    item_id INTEGER NOT NULL REFERENCES items (id), policy_id INTEGER NOT NULL REFERENCES policies (id),
    PRIMARY KEY (item_id, policy_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX item_policies_policy ON item_policies (policy_id);
CREATE INDEX items_rules ON items (rules_hash);
"""
