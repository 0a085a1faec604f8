"""Times as sentences name them, resolved against the day of publication."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.tag.figures.dates import find_whens
from watcher.text.amounts import spoken
from watcher.text.fold import fold

PUBLISHED = date(2021, 7, 30)
NAMED = {
    "2021年1月到6月": "2021H1",
    "2021年上半年": "2021H1",
    "2021年的上半年": "2021H1",
    "2021年5月": "2021-05",
    "2021 年 4 月 12 日": "2021-04-12",
    "2020年三季度": "2020Q3",
    "2020年第4季度": "2020Q4",
    "2020年前三季度": "2020Q1-Q3",
    "2020年前11个月": "2020-01..11",
    "2020年底": "2020",
    "2019年": "2019",
    "2016-2020年": "2016-2020",
    "2016年至2020年": "2016-2020",
    "今年上半年": "2021H1",
    "今年一季度": "2021Q1",
    "去年": "2020",
    "明年": "2022",
    "上半年": "2021H1",
    "下半年": "2021H2",
    "一季度": "2021Q1",
    "前三季度": "2020Q1-Q3",
    "6月份": "2021-06",
    "9月": "2020-09",
    "1—6月": "2021H1",
    "7月26日": "2021-07-26",
    "26日": "2021-07-26",
    "31日": "2021-05-31",
    "“十三五”时期": "2016-2020",
    "“十四五”末": "2025",
    "“十五五”初": "2026",
    "未来五年": "2021-2025",
    "过去4年": "2017-2020",
    "近三年": "2018-01-01..2021-07-30",
    "2018年以来": "2018-01-01..2021-07-30",
    "党的十九大以来": "2017-10-01..2021-07-30",
    "最近一个月": "2021-06",
    "本月": "2021-07",
    "十年前": "2011",
    "五年来": "2016-01-01..2021-07-30",
    "自2018年首条线路开通以来": "2018-01-01..2021-07-30",
    "2017年11月至2019年6月": "2017-11-01..2019-06-30",
    "1月28日至31日": "2021-01-28..2021-01-31",
    "2月27日-31日": "2021-02-27..2021-02-28",
    "“十四五”这五年": "2021-2025",
    "今年内": "2021",
    "预计10月投产": "2021-10",
    "年末": "2021",
    "8月当月": "2020-08",
    "全年": "2021",
    "到年底": "2021",
    "截至目前": "<=2021-07-30",
}
UNNAMED = [
    "13月",
    "45日",
    "2021年2月30日",
    "3000年",
    "近0年",
    "“十四五”规划",
    "《白皮书（2021年）》",
    "提前5个月",
    "下一季度",
    "每日均值",
    "一季节",
    "1日常",
    "2030-2020年",
    "2021年6月31日",
]


@pytest.mark.parametrize(("text", "period"), NAMED.items(), ids=NAMED)
def test_a_time_is_resolved(text: str, period: str) -> None:
    folded = fold(text).text
    (when,) = find_whens(folded, 0, len(folded), PUBLISHED)
    assert spoken(when.first, when.last) == period


@pytest.mark.parametrize("text", UNNAMED)
def test_what_is_no_time_is_left(text: str) -> None:
    folded = fold(text).text
    assert find_whens(folded, 0, len(folded), PUBLISHED) == []


@pytest.mark.parametrize(
    ("text", "base", "ahead", "now"),
    [
        ("较2018年提高", True, False, False),
        ("同比2018年提高", True, False, False),
        ("2019年同期的81.7%", True, False, False),
        ("2015年的2.3倍", True, False, False),
        ("自1981年以来规模最大", True, False, False),
        ("到2022年", False, True, False),
        ("2022年", False, True, False),
        ("2021年", False, False, False),
        ("到今年", False, False, False),
        ("未来五年", False, True, False),
        ("“十四五”期间", False, True, False),
        ("“十三五”期间", False, False, False),
        ("如今", False, False, True),
    ],
)
def test_what_part_a_time_plays(text: str, base: bool, ahead: bool, now: bool) -> None:
    folded = fold(text).text
    (when,) = find_whens(folded, 0, len(folded), PUBLISHED)
    assert (when.base, when.ahead, when.now) == (base, ahead, now)


def test_in_january_the_whole_year_is_the_last_one() -> None:
    (when,) = find_whens("全年", 0, 2, date(2023, 1, 17))
    assert spoken(when.first, when.last) == "2022"


@pytest.mark.parametrize(
    ("text", "year"),
    [("全年计划投资", "2023"), ("年末", "2022"), ("到年底", "2023"), ("去年…，全年", "2022")],
)
def test_the_whole_year_is_the_one_spoken_of(text: str, year: str) -> None:
    whens = find_whens(text, 0, len(text), date(2023, 1, 17))
    assert spoken(whens[-1].first, whens[-1].last) == year


def test_a_part_takes_the_year_right_before_it() -> None:
    text = "2023年，2月"
    (when,) = find_whens(text, 0, len(text), date(2024, 5, 1))
    assert spoken(when.first, when.last) == "2023-02"


def test_a_plan_that_ends_soon_is_looked_back_upon() -> None:
    (when,) = find_whens("十四五时期", 0, 5, date(2025, 12, 29))
    assert not when.ahead


@given(
    st.text(
        alphabet="0123456789年月日上下半一二三四五十季度前今去明到至-以来党的大末底初期间近过未自预计将这",
        max_size=40,
    ),
    st.dates(date(1999, 1, 1), date(2099, 12, 31)),
)
def test_no_mixture_breaks_it(text: str, published: date) -> None:
    for when in find_whens(text, 0, len(text), published):
        assert text[when.start : when.end]
        assert when.first is None or when.first <= when.last
