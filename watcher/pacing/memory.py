"""What is kept of an answer for the next request: validators, the address, the hints.

Only a copy that parsed as a feed teaches anything; an error page's ETag is worth nothing.
"""

from dataclasses import replace

from watcher.model import FeedHints, Fetched, NotModified, PollMemory, Response, Source
from watcher.pacing.freshness import hints_to_json

MOVED_AFTER = 3  # identical, all-permanent redirects to a feed before its address is believed
_LONGEST_VALIDATOR = 2048


def recall(source: Source, memory: PollMemory) -> PollMemory:
    """Returns the memory as far as it holds for the source's present address.

    A user who corrects a URL must not have the old one's ETag sent to it, nor its back-off inherited;
    when the feed last brought something stays true.
    """
    if memory.location == source.location:
        return memory
    if memory.location is None:
        return replace(memory, location=source.location)
    return PollMemory(
        location=source.location,
        first_success_at=memory.first_success_at,
        last_success_at=memory.last_success_at,
        last_new_item_at=memory.last_new_item_at,
        recent_new=memory.recent_new,
    )


def validators(memory: PollMemory, outcome: Fetched | NotModified) -> PollMemory:
    """Returns the memory with the validators and body hash that the next request should build on.

    A 200 replaces them all, absent ones included; a 304 only those it carries (RFC 9111, 4.3.4).
    A mirror's are its own: sending them to the first address could earn a 304 for another text.
    """
    response = outcome.response
    if response is None:
        return memory
    if isinstance(outcome, Fetched):
        memory = replace(memory, body_hash=outcome.body_hash)
    if response.mirror:
        return replace(memory, etag=None, last_modified=None)
    etag, last_modified = _validator(response, "etag"), _validator(response, "last-modified")
    if response.status == 304:
        etag, last_modified = etag or memory.etag, last_modified or memory.last_modified
    if (etag, last_modified) == (memory.etag, memory.last_modified):
        return memory
    return replace(memory, etag=etag, last_modified=last_modified)


def address(source: Source, memory: PollMemory, response: Response | None) -> tuple[PollMemory, str | None]:
    """Follows a moved feed: returns the memory, and an event when its address changes.

    A captive portal or a lapsed domain redirects permanently too: hence three times the same, and
    only where a feed stood at the end. From https we never move to http.
    """
    if response is None or response.mirror:
        return memory, None
    target = response.permanent_url
    here = memory.url or source.location
    if target is None or target == here or (here.startswith("https:") and not target.startswith("https:")):
        if memory.moved_to is None:
            return memory, None
        return replace(memory, moved_to=None, moved_times=0), None
    times = memory.moved_times + 1 if target == memory.moved_to else 1
    if times < MOVED_AFTER:
        return replace(memory, moved_to=target, moved_times=times), None
    url = None if target == source.location else target
    return replace(memory, url=url, moved_to=None, moved_times=0), f"moved to {target}"


def hints_of(memory: PollMemory, hints: FeedHints | None) -> PollMemory:
    """Returns the memory with a new body's hints; without a body the old ones go on."""
    return memory if hints is None else replace(memory, hints=hints_to_json(hints))


def _validator(response: Response, name: str) -> str | None:
    value = response.header(name)
    return value if value and len(value) <= _LONGEST_VALIDATOR else None
