"""Looking into it as a user does: search, export, and Datasette over real HTTP."""

import csv
import io
import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import pytest

from tests.flow.test_first_day import ROOT, User


@pytest.fixture(scope="module")
def user(tmp_path_factory: pytest.TempPathFactory) -> User:
    user = User(tmp_path_factory.mktemp("home"))
    user.says("init")
    user.says("poll", "seeds")
    return user


def test_the_language_of_search(user: User) -> None:
    either = {hit["id"] for hit in user.gets("search", "武汉 OR 沈阳")}
    fewer = json.loads(user.runs("search", "--json", "--", "武汉 OR 沈阳", "-沈阳")[0])
    assert {hit["id"] for hit in fewer} < either
    assert "«武汉»" in "".join(hit["snippet"] for hit in fewer)
    assert "There is no word after OR" in user.says("search", "武汉", "OR", code=2)


def test_export(user: User) -> None:
    rows = list(csv.DictReader(io.StringIO(user.runs("export", "--region", "湖北省")[0].lstrip("\ufeff"))))
    assert rows
    assert all("湖北" in row["regions"] + row["title"] + row["text"] for row in rows)
    assert "wrote nodes.db" in user.says(
        "export", "--format", "sqlite", "--topic", "identifier", "-o", "nodes.db"
    )
    assert "exists already" in user.says("export", "-o", "nodes.db", code=1)


def test_inspect_serves_this_machine(user: User) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    before = (user.home / "var" / "watcher.db").read_bytes()
    serving = subprocess.Popen(
        [sys.executable, "-m", "watcher", "inspect", "--port", str(port)],
        cwd=user.home, env=os.environ | {"PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    try:
        home = _read(f"http://127.0.0.1:{port}/", patience=20)
        assert "Region heat" in home
        assert "重庆" in _read(f"http://127.0.0.1:{port}/-/item/1")
        with pytest.raises(HTTPError, match="404"):
            _read(f"http://127.0.0.1:{port}/-/item/999")
        assert "is taken" in user.says("inspect", "--port", str(port), code=2)
    finally:
        serving.terminate()
        said = b"".join(serving.communicate(timeout=20))
    assert b"Traceback" not in said
    assert f"127.0.0.1:{port}/-/dashboards/overview".encode() in said
    assert (user.home / "var" / "watcher.db").read_bytes() == before


def test_inspect_without_a_database(tmp_path: Path) -> None:
    user = User(tmp_path)
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "sources.toml").write_text("")
    assert "'watcher poll' makes it" in user.says("inspect", code=1)


@pytest.mark.parametrize(
    "args", [["export", "--help"], ["inspect", "--help"], ["search", "--help"]], ids=" ".join
)
def test_help_has_examples_and_fits_80_columns(user: User, args: list[str]) -> None:
    from rich.cells import cell_len

    said = user.says(*args)
    assert "Examples:" in said
    assert max(cell_len(line.rstrip()) for line in said.splitlines()) <= 80


def _read(address: str, patience: float = 0) -> str:
    until = time.monotonic() + patience
    while True:
        try:
            with urlopen(address) as answer:
                return str(answer.read().decode())
        except HTTPError:
            raise
        except URLError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
