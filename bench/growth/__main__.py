"""What a store costs as it grows: one database, measured at 10,000, 100,000 and 1,000,000 items.

    python -m bench.growth                        the three sizes: most of an hour of processor time
    python -m bench.growth --sizes 10000 100000   the first two: five minutes
    python -m bench.growth --docs                 writes docs/growth.svg and docs/performance.md as well,
                                                  with the sizes that were run and no others

At each size the last 3,000 items come as polls bring them; between the sizes the store is filled in bulk (see
`bench.growth.keeping`). Times are of the processor, user and system, so that a busy machine changes little.
"""

import argparse
import json
import multiprocessing
import re
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import Any

from bench.growth.filling import fill
from bench.growth.keeping import FEED, Keeping, opened, when
from bench.growth.reading import Read, measured
from bench.growth.report import MEASURED, Row, write
from watcher.store.open import backup

SIZES = [10_000, 100_000, 1_000_000]
ROWS = "rows.json"


def grown(folder: Path, sizes: Sequence[int]) -> list[Row]:
    """Let one store grow through these sizes, and measure at each; what a run before has measured stands.

    The same articles are brought to a copy of the first size's store, poll by poll in turn: a machine's speed
    changes within an hour, and within a second much less.
    """
    path, small = folder / "growth.db", folder / "small.db"
    rows = _read(folder)
    keeping = opened(path)
    keeping.skip()
    for size in sizes:
        if size <= keeping.stored:
            continue
        polled = min(MEASURED, size // 3) // FEED * FEED
        before = keeping.stored
        spent: float = _alone(fill, path, size - polled)
        keeping.skip()
        filled = 1000 * spent / ((keeping.stored - before) or 1)
        if not small.exists():
            backup(keeping.db, small)
        rows.append(_measured(keeping, small, polled, filled))
        _tell(rows[-1])
        (folder / ROWS).write_text(json.dumps([asdict(row) for row in rows]), "utf-8")
    keeping.db.close()
    return [row for row in rows if row.size in sizes]


def _read(folder: Path) -> list[Row]:
    known = folder / ROWS
    found = json.loads(known.read_text("utf-8")) if known.exists() else []
    return [Row(**{**row, "read": Read(**row["read"])}) for row in found]


def _alone(work: Callable[..., Any], *given: object) -> Any:
    """Have a process of its own do this, and wait for it."""
    with multiprocessing.get_context("spawn").Pool(1) as other:
        return other.apply(work, given)


def _measured(keeping: Keeping, small: Path, polled: int, filled: float) -> Row:
    again = small.with_suffix(".again")
    shutil.copyfile(small, again)
    beside = opened(again)
    _say(f"  {polled:,} more as polls bring them")
    _forget_peak()
    spent = spent_beside = 0.0
    for _ in range(polled // FEED):
        batch = list(islice(keeping.coming, FEED))
        spent += keeping.poll(batch)
        spent_beside += beside.poll(batch)
    known = keeping.ask_again(polled)
    memory = _peak()
    beside.db.close()
    keeping.carry()
    keeping.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    _say("  digests, searches, backup, integrity")
    read: Read = _alone(measured, small.with_name("growth.db"), when(keeping.stored))
    cost = 1000 * spent / polled
    return Row(keeping.stored, filled, cost, spent / spent_beside, known, memory, read)


def _forget_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5")


def _peak() -> float:
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    return int(found[1]) / 1024 if found else 0.0


def _tell(row: Row) -> None:
    read = row.read
    sizes = ", ".join(f"{part} {row.share(part):.2f}" for part in read.parts)
    worst = max(read.searches, key=lambda query: read.searches[query])
    _say(
        f"{row.size:,} items",
        f"  saved       {row.polled:.2f} ms an item, {row.ratio:.2f} times the first size's",
        f"  known       {row.again:.2f} ms a feed of {FEED}; in bulk {row.filled:.2f} ms an item",
        f"  memory      {row.memory:.0f} MB at most while saving",
        f"  database    {row.whole / 1e6:,.0f} MB = {row.share():.2f} times the text ({sizes})",
        f"  search      at most {row.slowest:.1f} ms ({worst})",
        "              " + ", ".join(f"{query} {ms:.1f}" for query, ms in read.searches.items()),
        f"  digest      {read.digest_items} items in {read.digest:.2f} s; the next daily {read.daily:.2f} s",
        f"  due {read.due:.2f} ms, status {read.look:.1f} ms, backup {read.backup:.1f} s,"
        f" integrity {read.integrity:.1f} s",
    )


def _say(*lines: str) -> None:
    print(*lines, sep="\n", flush=True)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--sizes", nargs="+", type=int, default=SIZES, metavar="ITEMS")
    options.add_argument(
        "--keep", type=Path, help="a folder for the database: a run that was cut short goes on there"
    )
    options.add_argument("--docs", action="store_true", help="write the tables and the plot into docs/")
    args = options.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = args.keep or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        rows = grown(folder, sorted(args.sizes))
    if args.docs:
        write(rows)


if __name__ == "__main__":
    main()
