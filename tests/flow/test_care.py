"""The verbs that look after the store, through the command line."""

from pathlib import Path

import pytest
from rich.cells import cell_len

from tests.flow.test_first_day import User


@pytest.fixture(scope="module")
def user(tmp_path_factory: pytest.TempPathFactory) -> User:
    """Somebody with two posts and a copy of the database from when there was one."""
    user = User(tmp_path_factory.mktemp("home"))
    (user.home / "config").mkdir()
    (user.home / "posts").mkdir()
    (user.home / "config/sources.toml").write_text(
        '[[source]]\nid = "posts"\nkind = "folder"\npath = "../posts"\n'
    )
    (user.home / "posts/a.md").write_text("---\ntitle: 重庆上云\n---\n重庆企业上云。\n", "utf-8")
    user.says("poll", "posts")
    user.says("db", "backup", "var/backups/watcher-20261120T040000Z.db")
    (user.home / "posts/b.md").write_text("---\ntitle: 成都上云\n---\n成都工厂接入平台。\n", "utf-8")
    user.says("poll", "posts")
    return user


def test_the_doctor_fits_the_screen_and_changes_nothing(user: User) -> None:
    before = (user.home / "var/watcher.db").read_bytes()
    said = user.says("doctor")
    assert "database:" in said
    assert all(cell_len(line) <= 80 for line in said.splitlines())
    rows = user.gets("doctor")
    assert {"check", "verdict", "what", "advice"} == rows[0].keys()
    assert "bad" not in {row["verdict"] for row in rows}
    assert (user.home / "var/watcher.db").read_bytes() == before


def test_the_doctor_on_a_damaged_database_exits_with_1(tmp_path: Path) -> None:
    other = User(tmp_path)
    (tmp_path / "config").mkdir()
    (tmp_path / "config/sources.toml").touch()
    (tmp_path / "var").mkdir()
    (tmp_path / "var/watcher.db").write_bytes(b"no database" * 500)
    assert "BAD   database" in other.says("doctor", code=1)


def test_migrate_when_there_is_nothing_to_do(user: User) -> None:
    assert "nothing to do" in user.says("db", "migrate")


def test_prune_does_as_the_config_says(user: User) -> None:
    config = user.home / "config/watcher.toml"
    assert [row["kind"] for row in user.gets("db", "prune", "--dry-run")] == [
        "raw"
    ]  # the only one kept for a time
    config.write_text('[retention]\nitems = "3650d"\npolls = "30d"\n')
    rows = user.gets("db", "prune", "--dry-run")
    assert [(row["kind"], row["rows"]) for row in rows] == [("items", 0), ("polls", 0), ("raw", 0)]
    assert all(cell_len(line) <= 80 for line in user.says("db", "prune").splitlines())
    config.write_text('[retention]\npolls = "1h"\n')
    assert "retention.polls" in user.says("db", "prune", code=2)
    config.unlink()


def test_restore_lists_then_puts_back(user: User) -> None:
    assert "watcher-20261120T040000Z.db" in user.says("db", "restore")
    assert "no file" in user.says("db", "restore", "missing.db", code=1)
    said = user.says("db", "restore", "var/backups/watcher-20261120T040000Z.db")
    assert "1 item" in said
    assert "before-restore" in said
    assert "1 new item" in user.says("poll", "posts", "--all")  # and b.md comes again
    assert "integrity ok" in user.says("db", "check")
