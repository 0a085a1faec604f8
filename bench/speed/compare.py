"""Lets the peers poll in turn, repeat after repeat, and keeps what each poll cost.

Within a repeat every peer goes through a phase before the next phase begins, in an order that changes
each time, so that a busy minute of the machine hits all alike. A peer that fails, that gets other answers
than the rest or keeps another number of articles is out: its reason stands in the table, no figure.
"""

import shutil
import statistics
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bench.speed.articles import ARTICLES
from bench.speed.measure import Cost, RunFailedError
from bench.speed.peers import Peer, Row
from bench.speed.served import PHASES, Answers, Phase, Served

Say = Callable[[str], None]


@dataclass
class Results:
    """What was measured: every poll by phase and row name, and why a peer is missing."""

    feeds: int
    repeats: int = 0
    rows: dict[Phase, dict[str, list[Row]]] = field(default_factory=lambda: {phase: {} for phase in PHASES})
    versions: dict[str, str] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)
    server: dict[Phase, list[float]] = field(default_factory=lambda: defaultdict(list))  # CPU s a poll

    def names(self, phase: Phase) -> list[str]:
        """The rows of a phase, the cheapest first."""
        return sorted(self.rows[phase], key=lambda name: self.cpu(phase, name) or 0)

    def median(self, phase: Phase, name: str) -> Row | None:
        """The middle of what a row cost, figure by figure; None when it was not measured."""
        polls = self.rows[phase].get(name)
        if not polls:
            return None
        cost = Cost(
            statistics.median(poll.cost.cpu for poll in polls),
            statistics.median(poll.cost.wall for poll in polls),
            statistics.median(poll.cost.memory for poll in polls),
        )
        return Row(name, cost, polls[-1].database, polls[-1].stored)

    def cpu(self, phase: Phase, name: str) -> float | None:
        """Median CPU milliseconds a feed."""
        row = self.median(phase, name)
        return row.cost.cpu * 1000 / self.feeds if row else None

    def spread(self, phase: Phase, name: str) -> tuple[float, float]:
        """The least and the most CPU milliseconds a feed that a row took."""
        all_cpu = [poll.cost.cpu * 1000 / self.feeds for poll in self.rows[phase][name]]
        return min(all_cpu), max(all_cpu)

    def ratio(self, phase: Phase, name: str, to: str) -> float | None:
        """How many times the CPU of `to` a row took, median by median."""
        mine, theirs = self.cpu(phase, name), self.cpu(phase, to)
        return mine / theirs if mine and theirs else None


class Contest:
    """The peers at one site. Every step of a peer that goes wrong puts it out, and the others go on."""

    def __init__(self, peers: Mapping[str, Peer], site: Served, work: Path, say: Say) -> None:
        self._peers, self._site, self._work, self._say = dict(peers), site, work, say
        self._results = Results(site.feeds.count)

    def run(self, repeats: int) -> Results:
        """Measure them all; the folders of the last repeat stay in the work folder, by the peers' keys."""
        for key in list(self._peers):
            self._say(f"making {key} ready")
            with self._out_if_it_fails(key):
                self._results.versions[key] = self._peers[key].install()
        for repeat in range(repeats):
            self._results.repeats += 1
            self._site.publish("first")
            for key in list(self._peers):
                with self._out_if_it_fails(key):
                    self._peers[key].prepare(self._empty(key), self._site.feeds)
            for number, phase in enumerate(PHASES):
                self._site.publish(phase)
                for key in _in_turn([*self._peers], repeat + number):
                    if phase in self._peers[key].phases:
                        self._say(f"repeat {repeat + 1} of {repeats}, {phase}: {key}")
                        with self._out_if_it_fails(key):
                            self._poll(key, phase)
        return self._results

    @contextmanager
    def _out_if_it_fails(self, key: str) -> Iterator[None]:
        try:
            yield
        except RunFailedError as problem:
            self._results.failures[key] = str(problem)
            del self._peers[key]
            self._say(f"  {key} is out: {problem} {problem.last}")
        except OSError as problem:  # a missing command, say: the error's own words name this machine
            self._results.failures[key] = problem.strerror or "no such command"
            del self._peers[key]
            self._say(f"  {key} is out: {problem}")

    def _empty(self, key: str) -> Path:
        home = self._work / key
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir(parents=True)
        return home

    def _poll(self, key: str, phase: Phase) -> None:
        before = self._site.answers()
        rows = self._peers[key].poll(self._work / key)
        answers = self._site.answers() - before
        self._check(rows, answers, phase)
        self._results.server[phase].append(answers.cpu)
        for row in rows:
            self._results.rows[phase].setdefault(row.name, []).append(row)

    def _check(self, rows: list[Row], answers: Answers, phase: Phase) -> None:
        """Whoever skips work is not fast."""
        whole, unchanged = self._site.expected(phase)
        if (answers.whole, answers.unchanged) != (whole, unchanged):
            raise RunFailedError(
                f"{phase}: got {answers.whole} documents and {answers.unchanged} times 304,"
                f" not {whole} and {unchanged}"
            )
        articles = self._site.feeds.count * ARTICLES + (whole if phase == "delta" else 0)
        for row in rows:
            if row.stored not in {None, articles}:
                raise RunFailedError(f"{phase}: {row.name} keeps {row.stored} articles, not {articles}")


def _in_turn(keys: list[str], number: int) -> list[str]:
    """The same keys, begun elsewhere each time and every other time backwards."""
    at = number % len(keys) if keys else 0
    turned = keys[at:] + keys[:at]
    return turned[::-1] if number % 2 else turned
