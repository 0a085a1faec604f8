"""What can be counted or measured: one pattern for all units, and what kind of unit each is."""

import re

from watcher.tag.figures.words import listed, pairs

MONEY = frozenset(listed("units", "money"))
TIME = frozenset(listed("units", "time"))
SHORT_TIME = frozenset(listed("units", "short_time"))
NAMED = frozenset(listed("traps", "named_already"))
OF_THINGS = frozenset(listed("units", "of_things"))
_SAME = pairs("same")


def usual(unit: str) -> str:
    """The unit's one spelling: 平米 is 平方米, 块钱 is 元, 成 is %."""
    return _SAME.get(unit, unit)


COUNTERS = frozenset(map(usual, listed("units", "counters")))


def _pattern(unit: str) -> str:
    """Latin units end where the word ends; a Chinese one is none where its letter begins another word."""
    escaped = re.escape(unit)
    if unit.isascii() and unit.isalpha():
        return rf"{escaped}(?![a-z0-9])"
    if unit == "度":
        return r"(?:度(?=[电是])|(?<=[万亿])度(?!假))"  # 3度电, 4000亿度, but not 360度
    if only := pairs("only_before").get(unit):
        return rf"{escaped}(?=[{only}])"
    if taken := pairs("not_before").get(unit):
        return rf"{escaped}(?!{_any_of(taken)})"
    return escaped


def _any_of(taken: str) -> str:
    """Letters, and behind a bar what only some words begin with: 庭乡|长(?!沙)."""
    letters, _, more = taken.partition("|")
    return "|".join(part for part in (letters and f"[{letters}]", more) if part)


_EVERY_UNIT = [
    unit for kind in ("money", "share", "counters", "measures", "time") for unit in listed("units", kind)
]
UNIT = "(?:" + "|".join(map(_pattern, sorted(_EVERY_UNIT, key=lambda unit: (-len(unit), unit)))) + ")"
