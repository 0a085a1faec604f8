"""What is taken away: the right rows, by names, and a smaller database that stands alone."""

import json
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from sqlite_utils import Database

from tests.io.build import article, bring, store
from tests.io.test_store_search import TEXTS
from watcher.cli import root
from watcher.errors import StoreError, UsageError
from watcher.store import export, search
from watcher.store.open import integrity_problems, open_for_reading
from watcher.store.search import Within


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("export") / "w.db"
    db = store(path, "nbd", "ofweek")
    for age, (guid, (title, text)) in enumerate(TEXTS.items()):
        bring(db, "nbd", article(guid, title, text, age))
    db.execute(
        "INSERT INTO figures (item_id, metric, value, unit, region_code, kind, metric_raw, quote, confidence)"
        " VALUES (1, 'nodes', 37, '个', '500000', 'actual', '二级节点', '达到37个', 0.9)"
    )
    db.execute(
        "INSERT INTO digests (id, name, key, title, made_at, until, items) VALUES (4, 'd', 'd:1', 'D', 'x', 'x', 2)"
    )
    db.execute("INSERT INTO digest_items (digest_id, item_id, position) VALUES (4, 3, 1), (4, 1, 2)")
    db.close()
    return path


@pytest.fixture
def db(path: Path) -> Iterator[Database]:
    opened = open_for_reading(path)
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("query", "within", "digest", "limit", "expected"),
    [
        (None, Within(), None, 9, [1, 2, 3]),
        (None, Within(), None, 2, [1, 2]),
        ("工业互联网", Within(), None, 9, [2, 3]),
        ("重庆 -招聘", Within(), None, 9, [1]),
        (None, Within(), 4, 9, [3, 1]),
        (None, Within(regions=frozenset({"500000"}), topic="core", source="nbd"), None, 1, [1]),
        (None, Within(regions=frozenset({"510000"})), None, 9, []),
        (None, Within(source="ofweek"), None, 9, []),
    ],
)  # fmt: skip
def test_what_is_chosen(
    db: Database, query: str | None, within: Within, digest: int | None, limit: int, expected: list[int]
) -> None:
    assert export.chosen(db, query, within, digest, limit) == expected


def test_a_query_that_cannot_be_answered(db: Database) -> None:
    with pytest.raises(UsageError, match="no word"):
        export.chosen(db, "-招聘", Within(), None, 9)


def test_rows_have_names(db: Database) -> None:
    rows = list(export.item_rows(db, [3, 1]))
    assert [row["id"] for row in rows] == [3, 1]
    assert rows[1]["regions"] == ["重庆市"]
    assert rows[1]["topics"] == ["工业互联网"]
    assert set(export.ITEM_COLUMNS) == rows[0].keys()
    (figure,) = export.figure_rows(db, [1, 2, 3])
    assert (figure["region"], figure["value"], figure["title"]) == ("重庆市", 37, TEXTS["a"][0])
    assert set(export.FIGURE_COLUMNS) == figure.keys()


def test_a_smaller_database_stands_alone(path: Path, tmp_path: Path) -> None:
    target = tmp_path / "small.db"
    export.subset(path, target, [1, 3])
    small = open_for_reading(target)
    assert integrity_problems(small) == []
    assert search.matching(small, "重庆") == {1, 3}
    assert search.matching(small, "常熟") == set()
    assert small.execute("SELECT count(*) FROM figures").fetchone()[0] == 1
    assert small.execute("SELECT count(*), max(memory) FROM sources").fetchone() == (2, "{}")
    assert small.execute("SELECT count(*) FROM digests").fetchone()[0] == 0
    small.close()
    with pytest.raises(StoreError, match="exists already"):
        export.subset(path, target, [1])


@pytest.fixture
def config(path: Path, tmp_path: Path) -> Path:
    (tmp_path / "watcher.toml").write_text(f'[watcher]\ndatabase = "{path}"\n')
    (tmp_path / "sources.toml").write_text(
        '[[source]]\nid = "nbd"\nkind = "feed"\nurl = "https://example.org/f"\n'
    )
    return tmp_path


def run(config: Path, capfdbinary: pytest.CaptureFixture[bytes], *args: str) -> str:
    root.main(["-c", str(config), "export", *args], standalone_mode=False)
    return capfdbinary.readouterr().out.decode()


def test_every_form(config: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert run(config, capfdbinary).startswith("\ufeffid,title,")
    assert len(json.loads(run(config, capfdbinary, "--json", "--limit", "2"))) == 2
    assert run(config, capfdbinary, "--format", "atom", "--digest", "4").count("<entry>") == 2
    assert json.loads(run(config, capfdbinary, "figures", "--json"))[0]["value"] == 37
    assert "https://example.org/f" in run(config, capfdbinary, "sources")
    assert run(config, capfdbinary, "sources", "--format", "csv").startswith("\ufeffid,kind")
    assert json.loads(run(config, capfdbinary, "sources", "--json"))[0]["id"] == "nbd"
    assert run(config, capfdbinary, "-o", str(config / "new.csv")) == ""
    assert (config / "new.csv").read_text("utf-8").startswith("\ufeffid,title,")


@pytest.mark.parametrize(
    ("args", "why"),
    [
        (["--format", "sqlite"], "needs a file"),
        (["--format", "opml"], "not as opml"),
        (["figures", "--format", "atom"], "not as atom"),
        (["--region", "火星"], "There is no region"),
        (["--query", "OR"], "no word before OR"),
        (["--since", "soon"], "is no time"),
    ],
)
def test_what_cannot_be_written(config: Path, args: list[str], why: str) -> None:
    with pytest.raises((UsageError, click.ClickException), match=why):
        root.main(["-c", str(config), "export", *args], standalone_mode=False)
