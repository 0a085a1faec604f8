"""Lets a store grow in bulk up to a size, telling how far it is.

Runs in a process of its own, so that it leaves nothing in the memory of the process that saves.
"""

import time
from pathlib import Path

from bench.growth.keeping import opened

STRETCH = 25_000  # items between two lines


def fill(path: Path, upto: int) -> float:
    """Fill a store in bulk until it holds so many items; the seconds of processor time."""
    keeping = opened(path)
    keeping.skip()
    keeping.db.execute("PRAGMA synchronous = OFF")
    keeping.db.execute("PRAGMA cache_size = -65536")
    begun, first = time.process_time(), keeping.stored
    for each in (*range(first + STRETCH, upto, STRETCH), upto):
        keeping.fill(each)
        spent = time.process_time() - begun
        left = spent * (upto - each) / ((each - first) or 1)
        print(f"  {each:>9,} of {upto:,} filled in, {spent:,.0f} s; about {left:,.0f} s to go", flush=True)
    keeping.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # the next poll has no arrears to pay
    keeping.db.close()
    return time.process_time() - begun
