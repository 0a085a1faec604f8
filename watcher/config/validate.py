"""Checks the tables against their shape and each other; everything wrong becomes a Problem with its line."""

from collections.abc import Mapping, Sequence
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from watcher.config import secrets
from watcher.config.files import TomlFile
from watcher.config.schema import DigestsFile, SourceTable
from watcher.errors import Problem
from watcher.model import RuleBook
from watcher.tag.rulebook import merge, read_metrics, read_regions, read_topics, shipped

Model = TypeVar("Model", bound=BaseModel)


def validated(model: type[Model], file: TomlFile, problems: list[Problem]) -> Model:
    """The file's tables as `model`; with problems (added to the list), the model's defaults."""
    try:
        return model.model_validate(file.tables)
    except ValidationError as error:
        problems += _problems(file, error)
        return model()


_RULES = {"topics": read_topics, "regions": read_regions, "metrics": read_metrics}


def rule_book(files: Mapping[str, TomlFile], problems: list[Problem]) -> RuleBook:
    """The shipped rules with the user's added."""
    book = shipped()
    for stem, read in _RULES.items():
        file = files[stem]
        try:
            book = merge(book, read(file.tables, file.path.name))
        except ValidationError as error:
            problems += _problems(file, error)
    return book


def repeated(file: TomlFile, table: str, key: str, values: Sequence[str | None]) -> list[Problem]:
    """One problem for each value that an earlier entry of the table has already."""
    first: dict[str, int] = {}
    problems: list[Problem] = []
    for at, value in enumerate(values):
        if value is None:
            continue
        if value in first:
            what = f'{key} "{value}" stands already in {table} number {first[value] + 1}'
            problems.append(file.problem((table, at, key), what, "remove or rename one"))
        else:
            first[value] = at
    return problems


def secrets_of(
    file: TomlFile, sources: Sequence[SourceTable], env: Mapping[str, str], problems: list[Problem]
) -> dict[str, str]:
    """The secrets that enabled sources ask for, by name; one that nothing provides is a problem."""
    found: dict[str, str] = {}
    for at, source in enumerate(sources):
        texts = [source.url or "", *source.mirrors, *source.headers.values()] if source.enabled else []
        for name in secrets.names_in(texts):
            value = secrets.find(name, env)
            if value is None:
                what = f"the secret {name} is not there"
                problems.append(file.problem(("source", at), what, secrets.advice(name)))
            else:
                found[name] = value
    return found


def push_secrets(
    file: TomlFile, digests: DigestsFile, env: Mapping[str, str], problems: list[Problem]
) -> dict[str, str]:
    """The secrets that push addresses ask for, by name; one that nothing provides is a problem."""
    found: dict[str, str] = {}
    for kind, tables in (("digest", digests.digest), ("alert", digests.alert)):
        for at, table in enumerate(tables):
            for name in secrets.names_in(way.url or "" for way in table.deliver):
                value = secrets.find(name, env)
                if value is None:
                    what = f"the secret {name} is not there"
                    problems.append(file.problem((kind, at, "deliver"), what, secrets.advice(name)))
                else:
                    found[name] = value
    return found


def forbidden_secrets(file: TomlFile) -> list[Problem]:
    """A password that stands in the TOML itself."""
    overridden = {place for place, _ in file.overridden}
    smtp = file.tables.get("smtp", {})
    if isinstance(smtp, dict) and "password" in smtp and ("smtp", "password") not in overridden:
        return [
            file.problem(
                ("smtp", "password"),
                "a password does not belong in this file",
                "set WATCHER_SMTP__PASSWORD, or password_file, or a systemd credential smtp-password",
            )
        ]
    return []


def _problems(file: TomlFile, error: ValidationError) -> list[Problem]:
    found: list[Problem] = []
    for fault in error.errors(include_url=False):
        place = tuple(part for part in fault["loc"] if part not in {"after", "before"})
        found.append(file.problem(place, *_words(fault["type"], fault["msg"], fault.get("ctx", {}))))
    return found


def _words(kind: str, message: str, context: dict[str, object]) -> tuple[str, str]:
    """(what is wrong, what would be right), in the user's words rather than pydantic's."""
    match kind:
        case "extra_forbidden":
            return "no such key", "check its spelling against the documentation"
        case "missing":
            return "is missing", ""
        case "literal_error":
            return "is none of the values allowed", f"write {context.get('expected')}"
        case "value_error":
            what, _, instead = message.removeprefix("Value error, ").partition("; ")
            return (what, instead) if instead else ("is not right", what)
    return message[:1].lower() + message[1:], ""
