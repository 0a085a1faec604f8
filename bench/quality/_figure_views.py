"""Figures in the store: the series and conflicts that its views show of the five documents, and the speed.

Printed by `python -m bench.quality.figures`.
"""

import statistics
import tempfile
import time
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlite_utils import Database

from watcher.dedupe import judge
from watcher.model import RawDocument, Source
from watcher.pipeline import Reading, read
from watcher.store import figures, items, sources, tags
from watcher.store.open import open_store, transaction
from watcher.tag import Rules, survey, tags_of
from watcher.tag.figures import find_figures
from watcher.text.amounts import amount, spoken
from watcher.text.boilerplate import shipped as boilerplate

SHARED = Path(__file__).parents[2].parent / "shared"
GOLD = SHARED / "gold"
HOSTILE = {
    "digits": "1234567890" * 100_000,
    "1,1,1": "1," * 500_000,
    "一二三四": "一二三四" * 80_000,
    "超过万亿": "超过万亿" * 80_000,
}


def speed(rules: Rules) -> None:
    body = (GOLD / "clean" / "004.txt").read_text("utf-8")
    print("speed     (processor time; the survey is what tags need anyway)")
    for size in (700, 1400, 2800, 5600, 11200):
        text = (body * 8)[:size]
        seen = survey("成渝地区工业互联网一体化发展国家示范区加快建设", text, rules)
        tags = tags_of(seen, rules)
        times = []
        for _ in range(60 if size < 3000 else 15):
            begun = time.process_time()
            found = find_figures(seen, tags, rules, date(2022, 2, 22))
            times.append((time.process_time() - begun) * 1e3)
        print(
            f"          {len(text.encode()):6} bytes: median {statistics.median(times):.2f} ms,"
            f" fastest {min(times):.2f} ms, {len(found)} figures"
        )
    for name, text in HOSTILE.items():
        seen = survey("数字", text, rules)
        begun = time.process_time()
        found = find_figures(seen, tags_of(seen, rules), rules, date(2022, 2, 22))
        print(f"          1 MB of {name}: {(time.process_time() - begun) * 1e3:.0f} ms, {len(found)} figures")


def views(rules: Rules) -> None:
    """The five documents through the whole program: what the views say, and the sum of six provinces."""
    with tempfile.TemporaryDirectory() as folder:
        db = open_store(Path(folder) / "watcher.db")
        _store(db, rules)
        print("series")
        for row in db.query(
            "SELECT * FROM figure_series WHERE metric IN ('fiveg_ii_projects', 'secondary_nodes')"
            " AND kind = 'actual' AND series_code IN ('CN', '成渝地区')"
        ):
            print(f"          {row['label']} [{row['series']}]: {row['region']} {_when(row)} {amount(row)}")
        print("conflicts")
        for row in db.query("SELECT * FROM figure_conflicts"):
            values = f"{row['value']:g} / {row['other_value']:g} {row['unit']}"
            print(f"          {row['label']} {row['region']}: {values}")
        gdp = {
            (row["region"], _when(row)): row["value"]
            for row in db.query("SELECT * FROM figure_facts WHERE metric = 'gdp' AND kind = 'actual'")
        }
        six = [gdp[name, "2021H1"] for name in ("河南", "湖北", "湖南", "安徽", "江西", "山西")]
        whole, nation = gdp["中部六省", "2021H1"], gdp["全国", "2021H1"]
        print(
            f"sum       six provinces {sum(six) / 1e8:,.1f} 亿元, printed {whole / 1e12:g} 万亿元;", end=" "
        )
        agrees = round(sum(six) / 1e12, 2) == whole / 1e12
        print(f"{'agrees' if agrees else 'DISAGREES'}; share {whole / nation:.1%}")
        db.close()


def _store(db: Database, rules: Rules) -> None:
    zone, now = ZoneInfo("Asia/Shanghai"), datetime(2026, 11, 20, tzinfo=UTC)
    source = Source("seeds", "folder", "seeds", "seeds", zone)
    with transaction(db):
        tags.save_taxonomy(db, rules.topics, rules.atlas.regions, rules.hash)
        figures.save_metrics(db, rules.book.metrics)
        sources.register(db, [source], now)
        for file in sorted((SHARED / "corpus" / "seeds-given").glob("00*")):
            raw = RawDocument("seeds", file.name, file.read_bytes(), now)
            reading = read(raw, source, rules, boilerplate())
            assert isinstance(reading, Reading), reading
            for item in reading.items:
                items.apply(db, "seeds", judge(item, items.known(db, "seeds", item)), now, first_poll=True)


def _when(row: dict[str, Any]) -> str:
    return spoken(
        *(date.fromisoformat(row[key]) if row[key] else None for key in ("period_start", "period_end"))
    )
