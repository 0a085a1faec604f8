"""Search over a real index: what is there is found, by any of its parts, and filters hold."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlite_utils import Database

from tests.io.build import NOW, article, bring, store
from watcher.errors import UsageError
from watcher.store.search import Within, find

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
        ("云", {"a", "b"}),
        ("成都", set()),
        ('"unclosed', set()),
        ("重庆 AND", set()),
        ("NEAR(重庆", set()),
    ],
)
def test_queries(db: Database, query: str, expected: set[str]) -> None:
    assert guids(db, query) == expected


def test_the_title_weighs_more(db: Database) -> None:
    assert find(db, "标识解析", Within())[0].title == TEXTS["a"][0]


def test_filters(db: Database) -> None:
    assert guids(db, "重庆", Within(source="ofweek")) == set()
    assert guids(db, "上云", Within(source="ofweek")) == {"b"}
    assert guids(db, "上云", Within(topic="core")) == {"a", "b"}
    assert guids(db, "上云", Within(topic="other")) == set()
    assert guids(db, "上云", Within(regions=frozenset({"500000"}))) == {"a", "b"}
    assert guids(db, "上云", Within(regions=frozenset({"510000"}))) == set()
    assert guids(db, "上云", Within(since=NOW)) == {"a"}
    assert guids(db, "上云", Within(until=NOW)) == {"b"}
    assert guids(db, "上云", Within(since=NOW - timedelta(days=9), until=NOW + timedelta(days=1))) == {
        "a",
        "b",
    }


def test_a_snippet_shows_the_hit(db: Database) -> None:
    hit = find(db, "两江新区", Within())[0]
    assert "两江新区" in hit.snippet
    assert hit.outlet == "样例报"


@pytest.mark.parametrize("query", ["", "   ", "-招聘", "！？", '""'])
def test_a_query_without_a_word_is_explained(db: Database, query: str) -> None:
    with pytest.raises(UsageError, match="no word to look for"):
        find(db, query, Within())


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(query=st.text(max_size=30))
def test_any_query_gives_hits_or_a_sentence(db: Database, query: str) -> None:
    try:
        find(db, query, Within())
    except UsageError as error:
        assert str(error).endswith("'")
