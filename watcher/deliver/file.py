"""Digests as files in a folder: whole or not at all, and exactly once however often it is tried.

Never overwrites: a file of the same name with other content (two digests sent by hand within a
minute) keeps its place, and the new one is called name-2.
"""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain, count
from pathlib import Path

from watcher.crash import crashpoint
from watcher.errors import DeliveryError
from watcher.model import Parcel


def write_file(parcel: Parcel) -> None:
    """Puts a file into its folder, which is made if missing; leaves one with the same bytes alone.

    DeliveryError is permanent only for a name that is none: a full disk or a missing right can be mended.
    """
    name = parcel.name or ""
    if not name or name.startswith(".") or Path(name).name != name:
        raise DeliveryError(f"{name!r} is no name for a file of a digest", permanent=True)
    folder = Path(parcel.target)
    with _translated(folder):
        folder.mkdir(parents=True, exist_ok=True)
        _place(folder, name, parcel.body)


def _place(folder: Path, name: str, body: bytes) -> None:
    """Writes beside, syncs, renames: a reader of the folder never sees half a file."""
    target = next(path for path in _names(folder, name) if not path.exists() or path.read_bytes() == body)
    if target.exists():
        return
    crashpoint("file.writes")
    part = folder / f".{target.name}.part"  # one left by a crash is overwritten by the next try
    try:
        _write(part, body)
        crashpoint("file.written")
        part.replace(target)
        crashpoint("file.named")
    except OSError:
        part.unlink(missing_ok=True)
        raise
    _sync_folder(folder)
    crashpoint("file.synced")


def _names(folder: Path, name: str) -> Iterator[Path]:
    stem, dot, suffix = name.rpartition(".")
    again = (f"{stem}-{number}{dot}{suffix}" for number in count(2))
    return (folder / each for each in chain((name,), again))


def _write(path: Path, body: bytes) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC | os.O_NOFOLLOW
    with os.fdopen(os.open(path, flags, 0o644), "wb") as file:
        file.write(body)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    """The new name survives a power cut only when the folder is synced too."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _translated(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = {
            errno.ENOSPC: "the disk is full",
            errno.EDQUOT: "the disk quota is used up",
            errno.EACCES: "we have no right to write there",
            errno.EPERM: "we have no right to write there",
            errno.EROFS: "it is read-only (under systemd: add it to ReadWritePaths=)",
        }.get(error.errno or 0, error.strerror or str(error))
        raise DeliveryError(f"cannot write to {folder}: {reason}", permanent=False) from error
