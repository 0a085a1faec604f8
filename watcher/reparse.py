"""The third use case: after a rule has improved, stored articles are read again from their raw documents.

Articles keep their ids, so that no digest carries them twice; nothing becomes a revision, since it is
our reading that changed and not the publisher's text. Only the source that brought an article may
rewrite it, as everywhere.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace

from sqlite_utils import Database

from watcher.dispatch import Read
from watcher.model import RawDocument, Reading, Source, TaggedItem
from watcher.store import raws, rereading, sources, stories
from watcher.store.open import snapshot, transaction
from watcher.store.rereading import Reread


@dataclass(frozen=True, slots=True)
class Reparsed:
    """What reading one source again came to."""

    source_id: str
    documents: int
    items: int  # read again and found in the store
    changed: tuple[Reread, ...]
    failed: tuple[str, ...]  # documents that cannot be read any more, and why


async def reparse(
    db: Database, wanted: Sequence[Source], read: Read, *, dry_run: bool
) -> AsyncIterator[Reparsed]:
    """Read what is kept of each source again, and write what comes out differently, a source at a time."""
    for given in wanted:
        # As the poll told its articles apart: by what it has learnt of their guids, if the config is silent.
        learnt = given.identity or sources.memory(db, given.id).identity
        source = replace(given, identity=learnt)
        newest: dict[str, TaggedItem] = {}
        failed: list[str] = []
        documents = 0
        for raw in raws.kept(db, source.id):
            documents += 1
            reading = await _again(db, raw, source, read)
            if isinstance(reading, Reading):
                newest.update({tagged.key: tagged for tagged in reading.items})
            else:
                failed.append(f"{raw.name}: {reading}")
        with snapshot(db) if dry_run else transaction(db):
            rereads = [rereading.reread(db, source.id, item, dry_run=dry_run) for item in newest.values()]
            found = [one for one in rereads if one is not None]
            changed = tuple(one for one in found if one.changes or one.note)
            if not dry_run:
                stories.regroup(db, {one.item_id for one in changed if one.changes})
        yield Reparsed(source.id, documents, len(found), changed, tuple(failed))


async def _again(db: Database, raw: RawDocument, source: Source, read: Read) -> Reading | str:
    """One document; of a source with full text a second time, with the pages its entries name."""
    (reading,) = await read([raw], source)
    if not isinstance(reading, Reading):
        return reading.message
    urls = [tagged.item.url for tagged in reading.items if tagged.item.url]
    pages = raws.pages(db, source.id, urls) if source.fulltext else ()
    if not pages:
        return reading
    (fuller,) = await read([replace(raw, pages=pages)], source)
    return fuller if isinstance(fuller, Reading) else reading
