import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.text.fold import fold

ALIKE = [
    ("５Ｇ＋工业互联网", "5g+工业互联网"),
    ("5G + “工业互联网”", "5g+工业互联网"),
    ("5G+工業互聯網", "5g+工业互联网"),
    ("贵州省 26 日", "贵州省26日"),
    ("浪潮 、飞象云、 用友", "浪潮、飞象云、用友"),
    ("星火•链网", "星火·链网"),
    ("909．72亿", "909.72亿"),
    ("工业\u3000互\u200b联网", "工业互联网"),
    ("重慶兩江新區", "重庆两江新区"),
    ("企业“上云”", "企业上云"),
    ("中国—上海合作", "中国-上海合作"),
    ("Open Source", "open source"),
    ('he said "5G" twice', 'he said "5g" twice'),
    ("A　B", "a b"),
    ("第一行\n第二行", "第一行\n第二行"),
    ("你好，世界！", "你好，世界！"),
    ("乾坤著作", "乾坤著作"),
    ("㎡℃", "㎡℃"),
    ("", ""),
]


@pytest.mark.parametrize(("text", "expected"), ALIKE)
def test_folds_ways_of_writing_one_word(text: str, expected: str) -> None:
    assert fold(text).text == expected


def test_origin_gives_back_the_words_as_they_stood() -> None:
    text = "推进 ５Ｇ ＋“工業 互聯網”發展"
    folded = fold(text)
    at = folded.text.index("5g+工业互联网")
    assert text[slice(*folded.origin(at, at + 8))] == "５Ｇ ＋“工業 互聯網"


def test_origin_of_nothing_is_a_place() -> None:
    folded = fold("“重庆”")
    assert folded.origin(0, 0) == (1, 1)
    assert folded.origin(2, 2) == (4, 4)


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_every_character_is_found_again(text: str) -> None:
    folded = fold(text)
    for at, character in enumerate(folded.text):
        start, end = folded.origin(at, at + 1)
        assert end == start + 1
        # alone between two letters a blank or quote is kept as it is, so frame it
        assert fold(f"x{text[start]}x").text == f"x{character}x"


@given(st.text(alphabet="重庆 “”aB+\u3000"))
def test_spans_are_in_order_and_inside(text: str) -> None:
    folded = fold(text)
    starts = [folded.origin(at, at + 1)[0] for at in range(len(folded.text))]
    assert starts == sorted(set(starts))
    assert all(0 <= start < len(text) for start in starts)
