"""The benchmark's feeds are the same everywhere and honest work; its server answers as servers do."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bench.speed.articles import ARTICLES, LETTERS, article
from bench.speed.feeds import NEWS_EVERY, Shelf, document, write_shelf
from bench.speed.profile import ROOMS
from bench.speed.server import Site
from bench.speed.stopwatch import find
from watcher.dedupe.alike import alike
from watcher.dedupe.wording import wording
from watcher.model import Parsed, RawDocument
from watcher.parse import parse

SEED = 1
NOW = datetime(2026, 11, 20, 5, tzinfo=UTC)


def _parsed(feed: int, edition: int) -> Parsed:
    raw = RawDocument("f", f"https://news{feed}.example.cn/feed", document(SEED, feed, edition), NOW)
    parsed = parse(raw, feed=True)
    assert isinstance(parsed, Parsed)
    return parsed


@pytest.mark.parametrize("feed", [0, 1])
def test_a_feed_is_the_same_each_time_and_parses_to_thirty_articles(feed: int) -> None:
    assert document(SEED, feed, 1) == document(SEED, feed, 1)
    assert document(SEED, feed, 1) != document(SEED + 1, feed, 1)
    parsed = _parsed(feed, 1)
    assert parsed.format == ("atom" if feed else "rss")
    assert len(parsed.entries) == ARTICLES
    for entry, number in zip(parsed.entries, reversed(range(ARTICLES)), strict=True):
        assert entry.title == article(SEED, feed, number).title


def test_the_second_edition_has_one_new_article_and_one_less() -> None:
    first, second = ([entry.guid for entry in _parsed(0, edition).entries] for edition in (1, 2))
    assert second[1:] == first[:-1]
    assert second[0] not in first


def test_articles_are_as_long_as_promised_and_one_in_twenty_is_about_the_field() -> None:
    articles = [article(SEED, feed, number) for feed in range(20) for number in range(ARTICLES)]
    news = [article(SEED, feed, ARTICLES) for feed in range(0, 400, NEWS_EVERY)]
    texts = ["".join(one.paragraphs) for one in articles]
    assert LETTERS * 0.9 < sum(map(len, texts)) / len(texts) < LETTERS * 1.2
    field = re.compile("工业互联网|标识|上云|数控化率")
    assert sum(bool(field.search(text)) for text in texts) == pytest.approx(len(texts) / 20, abs=2)
    assert sum(bool(field.search("".join(one.paragraphs))) for one in news) == len(news) // 20
    assert len({one.title for one in articles}) > len(articles) * 0.95


def test_no_two_articles_tell_the_same() -> None:
    words = [
        wording(one.title, "\n".join(one.paragraphs))
        for one in (article(SEED, 0, n) for n in range(ARTICLES))
    ]
    assert not [(a, b) for a in range(ARTICLES) for b in range(a) if alike(words[a], words[b])]


def test_the_server_answers_200_then_304_and_the_second_edition_where_there_is_news(tmp_path: Path) -> None:
    write_shelf(tmp_path / "feeds.bin", 2, SEED)
    site = Site(Shelf(tmp_path / "feeds.bin", 2))
    tags = {}
    for feed in (0, 1):
        head, body = site.answer(b"/%d" % feed, b"")
        assert head.startswith(b"HTTP/1.1 200 ")
        assert body is not None
        assert bytes(body) == document(SEED, feed, 1)
        tags[feed] = head.split(b"ETag: ")[1].split(b"\r\n")[0]
        head, body = site.answer(b"/%d" % feed, b"if-none-match: " + tags[feed])
        assert head.startswith(b"HTTP/1.1 304 ")
        assert body is None
    site.answer(b"/edition/2", b"")
    assert 0 % NEWS_EVERY == 0 != 1 % NEWS_EVERY
    head, body = site.answer(b"/0", b"if-none-match: " + tags[0])
    assert body is not None
    assert bytes(body) == document(SEED, 0, 2)
    head, body = site.answer(b"/1", b"if-none-match: " + tags[1])
    assert head.startswith(b"HTTP/1.1 304 ")
    assert site.answers == {200: 3, 304: 3, 404: 0}


@pytest.mark.parametrize("place", [place for _, places in ROOMS for place in places])
def test_the_profile_finds_the_doors_to_every_room(place: str) -> None:
    owner, name = find(place)
    assert callable(getattr(owner, name))
