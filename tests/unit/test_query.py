"""What people type into a search box, and what is asked of the index."""

import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.errors import UsageError
from watcher.text.query import MAX_TERMS, Query, match_expression, parse_query


@pytest.mark.parametrize(
    ("typed", "wanted", "unwanted"),
    [
        ("重庆", [["重庆"]], []),
        ("重庆 标识解析", [["重庆"], ["标识解析"]], []),
        ("重庆　标识解析", [["重庆"], ["标识解析"]], []),  # a Chinese keyboard's blank
        ('"5G 专网" 工厂', [["5G 专网"], ["工厂"]], []),
        ("“5G 专网” 工厂", [["5G 专网"], ["工厂"]], []),
        ('"unclosed quote', [["unclosed quote"]], []),
        ("重庆 -招聘", [["重庆"]], ["招聘"]),
        ("重庆 －招聘", [["重庆"]], ["招聘"]),
        ('-"5G 手机" 5G', [["5G"]], ["5G 手机"]),
        ("重庆 OR 成都", [["重庆", "成都"]], []),
        ("重庆 OR 成都 上云", [["重庆", "成都"], ["上云"]], []),
        ("重庆 OR 成都 OR 武汉 -招聘", [["重庆", "成都", "武汉"]], ["招聘"]),
        ("重庆 AND 成都", [["重庆"], ["成都"]], []),
        ("or and", [["or"], ["and"]], []),
        ('重庆 "OR"', [["重庆"], ["OR"]], []),
        ("-OR 重庆", [["重庆"]], ["OR"]),
        ("重庆 ， 成都", [["重庆"], ["成都"]], []),  # punctuation alone is no word
        ("NEAR(重庆 * ^", [["NEAR(重庆"]], []),
        ("C++", [["C++"]], []),
    ],
)
def test_what_is_asked(typed: str, wanted: list[list[str]], unwanted: list[str]) -> None:
    assert parse_query(typed) == Query(tuple(map(tuple, wanted)), tuple(unwanted))


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("", "no word to look for"),
        ("  ！？ ", "no word to look for"),
        ("-招聘", "no word to look for"),
        ('""', "no word to look for"),
        ("OR 重庆", "no word before OR"),
        ("AND 重庆", "no word before AND"),
        ("重庆 OR", "no word after OR"),
        ("重庆 OR OR", "no word after OR"),
        ("重庆 OR -成都", "OR joins words to look for"),
        ("云 " * (MAX_TERMS + 1), f"more than {MAX_TERMS} words"),
        ("云" * 2000, "longer than"),
    ],
)
def test_what_cannot_be_answered_is_said(typed: str, why: str) -> None:
    with pytest.raises(UsageError, match=why):
        parse_query(typed)


def test_terms_are_those_to_look_for() -> None:
    assert parse_query("重庆 OR 成都 上云 -招聘").terms == ("重庆", "成都", "上云")


@given(st.text(max_size=80) | st.text(alphabet="重庆云5gG -\"“”ORAND*^:(){}+ ，'", max_size=40))
def test_any_text_is_a_query_or_a_sentence(typed: str) -> None:
    try:
        query = parse_query(typed)
    except UsageError as error:
        assert str(error)[0].isupper() or str(error)[0] == '"'
        return
    db = sqlite3.connect(":memory:")
    db.execute("CREATE VIRTUAL TABLE t USING fts5(words, content='', detail=full)")
    assert db.execute("SELECT count(*) FROM t WHERE t MATCH ?", [match_expression(query)]).fetchone() == (0,)
    db.close()
