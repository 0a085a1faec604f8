"""The patterns of a folder source: shell patterns name by name, `**` for any number of folders."""

import re
from collections.abc import Callable, Sequence
from fnmatch import translate

_Part = re.Pattern[str] | None  # None stands for `**`


def matcher(patterns: Sequence[str]) -> Callable[[str], bool]:
    """Returns a test for paths within the folder ("2022/a.md"). No pattern at all lets every file through."""
    if not patterns:
        return lambda _path: True
    read = [[_part(part) for part in pattern.removeprefix("./").split("/")] for pattern in patterns]
    return lambda path: any(_matches(parts, path.split("/")) for parts in read)


def _part(part: str) -> _Part:
    return None if part == "**" else re.compile(translate(part))


def _matches(parts: Sequence[_Part], names: Sequence[str]) -> bool:
    if not parts:
        return not names
    first, *rest = parts
    if first is None:
        return any(_matches(rest, names[skipped:]) for skipped in range(len(names) + 1))
    return bool(names) and first.match(names[0]) is not None and _matches(rest, names[1:])
