"""Entries become items: titles, dates, outlets, links; and the reference texts, to the character."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.model import Entry, Item
from watcher.parse.document import read_document
from watcher.parse.normalise import NO_TITLE, normalise
from watcher.text.boilerplate import shipped

SHARED = Path(__file__).parents[2].parent / "shared"
ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 20, 4, tzinfo=UTC)
LONG = "国家工业互联网标识解析顶级节点已建成二级节点，接入企业节点数量不断增长，标识注册总量再创新高。"


def item(**fields: object) -> Item:
    return normalise(Entry(**fields), ZONE, NOW, shipped())  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("title", "html", "expected"),
    [
        ("标题", "<p>正文。</p>", "标题"),
        ("&lt;em&gt;标题&lt;/em&gt;", "", "标题"),
        ("定下_小目标_！", "<h1>定下“小目标”！</h1><p>正文。</p>", "定下“小目标”！"),
        ("Futures_ No Ball", "Futures: No Ball", "Futures: No Ball"),
        ("定下_小目标_！", "<h1>另一个标题</h1>", "定下_小目标_！"),
        ("snake_case 的标题", "<h1>snake_case 的正文</h1>", "snake_case 的标题"),
        (None, "<p>导语</p><h1>大标题</h1>", "大标题"),
        (None, f"<p>{LONG}</p>", LONG[:40] + "…"),
        ("  \u200b ", "<p>短讯</p>", "短讯"),
        ("", "", "https://example.org/a"),
    ],
)
def test_title(title: str | None, html: str, expected: str) -> None:
    assert item(title=title, html=html, url="https://example.org/a").title == expected


def test_no_title_at_all() -> None:
    assert item() == Item(
        guid=None, url=None, title=NO_TITLE, text="", html=None, author=None, outlet=None,
        published_at=None, published_from="first seen", published_raw=None,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("title", "html", "text"),
    [
        ("大会开幕", f"<h1>大会 开幕</h1><p>{LONG}</p>", LONG),
        ("大会开幕", f"<p>“大会开幕”</p><p>{LONG}</p>", LONG),
        ("大会开幕", "大会开幕", "大会开幕"),
        ("大会开幕", f"<p>大会闭幕</p><p>{LONG}</p>", f"大会闭幕\n{LONG}"),
        ("？", f"<p>！</p><p>甲</p><p>{LONG}</p>", f"甲\n{LONG}"),
    ],
)
def test_a_first_line_that_repeats_the_title_goes(title: str, html: str, text: str) -> None:
    assert item(title=title, html=html).text == text


@pytest.mark.parametrize(
    ("dates", "html", "when", "source", "raw"),
    [
        (
            (("pubDate", "Fri, 30 Jul 2021 07:52:00 GMT"),),
            "",
            "2021-07-30T07:52",
            "feed",
            "Fri, 30 Jul 2021 07:52:00 GMT",
        ),
        (
            (("front matter", "2022-05-14 07:25:06 +0800"),),
            "",
            "2022-05-13T23:25:06",
            "front matter",
            "2022-05-14 07:25:06 +0800",
        ),
        (
            (("front matter", "2021-12-08 10:46:18"),),
            "",
            "2021-12-08T02:46:18",
            "front matter",
            "2021-12-08 10:46:18",
        ),
        (
            (("front matter", "Invalid Date"),),
            "<i class=time>2021-05-10 06:56:09</i>",
            "2021-05-09T22:56:09",
            "body",
            "2021-05-10 06:56:09",
        ),
        (
            (("pubDate", "Invalid Date"), ("updated", "2021-05-10")),
            "",
            "2021-05-09T16:00",
            "feed",
            "2021-05-10",
        ),
        (
            (("file", "2021-05-11T00:00:00Z"),),
            f"<p>2021-05-10 06:56</p><p>{LONG}</p>",
            "2021-05-09T22:56",
            "body",
            "2021-05-10 06:56",
        ),
        ((("file", "2021-05-11T00:00:00Z"),), "", "2021-05-11T00:00", "file", "2021-05-11T00:00:00Z"),
        ((("body", "2021-05-11"),), "", "2021-05-10T16:00", "body", "2021-05-11"),
        ((), "<i class=time>12分钟前</i>", "2026-11-20T03:48", "body", "12分钟前"),
        ((("pubDate", "2099-01-01"),), "", None, "first seen", None),
        ((), "<i class=time>坏的 3 时间</i>", None, "first seen", None),
    ],
)
def test_date(
    dates: tuple[tuple[str, str], ...], html: str, when: str | None, source: str, raw: str | None
) -> None:
    found = item(dates=dates, html=html)
    expected = datetime.fromisoformat(when).replace(tzinfo=UTC) if when else None
    assert (found.published_at, found.published_from, found.published_raw) == (expected, source, raw)


@pytest.mark.parametrize(
    ("fields", "url"),
    [
        ({"url": "https://example.org/a"}, "https://example.org/a"),
        ({"url": "/a", "base": "https://example.org/feed"}, "https://example.org/a"),
        ({"url": "javascript:alert(1)"}, None),
        ({"url": "/a"}, None),
        ({"html": f"<p>{LONG}</p><p>http://example.org/share?id=1</p>"}, "http://example.org/share?id=1"),
        (
            {"html": f"<p>{LONG}</p><p>http://example.org/share?id=1</p>", "url": "https://example.org/a"},
            "https://example.org/a",
        ),
    ],
)
def test_url(fields: dict[str, object], url: str | None) -> None:
    assert item(**fields).url == url


@pytest.mark.parametrize(
    ("outlet", "html", "expected"),
    [
        ("某日报", "<p>（文章来源：别处报）</p>", "某日报"),
        (None, f"<p>{LONG}</p><p>（文章来源：别处报）</p>", "别处报"),
        ("来源：某日报", "", "某日报"),
        (None, f"<span class=source>某某网</span><p>{LONG}</p>", "某某网"),
        (None, f"<p>重庆日报讯 {LONG}</p>", "重庆日报"),
        (" ", f"<p>{LONG}</p>", None),
    ],
)
def test_outlet(outlet: str | None, html: str, expected: str | None) -> None:
    assert item(outlet=outlet, html=html).outlet == expected


def test_relative_links_of_the_body_start_at_the_article() -> None:
    assert 'href="https://example.org/n/b"' in (
        item(url="https://example.org/n/a", html="<a href=b>x</a>").html or ""
    )
    assert 'href="https://example.org/b"' in (
        item(base="https://example.org/", html="<a href=b>x</a>").html or ""
    )


@given(
    st.builds(
        Entry,
        guid=st.none() | st.text(max_size=5),
        url=st.none() | st.text(max_size=20),
        title=st.none() | st.text(max_size=20),
        author=st.none() | st.text(max_size=5),
        outlet=st.none() | st.text(max_size=5),
        html=st.none() | st.text(max_size=60),
        base=st.none() | st.text(max_size=20),
        dates=st.lists(st.tuples(st.sampled_from(["pubDate", "file"]), st.text(max_size=12)), max_size=2).map(
            tuple
        ),
    )
)
def test_any_entry_becomes_an_item(entry: Entry) -> None:
    found = normalise(entry, ZONE, NOW, shipped())
    assert found.title
    assert found.url is None or found.url.startswith(("http://", "https://"))
    assert found.published_at is None or found.published_at <= NOW + timedelta(days=2)
    assert "" not in {found.author, found.outlet, found.html, found.url}


GOLD = [
    ("000", "2021-07-30 15:52:00", "front matter", "新工业洞察"),
    ("001", "2021-05-10 06:56:09", "body", "每日经济新闻"),
    ("002", "2021-11-21 22:10:15", "front matter", "21世纪经济报道"),
    ("003", "2022-05-14 07:25:06", "front matter", "经济日报"),
    ("004", "2022-02-22 18:03:09", "front matter", "四川经济网"),
]


@pytest.mark.skipif(not SHARED.exists(), reason="the shared corpus is not beside the repository")
@pytest.mark.parametrize(("number", "when", "source", "outlet"), GOLD)
def test_reference_texts_to_the_character(number: str, when: str, source: str, outlet: str) -> None:
    (path,) = (SHARED / "corpus" / "seeds-given").glob(f"{number}_*")
    written = path.read_text("utf-8")
    found = normalise(read_document(written, path.name).entries[0], ZONE, NOW, shipped())
    clean = (SHARED / "gold" / "clean" / f"{number}.txt").read_text("utf-8")
    assert "".join(found.text.split()) == "".join(clean.split())
    assert found.published_at == datetime.fromisoformat(when).replace(tzinfo=ZONE)
    assert (found.published_from, found.outlet) == (source, outlet)
    title = next(line for line in written.split("\n") if line.startswith("title:"))[8:-1]
    assert found.title == title.replace("_小目标_", "“小目标”")
