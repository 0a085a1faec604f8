"""Named places in the program at which a test may have it die; anywhere else they do nothing.

`WATCHER_CRASH_AT=poll.saved` ends the process by SIGKILL when it first passes that place, `poll.saved:3`
at the third passage, `poll.saved:1:TERM` by SIGTERM. What must hold after each is in tests/torture.
"""

import os
import signal
from collections import Counter

_passed: Counter[str] = Counter()


def crashpoint(name: str) -> None:
    """Die here if the environment says so."""
    wanted = os.environ.get("WATCHER_CRASH_AT")
    if wanted is None:
        return
    place, passage, how = (*wanted.split(":"), "", "")[:3]
    if place != name:
        return
    _passed[name] += 1
    if _passed[name] == int(passage or 1):
        os.kill(os.getpid(), signal.SIGTERM if how == "TERM" else signal.SIGKILL)
