"""Plain text, Markdown and what all formats for people share."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from tests.unit.digest_samples import SINCE, UNTIL, digest, item, region, topic
from watcher.digest.markdown import escape
from watcher.digest.render import file_name, render
from watcher.digest.view import page
from watcher.model import Digest, HeatRow
from watcher.text.width import width


def text(made: Digest) -> str:
    return render(made, "txt").body.decode()


def markdown(made: Digest) -> str:
    return render(made, "md").body.decode()


def test_the_page_in_plain_text() -> None:
    made = digest(
        item(1, other_outlets=2), item(2, regions=(region("420000"),), topics=(), outlet="江城晚报")
    )
    assert text(made) == (
        "工业互联网日报 · 2022-02-23 周三 08:00 · 2 个事件 · 4 篇 · 2 个来源\n"
        + "═" * 76
        + """

要点
  湖北省  ██ 1
  重庆市  ██ 1               标识解析 1


── 湖北省 ──────────────────────────────────────────────────────────────────

  1  第2篇：两江新区新增标识解析节点
     江城晚报 02-23 06:00 · #2
     两江新区近日有三个工业互联网标识解析二级节点上线试运行，覆盖三个行业。
     https://news.example.cn/2.html


── 重庆市 ──────────────────────────────────────────────────────────────────

  2  第1篇：两江新区新增标识解析节点
     山城工业报 02-23 06:00 · 另见 2 家 · #1
     两江新区近日有三个工业互联网标识解析二级节点上线试运行，覆盖三个行业。
     标识解析
     https://news.example.cn/1.html

"""
        + "─" * 76
        + """
02-22 08:00 至 02-23 08:00 收录。你收到本摘要，是因为 digests.toml 中的
「daily」列有你的地址或文件夹。
深入查看：watcher search 关键词 · watcher why 编号（标题旁 # 后的数字）·
watcher inspect
"""
    )


def test_no_line_but_an_address_is_wider_than_the_page() -> None:
    long = item(title="工业互联网 platform " * 40, text="标识解析体系，" * 60, topics=(topic("长" * 40),))
    lines = text(digest(long, item(2, regions=(region("长" * 50),)))).splitlines()
    assert max(width(line) for line in lines if "https://" not in line) <= 76


def test_what_changed_and_what_is_left_in_plain_text_and_markdown() -> None:
    made = digest(item(1), item(2), item(3), max_items=2, browse="http://127.0.0.1:8001", carry_over=False)
    made = replace(
        made,
        heat=(HeatRow("500000", "重庆市", 6, (("标识解析", 6),), 2.0, True, (1, 2, 2)),),
        news=(("数字变化", "重庆二级节点 20 个，2021-04 为 17 个；" * 3),),
    )
    plain = text(made)
    assert "  重庆市  ████████████ 6     平时 2 ▲  标识解析 6\n" in plain
    assert "  数字变化  重庆二级节点 20 个，2021-04 为 17 个；重庆" in plain
    assert "     还有 1 条\n" in plain
    assert "（上限 2 条），下期不再补发" in plain
    assert "http://127.0.0.1:8001/watcher/search" in plain
    marked = markdown(made)
    assert "| 重庆市 | 6 | 平时 2 ▲ ▂▃▃█ | 标识解析 6 |" in marked
    assert "**数字变化** 重庆二级节点 20 个" in marked
    assert "[→](<http://127.0.0.1:8001/watcher/search>)" in marked


def test_empty_and_cut_in_plain_text_and_markdown() -> None:
    for show in (text, markdown):
        assert "没有符合条件的新文章。" in show(digest())
        assert "还有 1 条符合条件" in show(digest(item(1), item(2), max_items=1))
        assert "未标地区" not in show(digest(item(regions=()), group_by="none"))


TIMES: list[Any] = [
    ({}, "02-23 06:00"),
    ({"published_at": UNTIL - timedelta(days=300)}, "2021-04-29 08:00"),
    ({"published_at": UNTIL - timedelta(hours=8)}, "02-23"),  # midnight: only a day was given
    ({"published_at": None}, "收到于 02-23 07:00"),
    ({"published_from": "first seen"}, "收到于 02-23 07:00"),
]


@pytest.mark.parametrize(("changes", "shown"), TIMES)
def test_times_are_those_of_the_digests_zone(changes: dict[str, Any], shown: str) -> None:
    assert page(digest(item(**changes))).sections[0].cards[0].time == shown


def test_an_item_without_a_link_or_a_text() -> None:
    made = digest(item(title="", url=None, text="", topics=(), regions=()), group_by="none")
    assert "  1  （无题）\n     山城工业报 02-23 06:00 · #1\n\n" in text(made)
    assert "1. **（无题）**\n\n   山城工业报" in markdown(made)


def test_the_source_stands_in_for_a_missing_outlet() -> None:
    cards = page(digest(item(1, outlet=None), item(2, outlet=None, source_ids=()))).sections[0].cards
    assert [card.source for card in cards] == ["样例", None]
    assert cards[1].about == "02-23 06:00"


def test_bars_are_measured_against_the_longest_and_small_ones_stay_small() -> None:
    many = [item(n) for n in range(1, 21)] + [item(30, regions=(region("420000"),))]
    assert [(bar.count, bar.share) for bar in page(digest(*many)).bars] == [(20, 100), (1, 5)]
    assert [bar.share for bar in page(digest(item())).bars] == [20]


def test_a_window_without_a_beginning() -> None:
    made = digest(item())
    assert made.since == SINCE
    open_ended = Digest(**{name: getattr(made, name) for name in made.__slots__} | {"since": None})
    assert page(open_ended).why[0].startswith("截至 02-23 08:00 收录")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("daily", "daily-2022-02-23-0800.html"),
        ("../../etc/passwd", "etc-passwd-2022-02-23-0800.html"),
        ("成渝 日报", "成渝-日报-2022-02-23-0800.html"),
        ("..", "digest-2022-02-23-0800.html"),
    ],
)
def test_file_names(name: str, expected: str) -> None:
    assert file_name(digest(name=name), "html") == expected


MARKUP = (
    "# 标题\n*斜体* _下划线_ `代码` [链接](https://a.example) ![图](x) <b>粗</b> "
    "<https://a.example> &lt; ~~删~~ |格| $x$"
)


def test_feed_text_is_no_markup() -> None:
    made = digest(
        item(title=MARKUP, text=MARKUP + "。", outlet="<i>报</i>", url="https://a.example/(a)_*b*>"),
        title=MARKUP,
    )
    html = MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(markdown(made))
    assert not any(tag in html for tag in ("<b>", "<i>", "<em>", "<code>", "<img", "<s>", "&amp;lt;x"))
    assert html.count("<a ") == 1
    assert 'href="https://a.example/(a)_*b*%3E"' in html
    assert html.count("<table>") == 1
    assert html.count("<h1>") == 1


@given(st.text(alphabet="ab1.)#-+=*_`[]()<>&!|~\\:/@wW$\"' 重庆", max_size=60))
def test_escaped_text_comes_back_as_it_was(raw: str) -> None:
    line = " ".join(raw.split())
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(f"{escape(line)}\n")
    if not line:
        assert tokens == []
        return
    assert [token.type for token in tokens] == ["paragraph_open", "inline", "paragraph_close"]
    children = tokens[1].children or []
    assert {child.type for child in children} <= {"text", "text_special"}
    assert "".join(child.content for child in children) == line


@pytest.mark.parametrize("address", ["https://a.example", "www.a.example", "a@b.example", "HTTP://A.EXAMPLE"])
def test_bare_addresses_are_broken_up(address: str) -> None:
    assert escape(f"见 {address}").count("\\") == 1
