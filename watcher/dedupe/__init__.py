"""Each article once: what an entry's identity is, what its content is, and what has changed."""

from watcher.dedupe.fingerprint import content_hash
from watcher.dedupe.identity import OF_PAGE, fallback, identities, identity
from watcher.dedupe.judge import judge
from watcher.dedupe.seen import fingerprints, reads_alike_later, unseen

__all__ = [
    "OF_PAGE",
    "content_hash",
    "fallback",
    "fingerprints",
    "identities",
    "identity",
    "judge",
    "reads_alike_later",
    "unseen",
]
