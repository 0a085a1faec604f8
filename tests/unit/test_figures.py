"""Figures of whole texts: data/figures.toml says what a text states."""

import pickle
import tomllib
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watcher.model import Figure
from watcher.tag import Rules, compile_rules, survey, tags_of
from watcher.tag.figures import figures_wanted, find_figures, find_mentions
from watcher.tag.rulebook import merge, read_metrics, shipped
from watcher.text.amounts import amount, spoken

CASES = tomllib.loads((Path(__file__).parent / "data" / "figures.toml").read_text("utf-8"))["case"]
RULES = compile_rules(shipped())


def figures_of(
    title: str, text: str, published: date = date(2021, 7, 30), rules: Rules = RULES
) -> list[Figure]:
    seen = survey(title, text, rules)
    return list(find_figures(seen, tags_of(seen, rules), rules, published))


def told(figure: Figure) -> dict[str, Any]:
    region = RULES.atlas.regions[figure.region_code].short_name if figure.region_code else ""
    short = {
        "value": figure.value,
        "value_max": figure.value_max,
        "unit": figure.unit,
        "approx": figure.approx,
    }
    return {
        "is": amount(short),
        "metric": figure.metric_raw,
        "id": figure.metric or "",
        "where": region,
        "where_from": figure.region_from or "",
        "who": figure.organisation or "",
        "when": spoken(figure.period_start, figure.period_end),
        "when_from": figure.period_from,
        "kind": figure.kind,
        "base": figure.base_period or "",
    }


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["about"])
def test_a_text_states_its_figures(case: dict[str, Any]) -> None:
    published = case.get("published", date(2021, 7, 30))
    found = [told(figure) for figure in figures_of(case.get("title", "标题"), case["text"], published)]
    wanted = [{"kind": "actual", **figure} for figure in case["figure"]]
    asked = [{key: got[key] for key in want} for got, want in zip(found, wanted, strict=False)]
    assert asked == wanted
    assert len(found) == len(wanted), found[len(wanted) :]


def test_marks_show_the_parts_in_the_quote() -> None:
    (figure,) = figures_of("消息", "截至4月12日，重庆已建成“二级节点”１７个。")
    quote = figure.quotes[0]
    assert quote == "截至4月12日，重庆已建成“二级节点”１７个。"
    assert [(quote[start:end], name) for start, end, name in figure.marks] == [
        ("4月12日", "period"),
        ("重庆", "region"),
        ("二级节点", "metric"),
        ("１７个", "value"),
    ]


def test_a_quote_keeps_the_marks_around_its_sentence() -> None:
    (figure,) = figures_of("消息", "“星火”节点带动投资3亿元。”")
    assert figure.quotes[0].startswith("“星火”")


def test_a_long_sentence_is_cut_around_its_value() -> None:
    text = "甲" * 300 + "，重庆建成17个二级节点，" + "乙" * 200 + "。"
    (figure,) = figures_of("消息", text)
    (start, end) = next(mark[:2] for mark in figure.marks if mark[2] == "value")
    assert len(figure.quotes[0]) <= 240
    assert figure.quotes[0][start:end] == "17个"


def test_the_same_fact_is_one_figure_with_all_its_sentences() -> None:
    text = "2020年重庆建成17个二级节点。\n回顾2020年，重庆建成17个二级节点。"
    (figure,) = figures_of("消息", text)
    assert len(figure.quotes) == 2


def test_a_headline_takes_the_period_from_the_text() -> None:
    title, text = "重庆GDP突破2万亿元", "2020年，重庆GDP突破2万亿元，增长3.9%。"
    assert [spoken(f.period_start, f.period_end) for f in figures_of(title, text)] == ["2020", "2020"]


def test_figures_are_read_from_texts_of_the_field() -> None:
    of_field = tags_of(survey("重庆建成二级节点", "重庆工业互联网标识解析二级节点达17个。", RULES), RULES)
    of_another = tags_of(survey("射击比赛收官", "今天共产生23枚金牌。", RULES), RULES)
    assert figures_wanted(of_field, RULES.book)
    assert not figures_wanted(of_another, RULES.book)
    assert figures_wanted(of_another, shipped_for_all().book)


def shipped_for_all() -> Rules:
    return compile_rules(replace(shipped(), figures="all"))


def test_a_user_may_add_replace_and_drop_metrics() -> None:
    mine = {"metric": {"farms": {"label": "养殖场", "names": ["牧场"], "units": ["家"]}}}
    rules = compile_rules(merge(shipped(), read_metrics(mine, "metrics.toml")))
    assert [figure.metric for figure in figures_of("消息", "建成12家牧场。", rules=rules)] == ["farms"]
    assert [figure.metric for figure in figures_of("消息", "建成12个二级节点。", rules=rules)] == [
        "secondary_nodes"
    ]
    alone = compile_rules(merge(shipped(), read_metrics({"extends": "none", **mine}, "metrics.toml")))
    assert [figure.metric for figure in figures_of("消息", "建成12个二级节点。", rules=alone)] == [None]
    assert rules.hash != alone.hash != RULES.hash


def test_rules_travel_to_workers_with_their_metrics() -> None:
    assert pickle.loads(pickle.dumps(RULES)).book.metrics == RULES.book.metrics


@settings(max_examples=60, deadline=None)
@given(
    st.text(
        alphabet="重庆四川全国我国川渝0123456789万亿家个%元，。；、（）\n年月日今增长同比分别为达由到至等工业互联网平台"
        "自以来前后占比重较期计划将一七八千余多公司和的.-",
        max_size=160,
    ),
    st.text(alphabet="重庆GDP0123456789亿元 ", max_size=20),
)
def test_no_text_breaks_it(text: str, title: str) -> None:
    seen = survey(title, text, RULES)
    for figure in find_mentions(seen, tags_of(seen, RULES), RULES, date(2021, 7, 30)):
        assert 0 < figure.confidence <= 1
        assert figure.quotes[0] in seen.original
        assert figure.period_start is None or figure.period_start <= figure.period_end
        assert figure.value_max is None or figure.value_max > figure.value
        assert all(0 <= start < end <= len(figure.quotes[0]) for start, end, _ in figure.marks)


@pytest.mark.parametrize(
    "text",
    [
        "1234567890" * 10_000,
        "1," * 50_000,
        "三百万亿" * 9_000,
        "重庆" * 20_000,
        "1个" * 9_000,
        "为" * 500 + "甲",
    ],
)
def test_hostile_lengths_are_read(text: str) -> None:
    assert len(figures_of("数字", text)) <= 2
