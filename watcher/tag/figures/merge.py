"""Lets the mentions of a text complete each other, and makes one figure of those that state one fact."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from watcher.model.item import Figure

_COMMON = frozenset(float(number) for number in range(31))  # small numbers agree by chance


def settled(mentions: Sequence[Figure]) -> list[Figure]:
    """Gives a mention that names no period that of the one which says the same number with a period.

    A headline repeats what the text says in full: GDP突破120万亿元, and later 2022年，我国GDP突破120万亿元.
    """
    said: dict[tuple[object, ...], Figure] = {}
    for figure in mentions:
        if figure.period_from == "sentence" and figure.value not in _COMMON:
            said.setdefault(_number(figure), figure)
    return [_with_period(figure, said.get(_number(figure))) for figure in mentions]


def _with_period(figure: Figure, full: Figure | None) -> Figure:
    if full is None or figure.period_from == "sentence":
        return figure
    return replace(figure, period_start=full.period_start, period_end=full.period_end, period_from="text")


def _number(figure: Figure) -> tuple[object, ...]:
    return figure.value, figure.value_max, figure.unit, figure.kind


def merged(mentions: Iterable[Figure]) -> tuple[Figure, ...]:
    """One figure a fact, in the order of first mention; the surest mention speaks for all."""
    facts: dict[tuple[object, ...], Figure] = {}
    for figure in mentions:
        key = _fact(figure)
        facts[key] = _joined(facts[key], figure) if key in facts else figure
    return tuple(facts.values())


def _fact(figure: Figure) -> tuple[object, ...]:
    """What makes two figures the same: not their wording, nor where their parts were taken from."""
    return (
        figure.metric or figure.metric_raw,
        (figure.value, figure.value_max, figure.unit, figure.kind),
        figure.region_code or figure.organisation,
        (figure.period_start, figure.period_end),
    )


def _joined(one: Figure, other: Figure) -> Figure:
    best, more = (one, other) if one.confidence >= other.confidence else (other, one)
    return replace(best, quotes=tuple(dict.fromkeys((*best.quotes, *more.quotes))))
