"""The pages of `inspect` over a real database: all answer, all is explained, nothing hostile comes alive."""

import asyncio
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from datasette.app import Datasette
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.io.build import SHANGHAI, article, bring, store
from tests.io.test_store_search import TEXTS
from watcher.inspect.guard import OURS
from watcher.inspect.metadata import DATABASE, metadata, pages
from watcher.inspect.server import application
from watcher.store import search, stories
from watcher.store.open import open_store, transaction

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>«</mark><b>"
EVIL = "javascript:alert(3)"
CHARTS = [(slug, name) for slug, page in pages({}).items() for name in page["charts"]]


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three articles of two sources, one of them told twice and changed, and a hostile one."""
    path = tmp_path_factory.mktemp("inspect") / "anything.db"
    db = store(path, "nbd", "ofweek")
    for age, (guid, (title, text)) in enumerate(TEXTS.items()):
        bring(db, "nbd", article(guid, title, text, age))
    bring(db, "ofweek", article("a2", *TEXTS["a"]))
    bring(db, "nbd", article("a", TEXTS["a"][0], TEXTS["a"][1].replace("5G专网", "5G-A专网")))
    bring(db, "nbd", article("evil", HOSTILE, f"重庆{HOSTILE}" * 30))
    with transaction(db):
        db.execute(
            "UPDATE items SET url = ?, author = ?, published_raw = ? WHERE title = ?",
            [EVIL, HOSTILE, HOSTILE, HOSTILE],
        )
        db.execute("UPDATE sightings SET url = ? WHERE title = ?", [EVIL, HOSTILE])
        db.execute("INSERT INTO metrics (id, label) VALUES ('secondary_nodes', '二级节点')")
        for item, value in ((1, 37), (2, 39)):
            db.execute(
                "INSERT INTO figures (item_id, metric, value, unit, region_code, period_start, period_end, kind, metric_raw,"
                " quote, confidence) VALUES (?, 'secondary_nodes', ?, '个', '500000', '2026-11-01', '2026-11-30',"
                " 'actual', '二级节点', '重庆市两江新区推进企业上云，5G', 0.9)",
                [item, value],
            )
        for code in ("500000", "成渝地区", "500112"):
            db.execute(
                "INSERT OR IGNORE INTO regions VALUES ('500112', '渝北区', '渝北', 'county', '500000', NULL)"
            )
            db.execute("INSERT OR IGNORE INTO item_regions VALUES (1, ?, 'primary', 9, '[]')", [code])
        stories.regroup(db, [1, 2, 3])
        db.execute(
            "INSERT INTO polls (source_id, started_at, duration_ms, outcome, error_kind, error)"
            " VALUES ('nbd', '2026-11-20T08:00:00Z', 5, 'failed', 'http', ?)", [HOSTILE]
        )  # fmt: skip
    db.close()
    return path


@pytest.fixture(scope="module")
def site(path: Path) -> Datasette:
    return application(path, SHANGHAI)


def get(site: Datasette, address: str, host: str = "127.0.0.1:8001") -> Any:
    async def asked() -> Any:
        await site.invoke_startup()
        return await site.client.get(address, headers={"host": host}, follow_redirects=True)

    return asyncio.run(asked())


def rows(site: Datasette, query: str, **values: str) -> list[dict[str, Any]]:
    asked = "&".join(f"{name}={quote(value)}" for name, value in values.items())
    found: list[dict[str, Any]] = get(site, f"/watcher/{query}.json?_shape=array&{asked}").json()
    return found


def addresses() -> Iterator[str]:
    told = metadata({})["databases"][DATABASE]
    yield from ("/", "/watcher", "/-/dashboards", "/-/item/1")
    yield from (f"/watcher/{name}" for name in told["tables"])
    yield from (
        f"/watcher/{name}?{'&'.join(p + '=1' for p in query.get('params', ()))}"
        for name, query in told["queries"].items()
    )
    yield from (f"/-/dashboards/{slug}" for slug in pages({}))


@pytest.mark.parametrize("address", [*addresses()])
def test_every_page_answers_and_runs_nothing(site: Datasette, address: str) -> None:
    answer = get(site, address)
    assert answer.status_code == 200, answer.text[-500:]
    assert (
        "script-src" in answer.headers["content-security-policy"]
        or "default-src 'none'" in answer.headers["content-security-policy"]
    )
    for alive in ("<script>alert", "<img src=x", 'href="javascript:', "</mark><b>"):
        assert alive not in answer.text


@pytest.mark.parametrize(("slug", "name"), CHARTS)
@pytest.mark.parametrize("chosen", [False, True], ids=["nothing chosen", "all filters"])
def test_every_chart_asks_a_question_that_can_be_answered(
    site: Datasette, slug: str, name: str, chosen: bool
) -> None:
    values = {
        "since": "2026-01-01",
        "week": "2026-11-16",
        "topic": "工业互联网",
        "province": "重庆",
        "metric": "二级节点",
        "region": "重庆",
    }
    filters = {key: values[key] for key in pages({})[slug].get("filters", {})} if chosen else {}
    chart = pages({})[slug]["charts"][name]
    assert "?" in chart["title"]
    sql = re.sub(r"\[\[(.*?)\]\]", r"\1" if chosen else "", chart["query"])
    asked = "".join(f"&{key}={quote(value)}" for key, value in filters.items())
    answer = get(site, f"/watcher.json?_shape=objects&sql={quote(sql)}{asked}").json()
    assert answer["ok"], answer
    if chart["library"] == "metric":
        assert isinstance(answer["rows"][0]["n"], int)
        return
    assert chart["library"] == "vega-lite", "the table of the plugin would run markup"
    assert answer["rows"] or slug == "sources" or chosen
    for row in answer["rows"]:
        if row.get("stories") == 0:
            continue  # a tile of a province that nobody wrote about
        page, _, values = row["href"].partition("?")
        if page.startswith("/-/item/"):
            assert get(site, row["href"]).status_code == 200
        else:  # every mark leads to the rows behind it
            assert page.startswith("/watcher/")
            assert get(site, f"{page}.json?_shape=array&{values}").json()


def test_every_table_and_column_is_explained(path: Path) -> None:
    told = metadata({})["databases"][DATABASE]["tables"]
    conn = sqlite3.connect(path)
    names = [row[0] for row in conn.execute("SELECT name FROM sqlite_schema WHERE type IN ('table', 'view')")]
    ours = {name for name in names if not name.startswith(("items_fts", "sqlite_", "_sqlite"))}
    assert told.keys() == ours
    for name in sorted(ours):
        columns = {row[1] for row in conn.execute(f"PRAGMA table_xinfo({name})")}
        assert told[name]["columns"].keys() == columns, name
        assert told[name]["title"]
        assert told[name]["description"]
        assert set(told[name].get("facets", [])) | set(told[name].get("sortable_columns", [])) <= columns
        assert told[name].get("label_column", "id") in columns | {"id"}
    conn.close()


@pytest.mark.parametrize(
    "query", ["重庆", "上云", "5G", "重庆 OR 常熟 -招聘", '"企业上云"', "云", "成都", "两江新区 5g"]
)
def test_search_is_that_of_the_command_line(site: Datasette, path: Path, query: str) -> None:
    db = open_store(path)
    expected = [(hit.id, hit.title, hit.snippet) for hit in search.find(db, query, search.Within(), 50)]
    db.close()
    assert [
        (row["item_id"], row["title"], row["snippet"]) for row in rows(site, "search", q=query)
    ] == expected


def test_search_within_a_region_and_a_topic(site: Datasette) -> None:
    assert rows(
        site, "search", q="上云", region="重庆", topic="core", source="nbd", since="2026-01-01", limit="1"
    )
    assert rows(site, "search", q="上云", region="成渝地区")
    assert not rows(site, "search", q="上云", region="四川省")


@pytest.mark.parametrize("query", ["", "-招聘", "OR", "云" * 2000])
def test_a_query_that_cannot_be_answered_is_answered_by_a_sentence(site: Datasette, query: str) -> None:
    (row,) = rows(site, "search", q=query)
    assert row["item_id"] is None
    assert row["title"].startswith(("The query", "There is no word"))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=25)
@given(query=st.text(st.characters(codec="utf-8"), max_size=20))
def test_any_query_gives_rows(site: Datasette, query: str) -> None:
    assert isinstance(rows(site, "search", q=query), list)


@pytest.mark.parametrize(
    "term",
    ["重庆", "上云", "5G", "5g专网", "云", "网", "标识解析二级节点", "两江新区", "上云，5G", "上云5G", "成都", "", "！", "'\"*", "35", "37"],
)  # fmt: skip
def test_plain_datasette_finds_a_term_of_any_length(path: Path, term: str) -> None:
    plain = sqlite3.connect(path)  # none of our functions
    sql = metadata({})["databases"][DATABASE]["queries"]["find"]["sql"]
    found = {row[0] for row in plain.execute(sql, {"term": term})}
    plain.close()
    db = open_store(path)
    assert found == (search.matching(db, f'"{term}"') if re.search(r"\w", term) else set())
    db.close()


def test_only_search_needs_us(path: Path) -> None:
    plain = sqlite3.connect(path)
    for name, query in metadata({})["databases"][DATABASE]["queries"].items():
        if name != "search":
            plain.execute(query["sql"], dict.fromkeys(query.get("params", []), "1")).fetchall()
    plain.close()


def test_an_item_page(site: Datasette) -> None:
    page = get(site, "/-/item/1")
    assert page.headers["content-security-policy"] == OURS
    text = page.text
    assert '<mark class="topic"' in text or '<mark class="region"' in text
    assert 'id="figure-1"' in text
    assert "<ins>5G-A</ins>" in text or "<ins>-A</ins>" in text
    assert 'href="https://example.org/a"' in text
    assert 'href="/watcher/source_items?source_id=nbd"' in text
    assert "<script" not in text
    assert " style=" not in text
    assert " onclick" not in text


def test_a_hostile_item_is_text(site: Datasette, path: Path) -> None:
    number = sqlite3.connect(path).execute("SELECT id FROM items WHERE url = ?", [EVIL]).fetchone()[0]
    text = get(site, f"/-/item/{number}").text
    assert "&lt;script&gt;alert(1)" in text
    assert "no address" in text
    assert "javascript:alert" not in text


def test_an_item_that_is_not_there(site: Datasette) -> None:
    answer = get(site, "/-/item/9999")
    assert answer.status_code == 404
    assert "no item 9999" in answer.text


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8001", "127.0.0.1.evil.example", ""])
def test_another_name_for_this_machine_is_refused(site: Datasette, host: str) -> None:
    assert get(site, "/", host).status_code == 421


@pytest.mark.parametrize("host", ["localhost", "localhost:9", "[::1]:8001", "[::1]"])
def test_this_machine_is_served(site: Datasette, host: str) -> None:
    assert get(site, "/-/item/1", host).status_code == 200


def test_nothing_can_be_written(site: Datasette) -> None:
    for sql in ("DELETE FROM items", "PRAGMA journal_mode = DELETE", "ATTACH '/tmp/x' AS x"):
        assert get(site, f"/watcher.json?sql={quote(sql)}").status_code == 400


def test_pages_of_an_empty_database(tmp_path: Path) -> None:
    open_store(tmp_path / "w.db").close()
    empty = application(tmp_path / "w.db", SHANGHAI)
    for slug in pages({}):
        assert get(empty, f"/-/dashboards/{slug}").status_code == 200
    assert get(empty, "/watcher/search?q=重庆").status_code == 200
