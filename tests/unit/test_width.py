"""Columns: Chinese takes two."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.text.width import clip, pad, width, wrap


@pytest.mark.parametrize(
    ("text", "columns"), [("", 0), ("abc", 3), ("重庆", 4), ("5G全连接", 8), ("e\u0301", 1), ("，", 2)]
)
def test_width(text: str, columns: int) -> None:
    assert width(text) == columns


@pytest.mark.parametrize(
    ("text", "columns", "expected"),
    [
        ("重庆市", 6, "重庆市"),
        ("重庆市", 5, "重庆…"),
        ("重庆市", 4, "重…"),  # half a character does not fit
        ("abcdef", 4, "abc…"),
        ("", 4, ""),
    ],
)
def test_clip(text: str, columns: int, expected: str) -> None:
    assert clip(text, columns) == expected


def test_pad_counts_columns_and_never_cuts() -> None:
    assert pad("重庆", 6) == "重庆  "
    assert pad("重庆市", 2) == "重庆市"


@pytest.mark.parametrize(
    ("text", "columns", "expected"),
    [
        ("", 10, []),
        ("   ", 10, []),
        ("已建成标识解析节点", 10, ["已建成标识", "解析节点"]),
        ("已建成标识，解析", 10, ["已建成标", "识，解析"]),  # no line begins with ，
        ("建成节点（二级）", 10, ["建成节点", "（二级）"]),  # none ends with （
        ("建成5G基站18.5万个", 8, ["建成5G基", "站18.5万", "个"]),
        ("edge computing in Hunan", 11, ["edge", "computing", "in Hunan"]),
        ("见 https://example.org/a", 10, ["见", "https://ex", "ample.org/", "a"]),  # torn, being too wide
        ("a\u0301\u0302b", 1, ["a\u0301\u0302b"[:3], "b"]),
        ("。" * 7, 4, ["。。", "。。", "。。", "。"]),
        ("一", 1, ["一"]),  # wider than the line: still printed
    ],
)
def test_wrap(text: str, columns: int, expected: list[str]) -> None:
    assert wrap(text, columns) == expected


@given(st.text(alphabet="重庆建成，。（《》）abc 18.5%-\u0301\u3000", max_size=80), st.integers(4, 40))
def test_wrap_loses_nothing_and_keeps_the_width(text: str, columns: int) -> None:
    lines = wrap(text, columns)
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(0 < width(line) <= columns or not width(line.strip("\u0301")) for line in lines)
