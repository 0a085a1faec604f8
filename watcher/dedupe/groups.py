"""Which items tell one story, out of pairs that are alike, pairs that are not, and what the user said.

The same items, links and wishes give the same groups in whatever order they came: everything is
taken in the order of (published_at, content_hash), or of the links' strength. Groups what it is
given; finding it is the store's business.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from watcher.dedupe.alike import JOINS, Kind


@dataclass(frozen=True, slots=True)
class Member:
    """An item to be grouped; it stands before others by when it was published, then by its content."""

    id: int
    published_at: str  # as the store writes it: it sorts as text
    content_hash: str

    @property
    def place(self) -> tuple[str, str]:
        """Where it stands among others, whatever id it happened to get."""
        return self.published_at, self.content_hash


@dataclass(frozen=True, slots=True)
class Link:
    """Two items that were compared. `part` says that `short` is a part of the other."""

    short: int
    long: int
    kind: Kind
    jaccard: float


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the user said: items that stand alone, and pairs that belong together. It goes first."""

    alone: frozenset[int] = field(default=frozenset())
    together: tuple[tuple[int, int], ...] = ()


def groups(members: Iterable[Member], links: Collection[Link], wishes: Wishes) -> list[tuple[Member, ...]]:
    """The stories these items make, each in order of publication, those with the earliest item first.

    A pair that is `apart` is never in one story, even where a third item is like both.
    """
    ordered = sorted(members, key=lambda member: member.place)
    rank = {member.id: at for at, member in enumerate(ordered)}
    mine = {at: {at} for at in range(len(ordered))}  # place to the group it is in, one set for all of a group
    for one, other in wishes.together:
        if one in rank and other in rank:
            _join(mine, rank[one], rank[other])
    apart = defaultdict(set)
    for link in links:
        if link.kind == "apart" and link.short in rank and link.long in rank:
            apart[rank[link.short]].add(rank[link.long])
            apart[rank[link.long]].add(rank[link.short])
    for one, other in _strongest_first(links, rank, wishes):
        if mine[one].isdisjoint(set().union(*(apart[at] for at in mine[other]))):
            _join(mine, one, other)
    found = {min(group): group for group in mine.values()}
    return [tuple(ordered[at] for at in sorted(found[first])) for first in sorted(found)]


def _join(mine: dict[int, set[int]], one: int, other: int) -> None:
    both = mine[one] | mine[other]
    for at in both:
        mine[at] = both


def _strongest_first(
    links: Collection[Link], rank: Mapping[int, int], wishes: Wishes
) -> Sequence[tuple[int, int]]:
    roundups = _roundups(links)
    joins = []
    for link in links:
        known = link.short in rank and link.long in rank
        tells_many = link.kind == "part" and link.long in roundups
        if known and link.kind in JOINS and not tells_many and not wishes.alone & {link.short, link.long}:
            first, second = sorted((rank[link.short], rank[link.long]))
            joins.append((-round(link.jaccard, 6), first, second))
    return [(first, second) for _, first, second in sorted(joins)]


def _roundups(links: Collection[Link]) -> set[int]:
    """Items that hold two others, under other headlines, which have nothing to do with each other."""
    parts: dict[int, list[int]] = defaultdict(list)
    alike = set()
    for link in links:
        if link.kind == "part":
            parts[link.long].append(link.short)
        if link.kind in JOINS:
            alike |= {(link.short, link.long), (link.long, link.short)}
    return {
        whole
        for whole, held in parts.items()
        if any((one, other) not in alike for one in held for other in held if one != other)
    }
