"""Reads a user's own tests of the rules: texts, and what must and must not be said of them.

Checks shapes and names; whether an expectation holds is asked of `watcher.tag.expect`.
"""

from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from watcher.config.files import TomlFile, read_file
from watcher.config.validate import validated
from watcher.errors import ConfigError, Problem
from watcher.tag import Rules
from watcher.tag.expect import Expectation, unknown

Names = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """One text with what is expected of it; `line` is where it stands in its file."""

    name: str
    line: int | None
    title: str
    text: str
    expected: Expectation


def read_cases(path: Path, rules: Rules) -> list[Case]:
    """The `[[case]]` tables of a file. Raises ConfigError with everything wrong in it."""
    problems: list[Problem] = []
    file = read_file(path, problems)
    tables = validated(_File, file, problems).case
    cases = [_case(file, at, table, problems) for at, table in enumerate(tables)]
    for at, case in enumerate(cases):
        for key, name in unknown(case.expected, rules):
            what = f'there is no "{name}"'
            problems.append(file.problem(("case", at, key), what, "write a topic's id, or a region's name"))
    if not cases and not problems:
        problems.append(Problem(path, "", "holds no [[case]]", "write one with text and, say, topics"))
    if problems:
        raise ConfigError(problems)
    return cases


class _Case(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str | None = None
    title: str = ""
    text: str | None = None
    file: str | None = None  # relative to the file of cases; plain text, its first line the title
    topics: Names = ()
    main: Names = ()
    no_topics: Names = ()
    regions: Names = ()
    primary: Names = ()
    dateline: Names = ()
    org: Names = ()
    implied: Names = ()
    no_regions: Names = ()
    organisations: Names = ()
    no_organisations: Names = ()


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    case: tuple[_Case, ...] = ()


def _case(file: TomlFile, at: int, table: _Case, problems: list[Problem]) -> Case:
    title, text = table.title, table.text or ""
    if (table.text is None) == (table.file is None):
        problems.append(file.problem(("case", at), "needs either text or file", ""))
    elif table.file is not None:
        try:
            read = (file.path.parent / table.file).read_text("utf-8-sig")
        except (OSError, UnicodeDecodeError):
            problems.append(file.problem(("case", at, "file"), f"{table.file} cannot be read as UTF-8", ""))
        else:
            first, _, rest = read.partition("\n")
            title, text = (title, read) if title else (first, rest)
    expected = Expectation(**table.model_dump(exclude={"name", "title", "text", "file"}))
    name = table.name or title or text.strip().split("\n")[0]
    return Case(name, file.line(("case", at)), title, text, expected)
