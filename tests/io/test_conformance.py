"""The scripted feed server, in short: the first hours of it, through the command line.

`make conformance` runs all 38 virtual days (about eight minutes). Here the first 2.5 hours: every shape
of request, answer and attack once or twice, but no long freshness and no long back-off.
"""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DRIVER = ROOT.parent / "shared" / "checks" / "run_conformance.py"
FAKETIME = list(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"))


@pytest.mark.skipif(not DRIVER.is_file(), reason="the conformance server is not here")
@pytest.mark.skipif(not FAKETIME, reason="libfaketime is missing (apt install faketime)")
def test_the_first_hours(tmp_path: Path) -> None:
    command = f"{sys.executable} -m watcher --config {{config}} poll"
    done = subprocess.run(
        [sys.executable, str(DRIVER), "--command", command, "--steps", "11", "--json", str(tmp_path / "out")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=400,
        check=False,
    )
    verdicts = json.loads((tmp_path / "out").read_text())
    failed = {case: verdict["why"] for case, verdict in verdicts.items() if verdict["verdict"] == "fail"}
    assert not failed, done.stdout
    assert "canary hits 0" in done.stdout
    passed = Counter(verdict["level"] for verdict in verdicts.values() if verdict["verdict"] == "pass")
    assert passed["MUST"] >= 30, done.stdout
