"""Puts together what goes over stored articles again: `retag` and `db reparse`.

Apart from `app`, which the parsers are not loaded for.
"""

from collections.abc import AsyncIterator, Iterator, Sequence

from watcher.app import House
from watcher.model import Source
from watcher.reparse import Reparsed, reparse
from watcher.retag import Portion, retag
from watcher.sandbox import Sandbox
from watcher.store import retagging


async def reparse_pass(house: House, wanted: Sequence[Source], *, dry_run: bool) -> AsyncIterator[Reparsed]:
    """Read what is kept of these sources again; a report for each."""
    async with Sandbox(house.config.book) as sandbox:
        async for done in reparse(house.db, wanted, sandbox.read, dry_run=dry_run):
            yield done


def items_to_retag(house: House, *, every: bool) -> list[int]:
    """The stored items that were tagged under other rules than the house's, or all of them."""
    return retagging.waiting(house.db, house.rules.hash, every=every)


def retag_pass(house: House, ids: Sequence[int], *, dry_run: bool) -> Iterator[Portion]:
    """Tag these items under the rules in force; a report for each portion."""
    by_id = {source.id: source for source in house.config.sources}
    return retag(house.db, ids, by_id, house.rules, house.config.timezone, dry_run=dry_run)
