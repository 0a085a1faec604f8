"""Full-text words: every part of an indexed text is found, and nothing that is not one."""

import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.text.bigram import index_words, query_phrase
from watcher.text.fold import fold


def finds(text: str, query: str) -> bool:
    db = sqlite3.connect(":memory:")
    db.execute("CREATE VIRTUAL TABLE t USING fts5(words, content='', detail=full)")
    db.execute("INSERT INTO t (rowid, words) VALUES (1, ?)", [index_words(text)])
    found = db.execute("SELECT count(*) FROM t WHERE t MATCH ?", [query_phrase(query)]).fetchone()[0]
    db.close()
    return bool(found)


@pytest.mark.parametrize(
    ("text", "query", "expected"),
    [
        ("重庆两江新区建成标识解析二级节点", "重庆", True),
        ("重庆两江新区建成标识解析二级节点", "两江新区", True),
        ("重庆两江新区建成标识解析二级节点", "标识解析二级节点", True),
        ("重庆两江新区建成标识解析二级节点", "庆两", True),
        ("重庆两江新区建成标识解析二级节点", "重庆市", False),
        ("重庆两江新区建成标识解析二级节点", "点", True),  # one character, at the end of a run
        ("重庆两江新区建成标识解析二级节点", "省", False),
        ("企业“上云”39万余家", "上云", True),
        ("5G+工业互联网", "5G", True),
        ("5G+工业互联网", "工业互联网", True),
        ("15G内存", "5G", False),
        ("５Ｇ基站", "5g", True),  # full width
        ("重慶的標識解析", "重庆", True),  # traditional
        ("工业", "工业互联网", False),
        ("", "重庆", False),
    ],
)
def test_finds(text: str, query: str, expected: bool) -> None:
    assert finds(text, query) is expected


@pytest.mark.parametrize("query", ["", "  ", "，。！", "+"])
def test_a_query_without_words_has_no_phrase(query: str) -> None:
    assert query_phrase(query) is None


@given(st.text(alphabet="重庆工业互联网上云", min_size=1, max_size=12), st.data())
def test_every_part_is_found(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    assert finds(text, text[start:end])


@given(
    st.text(alphabet="重庆工业", max_size=8),
    st.text(alphabet="重庆工业", min_size=1, max_size=4),
)
def test_only_parts_are_found(text: str, query: str) -> None:
    assert finds(text, query) is (fold(query).text in fold(text).text)
