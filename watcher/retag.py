"""Applies changed rules to stored items: reads a portion, judges it, writes it, beside a running service.

The judging happens outside of any transaction, so that a poll never waits for it; an item whose text
changes meanwhile was tagged under the new rules by whoever changed it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlite_utils import Database

from watcher.model import Figure, Source, Tags
from watcher.pipeline import judge_text
from watcher.store import retagging
from watcher.store.open import snapshot, transaction
from watcher.store.retagging import Held, Kept
from watcher.tag import Rules

PORTION = 300  # items a transaction


@dataclass(frozen=True, slots=True)
class Turn:
    """One topic or region that one item gained, lost, or has in another role."""

    item_id: int
    kind: str  # "topic" or "region"
    name: str  # its id or code
    before: str | None  # role
    after: str | None
    words: tuple[str, ...]  # that earn it now, or did


@dataclass(frozen=True, slots=True)
class Portion:
    """What became of some hundred items."""

    items: int
    turns: tuple[Turn, ...]


def retag(
    db: Database,
    ids: Sequence[int],
    sources: Mapping[str, Source],
    rules: Rules,
    timezone: ZoneInfo,
    *,
    dry_run: bool,
) -> Iterator[Portion]:
    """Tag these items anew, a portion after another; with `dry_run` only say what would change."""
    stranger = Source("", "folder", "", "", timezone)  # of a source that has left the config
    for start in range(0, len(ids), PORTION):
        with snapshot(db):
            kept = retagging.read(db, ids[start : start + PORTION])
            held = retagging.held(db, [one.id for one in kept])
        judged = [
            (
                one,
                judge_text(
                    one.title, one.text, one.published_at, sources.get(one.source_id or "", stranger), rules
                ),
            )
            for one in kept
        ]
        done = judged if dry_run else _written(db, judged)
        turns = (turn for one, (tags, _) in done for turn in turns_of(one.id, held[one.id], tags))
        yield Portion(len(done), tuple(turns))


def turns_of(item_id: int, held: Held, tags: Tags) -> Iterator[Turn]:
    """The differences between what an item was tagged with and what it is now."""
    now: Held = {("topic", t.topic_id): (t.role, tuple(e.term for e in t.evidence)) for t in tags.topics}
    for tag in tags.regions:
        if tag.role != "implied":
            now["region", tag.region_code] = tag.role, tuple(e.term for e in tag.evidence)
    for kind, name in held.keys() | now.keys():
        before, were = held.get((kind, name), (None, ()))
        after, are = now.get((kind, name), (None, ()))
        if before != after:
            yield Turn(item_id, kind, name, before, after, tuple(dict.fromkeys(are or were)))


_Judged = list[tuple[Kept, tuple[Tags, tuple[Figure, ...]]]]


def _written(db: Database, judged: _Judged) -> _Judged:
    with transaction(db):
        return [(one, said) for one, said in judged if retagging.rewrite(db, one, *said)]
