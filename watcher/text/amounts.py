"""Writes values and periods as people in the field do: `>18 万个`, `909.72 亿元`; `2021H1`, `2016-2020`."""

from collections.abc import Mapping
from datetime import date
from typing import Any

_SIGNS = {">": ">", "≥": "≥", "<": "<", "≈<": "近", "≈": "约"}
_SCALES = ((1e12, "万亿"), (1e8, "亿"), (1e4, "万"))


def amount(figure: Mapping[str, Any]) -> str:
    """Value, upper end, unit and exactness of a figure (`value`, `value_max`, `unit`, `approx`) in short."""
    value, top, unit = figure["value"], figure["value_max"], figure["unit"]
    scale, name = _scale(value if top is None else max(value, top), unit)
    numbers = "–".join(_number(number / scale) for number in (value, top) if number is not None)
    blank = "" if unit == "%" else " "
    return f"{_SIGNS.get(figure['approx'] or '', '')}{numbers}{blank}{name}{unit}".strip()


def spoken(first: date | None, last: date | None) -> str:
    """A period in short, both ends included: 2021, 2021H1, 2021Q1-Q3, 2021-04, 2021-04-12, 2016-2020.

    Without a first day it is "as of" the last (<=2022-10-01); without both it is empty.
    """
    if first is None or last is None:
        return f"<={last}" if last else ""
    if first == last:
        return str(first)
    if (first.month, first.day, last.month, last.day) == (1, 1, 12, 31):
        return str(first.year) if first.year == last.year else f"{first.year}-{last.year}"
    return _part_of_year(first, last) or f"{first}..{last}"


def _scale(value: float, unit: str) -> tuple[float, str]:
    """From 万 on; 万亿 only for what is round enough: 11.75 万亿, but 12903.41 亿."""
    if unit in ("%", "个百分点", "倍"):
        return 1.0, ""
    for factor, name in _SCALES:
        if value >= factor and _fits(value / factor):
            return factor, name
    return 1.0, ""


def _fits(number: float) -> bool:
    return abs(round(number, 2) - number) < 1e-9 * max(1.0, number)


def _number(number: float) -> str:
    return f"{number:,.6f}".rstrip("0").rstrip(".")


def _part_of_year(first: date, last: date) -> str | None:
    if first.year != last.year or first.day != 1 or last.day < 28:
        return None
    if first.month == last.month:
        return f"{first.year}-{first.month:02}"
    if (first.month, last.month) in ((1, 6), (7, 12)):
        return f"{first.year}H{last.month // 6}"
    if first.month % 3 == 1 and last.month % 3 == 0:
        one, other = first.month // 3 + 1, last.month // 3
        return f"{first.year}Q{one}" if one == other else f"{first.year}Q{one}-Q{other}"
    return f"{first.year}-{first.month:02}..{last.month:02}"
