"""Databases as every version of the schema left them, kept so that the newest program must open them all.

`python -m tests.io.schemas` writes the missing ones into data/schemas: run it when a migration is added,
before the next one is. A kept file is never written again.
"""

import gzip
import sqlite3
import tempfile
from pathlib import Path
from unittest.mock import patch

from watcher.store.migrations import migrations
from watcher.store.open import open_store

KEPT = Path(__file__).parent / "data/schemas"

# Rows for the tables of the first step; what later steps added takes its defaults.
ROWS = """
INSERT INTO sources (id, kind, title, location, state) VALUES ('nbd', 'feed', '每经网', 'https://example.org/nbd', 'ok');
INSERT INTO items (id, content_hash, title, url, published_at, published_from, first_seen_at, text)
    VALUES (1, 'h1', '重庆上云', 'https://example.org/1', '2026-11-20T00:00:00Z', 'feed', '2026-11-20T01:00:00Z', '重庆企业上云。');
INSERT INTO sightings (item_id, source_id, guid, title, content_hash, seen_at)
    VALUES (1, 'nbd', 'g1', '重庆上云', 'h1', '2026-11-20T01:00:00Z');
INSERT INTO revisions (item_id, content_hash, title, text, replaced_at)
    VALUES (1, 'h0', '重庆 上云', '旧文', '2026-11-20T01:30:00Z');
INSERT INTO polls (source_id, started_at, duration_ms, outcome, new_items)
    VALUES ('nbd', '2026-11-20T01:00:00Z', 120, 'new', 1);
"""


def newest() -> int:
    """How many steps the schema has."""
    return len(migrations._migrations)


def kept(version: int) -> Path:
    """Where the database of a version is kept."""
    return KEPT / f"schema-{version:04}.db.gz"


def unpacked(version: int, path: Path) -> Path:
    """A database as that version left it, at `path`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.decompress(kept(version).read_bytes()))
    return path


def make(version: int, path: Path) -> None:
    """A database with the first `version` steps, and rows in it."""
    with patch.object(migrations, "_migrations", migrations._migrations[:version]):
        open_store(path).close()
    with sqlite3.connect(path) as db:
        for statement in ROWS.split(";\n"):
            db.execute(statement)
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()


def main() -> None:
    """Write the missing ones."""
    KEPT.mkdir(parents=True, exist_ok=True)
    for version in range(1, newest() + 1):
        if not kept(version).exists():
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / "w.db"
                make(version, path)
                kept(version).write_bytes(gzip.compress(path.read_bytes(), mtime=0))
                print(f"made {kept(version)}")


if __name__ == "__main__":
    main()
