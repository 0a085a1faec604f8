"""Where the words of a query stand in the text as people see it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.text.marks import snippet, term_spans


@pytest.mark.parametrize(
    ("text", "terms", "found"),
    [
        ("重庆与成都", ["重庆", "成都"], ["重庆", "成都"]),
        ("重慶的標識解析", ["重庆", "标识解析"], ["重慶", "標識解析"]),
        ("５Ｇ 基站和15G内存", ["5g"], ["５Ｇ"]),
        ("5G 基站", ["5G基站"], ["5G 基站"]),
        ("“5G+工业互联网”", ["5G＋工业互联网"], ["5G+工业互联网"]),
        ("企业“上云”", ["企业上云"], ["企业“上云"]),
        ("上云，5G", ["上云5G"], ["上云，5G"]),
        ("工业互联网标识解析", ["互联网标识", "标识解析"], ["互联网标识"]),
        ("重庆", ["！"], []),
        ("重庆", [], []),
        ("", ["重庆"], []),
    ],
)
def test_spans(text: str, terms: list[str], found: list[str]) -> None:
    assert [text[start:end] for start, end in term_spans(text, terms)] == found


def test_a_snippet_stands_round_the_first_hit() -> None:
    text = "前" * 100 + "在重庆\n，标识解析二级节点" + "后" * 100
    said = snippet(text, ["标识解析", "重庆"])
    assert said.startswith("…前")
    assert said.endswith("后…")
    assert "在«重庆» ，«标识解析»二级节点" in said
    assert len(said) < 100


def test_a_snippet_without_a_hit_is_the_beginning() -> None:
    assert snippet("短文", ["重庆"]) == "短文"
    assert snippet("长" * 200, ["重庆"]) == "长" * 90 + "…"


def test_a_hit_at_the_cut_is_whole() -> None:
    term = "云" * 120
    assert f"«{term}»" in snippet("上" + term + "下", [term])


@given(st.text(max_size=60), st.lists(st.text(max_size=6), max_size=4))
def test_spans_are_in_order_and_inside(text: str, terms: list[str]) -> None:
    last = 0
    for start, end in term_spans(text, terms):
        assert last <= start < end <= len(text)
        last = end
    assert snippet(text, terms) is not None
