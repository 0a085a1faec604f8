"""How long to stay away from a source that fails: a table of first waits, doubled up to a day.

Nothing is ever given up: a dead feed is asked once a day, one that is gone (410) once a week.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from watcher.model import FetchError, Outcome

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LONGEST_BACKOFF = DAY
GONE_AFTER = DAY  # 410s at least this far apart mean it; one alone may be a slip of the server's
GONE_PROBE = timedelta(days=7)
RETRY_AFTER_CAP = timedelta(days=31)

# Most failures pass by themselves within hours. These wait for a human being on one side or the other.
_FIRST_WAIT = {
    "refused": 6 * HOUR,
    "redirects": 2 * HOUR,
    "tls": 2 * HOUR,
    "too_big": 6 * HOUR,
    401: 2 * HOUR,
    403: 2 * HOUR,
    404: 2 * HOUR,
}
_NETWORK_KINDS = frozenset({"dns", "connect", "timeout"})


def backoff(error: FetchError, failures: int, jitter: float) -> timedelta:
    """Returns the wait after the `failures`-th failure in a row (from 1), at most a day.

    `jitter` in 0..1 adds up to a tenth, but not beyond the day: waits never shrink as failures mount.
    """
    first = _FIRST_WAIT.get(error.status or error.kind, HOUR)
    doubled = first * (1 << min(failures - 1, 10))
    return min(doubled * (1 + jitter / 10), LONGEST_BACKOFF)


def gone_for_good(gone_since: datetime, now: datetime) -> bool:
    """Tells if the 410s that began at `gone_since` have lasted."""
    return now - gone_since >= GONE_AFTER


def host_pause(outcome: Outcome, now: datetime) -> datetime | None:
    """Returns until when the whole host should rest: a public one that said 429 (RFC 6585, 4).

    A private host is our own RSSHub: there 429 comes from the one site behind the one route.
    """
    if not isinstance(outcome, FetchError) or outcome.status != 429:
        return None
    if outcome.response is not None and outcome.response.private:
        return None
    return now + max(HOUR, min(outcome.retry_after or HOUR, RETRY_AFTER_CAP))


def is_network_failure(outcome: Outcome) -> bool:
    """Tells if nobody answered at all: it may be the host, or our own line."""
    return isinstance(outcome, FetchError) and outcome.kind in _NETWORK_KINDS and outcome.response is None


def own_network_down(outcomes: Iterable[tuple[str, Outcome]]) -> bool:
    """Tells from (host, outcome) of a pass if our own network is the culprit: nobody could be reached.

    One or two hosts may well be down together; three that all fail before a first byte are our line.
    """
    hosts = set()
    for host, outcome in outcomes:
        if not is_network_failure(outcome):
            return False
        hosts.add(host)
    return len(hosts) >= 3
