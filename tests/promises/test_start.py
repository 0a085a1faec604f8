"""A start loads what it has use for: no parser to ask feeds, no settings to read an article."""

import pickle
import subprocess
import sys
from pathlib import Path

import pytest

from watcher.tag.rulebook import shipped

ROOT = Path(__file__).parents[2]
PARSERS = {"feedparser", "markdown_it", "nh3", "selectolax", "yaml"}
SERVICE = {"apscheduler", "distributed"}
DRAWING = {"jinja2", "pygments", "rich.console"}
# httpx is for odd addresses, anyio for the pool of httpcore, which is for proxies.
NETWORK = {"anyio._backends._asyncio", "httpx"}
HELP = PARSERS | SERVICE | DRAWING | NETWORK
HELP |= {"ahocorasick_rs", "asyncio", "httpcore", "pydantic", "sqlite3", "sqlite_utils"}
HEAD = PARSERS | SERVICE | DRAWING | NETWORK
WORKER = SERVICE | DRAWING | NETWORK
WORKER |= {"asyncio", "click", "httpcore", "markdown_it", "pydantic", "sqlite_utils", "yaml"}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "watcher.toml").touch()
    return tmp_path


def loaded_by(home: Path, *arguments: str, given: bytes = b"") -> tuple[set[str], bytes]:
    """(the modules that were imported, what was printed) of one program."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", *arguments],
        cwd=home,
        env={"PYTHONPATH": str(ROOT), "HOME": str(home)},
        input=given,
        capture_output=True,
        timeout=120,
        check=True,
    )
    lines = done.stderr.decode().splitlines()
    return {line.rsplit("|", 1)[1].strip() for line in lines if line.startswith("import time:")}, done.stdout


def test_the_list_of_verbs(home: Path) -> None:
    loaded, said = loaded_by(home, "watcher", "--help")
    assert b"poll" in said
    assert loaded & HELP == set()


def test_a_pass_that_has_nothing_to_do(home: Path) -> None:
    loaded, said = loaded_by(home, "watcher", "poll")
    assert said == b"0 sources polled, 0 failed: 0 new items, 0 changed\n"
    assert "sqlite_utils" in loaded
    assert loaded & HEAD == set()


def test_a_worker_that_has_learnt_the_rules(home: Path) -> None:
    loaded, said = loaded_by(home, "watcher.sandboxed", given=pickle.dumps(shipped()))
    assert b"ready" in said
    assert "ahocorasick_rs" in loaded
    assert loaded & WORKER == set()
