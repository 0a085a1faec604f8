"""Documents of a folder: posts of both families, pages, fragments, plain text."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.model import Entry
from watcher.parse.document import MAX_MARKDOWN, read_document
from watcher.parse.page import is_page
from watcher.text.boilerplate import shipped
from watcher.text.html import read_html

SHARED = Path(__file__).parents[2].parent / "shared"
LONG = "国家工业互联网标识解析顶级节点已建成二级节点，接入企业节点数量不断增长，标识注册总量再创新高。"

HEXO = f"""
---
title: '某市定下_小目标_'
categories:
 - 金融
 - 每经网
author: 每经网
date: Invalid Date
thumbnail: 'https://example.org/a.jpeg'
---

<div>
<div class="top">

        <h1>某市定下“小目标”</h1>

        <div class="typeTags">

        </div>
      <p>{LONG}</p>
</div>
"""

JEKYLL = f"""---
layout: post
title: "平台 再扩容"
date: 2022-05-14 07:25:06 +0800
categories: jingjiribao
tags: 经济日报新闻
---
<center><img src="https://example.org/b.jpg" /></center><p>{LONG}</p><p>2*3*4_五_六</p>
 <p class="em_media">（文章来源：某日报）</p>

<http://share.example.org/NewsShare.html?infoCode=NW1>

[返回某日报新闻](//home.example.org/c.html)｜[返回首页](//home.example.org/)"""


def entry(text: str, name: str = "a.md") -> Entry:
    (found,) = read_document(text, name).entries
    return found


def text_of(found: Entry) -> list[str]:
    return read_html(found.html or "", found.base, shipped()).text.split("\n")


def test_hexo_post() -> None:
    found = entry(HEXO, "post/001.md")
    assert (found.guid, found.title, found.author) == ("post/001.md", "某市定下_小目标_", "每经网")
    assert found.dates == (("front matter", "Invalid Date"),)
    assert found.categories == ("金融", "每经网")
    assert text_of(found) == ["某市定下“小目标”", LONG]  # indented lines after blank ones are no code


def test_jekyll_post_with_a_markdown_tail() -> None:
    found = entry(JEKYLL)
    body = read_html(found.html or "", None, shipped())
    assert body.text.split("\n") == [LONG, "2*3*4_五_六"]
    assert body.outlet == "某日报"
    assert body.link == "http://share.example.org/NewsShare.html?infoCode=NW1"
    assert body.removed[-1] == "返回某日报新闻｜返回首页"
    assert found.categories == ("jingjiribao", "经济日报新闻")


@pytest.mark.parametrize(
    ("text", "name", "format_"),
    [
        (HEXO, "x.txt", "markdown"),
        ("<!DOCTYPE html><html><body>x", "x.txt", "html"),
        ("<p>x</p>", "x.txt", "html"),
        ("# 标题\n\n正文", "x.txt", "markdown"),
        ("正文", "x.MD", "markdown"),
        ("正文\n又一行", "x.txt", "text"),
        ("<http://example.org/> 正文", "x.txt", "text"),
        ("a < b", "x.html", "text"),
        ("", "x.txt", "text"),
    ],
)
def test_format_is_told_by_content(text: str, name: str, format_: str) -> None:
    assert read_document(text, name).format == format_


@pytest.mark.parametrize(
    ("markdown", "lines"),
    [
        ("# 标题\n\n一**粗**_斜_\n二\n\n- 甲\n- 乙", ["标题", "一粗斜", "二", "甲", "乙"]),
        ("|省|数|\n|-|-|\n|渝|39|", ["省\t数", "渝\t39"]),
        ("新词_热点_增长", ["新词_热点_增长"]),
        (
            "### 小节\n\n<p>段<b>落</b></p>\n\n[一个链接](https://example.org/) 在句中。",
            ["小节", "段落", "一个链接 在句中。"],
        ),
        ("{% raw %}\n双花括号 {{ x }}\n{% endraw %}", ["双花括号 {{ x }}"]),
        ("    缩进不是代码", ["缩进不是代码"]),
        ("```\n代码\n```", ["代码"]),
    ],
)
def test_markdown_bodies(markdown: str, lines: list[str]) -> None:
    assert text_of(entry(f"---\ntitle: t\n---\n{markdown}")) == lines


def test_plain_text_keeps_its_signs() -> None:
    assert text_of(entry("第一行 <b>不是标签</b>\n\n第二行 *星号*", "x.txt")) == [
        "第一行 <b>不是标签</b>",
        "第二行 *星号*",
    ]


def test_a_huge_post_is_read_as_plain_text() -> None:
    text = "---\ntitle: t\n---\n" + "[" * (MAX_MARKDOWN + 1)
    assert text_of(entry(text))[0].startswith("[[[")


@pytest.mark.parametrize(
    ("line", "url"),
    [
        ("link: https://example.org/a", "https://example.org/a"),
        ("permalink: /2021/a/", None),
        ("url: javascript:alert(1)", None),
        ("original: https://example.org/b\nurl: https://mirror.example.org/b", "https://example.org/b"),
    ],
)
def test_front_matter_links(line: str, url: str | None) -> None:
    found = entry(f"---\ntitle: t\n{line}\n---\nx")
    assert (found.url, found.base) == (url, url)


def test_front_matter_outlet_language_and_dates() -> None:
    meta = "source: 某日报\nfrom: x\nlang: zh-CN\nupdated: 2022-01-02\ndate: 2022-01-01\ntags: [a, b, a]"
    found = entry(f"---\n{meta}\n---\nx")
    assert (found.outlet, found.language) == ("某日报", "zh-CN")
    assert found.dates == (("front matter", "2022-01-01"), ("front matter", "2022-01-02"))
    assert found.categories == ("a", "b")
    assert entry("---\nsource: https://example.org\ntitle: [a]\n---\nx").outlet is None


PAGE = f"""<!DOCTYPE html><html lang="zh"><head><title>小标题 - 某某网</title>
<meta property="og:title" content="og 标题"><meta name="author" content="张三">
<meta property="article:published_time" content="2022-05-14T07:25:06+08:00">
<meta name="ContentSource" content="某日报"><link rel="canonical" href="https://example.org/1.html"></head>
<body><nav><a href="/">首页</a> 很多导航</nav>
<div class="head"><h1>大标题</h1><div class="info">2022-05-14 07:25 来源：某日报</div></div>
<div class="article"><p>{LONG}</p><p>{LONG}</p><p><img src="b.jpg"></p></div>
<div class="side"><ul><li>热点一</li><li>热点二</li></ul></div>
<footer>版权所有 某某网</footer></body></html>"""


def test_page() -> None:
    found = entry(PAGE, "p.html")
    assert (found.title, found.author, found.outlet) == ("og 标题", "张三", "某日报")
    assert found.url == found.base == "https://example.org/1.html"
    assert found.dates == (("body", "2022-05-14T07:25:06+08:00"), ("body", "2022-05-14 07:25"))
    assert text_of(found) == [LONG, LONG]


@pytest.mark.parametrize(
    ("head", "body", "title"),
    [
        ("<title>小标题_某某网</title>", "<h1>大标题</h1>", "大标题"),
        ("<title>小标题 - 某某网</title>", "", "小标题"),
        ("<title>-某某网</title>", "", "-某某网"),
        ("<meta name=x><meta name='title' content='甲'><meta name='title' content='乙'>", "", "甲"),
        ("", "", None),
    ],
)
def test_page_titles(head: str, body: str, title: str | None) -> None:
    assert entry(f"<html><head>{head}</head><body>{body}<p>{LONG}</p></body></html>").title == title


@pytest.mark.parametrize(
    ("body", "lines"),
    [
        (
            f"<article><section><p>{LONG}</p></section><section><p>{LONG}{LONG}</p></section></article><p>边</p>",
            [LONG, LONG + LONG],
        ),
        (f"<table><tr><td>{LONG}{LONG}<br>{LONG}</td><td>边栏</td></tr></table>", [LONG + LONG, LONG]),
        ("<p>短讯。</p><div>又一句。</div>", ["短讯。", "又一句。"]),
        (  # a chat app's pages: hidden until a script shows them, sections and spans for paragraphs
            f"<div id=c style='visibility:hidden'><section><section><span>{LONG}</span></section></section>"
            f"<section><span>{LONG}</span>{LONG}</section></div><div><p>关注，点赞，在看，分享。</p></div>",
            [LONG, LONG + LONG],
        ),
        (  # two equal halves: neither is the article
            f"<div><div><p>{LONG}{LONG}</p></div></div><hr><div><div><p>{LONG}。</p><p>{LONG}</p></div></div>",
            [LONG + LONG, LONG + "。", LONG],
        ),
        ("", [""]),
    ],
)
def test_the_block_with_the_prose_is_the_body(body: str, lines: list[str]) -> None:
    assert text_of(entry(f"<html><body>{body}</body></html>")) == lines


@pytest.mark.parametrize(
    "text", ["<html>", "  <!doctype HTML>", "<?xml version='1.0'?><!-- x --><html lang=zh>", "<body>"]
)
def test_pages_are_known(text: str) -> None:
    assert is_page(text)


@pytest.mark.parametrize("text", ["<p>html</p>", "html", "<header>", "<?xml version='1.0'?><rss>"])
def test_pieces_are_not_pages(text: str) -> None:
    assert not is_page(text)


@given(
    st.text(st.sampled_from("<>/htmlbodyp!-[]()*_`#|\n 甲{}%=\"'")),
    st.sampled_from(["a.md", "a.html", "a.txt"]),
)
def test_any_text_is_one_entry(text: str, name: str) -> None:
    assert entry(text, name).guid == name
    assert entry(f"<html><body>{text}", name).guid == name


@pytest.mark.skipif(not SHARED.exists(), reason="the shared corpus is not beside the repository")
def test_every_sample_post_has_title_and_body() -> None:
    for path in sorted((SHARED / "corpus" / "seed-transcribed").rglob("*.md")):
        found = entry(path.read_text("utf-8"), path.name)
        assert found.title
        assert found.dates
        assert text_of(found) != [""]
