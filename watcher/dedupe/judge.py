"""What an incoming item means for the store: new, seen elsewhere, changed, the same, buried. Decides only."""

from watcher.dedupe.identity import OF_PAGE
from watcher.model import Attached, Buried, Changed, Known, New, Same, TaggedItem, Verdict


def judge(incoming: TaggedItem, known: Known) -> Verdict:
    """Weigh an item against what the store knows under its key and under its content.

    Only the source that brought an article first may change its text: otherwise two outlets that
    edit the same piece would make it flip at every poll. A text equal to another kept one is never
    stored twice: the sighting moves there.
    """
    if known.sighting_item is None:
        if known.content_item is None:
            return Buried() if known.is_buried else New(incoming)
        return Attached(incoming, known.content_item)
    given = incoming.seen_hash or incoming.content_hash
    if known.sighting_hash in {given, given + OF_PAGE}:
        return Same(known.sighting_item)
    if known.is_origin and known.content_item in {None, known.sighting_item}:
        return Changed(incoming, known.sighting_item)  # also back to an earlier text of its own
    if known.content_item is not None:
        return Attached(incoming, known.content_item)
    return Attached(incoming, known.sighting_item)
