"""What a store costs as it grows: one database, measured at 10,000, 100,000 and 1,000,000 items.

    python -m bench.growth                        the three sizes: most of an hour of processor time
    python -m bench.growth --sizes 10000,100000   the first two: five minutes
    python -m bench.growth --docs                 writes docs/growth.svg and docs/performance.md as well

At each size the last 3,000 items come as polls bring them; between the sizes the store is filled in bulk (see
`bench.growth.keeping`). Times are of the processor, user and system, so that a busy machine changes little.
"""

import argparse
import json
import multiprocessing
import re
import shutil
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path

from bench.growth.docs import ROOT, put, table
from bench.growth.keeping import FEED, Keeping, opened, when
from bench.growth.plot import Panel, drawn
from bench.growth.reading import Read, measured
from watcher.store.open import backup

MEASURED = 3000  # items that come as polls bring them
ROWS = "rows.json"


@dataclass(frozen=True, slots=True)
class Row:
    """What was measured at one size. `memory` is the saving process's peak, in MB."""

    size: int
    filled: float  # CPU ms an item in bulk
    polled: float  # CPU ms an item as polls bring them
    ratio: float  # the same, times that of the first size's store, polled in turn with it
    again: float  # CPU ms a feed of 30 known items
    memory: float
    read: Read

    @property
    def whole(self) -> int:
        """Bytes of the database."""
        return sum(self.read.parts.values())


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
        begun, before = time.process_time(), keeping.stored
        _fill(keeping, size - polled)
        filled = 1000 * (time.process_time() - begun) / ((keeping.stored - before) or 1)
        if not small.exists():
            backup(keeping.db, small)
        rows.append(_measured(keeping, small, polled, filled))
        _tell(rows[-1])
        (folder / ROWS).write_text(json.dumps([asdict(row) for row in rows]), "utf-8")
    keeping.db.close()
    return rows


def _read(folder: Path) -> list[Row]:
    known = folder / ROWS
    found = json.loads(known.read_text("utf-8")) if known.exists() else []
    return [Row(**{**row, "read": Read(**row["read"])}) for row in found]


def _fill(keeping: Keeping, upto: int) -> None:
    keeping.db.execute("PRAGMA synchronous = OFF")
    keeping.db.execute("PRAGMA cache_size = -65536")
    for each in (*range(keeping.stored + 50_000, upto, 50_000), upto):
        keeping.fill(each)
        print(f"  {keeping.stored:>9,} stored, {time.process_time():6.0f} s of processor time", flush=True)
    keeping.db.execute("PRAGMA cache_size = -2000")  # what `open_store` leaves it at
    keeping.db.execute("PRAGMA synchronous = FULL")
    keeping.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # the next poll has no arrears to pay


def _measured(keeping: Keeping, small: Path, polled: int, filled: float) -> Row:
    again = small.with_suffix(".again")
    shutil.copyfile(small, again)
    beside = opened(again)
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
    with multiprocessing.get_context("spawn").Pool(1) as other:
        read = other.apply(measured, (small.with_name("growth.db"), when(keeping.stored)))
    cost = 1000 * spent / polled
    return Row(keeping.stored, filled, cost, spent / spent_beside, known, memory, read)


def _forget_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5")


def _peak() -> float:
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    return int(found[1]) / 1024 if found else 0.0


def _tell(row: Row) -> None:
    read = row.read
    print(f"{row.size:,} items")
    print(f"  saved       {row.polled:.2f} ms an item, {row.ratio:.2f} times the first size's")
    print(f"  known       {row.again:.2f} ms a feed of {FEED}; in bulk {row.filled:.2f} ms an item")
    print(f"  memory      {row.memory:.0f} MB at most while saving")
    sizes = ", ".join(f"{part} {size / read.text:.2f}" for part, size in read.parts.items())
    print(f"  database    {row.whole / 1e6:,.0f} MB = {row.whole / read.text:.2f} times the text ({sizes})")
    worst = max(read.searches, key=lambda query: read.searches[query])
    print(f"  search      at most {read.searches[worst]:.1f} ms ({worst})")
    print("              " + ", ".join(f"{query} {ms:.1f}" for query, ms in read.searches.items()))
    print(
        f"  digest      {read.digest_items} items in {read.digest:.2f} s; the next daily {read.daily:.2f} s"
    )
    print(f"  due {read.due:.2f} ms, status {read.look:.1f} ms, backup {read.backup:.1f} s,", end=" ")
    print(f"integrity {read.integrity:.1f} s", flush=True)


def _table(rows: Sequence[Row]) -> str:
    def line(name: str, *cells: str) -> list[str]:
        return [name, *cells]

    def each(name: str, form: str, *values: float) -> list[str]:
        return line(name, *(format(value, form) for value in values))

    return table(
        ["", *(f"{row.size:,} items" for row in rows)],
        [
            each("a new item, everything on, ms", ".2f", *(row.polled for row in rows)),
            each("the same, times the first size's", ".2f", *(row.ratio for row in rows)),
            each(f"a poll of {FEED} known items, ms", ".2f", *(row.again for row in rows)),
            each("memory of the process that saves, MB", ".0f", *(row.memory for row in rows)),
            each("database, MB", ",.0f", *(row.whole / 1e6 for row in rows)),
            each("database / clean text", ".2f", *(row.whole / row.read.text for row in rows)),
            *(
                each(f"&nbsp; {part}", ".2f", *(row.read.parts[part] / row.read.text for row in rows))
                for part in rows[0].read.parts
            ),
            each("slowest of the searches, ms", ".1f", *(max(row.read.searches.values()) for row in rows)),
            line("a digest, items", *(str(row.read.digest_items) for row in rows)),
            each("&nbsp; selected and rendered, s", ".2f", *(row.read.digest for row in rows)),
            each("the next daily digest, s", ".2f", *(row.read.daily for row in rows)),
            each("who of 1,000 sources is due, ms", ".2f", *(row.read.due for row in rows)),
            each("what `status` reads, ms", ".1f", *(row.read.look for row in rows)),
            each("backup, checked, s", ".1f", *(row.read.backup for row in rows)),
            each("integrity check, s", ".1f", *(row.read.integrity for row in rows)),
        ],
    )


_ABOUT = """`python -m bench.growth --docs`. One database grows; at each size the last 3,000 items come as
polls of 30 bring them: judged by the rules, compared, indexed, grouped. The same polls go in turn to a copy
of the first size's store, and the ratio is between these two. In between it is filled in bulk, not comparing.
Articles are invented, 300 to 1,500 characters long, 10,000 a day, 5 % of the field, 2 % copies. Times are of
the processor.

![Cost, size and search against stored items](growth.svg)
"""


def _write(rows: Sequence[Row]) -> None:
    def curve(name: str, of: list[float]) -> tuple[str, list[tuple[float, float]]]:
        return name, [(row.size, value) for row, value in zip(rows, of, strict=True)]

    panels = (
        Panel(
            "processor time for a new item, everything on, times that in the first size's store",
            [curve("as polls bring them", [row.ratio for row in rows])],
            ("1.3", 1.3),
        ),
        Panel(
            "database / clean text",
            [
                curve("whole", [row.whole / row.read.text for row in rows]),
                curve("search index", [row.read.parts["search"] / row.read.text for row in rows]),
                curve("story index", [row.read.parts["stories"] / row.read.text for row in rows]),
            ],
            ("3.5", 3.5),
        ),
        Panel(
            "search, ms of processor time",
            [
                curve("slowest query", [max(row.read.searches.values()) for row in rows]),
                curve("重庆", [row.read.searches["重庆"] for row in rows]),
            ],
            ("50", 50.0),
        ),
    )
    (ROOT / "docs/growth.svg").write_text(drawn(panels, "items stored"), "utf-8")
    put(ROOT / "docs/performance.md", "growth", f"{_ABOUT}\n{_table(rows)}")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--sizes", default="10000,100000,1000000")
    options.add_argument(
        "--keep", type=Path, help="a folder for the database: a run that was cut short goes on there"
    )
    options.add_argument("--docs", action="store_true", help="write the table and the plot into docs/")
    args = options.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = args.keep or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        rows = grown(folder, [int(size) for size in args.sizes.split(",")])
    if args.docs:
        _write(rows)


if __name__ == "__main__":
    main()
