"""How many small faults in the cores the tests notice: `python -m bench.mutation [watcher/pacing ...]`.

Prints for each file, and at the end for each core, its mutants, how many were killed, survived or ran
out of time, and the survivors as `file:line: old -> new`. Those in equivalent.toml, each with its reason,
change nothing that anybody could see and do not count. Ends with 1 when a core is below the mark.
"""

import sys
import tomllib
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from bench.mutation.mutants import mutants_of
from bench.mutation.trial import baseline, outcome

HERE = Path(__file__).parent
ENOUGH = 85.0  # percent of a core's mutants that are not equivalent


def main(wanted: tuple[str, ...]) -> int:
    """Measures the files whose paths begin so, all by default."""
    excused = _table("equivalent.toml")
    cores = {
        name: sum(
            (
                measure(Path(file), core["tests"], excused.get(file, {}))
                for file in core["files"]
                if file.startswith(wanted or "")
            ),
            Counter[str](),
        )
        for name, core in _table("targets.toml").items()
    }
    for name, counts in cores.items():
        if counts:
            print(f"{name}: {_told(counts)}")
    return int(any(_score(counts) < ENOUGH for counts in cores.values() if counts))


def measure(path: Path, tests: list[str], excused: Mapping[str, str]) -> Counter[str]:
    """Runs the tests against every mutant of a file, prints what survived and counts how each ended."""
    whole, source = path.resolve(), path.read_bytes()
    usual = baseline(whole, tests)
    if outcome(whole, source, tests, list(usual.seconds), usual) != "survived":
        raise RuntimeError(f"{path}: its tests fail as they are, when they run for the second time")
    counts: Counter[str] = Counter()
    left: list[str] = []
    unknown = dict(excused)
    for mutant in mutants_of(source):
        told = mutant.told(source)
        unknown.pop(told, None)
        chosen = usual.covering(mutant.lines)
        if told in excused:
            ended = "equivalent"
        elif chosen:
            ended = outcome(whole, mutant.applied(source), tests, chosen, usual)
        else:
            ended = "survived"  # no test comes by
        counts[ended] += 1
        if ended == "survived":
            left.append(f"  {path}:{mutant.line}: {told}\n")
    left += [f"  {path}: no such mutant, in equivalent.toml: {told}\n" for told in unknown]
    print(f"{path}: {_told(counts)}\n{''.join(left)}", end="", flush=True)
    return counts


def _told(counts: Counter[str]) -> str:
    ends = ", ".join(f"{counts[end]} {end}" for end in ("killed", "timed out", "survived", "equivalent"))
    return f"{counts.total()} mutants, {ends}: {_score(counts):.1f} %"


def _score(counts: Counter[str]) -> float:
    counted = counts.total() - counts["equivalent"]
    return 100 * (counted - counts["survived"]) / counted if counted else 100.0


def _table(name: str) -> dict[str, dict[str, list[str]]]:
    return tomllib.loads((HERE / name).read_text(encoding="utf-8"))


if __name__ == "__main__":
    sys.exit(main(tuple(sys.argv[1:])))
