"""Search over a real index: what is there is found, by any of its parts, and filters hold."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlite_utils import Database

from tests.io import schemas
from tests.io.build import NOW, article, bring, store
from watcher.errors import UsageError
from watcher.store import search
from watcher.store.open import open_store, transaction
from watcher.store.search import Within, find, matching
from watcher.text.fold import fold

TEXTS = {
    "a": ("重庆标识解析二级节点达到37个", "重庆市两江新区推进企业上云，5G专网进工厂。" * 8),
    "b": ("常熟工业互联网平台", "常熟市的龙头企业建设工业互联网平台，推动上云。" * 8),
    "c": ("招聘信息", "重庆某企业招聘工业互联网工程师，5G基站维护。" * 8),
}


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    opened = store(tmp_path_factory.mktemp("search") / "w.db", "nbd", "ofweek")
    for age, (guid, (title, text)) in enumerate(TEXTS.items()):
        bring(opened, "nbd" if guid != "b" else "ofweek", article(guid, title, text, age))
    yield opened
    opened.close()


def guids(db: Database, query: str, within: Within = Within()) -> set[str]:  # noqa: B008
    return {(hit.url or "").rpartition("/")[2] for hit in find(db, query, within)}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("重庆", {"a", "c"}),
        ("上云", {"a", "b"}),
        ("5G", {"a", "c"}),
        ("5g 重庆", {"a", "c"}),
        ("标识解析二级节点", {"a"}),
        ("两江新区", {"a"}),
        ("工业互联网", {"b", "c"}),
        ("重庆 -招聘", {"a"}),
        ('"企业上云" 重庆', {"a"}),
        ("“工业互联网平台”", {"b"}),
        ("常熟 OR 两江新区", {"a", "b"}),
        ("常熟 OR 重庆 上云", {"a", "b"}),
        ("重庆 OR 常熟 -招聘 -标识解析", {"b"}),
        ("重庆 AND 上云", {"a"}),
        ("云", {"a", "b"}),
        ("成都", set()),
        ('"unclosed', set()),
        ("NEAR(重庆", set()),
    ],
)
def test_queries(db: Database, query: str, expected: set[str]) -> None:
    assert guids(db, query) == expected


def test_the_title_weighs_more(db: Database) -> None:
    assert find(db, "标识解析", Within())[0].title == TEXTS["a"][0]


def test_of_equal_items_the_newer_comes_first(tmp_path: Path) -> None:
    db = store(tmp_path / "w.db")
    for age in (300, 0, 30):
        bring(db, "nbd", article(f"g{age}", f"重庆新闻{age:03}", f"工业互联网，第{age:03}期。" * 20, age))
    assert [hit.title[-3:] for hit in find(db, "工业互联网", Within())] == ["000", "030", "300"]
    db.close()


def test_filters(db: Database) -> None:
    assert guids(db, "重庆", Within(source="ofweek")) == set()
    assert guids(db, "上云", Within(source="ofweek")) == {"b"}
    assert guids(db, "上云", Within(topic="core")) == {"a", "b"}
    assert guids(db, "上云", Within(topic="other")) == set()
    assert guids(db, "上云", Within(regions=frozenset({"500000"}))) == {"a", "b"}
    assert guids(db, "上云", Within(regions=frozenset({"510000"}))) == set()
    assert guids(db, "上云", Within(regions=frozenset({"CN"}))) == set()  # only implied
    assert guids(db, "上云", Within(since=NOW)) == {"a"}
    assert guids(db, "上云", Within(until=NOW)) == {"b"}
    assert guids(db, "上云", Within(since=NOW - timedelta(days=9), until=NOW + timedelta(days=1))) == {
        "a",
        "b",
    }


def test_a_limit_keeps_the_best(db: Database) -> None:
    assert [hit.title for hit in find(db, "工业互联网", Within(), 1)] == [TEXTS["b"][0]]


def test_a_snippet_shows_the_hit(db: Database) -> None:
    hit = find(db, "两江新区 5g", Within())[0]
    assert "«两江新区»" in hit.snippet
    assert "«5G»" in hit.snippet
    assert hit.outlet == "样例报"


def test_a_changed_text_is_found_by_its_new_words_alone(tmp_path: Path) -> None:
    db = store(tmp_path / "w.db")
    bring(db, "nbd", article("g", "重庆上云", "企业上云。" * 60))
    bring(db, "nbd", article("g", "成都上云", "企业入链。" * 60))
    assert guids(db, "重庆 OR 企业上云") == set()
    assert guids(db, "成都 企业入链") == {"g"}
    db.execute("INSERT INTO items_fts (items_fts) VALUES ('integrity-check')")
    db.close()


@pytest.mark.parametrize("query", ["", "   ", "-招聘", "！？", '""', "OR"])
def test_a_query_without_a_word_is_explained(db: Database, query: str) -> None:
    with pytest.raises(UsageError, match="no word"):
        find(db, query, Within())


def test_an_index_of_an_older_schema_is_made_anew(tmp_path: Path) -> None:
    db = open_store(schemas.unpacked(12, tmp_path / "w.db"))
    assert matching(db, "上云") == matching(db, "企业上云") == {1}
    with transaction(db):
        search.remove(db, 1, "重庆上云", "重庆企业上云。")
    assert matching(db, "上云") == set()
    db.execute("INSERT INTO items_fts (items_fts) VALUES ('integrity-check')")
    db.close()


LETTERS = st.text(alphabet="重庆云", min_size=1, max_size=3)
WORDS = st.lists(st.tuples(st.sampled_from(["", "", "-", "OR "]), LETTERS), min_size=1, max_size=4)


@settings(deadline=None, max_examples=60)
@given(texts=st.lists(st.text(alphabet="重庆云，", max_size=8), min_size=1, max_size=6), words=WORDS)
def test_what_is_found_is_what_a_scan_finds(texts: list[str], words: list[tuple[str, str]]) -> None:
    db = _scratch()
    for number, text in enumerate(texts, 1):
        search.add(db, number, "", text)
    groups: list[list[str]] = []
    without: list[str] = []
    typed = []
    for mark, word in words:
        if mark == "-":
            without.append(word)
        elif mark == "OR " and groups and typed[-1][0] != "-":
            groups[-1].append(word)
        else:
            groups.append([word])
            mark = ""  # noqa: PLW2901
        typed.append(mark + word)
    if not groups:
        return
    scanned = {
        number
        for number, text in enumerate(texts, 1)
        if all(any(word in fold(text).text for word in group) for group in groups)
        and not any(word in fold(text).text for word in without)
    }
    assert matching(db, " ".join(typed)) == scanned


def _scratch() -> Database:
    db = Database(memory=True)
    db.execute("CREATE VIRTUAL TABLE items_fts USING fts5(text, title, content='', detail=full)")
    return db


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(query=st.text(max_size=30))
def test_any_query_gives_hits_or_a_sentence(db: Database, query: str) -> None:
    try:
        find(db, query, Within())
    except UsageError as error:
        assert "try" in str(error)


def test_the_index_is_changed_with_its_item_or_not_at_all(db: Database) -> None:
    with pytest.raises(ZeroDivisionError), transaction(db):
        search.add(db, 99, "半途而废", "半途而废")
        raise ZeroDivisionError
    assert matching(db, "半途而废") == set()
