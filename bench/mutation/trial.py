"""Runs tests against one changed module in a forked child: nothing on the disk is touched.

The child imports the project anew, the changed text in the place of the module's own; what it needs
of other people's modules the parent has imported before, which is most of the time of a start.
With MUTATION_DEBUG in the environment the tests are heard.
"""

import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import json
import os
import resource
import select
import signal
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, ModuleType

import coverage
import hypothesis
import pytest

_OURS = ("watcher", "tests", "conftest", "bench", "test_")
# Parts of hypothesis read tables at their import, and its plugin takes offence at that when it comes later.
_LATER = ("hypothesis.", "_")
_TIME_IS_UP = {signal.SIGPROF, signal.SIGXCPU, signal.SIGKILL}
_SLACK = 4.0  # seconds on top of three times the processor time of the tests as they are


@dataclass(frozen=True, slots=True)
class Baseline:
    """The tests of a module as it is: seconds of each, and which of them run which line."""

    seconds: dict[str, float]
    by_line: dict[int, frozenset[str]]

    def covering(self, lines: tuple[int, int]) -> list[str]:
        """The tests that run any of these lines, quickest first; all for lines that run at import."""
        found = frozenset().union(*(self.by_line.get(line, ()) for line in range(lines[0], lines[1] + 1)))
        chosen = self.seconds if "" in found else found & self.seconds.keys()
        return sorted(chosen, key=lambda test: (self.seconds[test], test))


def baseline(path: Path, tests: Sequence[str]) -> Baseline:
    """Runs the tests of a module as it is. Raises RuntimeError when they fail."""
    with tempfile.TemporaryDirectory() as folder:
        note = Path(folder) / "note.json"
        if _in_child(lambda: _observed(path, tests, note), 600) != 0:
            raise RuntimeError(f"the tests of {path} fail as they are")
        seen = json.loads(note.read_text(encoding="utf-8"))
    for name in seen["modules"]:
        with suppress(Exception), warnings.catch_warnings(action="ignore"):
            importlib.import_module(name)
    by_line = {int(line): frozenset(names) for line, names in seen["lines"].items()}
    return Baseline(seen["seconds"], by_line)


def outcome(path: Path, source: bytes, tests: Sequence[str], chosen: Sequence[str], usual: Baseline) -> str:
    """`survived`, `killed` or `timed out`: what the chosen tests make of `source` in the place of `path`."""
    code = compile(source, str(path), "exec", dont_inherit=True)

    def child() -> int:
        sys.meta_path.insert(0, _Instead(_module(path), path, code))
        return _pytest(tests, _Order(chosen, usual.seconds))

    status = _in_child(child, 3 * sum(usual.seconds[test] for test in chosen) + _SLACK)
    return "timed out" if status is None else "survived" if status == 0 else "killed"


def _in_child(work: Callable[[], int], seconds: float) -> int | None:
    """The exit code of `work` in a fork; None when it took more processor time, or ten times that in all."""
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            os.setsid()
            resource.setrlimit(resource.RLIMIT_CPU, (int(seconds) + 1, int(seconds) + 2))
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            nowhere = os.open(os.devnull, os.O_RDWR)
            if not os.environ.get("MUTATION_DEBUG"):
                os.dup2(nowhere, 1)
                os.dup2(nowhere, 2)
            status = work()
        finally:
            os._exit(status)
    watched = os.pidfd_open(pid)
    ended, _, _ = select.select([watched], [], [], 10 * seconds)
    os.close(watched)
    with suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)  # its own children too
    _, status = os.waitpid(pid, 0)
    if not ended or (os.WIFSIGNALED(status) and os.WTERMSIG(status) in _TIME_IS_UP):
        return None
    return os.waitstatus_to_exitcode(status)


def _pytest(tests: Sequence[str], *plugins: object) -> int:
    # The same examples at every run, and no search for the smallest: one failure is enough.
    hypothesis.settings.register_profile(
        "mutation",
        deadline=None,
        derandomize=True,
        database=None,
        phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate],
    )
    options = ["-x", "-q", "--assert=plain", "--hypothesis-profile=mutation", "-p", "no:cacheprovider"]
    return int(pytest.main([*options, *tests], plugins=plugins))


class _Order:
    """Keeps the chosen tests, in that order: a quick one that fails spares the slow ones.

    A test of a name nobody knows runs first: it is named after a value that the change has changed.
    One that takes three times as long as usual, and two seconds, hangs.
    """

    def __init__(self, chosen: Sequence[str], seconds: Mapping[str, float]) -> None:
        self.rank = {name: rank for rank, name in enumerate(chosen)}
        self.seconds = seconds

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = sorted(
            (item for item in items if item.nodeid in self.rank or item.nodeid not in self.seconds),
            key=lambda item: self.rank.get(item.nodeid, -1),
        )

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        signal.setitimer(signal.ITIMER_PROF, 3 * self.seconds.get(nodeid, 1.0) + 2)  # of processor time


class _Observer:
    """Notes what each test takes, and tells the coverage which one runs."""

    def __init__(self, covered: coverage.Coverage) -> None:
        self.covered = covered
        self.seconds: dict[str, float] = {}

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        self.covered.switch_context(item.nodeid)
        done = yield
        self.covered.switch_context("")
        return done

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if not report.skipped:
            self.seconds[report.nodeid] = self.seconds.get(report.nodeid, 0.0) + report.duration


def _observed(path: Path, tests: Sequence[str], note: Path) -> int:
    covered = coverage.Coverage(data_file=None, config_file=False, include=[str(path)])
    observer = _Observer(covered)
    covered.start()
    status = _pytest(tests, observer)
    covered.stop()
    data = covered.get_data()
    lines = data.contexts_by_lineno(str(path))
    modules = sorted(name for name in sys.modules if not name.startswith((*_OURS, *_LATER)))
    note.write_text(
        json.dumps({"seconds": observer.seconds, "lines": lines, "modules": modules}), encoding="utf-8"
    )
    return status


def _module(path: Path) -> str:
    parts = path.relative_to(Path.cwd()).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


class _Instead(importlib.abc.MetaPathFinder, importlib.machinery.SourceFileLoader):
    """Finds one module, and gives it other code than its file holds."""

    def __init__(self, name: str, path: Path, code: CodeType) -> None:
        importlib.machinery.SourceFileLoader.__init__(self, name, str(path))
        self.instead = code

    def find_spec(
        self, name: str, _path: Sequence[str] | None, _target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if name != self.name:
            return None
        return importlib.util.spec_from_file_location(name, self.path, loader=self)

    def get_code(self, _name: str) -> CodeType:
        return self.instead
