"""The shapes of organisations' names, read from data/shapes.toml and made ready for matching.

Tables and patterns only; organisations.py applies them.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def suffixes() -> Mapping[str, tuple[str, ...]]:
    """Endings of names by kind of organisation."""
    return {kind: tuple(words.split()) for kind, words in tables()["suffix"].items()}


@cache
def not_before() -> Mapping[str, str]:
    """Characters that make another word of an ending: 大学 before 生 is 大学生."""
    return dict(tables()["not_before"])


@cache
def stop() -> re.Pattern[str]:
    """What a name does not reach back across."""
    table = tables()["stop"]
    outside = r"[^\u3400-\u9fffa-z0-9·()\-]"
    return re.compile(
        "|".join((outside, f"[{table['characters']}]", _any(table["words"]), *table["patterns"]))
    )


@cache
def nobody() -> re.Pattern[str]:
    """Bodies that are nobody's name, the empty one among them."""
    return re.compile(rf"(?:{_any(tables()['nobody']['words'])}|\d)*")


@cache
def context() -> re.Pattern[str]:
    """What shows, behind a name, that the organisation is meant and not the word."""
    return re.compile(_any(tables()["context"]["words"]))


def _any(words: str) -> str:
    return "|".join(_longest_first(words.split()))


def _longest_first(words: Iterable[str]) -> list[str]:
    return sorted(map(re.escape, words), key=len, reverse=True)


@cache
def tables() -> Mapping[str, Any]:
    """The file as it was read; part of what the rules' hash covers."""
    return tomllib.loads(files("watcher.tag").joinpath("data", "shapes.toml").read_text("utf-8"))
