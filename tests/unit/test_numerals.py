"""Numerals that were cut out of a text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.text.numerals import numeral

READ = {
    "909.72": 909.72,
    "12,903.41": 12903.41,
    "0": 0,
    "2.3亿": 230_000_000,
    "909.72亿": 90_972_000_000,
    "1.3万亿": 1.3e12,
    "3000万": 30_000_000,
    "5千": 5_000,
    "十": 10,
    "十八": 18,
    "四十一": 41,
    "二百": 200,
    "一千零五": 1005,
    "三百二十": 320,
    "两": 2,
    "两万亿": 2e12,
    "十万": 100_000,
    "二〇二六": 2026,
    "八点五": 8.5,
    "万亿": 1e12,
    "百万": 1_000_000,
    "一万七千": 17_000,
    "三百二十万五千": 3_205_000,
    "一万零八百": 10_800,
    "三亿两千万": 320_000_000,
    "9万5千": 95_000,
    "7亿3000万": 730_000_000,
    "1亿2千万": 120_000_000,
    "1亿2百万": 102_000_000,
}


@pytest.mark.parametrize(("text", "value"), READ.items(), ids=READ)
def test_a_numeral_has_its_value(text: str, value: float) -> None:
    assert numeral(text) == value


@pytest.mark.parametrize("text", ["", "个", "三十家", "1-2", "第三", "千米", "十万百"])
def test_anything_else_is_none(text: str) -> None:
    assert numeral(text) is None


@given(st.integers(0, 10**13), st.sampled_from(["", "万", "亿", "万亿", "百万"]))
def test_scales_multiply_exactly(number: int, scale: str) -> None:
    factor = {"": 1, "万": 10**4, "亿": 10**8, "万亿": 10**12, "百万": 10**6}[scale]
    assert numeral(f"{number}{scale}") == float(number * factor)


@given(st.text(alphabet="0123456789.,一二三十百千万亿零两点〇", max_size=40))
def test_no_string_of_digits_breaks_it(text: str) -> None:
    value = numeral(text)
    assert value is None or value >= 0
