"""Reads the TOML files of a config directory and lays the environment over them.

Says what cannot be read as Problems; what the values mean is checked elsewhere.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from watcher.config.lines import line_of
from watcher.errors import Problem

FILES = ("watcher", "sources", "topics", "regions", "metrics", "digests")
PREFIX = "WATCHER_"
OUR_OWN = {"WATCHER_CONFIG", "WATCHER_CRASH_AT"}  # variables that are no keys
SECRET_PREFIX = "WATCHER_SECRET__"  # noqa: S105  (where secrets stand, not one)

_MAIN_TABLES = {"watcher", "http", "smtp", "service", "retention", "scale"}


@dataclass(frozen=True, slots=True)
class TomlFile:
    """One file: its tables, and its text to find lines in. `overridden` are keys set from outside."""

    path: Path
    text: str = ""
    tables: dict[str, Any] = field(default_factory=dict)
    overridden: tuple[tuple[tuple[str | int, ...], str], ...] = ()  # (place, variable)

    def line(self, place: tuple[str | int, ...]) -> int | None:
        """The line on which the key at `place` stands, from 1."""
        return line_of(self.text, place)

    def problem(self, place: tuple[str | int, ...], what: str, instead: str = "") -> Problem:
        """A Problem that names the line of the key at `place`, or the variable that set it."""
        for overridden, variable in self.overridden:
            if place[: len(overridden)] == overridden:
                return Problem(self.path, f"environment variable {variable}", what, instead)
        line = self.line(place)
        key = _spell(place)
        where = f"line {line}" if line else ""
        return Problem(self.path, f"{where} ({key})" if where and key else where or key, what, instead)


def read_files(directory: Path) -> tuple[dict[str, TomlFile], list[Problem]]:
    """All files by stem; one that is missing counts as empty."""
    files: dict[str, TomlFile] = {}
    problems: list[Problem] = []
    for stem in FILES:
        path = directory / f"{stem}.toml"
        files[stem] = read_file(path, problems) if _is_there(path) else TomlFile(path)
    return files, problems


def _is_there(path: Path) -> bool:
    """Whether a file stands there; one that we may not look at does, and reading it says why not."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True
    return True


def read_file(path: Path, problems: list[Problem]) -> TomlFile:
    """One file; what is wrong with it is added to the problems, and it then counts as empty."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
        return TomlFile(path, text, tomllib.loads(text))
    except UnicodeDecodeError:
        problems.append(Problem(path, "", "is not UTF-8", "save it as UTF-8"))
    except tomllib.TOMLDecodeError as error:
        problems.append(_syntax_problem(path, str(error)))
    except OSError as error:
        problems.append(Problem(path, "", f"cannot be read: {error.strerror}"))
    return TomlFile(path)


def overlay(files: dict[str, TomlFile], env: Mapping[str, str]) -> list[Problem]:
    """Set keys from `WATCHER_SMTP__HOST=…` and the like, in place; problems are names that fit no key.

    `WATCHER_<TABLE>__<KEY>` is watcher.toml's, `WATCHER_DEFAULTS__<KEY>` and
    `WATCHER_SOURCE__<ID>__<KEY>` are sources.toml's, `WATCHER_DIGEST__<ID>__<KEY>` is digests.toml's,
    and `WATCHER_<KEY>` is short for a key of [watcher].
    """
    problems: list[Problem] = []
    for variable, raw in sorted(env.items()):
        if not variable.startswith(PREFIX) or variable in OUR_OWN or variable.startswith(SECRET_PREFIX):
            continue
        parts = variable.removeprefix(PREFIX).lower().split("__")
        target = _target(files, parts)
        if target is None:
            problems.append(
                Problem(
                    files["watcher"].path,
                    f"environment variable {variable}",
                    "names no key",
                    "write WATCHER_SMTP__HOST for host in [smtp]",
                )
            )
            continue
        stem, place = target
        _set(files[stem].tables, place, _value(raw))
        old = files[stem]
        files[stem] = TomlFile(old.path, old.text, old.tables, (*old.overridden, (place, variable)))
    return problems


def _target(files: Mapping[str, TomlFile], parts: list[str]) -> tuple[str, tuple[str | int, ...]] | None:
    match parts:
        case [key]:
            return "watcher", ("watcher", key)
        case [table, key] if table in _MAIN_TABLES:
            return "watcher", (table, key)
        case ["defaults", key]:
            return "sources", ("defaults", key)
        case ["source" | "digest" as table, wanted, key]:
            stem = f"{table}s"
            for at, entry in enumerate(files[stem].tables.get(table, [])):
                if re.sub(r"\W", "_", str(entry.get("id", ""))).lower() == wanted:
                    return stem, (table, at, key)
    return None


def _set(tables: dict[str, Any], place: tuple[str | int, ...], value: object) -> None:
    here: Any = tables
    for part in place[:-1]:
        here = here[part] if isinstance(part, int) else here.setdefault(part, {})
    here[place[-1]] = value


def _value(raw: str) -> object:
    try:
        return tomllib.loads(f"value = {raw}")["value"]
    except tomllib.TOMLDecodeError:
        return raw  # a bare word is a string: WATCHER_SMTP__HOST=smtp.example.org


def _syntax_problem(path: Path, message: str) -> Problem:
    line = re.search(r"\(at line (\d+), column (\d+)\)", message)
    where = f"line {line[1]}, column {line[2]}" if line else ""
    return Problem(path, where, f"is not TOML: {re.sub(r' *[(]at .*[)]', '', message)}")


def _spell(place: tuple[str | int, ...]) -> str:
    return "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in place).lstrip(".")
