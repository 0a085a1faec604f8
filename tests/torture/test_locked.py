"""Every function of the store beside a writer that does not let go: it works, or waits and says so."""

import importlib
import inspect
import pkgutil
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import is_dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest
from sqlite_utils import Database

from tests.io.build import NOW, REGIONS, SHANGHAI, article, bring, source, store
from watcher import store as rooms
from watcher.errors import StoreBusyError
from watcher.model import Digest, FileMark, New, Pace, Parcel, PollMemory, PollReport, RawDocument, TaggedItem
from watcher.store import digests
from watcher.store import open as opening
from watcher.store.notices import Notice
from watcher.store.open import integrity_problems, open_for_reading, open_store, transaction, translated

DOCUMENT = RawDocument("nbd", "a.md", "重庆上云".encode(), NOW, mark=FileMark(12, 1, "x"))
DIGEST = Digest("daily", "日报", NOW, SHANGHAI, None, NOW, (), (), 0, 0, 0)

# How a parameter is filled: by its name where that tells more than its type. A function with
# parameters of its own may need a line here; `unfilled` then says so.
BY_NAME: dict[str, Any] = {
    "source_id": "nbd", "verdict": New(article("g9", "九", "第九篇" * 99)), "tags": article().tags, "query": "重庆",
    "notice": Notice(1, "disk", "full", NOW, None), "ids": [1], "item_ids": [1], "items": [article("g9")],
    "sources": [source()], "source": source(), "regions": REGIONS, "topics": {"core": "x"}, "rung": "guid",
    "name": "daily", "report": PollReport("nbd", "new"), "pace": Pace(PollMemory(), "ok", NOW), "other_id": 2,
    "keep": {"polls": timedelta(days=9)}, "troubles": {"disk": "full"}, "document": DOCUMENT, "digest": DIGEST,
}  # fmt: skip
BY_TYPE: dict[Any, Any] = {
    str: "x", int: 1, bool: False, datetime: NOW, timedelta: timedelta(days=1), TaggedItem: article("g9"),
    Parcel: Parcel("file", "/nowhere", b"x", name="x.txt"), RawDocument: DOCUMENT,
}  # fmt: skip


def functions() -> Iterator[Callable[..., Any]]:
    """The public functions of the store's rooms that take an open database first."""
    for room in pkgutil.iter_modules(rooms.__path__):
        module = importlib.import_module(f"{rooms.__name__}.{room.name}")
        for _, function in inspect.getmembers(module, inspect.isfunction):
            first = next(iter(inspect.signature(function).parameters), None)
            ours = function.__module__ == module.__name__ and not function.__name__.startswith(("_", "m0"))
            if ours and first == "db":
                yield function


def filled(function: Callable[..., Any], folder: Path) -> dict[str, Any]:
    """Arguments for it, but for the database."""
    hints = get_type_hints(function)
    found: dict[str, Any] = {}
    for name, parameter in list(inspect.signature(function).parameters.items())[1:]:
        kind = hints[name]
        if kind is Path:
            found[name] = folder / ("w.db" if name in {"path", "database"} else f"to-{name}")
        elif name in BY_NAME and kind is not int and type(None) not in get_args(kind):
            found[name] = BY_NAME[name]
        elif parameter.default is not inspect.Parameter.empty:
            continue
        elif kind in BY_TYPE:
            found[name] = BY_TYPE[kind]
        elif is_dataclass(kind) and isinstance(kind, type):
            found[name] = kind(
                *["x"] * sum(f.default is f.default_factory for f in kind.__dataclass_fields__.values())
            )
        elif type(None) in get_args(kind):
            found[name] = None
        else:
            found[name] = ()
    return found


def call(function: Callable[..., Any], db: Database, folder: Path) -> None:
    with translated():
        result = function(db, **filled(function, folder))
        if isinstance(result, AbstractContextManager) and not isinstance(result, Path):
            with result:
                pass
        elif isinstance(result, Iterator):
            list(result)


@pytest.fixture(scope="module")
def filled_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("store") / "w.db"
    opened = store(path, "nbd", "c114")
    bring(opened, "nbd", article("g1", "一"))
    bring(opened, "c114", article("g2", "二", "成都工厂上云。" * 30))
    with transaction(opened):
        digests.start(opened, "daily", NOW)
        digests.freeze(opened, DIGEST, "daily@1", [BY_TYPE[Parcel]], NOW)
    opened.close()
    return path


@pytest.fixture
def db(filled_store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    monkeypatch.setattr(opening, "BUSY_SECONDS", 0.05)
    opened = open_store(Path(shutil.copy(filled_store, tmp_path)))
    yield opened
    opened.close()


@pytest.mark.parametrize(
    "function", list(functions()), ids=lambda f: f"{f.__module__.split('.')[-1]}.{f.__name__}"
)
def test_beside_a_writer_that_holds_on(db: Database, tmp_path: Path, function: Callable[..., Any]) -> None:
    other = sqlite3.connect(tmp_path / "w.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    other.execute("INSERT INTO topics VALUES ('held', 'held')")
    try:
        call(function, db, tmp_path)
    except StoreBusyError as error:
        assert "nothing was lost" in str(error)
    finally:
        assert not db.conn.in_transaction
        other.execute("ROLLBACK")
        other.close()
    assert integrity_problems(db) == []
    with transaction(db):
        pass  # and the next one gets through


def test_beside_a_reader_that_holds_on(db: Database, tmp_path: Path) -> None:
    reader = open_for_reading(tmp_path / "w.db")
    reader.execute("BEGIN")
    before = reader.execute("SELECT count(*) FROM items").fetchone()
    bring(
        db, "nbd", article("g3", "三", "武汉工厂上云。" * 30)
    )  # a query held open in Datasette stops no poll
    assert reader.execute("SELECT count(*) FROM items").fetchone() == before
    reader.execute("ROLLBACK")
    assert reader.execute("SELECT count(*) FROM items").fetchone()[0] == before[0] + 1
    reader.close()


def test_most_of_the_store_is_tried() -> None:
    assert len(list(functions())) >= 80
