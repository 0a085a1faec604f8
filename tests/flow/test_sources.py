"""Finding, trying, bringing and repairing sources, through the command line."""

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.flow.test_first_day import ROOT, User
from tests.io.web import Site, site

ITEM = "<item><guid>{0}</guid><title>重庆消息第{0}号</title><link>http://{1}/{0}.html</link>{2}</item>"
ARTICLE = "".join(
    f"<p>第{number}段：两江新区的标识解析二级节点建成，企业上云持续增长，带动产业发展。</p>"
    for number in range(7)
)
PAGE = f"<!doctype html><html><head><title>重庆消息第x号</title></head><body><nav>首页</nav><div>{ARTICLE}<p>本号福利请点这里</p></div></body></html>"
FRONT = """<!doctype html><html><head><title>某网</title>
<link rel="alternate" type="application/rss+xml" title="某网 要闻" href="/feed"></head>
<body><a href="/other/rss">产业 RSS</a> <a href="/broken/rss">RSS</a> <a href="/about.html">关于</a></body></html>"""


def feed(host: str, *numbers: int) -> str:
    items = "".join(
        ITEM.format(number, host, f"<description>摘要{number}。</description>") for number in numbers
    )
    return f"<rss version='2.0'><channel><title>某网要闻</title>{items}</channel></rss>"


@pytest.fixture
def web() -> Iterator[Site]:
    with site() as made:
        made.shows("/", FRONT)
        made.shows("/feed", feed(made.host, *range(1, 7)), "text/xml")
        made.shows("/other/rss", feed(made.host, 9), "text/xml")
        made.shows("/broken/rss", "<html>")
        for number in range(1, 10):
            made.shows(f"/{number}.html", PAGE.replace("第0段", f"第{number}篇"))
        yield made


@pytest.fixture
def user(tmp_path: Path, web: Site, monkeypatch: pytest.MonkeyPatch) -> User:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "watcher.toml").write_text(f'[http]\nallow_private = ["{web.host}"]\n')
    _sources(tmp_path, web)
    return User(tmp_path)


def _sources(home: Path, web: Site, more: str = "") -> None:
    text = f'[[source]]\nid = "some"\nkind = "feed"\nurl = "{web.url("/feed")}"\n{more}\n'
    (home / "config" / "sources.toml").write_text(text, "utf-8")


def test_a_page_gives_its_feeds_as_toml(user: User, web: Site) -> None:
    said = user.runs("sources", "test", web.url("/"))[0]
    tables = tomllib.loads(said)["source"]
    assert [table["url"] for table in tables] == [web.url("/feed"), web.url("/other/rss")]
    assert [table["title"] for table in tables] == ["某网 要闻", "某网要闻"]
    assert "/broken/rss" in web.asked  # it was looked at, and is no feed
    config = user.home / "config" / "sources.toml"
    config.write_text(said, "utf-8")
    assert "all is well" in user.says("check")
    assert [row["announced"] for row in user.gets("sources", "test", web.url("/"))] == [True, False]
    assert not (user.home / "var").exists()


def test_a_page_without_feeds_says_so(user: User, web: Site) -> None:
    assert "offers no feed" in user.says("sources", "test", web.url("/1.html"))


def test_a_feed_is_shown_as_it_would_be_read(user: User, web: Site) -> None:
    said = user.says("sources", "test", web.url("/feed"), "--limit", "2")
    assert "rss, " in said
    assert "utf-8 (found UTF-8)" in said
    assert "6, 6 with under 200 characters" in said
    assert "try fulltext = true" in said
    assert "重庆 primary" in said
    assert "and 4 more" in said
    (row, *_) = user.gets("sources", "test", "some")
    assert (row["published_from"], row["regions"]["500000"]) == ("first seen", "primary")


def test_a_file_is_shown_with_what_was_cleaned_away(user: User) -> None:
    said = user.says("sources", "test", str(ROOT / "seeds/post/000_3f9c1e7ab2d45860.txt"))
    assert "removed   图片来源：示例图库" in said
    assert "from body (“2026-10-12 07:40:15”)" in said


@pytest.mark.parametrize(
    ("place", "said"),
    [("nowhere.md", "No such file"), ("http://127.0.0.1:9/x", "not in allow_private"), ("ftp://x/", "http")],
)
def test_what_cannot_be_tried(user: User, place: str, said: str) -> None:
    assert said in user.says("sources", "test", place, code=2)


def test_opml_goes_out_and_comes_in(user: User, web: Site) -> None:
    opml = user.runs("sources", "export")[0]
    (user.home / "mine.opml").write_text(
        opml.replace("</body>", '<outline text="制造业"><outline text="甲&amp;乙" xmlUrl="https://a.example/rss"/>'
                     '<outline text="x" xmlUrl="file:///etc/passwd"/></outline></body>'), "utf-8"
    )  # fmt: skip
    toml, said = user.runs("sources", "import", "mine.opml")
    assert tomllib.loads(toml)["source"] == [
        {"id": "a-example", "kind": "feed", "title": "甲&乙", "url": "https://a.example/rss"}
    ]
    assert "# 制造业" in toml
    assert "1 new source, 1 in the config already, 1 without a usable address" in said
    assert "no OPML list" in user.says("sources", "import", "config/sources.toml", code=2)


def test_reset_makes_a_source_due(user: User, web: Site) -> None:
    user.says("poll")
    assert "0 sources would be asked" in user.says("poll", "--dry-run")
    assert "would be due" in user.says("sources", "reset", "some", "--dry-run")
    assert "0 sources would be asked" in user.says("poll", "--dry-run")
    assert "due at once" in user.says("sources", "reset", "some")
    assert "1 source would be asked" in user.says("poll", "--dry-run")
    assert "0 new items, 0 changed" in user.says("poll")
    assert "No enabled source" in user.says("sources", "reset", "nobody", code=2)


def test_summaries_are_told_and_full_text_mends_them(user: User, web: Site) -> None:
    user.says("poll")
    assert "some: 6 of its last 6 texts have under 200 characters" in user.says("status")
    assert [row["short_texts"] for row in user.gets("status")] == [6]
    _sources(user.home, web, "fulltext = true")
    web.shows("/feed", feed(web.host, *range(1, 8)), "text/xml")
    assert "1 new item, 6 changed" in user.says("poll", "--all")
    assert "fulltext" not in user.says("status")
    assert "from the article's page" in user.says("why", "7")
    assert "boilerplate" not in user.says("db", "reparse", "--dry-run")


def test_a_pattern_of_ones_own_repairs_what_is_stored(user: User, web: Site) -> None:
    _sources(user.home, web, "fulltext = true")
    user.says("poll")
    assert "本号福利" in user.says("why", "1", "--text")
    _sources(user.home, web, "fulltext = true\nboilerplate = ['本号福利.{0,10}']")
    assert "6 would change" in user.says("db", "reparse", "--dry-run")
    assert "本号福利" in user.says("why", "1", "--text")
    rows = user.gets("db", "reparse", "--source", "some", "--dry-run")
    assert [row["item_id"] for row in rows] == [1, 2, 3, 4, 5, 6]
    said = user.says("db", "reparse")
    assert "6 changed" in said
    assert "text -9 characters" in said
    assert "本号福利" not in user.says("why", "1", "--text")
    assert "0 changed" in user.says("db", "reparse")


def test_a_bad_pattern_is_named_with_its_line(user: User, web: Site) -> None:
    _sources(user.home, web, "boilerplate = ['(广告']")
    said = user.says("check", code=2)
    assert "line 5" in said
    assert "no regular expression" in said
    _sources(user.home, web, '[[source]]\nid = "f"\nkind = "folder"\npath = "x"\nfulltext = true')
    assert 'fulltext is for a source of kind "feed"' in user.says("check", code=2)
