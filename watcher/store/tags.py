"""What the rules say of an item, and the places and topics there are. Stores, never tags."""

import json
from collections.abc import Mapping, Sequence

from sqlite_utils import Database

from watcher.model import DocumentTag, Evidence, OrganisationTag, Region, Tags
from watcher.store.facts import fact, set_fact


def save_taxonomy(
    db: Database, topics: Mapping[str, str], regions: Mapping[str, Region], rules_hash: str
) -> bool:
    """Bring topics and regions up to the rules in force; True when anything had to change.

    Nothing is deleted: an item tagged under older rules keeps its topic's label.
    """
    if fact(db, "rules_hash") == rules_hash:
        return False
    db.conn.executemany(
        "INSERT INTO topics (id, label) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET label = excluded.label",
        list(topics.items()),
    )
    _save_regions(db, regions)
    db.execute("DELETE FROM region_members")
    db.conn.executemany(
        "INSERT INTO region_members (cluster_code, region_code) VALUES (?, ?)",
        [(region.code, member) for region in regions.values() for member in region.members],
    )
    set_fact(db, "rules_hash", rules_hash)
    return True


def _save_regions(db: Database, regions: Mapping[str, Region]) -> None:
    # Only what is new or has changed, and not by ON CONFLICT: for each row of that SQLite would look
    # through all figures for orphans. A city may come before its province: parents are named last.
    columns = "name, short_name, level, tier, parent_code"
    known = {code: tuple(row) for code, *row in db.execute(f"SELECT code, {columns} FROM regions").fetchall()}
    wanted = {r.code: (r.name, r.short_name, r.level, r.tier, r.parent_code) for r in regions.values()}
    db.conn.executemany(
        "INSERT INTO regions (code, name, short_name, level) VALUES (?, ?, ?, ?)",
        [(code, *row[:3]) for code, row in wanted.items() if code not in known],
    )
    db.conn.executemany(
        "UPDATE regions SET name = ?, short_name = ?, level = ?, tier = ?, parent_code = ? WHERE code = ?",
        [(*row, code) for code, row in wanted.items() if row != known.get(code)],
    )


def replace(db: Database, item_id: int, tags: Tags) -> None:
    """Put these tags in the place of whatever the item had."""
    for table in ("item_topics", "item_regions", "item_organisations", "item_policies"):
        db.execute(f"DELETE FROM {table} WHERE item_id = ?", [item_id])
    add(db, item_id, tags)


def add(db: Database, item_id: int, tags: Tags) -> None:
    """Give a new item its tags."""
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
            "INSERT INTO item_organisations (item_id, organisation_id, evidence) VALUES (?, ?, ?)",
            [item_id, _organisation(db, organisation), _as_json(organisation.evidence)],
        )
    for document in tags.documents:
        _name_policy(db, item_id, document)


def _organisation(db: Database, tag: OrganisationTag) -> int:
    # Not by ON CONFLICT: such an INSERT looks for orphans among all figures, each time.
    row = db.execute("SELECT id, kind, region_code FROM organisations WHERE name = ?", [tag.name]).fetchone()
    if row is None:
        cursor = db.execute(
            "INSERT INTO organisations (name, kind, region_code) VALUES (?, ?, ?)",
            [tag.name, tag.kind, tag.region_code],
        )
        return int(cursor.lastrowid or 0)
    if row[1:] != (tag.kind, tag.region_code):
        db.execute(
            "UPDATE organisations SET kind = ?, region_code = ? WHERE id = ?",
            [tag.kind, tag.region_code, row[0]],
        )
    return int(row[0])


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
    return _ENCODER.encode([{"term": e.term, "where": e.where, "count": e.count} for e in evidence])


_ENCODER = json.JSONEncoder(ensure_ascii=False)  # made once: `json.dumps` would make one for each tag
