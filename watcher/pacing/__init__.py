"""When to come back to a source, and what to remember of the answer: decides, never fetches.

All of it is a pure function of what we remember, what came back and `now`; `jitter` is handed in.
Policy and numbers: the polling checklist in docs; RFC 9110 and 9111 where they have a rule.
"""

from watcher.pacing.decide import FLOOR, before_poll, pace, put_off
from watcher.pacing.failures import host_pause, is_network_failure, own_network_down
from watcher.pacing.freshness import retry_after
from watcher.pacing.memory import recall

__all__ = [
    "FLOOR",
    "before_poll",
    "host_pause",
    "is_network_failure",
    "own_network_down",
    "pace",
    "put_off",
    "recall",
    "retry_after",
]
