"""Who gets what: filters, order, sections, counts."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.unit.digest_samples import LABELS, SINCE, UNTIL, digest, item, region, spec, topic
from watcher.digest.group import roll_up
from watcher.digest.select import matches, relevance, select
from watcher.model import Digest, Filter, HeatRow

FILTERS: list[Any] = [
    pytest.param({}, {}, True, id="no wish takes all"),
    pytest.param({"topics": ()}, {}, True, id="even without topics"),
    pytest.param({}, {"topics": Filter(any=("identifier", "park"))}, True, id="one of any"),
    pytest.param({}, {"topics": Filter(any=("park",))}, False, id="none of any"),
    pytest.param({}, {"topics": Filter(all=(("identifier",), ("park",)))}, False, id="one of all missing"),
    pytest.param(
        {}, {"topics": Filter(all=(("identifier",), ("park", "identifier")))}, True, id="alternatives"
    ),
    pytest.param({}, {"topics": Filter(none=("identifier",))}, False, id="excluded"),
    pytest.param({}, {"topics": Filter(any=("identifier",), none=("park",))}, True, id="other excluded"),
    pytest.param({}, {"regions": Filter(any=("500000", "500112"))}, True, id="widened region"),
    pytest.param({}, {"regions": Filter(any=("420000",))}, False, id="other region"),
    pytest.param({}, {"regions": Filter(none=("500000",))}, False, id="excluded region"),
    pytest.param({}, {"sources": Filter(any=("nbd",))}, False, id="other source"),
    pytest.param(
        {"source_ids": ("seeds", "nbd")}, {"sources": Filter(any=("nbd",))}, True, id="any sighting"
    ),
    pytest.param(
        {},
        {"topics": Filter(any=("identifier",)), "regions": Filter(any=("420000",))},
        False,
        id="each must pass",
    ),
    pytest.param(
        {"topics": (topic("park", role="mentioned"),)}, {"topics": Filter(any=("park",))}, False, id="mention"
    ),
    pytest.param(
        {"topics": (topic("park", role="mentioned"),)},
        {"topics": Filter(any=("park",)), "match": "mentioned"},
        True,
        id="widened to mentions",
    ),
    pytest.param(
        {"topics": (topic("park", role="mentioned"),)},
        {"topics": Filter(none=("park",))},
        True,
        id="mention kept",
    ),
    *(
        pytest.param(
            {"regions": (region("500000", role=role),)},
            {"regions": Filter(any=("500000",)), "match": match},
            role == "mentioned" and match == "mentioned",
            id=f"{role} under {match}",
        )
        for role in ("mentioned", "dateline", "org", "implied")
        for match in ("main", "mentioned")
    ),
]


@pytest.mark.parametrize(("of_item", "of_spec", "expected"), FILTERS)
def test_matches(of_item: dict[str, Any], of_spec: dict[str, Any], expected: bool) -> None:
    assert matches(item(**of_item), spec(**of_spec)) is expected
    assert digest(item(**of_item), **of_spec).items == expected


def sections(made: Digest) -> list[tuple[str, str, list[int]]]:
    return [(group.key, group.label, [entry.item.id for entry in group.entries]) for group in made.groups]


def test_regions_roll_up_and_stand_in_the_order_of_their_size() -> None:
    made = digest(
        item(1, regions=(region("420000"),)),
        item(2, regions=(region("510104"), region("420000", 3))),  # a county of 成都
        item(3, regions=(region("510100"),)),
        item(4, regions=(region("成渝地区"), region("500000", 4))),
        item(5, regions=(region("CN"),)),
        item(6, regions=()),
        item(7, regions=(region("两江新区"),)),
        item(8, regions=(region("640000"),)),  # the labels do not know it
        item(9, regions=(region("甲"),)),  # parents in a ring
    )
    assert sections(made) == [
        ("510000", "四川省", [2, 3]),
        ("420000", "湖北省", [1]),
        ("500000", "重庆市", [7]),
        ("640000", "640000", [8]),
        ("CN", "全国", [5]),
        ("成渝地区", "成渝地区", [4]),
        ("甲", "甲", [9]),
        ("", "未标地区", [6]),
    ]
    assert [entry.number for group in made.groups for entry in group.entries] == list(range(1, 10))


def test_a_ring_of_parents_ends() -> None:
    assert roll_up("甲", LABELS) in {"甲", "乙"}


def test_an_item_stands_under_its_best_region_that_was_asked_for() -> None:
    regions = (region("420000", 30), region("500000", 8), region("510100", 9))
    wish = Filter(any=("500000", "510000", "510100"))
    assert sections(digest(item(regions=regions), regions=wish)) == [("510000", "四川省", [1])]
    assert sections(digest(item(regions=regions))) == [("420000", "湖北省", [1])]


def test_a_primary_region_beats_a_mentioned_one_of_more_score() -> None:
    regions = (region("420000", 90, "mentioned"), region("500000", 5))
    assert sections(digest(item(regions=regions), match="mentioned"))[0][0] == "500000"


def test_sections_by_topic_source_or_none() -> None:
    items = (
        item(1, topics=(topic("park", 3), topic("identifier", 8)), source_ids=("seeds", "nbd")),
        item(2, topics=(topic("park", 9),), source_ids=("nbd",)),
        item(3, topics=(), source_ids=("gone",)),
    )
    by_topic = digest(*items, group_by="topic", topics=Filter())
    assert [(key, label) for key, label, _ in sections(by_topic)] == [
        ("identifier", "标识解析"),
        ("park", "园区"),
        ("", "未标主题"),
    ]
    assert sections(digest(*items, group_by="topic", topics=Filter(any=("park",))))[0][:2] == ("park", "园区")
    assert {label for _, label, _ in sections(digest(*items, group_by="source"))} == {
        "样例",
        "每经网",
        "gone",
    }
    assert [label for _, label, _ in sections(digest(*items, group_by="none"))] == [""]


def test_heat_counts_what_matched_and_what_it_is_about() -> None:
    items = [
        item(n, topics=(topic("identifier"), topic("park")) if n < 3 else (topic("park"),))
        for n in range(1, 6)
    ]
    made = digest(*items, item(9, regions=(region("420000"),), topics=()), max_items=2)
    assert made.heat == (
        HeatRow("500000", "重庆市", 5, (("园区", 5), ("标识解析", 2))),
        HeatRow("420000", "湖北省", 1),
    )
    assert (made.items, made.cut) == (2, 4)


def test_heat_of_a_topic_is_told_by_regions_and_without_sections_it_is_by_topic() -> None:
    items = (item(1, regions=(region("510100"), region("510104"))), item(2, topics=()))
    assert digest(*items, group_by="topic").heat == (
        HeatRow("identifier", "标识解析", 1, (("四川", 1),)),
        HeatRow("", "未标主题", 1, (("重庆", 1),)),
    )
    assert [row.label for row in digest(*items, group_by="none").heat] == ["标识解析", "未标主题"]


def test_relevance_orders_and_age_halves_it() -> None:
    strong, weak, carried = (
        item(1, regions=(region("500000", 41),)),
        item(2, regions=(region("500000", 5),)),
        item(3, regions=(region("500000", 5),), other_outlets=5),
    )
    old = replace(strong, id=4, published_at=SINCE)
    coming = replace(strong, id=5, published_at=UNTIL + timedelta(days=9))
    assert relevance(carried, spec()) > relevance(weak, spec())
    ids = [entry.item.id for entry in digest(old, weak, carried, strong, coming).groups[0].entries]
    assert ids == [5, 1, 3, 2, 4]
    assert relevance(old, spec()) == relevance(strong, spec())


def test_relevance_counts_only_what_was_asked_for() -> None:
    both = item(
        topics=(topic("park", 9), topic("identifier", 1)), regions=(region("420000", 50), region("500000"))
    )
    wish = spec(topics=Filter(any=("identifier",)), regions=Filter(any=("500000",)))
    assert relevance(both, wish) < relevance(both, spec())
    assert relevance(item(topics=(), regions=()), spec()) == 0


def test_the_order_does_not_depend_on_that_of_the_candidates() -> None:
    items = [item(n, published_at=None) for n in range(1, 8)]
    assert digest(*items) == digest(*reversed(items))


def test_an_old_item_is_not_left_out_for_its_date() -> None:
    ancient = item(published_at=UNTIL - timedelta(days=4_000))
    made = select([ancient], spec(), LABELS, UNTIL, None, UNTIL)
    assert made.items == 1
    assert made.since is None


def test_labels_outlets_and_sources() -> None:
    made = digest(
        item(
            1,
            outlet="甲报",
            topics=(topic("park"), topic("new"), topic("identifier", 9)),
            source_ids=("nbd",),
        ),
        item(2, outlet="甲报", regions=(region("500000"), region("510100", 12), region("x", 1))),
        item(3, outlet=None, source_ids=("gone", "nbd")),
        item(4, outlet=None, source_ids=("gone",)),
    )
    entries = {entry.item.id: entry for group in made.groups for entry in group.entries}
    assert entries[1].topics == ("标识解析", "园区", "new")
    assert entries[2].regions == ("成都", "重庆", "x")
    assert made.outlets == 2
    assert made.sources == (("gone", "gone"), ("nbd", "每经网"), ("seeds", "样例"))
    assert sorted(made.item_ids) == [1, 2, 3, 4]


def test_nothing_matched() -> None:
    made = digest()
    assert (made.items, made.cut, made.outlets, made.groups, made.heat, made.sources) == (0, 0, 0, (), (), ())
    assert digest(item(), max_items=0).cut == 1
