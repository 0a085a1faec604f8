"""A disk that is full while one pass works, and has room again: a small tmpfs, which needs the right to mount."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.io import schemas
from tests.torture import life, rack
from tests.torture.world import ROUND, START, World

MOMENTS = ("poll", "publish", "migration", "care")


def disk_full(template: Path, world: World, at: str, home: Path) -> list[str]:
    """One case: no room at all while one pass works (a tmpfs of 12 MB); then there is, and nobody helps."""
    shutil.copytree(template, home)
    world.post.taken.clear()
    with small_disk(home / "var", "12m"):
        ballast = home / "var/ballast"
        if at == "migration":
            schemas.unpacked(4, home / "var/watcher.db")
            before = rack.titles_in(home / "var/watcher.db")
            _fill(ballast)
            code = rack.child(life.act, "migrate", home, START, "nowhere")
            refused = [] if code == life.REFUSED else [f"migrated without room: {code}"]
            ballast.unlink()
            still = rack.unlike(home / "var/watcher.db", before, "after the refusal")
            rack.child(life.act, "migrate", home, START, "nowhere")
            return refused + still + rack.unlike(home / "var/watcher.db", before, "after the migration")
        if at != "poll":
            assert rack.child(life.one_pass, home, START + ROUND, "poll") == 0
        _fill(ballast)
        code = rack.child(life.one_pass, home, START + ROUND, at)
        found = [] if code in {0, life.REFUSED} else [f"the service ended with {code}"]
        ballast.unlink()
        rack.lives(home, START + 2 * ROUND, 3)
        return found + rack.wrongs(home, world)


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[None]:
    """A disk of its own for a folder, with what was in it."""
    aside = folder.with_name("aside")
    folder.rename(aside)
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder], check=True)
    try:
        shutil.copytree(aside, folder, dirs_exist_ok=True)
        yield
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


def _fill(ballast: Path) -> None:
    with ballast.open("wb", buffering=0) as file:
        with suppress(OSError):
            while True:
                file.write(b"x" * 4096)
