"""What is usual, what stands out, and that copies are no events."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.unit.digest_samples import LABELS, SINCE, UNTIL, item, region, spec, topic
from watcher.digest.baseline import FEWEST, is_spike, periods, reach, usual
from watcher.digest.select import select
from watcher.digest.view import page
from watcher.model import Background, Digest, HeatRow, StoredItem

DAY = timedelta(days=1)

# earlier periods, the count of this one, whether it stands out
SPIKES = [
    ([2, 2, 2, 2, 2, 2, 2], 7, True),
    ([2, 2, 2, 2, 2, 2, 2], 6, False),  # two a day scatter by 1.4: six is once a month
    ([0] * 28, 3, True),
    ([0] * 28, 2, False),
    ([1] * 10, 5, True),
    ([1] * 10, 4, False),
    ([3, 9, 2, 14, 4, 8, 11], 15, False),  # it goes up and down all the time
    ([10] * 20 + [200], 25, True),  # one fair long ago does not make the next wave ordinary
    ([10] * 20 + [200], 19, False),
    ([2, 2, 2, 2], 90, False),  # four days are no habit
    ([], 90, False),
]


@pytest.mark.parametrize(("before", "count", "spike"), SPIKES)
def test_spikes(before: list[int], count: int, spike: bool) -> None:
    assert is_spike(count, usual(before)) is spike


def test_how_far_back_is_looked() -> None:
    assert reach(UNTIL, DAY, UNTIL - 5 * DAY) is None  # the store knows four whole days before today
    assert reach(UNTIL, DAY, UNTIL - 6.5 * DAY) == UNTIL - 6 * DAY
    assert reach(UNTIL, DAY, UNTIL - 900 * DAY) == UNTIL - 29 * DAY
    assert reach(UNTIL, 7 * DAY, UNTIL - 900 * DAY) == UNTIL - 9 * 7 * DAY
    assert reach(UNTIL, 30 * DAY, UNTIL - 900 * DAY) == UNTIL - (FEWEST + 4) * 30 * DAY


def test_periods_are_half_open() -> None:
    times = (-3 * DAY - timedelta(seconds=1), -3 * DAY, -2 * DAY, -DAY - timedelta(seconds=1), -DAY)
    items = [item(n, published_at=UNTIL + at) for n, at in enumerate(times)]
    found = periods(items, UNTIL - 3 * DAY, UNTIL - DAY, DAY)
    assert [[one.id for one in period] for period in found] == [[1], [2, 3]]


def days(*counts: int, **changes: object) -> list[StoredItem]:
    """Items of the days before today, the oldest day first."""
    return [
        item(
            10_000 + 100 * day + number, published_at=UNTIL - DAY * (day + 1) - timedelta(hours=1), **changes
        )
        for day, count in enumerate(reversed(counts))
        for number in range(count)
    ]


def against(earlier: list[StoredItem], *items: StoredItem, **changes: object) -> Digest:
    behind = Background(DAY, tuple(earlier), UNTIL - 60 * DAY)
    return select(items, spec(**changes), LABELS, UNTIL, SINCE, UNTIL, behind)


def only(rows: tuple[HeatRow, ...]) -> HeatRow:
    (row,) = rows
    return row


def test_a_region_that_rises() -> None:
    row = only(against(days(2, 3, 1, 2, 2, 0, 2), *(item(n) for n in range(1, 9))).heat)
    assert (row.count, row.usual, row.spike) == (8, 0.0, True)  # of 28 days known most had nothing
    assert row.past == (2, 3, 1, 2, 2, 0, 2)
    bar = page(against(days(*[2] * 28), *(item(n) for n in range(1, 9)))).bars[0]
    assert bar.against == "平时 2 ▲"
    assert bar.line == "▃▃▃▃▃▃▃█"


def test_copies_are_no_wave() -> None:
    copies = [item(n, story_id=5) for n in range(1, 9)]
    row = only(against(days(*[1] * 28), *copies).heat)
    assert (row.count, row.spike) == (1, False)
    row = only(against(days(*[8] * 28, story_id=7), item(1), item(2), item(3), item(4)).heat)
    assert (row.usual, row.spike) == (1, False)  # eight papers a day with one story: one a day


def test_late_and_carried_over_items_are_no_wave() -> None:
    late = [item(n, published_at=UNTIL - 3 * DAY) for n in range(1, 9)]
    row = only(against(days(*[1] * 28), *late).heat)
    assert (row.count, row.spike) == (8, False)


def test_a_young_store_says_nothing_of_what_is_usual() -> None:
    behind = Background(DAY, (), UNTIL - 3 * DAY)
    made = select([item(n) for n in range(1, 9)], spec(), LABELS, UNTIL, SINCE, UNTIL, behind)
    assert only(made.heat) == HeatRow("500000", "重庆市", 8, (("标识解析", 8),))


def test_topics_that_rise_are_told_beside_regions_and_regions_beside_topics() -> None:
    items = [
        item(n, regions=(region(code),), topics=(topic("park"),))
        for n, code in enumerate(("500000", "510000", "510100", "420000"), 1)
    ]
    made = against(days(*[1] * 28), *items)
    assert not any(row.spike for row in made.heat)
    assert [(row.label, row.count) for row in made.also] == [("园区", 4)]
    assert page(made).news == (("明显增多", "园区 4（平时 0）▲"),)
    made = against(
        days(*[1] * 28), *(item(n, regions=(region("510100"),)) for n in range(3)), group_by="topic"
    )
    assert [(row.label, row.count) for row in made.also] == [("四川省", 3)]
    assert against(days(*[1] * 28), item(1), group_by="source").heat[0].label == "样例"
    assert {row.label for row in against([], item(1), item(2, topics=()), group_by="none").heat} == {
        "标识解析",
        "未标主题",
    }


def test_a_tail_of_single_stories_is_one_line() -> None:
    rows = tuple(HeatRow(str(n), f"第{n}地", 12 - n, (), 1.0, n == 10) for n in range(12))
    shown = page(replace(against([], item(1)), heat=rows))
    assert [bar.label for bar in shown.bars] == [*(f"第{n}地" for n in range(8)), "第10地"]
    assert shown.news[0] == ("其余", "8 条：第8地、第9地、第11地")
