"""The word lists of data/figures.toml, ready to be put into patterns. Holds no rule of its own."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any


def listed(table: str, key: str) -> tuple[str, ...]:
    """The words of one list, in its order."""
    return tuple(str(_tables()[table][key]).split())


def by_word(table: str) -> Mapping[str, str]:
    """A table of lists turned round: each word with the key it stands under."""
    return {word: key for key, words in _tables()[table].items() for word in words.split()}


def pairs(table: str) -> Mapping[str, str]:
    """A table of single values."""
    return dict(_tables()[table])


def one_of(words: Iterable[str]) -> str:
    """A pattern for any of the words; where several fit, the longest."""
    longest_first = sorted(words, key=lambda word: (-len(word), word))
    return f"(?:{'|'.join(map(re.escape, longest_first))})"


def guarded(words: Iterable[str], *, not_after: str = "", not_before: str = "") -> str:
    """A pattern for any of the words, longest first, none beside a letter that the tables keep it from."""
    after, before = pairs(not_after) if not_after else {}, pairs(not_before) if not_before else {}
    guarded = (
        (f"(?<![{after[word]}])" if word in after else "")
        + re.escape(word)
        + (f"(?![{before[word]}])" if word in before else "")
        for word in sorted(words, key=lambda word: (-len(word), word))
    )
    return f"(?:{'|'.join(guarded)})"


def word(table: str, key: str) -> str:
    """A pattern for any word of a list."""
    return one_of(listed(table, key))


def pattern(table: str, key: str) -> str:
    """A pattern for any of a list of patterns, in their order."""
    return f"(?:{'|'.join(_tables()[table][key])})"


@cache
def _tables() -> Mapping[str, Mapping[str, Any]]:
    return tomllib.loads(files("watcher.tag").joinpath("data", "figures.toml").read_text("utf-8"))
