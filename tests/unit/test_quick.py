"""The fast lane says what feedparser would say, or leaves the feed to it."""

import gzip
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watcher.model import Parsed, ParseFailure, RawDocument
from watcher.parse import feed, parse
from watcher.parse.quick import parse_quickly

CORPUS = Path(__file__).parents[2].parent / "shared/corpus"
NOW = datetime(2026, 11, 20, tzinfo=UTC)

RSS = '<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>某报</title>{}</channel></rss>'
ITEM = "<item><title>青岛上云</title><link>https://example.org/1</link>{}</item>"
ATOM = '<feed xmlns="http://www.w3.org/2005/Atom"><title>某报</title><id>urn:a</id>{}</feed>'
ENTRY = '<entry><title>青岛上云</title><id>urn:1</id><link href="https://example.org/1"/>{}</entry>'


def both(body: bytes) -> tuple[Parsed | ParseFailure, Parsed | ParseFailure, bool]:
    """The document as it is read, as it is read by feedparser alone, and whether the fast lane took it."""
    raw = RawDocument("s", "https://example.org/feed", body, NOW)
    taken = []

    def watched(document: str) -> feed.Fields | None:
        found = parse_quickly(document)
        taken.append(found is not None)
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(feed, "parse_quickly", watched)
        ours = parse(raw, feed=True)
        patch.setattr(feed, "parse_quickly", lambda _: None)
        return ours, parse(raw, feed=True), any(taken)


def documents() -> Iterator[bytes]:
    for path in sorted(path for path in CORPUS.rglob("*") if path.is_file()):
        body = path.read_bytes()
        yield gzip.decompress(body) if body.startswith(b"\x1f\x8b") else body


def test_every_feed_of_the_corpus_comes_out_the_same() -> None:
    taken = 0
    for body in documents():
        if b"<rss" in body[:4096] or b"<feed" in body[:4096]:
            ours, judge, fast = both(body)
            assert ours == judge
            taken += fast
    assert taken > 1_600  # else nothing was compared


@pytest.mark.parametrize(
    "document",
    [
        RSS.format(ITEM.format("<description>&lt;p&gt;正文&lt;/p&gt;</description><guid isPermaLink='false'>7</guid>")),
        RSS.format(ITEM.format("<category domain='x'>工业</category><category>工业</category><dc:creator>张三</dc:creator>")),
        RSS.format(ITEM.format("<pubDate>今天</pubDate><dc:date>2026-11-20</dc:date><enclosure url='a' length='1' type='b'/>")),
        RSS.format("<language>zh-cn</language><ttl>60</ttl><image><url>x</url></image>" + ITEM.format("<guid>http://a.cn</guid>")),
        ATOM.format(ENTRY.format("<content type='html'>&lt;p&gt;正文&lt;/p&gt;</content><author><name>张三</name></author>")),
        ATOM.format(ENTRY.format("<summary>正文</summary><published>2026-11-20T00:00:00Z</published><updated>昨天</updated>")),
        ATOM.format(ENTRY.format("<category term='a' label='工业'/><link rel='enclosure' href='b'/><rights>某报</rights>")),
    ],
)  # fmt: skip
def test_ordinary_feeds_are_taken(document: str) -> None:
    ours, judge, fast = both(document.encode())
    assert fast
    assert ours == judge
    assert isinstance(ours, Parsed)


@pytest.mark.parametrize(
    "document",
    [
        "<rss version='0.91'><channel><item><title>a</title></item></channel></rss>",
        "<rss version='2.0'><channel><item><title>a</title></item></channel><channel/></rss>",
        RSS.format(""),
        RSS.format("<item rdf='x'><title>a</title></item>"),
        RSS.format(ITEM.format("<title>另一个</title>")),
        RSS.format(ITEM.format("<description><p>没有转义</p></description>")),
        RSS.format(ITEM.format("<description type='x'>正文</description>")),
        RSS.format(ITEM.format("<author>张三 zhang@example.org</author>")),
        RSS.format(ITEM.format("<unknown>某物</unknown>")),
        RSS.format(ITEM.format("<guid>http:////example.org</guid>")),
        RSS.format(ITEM.format("<description>caf\u00c3\u00a9</description>")),
        RSS.format(ITEM.format("<description>\u0093a\u0094 工业</description>")),
        RSS.format(ITEM.format("<title>没有结束</item>")),
        ATOM.format(""),
        ATOM.replace("<feed ", "<feed xml:base='https://example.com/' ").format(ENTRY.format("")),
        ATOM.format(ENTRY.format("<title type='xhtml'>a</title>")),
        ATOM.format(ENTRY.format("<content type='application/octet-stream'>a</content>")),
        ATOM.format(ENTRY.format("<content type='html' src='a'/>")),
        ATOM.format(ENTRY.format("<link rel='alternate' href='b'/>")),
        ATOM.format(ENTRY.format("<link rel='alternate' type='text/plain' href='b'/>")),
        ATOM.format(ENTRY.format("<link rel='via' href='b' xml:lang='zh'/>")),
        ATOM.format(ENTRY.format("<category term='a'>文字</category>")),
        ATOM.format(ENTRY.format("<author><email>a@example.org</email></author>")),
        ATOM.format(ENTRY.format("<source><title>他报</title></source>")),
    ],
)
def test_what_could_be_read_in_two_ways_is_left_to_feedparser(document: str) -> None:
    ours, judge, fast = both(document.encode())
    assert not fast
    assert ours == judge


TEXTS = st.text(st.sampled_from("工业a é\u0085\u00a0&;<b>/:#39;\n @()"), max_size=12)
NAMES = ("title", "link", "guid", "description", "author", "category", "pubDate", "dc:creator", "comments")


@given(st.lists(st.tuples(st.sampled_from(NAMES), TEXTS, st.booleans()), max_size=6))
@settings(max_examples=300, deadline=None)
def test_whatever_stands_in_an_item(fields: list[tuple[str, str, bool]]) -> None:
    written = (
        f"<{name}><![CDATA[{text}]]></{name}>" if whole else f"<{name}>{text.replace('<', '&lt;')}</{name}>"
        for name, text, whole in fields
    )
    ours, judge, _ = both(RSS.format(f"<item>{''.join(written)}</item>").encode())
    assert ours == judge
