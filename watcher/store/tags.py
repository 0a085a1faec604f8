"""What the rules say of an item, and the places and topics there are. Stores, never tags."""

import json
from collections.abc import Mapping, Sequence

from sqlite_utils import Database

from watcher.model import DocumentTag, Evidence, Region, Tags
from watcher.store.facts import fact, set_fact


def save_taxonomy(
    db: Database, topics: Mapping[str, str], regions: Mapping[str, Region], rules_hash: str
) -> bool:
    """Bring topics and regions up to the rules in force; True when anything had to change.

    Nothing is deleted: an item tagged under older rules keeps its topic's label.
    """
    if fact(db, "rules_hash") == rules_hash:
        return False
    db.execute("PRAGMA defer_foreign_keys = ON")  # a city may come before its province
    db.conn.executemany(
        "INSERT INTO topics (id, label) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET label = excluded.label",
        list(topics.items()),
    )
    db.conn.executemany(
        "INSERT INTO regions (code, name, short_name, level, parent_code, tier) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (code) DO UPDATE SET name = excluded.name, short_name = excluded.short_name,"
        " level = excluded.level, parent_code = excluded.parent_code, tier = excluded.tier",
        [(r.code, r.name, r.short_name, r.level, r.parent_code, r.tier) for r in regions.values()],
    )
    db.execute("DELETE FROM region_members")
    db.conn.executemany(
        "INSERT INTO region_members (cluster_code, region_code) VALUES (?, ?)",
        [(region.code, member) for region in regions.values() for member in region.members],
    )
    set_fact(db, "rules_hash", rules_hash)
    return True


def replace(db: Database, item_id: int, tags: Tags) -> None:
    """Put these tags in the place of whatever the item had."""
    for table in ("item_topics", "item_regions", "item_organisations", "item_policies"):
        db.execute(f"DELETE FROM {table} WHERE item_id = ?", [item_id])
    db.conn.executemany(
        "INSERT INTO item_topics (item_id, topic_id, role, score, evidence) VALUES (?, ?, ?, ?, ?)",
        [(item_id, t.topic_id, t.role, t.score, _as_json(t.evidence)) for t in tags.topics],
    )
    db.conn.executemany(
        "INSERT INTO item_regions (item_id, region_code, role, score, evidence) VALUES (?, ?, ?, ?, ?)",
        [(item_id, r.region_code, r.role, r.score, _as_json(r.evidence)) for r in tags.regions],
    )
    for organisation in tags.organisations:
        db.execute(
            "INSERT INTO organisations (name, kind, region_code) VALUES (?, ?, ?)"
            " ON CONFLICT (name) DO UPDATE SET kind = excluded.kind, region_code = excluded.region_code",
            [organisation.name, organisation.kind, organisation.region_code],
        )
        db.execute(
            "INSERT INTO item_organisations (item_id, organisation_id, evidence)"
            " SELECT ?, id, ? FROM organisations WHERE name = ?",
            [item_id, _as_json(organisation.evidence), organisation.name],
        )
    for document in tags.documents:
        _name_policy(db, item_id, document)


def _name_policy(db: Database, item_id: int, document: DocumentTag) -> None:
    # Issuer and number stand in the one article or the other: what was learnt once is kept.
    db.execute(
        "INSERT INTO policies (title, kind, issuer, number) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (title) DO UPDATE SET kind = excluded.kind,"
        " issuer = coalesce(excluded.issuer, issuer), number = coalesce(excluded.number, number)",
        [document.title, document.kind, document.issuer, document.number],
    )
    db.execute(
        "INSERT INTO item_policies (item_id, policy_id) SELECT ?, id FROM policies WHERE title = ?",
        [item_id, document.title],
    )


def _as_json(evidence: Sequence[Evidence]) -> str:
    found = [{"term": e.term, "where": e.where, "count": e.count} for e in evidence]
    return json.dumps(found, ensure_ascii=False)
