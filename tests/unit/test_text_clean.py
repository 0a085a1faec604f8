"""The border cleaning: what goes, what stays, and that nothing hostile survives it."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.text.clean import clean_text, one_line

ANY_TEXT = st.text(st.characters(exclude_categories=()))  # lone surrogates included
NOISE = st.text(st.sampled_from("ab工&amp;lt;#x3c<>/em b\u0301\u0316\u200b\u202e\x00\x85\r\n \ud800;一"))


@pytest.mark.parametrize(
    ("dirty", "clean"),
    [
        ("工业\u200b互联网", "工业互联网"),
        ("\ufeff重庆", "重庆"),
        ("a\x00b\x1b[0m", "ab[0m"),
        ("\u202eexe.txt\u202c", "exe.txt"),
        ("\ud83d坏", "坏"),
        ("软\u00ad连字", "软连字"),
        ("a\r\nb\rc\u2028d\u0085e", "a\nb\nc\nd\ne"),
        ("制表\t符\n行", "制表\t符\n行"),
        ("e\u0301", "é"),
        ("\uf900", "豈"),  # a compatibility ideograph is the same character
        ("909．72 亿元　％", "909．72 亿元　％"),  # widths are not our business
        ("\U000e0041\ufffe🏭", "🏭"),
    ],
)
def test_takes_what_cannot_be_seen_and_nothing_else(dirty: str, clean: str) -> None:
    assert clean_text(dirty) == clean


def test_cuts_at_the_limit() -> None:
    assert clean_text("重庆市" * 10, limit=4) == "重庆市重"


def test_bounds_runs_of_combining_marks() -> None:
    assert len(clean_text("a" + "\u0316\u0301" * 500_000)) <= 31
    assert len(clean_text("a" + "\u0316\U00010a38" * 50_000)) <= 31


@given(st.one_of(ANY_TEXT, NOISE))
def test_cleaned_text_is_storable_and_cleaning_it_again_changes_nothing(text: str) -> None:
    clean = clean_text(text)
    clean.encode("utf-8")
    assert clean_text(clean) == clean
    assert unicodedata.is_normalized("NFC", clean)
    assert not {unicodedata.category(char) for char in clean if char not in "\n\t"} & {"Cc", "Cs"}


@pytest.mark.parametrize(
    ("title", "line"),
    [
        ("&lt;b&gt;5G&lt;/b&gt;+工业互联网", "5G+工业互联网"),
        ("&amp;amp;lt;em&amp;gt;标识解析&amp;lt;/em&amp;gt;", "标识解析"),
        ("<em>工业</em><em>互联网</em>大会", "工业互联网大会"),
        ("AT&amp;T 与 R&D", "AT&T 与 R&D"),
        ("a.cn/?a=1&region=2", "a.cn/?a=1&region=2"),  # no entity without its semicolon
        ("  两江\n新区　招商 ", "两江 新区 招商"),
        ("营收 < 5亿 且 > 1亿", "营收 < 5亿 且 > 1亿"),
        ("《<工业> 报告》", "《<工业> 报告》"),  # not a tag of HTML
        ("C++ <vector> 入门", "C++ <vector> 入门"),
        ('<span class="hl">上云</span>', "上云"),
        ("&#123;模板&#125;", "{模板}"),
        ("&#0;&#xD800;坏", "\ufffd\ufffd坏"),
        ("", ""),
    ],
)
def test_titles_become_one_plain_line(title: str, line: str) -> None:
    assert one_line(title) == line


def test_long_titles_are_cut_with_a_sign() -> None:
    assert one_line("工" * 600) == "工" * 511 + "…"
    assert one_line("工" * 512) == "工" * 512


@given(st.one_of(ANY_TEXT, NOISE), st.integers(min_value=1, max_value=20))
def test_one_line_is_settled_and_short(text: str, limit: int) -> None:
    line = one_line(text, limit)
    line.encode("utf-8")
    assert "\n" not in line
    assert len(line) <= limit
    assert one_line(line, limit) == line


def test_entities_without_end_are_read_up_to_a_bound() -> None:
    assert one_line("&#38;" * 100_000, limit=10) == "&" * 9 + "…"
    assert len(one_line("&" + "#38;" * 100_000, limit=10)) <= 10
