"""The HTML page: honest, harmless, small, readable without <style>."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from urllib.parse import urlsplit

import html5lib
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from tests.unit.digest_samples import digest, figure, item, region, topic
from watcher.digest.html import LONGEST
from watcher.digest.render import RENDERERS, render
from watcher.model import Digest, HeatRow

HOSTILE = (
    '<script>alert(1)</script>"><img src=x onerror=alert(2)>\u202e\r\nBcc: a@b.example {{ 7*7 }} {% x %} '
    + "长" * 10_000
)


def html(made: Digest) -> str:
    return render(made, "html").body.decode()


def words(page: str) -> str:
    body = LexborHTMLParser(page).body
    return " ".join((body.text(separator=" ") if body else "").split())


class _Balance(HTMLParser):
    """Every element closed in order: mail clients repair less than browsers."""

    VOID = frozenset({"meta", "br", "img"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len(dict(attrs)) == len(attrs), (tag, attrs)
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def assert_well_formed(page: str) -> None:
    balance = _Balance()
    balance.feed(page)
    balance.close()
    assert balance.open == []


def test_a_card_has_everything() -> None:
    one = item(
        1871,
        title="两江新区新增节点",
        other_outlets=3,
        topics=(topic("identifier"), topic("park", 1)),
        regions=(region("500000"), region("两江新区", 2)),
    )
    page = html(digest(one))
    text = words(page)
    for part in (
        "工业互联网日报",
        "2022-02-23 周三 08:00 · 1 个事件 · 4 篇 · 1 个来源",
        "重庆市 1 园区 1 · 标识解析 1",
        "山城工业报 02-23 06:00 · 另见 3 家 · #1871",
        "二级节点上线试运行，覆盖三个行业。",
        "标识解析 · 园区 · 两江新区",
        "[原文]",
        "02-22 08:00 至 02-23 08:00 收录",
        "「daily」",
    ):
        assert part in text
    assert page.count('href="https://news.example.cn/1871.html"') == 2
    assert_well_formed(page)


def test_no_new_items_is_said() -> None:
    page = html(digest())
    assert "02-22 08:00 至 02-23 08:00 没有符合条件的新文章。" in words(page)
    assert "没有新文章" in words(page)
    assert "要点" not in page
    assert_well_formed(page)


def test_what_was_cut_is_said() -> None:
    assert "还有 2 条符合条件" in words(html(digest(*(item(n) for n in range(1, 6)), max_items=3)))


def test_absent_things_leave_no_trace() -> None:
    bare = item(url=None, outlet=None, text="", topics=(), regions=(), source_ids=(), published_at=None)
    page = html(digest(bare, group_by="none"))
    assert "收到于 02-23 07:00 · #1" in words(page)
    assert "href" not in page
    assert "None" not in page
    assert "<h2" not in page
    assert_well_formed(page)


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "//evil.example", "https://a@b.example/"]
)
def test_only_web_links_are_links(url: str) -> None:
    assert "href" not in html(digest(item(url=url)))


def test_hostile_text_stays_text() -> None:
    one = item(title=HOSTILE, text=HOSTILE + "。", outlet=HOSTILE, url='https://a.example/"onload="x')
    made = digest(one, title=HOSTILE)
    page = html(made)
    tree = LexborHTMLParser(page)
    assert not tree.css("script, img, iframe, object, link, form, svg")
    assert not [node for node in tree.css("*") for name in node.attributes if name.startswith("on")]
    assert "\u202e" not in page
    assert "49" not in words(page).replace("2022", "")
    assert "{{ 7*7 }}" in words(page)
    assert len(page) < 12_000
    assert_well_formed(page)


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=30))
def test_any_text_gives_a_well_formed_page(title: str, text: str, name: str) -> None:
    made = digest(item(title=title, text=text, outlet=name, url=f"https://a.example/{text}"), title=name)
    for form in RENDERERS:
        assert render(made, form).body.decode()
    assert_well_formed(html(made))


def test_nothing_is_fetched_and_every_link_is_absolute() -> None:
    page = html(digest(*(item(n) for n in range(1, 9))))
    assert not re.search(r"<(?:img|script|link|iframe)|url\(|@import|src=", page)
    assert all(link.startswith("https://") for link in re.findall(r'href="([^"]*)"', page))


@pytest.mark.parametrize("count", [0, 3, 60, 500])
def test_the_page_is_valid_html_with_absolute_links(count: int) -> None:
    items = (item(n, figures=(figure("nodes", n, "个"),), other_outlets=n % 3) for n in range(1, count + 1))
    made = digest(*items, max_items=500, browse="http://127.0.0.1:8001")
    page = html(replace(made, news=(("数字变化", "二级节点 20 个"),), cut=3 if count else 0))
    tree = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(page)  # raises on any fault
    links = [node.get("href") for node in tree.iter("a")]
    assert all(urlsplit(link).scheme in {"http", "https"} and urlsplit(link).hostname for link in links)
    assert len(links) >= min(count, 60)
    assert not [node.tag for tag in ("img", "script", "link", "iframe", "form") for node in tree.iter(tag)]


def test_it_looks_right_without_the_style_element() -> None:
    notable = replace(
        digest(item(regions=(region("500000"), region("510100")), figures=(figure("nodes", 17, "个"),))),
        heat=(HeatRow("500000", "重庆市", 6, (), 2.0, True, (1, 2, 2)),),
    )
    page = html(notable)
    classes = set(re.findall(r"^\.(\w)\{", page, re.MULTILINE))
    used = {name for names in re.findall(r'class="([^"]*)"', page) for name in names.split()}
    assert used == classes
    assert "prefers-color-scheme:dark" in page
    body = LexborHTMLParser(page).body
    assert body is not None
    coloured = [node for node in body.css("[class]") if node.attributes["class"] not in {"p", "s", "l", "r"}]
    assert coloured
    assert all("color:#" in (node.attributes["style"] or "") for node in coloured)


TEXT = "全区已有一千二百家企业接入标识解析体系，月均解析八百万次，" * 4 + "。"


@pytest.mark.parametrize(
    ("count", "leads", "titles"), [(60, True, True), (80, False, True), (900, False, False)]
)
def test_a_long_digest_drops_leads_then_items_and_says_so(count: int, leads: bool, titles: bool) -> None:
    made = digest(*(item(n, text=TEXT) for n in range(1, count + 1)), max_items=count)
    page = html(made)
    assert len(page.encode()) < LONGEST
    assert len(page.encode()) > 0.9 * LONGEST or leads
    assert ("起省略导语" in page) is (titles and not leads)
    assert ("其余" in page) is not titles
    assert f"{count} 篇 · " in words(page)
    shown = len(re.findall(r"· #\d+", words(page)))
    assert (shown == count) is titles
    assert_well_formed(page)


def test_the_same_digest_gives_the_same_bytes() -> None:
    items = [item(n) for n in range(1, 20)]
    for form in RENDERERS:
        assert render(digest(*items), form) == render(digest(*reversed(items)), form)
