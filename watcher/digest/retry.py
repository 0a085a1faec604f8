"""When a refused delivery is tried again. Decides only; the outbox keeps the answer."""

from datetime import datetime, timedelta

_FIRST = timedelta(minutes=5)
_LONGEST = timedelta(seconds=4_000)
_GIVE_UP = timedelta(days=5)


def next_try(attempts: int, created_at: datetime, now: datetime) -> datetime | None:
    """The next time after `attempts` refusals that may pass (SMTP 4xx, a full disk), or None to give up.

    5 minutes, doubling to 4,000 seconds, for 5 days from `created_at`: Postfix's defaults for its queue,
    and RFC 5321 section 4.5.4.1, which asks for at least 4 to 5 days.
    """
    if now - created_at >= _GIVE_UP:
        return None
    factor: int = 2 ** min(max(attempts, 1) - 1, 10)
    return now + min(_FIRST * factor, _LONGEST)
