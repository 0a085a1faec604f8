"""Each article once: what an entry's identity is, what its content is, and what has changed."""

from watcher.dedupe.fingerprint import content_hash
from watcher.dedupe.identity import OF_PAGE, fallback, identities, identity
from watcher.dedupe.judge import judge

__all__ = ["OF_PAGE", "content_hash", "fallback", "identities", "identity", "judge"]
