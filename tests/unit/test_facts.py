"""Figures beside their item, and figures as news."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from tests.unit.digest_samples import LABELS, SHANGHAI, digest, figure, item
from watcher.digest.facts import figure_news, key_figures
from watcher.digest.view import page
from watcher.model import FigureNote

# the figure's changes, what is shown beside an item about 重庆
SHOWN: list[tuple[dict[str, Any], list[tuple[str, str]]]] = [
    ({}, [("二级节点", "17 个")]),
    ({"region_code": "510000"}, [("四川 二级节点", "17 个")]),
    ({"region_code": None, "organisation": "山城重工"}, [("山城重工 二级节点", "17 个")]),
    ({"kind": "target"}, [("二级节点（目标）", "17 个")]),
    ({"kind": "growth"}, [("二级节点增长", "17 个")]),
    ({"approx": ">"}, [("二级节点", ">17 个")]),
    ({"value_max": 20.0}, [("二级节点", "17–20 个")]),
    ({"confidence": 0.4}, []),
    ({"metric": None}, []),
]


@pytest.mark.parametrize(("changes", "shown"), SHOWN)
def test_key_figures(changes: dict[str, Any], shown: list[tuple[str, str]]) -> None:
    one = figure(**({"metric": "nodes", "value": 17.0, "unit": "个"} | changes))
    assert list(key_figures(item(figures=(one,)), ["500000"], LABELS)) == shown


def test_an_item_shows_four_figures_each_once() -> None:
    many = [figure(f"m{n // 2}", n, "个", metric_raw=f"第{n // 2}项") for n in range(20)]
    (card,) = page(digest(item(figures=tuple(many)))).sections[0].cards
    assert card.figure_line == "第0项 0 个 · 第1项 2 个 · 第2项 4 个 · 第3项 6 个"


NOTE = FigureNote(
    "moved",
    "二级节点",
    "重庆",
    figure("nodes", 20, "个", approx="≥", period_end=date(2022, 2, 22)),
    figure("nodes", 17, "个", period_start=date(2021, 4, 1), period_end=date(2021, 4, 30)),
    ("四川经济网", None),
    (datetime(2022, 2, 22, 17, tzinfo=UTC), datetime(2021, 5, 9, tzinfo=UTC)),
)


def test_figures_that_moved_and_figures_that_disagree() -> None:
    differs = FigureNote("differs", NOTE.label, NOTE.region, NOTE.new, NOTE.old, NOTE.outlets, NOTE.published)
    assert list(figure_news([NOTE, differs], SHANGHAI)) == [
        ("数字变化", "重庆二级节点 ≥20 个，2021-04 为 17 个"),
        ("口径不一", "重庆二级节点：≥20 个（四川经济网 2022-02-23） 17 个（2021-05-09）"),
    ]
