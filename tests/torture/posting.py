"""What a tortured child does when only digests are at stake: freeze what is due, empty the outbox, end."""

import os
from datetime import datetime
from pathlib import Path

from tests.torture.life import UNREACHED, at_home
from watcher import press


def post(home: Path, now: datetime, crash_at: str = "") -> None:
    """One pass of publishing at that time, told to die at a point; leaves with UNREACHED if it lived."""
    if crash_at:
        os.environ["WATCHER_CRASH_AT"] = crash_at
    with at_home(home, lambda: now) as house:
        press.put_out_due(house)
        for _ in press.deliver(house, "torture"):
            pass
    os._exit(UNREACHED if crash_at else 0)
