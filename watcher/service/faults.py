"""Known faults of what we stand on, as a table: which versions have them, what they do, what mends them."""

import email.policy
import sqlite3
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from xml.parsers import expat

Version = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault. `fixed` holds the first good version of each line of releases, newest line first."""

    what: str
    advice: str
    fixed: Sequence[Version]
    serious: bool = False

    def is_in(self, version: Version) -> bool:
        """Whether a version has it: older than the newest fix, and in no older line that was mended too."""
        lines = {mended[:2]: mended for mended in self.fixed[1:]}
        return version < lines.get(version[:2], self.fixed[0])


EXPAT = (
    Fault(
        "a small feed can grow without bound (CVE-2013-0340)",
        "use a Python with expat 2.6.3 or later",
        [(2, 4, 1)],
        serious=True,
    ),
    Fault(
        "a large token costs quadratic time (CVE-2023-52425), and lengths are not checked (CVE-2024-45490)",
        "workers bound it in time and memory; take your distribution's Python, or one with expat 2.6.3",
        [(2, 6, 3)],
    ),
)
SQLITE = (
    Fault(
        "a rare race of two writers after a checkpoint can damage the file (sqlite.org/wal.html)",
        "only one program writes here, so it is unlikely; keep backups, upgrade when your system does",
        [(3, 51, 3), (3, 50, 7), (3, 44, 6)],
    ),
    Fault(
        "STRICT tables and what we need of FTS5 are missing",
        "use a Python with SQLite 3.38 or later",
        [(3, 38, 0)],
        serious=True,
    ),
)


def expat_version() -> Version:
    """The XML parser's."""
    return tuple(expat.version_info)


def sqlite_version() -> Version:
    """The database's."""
    return sqlite3.sqlite_version_info


def checks_headers() -> bool:
    """Whether this Python refuses line ends in mail headers (CVE-2024-6923, mended in 3.11.10 and 3.12.5)."""
    return hasattr(email.policy.default, "verify_generated_headers")


def python_version() -> Version:
    """The interpreter's."""
    return sys.version_info[:3]


PARTS: tuple[tuple[str, Callable[[], Version], Sequence[Fault]], ...] = (
    ("expat", expat_version, EXPAT),
    ("SQLite", sqlite_version, SQLITE),
)
