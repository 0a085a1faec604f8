"""Whether every page answers within two seconds over a million articles, or says that it is limited.

    python -m bench.quality.pages [--items 1000000] [--keep FOLDER]

The articles are rows made by SQL (4 years, 3,000 regions, 18 topics, copies, figures, polls); only their
titles are indexed for search. Each page is asked for as the browser does: the page, then each chart's
question with the filters as they stand at first. Prints the slowest, and what was stopped.
"""

# ruff: noqa: E501  (sentences and SQL read better whole)

import argparse
import asyncio
import re
import shutil
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from sqlite_utils import Database

from watcher.inspect.metadata import pages
from watcher.inspect.server import application
from watcher.model import Source
from watcher.store import figures, sources, tags
from watcher.store.open import open_store, transaction
from watcher.tag import compile_rules
from watcher.tag.rulebook import shipped
from watcher.text.bigram import index_words

NOW = datetime(2026, 11, 20, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Shanghai")
LIMIT = 2.0  # seconds

_ROWS = """
CREATE TEMP TABLE n AS WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :items) SELECT i FROM n;
CREATE TEMP TABLE place AS SELECT row_number() OVER (ORDER BY code) - 1 AS i, code FROM regions WHERE code != 'CN';
CREATE TEMP TABLE theme AS SELECT row_number() OVER (ORDER BY id) - 1 AS i, id FROM topics;
CREATE TEMP TABLE measure AS SELECT row_number() OVER (ORDER BY id) - 1 AS i, id FROM metrics;
INSERT INTO stories SELECT i, '故事 ' || i, '2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z', 1 + i % 5, 1 + i % 4
    FROM n WHERE i <= :items / 5;
INSERT INTO items (id, content_hash, title, url, outlet, published_at, published_from, first_seen_at, text, story_id)
    SELECT i, '1:' || i, '重庆工业互联网新闻第' || i || '期', 'https://example.org/' || i, '报纸' || (i % 300),
        strftime('%Y-%m-%dT%H:%M:%SZ', '2026-11-20', '-' || ((:items - i) * 35040 / :items) || ' hours'), 'feed', '2026-11-20T00:00:00Z',
        replace(hex(zeroblob(100)), '00', '工业互联网平台'), nullif((i % 3 = 0) * (i * 7919 % (:items / 5)), 0)
    FROM n;
INSERT OR IGNORE INTO item_regions SELECT n.i, code, 'primary', 9, '[]' FROM n JOIN place ON place.i = n.i * n.i % 37 * 100;
INSERT OR IGNORE INTO item_regions SELECT n.i, code, 'primary', 5, '[]' FROM n JOIN place ON place.i = n.i * 31 % 3000;
INSERT OR IGNORE INTO item_regions SELECT n.i, code, 'mentioned', 1, '[]' FROM n JOIN place ON place.i = n.i * 17 % 3000;
INSERT OR IGNORE INTO item_topics SELECT n.i, id, 'main', 9, '[]' FROM n JOIN theme ON theme.i = n.i % 17;
INSERT OR IGNORE INTO item_topics SELECT n.i, id, 'main', 3, '[]' FROM n JOIN theme ON theme.i = n.i * n.i % 13;
INSERT INTO sightings (item_id, source_id, guid, title, content_hash, seen_at)
    SELECT i, 's' || (i % 100), 'g' || i, '标题', '1:' || i, '2026-11-20T00:00:00Z' FROM n;
INSERT INTO sightings (item_id, source_id, guid, title, content_hash, seen_at)
    SELECT i, 's' || ((i + 1) % 100), 'h' || i, '标题', '1:' || i, '2026-11-20T06:00:00Z' FROM n WHERE i % 10 = 0;
INSERT INTO figures (item_id, metric, value, unit, region_code, period_start, period_end, kind, metric_raw, quote, confidence)
    SELECT n.i, measure.id, n.i % 997, '个', code,
        date('2026-11-01', '-' || (n.i % 40) || ' months'), date('2026-11-28', '-' || (n.i % 40) || ' months'), 'actual',
        '节点', '工业互联网平台', 0.9 FROM n JOIN place ON place.i = n.i / 20 % 400
    JOIN measure ON measure.i = n.i % 20 WHERE n.i % 3 = 0;
INSERT INTO polls (source_id, started_at, duration_ms, outcome)
    SELECT 's' || (i % 100), strftime('%Y-%m-%dT%H:%M:%SZ', '2026-11-20', '-' || (i / 4) || ' minutes'), 90, 'unchanged' FROM n;
UPDATE sources SET last_polled_at = '2026-11-20T00:00:00Z', last_new_item_at = '2026-11-19T00:00:00Z'
"""


def build(path: Path, items: int) -> None:
    begun = time.perf_counter()
    rules = compile_rules(shipped())
    db = open_store(path)
    db.execute("PRAGMA synchronous = OFF")
    with transaction(db):
        tags.save_taxonomy(db, rules.topics, rules.atlas.regions, rules.hash)
        figures.save_metrics(db, rules.book.metrics)
        feeds = [Source(f"s{n}", "feed", f"来源{n}", f"https://example.org/{n}", ZONE) for n in range(100)]
        sources.register(db, feeds, NOW)
        for statement in _ROWS.split(";\n"):
            db.execute(statement, {"items": items} if ":items" in statement else {})
        _index(db)
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()
    size = path.stat().st_size / 1e9
    print(f"built     {items:,} items, {size:.1f} GB in {time.perf_counter() - begun:.0f} s")


def _index(db: Database) -> None:
    titles = db.execute("SELECT id, title FROM items").fetchall()
    db.conn.executemany(
        "INSERT INTO items_fts (rowid, title, text) VALUES (?, ?, '')",
        ((item_id, index_words(title)) for item_id, title in titles),
    )


async def ask(path: Path, items: int) -> None:
    site = application(path, ZONE)
    await site.invoke_startup()
    told = site.metadata()["databases"]["watcher"]
    addresses = ["/", "/watcher", f"/-/item/{items // 2}"]
    addresses += [f"/watcher/{name}" for name in told["tables"]]
    values = {"q": "重庆 工业互联网", "term": "工业互联网", "region": "重庆", "topic": "platform", "item_id": str(items // 2),
              "story_id": "77", "source_id": "s7", "metric": "", "digest_id": "1", "policy": "计划", "week": "", "since": "",
              "source": "", "until": "", "limit": ""}  # fmt: skip
    for name, query in told["queries"].items():
        filled = "&".join(f"{key}={quote(values[key])}" for key in query.get("params", []))
        addresses.append(f"/watcher/{name}?{filled}")
    first = {key: filter_["default"] for page in site.metadata()["plugins"]["datasette-dashboards"].values()
             for key, filter_ in page.get("filters", {}).items() if "default" in filter_}  # fmt: skip
    for slug, page in pages(first).items():
        addresses.append(f"/-/dashboards/{slug}")
        chosen = {key: first[key] for key in page.get("filters", {}) if key in first}
        for chart in page["charts"].values():
            addresses.append(
                "/watcher.json?_shape=objects&" + _question(chart, chosen) + f"#{slug}: {chart['title']}"
            )
    took = [await _time(site, address) for address in addresses]
    for seconds, what, verdict in sorted(took, reverse=True)[:14]:
        print(f"  {seconds * 1e3:7.0f} ms  {verdict:<8} {what}")
    stopped = [what for _, what, verdict in took if verdict == "stopped"]
    late = [what for seconds, what, verdict in took if seconds > LIMIT]
    print(f"pages     {len(took)} asked, {len(late)} over {LIMIT:.0f} s, {len(stopped)} stopped and say so")


def _question(chart: dict[str, Any], chosen: dict[str, str]) -> str:
    def part(found: re.Match[str]) -> str:
        name = re.search(r":(\w+)", found[1])
        return found[1] if name and name[1] in chosen else ""

    sql = re.sub(r"\[\[(.*?)\]\]", part, chart["query"])
    return "&".join([f"sql={quote(sql)}", *(f"{key}={quote(value)}" for key, value in chosen.items())])


async def _time(site: Any, address: str) -> tuple[float, str, str]:
    begun = time.perf_counter()
    answer = await site.client.get(
        address.partition("#")[0], headers={"host": "localhost"}, follow_redirects=True
    )
    seconds = time.perf_counter() - begun
    what = address.partition("#")[2] or address
    if answer.status_code == 200:
        return seconds, what, "ok"
    return seconds, what, "stopped" if "interrupted" in answer.text or "too long" in answer.text else "FAILED"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--items", type=int, default=1_000_000)
    options.add_argument("--keep", type=Path)
    args = options.parse_args()
    folder = args.keep or Path(tempfile.mkdtemp())
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"pages-{args.items}.db"
    try:
        if not path.exists():
            build(path, args.items)
        asyncio.run(ask(path, args.items))
    finally:
        if not args.keep:
            shutil.rmtree(folder)


if __name__ == "__main__":
    main()
