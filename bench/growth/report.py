"""What was measured as a section of docs/performance.md and a plot: all of it from one run."""

from collections.abc import Sequence
from dataclasses import dataclass

from bench.growth.docs import ROOT, table
from bench.growth.keeping import FEED
from bench.growth.plot import Panel, drawn
from bench.growth.reading import Read
from bench.speed.report import put_between

MEASURED = 3000  # items that come as polls bring them

_ABOUT = f"""`python -m bench.growth --docs`, with stores of {{sizes}} items. One database grows; at each
size the last {MEASURED:,} items come as polls of {FEED} bring them: judged by the rules, compared, indexed,
grouped. The same polls go in turn to a copy of the first size's store, and the ratio is between these two. In
between it is filled in bulk, not comparing. Articles are invented, 300 to 1,500 characters long, 10,000 a
day, 5 % of the field, 2 % copies. Times are of the processor.

![Cost, size and search against stored items](growth.svg)
"""


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

    @property
    def slowest(self) -> float:
        """Milliseconds of the slowest search."""
        return max(self.read.searches.values())

    def share(self, part: str | None = None) -> float:
        """A part of the database, or all of it, against the clean text."""
        return (self.whole if part is None else self.read.parts[part]) / self.read.text


def write(rows: Sequence[Row]) -> None:
    """Put the plot and the tables into docs/."""
    (ROOT / "docs/growth.svg").write_text(drawn(_panels(rows), "items stored"), "utf-8")
    put_between(ROOT / "docs/performance.md", "growth", section(rows))


def section(rows: Sequence[Row]) -> str:
    """What was run, what was measured at each size, and which targets are met at each."""
    *most, last = (f"{row.size:,}" for row in rows)
    sizes = f"{', '.join(most)} and {last}" if most else last
    heads = ["", *(f"{row.size:,} items" for row in rows)]
    return "\n".join(
        (
            _ABOUT.format(sizes=sizes),
            table(heads, _lines(rows)),
            table(["target", *heads[1:]], _targets(rows)),
        )
    ).strip()


def _lines(rows: Sequence[Row]) -> list[list[str]]:
    def each(name: str, form: str, *values: float) -> list[str]:
        return [name, *(format(value, form) for value in values)]

    return [
        each("a new item, everything on, ms", ".2f", *(row.polled for row in rows)),
        each("the same, times the first size's", ".2f", *(row.ratio for row in rows)),
        each(f"a poll of {FEED} known items, ms", ".2f", *(row.again for row in rows)),
        each("memory of the process that saves, MB", ".0f", *(row.memory for row in rows)),
        each("database, MB", ",.0f", *(row.whole / 1e6 for row in rows)),
        each("database / clean text", ".2f", *(row.share() for row in rows)),
        *(each(f"&nbsp; {part}", ".2f", *(row.share(part) for row in rows)) for part in rows[0].read.parts),
        each("slowest of the searches, ms", ".1f", *(row.slowest for row in rows)),
        each("a digest, items", ".0f", *(row.read.digest_items for row in rows)),
        each("&nbsp; selected and rendered, s", ".2f", *(row.read.digest for row in rows)),
        each("the next daily digest, s", ".2f", *(row.read.daily for row in rows)),
        each("who of 1,000 sources is due, ms", ".2f", *(row.read.due for row in rows)),
        each("what `status` reads, ms", ".1f", *(row.read.look for row in rows)),
        each("backup, checked, s", ".1f", *(row.read.backup for row in rows)),
        each("integrity check, s", ".1f", *(row.read.integrity for row in rows)),
    ]


def _targets(rows: Sequence[Row]) -> list[list[str]]:
    def met(name: str, *verdicts: bool) -> list[str]:
        return [name, *("met" if verdict else "not met" for verdict in verdicts)]

    return [
        met("a new item: at most 1.3 times the first size's", *(row.ratio <= 1.3 for row in rows)),
        met("memory: at most 1.25 times the first size's", *(_lean(row, rows[0]) for row in rows)),
        met("database: under 3.5 times the clean text", *(row.share() < 3.5 for row in rows)),
        met("a search: under 50 ms", *(row.slowest < 50 for row in rows)),
        met("a digest of 500 items: under 1 s", *(row.read.digest < 1 for row in rows)),
    ]


def _lean(row: Row, first: Row) -> bool:
    return row.memory <= 1.25 * first.memory


def _panels(rows: Sequence[Row]) -> list[Panel]:
    def curve(name: str, values: Sequence[float]) -> tuple[str, list[tuple[float, float]]]:
        return name, [(row.size, value) for row, value in zip(rows, values, strict=True)]

    return [
        Panel(
            "processor time for a new item, everything on, times that in the first size's store",
            [curve("as polls bring them", [row.ratio for row in rows])],
            ("at most 1.3", 1.3),
        ),
        Panel(
            "database / clean text",
            [
                curve("whole", [row.share() for row in rows]),
                curve("search index", [row.share("search") for row in rows]),
                curve("story index", [row.share("stories") for row in rows]),
            ],
            ("less than 3.5", 3.5),
        ),
        Panel(
            "search, ms of processor time",
            [
                curve("slowest query", [row.slowest for row in rows]),
                curve("重庆", [row.read.searches["重庆"] for row in rows]),
            ],
            ("less than 50", 50.0),
        ),
    ]
