"""Figures in a real database: saved with their item, grouped, set against each other."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database

from tests.io.build import NOW, article, bring, store
from watcher.model import Figure, MetricRule, OrganisationTag, TaggedItem
from watcher.store import digests, figures, items
from watcher.store.figures import Wanted
from watcher.store.open import integrity_problems, transaction

METRICS = (
    MetricRule("nodes", "标识解析二级节点", ("二级节点",)),
    MetricRule("classes", "工业门类", ("工业大类",), steady=True),
)


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    opened = store(tmp_path / "w.db", "nbd", "ofweek")
    with transaction(opened):
        figures.save_metrics(opened, METRICS)
    yield opened
    assert integrity_problems(opened) == []
    opened.close()


def figure(value: float, last: str, first: str | None = None, **changes: Any) -> Figure:
    """So many nodes of 重庆 as of a day, or in a period."""
    whole = Figure(
        value=value,
        value_max=None,
        unit="个",
        approx=None,
        metric="nodes",
        metric_raw="二级节点",
        kind="actual",
        region_code="500000",
        region_from="sentence",
        organisation=None,
        period_start=date.fromisoformat(first) if first else None,
        period_end=date.fromisoformat(last),
        period_from="sentence" if first else "published",
        base_period=None,
        confidence=0.9,
        quotes=(f"重庆二级节点{value:g}个。",),
        marks=((2, 6, "metric"),),
    )
    return replace(whole, **changes)


def stating(guid: str, *stated: Figure) -> TaggedItem:
    return replace(article(guid, f"标题{guid}", f"正文{guid}" * 40), figures=stated)


def test_a_figure_comes_back_as_it_was(db: Database) -> None:
    full = figure(
        3,
        "2021-06-30",
        "2021-01-01",
        value_max=5.0,
        approx="≥",
        base_period="2018年",
        quotes=("一句。", "又一句。"),
        kind="growth",
    )
    bring(db, "nbd", stating("a", full))
    assert figures.of_items(db, [1]) == {1: [full]}


def test_a_company_s_figure_names_it(db: Database) -> None:
    own = figure(2, "2021-06-30", region_code=None, region_from=None, organisation="三一重工")
    tagged = stating("a", own)
    named = OrganisationTag("三一重工", "company", None, ())
    bring(db, "nbd", replace(tagged, tags=replace(tagged.tags, organisations=(named,))))
    assert figures.of_items(db, [1]) == {1: [own]}
    (row,) = figures.of_item(db, 1)
    assert (row["organisation"], row["region"]) == ("三一重工", None)


def test_a_changed_article_states_other_figures(db: Database) -> None:
    bring(db, "nbd", stating("a", figure(17, "2021-04-12")))
    changed = replace(article("a", "标题a", "改过的正文" * 40), figures=(figure(18, "2021-04-12"),))
    bring(db, "nbd", changed, NOW + timedelta(hours=1))
    row = items.details(db, 1)
    assert row is not None
    assert [figure["value"] for figure in row["figures"]] == [18]


def test_a_digest_gets_the_surest_figures_of_known_metrics_first(db: Database) -> None:
    sure, less, unknown = (
        figure(1, "2021-01-01"),
        figure(2, "2021-01-01", confidence=0.5),
        figure(3, "2021-01-01", metric=None),
    )
    bring(db, "nbd", stating("a", unknown, less, sure))
    (item,) = digests.uncarried(db, "daily")
    assert [figure.value for figure in item.figures] == [1, 2, 3]


def test_figures_are_found_by_metric_region_and_time(db: Database) -> None:
    elsewhere = figure(8, "2021-06-30", region_code="510000")
    unknown = figure(5, "2021-05-31", metric=None, metric_raw="行业节点")
    bring(db, "nbd", stating("a", figure(17, "2021-04-12"), elsewhere, unknown))

    def values(**wanted: Any) -> list[float]:
        return [row["value"] for row in figures.find(db, Wanted(**wanted), 10)]

    assert values() == [8, 5, 17]
    assert values(metric="nodes") == [8, 17]
    assert values(metric="二级") == [8, 17]
    assert values(metric="行业") == [5]
    assert values(regions=frozenset({"510000"})) == [8]
    assert values(regions=frozenset()) == []
    assert values(since=NOW + timedelta(days=1)) == []
    assert values(until=NOW - timedelta(days=1)) == []
    assert len(figures.find(db, Wanted(), 2)) == 2


def rows(db: Database, view: str) -> list[tuple[Any, ...]]:
    columns = {
        "figure_series": "label, series, region, period_end, value, items",
        "figure_conflicts": "label, region, value, other_value, item_id, other_item_id",
    }
    return list(db.execute(f"SELECT {columns[view]} FROM {view}").fetchall())


def test_other_periods_make_a_series_and_a_cluster_holds_its_members(db: Database) -> None:
    joint = figure(20, "2022-02-22", region_code="成渝地区", approx=">")
    bring(db, "nbd", stating("a", figure(17, "2021-04-12")))
    bring(db, "nbd", stating("b", joint))
    bring(db, "nbd", stating("c", figure(17, "2021-04-12"), figure(4, "2021-04-12", metric=None)))
    assert rows(db, "figure_series") == [
        ("标识解析二级节点", "成渝", "重庆", "2021-04-12", 17, 2),
        ("标识解析二级节点", "成渝", "成渝", "2022-02-22", 20, 1),
    ]
    quotes = db.execute("SELECT quotes FROM figure_series WHERE items = 2").fetchone()[0]
    assert quotes == "重庆二级节点17个。\n重庆二级节点17个。"


def test_one_value_alone_is_no_series(db: Database) -> None:
    bring(db, "nbd", stating("a", figure(17, "2021-04-12"), figure(9, "2020-04-12", unit="家")))
    assert rows(db, "figure_series") == []


YEAR = ("2021-12-31", "2021-01-01")
AGREEING = {
    "the same value": (figure(39, *YEAR), figure(39, *YEAR)),
    "rounded": (figure(117532.5, *YEAR), figure(117500, *YEAR)),
    "more than is said": (figure(39, *YEAR), figure(31, *YEAR, approx=">")),
    "less than is said": (figure(39, *YEAR, approx="≈<"), figure(31, *YEAR)),
    "about as much": (figure(39, *YEAR, approx="≈"), figure(37, *YEAR)),
    "within the range": (figure(5, *YEAR), figure(3, *YEAR, value_max=5.0)),
    "another period": (figure(39, *YEAR), figure(31, "2020-12-31", "2020-01-01")),
    "another kind": (figure(39, *YEAR), figure(31, *YEAR, kind="target")),
    "another base": (figure(39, *YEAR, base_period="2018年"), figure(31, *YEAR)),
    "another region": (figure(39, *YEAR), figure(31, *YEAR, region_code="510000")),
    "undated and growing": (figure(39, "2021-07-30"), figure(31, "2021-05-10")),
}


@pytest.mark.parametrize("pair", AGREEING.values(), ids=AGREEING)
def test_what_may_both_be_true_is_no_conflict(db: Database, pair: tuple[Figure, Figure]) -> None:
    for guid, one in zip("ab", pair, strict=True):
        bring(db, "nbd", stating(guid, one))
    assert rows(db, "figure_conflicts") == []


def test_another_value_for_the_same_is_a_conflict(db: Database) -> None:
    bring(db, "nbd", stating("a", figure(31, *YEAR)))
    bring(db, "nbd", stating("b", figure(39, *YEAR)))
    assert rows(db, "figure_conflicts") == [("标识解析二级节点", "重庆", 39, 31, 2, 1)]


def test_a_steady_count_conflicts_within_a_year_dated_or_not(db: Database) -> None:
    bring(db, "nbd", stating("a", figure(31, "2021-05-10", metric="classes")))
    bring(db, "nbd", stating("b", figure(39, "2021-07-30", metric="classes")))
    bring(db, "nbd", stating("c", figure(41, "2022-07-30", metric="classes")))
    assert rows(db, "figure_conflicts") == [("工业门类", "重庆", 39, 31, 2, 1)]
