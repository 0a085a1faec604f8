"""What a document is: by its beginning, with names and content types as tie-breakers."""

from datetime import UTC, datetime

import pytest

from watcher.model import Parsed, ParseFailure, RawDocument
from watcher.parse import FORMATS, parse
from watcher.parse.sniff import is_article, refusal, sniff

RSS = "<rss version='2.0'><channel><item><title>t</title></item></channel></rss>"
POST = "---\ntitle: t\n---\n\n<div><p>x</p></div>\n"
NOW = datetime(2026, 11, 20, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "name", "content_type", "format_"),
    [
        (RSS, "a.xml", "", "rss"),
        (RSS, "a.txt", "text/html", "rss"),
        (RSS, "a.md", "text/html; charset=utf-8", "rss"),
        ("\ufeff \n" + RSS, "a", "", "rss"),
        ("<?xml version='1.0'?><!-- <html> -->\n<?xml-stylesheet href='x'?>" + RSS, "a", "", "rss"),
        ("<!DOCTYPE rss [<!ENTITY a '>'>]>" + RSS, "a", "", "rss"),
        ("<br/><b>Notice</b>: x" + RSS, "a", "", "rss"),
        ("Warning: x in y\n" + RSS, "a", "", "rss"),
        ("<rdf:RDF xmlns:rdf='x'/>", "a", "", "rdf"),
        ("<r:RDF xmlns:r='x'/>", "a", "", "rdf"),
        ("<CHANNEL HREF='x'/>", "a", "", "cdf"),
        ("<feed xmlns='http://www.w3.org/2005/Atom'/>", "a.html", "text/html", "atom"),
        ("<atom:feed xmlns:atom='x'/>", "a", "", "atom"),
        ('{"version": "x"}', "a.md", "text/plain", "json feed"),
        (" \n{ }", "a", "", "json feed"),
        ("{% raw %}", "a.md", "", "document"),
        (POST, "a.txt", "", "document"),
        (POST, "a.xml", "", "document"),
        ("<!doctype html><html><body><rss></body></html>", "a.xml", "text/xml", "document"),
        ("<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'/>", "a.xml", "", "document"),
        ("<p>x</p>", "a", "", "document"),
        ("# 标题\n\n正文里写着 <rss> 的文章", "a.md", "", "document"),
        ("---\ntitle: t\n---\n<rss version='2.0'>", "a.md", "", "document"),
        ("<p>x</p><rss>", "a", "", "document"),
        ("正文", "a.txt", "", "document"),
        ("<urlset/>", "sitemap.xml", "", None),
        ("<?xml version='1.0'?><urlset/>", "a", "", None),
        ("<urlset/>", "a", "application/xml", None),
        ("<opml/>", "a", "", None),
    ],
)
def test_sniff(text: str, name: str, content_type: str, format_: str | None) -> None:
    sight = sniff(text, name, content_type)
    assert next((key for key, form in FORMATS.items() if form.looks_like(sight)), None) == format_


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("<html>", "HTML page"),
        ("<p>", "HTML page"),
        ("<opml>", "OPML"),
        ("<kml>", "<kml>"),
        ('{"a"', "no JSON Feed"),
        ("正文", "no feed"),
    ],
)
def test_a_refusal_says_what_it_is(text: str, word: str) -> None:
    assert word in refusal(sniff(text))


def test_an_article_is_none_when_a_feed_was_asked_for() -> None:
    raw = RawDocument("s", "a.md", POST.encode(), NOW)
    assert isinstance(parse(raw, feed=True), ParseFailure)
    read = parse(raw, feed=False)
    assert isinstance(read, Parsed)
    assert read.entries[0].title == "t"
    assert read.encoding == "utf-8"


def test_a_saved_feed_is_read_from_a_folder() -> None:
    read = parse(RawDocument("s", "saved/a.xml", RSS.encode(), NOW), feed=False)
    assert isinstance(read, Parsed)
    assert read.format == "rss"


def test_json_that_is_no_feed_is_no_article() -> None:
    assert isinstance(parse(RawDocument("s", "a.json", b'{"a": 1}', NOW), feed=False), ParseFailure)


def test_content_location_is_the_base() -> None:
    body = RSS.replace("<title>", "<link>b.html</link><title>").encode()
    raw = RawDocument("s", "https://example.com/feed", body, NOW, content_location="/news/feed.xml")
    read = parse(raw, feed=True)
    assert isinstance(read, Parsed)
    assert read.entries[0].url == "https://example.com/news/b.html"
    assert is_article(sniff("x"))
