"""What the figures of a digest say against others, in a real database."""

import itertools
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database

from tests.io.build import NOW, bring, store
from tests.io.test_store_figures import METRICS, YEAR, figure, stating
from watcher.model import FigureNote
from watcher.store import figures
from watcher.store.figure_notes import figure_notes
from watcher.store.open import transaction


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    opened = store(tmp_path / "w.db", "nbd")
    with transaction(opened):
        figures.save_metrics(opened, METRICS)
    yield opened
    opened.close()


def told(notes: list[FigureNote]) -> list[tuple[Any, ...]]:
    return [(note.what, note.new.region_code, note.new.value, note.old.value) for note in notes]


def test_what_disagrees_is_told_before_what_moved(db: Database) -> None:
    bring(db, "nbd", stating("old", figure(20, "2020-12-31", "2020-01-01"), figure(31, *YEAR)))
    bring(db, "nbd", stating("new", figure(39, *YEAR)))
    notes = figure_notes(db, [2])
    assert told(notes) == [("differs", "500000", 39, 31), ("moved", "500000", 39, 20)]
    assert notes[0].published == (NOW, NOW)
    assert told(figure_notes(db, [1])) == [("differs", "500000", 39, 31), ("moved", "500000", 31, 20)]
    assert figure_notes(db, []) == []


def test_one_note_a_subject_in_the_order_of_the_items(db: Database) -> None:
    for guid, value in (("a", 31), ("b", 39), ("c", 45)):
        bring(db, "nbd", stating(guid, figure(value, *YEAR)))
        bring(db, "nbd", stating(f"{guid}2", figure(value, *YEAR, region_code="510000")))
    assert told(figure_notes(db, [1, 2])) == [("differs", "500000", 39, 31), ("differs", "510000", 39, 31)]
    assert told(figure_notes(db, [2, 1])) == [("differs", "510000", 39, 31), ("differs", "500000", 39, 31)]


def test_no_more_than_six(db: Database) -> None:
    many = [figure(7, *YEAR, unit=unit) for unit in "一二三四五六七八"]
    bring(db, "nbd", stating("a", *many))
    bring(db, "nbd", stating("b", *(figure(9, *YEAR, unit=one.unit) for one in many)))
    assert [note.new.unit for note in figure_notes(db, [2])] == list("一二三四五六")


def test_what_is_unsure_or_of_a_company_is_not_told(db: Database) -> None:
    bring(db, "nbd", stating("a", figure(31, *YEAR)))
    bring(db, "nbd", stating("b", figure(39, *YEAR, confidence=0.5)))
    assert figure_notes(db, [1, 2]) == []


def test_each_subject_that_the_view_has_a_pair_for_is_told(db: Database) -> None:
    chance = random.Random(7)
    subjects = list(itertools.product(("nodes", "classes"), ("500000", "510000")))
    for number in range(60):
        stated = [
            figure(
                value,
                chance.choice(("2021-04-12", "2021-12-31", "2022-12-31")),
                chance.choice((None, "2021-01-01")),
                metric=metric,
                region_code=region,
                approx=chance.choice((None, None, ">", "≈")),
                confidence=chance.choice((0.5, 0.9, 0.9)),
                quotes=(f"第{number}篇说{value}。",),
            )
            for metric, region in chance.sample(subjects, 3)
            for value in chance.sample((3, 4, 5), 1)
        ]
        bring(db, "nbd", stating(f"g{number}", *stated))
    for _ in range(20):
        shown = chance.sample(range(1, 61), 4)
        among = ", ".join(map(str, shown))
        # All pairs of the view at once, and the first of each subject.
        expected: dict[tuple[str, str], tuple[str, str]] = {}
        for metric, region, quote, other in db.execute(
            "SELECT metric, region_code, quote, other_quote FROM figure_conflicts WHERE confidence >= 0.6"
            f" AND (item_id IN ({among}) OR other_item_id IN ({among}))"
            " ORDER BY period_end, item_id, other_item_id"
        ).fetchall():
            expected.setdefault((metric, region), (quote, other))
        notes = [note for note in figure_notes(db, shown) if note.what == "differs"]
        found = {
            (note.new.metric, note.new.region_code): (note.new.quotes[0], note.old.quotes[0])
            for note in notes
        }
        assert found == expected
