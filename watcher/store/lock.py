"""Locks beside the database file, held for life, with who holds them inside.

One writer a database: `run`, `poll`, `migrate` and `restore` take the first lock; everything else
works beside them. One deliverer an outbox: whoever holds the second knows that a parcel marked as
being sent was left by a program that died. The kernel drops a lock with its process.
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from watcher.errors import LockedError, StoreError

_PAUSE = 0.1  # seconds between two tries


@contextmanager
def writing(database: Path, verb: str) -> Iterator[None]:
    """Be the one writer of a database. Raises LockedError that names the other one."""
    with _held(database.with_name(database.name + ".lock"), verb, patience=0):
        yield


@contextmanager
def delivering(database: Path, verb: str, patience: float = 60) -> Iterator[None]:
    """Be the one deliverer of its outbox; waits `patience` seconds for another, then LockedError."""
    with _held(database.with_name(database.name + ".outbox.lock"), verb, patience):
        yield


@contextmanager
def _held(path: Path, verb: str, patience: float) -> Iterator[None]:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o660)
    except OSError as error:
        raise StoreError(f"The lock file {path} cannot be opened: {error.strerror}.") from error
    try:
        _take(descriptor, path, patience)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"'watcher {verb}' (process {os.getpid()})\n".encode(), 0)
        yield
    finally:
        os.close(descriptor)


def _take(descriptor: int, path: Path, patience: float) -> None:
    until = time.monotonic() + patience
    while True:
        try:
            return fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            if time.monotonic() >= until:
                holder = os.pread(descriptor, 200, 0).decode("utf-8", "replace").strip()
                raise LockedError(
                    f"{path} is held by {holder or 'another program'}; wait for it, or stop it."
                ) from error
        time.sleep(_PAUSE)
