"""Files in a real folder: whole, once, and never over another."""

import errno
import resource
import signal
from pathlib import Path

import pytest

from watcher.deliver import file
from watcher.deliver.file import write_file
from watcher.errors import DeliveryError
from watcher.model import Parcel

NAME = "daily-2022-02-23-0800.html"


def parcel(folder: Path, body: bytes = b"<p>one</p>", name: str | None = NAME) -> Parcel:
    return Parcel("file", str(folder), body, name=name)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_file_is_put_into_a_folder_that_is_made(tmp_path: Path) -> None:
    folder = tmp_path / "var" / "digests"
    write_file(parcel(folder))
    assert contents(folder) == {NAME: b"<p>one</p>"}
    assert (folder / NAME).stat().st_mode & 0o444 == 0o444


def test_trying_again_changes_nothing(tmp_path: Path) -> None:
    write_file(parcel(tmp_path))
    before = (tmp_path / NAME).stat()
    for _ in range(3):
        write_file(parcel(tmp_path))
    assert contents(tmp_path) == {NAME: b"<p>one</p>"}
    assert (tmp_path / NAME).stat().st_mtime_ns == before.st_mtime_ns


def test_another_digest_of_the_same_name_is_not_lost(tmp_path: Path) -> None:
    for body in (b"one", b"two", b"three", b"two"):
        write_file(parcel(tmp_path, body))
    assert contents(tmp_path) == {
        NAME: b"one",
        NAME.replace(".html", "-2.html"): b"two",
        NAME.replace(".html", "-3.html"): b"three",
    }


def test_what_a_crash_left_behind_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / f".{NAME}.part").write_bytes(b"half of a much longer fi")
    write_file(parcel(tmp_path))
    assert contents(tmp_path) == {NAME: b"<p>one</p>"}


def test_a_planted_link_is_not_followed(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_bytes(b"precious")
    folder = tmp_path / "digests"
    folder.mkdir()
    (folder / f".{NAME}.part").symlink_to(victim)
    with pytest.raises(DeliveryError):
        write_file(parcel(folder))
    assert victim.read_bytes() == b"precious"
    write_file(parcel(folder))  # the link is cleared away: the next try works
    assert contents(folder) == {NAME: b"<p>one</p>"}


def test_a_file_that_cannot_be_finished_leaves_nothing(tmp_path: Path) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, before[1]))
    try:
        with pytest.raises(DeliveryError, match="cannot write to") as caught:
            write_file(parcel(tmp_path, b"x" * 100))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)
    assert not caught.value.permanent
    assert contents(tmp_path) == {}


def test_a_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "digests").write_text("")
    with pytest.raises(DeliveryError, match="cannot write to") as caught:
        write_file(parcel(tmp_path / "digests"))
    assert not caught.value.permanent


def test_a_folder_without_the_right_to_write(tmp_path: Path) -> None:
    # Root may write anywhere, and CI runs as root: the refusal itself is what is looked at.
    with pytest.raises(DeliveryError, match="no right"), file._translated(tmp_path):
        raise PermissionError(errno.EACCES, "Permission denied")


@pytest.mark.parametrize("name", ["../x.html", "/etc/x", "a/b", "", None, "..", ".hidden"])
def test_a_name_that_leads_elsewhere_is_refused(tmp_path: Path, name: str | None) -> None:
    with pytest.raises(DeliveryError, match="is no name") as caught:
        write_file(parcel(tmp_path, name=name))
    assert caught.value.permanent
    assert contents(tmp_path) == {}
