"""Breaks what the program stands on: the k-th call of a socket, a file or the database fails, once.

Only the standard library is touched, in a child that ends afterwards; nothing of the program is replaced.
"""

import errno
import io
import os
import socket
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

SEAMS = ("sqlite", "locked", "file", "full", "socket")
_FILE_CALLS = ("open", "fsync", "replace", "unlink", "mkdir", "scandir", "stat", "statvfs")


@contextmanager
def broken(seam: str, home: Path, number: int) -> Iterator[list[int]]:
    """The call of that number at the seam fails; yields how many there were, as a list of one."""
    calls = [0]

    def counted(error: Exception) -> None:
        calls[0] += 1
        if calls[0] == number:
            raise error

    with ExitStack() as stack:
        if seam in {"sqlite", "locked"}:
            words = "database is locked" if seam == "locked" else "disk I/O error"
            stack.enter_context(patch("sqlite3.connect", _connecting(counted, words)))
        elif seam == "socket":
            for name in ("connect", "recv", "recv_into", "send", "sendall"):
                stack.enter_context(patch.object(socket.socket, name, _over_network(name, counted)))
        else:
            code = errno.ENOSPC if seam == "full" else errno.EIO
            error = OSError(code, os.strerror(code))
            for name in _FILE_CALLS:
                stack.enter_context(patch.object(os, name, _at_home(getattr(os, name), home, counted, error)))
            stack.enter_context(patch.object(io, "open", _at_home(io.open, home, counted, error)))
        yield calls


def _connecting(counted: Callable[[Exception], None], words: str) -> Callable[..., sqlite3.Connection]:
    class Faulty(sqlite3.Connection):
        def execute(self, *args: Any) -> sqlite3.Cursor:
            counted(sqlite3.OperationalError(words))
            return super().execute(*args)

        def executemany(self, *args: Any) -> sqlite3.Cursor:
            counted(sqlite3.OperationalError(words))
            return super().executemany(*args)

    real = sqlite3.connect
    return lambda *args, **options: real(*args, factory=Faulty, **options)


def _over_network(name: str, counted: Callable[[Exception], None]) -> Callable[..., Any]:
    real = getattr(socket.socket, name)

    def call(self: socket.socket, *args: Any) -> Any:
        if self.family == socket.AF_INET:  # not the event loop's own pair
            counted(ConnectionResetError(errno.ECONNRESET, "reset"))
        return real(self, *args)

    return call


def _at_home(
    real: Callable[..., Any], home: Path, counted: Callable[[Exception], None], error: OSError
) -> Callable[..., Any]:
    inside = str(home)

    def call(*args: Any, **options: Any) -> Any:
        what = args[0] if args else ""
        if isinstance(what, int) or options.get("dir_fd") is not None or os.fspath(what).startswith(inside):
            counted(error)
        return real(*args, **options)

    return call
