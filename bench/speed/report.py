"""Tables of what was measured: as text for the terminal, as Markdown between two marks of a document."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.speed.compare import Results
from bench.speed.peers import OURS
from bench.speed.served import PHASES, Phase
from bench.speed.targets import Target

_PHASES: dict[Phase, str] = {
    "first": "First: every feed is new",
    "unchanged": "Unchanged: every feed answers 304",
    "delta": "Delta: one feed in ten has one new article",
}


@dataclass(frozen=True, slots=True)
class Table:
    """A heading, column names, and rows as long; the first column is text, the others figures."""

    title: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]

    def plain(self) -> str:
        """For a terminal: columns as wide as they need."""
        widths = [max(len(row[at]) for row in (self.heads, *self.rows)) for at in range(len(self.heads))]
        lines = [
            "  ".join(
                cell.ljust(width) if at == 0 else cell.rjust(width)
                for at, (cell, width) in enumerate(zip(row, widths, strict=True))
            ).rstrip()
            for row in (self.heads, *self.rows)
        ]
        return "\n".join([self.title, *lines])

    def markdown(self) -> str:
        """For a document."""
        rule = ["---", *["---:"] * (len(self.heads) - 1)]
        lines = ["| " + " | ".join(row) + " |" for row in (self.heads, rule, *self.rows)]
        return "\n".join([f"**{self.title}**", "", *lines])


def phase_tables(results: Results) -> list[Table]:
    """One table a phase: what each peer's poll cost, and how many times ours."""
    heads = ("poller", "CPU ms/feed", "least to most", "times ours", "wall s", "peak MB", "database MB")
    rows = {phase: [_line(results, phase, name) for name in results.names(phase)] for phase in PHASES}
    return [Table(_PHASES[phase], heads, rows[phase]) for phase in PHASES if rows[phase]]


def _line(results: Results, phase: Phase, name: str) -> list[str]:
    row = results.median(phase, name)
    assert row is not None  # a name stands in the results because it was measured
    ratio = results.ratio(phase, name, OURS)
    least, most = results.spread(phase, name)
    return [
        name,
        f"{row.cost.cpu * 1000 / results.feeds:.2f}",
        f"{least:.2f} to {most:.2f}",
        "-" if ratio is None else f"{ratio:.2f}x",
        f"{row.cost.wall:.1f}",
        f"{row.cost.memory:.0f}",
        "-" if row.database is None else f"{row.database:.0f}",
    ]


def notes(results: Results) -> list[str]:
    """How it was measured, which versions, who is missing and why, and what the server took."""
    served = [
        f"{phase} {1000 * max(results.server[phase]) / results.feeds:.2f}"
        for phase in PHASES
        if results.server[phase]
    ]
    versions = ", ".join(f"{key} {version}" for key, version in results.versions.items())
    return [
        f"{results.feeds:,} feeds of 30 articles, {results.repeats} times in changing order, medians.",
        "CPU is user and system time of the poller's process tree; peak is the sum of its resident sets.",
        f"Versions: {versions}.",
        f"The server's own CPU, the most in any poll, in ms a feed: {', '.join(served)}.",
        *(f"Not measured: {key} ({why})." for key, why in results.failures.items()),
    ]


def target_table(targets: Sequence[Target]) -> Table:
    """The targets, one line each."""
    verdicts = {True: "met", False: "not met", None: "-"}
    rows = [[f"{one.work}: {one.target}", one.measured, verdicts[one.met]] for one in targets]
    return Table("Targets", ("target", "measured", ""), rows)


def put_between(document: Path, mark: str, text: str) -> None:
    """Replace what stands between `<!-- mark -->` and `<!-- /mark -->`; ValueError without the marks."""
    begin, end = f"<!-- {mark} -->", f"<!-- /{mark} -->"
    whole = document.read_text("utf-8")
    before, found, rest = whole.partition(begin)
    _, closed, after = rest.partition(end)
    if not (found and closed):
        raise ValueError(f"{document} has no {begin} … {end}")
    document.write_text(f"{before}{begin}\n\n{text}\n\n{end}{after}", "utf-8")
