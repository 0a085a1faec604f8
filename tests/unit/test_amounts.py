"""Values and periods as people write them."""

from datetime import date

import pytest

from watcher.text.amounts import amount, spoken

AMOUNTS = [
    ((180_000, None, "个", ">"), ">18 万个"),
    ((3, 5, "个", None), "3–5 个"),
    ((90_972_000_000, None, "元", None), "909.72 亿元"),
    ((1.290341e12, None, "元", None), "12,903.41 亿元"),
    ((3e12, None, "元", "≥"), "≥3 万亿元"),
    ((28.5, None, "%", None), "28.5%"),
    ((30, None, "%", "≈"), "约30%"),
    ((2.7, None, "个百分点", None), "2.7 个百分点"),
    ((1_500_000, None, "台", "≈<"), "近150 万台"),
    ((146.6, None, "", None), "146.6"),
    ((-0.3, None, "%", None), "-0.3%"),
    ((12_345, None, "家", None), "12,345 家"),
    ((7, None, "家", "<"), "<7 家"),
]


@pytest.mark.parametrize(("figure", "words"), AMOUNTS, ids=[words for _, words in AMOUNTS])
def test_an_amount_in_short(figure: tuple[float, float | None, str, str | None], words: str) -> None:
    value, top, unit, approx = figure
    assert amount({"value": value, "value_max": top, "unit": unit, "approx": approx}) == words


PERIODS = [
    ("2021-01-01", "2021-12-31", "2021"),
    ("2016-01-01", "2020-12-31", "2016-2020"),
    ("2021-01-01", "2021-06-30", "2021H1"),
    ("2021-07-01", "2021-12-31", "2021H2"),
    ("2021-04-01", "2021-06-30", "2021Q2"),
    ("2021-01-01", "2021-09-30", "2021Q1-Q3"),
    ("2021-04-01", "2021-04-30", "2021-04"),
    ("2021-04-12", "2021-04-12", "2021-04-12"),
    ("2021-01-01", "2021-08-31", "2021-01..08"),
    ("2020-02-01", "2021-04-30", "2020-02-01..2021-04-30"),
    ("2021-04-02", "2021-06-30", "2021-04-02..2021-06-30"),
    (None, "2021-04-12", "<=2021-04-12"),
    (None, None, ""),
]


@pytest.mark.parametrize(("first", "last", "words"), PERIODS, ids=[words for *_, words in PERIODS])
def test_a_period_in_short(first: str | None, last: str | None, words: str) -> None:
    days = [date.fromisoformat(day) if day else None for day in (first, last)]
    assert spoken(*days) == words
