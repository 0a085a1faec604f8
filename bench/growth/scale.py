"""Does one head keep up with a million feeds: who is due, handing out, saving, looking around.

    python -m bench.growth.scale                       10,000, 100,000 and 1,000,000 feeds (five minutes)
    python -m bench.growth.scale --sizes 10000         one of them
    python -m bench.growth.scale --docs                writes docs/growth-feeds.svg and docs/scale.md as well
    python -m bench.growth.scale --gate growth.db      how much the full text of other fields takes

Everything is the program's own code over a real database; only the answers are invented (see
`bench.growth.feeds`). Times are of the processor. Each size is measured in a process of its own.
"""

import argparse
import multiprocessing
import tempfile
from collections.abc import Sequence
from pathlib import Path

from sqlite_utils import Database

from bench.growth.docs import ROOT, table
from bench.growth.feeds import A_HOST, TICK, Costs, measured
from bench.growth.keeping import FEED
from bench.growth.plot import Panel, drawn
from bench.growth.reading import parts
from bench.growth.worker import NEW, reading_costs
from bench.speed.report import put_between
from watcher.store.open import open_for_reading

SIZES = [10_000, 100_000, 1_000_000]
EVERY = (1, 6)  # hours between two polls of a feed, on average
HOUR = 3600


def seconds_an_hour(costs: Costs, every: int) -> float:
    """Processor seconds that the head needs in an hour for feeds that are asked every so many hours."""
    each = costs.due + costs.plan + costs.save
    return (costs.tick + costs.look) * HOUR / TICK + costs.feeds / every * each


def _each_alone(sizes: Sequence[int]) -> list[Costs]:
    found = []
    for size in sizes:
        with (
            tempfile.TemporaryDirectory() as folder,
            multiprocessing.get_context("spawn").Pool(1) as other,
        ):
            found.append(other.apply(measured, (Path(folder), size)))
        _tell(found[-1])
    return found


def _tell(costs: Costs) -> None:
    print(f"{costs.feeds:,} feeds, {A_HOST} a host")
    print(
        f"  a tick with nothing due {costs.tick * 1e3:.1f} ms; a look around {costs.look * 1e3:.1f} ms",
        end="",
    )
    print(f" (at every source: {costs.look_at_all * 1e3:,.0f} ms)")
    print(f"  a feed: due {costs.due * 1e6:.0f} us, batch {costs.plan * 1e6:.0f} us,", end=" ")
    print(f"save {costs.save * 1e6:.0f} us")
    for every in EVERY:
        needed = seconds_an_hour(costs, every)
        print(f"  every {every} h: {needed:,.0f} s an hour, {needed / HOUR:.1%} of one core", end="; ")
        print(f"{costs.feeds / every / HOUR:,.1f} commits a second,", end=" ")
        print(f"polls {_polls_a_day(costs, every):,.2f} GB a day")
    print(f"  start {costs.start:.1f} s, memory {costs.memory:,.0f} MB", flush=True)


def _polls_a_day(costs: Costs, every: int) -> float:
    return costs.feeds * 24 / every * costs.poll_bytes / 1e9


def _table(found: Sequence[Costs]) -> str:
    def each(name: str, form: str, *values: float) -> list[str]:
        return [name, *(format(value, form) for value in values)]

    rows = [
        each("a tick in which nothing is due, ms", ".1f", *(c.tick * 1e3 for c in found)),
        each("a look around (each 30 s), ms", ".1f", *(c.look * 1e3 for c in found)),
        each("a feed found due, its memory read, µs", ".0f", *(c.due * 1e6 for c in found)),
        each("a feed put into a batch, µs", ".0f", *(c.plan * 1e6 for c in found)),
        each("an unchanged feed leased and saved, µs", ".0f", *(c.save * 1e6 for c in found)),
    ]
    for every in EVERY:
        rows += [
            each(
                f"asked every {every} h: of one core, %",
                ".2f",
                *(seconds_an_hour(c, every) / 36 for c in found),
            ),
            each("&nbsp; commits a second", ",.1f", *(c.feeds / every / HOUR for c in found)),
            each("&nbsp; log of polls, GB a day", ".2f", *(_polls_a_day(c, every) for c in found)),
        ]
    rows += [
        each("bringing the table up to the config, s", ".1f", *(c.start for c in found)),
        each("memory of the head, MB", ",.0f", *(c.memory for c in found)),
    ]
    return table(["", *(f"{costs.feeds:,} feeds" for costs in found)], rows)


def _write(found: Sequence[Costs]) -> None:
    panel = Panel(
        "processor seconds that the head needs in an hour, feeds that did not change",
        [
            (f"asked every {every} h", [(c.feeds, seconds_an_hour(c, every)) for c in found])
            for every in EVERY
        ],
        (f"one core, {HOUR:,}", float(HOUR)),
        upright=True,
    )
    (ROOT / "docs/growth-feeds.svg").write_text(drawn([panel], "feeds", height=260), "utf-8")
    put_between(ROOT / "docs/scale.md", "feeds", _table(found).strip())


def gate(db: Database) -> str:
    """How much smaller a store would be that kept the full text of items with a topic only."""
    every, of_field = db.execute(
        "SELECT sum(length(CAST(text AS BLOB))), sum(length(CAST(text AS BLOB))"
        " * (id IN (SELECT item_id FROM item_topics))) FROM items"
    ).fetchone()
    sizes, share = parts(db), 1 - of_field / every
    spared = share * (every + sizes["search"] + sizes["stories"])
    whole = sum(sizes.values())
    return (
        f"{of_field / every:.1%} of the text has a topic; without the rest and its places in the indexes"
        f" {(whole - spared) / 1e6:,.0f} MB of {whole / 1e6:,.0f} MB are left, {1 - spared / whole:.0%}"
    )


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--sizes", nargs="+", type=int, default=SIZES, metavar="FEEDS")
    options.add_argument("--docs", action="store_true", help="write the table and the plot into docs/")
    options.add_argument("--gate", type=Path, metavar="STORE")
    args = options.parse_args()
    if args.gate:
        print(gate(open_for_reading(args.gate)))
        return
    fresh, later = reading_costs()
    print(f"a worker reads a feed of {FEED}: all new {fresh:.1f} ms, {NEW} new {later:.1f} ms")
    found = _each_alone(args.sizes)
    if args.docs:
        _write(found)


if __name__ == "__main__":
    main()
