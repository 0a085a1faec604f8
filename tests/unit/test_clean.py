"""Hostile text comes out as one harmless line, hostile links not at all."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.digest.clean import link, one_line

TEXTS = [
    ("  两江新区\r\n新增\t节点 ", "两江新区 新增 节点"),
    ("a\u2028b\u0085c\x0bd\x00e\x1b[31m", "a b c d e [31m"),
    ("\u202e反转\u2066甲\u2069", "反转甲"),  # bidi overrides and isolates
    ("零\u200b宽\ufeff字", "零宽字"),
    ("半\ud800个", "半个"),
    ("Z" + "\u0301" * 50 + "a", "Z\u0301\u0301a"),
    ("全角　空格", "全角 空格"),
    ("", ""),
]


@pytest.mark.parametrize(("text", "expected"), TEXTS)
def test_one_line(text: str, expected: str) -> None:
    assert one_line(text, 100) == expected


def test_one_line_is_cut_at_its_limit() -> None:
    assert one_line("长" * 10_000, 160) == "长" * 159 + "…"
    assert one_line("长" * 160, 160) == "长" * 160


@given(st.text(max_size=200), st.integers(1, 50))
def test_nothing_unprintable_is_left(text: str, limit: int) -> None:
    line = one_line(text, limit)
    assert len(line) <= limit
    line.encode()  # no surrogate is left
    assert not {unicodedata.category(character) for character in line} & {"Cc", "Cs", "Zl", "Zp"}
    assert not {unicodedata.bidirectional(character) for character in line} & {
        "LRO",
        "RLO",
        "LRE",
        "RLE",
        "PDF",
    }
    assert one_line(line, limit) == line


LINKS = [
    ("https://news.example.cn/a?b=1&c=2#d", "https://news.example.cn/a?b=1&c=2#d"),
    ("HTTP://News.Example.cn:8080/A", "http://news.example.cn:8080/A"),
    (" https://news.example.cn ", "https://news.example.cn"),
    ("https://news.example.cn/新闻/1.html", "https://news.example.cn/%E6%96%B0%E9%97%BB/1.html"),
    ("https://news.example.cn/a%20b c", "https://news.example.cn/a%20b%20c"),
    ("https://news.example.cn/\"onload='x'><b>", "https://news.example.cn/%22onload=%27x%27%3E%3Cb%3E"),
    ("https://新闻.example.cn/", "https://xn--efvy88h.example.cn/"),
    ("https://[2001:db8::1]:81/x", "https://[2001:db8::1]:81/x"),
    ("https://news.example.cn/\ud800", "https://news.example.cn/?"),
    ("https://bank.example@evil.example/", None),
    ("https://a.example//b//c?d=//e", "https://a.example//b//c?d=//e"),
    ("https://a.example?b", "https://a.example?b"),
    ("https://a.example/" + "b" * 3_000, None),
    ("javascript:alert(1)", None),
    ("java\nscript:alert(1)", None),
    ("data:text/html,<script>1</script>", None),
    ("//news.example.cn/a", None),
    ("/relative.html", None),
    ("https://", None),
    ("https://a b/", None),
    ("https://a:99999/", None),
    ("https://[::1/", None),
    ("https://" + "长" * 90 + ".cn/", None),
    ("", None),
    (None, None),
]


@pytest.mark.parametrize(("url", "expected"), LINKS)
def test_link(url: str | None, expected: str | None) -> None:
    assert link(url) == expected


@given(st.text(max_size=80) | st.text(max_size=60).map("https://a.example/".__add__))
def test_a_link_holds_nothing_that_could_break_out(url: str) -> None:
    href = link(url)
    assert href is None or (
        href.isascii() and href.startswith("http") and not set(href) & set(" \"'<>\\`\n\r\t")
    )
