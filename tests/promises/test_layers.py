"""Imports go downwards only, and the pure layers know no clock, no chance, no network and no database."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2] / "watcher"

# Each layer may import from those above it in this list; rooms of one layer do not know each other.
LAYERS = [
    ["__init__", "model", "errors"],
    ["text"],
    ["parse", "tag", "dedupe", "pacing", "digest"],
    ["pipeline"],
    ["crash"],
    ["config", "fetch", "store", "deliver", "sandbox"],
    ["compose", "dispatch", "sandboxed"],
    ["intake"],
    ["poll", "publish", "alert"],
    ["fulltext", "reparse", "retag"],
    ["app"],
    ["trial", "rework", "press"],
    ["service", "inspect"],
    ["cli"],
    ["__main__"],
]
LEVEL = {room: level for level, rooms in enumerate(LAYERS) for room in rooms}
IMPURE = {
    "asyncio", "http", "httpx", "multiprocessing", "os", "random", "secrets", "shutil", "smtplib", "socket",
    "sqlite3", "sqlite_utils", "subprocess", "tempfile", "threading", "time", "urllib.request",
}  # fmt: skip
MODULES = sorted(ROOT.rglob("*.py"))


def room_of(path: Path) -> str:
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def imports(path: Path) -> list[str]:
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            found.append(node.module or "")
            if node.module == "watcher":
                found += [f"watcher.{alias.name}" for alias in node.names if alias.name != "__version__"]
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_go_downwards(path: Path) -> None:
    room = room_of(path)
    assert room in LEVEL, f"{room} has no place among the layers"
    for name in imports(path):
        if name.startswith("watcher."):
            other = name.split(".")[1]
            assert other == room or LEVEL[other] < LEVEL[room], f"{room} may not import {name}"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_pure_layers_stay_pure(path: Path) -> None:
    if LEVEL[room_of(path)] > LEVEL["pipeline"]:
        return
    source = path.read_text(encoding="utf-8")
    assert not [name for name in imports(path) if name in IMPURE or name.split(".")[0] in IMPURE]
    for clock in ("datetime.now(", ".utcnow(", "date.today(", "time.time("):
        assert clock not in source, f"{path} reads the clock"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_is_one_idea_and_says_which(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert len(source.splitlines()) <= 300
    assert ast.get_docstring(ast.parse(source)), "a file begins with its purpose"


def test_feedparser_gets_a_stream() -> None:
    # Bytes or str that look like a path or a URL would be opened (feedparser.api).
    calls = [
        (path, node)
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "feedparser.parse"
    ]
    assert calls
    for path, call in calls:
        assert "BytesIO(" in ast.unparse(call.args[0]), f"{path}: {ast.unparse(call)}"
