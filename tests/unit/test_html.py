"""HTML to text: what a reader sees, in lines; and HTML that is safe to show."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.text.boilerplate import shipped
from watcher.text.html import CleanBody, html_of_plain, read_html
from watcher.text.nesting import MAX_DEPTH, bound_nesting

BASE = "https://example.org/news/1.html"


def read(html: str, base: str | None = BASE) -> CleanBody:
    return read_html(html, base, shipped())


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p><strong>工作</strong><strong>推进</strong><strong>机制</strong></p>", "工作推进机制"),
        ("<p>一</p><p>二</p>", "一\n二"),
        ("一<br>二<br/>三", "一\n二\n三"),
        ("<div>　　<font>重庆</font> 26 日</div>", "重庆 26 日"),
        ("甲<div>乙<p>丙</p>丁</div>戊", "甲\n乙\n丙\n丁\n戊"),
        ("<ul><li>平台</li><li>网络<ul><li>标识</li></ul></li></ul>", "平台\n网络\n标识"),
        (
            "<table><tr><th>省</th><th>大类</th></tr><tr><td>重庆</td><td>39</td></tr></table>",
            "省\t大类\n重庆\t39",
        ),
        ("<table><tr><td><p>重庆</p></td><td></td><td>39</td></tr></table>", "重庆\t\t39"),
        (
            "<table><tr><td><p>正文一。</p><p>正文二。</p></td><td>侧栏</td></tr></table>",
            "正文一。\n正文二。\n侧栏",
        ),
        ("<table><tr><td><p>正文</p></td></tr><tr><td></td><td></td></tr></table>", "正文"),
        (
            "<table><tr><td>甲<table><tr><td>1</td><td>2</td></tr></table></td><td>乙</td></tr></table>",
            "甲\n1\t2\n乙",
        ),
        ("<pre>一行\n  二行</pre>三", "一行\n二行\n三"),
        ("<p>甲<!-- <b>贵州茅台</b> -->乙</p>", "甲乙"),
        ("<!--article_adlist[<p cms-style='font-M'>--><p>正文</p><!-- x -->", "正文"),
        ("<style>.a&#123;color:red&#125;</style><script>var 甲=1</script>正文", "正文"),
        ("<p>看得见的一段</p><p hidden>藏</p><p style='color:red; display : none'>藏</p>", "看得见的一段"),
        ("<div style='visibility:hidden'>微信正文</div>", "微信正文"),
        (
            "<div style='display:none'>脚本才显示的正文，比什么都长</div>载入中",
            "脚本才显示的正文，比什么都长\n载入中",
        ),
        ("<ruby>作<rp>(</rp><rt>zuo</rt><rp>)</rp></ruby>为", "作为"),
        ("<p>一句话被\n    换行切开</p>", "一句话被换行切开"),
        ("<div>第一段。\n第二段。 \n“第三段”</div>", "第一段。\n第二段。\n“第三段”"),
        ("<p>Smart\n  Factory</p>", "Smart Factory"),
        ("a&nbsp;&nbsp;b &lt;5 &amp;", "a b <5 &"),
        ("<p>工业\u200b互联网\x00</p>", "工业互联网"),
        ("&lt;p&gt;转义&lt;/p&gt;&lt;p&gt;两次&lt;/p&gt;", "转义\n两次"),
        ("<![CDATA[<p>包着</p>]]>", "包着"),
        ("纯文本，没有标签", "纯文本，没有标签"),
        ("工業(yè)互聯(lián)網(wǎng)標識(shí)體系(xi)", "工業互聯網標識體系"),
        ("智能(smart)制造(mfg)云(yún)", "智能(smart)制造(mfg)云(yún)"),
        ("<p>未闭合<p>的<b>标签", "未闭合\n的标签"),
        ("<frameset><frame></frameset>", ""),
        ("", ""),
    ],
)
def test_text_is_what_a_reader_sees(html: str, text: str) -> None:
    assert read(html).text == text


@pytest.mark.parametrize(
    ("html", "heading"),
    [
        ("<h1>\n <!-- <a>旧标题</a> -->\n 新<b>标</b>题 </h1><h1>另一个</h1>", "新标题"),
        ("<h1><img></h1><h1>真标题</h1>", "真标题"),
        ("<h2>小标题</h2>", None),
    ],
)
def test_heading_is_the_first_h1_with_text(html: str, heading: str | None) -> None:
    assert read(html).heading == heading


@pytest.mark.parametrize(
    ("html", "time_text", "outlet"),
    [
        (
            '<p class="u-time"><b class="source">某日报</b> <b class="time"> 2021-05-10 06:56:09</b></p>',
            "2021-05-10 06:56:09",
            "某日报",
        ),
        ('<time datetime="2021-05-10T06:56:09+08:00">昨天</time>', "2021-05-10T06:56:09+08:00", None),
        ("<time>2021年5月10日 06:56</time>", "2021年5月10日 06:56", None),
        ('<div class="pub-time date">05-30 12:00 阅读 12</div>', "05-30 12:00", None),
        ('<i class="date">12分钟前</i>', "12分钟前", None),
        ('<i class="time">刚好没有数字</i><i class="time">2022-01-02</i>', "2022-01-02", None),
        ("<b class=time>无</b>" * 40 + "<b class=time>2022-01-02</b>", None, None),  # enough is enough
        ('<p>从<span class="timeline">2022-01-02</span>起，有一句完整的话。</p>', None, None),
        ('<div class="time">2021年' + "很长" * 60 + "</div>", None, None),
        ('<span class="source">来源：某某网</span>', None, "某某网"),
        ('<span class="resource">某某网</span>', None, None),
        ("<p>2025-12-03 19:42 来源：某华社</p><p>正文是一句话。</p>", "2025-12-03 19:42", "某华社"),
    ],
)
def test_marked_elements_tell_time_and_outlet(html: str, time_text: str | None, outlet: str | None) -> None:
    body = read(html + "<p>今天，大会在重庆开幕，来自全国各地的代表参加了会议。</p>")
    assert (body.time_text, body.outlet) == (time_text, outlet)


@pytest.mark.parametrize(
    ("html", "safe"),
    [
        ('<a href="/a?b=1">x</a>', '<a href="https://example.org/a?b=1" rel="noopener noreferrer">x</a>'),
        ('<img src="//c.example/d.png" onerror="alert(1)" style="x">', '<img src="https://c.example/d.png">'),
        ('<a href="javascript:alert(1)">x</a>', '<a rel="noopener noreferrer">x</a>'),
        ('<a href=" jav&#x09;ascript:alert(1)">x</a>', '<a rel="noopener noreferrer">x</a>'),
        (
            '<a href="data:text/html,x">x</a><a href="file:///etc/passwd">y</a>',
            '<a rel="noopener noreferrer">x</a><a rel="noopener noreferrer">y</a>',
        ),
        (
            "<script>alert(1)</script><iframe src=x>y</iframe><svg onload=a()><p>好</p></svg><!-- c -->",
            "<p>好</p>",
        ),
        ("<style>p{}</style>", None),
    ],
)
def test_html_is_safe_to_show(html: str, safe: str | None) -> None:
    assert read(html).html == safe


def test_relative_links_without_a_base_are_no_links() -> None:
    assert read('<a href="/a">x</a>', base=None).html == '<a rel="noopener noreferrer">x</a>'


@pytest.mark.parametrize("tag", ["div", "b"])
def test_nesting_200_000_deep_is_read(tag: str) -> None:
    assert read(f"<p>开头</p>{f'<{tag}>' * 200_000}底部").text == "开头\n底部"


@pytest.mark.parametrize(
    "tag",
    [
        "span",
        "table><tr><td",
        "ul><li",
        "font color=red",
        "a href=x",
        "svg",
        "script",
        "p",
        "template",
        "x-y",
    ],
)
def test_every_element_may_nest_deep(tag: str) -> None:
    assert read(f"<p>开头</p>{f'<{tag}>' * 20_000}底部").text.startswith("开头")


def test_forgotten_formatting_stays_small() -> None:
    fonts = "".join(f"<font color={number}>" for number in range(2000))
    body = read(f"<p>{fonts}</p>" + "<p>段</p>" * 10_000)
    assert body.text.count("段") == 10_000


def test_two_megabytes_are_read() -> None:
    html = "<p>工业互联网<b>标识</b>解析。</p>\n" * 70_000
    assert read(html).text.startswith("工业互联网标识解析。\n工业")
    assert read("<" * 2_000_000).text


def test_bounds_leave_ordinary_markup_alone() -> None:
    html = "<div><P class=a>一<b>二</b></p></div></div><br/>" * 50
    assert bound_nesting(html) == html


def test_bounds_close_what_they_opened() -> None:
    deep = MAX_DEPTH + 3
    bounded = bound_nesting("<div>" * deep + "x" + "</div>" * deep)
    assert bounded.count("<div") == bounded.count("</div") == MAX_DEPTH
    assert bounded.count("<br") == 3


@pytest.mark.parametrize("text", ["一 < 二 & 三\n\n 四 ", "单行", ""])
def test_plain_text_reads_back(text: str) -> None:
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    assert read(html_of_plain(text)).text.split("\n") == (lines or [""])


MARKUP = st.lists(
    st.sampled_from([
        "<p>", "</p>", "<div>", "</div>", "<b>", "</b>", "<table>", "<tr>", "<td>", "</td>", "</tr>", "<br>",
        "<h1>", "</h1>", "<pre>", "</pre>", "\n", "工业。", "a", "<!--", "-->", "<script>", "</script>", "<",
        "&lt;p&gt;", "<li hidden>", "<a href=javascript:x>", "<time>2021-01-01", "</table>", "\x00", "\ud800",
        "<p style='display:none' class=source>", "<![CDATA[", "<svg>", "<math><mtext><table><mglyph><style>",
        "<template>", "<select>", "<frameset>", "</body>",
    ]),
    max_size=60,
).map("".join)  # fmt: skip


@given(MARKUP)
def test_any_markup_gives_clean_lines_and_no_script(html: str) -> None:
    body = read(html)
    body.text.encode("utf-8")
    assert all(line == line.strip() and line for line in body.text.split("\n")) or not body.text
    harmless = (body.html or "").lower()
    assert not [bad for bad in ("<script", "javascript:", "<style", "display:none") if bad in harmless]


@given(
    st.lists(st.sampled_from(["甲", "乙。", " ", "<i>", "</i>", "<span>", "</span>"]), max_size=30).map(
        "".join
    )
)
def test_inline_tags_change_no_character(html: str) -> None:
    bare = html.replace("<i>", "").replace("</i>", "").replace("<span>", "").replace("</span>", "")
    assert "".join(read(html).text.split()) == "".join(bare.split())
