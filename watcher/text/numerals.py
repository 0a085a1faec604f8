"""Reads one numeral that was already cut out of a text: `909.72`, `12,903`, `四十一`, `1.3万亿`, `二百`.

Where a numeral begins and ends is decided elsewhere, and so is what it counts. Values are exact until the
last step: 909.72 亿 is 90972000000, not 90971999999.99998.
"""

import re
from decimal import Decimal

ARABIC = r"(?:\d{1,3}(?:,\d{3}){1,4}|\d{1,15})(?:\.\d{1,6})?"
# Begins with a digit of its own: the 百 of 百姓 and the 千 of 千兆 count nothing.
CHINESE = (
    r"[一二两三四五六七八九十][零〇一二两三四五六七八九十百千]{0,11}(?:点[零〇一二三四五六七八九]{1,4})?"
)
SCALE = r"(?:[十百千]?万亿|[十百千]?[万亿]|[百千](?![万亿米瓦克伏赫卡帕牛]))"
# What follows the scale of a compound: 两千万 in 三亿两千万, 2000多万 in 1亿2000多万, 5千 in 9万5千.
# (Of 3亿5千 nobody can say whether 万 was left out: it stays 3亿.)
REST = (
    rf"(?:(?<=亿)零?(?:{CHINESE}|\d{{1,4}}[千百]?)[余多]?万(?!亿)"
    r"|(?<=万)零?(?=[一二两三四五六七八九十\d]{1,4}[千百](?![瓦米克]|[多余]?万))"
    rf"(?:{CHINESE}|\d{{1,4}}[千百]))"
)

_DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
_TENS = {"十": 10, "百": 100, "千": 1000}
_SCALES = _TENS | {"万": 10**4, "亿": 10**8}
_BESIDE_DIGITS = re.compile(r"\A零|[余多]")
_SHAPE = re.compile(rf"(?P<number>{ARABIC}|{CHINESE})?(?P<scale>{SCALE})?(?P<rest>{REST})?")


def numeral(text: str) -> float | None:
    """The value of a numeral with its scale; a bare scale (`万亿`) is once itself; None for anything else."""
    shape = _SHAPE.fullmatch(text)
    if shape is None or not text:
        return None
    number, rest = shape["number"], shape["rest"]
    value = float((_plain(number) if number else Decimal(1)) * _scale(shape["scale"] or ""))
    return value + (numeral(_BESIDE_DIGITS.sub("", rest)) or 0) if rest else value


def _plain(number: str) -> Decimal:
    return (
        Decimal(number.replace(",", "")) if number[0].isdigit() and number[0].isascii() else _chinese(number)
    )


def _scale(characters: str) -> int:
    factor = 1
    for character in characters:
        factor *= _SCALES[character]
    return factor


def _chinese(number: str) -> Decimal:
    """四十一 by place value; 二〇二一 and 八三 digit by digit."""
    whole, _, behind = number.partition("点")
    if len(whole) > 1 and not set(whole) & set(_TENS):
        value = int("".join(str(_DIGITS[character]) for character in whole))
    else:
        value = _by_place(whole)
    digits = "".join(str(_DIGITS[character]) for character in behind)
    return Decimal(f"{value}.{digits}") if digits else Decimal(value)


def _by_place(whole: str) -> int:
    total, digit = 0, None
    for character in whole:
        if character in _TENS:
            total += (1 if digit is None else digit) * _TENS[character]
            digit = None
        else:
            digit = _DIGITS[character]
    return total + (digit or 0)
