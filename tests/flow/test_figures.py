"""Figures through the command line: tables, JSON, CSV, and each one explained."""

import csv
import io
import json
from pathlib import Path

import pytest

from tests.flow.test_first_day import User
from watcher.text.width import width


@pytest.fixture(scope="module")
def user(tmp_path_factory: pytest.TempPathFactory) -> User:
    """Somebody who ran `init` in an empty directory, and polled the sample posts once."""
    user = User(tmp_path_factory.mktemp("home"))
    user.says("init")
    user.says("poll", "seeds")
    return user


def test_a_table_of_figures_fits_the_terminal(user: User) -> None:
    table, note = user.runs("figures", "--region", "重庆市")
    assert "METRIC" in table
    assert "标识解析二级节点" in table
    assert max(map(width, table.splitlines())) <= 80
    assert "figures" in note


def test_figures_are_chosen_by_metric_region_and_time(user: User) -> None:
    of_nodes = user.gets("figures", "--metric", "secondary_nodes")
    assert {row["label"] for row in of_nodes} == {"标识解析二级节点"}
    by_name = user.gets("figures", "--metric", "二级节点")
    assert {row["id"] for row in of_nodes} <= {row["id"] for row in by_name}
    of_hubei = {row["region"] for row in user.gets("figures", "--region", "湖北省")}
    assert "武汉" in of_hubei
    assert not {"重庆", "全国", None} & of_hubei
    assert user.gets("figures", "--until", "2000-01-01") == []
    assert len(user.gets("figures", "--limit", "3")) == 3
    assert "--limit shows more" in user.says("figures", "--limit", "3")


def test_figures_go_to_a_spreadsheet(user: User) -> None:
    rows = list(csv.DictReader(io.StringIO(user.runs("figures", "--csv", "--limit", "1000")[0])))
    assert len(rows) == len(user.gets("figures", "--limit", "1000"))
    assert {"value", "unit", "region", "period_end", "quote"} <= rows[0].keys()


def test_one_form_at_a_time(user: User) -> None:
    assert "choose one" in user.says("figures", "--json", "--csv", code=2)
    assert "no region" in user.says("figures", "--region", "火星", code=2)


def test_why_shows_each_figure_with_its_parts_marked(user: User) -> None:
    figure = user.gets("figures", "--metric", "secondary_nodes", "--region", "重庆市")[0]
    shown = user.says("why", str(figure["item_id"]))
    assert "figure   " in shown
    assert " metric][" in shown or " metric]" in shown
    assert " value]" in shown
    assert user.gets("why", str(figure["item_id"]))[0]["figures"]


def test_what_a_text_would_state(user: User, tmp_path: Path) -> None:
    file = tmp_path / "text.txt"
    file.write_text(
        "重庆工业互联网提速\n\n截至4月12日，重庆已建成17个工业互联网标识解析二级节点。\n", "utf-8"
    )
    shown = user.says("tag", str(file))
    assert "[17个 value]" in shown
    (row,) = json.loads(user.runs("tag", str(file), "--json")[0])
    assert [(figure["value"], figure["metric"]) for figure in row["figures"]] == [(17, "secondary_nodes")]


def test_figures_of_all_articles_on_request(tmp_path: Path, user: User) -> None:
    file = tmp_path / "text.txt"
    file.write_text("射击比赛收官\n\n今天一共产生了23枚金牌，观众达到3万人。\n", "utf-8")
    assert json.loads(user.runs("tag", str(file), "--json")[0])[0]["figures"] == []
    of_all = json.loads(user.runs("tag", str(file), "--json", WATCHER_FIGURES="all")[0])
    assert len(of_all[0]["figures"]) == 2


def test_a_wrong_metric_is_a_line_of_the_config(tmp_path: Path) -> None:
    user = User(tmp_path)
    user.says("init")
    (tmp_path / "config" / "metrics.toml").write_text('[metric.own]\nlabel = "甲"\nnmaes = ["乙"]\n', "utf-8")
    assert "metrics.toml: line 3 (metric.own.nmaes): no such key" in user.says("check", code=2)
