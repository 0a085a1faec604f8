"""The errors a user can cause or meet, as one tree; bugs stay ordinary exceptions.

WatcherError                  every message is a sentence for the user
├── ConfigError               the config is wrong; carries all its Problems   exit 2
├── UsageError                the command line asks for what does not exist   exit 2
├── LockedError               another instance holds the lock                 exit 3
├── StoreError                the database refused                            exit 1
│   ├── StoreBusyError        somebody else held it for too long              exit 1
│   └── StoreUnusableError    damaged, or newer than this program             exit 4
└── DeliveryError             a channel refused; says if trying again helps   exit 1
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in the config: where it stands, what it is, what would be right."""

    file: Path
    where: str  # a line ("line 12") or a key ("source[3].interval"); "" for the whole file
    what: str
    instead: str = ""

    def __str__(self) -> str:
        place = f"{self.file}: {self.where}" if self.where else str(self.file)
        advice = f"; {self.instead}" if self.instead else ""
        return f"{place}: {self.what}{advice}"


class WatcherError(Exception):
    """The root: its text is a whole sentence, fit to be shown as it is."""

    exit_code = 1


class ConfigError(WatcherError):
    """The config cannot be used; `problems` lists everything found, not only the first."""

    exit_code = 2

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = tuple(problems)


class UsageError(WatcherError):
    """The command names something that is not there."""

    exit_code = 2


class LockedError(WatcherError):
    """Another instance works on this database."""

    exit_code = 3


class StoreError(WatcherError):
    """The database refused; nothing of the running transaction was kept."""


class StoreBusyError(StoreError):
    """Another process held the database for longer than we wait."""


class StoreUnusableError(StoreError):
    """The file is damaged, no database of ours, or written by a newer version."""

    exit_code = 4


class DeliveryError(WatcherError):
    """A channel refused a message. `permanent`: trying again will not help."""

    def __init__(self, message: str, *, permanent: bool, code: int | None = None) -> None:
        super().__init__(message)
        self.permanent = permanent
        self.code = code
