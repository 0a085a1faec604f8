"""The feeds that a page offers."""

import pytest

from watcher.parse.discover import MOST, Offer, feeds_of_page

PAGE = "https://news.example.com/list/index.html"


@pytest.mark.parametrize(
    ("html", "url", "announced"),
    [
        ('<link rel="alternate" type="application/rss+xml" href="/rss.xml">', "/rss.xml", True),
        ("<LINK REL='Alternate' TYPE='application/atom+xml' HREF='atom'>", "/list/atom", True),
        ('<link rel="alternate" type="application/feed+json" href="//cdn.example.com/f.json">', "cdn", True),
        ('<link rel="feed" href="/x">', "/x", True),
        ('<a href="/rss/">RSS</a>', "/rss/", False),
        ('<a href="news.rdf">更多</a>', "/list/news.rdf", False),
        ('<a href="http://feeds.example.com/feed/42">x</a>', "/feed/42", False),
        ('<a href="/dingyue">订阅</a>', "/dingyue", False),
        ('<base href="/b/"><a href="rss.xml">x</a>', "/b/rss.xml", False),
        ('<link rel="alternate" hreflang="en" href="/en">', None, False),
        ('<link rel="alternate" type="application/json+oembed" href="/oembed?url=x">', None, False),
        ('<link rel="stylesheet" href="/rss.css">', None, False),
        ('<a href="/comments/feed/">评论</a>', None, False),
        ('<a href="javascript:rss()">RSS</a>', None, False),
        ('<a href="/article/feedback.html">反馈</a>', None, False),
        ('<a href="/embassy/news">x</a>', None, False),
        ("", None, False),
    ],
)
def test_one_link(html: str, url: str | None, *, announced: bool) -> None:
    found = feeds_of_page(f"<html><head>{html}</head></html>".encode(), PAGE)
    assert len(found) == (url is not None)
    if url is not None:
        assert found[0].announced is announced
        assert url in found[0].url
        assert found[0].url.startswith("http")


def test_announced_ones_come_first_and_each_once() -> None:
    html = (
        '<a href="/rss">RSS</a><link rel="alternate" type="application/rss+xml" title=" 要闻 " href="/rss">'
    )
    assert feeds_of_page(html.encode("gbk"), PAGE, "text/html; charset=gbk") == (
        Offer("https://news.example.com/rss", "要闻", announced=True),
    )


def test_a_page_of_links_is_cut() -> None:
    html = "".join(f'<a href="/{number}/rss">RSS</a>' for number in range(100))
    assert len(feeds_of_page(html.encode(), PAGE)) == MOST
