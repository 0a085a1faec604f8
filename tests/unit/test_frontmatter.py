"""Front matter as the wild writes it, valid YAML or not."""

import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.parse.frontmatter import MAX_BLOCK, WISHED, split

BROKEN = ("front matter is no valid YAML, read line by line",)


def block(*lines: str) -> str:
    return "\n".join(("---", *lines, "---", "正文\n"))


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("'工业互联网：5G'", "工业互联网：5G"),
        ('"“一网”共联"', "“一网”共联"),
        ("'it''s 5G'", "it's 5G"),
        ("平台 没有引号", "平台 没有引号"),
        ("@某用户 关注了股票", "@某用户 关注了股票"),
        ("[快讯]重庆发布规划", "[快讯]重庆发布规划"),
        ("[快讯]", "[快讯]"),
        ("【快讯】重庆", "【快讯】重庆"),
        ("Foo: bar: baz", "Foo: bar: baz"),
        ("a: b", "a: b"),
        ('"""""""""""' + "'某行业的一天...'" + '"""""""""""', "某行业的一天..."),
        ("{}", "{}"),
        ("{{ title }}", "{{ title }}"),
        ("&#123;模板&#125;", "&#123;模板&#125;"),
        ("走进 #工业互联网 现场", "走进 #工业互联网 现场"),
        ("#工业互联网#观察", "#工业互联网#观察"),
        ("100% 上云", "100% 上云"),
        ("%上云", "%上云"),
        ("*重点* 项目", "*重点* 项目"),
        ("`反引号`", "`反引号`"),
        ("!!python/object/apply:os.system [id]", "!!python/object/apply:os.system [id]"),
        ("NO", "NO"),
        ("2021", "2021"),
        ("- 重庆", "- 重庆"),
        ("'没有收尾", "'没有收尾"),
        ("> 大于", "> 大于"),
    ],
)
def test_titles(written: str, title: str) -> None:
    meta, body, _ = split(block(f"title: {written}", "date: 2021-01-01"))
    assert (meta["title"], meta["date"], body) == (title, "2021-01-01", "正文\n")


@pytest.mark.parametrize(
    ("key", "written", "value"),
    [
        ("date", "2021-12-08 10:46:18", "2021-12-08 10:46:18"),
        ("date", "2022-05-14 07:25:06 +0800", "2022-05-14 07:25:06 +0800"),
        ("date", "Fri, 30 Jul 2021 07:52:00 GMT", "Fri, 30 Jul 2021 07:52:00 GMT"),
        ("date", "Invalid Date", "Invalid Date"),
        ("date", "2021-02-30", "2021-02-30"),
        ("date", "12:30:00", "12:30:00"),
        ("pubDate", "1620600969", "1620600969"),
        ("updated", "1.10", "1.10"),
        ("author", "true", "true"),
        ("tags", "东财滚动新闻", "东财滚动新闻"),
        ("tags", "[5G, '上云']", ["5G", "上云"]),
        ("categories", "\n - 金融\n - 每经网", ["金融", "每经网"]),
        ("categories", "\n    - [金融, 证券]\n    - 每经网", ["金融", "证券", "每经网"]),
        ("title", ">-\n  折行的\n  标题", "折行的 标题"),
        ("title", "折行的\n  标题", "折行的 标题"),
        ("Title", "大写的键", "大写的键"),
    ],
)
def test_values_stay_as_written(key: str, written: str, value: str | list[str]) -> None:
    meta, _, notes = split(block(f"{key}: {written}"))
    assert meta == {key.lower(): value}
    assert notes == ()


def test_broken_yaml_is_read_line_by_line() -> None:
    text = block(
        "title: @用户",
        "categories: ",
        " - 金融",
        " - '快讯'",
        'tags: [a, "b", ]',
        "author: 甲",
        "  乙",
        "thumbnail: ''",
    )
    assert split(text) == (
        {"title": "@用户", "categories": ["金融", "快讯"], "tags": ["a", "b"], "author": "甲 乙"},
        "正文\n",
        BROKEN,
    )


@pytest.mark.parametrize(
    ("text", "body"),
    [
        ("\ufeff---\ntitle: 甲\n---\n正文", "正文"),
        ("\n\n---\ntitle: 甲\n---\n正文", "正文"),
        ("---\r\ntitle: 甲\r\n---\r\n正文", "正文"),
        ("---\ntitle: 甲\n...\n正文", "正文"),
        ("-----\ntitle: 甲\n-----  \n正文", "正文"),
        ("title: 甲\ndate: 2021-01-01\ncategories:\n- 金融\n---\n正文", "正文"),
        ("---\ntitle: 甲\n---", ""),
        ("---\ntitle: 甲\n---\n\n---\n后面的线", "\n---\n后面的线"),
    ],
)
def test_where_the_block_ends(text: str, body: str) -> None:
    meta, rest, _ = split(text)
    assert (meta["title"], rest) == ("甲", body)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "正文",
        "---\n一条线\n---\n正文",
        "---\ntitle: 没有收尾\n正文",
        "注意: 这是正文\n---\n又一段",
        "title: 像键\n这一行不像\n---\n正文",
        "---\n---\n正文",
        "---\n" + "x" * MAX_BLOCK + "\ntitle: 太长\n---\n正文",
        "<p>title: 甲</p>\n---\n",
    ],
)
def test_what_is_no_front_matter_stays_text(text: str) -> None:
    assert split(text) == ({}, text, ())


def test_a_block_that_is_one_yaml_string_is_read_line_by_line() -> None:
    assert split('---\n"\ntitle: 甲\n"\n---\n正文') == ({"title": "甲"}, "正文", BROKEN)


def test_only_the_wished_keys_come_through() -> None:
    meta, _, _ = split(block("title: 甲", "headimg: x", "comments: false", "password: y", "layout: post"))
    assert set(meta) == {"title", "layout"} <= WISHED


@pytest.mark.parametrize(
    "lines",
    [
        [
            "a: &a [x,x,x,x,x,x,x,x,x]",
            *(f"{b}: &{b} [{', '.join(['*' + a] * 9)}]" for a, b in zip("abcdefg", "bcdefgh", strict=True)),
            "tags: *h",
        ],
        ["tags: " + "[" * 60_000],
        ["tags: " + "{" * 60_000],
        ["- " * 30_000, "title: x"],
        ["tags: &a [*a]"],
        ["tags: [" + "a," * 30_000 + "]"],
        ["title: \x00"],
        ["title: !!int x"],
        ["<<: {title: 并入}", "title: x"],
    ],
)
def test_bombs_are_defused(lines: list[str]) -> None:
    meta, _, _ = split(block(*lines))
    assert sum(len(value) for value in meta.values()) < 2 * MAX_BLOCK


@given(st.text(st.sampled_from("title:date -[]{}'\"#&*!|>\n\t甲@%`,?\x00\ud800\r.")))
def test_anything_can_be_split(text: str) -> None:
    meta, body, _ = split(f"---\ntitle: {text}\n---\n正文")
    assert all(key in WISHED and value for key, value in meta.items())
    assert body.endswith("正文")
    split(text)


def test_the_two_post_families() -> None:
    hexo = textwrap.dedent("""
        ---
        title: '某市定下_小目标_！'
        categories:
         - 金融
         - 每经网
        headimg: 'https://example.org/a.jpeg'
        author: 每经网
        comments: false
        date: Invalid Date
        ---

        <div>""")
    assert split(hexo)[0] == {
        "title": "某市定下_小目标_！",
        "categories": ["金融", "每经网"],
        "author": "每经网",
        "date": "Invalid Date",
    }
    jekyll = block(
        "layout: post",
        'title: "一"',
        "date: 2022-05-14 07:25:06 +0800",
        "categories: jingjiribao",
        "tags: 经济日报新闻",
    )
    assert split(jekyll)[0]["tags"] == "经济日报新闻"
