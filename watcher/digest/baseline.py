"""How much news is usual, from earlier periods of the same length, and what stands out against it.

Counts and compares; what is counted is its caller's choice. Median and MAD, since one fair with forty
reports must not make the next one look ordinary (Leys et al. 2013, doi:10.1016/j.jesp.2013.03.013).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from watcher.model import StoredItem

FEWEST = 5  # periods; from fewer nobody can tell what is usual
MOST = 28  # periods: four weeks of days
_REACH = timedelta(weeks=8)  # but as many weeks of weeks
_SMALLEST_SPIKE = 3  # stories; two are no wave, however quiet it was
_DEVIATIONS = 3.0
_MAD_TO_SIGMA = 1.4826  # for a normal distribution
_QUIETEST = 0.7  # the least scatter: after weeks of nothing one story is still no news about the region


@dataclass(frozen=True, slots=True)
class Usual:
    """The usual level: the median, and the number above which a period is no longer usual."""

    level: float
    limit: float


def usual(counts: Sequence[int]) -> Usual | None:
    """The usual level after these counts of stories, one a period; None when they are too few to tell."""
    if len(counts) < FEWEST:
        return None
    level = median(counts)
    mad = median(abs(count - level) for count in counts)
    # Counts scatter by the root of their mean at least, even where weeks happened to be alike.
    scatter = max(_MAD_TO_SIGMA * mad, level**0.5, _QUIETEST)
    return Usual(level, level + _DEVIATIONS * scatter)


def is_spike(count: int, before: Usual | None) -> bool:
    """Whether so many stories stand out."""
    return before is not None and count >= _SMALLEST_SPIKE and count > before.limit


def reach(until: datetime, length: timedelta, known_from: datetime) -> datetime | None:
    """How far back to look before the period that ends at `until`; None when too little lies behind.

    The store began at `known_from`: a period before that seems empty and was not.
    """
    begin = until - length
    wanted = min(MOST, max(_REACH // length, FEWEST + 3))
    known = max((begin - known_from) // length, 0)
    return begin - length * min(wanted, known) if known >= FEWEST else None


def periods(
    items: Iterable[StoredItem], first: datetime, until: datetime, length: timedelta
) -> list[list[StoredItem]]:
    """The items by the period they were published in, oldest first, from `first` to `until`."""
    found: list[list[StoredItem]] = [[] for _ in range((until - first) // length)]
    for item in items:
        at = (item.published_at or item.first_seen_at) - first
        if timedelta() <= at and at // length < len(found):
            found[at // length].append(item)
    return found
