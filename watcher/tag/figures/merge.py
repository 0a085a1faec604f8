"""Makes one figure of all sentences of a text that state the same fact, and keeps every sentence."""

from collections.abc import Iterable
from dataclasses import replace

from watcher.model.item import Figure


def merged(mentions: Iterable[Figure]) -> tuple[Figure, ...]:
    """One figure a fact, in the order of first mention; the surest mention speaks for all."""
    facts: dict[tuple[object, ...], Figure] = {}
    for figure in mentions:
        key = _fact(figure)
        facts[key] = _joined(facts[key], figure) if key in facts else figure
    return tuple(facts.values())


def _fact(figure: Figure) -> tuple[object, ...]:
    """What makes two figures the same: all but wording, where things were taken from, and how sure they are."""
    return (
        figure.metric or figure.metric_raw,
        (figure.value, figure.value_max, figure.unit, figure.kind),
        figure.region_code or figure.organisation,
        (figure.period_start, figure.period_end),
    )


def _joined(one: Figure, other: Figure) -> Figure:
    best, more = (one, other) if one.confidence >= other.confidence else (other, one)
    return replace(best, quotes=tuple(dict.fromkeys((*best.quotes, *more.quotes))))
