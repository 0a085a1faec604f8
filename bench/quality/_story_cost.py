"""What stories cost at so many stored items, in CPU time, and the size of their index.

Articles are generated: words of a vocabulary with the frequencies of a language, lengths as in real
feeds, one in twenty a copy of an earlier one (its headline changed, its end cut off).
"""

import random
import resource
import tempfile
import time
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path

from sqlite_utils import Database

from watcher.dedupe.wording import marks, wording
from watcher.store import nearby, stories
from watcher.store.open import open_store, transaction

BATCH = 30  # items of one transaction, as one feed brings them
STEPS = 10  # lines printed
VOCABULARY = 60_000
MARKS = 50  # of one article, as generated here


def measure(count: int) -> None:
    """Bring so many items into a store, and print what each tenth of them cost."""
    with tempfile.TemporaryDirectory() as folder:
        db = open_store(Path(folder) / "bench.db")
        db.execute("PRAGMA synchronous = OFF")  # CPU is measured, not the disk
        texts = _articles(random.Random(6))
        print("      items   sign  lookup  compare+insert+group   ms an item    index / text    peak MB")
        seconds = [0.0, 0.0, 0.0]
        letters = 0
        for start in range(0, count, BATCH):
            batch = [(start + at + 1, *next(texts)) for at in range(min(BATCH, count - start))]
            _store(db, batch)  # an article's own row is no part of the cost of stories
            letters += sum(len(text.encode()) for _, _, text in batch)
            with transaction(db):
                for item_id, title, text in batch:
                    _bring(db, item_id, title, text, seconds)
            done = start + len(batch)
            if done // (count // STEPS) != start // (count // STEPS):
                _print(db, done, [s / (count / STEPS) * 1000 for s in seconds], letters)
                seconds = [0.0, 0.0, 0.0]
        db.close()


def measure_filled(count: int, measured: int = 3000) -> None:
    """The same for a few thousand articles, in an index that already holds the marks of so many others.

    Filling costs minutes where bringing a million articles costs an hour. The marks are spread evenly,
    as sums are; what real texts have in common comes from the articles that are brought.
    """
    with tempfile.TemporaryDirectory() as folder:
        db = open_store(Path(folder) / "bench.db")
        db.execute("PRAGMA synchronous = OFF")
        _store(db, [(1, "x", "x")])
        with transaction(db):
            db.execute(
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)"
                " INSERT OR IGNORE INTO story_marks"
                " SELECT 1, abs(random()) % (1 << 28) * 4, 1 FROM n ORDER BY 2",
                [count * MARKS],
            )
        texts = _articles(random.Random(6))
        seconds = [0.0, 0.0, 0.0]
        for start in range(10, measured + 10, BATCH):
            batch = [(start + at, *next(texts)) for at in range(BATCH)]
            _store(db, batch)
            with transaction(db):
                for item_id, title, text in batch:
                    _bring(db, item_id, title, text, seconds)
        sign, lookup, rest = (each / measured * 1000 for each in seconds)
        print(f"filled with {count:,}: sign {sign:.3f}  lookup {lookup:.3f}  rest {rest:.3f}", end="")
        print(f"  sign and lookup {sign + lookup:.3f} ms of CPU")
        db.close()


def _bring(db: Database, item_id: int, title: str, text: str, seconds: list[float]) -> None:
    begun = time.process_time()
    sample = sorted(marks(wording(title, text)))
    signed = time.process_time()
    nearby.candidates(db, sample)
    found = time.process_time()
    nearby.add(db, item_id, title, text)
    stories.regroup(db, [item_id])
    done = time.process_time()
    seconds[0] += signed - begun
    seconds[1] += found - signed
    seconds[2] += (done - found) - (found - begun)  # `add` signs and looks up once more


def _print(db: Database, done: int, cost: list[float], letters: int) -> None:
    pages = db.execute(
        "SELECT sum(pgsize) FROM dbstat('main', 1)"
        " WHERE name GLOB 'story_*' OR name IN ('stories', 'items_story')"
    ).fetchone()[0]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{done:11,}  {cost[0]:.3f}   {cost[1]:.3f}   {cost[2]:18.3f}   {cost[0] + cost[1]:10.3f}"
        f"   {pages / letters:13.2f}   {peak:8.0f}",
        flush=True,
    )


def _store(db: Database, batch: list[tuple[int, str, str]]) -> None:
    rows = [(item_id, f"g:{item_id}", title, text) for item_id, title, text in batch]
    with transaction(db):
        db.conn.executemany(
            "INSERT INTO items (id, content_hash, title, published_at, published_from, first_seen_at, text)"
            " VALUES (?, ?, ?, '2026-11-20T08:00:00Z', 'feed', '2026-11-20T08:00:00Z', ?)",
            rows,
        )


def _articles(chance: random.Random) -> Iterator[tuple[str, str]]:
    letters = [chr(0x4E00 + at) for at in range(3000)]
    words = ["".join(chance.choices(letters, k=chance.choice((1, 2, 2, 2, 3, 4)))) for _ in range(VOCABULARY)]
    often = list(accumulate(1 / (rank + 10) for rank in range(VOCABULARY)))
    recent: list[str] = []
    while True:
        if recent and chance.random() < 0.05:
            text = chance.choice(recent)
            yield "转载", text[: len(text) * 3 // 4]
            continue
        length = int(min(3000, max(60, chance.lognormvariate(6.2, 0.7))))
        text = "".join(chance.choices(words, cum_weights=often, k=length // 2))[:length]
        recent = [*recent[-99:], text]
        yield text[:20], text
