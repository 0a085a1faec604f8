"""From an empty directory to a digest, through the command line, twice: the second run adds nothing."""

import json
import os
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
GIVEN = ROOT.parent / "shared" / "corpus" / "seeds-given"
EXPECTED = tomllib.loads((ROOT / "tests/unit/data/seeds_expected.toml").read_text("utf-8"))["post"]


@dataclass
class User:
    """Somebody at a shell in `home`."""

    home: Path

    def runs(self, *args: str, code: int = 0, **env: str) -> tuple[str, str]:
        """(stdout, stderr) of one command, which must exit with `code` and never with a traceback."""
        clean = {key: value for key, value in os.environ.items() if not key.startswith("WATCHER_")}
        done = subprocess.run(
            [sys.executable, "-m", "watcher", *args],
            cwd=self.home,
            env=clean | {"PYTHONPATH": str(ROOT), "HOME": str(self.home), "COLUMNS": "80"} | env,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == code, f"{args}: exit {done.returncode}\n{done.stdout}\n{done.stderr}"
        assert "Traceback" not in done.stderr
        return done.stdout, done.stderr

    def says(self, *args: str, code: int = 0) -> str:
        return "".join(self.runs(*args, code=code))

    def gets(self, *args: str) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = json.loads(self.runs(*args, "--json")[0])
        return rows


@pytest.fixture(scope="module")
def user(tmp_path_factory: pytest.TempPathFactory) -> User:
    """Somebody who ran `init` in an empty directory, and polled the sample posts once."""
    user = User(tmp_path_factory.mktemp("home"))
    user.says("init")
    user.says("poll", "seeds")
    return user


@pytest.fixture(scope="module")
def stored(user: User) -> dict[str, dict[str, Any]]:
    """Every stored sample post, with all that `why` says of it, by its path in the folder."""
    count = int(user.says("status").rsplit(" items", 1)[0].split()[-1])
    whole = (user.gets("why", str(number))[0] for number in range(1, count + 1))
    return {seen["guid"]: row for row in whole for seen in row["sightings"]}


def test_the_starter_config_is_valid(user: User) -> None:
    assert "all is well" in user.says("check")


def test_init_overwrites_nothing(user: User) -> None:
    before = (user.home / "config/sources.toml").read_bytes()
    assert "holds a config already" in user.says("init", code=2)
    assert (user.home / "config/sources.toml").read_bytes() == before


@pytest.mark.parametrize("post", EXPECTED, ids=lambda post: post["file"])
def test_each_sample_post_is_read_right(stored: dict[str, dict[str, Any]], post: dict[str, Any]) -> None:
    row = stored[post["file"]]
    (seen,) = (seen for seen in row["sightings"] if seen["guid"] == post["file"])
    assert seen["title"] == post["title"]
    if post["published_from"] != "first seen":
        assert seen["published_at"] == post["published_at"].strftime("%Y-%m-%dT%H:%M:%SZ")
    # Of two copies the article itself has the date and the outlet of the one that came first.
    first = next(one for one in EXPECTED if one["file"] == post.get("same_as", post["file"]))
    if first["published_from"] != "first seen":
        assert row["published_at"] == first["published_at"].strftime("%Y-%m-%dT%H:%M:%SZ")
    assert row["published_from"] == first["published_from"]
    assert row["outlet"] == first.get("outlet")
    topics = {topic["topic_id"]: topic["role"] for topic in row["topics"]}
    assert set(post["topics"]) <= topics.keys()
    assert {topics[topic] for topic in post.get("main", [])} <= {"main"}


@pytest.mark.parametrize("post", EXPECTED, ids=lambda post: post["file"])
def test_each_sample_post_is_placed_right(stored: dict[str, dict[str, Any]], post: dict[str, Any]) -> None:
    roles: dict[str, set[str]] = {}
    for region in stored[post["file"]]["regions"]:
        roles.setdefault(region["name"], set()).add(region["role"])
    primary = {name for name, found in roles.items() if "primary" in found}
    named = {name for name, found in roles.items() if found & {"primary", "mentioned"}}
    assert set(post["primary"]) <= primary <= set(post["primary"]) | set(post.get("may_be_primary", []))
    assert set(post["mentioned"]) <= named
    for role in ("dateline", "org"):
        assert not set(post.get(role, [])) & named
    assert not {trap["region"] for trap in post["traps"]} & named


def test_two_headlines_are_one_article(stored: dict[str, dict[str, Any]]) -> None:
    for post in EXPECTED:
        if "same_as" in post:
            assert stored[post["file"]]["id"] == stored[post["same_as"]]["id"]


def test_a_second_poll_adds_nothing(user: User, stored: dict[str, dict[str, Any]]) -> None:
    assert "0 new items, 0 changed" in user.says("poll", "seeds")
    assert stored.keys() == {post["file"] for post in EXPECTED}


def test_search_is_right_for_short_words(user: User) -> None:
    assert {"重庆" in hit["title"] + hit["snippet"] for hit in user.gets("search", "重庆")} == {True}
    assert user.gets("search", "5G")
    assert user.gets("search", "上云", "--region", "四川省")
    assert user.gets("search", "上云", "--region", "黑龙江省") == []


def test_a_digest_goes_out_once(user: User) -> None:
    # Old posts of a new source are history; that is said, with the way to have them all the same.
    assert "count as history" in user.says("digest", "send", "daily")
    assert "would go out" in user.says("digest", "send", "daily", "--since", "2025-11-01", "--dry-run")
    folder = user.home / "var" / "digests"
    assert not folder.exists()
    first = user.says("digest", "send", "daily", "chengyu", "--since", "2025-11-01")
    assert first.count("sent ") == 6
    files = sorted(folder.iterdir())
    assert [file.suffix for file in files] == [".html", ".md", ".txt"] * 2
    before = {file: file.read_bytes() for file in files}
    again = user.says("digest", "send", "daily", "chengyu", "--since", "2025-11-01")
    assert again.count("nothing to send that it has not carried already") == 2
    assert {file: file.read_bytes() for file in folder.iterdir()} == before
    text = next(file for file in files if file.name.startswith("daily") and file.suffix == ".txt")
    assert "重庆市" in text.read_text("utf-8")
    assert "成渝地区" in text.read_text("utf-8")
    listed = user.gets("digest", "list")
    assert [(row["name"], row["sent"], row["open"]) for row in listed] == [("chengyu", 3, 0), ("daily", 3, 0)]


def test_the_other_verbs(user: User) -> None:
    assert "seeds" in user.says("sources", "list")
    assert "WATCHER_HTTP__TIMEOUT" not in user.says("config", "show")
    assert "integrity ok" in user.says("db", "check")
    assert "integrity ok" in user.says("db", "backup", "copy.db")
    assert "exists already" in user.says("db", "backup", "copy.db", code=1)
    assert "重庆市" in user.says("tag", f"seeds/{EXPECTED[0]['file']}")
    assert "no item 9999" in user.says("why", "9999", code=2)
    assert "No enabled source is called nobody" in user.says("poll", "nobody", code=2)
    assert "There is no digest" in user.says("digest", "send", "nobody", code=2)
    assert "No such command" in user.says("frobnicate", code=2)


@pytest.mark.parametrize(
    "args",
    [["status"], ["digest", "list"], ["sources", "list"], ["config", "show"], ["--help"], ["poll", "--help"]],
    ids=" ".join,
)
def test_tables_and_help_fit_80_columns(user: User, args: list[str]) -> None:
    from rich.cells import cell_len

    for line in user.says(*args).splitlines():
        assert cell_len(line.rstrip()) <= 80, line


def test_a_missing_database_and_config_are_explained(tmp_path: Path) -> None:
    user = User(tmp_path)
    assert "'watcher init' makes one" in user.says("status", code=2)
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "sources.toml").write_text("")
    assert "'watcher poll' makes it" in user.says("status", code=1)


def test_a_broken_source_does_not_stop_the_others(tmp_path: Path) -> None:
    user = User(tmp_path)
    (tmp_path / "config").mkdir()
    (tmp_path / "posts").mkdir()
    (tmp_path / "posts" / "good.md").write_text("---\ntitle: 重庆上云\n---\n重庆企业上云。\n", "utf-8")
    (tmp_path / "posts" / "bad.json").write_bytes(b"\x00\x01\x02 no document")
    (tmp_path / "config" / "sources.toml").write_text(
        '[[source]]\nid = "gone"\nkind = "folder"\npath = "../nowhere"\n'
        '[[source]]\nid = "posts"\nkind = "folder"\npath = "../posts"\n'
        '[[source]]\nid = "dead"\nkind = "feed"\nurl = "http://127.0.0.1:9/feed"\n'
        '[[source]]\nid = "off"\nkind = "feed"\nurl = "http://127.0.0.1:9/off"\nenabled = false\n'
    )
    said = user.says("poll")
    assert "gone: failed" in said
    assert "nowhere" in said
    assert "dead: failed" in said
    assert "bad.json" in said
    assert "3 sources polled, 2 failed: 1 new item" in said
    assert "1 unreadable" in user.says("status")
    user.says("poll", "--all", "--strict", code=1)
    user.says("poll", "dead", code=1)


@pytest.mark.skipif(not GIVEN.is_dir(), reason="the shared corpus is not here")
def test_the_given_documents(tmp_path: Path) -> None:
    user = User(tmp_path)
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "sources.toml").write_text(
        f'[[source]]\nid = "given"\nkind = "folder"\npath = "{GIVEN}"\n'
    )
    assert "5 new items" in user.says("poll")
    assert "0 new items" in user.says("poll", "--all")
    rows = [user.gets("why", str(number))[0] for number in range(1, 6)]
    assert [row["published_at"] for row in rows] == [
        "2021-07-30T07:52:00Z",
        "2021-05-09T22:56:09Z",
        "2021-11-21T14:10:15Z",
        "2022-05-13T23:25:06Z",
        "2022-02-22T10:03:09Z",
    ]
    assert [row["published_from"] for row in rows] == ["front matter", "body", *["front matter"] * 3]
    assert rows[1]["title"] == "重庆定下3万亿“小目标”！阿里、腾讯、华为、浪潮等巨头相继加入"
    assert [row["outlet"] for row in rows] == [
        "新工业洞察",
        "每日经济新闻",
        "21世纪经济报道",
        "经济日报",
        "四川经济网",
    ]
    for row in rows:
        assert row["topics"], row["title"]
        assert any(region["role"] == "primary" for region in row["regions"]), row["title"]
        assert "<" not in row["text"]
