"""Which stored items a text is like: an index of marks, and the links found through it.

The index holds, for each mark, the items that have it; equality is decided on the texts themselves.
It must be taken out with the very text it was put in with. All happens in the caller's transaction.
"""

import json
from collections.abc import Iterator, Sequence
from heapq import nsmallest
from typing import Any

from sqlite_utils import Database

from watcher.dedupe.alike import Likeness, alike
from watcher.dedupe.wording import MARK_BITS, Wording, marks, usual_marks, wording

HOLDERS = 64  # items of one mark that are looked at: stock phrases stand in thousands
CANDIDATES = 24  # items compared at most, those that share the rarest marks first
A_FEW = 0.08  # of the marks of the shorter text: with fewer in common the texts are not compared
SETTLE_EVERY = 2048  # items
STRETCHES = 32  # of the values of marks, one of which is settled at a time

# A query a mark would cost three times as much as this one, which gives each mark's items as "3,17,20".
_HOLDERS = (
    "SELECT (SELECT group_concat(item_id) FROM (SELECT item_id FROM story_marks"
    f" WHERE settled IN (0, 1, 2) AND mark = wanted.value LIMIT {HOLDERS})) FROM json_each(?) AS wanted"
)

_LENGTHS = "SELECT id, length(text) FROM items WHERE id IN (SELECT value FROM json_each(?))"
_TEXT = "SELECT title, text FROM items WHERE id = ?"


def add(db: Database, item_id: int, title: str, text: str) -> None:
    """Index an item, compare it with those that share its marks, and note how they are alike."""
    mine = wording(title, text)
    if not mine.tells_enough:
        return
    sample = sorted(marks(mine))
    found = list(_worth_comparing(db, candidates(db, sample), len(sample)))
    db.execute(
        "INSERT OR IGNORE INTO story_marks (settled, mark, item_id) SELECT 0, value, ? FROM json_each(?)",
        [item_id, json.dumps(sample)],
    )
    for other_id, other in found:
        likeness = alike(mine, other)
        if likeness is not None:
            _note(db, (item_id, mine), (other_id, other), likeness)
    if item_id % SETTLE_EVERY == 0:
        _settle(db, item_id)


def remove(db: Database, item_id: int, title: str, text: str) -> None:
    """Take an item out of the index, with its links; title and text must be those it was added with."""
    db.conn.executemany(
        "DELETE FROM story_marks WHERE settled IN (0, 1, 2) AND mark = ? AND item_id = ?",
        [(mark, item_id) for mark in marks(wording(title, text))],
    )
    db.execute("DELETE FROM story_links WHERE short_id = ?", [item_id])
    db.execute("DELETE FROM story_links WHERE long_id = ?", [item_id])


def candidates(db: Database, sample: Sequence[int]) -> list[tuple[int, int]]:
    """(item, how many of these marks it has), those first whose marks few others have."""
    shared: dict[str, int] = {}
    weight: dict[str, float] = {}
    for (holders,) in db.execute(_HOLDERS, [json.dumps(sample)]).fetchall():
        if holders is None:
            continue
        ids = holders.split(",")
        for item_id in ids:
            shared[item_id] = shared.get(item_id, 0) + 1
            weight[item_id] = weight.get(item_id, 0.0) + 1 / len(ids)
    best = nsmallest(CANDIDATES, weight, key=lambda item_id: (-weight[item_id], int(item_id)))
    return [(int(item_id), shared[item_id]) for item_id in best]


def links(db: Database, item_id: int) -> list[dict[str, Any]]:
    """The items that this one was found to be like, or is kept apart from, nearest first."""
    return list(
        db.query(
            "SELECT items.id, title, outlet, published_at, story_id, kind, containment, jaccard, why"
            " FROM (SELECT long_id AS id, * FROM story_links WHERE short_id = :id"
            " UNION ALL SELECT short_id AS id, * FROM story_links WHERE long_id = :id) AS found"
            " JOIN items ON items.id = found.id ORDER BY containment DESC, jaccard DESC, items.id",
            {"id": item_id},
        )
    )


def _worth_comparing(
    db: Database, found: Sequence[tuple[int, int]], size: int
) -> Iterator[tuple[int, Wording]]:
    # One statement for all lengths: a query each cost more than everything else that is done here.
    ids = json.dumps([item_id for item_id, _ in found])
    lengths = dict(db.execute(_LENGTHS, [ids]).fetchall())
    for item_id, shared in found:
        if shared >= A_FEW * min(size, usual_marks(lengths[item_id])):
            yield item_id, wording(*db.execute(_TEXT, [item_id]).fetchone())


def _note(db: Database, one: tuple[int, Wording], other: tuple[int, Wording], likeness: Likeness) -> None:
    (short_id, _), (long_id, _) = sorted((one, other), key=lambda item: item[1].size)
    db.execute(
        "INSERT OR REPLACE INTO story_links (short_id, long_id, kind, containment, jaccard, why)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        [
            short_id,
            long_id,
            likeness.kind,
            round(likeness.containment, 4),
            round(likeness.jaccard, 4),
            likeness.why,
        ],
    )


# `settled` of a mark: each begins as fresh, waits among those of some 65,000 items, and is settled for good.
_FRESH, _SETTLED, _WAITING = 0, 1, 2


def _settle(db: Database, item_id: int) -> None:
    # Marks are spread evenly: put into the big tree one item at a time, or even 2,048, each would write a
    # page of its own. So they wait in a smaller one, and of these one stretch at a time is moved over, in
    # order: it meets a 32nd part of the big tree's pages.
    width = (1 << MARK_BITS) // STRETCHES
    first = item_id // SETTLE_EVERY % STRETCHES * width
    _move(db, _FRESH, _WAITING, (0, 1 << MARK_BITS))
    _move(db, _WAITING, _SETTLED, (first, first + width))


def _move(db: Database, source: int, target: int, stretch: tuple[int, int]) -> None:
    where = "WHERE settled = ? AND mark >= ? AND mark < ?"
    db.execute(
        "INSERT OR IGNORE INTO story_marks (settled, mark, item_id)"
        f" SELECT ?, mark, item_id FROM story_marks {where} ORDER BY mark, item_id",
        [target, source, *stretch],
    )
    db.execute(f"DELETE FROM story_marks {where}", [source, *stretch])
