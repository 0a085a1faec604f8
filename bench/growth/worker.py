"""What reading costs a worker: a feed of thirty articles, all new or two of them, from bytes to items."""

import time
from html import escape
from itertools import islice

from bench.growth.articles import Article, articles
from bench.growth.keeping import BEGIN, FEED, FEEDS, RULES, when
from watcher.model import ParseFailure, RawDocument, Seen
from watcher.pipeline import read
from watcher.text.boilerplate import shipped

NEW = 2  # articles of a feed that is asked a few times a day
TIMES = 40  # feeds


def reading_costs() -> tuple[float, float]:
    """CPU milliseconds for a feed that is new, and for one that has two new articles since the last time."""
    coming = articles(seed=9)
    fresh = later = 0.0
    for _ in range(TIMES):
        some = list(islice(coming, FEED + NEW))
        spent, seen = _read(some[NEW:], frozenset())
        fresh += spent
        later += _read(some[:FEED], seen)[0]
    return fresh * 1000 / TIMES, later * 1000 / TIMES


def _read(some: list[Article], seen: Seen) -> tuple[float, Seen]:
    entries = "".join(
        f"<item><title>{escape(one.title)}</title><guid>{one.number}</guid>"
        f"<link>https://example.org/a/{one.number}</link>"
        f"<pubDate>{when(one.number):%a, %d %b %Y %H:%M:%S} GMT</pubDate>"
        f"<description>{escape('<p>' + one.text.replace(chr(10), '</p><p>') + '</p>')}</description></item>"
        for one in some
    )
    body = f'<rss version="2.0"><channel><title>样例</title>{entries}</channel></rss>'.encode()
    raw = RawDocument(FEEDS[0].id, FEEDS[0].location, body, BEGIN, "application/rss+xml; charset=utf-8")
    begun = time.process_time()
    found = read(raw, FEEDS[0], RULES, shipped(), seen)
    spent = time.process_time() - begun
    assert not isinstance(found, ParseFailure)
    return spent, found.seen
