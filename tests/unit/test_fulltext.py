"""The page behind an entry: which text the item gets, and what it takes over from the page."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from watcher.dedupe import judge
from watcher.model import Changed, Known, ParseFailure, RawDocument, Same, Source, TaggedItem
from watcher.parse import fulltext
from watcher.parse.fulltext import read_full_text
from watcher.pipeline import read
from watcher.tag import compile_rules
from watcher.tag.rulebook import shipped as rulebook
from watcher.text.boilerplate import shipped

NOW = datetime(2026, 11, 20, tzinfo=UTC)
SOURCE = Source("s", "feed", "s", "https://a.example/feed", ZoneInfo("Asia/Shanghai"), fulltext=True)
RULES = compile_rules(rulebook())
URL = "https://a.example/1.html"
LEAD = "重庆新增二级节点。"
FEED = f"<rss version='2.0'><channel><item><guid>1</guid><link>{URL}</link><title>重庆新增二级节点</title>"
FEED += f"<description>{LEAD}</description></item></channel></rss>"
BODY = "".join(
    f"<p>第{number}段：重庆两江新区的工业互联网标识解析二级节点建成，企业上云，持续增长。</p>"
    for number in range(6)
)
PAGE = f"""<!doctype html><html><head><title>重庆新增二级节点_某网</title></head><body>
<nav><a href=/>首页</a></nav><div class=meta><span class=source>来源：样例日报</span>
<span class=time>2026-11-18 09:30</span></div><div class=art>{BODY}</div><footer>版权所有</footer></body></html>"""


def page(html: str, content_type: str | None = None, encoding: str = "utf-8") -> RawDocument:
    return RawDocument("s", URL, html.encode(encoding), NOW, content_type)


def item_with(*pages: RawDocument, feed: str = FEED) -> TaggedItem:
    raw = RawDocument("s", SOURCE.location, feed.encode(), NOW, pages=tuple((URL, one) for one in pages))
    reading = read(raw, SOURCE, RULES, shipped())
    assert not isinstance(reading, ParseFailure)
    return reading.items[0]


def test_without_a_page_the_feed_speaks() -> None:
    tagged = item_with()
    assert (tagged.item.text, tagged.item.text_from, tagged.seen_hash) == (LEAD, "source", None)


def test_a_page_that_says_more_is_taken() -> None:
    tagged = item_with(page(PAGE))
    assert tagged.item.text_from == "page"
    assert tagged.item.text.startswith("第0段")
    assert "首页" not in tagged.item.text
    assert "版权" not in tagged.item.text
    assert (tagged.item.guid, tagged.item.url, tagged.item.title) == ("1", URL, "重庆新增二级节点")
    assert tagged.item.outlet == "样例日报"
    assert tagged.item.published_at == datetime(2026, 11, 18, 1, 30, tzinfo=UTC)
    assert tagged.item.published_from == "body"
    assert tagged.key == item_with().key


def test_the_feeds_own_date_stays() -> None:
    feed = FEED.replace("<guid>", "<pubDate>Tue, 17 Nov 2026 08:00:00 +0800</pubDate><guid>")
    tagged = item_with(page(PAGE), feed=feed)
    assert (tagged.item.text_from, tagged.item.published_from) == ("page", "feed")


def test_a_page_in_gbk_is_read() -> None:
    assert "第5段" in item_with(page(PAGE, "text/html; charset=gbk", "gbk")).item.text


@pytest.mark.parametrize(
    "html",
    ["<!doctype html><html><body><p>请登录</p></body></html>", '{"error": 1}', "<rss/>", "%PDF-1.4"],
)
def test_a_page_that_says_less_leaves_the_feeds_text(html: str) -> None:
    tagged = item_with(page(html))
    assert (tagged.item.text, tagged.item.text_from, tagged.seen_hash) == (LEAD, "source", None)


def test_the_page_of_another_entry_is_not_taken() -> None:
    raw = RawDocument("s", "x", FEED.encode(), NOW, pages=(("https://a.example/2.html", page(PAGE)),))
    reading = read(raw, SOURCE, RULES, shipped())
    assert not isinstance(reading, ParseFailure)
    assert reading.items[0].item.text_from == "source"


def test_the_next_poll_has_no_page_and_changes_nothing() -> None:
    full, plain = item_with(page(PAGE)), item_with()
    assert judge(plain, Known(7, full.seen_hash, is_origin=True)) == Same(7)
    assert judge(full, Known(7, full.seen_hash, is_origin=True)) == Same(7)
    assert judge(full, Known(7, plain.content_hash, is_origin=True)) == Changed(full, 7)


WALL = PAGE.replace("重庆新增二级节点_某网", "登录").replace("二级节点", "会员服务").replace("重庆", "")


def test_a_page_of_another_name_is_not_taken() -> None:
    assert item_with(page(WALL)).item.text_from == "source"


def test_what_a_site_shows_for_every_address_is_no_article() -> None:
    two = FEED.replace("</channel></rss>", "") + FEED[FEED.index("<item>") :].replace("1.html", "2.html")
    pages = ((URL, page(PAGE)), ("https://a.example/2.html", page(PAGE)))
    reading = read(RawDocument("s", "x", two.encode(), NOW, pages=pages), SOURCE, RULES, shipped())
    assert not isinstance(reading, ParseFailure)
    assert [tagged.item.text_from for tagged in reading.items] == ["source", "source"]


MENUS = "<!doctype html><html><body>" + "<p><a href=/x>短</a></p>" * 30 + "</body></html>"


def test_a_page_without_an_article_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fulltext, "_trafilatura", lambda: None)
    assert read_full_text(page(MENUS)) is None


def test_the_library_is_asked_when_our_rules_see_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    class Library:
        def extract(self, text: str, **_: object) -> str:
            assert "短" in text
            return "<html><body><p>正文</p></body></html>"

    monkeypatch.setattr(fulltext, "_trafilatura", Library)
    entry = read_full_text(page(MENUS))
    assert entry is not None
    assert entry.html == "<html><body><p>正文</p></body></html>"
