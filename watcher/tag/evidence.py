"""Turns the spots where something was found into the words to show for it."""

from collections.abc import Iterable

from watcher.model.item import Evidence
from watcher.tag.layout import Where
from watcher.text.fold import Folded

Spot = tuple[int, int, Where]  # a span of the folded text, and the part of the text it stands in


def evidence(spots: Iterable[Spot], folded: Folded, original: str) -> tuple[Evidence, ...]:
    """Each wording once for each part of the text, as the original has it, with how often it stands there."""
    text = folded.text
    seen: dict[tuple[str, Where], list[int]] = {}
    for start, end, where in spots:
        key = text[start:end], where
        if key in seen:
            seen[key][2] += 1
        else:
            seen[key] = [start, end, 1]
    return tuple(
        Evidence(original[slice(*folded.origin(start, end))], where, count)
        for (_, where), (start, end, count) in seen.items()
    )
