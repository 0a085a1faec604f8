"""Reads a folder of documents: those that changed since the marks, at most so many at a time.

Only regular files below the folder are read. Everything is opened through its parent's descriptor
without following links, so that nothing swapped in meanwhile leads out. Names that begin with a dot
(.git, editors' and macOS's shadows) are not looked at.
"""

import errno
import hashlib
import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from watcher.crash import crashpoint
from watcher.fetch.glob import matcher
from watcher.model import Fetched, FetchError, FileMark, NotModified, Outcome, RawDocument, Source

MAX_BYTES = 16 * 1024 * 1024  # of one document
MAX_DOCUMENTS = 500  # of one pass; the rest come with the next,
MAX_PASS_BYTES = 64 * 1024 * 1024  # and so do those that would make the pass larger than this
_DEEPEST = 64  # folders within folders
_SETTLED = timedelta(seconds=2)  # a file touched later than this ago may still be being written
_CLOCK_AHEAD = timedelta(hours=1)  # times further in the future are wrong, not recent
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_DOCUMENT = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC  # NONBLOCK: a FIFO must not hold us

_NOT_ONE = frozenset({errno.ELOOP, errno.ENXIO, errno.ENODEV})  # opening a link, a socket, a device
_NO_FILE = "a link, a device or a pipe, not a file"


def fetch_folder(
    source: Source,
    marks: Mapping[str, FileMark],
    now: datetime,
    *,
    max_bytes: int = MAX_BYTES,
    max_documents: int = MAX_DOCUMENTS,
    max_pass_bytes: int = MAX_PASS_BYTES,
) -> Outcome:
    """Walks the folder once and reads what changed. Blocks: call it in a thread.

    A file is looked at again when its size or time differs from its mark, and returned when its
    bytes do too; else it is `touched`. `more` counts changed files left for the next pass: once the
    marks of this one are kept, calling again goes on where it stopped. A file that vanishes between
    walk and reading is no error. FetchError "missing" or "unreadable" is about the folder as a whole.
    """
    work = _Pass(source.id, marks, now, _Limits(max_bytes, max_documents, max_pass_bytes))
    try:
        with _opened(source.location, _FOLDER) as root:
            outcome = _read_changed(source, root, work)
            crashpoint("folder.read")
            return outcome
    except (FileNotFoundError, NotADirectoryError):
        return FetchError("missing", f"there is no folder {source.location}")
    except OSError as problem:
        return FetchError("unreadable", f"cannot read {source.location}: {_words(problem)}")


@dataclass(frozen=True, slots=True)
class _Limits:
    bytes: int
    documents: int
    pass_bytes: int


@dataclass(frozen=True, slots=True)
class _File:
    """Something met on the walk: a name in an open folder, and what stands there or why we cannot tell."""

    folder: int  # descriptor, open as long as the file is looked at
    name: str
    path: str  # within the root
    status: os.stat_result | str


@dataclass(slots=True)
class _Pass:
    """One walk: what it is held against, and what it has found so far."""

    source_id: str
    marks: Mapping[str, FileMark]
    now: datetime
    limits: _Limits
    documents: list[RawDocument] = field(default_factory=list)
    touched: list[tuple[str, FileMark]] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)
    present: int = 0
    more: int = 0
    size: int = 0

    def look_at(self, file: _File, status: os.stat_result) -> None:
        """Sorts a file by what the walk saw of it; opens it only when it must be read."""
        shown = _shown(file.path)
        mark = self.marks.get(shown)
        if not stat.S_ISREG(status.st_mode):
            self.refused.append((shown, _NO_FILE))
            return
        self.present += 1
        if mark and (mark.size, mark.mtime_ns) == (status.st_size, status.st_mtime_ns):
            return
        if _fresh(status, self.now):
            self.waiting.append(shown)
        elif status.st_size > self.limits.bytes:
            self.refused.append((shown, f"larger than {self.limits.bytes:,} bytes"))
        elif self._full(status.st_size):
            self.more += 1
        else:
            self._take(file, shown, mark)

    def outcome(self) -> Fetched | NotModified:
        """Returns what the walk came to."""
        if not (self.documents or self.touched or self.waiting or self.refused or self.more):
            return NotModified(present=self.present)
        return Fetched(
            documents=tuple(self.documents),
            waiting=tuple(self.waiting),
            refused=tuple(self.refused),
            present=self.present,
            touched=tuple(self.touched),
            more=self.more,
        )

    def _full(self, size: int) -> bool:
        taken = len(self.documents) + len(self.touched)
        return taken >= self.limits.documents or (taken > 0 and self.size + size > self.limits.pass_bytes)

    def _take(self, file: _File, shown: str, mark: FileMark | None) -> None:
        try:
            crashpoint("folder.reads")
            body, after = _read(file, self.limits.bytes)
        except FileNotFoundError:
            self.present -= 1
        except OSError as problem:
            self.refused.append((shown, _NO_FILE if problem.errno in _NOT_ONE else _words(problem)))
        else:
            if body is None:
                self.waiting.append(shown)
                return
            self.size += len(body)
            new_mark = FileMark(after.st_size, after.st_mtime_ns, hashlib.sha256(body).hexdigest())
            if mark and mark.sha256 == new_mark.sha256:
                self.touched.append((shown, new_mark))
            else:
                self.documents.append(RawDocument(self.source_id, shown, body, self.now, mark=new_mark))


def _read_changed(source: Source, root: int, work: _Pass) -> Outcome:
    wanted = matcher(source.glob)
    for file in _walk(root, "", _DEEPEST):
        if isinstance(file.status, str):
            work.refused.append((_shown(file.path), file.status))
        elif wanted(file.path):
            work.look_at(file, file.status)
    return work.outcome()


def _walk(folder: int, prefix: str, depth: int) -> Iterator[_File]:
    """Gives every file below an open folder, by name; folders that cannot be entered as problems."""
    with os.scandir(folder) as entries:
        names = sorted(entry.name for entry in entries if not entry.name.startswith("."))
    for name in names:
        path = prefix + name
        try:
            status = os.stat(name, dir_fd=folder, follow_symlinks=False)
            if not stat.S_ISDIR(status.st_mode):
                yield _File(folder, name, path, status)
            elif depth == 0:
                yield _File(folder, name, path, "too many folders within folders")
            else:
                with _opened(name, _FOLDER | os.O_NOFOLLOW, folder) as inner:
                    yield from _walk(inner, path + "/", depth - 1)
        except FileNotFoundError:
            continue
        except OSError as problem:
            yield _File(folder, name, path, _words(problem))


def _read(file: _File, limit: int) -> tuple[bytes | None, os.stat_result]:
    """Returns the bytes of a file, None when it changed under our hands. Raises OSError, also for no file."""
    with _opened(file.name, _DOCUMENT, file.folder) as descriptor:
        before = os.fstat(descriptor)
        if not stat.S_ISREG(before.st_mode):  # swapped since the walk
            raise OSError(errno.ELOOP, _NO_FILE)
        with open(descriptor, "rb", closefd=False) as stream:
            body = stream.read(limit + 1)
        after = os.fstat(descriptor)
    settled = before.st_mtime_ns == after.st_mtime_ns and len(body) == before.st_size == after.st_size
    return (body if settled else None), after


def _fresh(status: os.stat_result, now: datetime) -> bool:
    age = timedelta(seconds=now.timestamp() - status.st_mtime)
    return -_CLOCK_AHEAD < age < _SETTLED


def _words(problem: OSError) -> str:
    return problem.strerror or str(problem)


def _shown(path: str) -> str:
    """Returns a path as text that can be stored: bytes that are no UTF-8 as backslash escapes."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


@contextmanager
def _opened(name: str, flags: int, folder: int | None = None) -> Iterator[int]:
    descriptor = os.open(name, flags, dir_fd=folder)
    try:
        yield descriptor
    finally:
        os.close(descriptor)
