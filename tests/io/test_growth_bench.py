"""The growth benches at a small size: they run, and what they bring is what they say."""

import itertools
import re
from itertools import islice
from pathlib import Path

from bench.growth import bulk, keeping
from bench.growth.__main__ import grown
from bench.growth.articles import LONGEST, SHORTEST, articles
from bench.growth.feeds import measured
from bench.growth.plot import Panel, drawn
from bench.growth.report import section
from bench.growth.scale import gate, seconds_an_hour
from watcher.store import search
from watcher.store.open import integrity_problems


def test_articles_are_like_those_of_feeds() -> None:
    some = list(islice(articles(), 800))
    assert some == list(islice(articles(), 800))
    assert len({article.text for article in some}) == len(some)
    assert 0.03 < sum(article.of_field for article in some) / len(some) < 0.07
    assert 8 <= sum(article.title.startswith("转载") for article in some) <= 30
    assert all(SHORTEST <= len(article.text) < LONGEST + 100 for article in some)
    assert not any("{" in article.title + article.text for article in some)


def test_rules_see_what_is_of_the_field() -> None:
    some = list(islice(articles(), 400))
    judged = {article: keeping.judged(article, keeping.FEEDS[0]) for article in some}
    assert all(bool(tags.topics) == article.of_field for article, (tags, _) in judged.items())
    stated = [len(figures) for article, (_, figures) in judged.items() if article.of_field]
    assert sum(stated) > 2 * len(stated)


def test_a_store_grows_and_is_measured(tmp_path: Path) -> None:
    rows = grown(tmp_path, [300, 600])
    assert [row.size for row in rows] == [300, 600]
    assert rows[1].whole > rows[0].whole > rows[0].read.text
    assert rows[1].read.digest_items > 0
    assert grown(tmp_path, [600]) == rows[1:]  # measured before, and only what was asked for
    told = section(rows)
    assert "stores of 300 and 600 items" in told
    assert "|  | 300 items | 600 items |" in told
    assert "| a search: under 50 ms | met | met |" in told
    db = keeping.opened(tmp_path / "growth.db").db
    assert integrity_problems(db) == []
    assert "MB are left" in gate(db)
    db.close()


def test_in_bulk_is_as_by_polls(tmp_path: Path) -> None:
    stores = [keeping.opened(tmp_path / name) for name in ("bulk.db", "polls.db")]
    some = [article for article in islice(articles(), 120) if not article.title.startswith("转载")][:90]
    ready = [
        (a, keeping.tagged(a, keeping.judged(a, keeping.FEEDS[0])), keeping.when(a.number)) for a in some
    ]
    bulk.put(stores[0].db, [(a, "s0", one, now) for a, one, now in ready])
    bulk.settle(stores[0].db)
    for start in range(0, 90, keeping.FEED):
        stores[1].poll(some[start : start + keeping.FEED])
    tables = ("items", "item_topics", "item_regions", "figures", "sightings")
    one, other = (
        [keeping_.db.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables]
        + [sorted(keeping_.db.execute("SELECT mark, item_id FROM story_marks").fetchall())]
        + [search.matching(keeping_.db, "工业互联网")]
        for keeping_ in stores
    )
    assert one == other
    for keeping_ in stores:
        keeping_.db.close()


def test_a_head_of_many_feeds_is_measured(tmp_path: Path) -> None:
    costs = measured(tmp_path, 300)
    assert costs.feeds == 300
    assert min(costs.due, costs.plan, costs.save, costs.look) > 0
    assert seconds_an_hour(costs, 1) > seconds_an_hour(costs, 6)


def test_a_plot_holds_every_curve() -> None:
    plot = drawn([Panel("cost", [("ms", [(10, 1.0), (1000, 2.0)])], ("limit", 3.0), upright=True)], "items")
    assert plot.count("<circle") == 2
    assert ">ms, 2<" in plot
    assert ">limit<" in plot


def test_no_text_of_a_plot_lies_upon_another() -> None:
    curves = [(str(number), [(10, 1.0), (1000, 1 + number / 100)]) for number in range(4)]
    plot = drawn([Panel("cost", curves, ("limit", 1.02))], "items")
    placed = re.findall(r'<text x="([\d.]+)" y="([\d.]+)"', plot)
    assert len(placed) > 10
    for (x, y), (other_x, other_y) in itertools.combinations(placed, 2):
        assert x != other_x or abs(float(y) - float(other_y)) > 12
