"""The torture in its short form; whole with `make torture` (docs/robustness.md has its figures)."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.torture import disk, rack, wal, year
from tests.torture.__main__ import MAIL_STEPS
from tests.torture.world import World

HAND = [(name, point) for name, points in rack.ACT_POINTS.items() for point in points.split()]
# Of some hundred calls at each seam a few here and there; `make torture` breaks every one.
SOME = {"sqlite": (80, 220), "locked": (60,), "file": (9, 33, 51), "full": (45,), "socket": (2, 17)}


@pytest.fixture(scope="module")
def settled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, World]]:
    home = tmp_path_factory.mktemp("world") / "t"
    with rack.settled_world(home) as world:
        yield home, world


def test_there_are_enough_points_to_die_at() -> None:
    named = {*rack.SERVICE_POINTS, *(point for _, point in HAND)}
    assert len(named) >= 40


@pytest.mark.parametrize("point", rack.SERVICE_POINTS)
def test_killed_at_a_point(settled: tuple[Path, World], tmp_path: Path, point: str) -> None:
    assert rack.killed_at(*settled, point, "KILL", tmp_path / "home") == []


@pytest.mark.parametrize("point", rack.SERVICE_POINTS[::9])
def test_stopped_at_a_point(settled: tuple[Path, World], tmp_path: Path, point: str) -> None:
    assert rack.killed_at(*settled, point, "TERM", tmp_path / "home") == []


@pytest.mark.parametrize(("name", "point"), HAND)
def test_killed_by_hand(settled: tuple[Path, World], tmp_path: Path, name: str, point: str) -> None:
    assert rack.killed_by_hand(settled[0], name, point, "KILL", tmp_path / "home") == []


def test_killed_after_any_time(tmp_path: Path) -> None:
    with rack.settled_world(tmp_path / "home") as world:
        assert rack.killed_at_random(tmp_path / "home", world, 12, 1, print) == []


def test_a_torn_log_loses_polls_but_never_halves_one(tmp_path: Path) -> None:
    torn = wal.tear(tmp_path, 150)
    assert torn.wrong == []
    assert len(torn.states) > 10  # old states were read, not only the newest


@pytest.mark.parametrize(("seam", "number"), [(seam, number) for seam in SOME for number in SOME[seam]])
def test_a_call_that_fails(settled: tuple[Path, World], tmp_path: Path, seam: str, number: int) -> None:
    assert rack.broken_at(*settled, seam, number, tmp_path / "home") == []


@pytest.mark.parametrize(("verb", "answer"), MAIL_STEPS[::2])
def test_mail_that_is_refused_for_now(
    settled: tuple[Path, World], tmp_path: Path, verb: str, answer: str
) -> None:
    assert rack.refused_by_mail(*settled, verb, answer, tmp_path / "home") == []


@pytest.mark.parametrize("at", disk.MOMENTS)
def test_a_full_disk(settled: tuple[Path, World], tmp_path: Path, at: str) -> None:
    assert disk.disk_full(*settled, at, tmp_path / "home") == []


def test_some_days_of_the_year(tmp_path: Path) -> None:
    what, ((_, wrong),) = year.live(tmp_path, 2, None, print)
    assert wrong == [], what


def test_the_check_sees_what_is_wrong(settled: tuple[Path, World], tmp_path: Path) -> None:
    # A check that finds nothing must be one that could.
    import shutil
    import sqlite3

    home, world = tmp_path / "home", settled[1]
    shutil.copytree(settled[0], home)
    world.post.taken.clear()
    rack.lives(home, rack.START + rack.ROUND, 3)
    assert rack.wrongs(home, world) == []
    with sqlite3.connect(home / "var/watcher.db") as db:
        db.execute("UPDATE items SET title = '别的' WHERE id = 2")
        db.execute("DELETE FROM sightings WHERE item_id = 3")
    db.close()
    next((home / "out").glob("*.txt")).unlink()
    world.post.taken *= 2
    found = "\n".join(rack.wrongs(home, world))
    for words in (
        "lost: ",
        "never was: 别的",
        "1 items half there",
        "carried but not there",
        "mails came twice",
    ):
        assert words in found
