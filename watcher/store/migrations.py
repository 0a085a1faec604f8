"""The schema, as a list of frozen steps. Append only; a step that has shipped is never edited.

A step imports nothing from the rest of the program, so that it means the same in ten years. All
tables are STRICT: feed data cannot change a column's type. Times are UTC ISO 8601 text. Columns
beyond the contract (`memory`, `backlog`, …) are the program's own and may be read but not relied on.
"""

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from watcher.store import (
    digest_rest_step,
    leases_step,
    policies_step,
    raw_step,
    saving_step,
    scale_step,
    search_step,
    stories_step,
    views_by_week,
    views_of_figures,
)

migrations = Migrations("watcher")

APPLICATION_ID = 0x77746368  # "wtch": tells our files from other people's


@migrations()
def m0001_sources_and_items(db: Database) -> None:
    """What is polled, what came of it, and every article once."""
    _script(
        db,
        """
        CREATE TABLE sources (
            id TEXT PRIMARY KEY, kind TEXT NOT NULL, title TEXT NOT NULL, location TEXT NOT NULL,
            state TEXT NOT NULL DEFAULT 'new'
                CHECK (state IN ('new', 'ok', 'quiet', 'failing', 'gone', 'paused')),
            next_poll_at TEXT, last_polled_at TEXT, last_success_at TEXT, last_new_item_at TEXT,
            failures INTEGER NOT NULL DEFAULT 0, last_error_kind TEXT, last_error TEXT,
            memory TEXT NOT NULL DEFAULT '{}'
        ) STRICT;
        CREATE INDEX sources_due ON sources (next_poll_at);

        CREATE TABLE polls (
            id INTEGER PRIMARY KEY, source_id TEXT NOT NULL REFERENCES sources (id),
            started_at TEXT NOT NULL, duration_ms INTEGER NOT NULL, outcome TEXT NOT NULL,
            http_status INTEGER, bytes INTEGER NOT NULL DEFAULT 0, entries INTEGER NOT NULL DEFAULT 0,
            new_items INTEGER NOT NULL DEFAULT 0, changed_items INTEGER NOT NULL DEFAULT 0,
            error_kind TEXT, error TEXT
        ) STRICT;
        CREATE INDEX polls_source ON polls (source_id, started_at);

        CREATE TABLE documents (
            source_id TEXT NOT NULL REFERENCES sources (id), path TEXT NOT NULL,
            size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL, sha256 TEXT NOT NULL, error TEXT,
            PRIMARY KEY (source_id, path)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE hosts (host TEXT PRIMARY KEY, paused_until TEXT NOT NULL) STRICT;

        CREATE TABLE stories (
            id INTEGER PRIMARY KEY, title TEXT NOT NULL, first_seen_at TEXT NOT NULL,
            last_seen_at TEXT NOT NULL, items INTEGER NOT NULL, outlets INTEGER NOT NULL
        ) STRICT;

        CREATE TABLE items (
            id INTEGER PRIMARY KEY AUTOINCREMENT, content_hash TEXT NOT NULL UNIQUE, title TEXT NOT NULL,
            url TEXT, author TEXT, outlet TEXT, published_at TEXT NOT NULL, published_from TEXT NOT NULL,
            published_raw TEXT, first_seen_at TEXT NOT NULL, changed_at TEXT, text TEXT NOT NULL, html TEXT,
            story_id INTEGER REFERENCES stories (id), rules_hash TEXT,
            backlog INTEGER NOT NULL DEFAULT 0
        ) STRICT;
        CREATE INDEX items_published ON items (published_at);
        CREATE INDEX items_story ON items (story_id);

        CREATE TABLE sightings (
            id INTEGER PRIMARY KEY, item_id INTEGER NOT NULL REFERENCES items (id),
            source_id TEXT NOT NULL REFERENCES sources (id), guid TEXT NOT NULL, url TEXT,
            title TEXT NOT NULL, content_hash TEXT NOT NULL, published_at TEXT, seen_at TEXT NOT NULL,
            UNIQUE (source_id, guid)
        ) STRICT;
        CREATE INDEX sightings_item ON sightings (item_id);

        CREATE TABLE revisions (
            id INTEGER PRIMARY KEY, item_id INTEGER NOT NULL REFERENCES items (id),
            content_hash TEXT NOT NULL, title TEXT NOT NULL, text TEXT NOT NULL, replaced_at TEXT NOT NULL
        ) STRICT;
        CREATE INDEX revisions_item ON revisions (item_id);
        CREATE INDEX revisions_content ON revisions (content_hash);
        """,
    )


@migrations()
def m0002_tags_and_figures(db: Database) -> None:
    """What the rules say of each article."""
    _script(
        db,
        """
        CREATE TABLE topics (id TEXT PRIMARY KEY, label TEXT NOT NULL) STRICT;
        CREATE TABLE item_topics (
            item_id INTEGER NOT NULL REFERENCES items (id), topic_id TEXT NOT NULL REFERENCES topics (id),
            role TEXT NOT NULL CHECK (role IN ('main', 'mentioned')), score REAL NOT NULL,
            evidence TEXT NOT NULL, PRIMARY KEY (item_id, topic_id)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX item_topics_topic ON item_topics (topic_id, role);

        CREATE TABLE regions (
            code TEXT PRIMARY KEY, name TEXT NOT NULL, short_name TEXT NOT NULL, level TEXT NOT NULL,
            parent_code TEXT REFERENCES regions (code), tier TEXT
        ) STRICT;
        CREATE INDEX regions_parent ON regions (parent_code);
        CREATE TABLE region_members (
            cluster_code TEXT NOT NULL REFERENCES regions (code),
            region_code TEXT NOT NULL REFERENCES regions (code), PRIMARY KEY (cluster_code, region_code)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE item_regions (
            item_id INTEGER NOT NULL REFERENCES items (id),
            region_code TEXT NOT NULL REFERENCES regions (code),
            role TEXT NOT NULL CHECK (role IN ('primary', 'mentioned', 'dateline', 'org', 'implied')),
            score REAL NOT NULL, evidence TEXT NOT NULL, PRIMARY KEY (item_id, region_code, role)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX item_regions_region ON item_regions (region_code, role);

        CREATE TABLE organisations (
            id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, kind TEXT,
            region_code TEXT REFERENCES regions (code)
        ) STRICT;
        CREATE TABLE item_organisations (
            item_id INTEGER NOT NULL REFERENCES items (id),
            organisation_id INTEGER NOT NULL REFERENCES organisations (id),
            evidence TEXT NOT NULL, PRIMARY KEY (item_id, organisation_id)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX item_organisations_organisation ON item_organisations (organisation_id);

        CREATE TABLE figures (
            id INTEGER PRIMARY KEY, item_id INTEGER NOT NULL REFERENCES items (id), metric TEXT,
            value REAL NOT NULL, value_max REAL, unit TEXT NOT NULL,
            region_code TEXT REFERENCES regions (code), region_from TEXT,
            period_start TEXT, period_end TEXT, period_from TEXT,
            kind TEXT NOT NULL CHECK (kind IN ('actual', 'target', 'growth')), approx TEXT, base_period TEXT,
            metric_raw TEXT NOT NULL, organisation_id INTEGER REFERENCES organisations (id),
            quote TEXT NOT NULL, confidence REAL NOT NULL
        ) STRICT;
        CREATE INDEX figures_item ON figures (item_id);
        CREATE INDEX figures_series ON figures (metric, region_code, period_end);
        """,
    )


@migrations()
def m0003_digests(db: Database) -> None:
    """What was sent, to whom, and the outbox that makes sure of it."""
    _script(
        db,
        """
        CREATE TABLE digest_starts (
            name TEXT PRIMARY KEY, started_at TEXT NOT NULL, after_item INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE digests (
            id INTEGER PRIMARY KEY, name TEXT NOT NULL, key TEXT NOT NULL UNIQUE, title TEXT NOT NULL,
            made_at TEXT NOT NULL, since TEXT, until TEXT NOT NULL, items INTEGER NOT NULL,
            cut INTEGER NOT NULL DEFAULT 0
        ) STRICT;
        CREATE INDEX digests_name ON digests (name, made_at);
        CREATE TABLE digest_items (
            digest_id INTEGER NOT NULL REFERENCES digests (id),
            item_id INTEGER NOT NULL REFERENCES items (id),
            position INTEGER NOT NULL, PRIMARY KEY (digest_id, item_id)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX digest_items_item ON digest_items (item_id);
        CREATE TABLE deliveries (
            id INTEGER PRIMARY KEY, digest_id INTEGER NOT NULL REFERENCES digests (id), channel TEXT NOT NULL,
            target TEXT NOT NULL, message_id TEXT,
            state TEXT NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'sending', 'sent', 'failed')),
            attempts INTEGER NOT NULL DEFAULT 0, created_at TEXT NOT NULL, next_try_at TEXT, sent_at TEXT,
            last_error TEXT, name TEXT, body BLOB NOT NULL
        ) STRICT;
        CREATE INDEX deliveries_digest ON deliveries (digest_id);
        CREATE INDEX deliveries_open ON deliveries (next_try_at) WHERE state IN ('pending', 'sending');
        """,
    )


@migrations()
def m0004_search_and_views(db: Database) -> None:
    """Full text by pairs of characters (contentless: the words stand in `items`), and a view to browse."""
    _script(
        db,
        """
        CREATE VIRTUAL TABLE items_fts USING fts5(title, text, content='', detail=full);
        CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
        CREATE VIEW news AS
            SELECT items.id, items.title, items.outlet, items.published_at,
                (SELECT group_concat(short_name, ' ') FROM (SELECT regions.short_name FROM item_regions
                    JOIN regions ON regions.code = item_regions.region_code
                    WHERE item_regions.item_id = items.id AND role = 'primary' ORDER BY score DESC))
                    AS regions,
                (SELECT group_concat(label, ' ') FROM (SELECT topics.label FROM item_topics
                    JOIN topics ON topics.id = item_topics.topic_id
                    WHERE item_topics.item_id = items.id AND role = 'main' ORDER BY score DESC)) AS topics,
                (SELECT count(*) FROM sightings WHERE sightings.item_id = items.id) AS sightings,
                items.url, items.story_id
            FROM items ORDER BY items.published_at DESC;
        CREATE VIEW source_health AS
            SELECT id, title, state, last_success_at, last_new_item_at, failures, next_poll_at,
                last_error_kind, last_error FROM sources ORDER BY failures DESC, id;
        """,
    )


@migrations()
def m0005_notices(db: Database) -> None:
    """What the operator was told: one row for each trouble, from first to last."""
    _script(
        db,
        """
        CREATE TABLE notices (
            id INTEGER PRIMARY KEY, subject TEXT NOT NULL, what TEXT NOT NULL, since TEXT NOT NULL,
            told_at TEXT, over_at TEXT, over_told_at TEXT
        ) STRICT;
        CREATE UNIQUE INDEX notices_standing ON notices (subject) WHERE over_at IS NULL;
        """,
    )


@migrations()
def m0006_raw_documents_and_pages(db: Database) -> None:
    """What articles were read from, for a while; the pages fetched for full text; robots.txt."""
    _script(db, raw_step.TABLES)


@migrations()
def m0007_views_by_week(db: Database) -> None:
    """The week of an item (its Monday in Beijing), and views that count by it: stories, not copies.

    The index holds the week and the story, so that the views read no article to count them.
    """
    _script(db, views_by_week.VIEWS)


@migrations()
def m0008_stories(db: Database) -> None:
    """Marks to find near copies by, how pairs are alike, what the user said of stories, and tombstones.

    `story_marks` names no foreign key: it is an index, and an item that goes takes its marks with it.
    Items stored before are indexed at the next start; until then the fact says up to which.
    """
    _script(db, stories_step.TABLES)


@migrations()
def m0009_figures(db: Database) -> None:
    """Names of metrics, where the parts of a figure stand in its quote, and views of series and conflicts."""
    _script(db, views_of_figures.VIEWS)


@migrations()
def m0010_what_did_not_fit(db: Database) -> None:
    """What a digest had to leave out, in order, and whether it comes with the next one."""
    _script(db, digest_rest_step.TABLES)


@migrations()
def m0011_policies(db: Database) -> None:
    """Policy documents and the items that name them; finding the items tagged under older rules."""
    _script(db, policies_step.TABLES)


@migrations()
def m0012_leases(db: Database) -> None:
    """Attempts, so that a late answer is refused; fingerprints of the entries a feed showed last."""
    _script(db, leases_step.TABLES)


@migrations()
def m0013_smaller_search_index(db: Database) -> None:
    """The search index anew, the text before the title: a third less of it."""
    _script(db, search_step.TABLES)


@migrations()
def m0014_looks_in_a_large_store(db: Database) -> None:
    """Who is in trouble, what a clock astray put off, what came lately: found without a look at every row."""
    _script(db, scale_step.TABLES)


@migrations()
def m0015_cheaper_saving(db: Database) -> None:
    """Marks of another recipe, filled in at the next start; a search index that is merged less often."""
    _script(db, saving_step.TABLES)


def _script(db: Database, statements: str) -> None:
    # One by one: `executescript` would commit the transaction that the migration runs in.
    for statement in statements.split(";\n"):
        if statement.strip():
            db.execute(statement)
