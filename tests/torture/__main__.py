"""The torture, whole: `python -m tests.torture [PART…] [--kills N]`. Prints figures; exits with 1 if any is not 0."""

import argparse
import itertools
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from tests.torture import disk as small_disk
from tests.torture import rack, wal, year
from tests.torture.faults import SEAMS

MAIL_STEPS = [
    (verb, answer) for verb in ("MAIL", "RCPT", "DATA", "QUIT") for answer in ("451 later", "421 closing")
]


def points(home: Path, _: argparse.Namespace) -> Iterator[str]:
    """Dies at every named point, by SIGKILL and by SIGTERM."""
    by_hand = [(name, point) for name, points in rack.ACT_POINTS.items() for point in points.split()]
    named = {*rack.SERVICE_POINTS, *rack.PORTION_POINTS, *(point for _, point in by_hand)}
    cases: list[tuple[str, list[str]]] = []
    for few, asked in ((0, rack.SERVICE_POINTS), (520, rack.PORTION_POINTS)):
        with rack.settled_world(home / f"t{few}" / "t", few) as world:
            for point, how in itertools.product(asked, ("KILL", "TERM")):
                found = rack.killed_at(home / f"t{few}/t", world, point, how, home / f"{point}{how}")
                cases.append((f"{point} {how}", found))
    for (name, point), how in itertools.product(by_hand, ("KILL", "TERM")):
        found = rack.killed_by_hand(home / "t0/t", name, point, how, home / f"{name}{point}{how}")
        cases.append((f"{name} {point} {how}", found))
    yield from told(f"{len(named)} named points, {len(cases)} deaths", cases)


def kills(home: Path, options: argparse.Namespace) -> Iterator[str]:
    """Killed after any time, so many times."""
    with rack.settled_world(home / "t") as world:
        found = rack.killed_at_random(home / "t", world, options.kills, options.seed, say)
    yield from told(f"{options.kills} random kills", [("kills", found)])


def tears(home: Path, options: argparse.Namespace) -> Iterator[str]:
    """The write-ahead log cut or flipped."""
    torn = wal.tear(home, options.tears, options.seed)
    yield from told(
        f"{options.tears} tears of the log, {len(torn.states)} states read", [("log", torn.wrong)]
    )


def faults(home: Path, options: argparse.Namespace) -> Iterator[str]:
    """The k-th call fails, for all k (or every `--stride`-th)."""
    with rack.settled_world(home / "t") as world:
        for seam in SEAMS:
            cases = []
            for number in itertools.count(1, options.stride):
                found = rack.broken_at(home / "t", world, seam, number, home / "case")
                shutil.rmtree(home / "case")
                if found is None:
                    break
                cases.append((f"{seam} {number}", found))
            yield from told(f"{seam}: {len(cases)} faults", cases)
        cases = [
            (
                f"{verb} {answer}",
                rack.refused_by_mail(home / "t", world, verb, answer, home / f"{verb}{answer}"),
            )
            for verb, answer in MAIL_STEPS
        ]
    yield from told(f"smtp: {len(cases)} refusals", cases)


def disk(home: Path, _: argparse.Namespace) -> Iterator[str]:
    """No room, at four moments."""
    with rack.settled_world(home / "t") as world:
        cases = [(at, small_disk.disk_full(home / "t", world, at, home / at)) for at in small_disk.MOMENTS]
    yield from told(f"disk full at {len(cases)} moments", cases)


def one_year(home: Path, options: argparse.Namespace) -> Iterator[str]:
    """A year in minutes."""
    yield from told(*year.live(home, options.days, options.plot, say))


PARTS: dict[str, Callable[[Path, argparse.Namespace], Iterator[str]]] = {
    "points": points, "kills": kills, "tears": tears, "faults": faults, "disk": disk, "year": one_year,
}  # fmt: skip


def told(what: str, cases: Iterable[tuple[str, list[str]]]) -> Iterator[str]:
    """Prints the figure; yields what is wrong."""
    wrong = [f"{name}: {fault}" for name, faults in cases for fault in faults]
    say(f"{what}: {len(wrong)} wrong")
    yield from wrong


def say(line: str) -> None:
    print(line, flush=True)


def main() -> None:
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("parts", nargs="*", default=list(PARTS), help=", ".join(PARTS))
    reader.add_argument("--kills", type=int, default=5000)
    reader.add_argument("--tears", type=int, default=5000)
    reader.add_argument("--stride", type=int, default=1)
    reader.add_argument("--days", type=int, default=365)
    reader.add_argument("--seed", type=int, default=1)
    reader.add_argument("--plot", type=Path, help="write the year's plot here (SVG)")
    options = reader.parse_args()
    wrong: list[str] = []
    for part in options.parts:
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            wrong += PARTS[part](Path(folder), options)
    for line in wrong[:50]:
        say(f"  WRONG {line}")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
