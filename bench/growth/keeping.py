"""Brings invented articles into a store: as a poll does it, or in bulk between two measuring points.

As a poll: 30 articles of one source are judged by the rules, weighed against what is known, applied, grouped
into stories and noted as a poll, in one transaction.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlite_utils import Database

from bench.growth import bulk
from bench.growth.articles import Article, articles
from watcher.dedupe import content_hash, judge
from watcher.model import (
    FeedHints,
    Figure,
    Item,
    NotModified,
    PollReport,
    Response,
    Source,
    TaggedItem,
    Tags,
)
from watcher.pacing import pace
from watcher.pipeline import judge_text
from watcher.store import figures, items, sources, stories, tags
from watcher.store.open import open_store, transaction
from watcher.tag import compile_rules
from watcher.tag.rulebook import shipped

FEED = 30  # articles of one poll
SOURCES = 1000
A_DAY = 10_000  # articles: what 1,000 busy sources bring
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
RULES = compile_rules(shipped())
FEEDS = [
    Source(f"s{at}", "feed", f"第{at}号来源", f"https://{at}.example.org/feed", ZoneInfo("Asia/Shanghai"))
    for at in range(SOURCES)
]

Judged = tuple[Tags, tuple[Figure, ...]]


def when(number: int) -> datetime:
    """The moment in which an article comes."""
    return BEGIN + timedelta(days=1) * number / A_DAY


@dataclass
class Keeping:
    """A store that grows, and the articles that are still to come."""

    db: Database
    coming: Iterator[Article] = field(default_factory=articles)
    stored: int = 0
    _judged: dict[bool, list[Judged]] = field(default_factory=dict)

    def poll(self, batch: Sequence[Article]) -> float:
        """Bring articles as one poll does; the seconds of processor time, reading and parsing apart."""
        source = _source(batch[0])
        begun = time.process_time()
        ready = [tagged(article, judged(article, source)) for article in batch]
        save(self.db, source, ready, when(batch[-1].number))
        spent = time.process_time() - begun
        self.stored += len(batch)
        return spent

    def ask_again(self, count: int) -> float:
        """Poll the last feeds anew, which bring nothing new; the CPU milliseconds a feed of 30."""
        found = self.db.execute(
            "SELECT source_id, guid, content_hash FROM sightings ORDER BY id DESC LIMIT ?", [count]
        ).fetchall()
        now, spent = when(self.stored), 0.0
        for at in range(0, count, FEED):
            source = FEEDS[int(found[at][0][1:])]
            known = [_bare(guid, seen) for _, guid, seen in found[at : at + FEED]]
            begun = time.process_time()
            save(self.db, source, known, now)
            spent += time.process_time() - begun
        return spent * 1000 / (count // FEED)

    def fill(self, upto: int) -> None:
        """Bring articles in bulk until so many are stored."""
        pool = self._judged or self._judge_some()
        while self.stored < upto:
            batch = list(islice(self.coming, min(bulk.PORTION, upto - self.stored)))
            bulk.put(self.db, [self._ready(article, pool) for article in batch])
            self.stored += len(batch)
        bulk.settle(self.db)

    def skip(self) -> None:
        """Go on where an earlier run left the store."""
        self.stored = int(self.db.execute("SELECT coalesce(max(id), 0) FROM items").fetchone()[0])
        self.coming = articles(6 + self.stored, self.stored + 1)

    def _ready(
        self, article: Article, pool: dict[bool, list[Judged]]
    ) -> tuple[Article, str, TaggedItem, datetime]:
        ready = pool[article.of_field]
        one = tagged(article, ready[article.number % len(ready)])
        return article, _source(article).id, one, when(article.number)

    def carry(self) -> None:
        """Have the daily digest carry all of the field but that of the last day, as if it ran all along."""
        with transaction(self.db):
            begun = (BEGIN.isoformat(), when(self.stored).isoformat())
            self.db.execute("INSERT OR REPLACE INTO digest_starts VALUES ('daily', ?, 0)", begun[:1])
            self.db.execute(
                "INSERT OR IGNORE INTO digests (id, name, key, title, made_at, until, items)"
                " VALUES (1, 'daily', '', '', ?, ?, 0)",
                begun,
            )
            self.db.execute(
                "INSERT OR IGNORE INTO digest_items SELECT DISTINCT 1, item_id, item_id FROM item_topics"
                " WHERE item_id <= ?",
                [self.stored - A_DAY],
            )

    def _judge_some(self, count: int = 600) -> dict[bool, list[Judged]]:
        for article in islice(articles(seed=7), count):
            self._judged.setdefault(article.of_field, []).append(judged(article, FEEDS[0]))
        return self._judged


def opened(path: Path) -> Keeping:
    """A store with its sources and taxonomy, empty if it is new."""
    db = open_store(path)
    with transaction(db):
        tags.save_taxonomy(db, RULES.topics, RULES.atlas.regions, RULES.hash)
        figures.save_metrics(db, RULES.book.metrics)
        sources.register(db, FEEDS, BEGIN)
    return Keeping(db)


def judged(article: Article, source: Source) -> Judged:
    """What the rules say of an article."""
    return judge_text(article.title, article.text, when(article.number), source, RULES)


def tagged(article: Article, found: Judged) -> TaggedItem:
    """An article as the pipeline gives it."""
    published, url = when(article.number), f"https://example.org/a/{article.number}"
    item = Item(
        str(article.number),
        url,
        article.title,
        article.text,
        None,
        None,
        f"样例报{article.number % 40}",
        published,
        "feed",
        None,
    )
    content = content_hash(article.title, article.text, published, url)
    return TaggedItem(item, str(article.number), content, found[0], figures=found[1])


def save(db: Database, source: Source, batch: Sequence[TaggedItem], now: datetime) -> None:
    """One poll of one source, saved as `watcher.poll` saves it."""
    with transaction(db):
        touched = set()
        for item in batch:
            verdict = judge(item, items.known(db, source.id, item))
            touched.add(items.apply(db, source.id, verdict, now, first_poll=False))
        stories.regroup(db, touched - {None})
        answer = NotModified(Response(304, source.location))
        memory = sources.memory(db, source.id)
        decided = pace(source, memory, answer, FeedHints(), len(touched), len(batch), None, now, 0.5)
        sources.save_poll(db, PollReport(source.id, "new", len(batch), len(touched)), decided, now)


def _source(article: Article) -> Source:
    return FEEDS[article.number // FEED % SOURCES]


def _bare(guid: str, seen: str) -> TaggedItem:
    item = Item(guid, None, "", "", None, None, None, None, "first seen", None)
    return TaggedItem(item, guid, seen, Tags("none"))
