"""Is search right, and is it fast: against a scan of every text, and at 100,000 items.

    python -m bench.quality.search           equality with a scan over the corpus, then speed and size
    python -m bench.quality.search --equal   the first part alone (a minute)

Needs the corpus beside the repository (../shared). The 100,000 items are paragraphs of the corpus,
shuffled (seed 7); their database stays in the folder that --keep names, for `bench.quality.pages`.
"""

import argparse
import random
import re
import statistics
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlite_utils import Database

from watcher.model import ParseFailure, RawDocument
from watcher.parse import parse
from watcher.parse.document import read_document
from watcher.parse.normalise import normalise
from watcher.store import search
from watcher.store.open import open_for_reading, open_store, transaction
from watcher.text.boilerplate import shipped
from watcher.text.fold import fold
from watcher.text.html import read_html
from watcher.text.query import Query, parse_query

CORPUS = Path(__file__).parents[2].parent / "shared" / "corpus"
NOW = datetime(2026, 11, 20, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Shanghai")
SIZE = 100_000
QUERIES = (
    "重庆",
    "上云",
    "5G",
    "工业互联网",
    "标识解析二级节点",
    "两江新区",
    "云",
    "5G+工业互联网",
    "重庆 5G",
    "重庆 -新冠",
    "重庆 OR 成都",
    "重庆 OR 成都 企业 -疫情",
    '"智能制造" OR 数字化转型 -新闻联播',
)

_RUN = re.compile(r"[0-9a-z]+|[^\W0-9a-z_]+")


def corpus(feeds: int = 200) -> Iterator[tuple[str, str]]:
    """Title and text of some thousands of articles: news of the day, and posts of public accounts."""
    for path in sorted((CORPUS / "xinwenlianbo-md").rglob("*.md")):
        for part in re.split(r"^### ", path.read_text("utf-8"), flags=re.MULTILINE)[1:]:
            title, _, body = part.partition("\n")
            yield title, read_html(body, None, shipped()).text
    for folder in ("seeds-given", "seed-transcribed"):
        for path in sorted(
            p for p in (CORPUS / folder).rglob("*") if p.suffix in {"", ".md", ".txt"} and p.is_file()
        ):
            entry = read_document(path.read_text("utf-8", "replace"), path.name).entries[0]
            item = normalise(entry, ZONE, NOW, shipped())
            yield item.title, item.text
    for path in sorted((CORPUS / "wechat-feeds").rglob("*.xml"))[:feeds]:
        found = parse(RawDocument("bench", path.name, path.read_bytes(), NOW), feed=True)
        if not isinstance(found, ParseFailure):
            for entry in found.entries:
                item = normalise(entry, ZONE, NOW, shipped())
                yield item.title, item.text


def fill(db: Database, articles: list[tuple[str, str]]) -> None:
    """Items with their index; published one a quarter of an hour, the last one now."""
    with transaction(db):
        for number, (title, text) in enumerate(articles, 1):
            when = NOW - timedelta(minutes=15 * (len(articles) - number))
            stamp = when.strftime("%Y-%m-%dT%H:%M:%SZ")
            db.execute(
                "INSERT INTO items (id, content_hash, title, published_at, published_from, first_seen_at,"
                " text) VALUES (?, ?, ?, ?, 'feed', ?, ?)",
                [number, f"1:{number}", title, stamp, stamp, text],
            )
            search.add(db, number, title, text)


def plain(text: str) -> str:
    """The text as runs of Chinese or of Latin characters, one blank between two."""
    return f" {' '.join(_RUN.findall(fold(text).text))} "


def holds(haystack: tuple[str, str], term: str) -> bool:
    """Whether title or text hold the term as it stands; a Latin end of it must end a word there too."""
    needle = plain(term).strip()
    before = " " if needle[0].isascii() else ""
    after = " " if needle[-1].isascii() else ""
    return any(before + needle + after in part for part in haystack)


def scan(texts: list[tuple[str, str]], query: Query) -> set[int]:
    return {
        number
        for number, text in enumerate(texts, 1)
        if all(any(holds(text, term) for term in group) for group in query.wanted)
        and not any(holds(text, term) for term in query.unwanted)
    }


def equal(folder: Path) -> list[tuple[str, str]]:
    articles = [(title, text) for title, text in corpus() if title or text]
    db = open_store(folder / "corpus.db")
    fill(db, articles)
    texts = [(plain(title), plain(text)) for title, text in articles]
    wrong = 0
    for asked in QUERIES:
        query = parse_query(asked)
        expected = scan(texts, query)
        found = search.matching(db, asked)
        wrong += found != expected
        print(f"  {asked:<40} {len(found):>6} found {'=' if found == expected else 'NOT'} scan")
    print(f"equal     {len(QUERIES) - wrong} of {len(QUERIES)} queries over {len(articles):,} articles")
    return articles


def many(articles: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """As many items as asked for, each of some paragraphs of different articles."""
    chance = random.Random(7)
    titles = [title for title, _ in articles if title]
    lines = [line for _, text in articles for line in text.split("\n") if len(line) > 20]
    return [
        (chance.choice(titles), "\n".join(chance.sample(lines, chance.randint(3, 12)))) for _ in range(SIZE)
    ]


def speed(folder: Path, articles: list[tuple[str, str]]) -> None:
    path = folder / "many.db"
    if not path.exists():
        db = open_store(path)
        begun = time.perf_counter()
        fill(db, many(articles))
        print(f"built     {SIZE:,} items in {time.perf_counter() - begun:.0f} s")
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        db.close()
    db = open_for_reading(path)
    text = db.execute("SELECT sum(length(CAST(text AS BLOB))) FROM items").fetchone()[0]
    pages = dict(db.execute("SELECT name, sum(pgsize) FROM dbstat GROUP BY 1").fetchall())
    index = sum(size for name, size in pages.items() if name.startswith("items_fts"))
    print(
        f"size      text {text / 1e6:.0f} MB, index {index / 1e6:.0f} MB = {index / text:.2f} times the text"
    )
    worst = 0.0
    for asked in QUERIES:
        times = []
        for _ in range(7):
            begun = time.process_time()  # of the processor: other programs do not count
            hits = search.find(db, asked, search.Within())
            times.append((time.process_time() - begun) * 1e3)
        worst = max(worst, statistics.median(times))
        print(f"  {asked:<40} {len(hits):>3} shown  median {statistics.median(times):6.1f} ms")
    print(f"speed     worst median {worst:.1f} ms of processor time at {SIZE:,} items")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--equal", action="store_true")
    options.add_argument("--keep", type=Path)
    args = options.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = args.keep or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "corpus.db").unlink(missing_ok=True)
        articles = equal(folder)
        if not args.equal:
            speed(folder, articles)


if __name__ == "__main__":
    main()
