"""Measures our poller against its peers, prints the tables and the targets, and writes them to the docs.

python -m bench.speed [--feeds 1000] [--repeats 5] [--only ours,reader] [--out docs]
"""

import argparse
import sqlite3
import subprocess
import sys
import tempfile
import textwrap
from pathlib import Path

from bench.speed import targets
from bench.speed.compare import Contest, Results
from bench.speed.measure import RunFailedError
from bench.speed.peers import PEERS
from bench.speed.plot import drawn
from bench.speed.report import notes, phase_tables, put_between, target_table
from bench.speed.served import served
from bench.speed.targets import Target


def main() -> None:
    """Run it all; progress goes to standard error."""
    asked = _arguments()
    chosen = {key: PEERS[key] for key in asked.only.split(",")}
    with served(asked.feeds) as site, tempfile.TemporaryDirectory(prefix="speed-") as folder:
        work = Path(folder)
        results = Contest(chosen, site, work, _say).run(asked.repeats)
        found = targets.of_comparison(results)
        if "ours" in chosen and "ours" not in results.failures:
            found += _alone(asked, work / "ours")
    tables = [*phase_tables(results), target_table(found)]
    told = "\n".join(textwrap.fill(note, 100) for note in notes(results))
    print("\n\n".join([told, *(table.plain() for table in tables)]))
    if asked.out:
        _write(asked.out, results, [table.markdown() for table in tables])


def _alone(asked: argparse.Namespace, home: Path) -> list[Target]:
    """The targets that need no peer. One that cannot be measured does not cost the rest."""
    measures = {
        "memory and database": lambda: (
            targets.of_size(asked.memory_feeds, _say) if asked.memory_feeds else []
        ),
        "idle": lambda: targets.of_idle(home, _say),
        "start": lambda: targets.of_start(home, _say),
    }
    found: list[Target] = []
    for work, measure in measures.items():
        try:
            found += measure()
        except (RunFailedError, OSError, subprocess.SubprocessError, sqlite3.Error) as problem:
            found.append(Target(work, "all of them", "could not be measured", met=None))
            _say(f"  {work}: {problem}")
    return found


def _write(out: Path, results: Results, tables: list[str]) -> None:
    (out / "performance.svg").write_text(drawn(results), "utf-8")
    told = "\n".join(textwrap.fill(f"- {note}", 118, subsequent_indent="  ") for note in notes(results))
    put_between(out / "performance.md", "speed", "\n\n".join([told, *tables]))
    _say(f"wrote {out}/performance.md and {out}/performance.svg")


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m bench.speed", description="Our poller against its peers."
    )
    parser.add_argument("--feeds", type=int, default=1000, help="how many feeds (1000)")
    parser.add_argument("--repeats", type=int, default=5, help="how often each phase is measured (5)")
    parser.add_argument(
        "--only", default=",".join(PEERS), help=f"which peers, with commas ({','.join(PEERS)})"
    )
    parser.add_argument(
        "--memory-feeds", type=int, default=5000, help="feeds for the memory target; 0: skip it"
    )
    parser.add_argument("--out", type=Path, help="folder of performance.md, to be brought up to date")
    asked = parser.parse_args()
    unknown = set(asked.only.split(",")) - set(PEERS)
    if unknown:
        parser.error(f"no such peer: {', '.join(sorted(unknown))}; there are {', '.join(PEERS)}")
    return asked


if __name__ == "__main__":
    main()
