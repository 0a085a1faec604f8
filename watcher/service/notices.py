"""What the operator hears of: each trouble once when it begins and once when it is over.

Readers' digests carry nothing of it. The log always has it; with `[service] operator` a mail as well,
one for all changes of a pass, since twenty sources of a host that is away are one thing to tell.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from watcher import app, press
from watcher.digest.mail import note
from watcher.errors import DeliveryError
from watcher.model import Parcel
from watcher.service.logs import event, warn
from watcher.store import care, notices, reports
from watcher.store.notices import Notice
from watcher.store.open import snapshot, transaction

WAL_TOO_LONG = 64 << 20  # bytes
DISK_TOO_FULL = 200 << 20  # bytes free
FAILS_FOR_GOOD = 3  # failures in a row: fewer are the weather
LATE = timedelta(hours=1)  # a source that is due for so long is not being asked


def look(house: app.House) -> dict[str, str]:
    """What is wrong now, by subject; sentences for the operator."""
    now = house.clock()
    with snapshot(house.db):
        rows = reports.troubled_sources(house.db, now - LATE)
        given_up = reports.given_up(house.db)
    troubles = {f"source {row['id']}": said for row in rows if (said := _source_trouble(row, now))}
    if given_up:
        troubles["mail"] = (
            f"{given_up} parcels could not be delivered and were given up; see 'watcher status'"
        )
    wal = care.wal_bytes(house.config.database)
    if wal > WAL_TOO_LONG:
        troubles["write-ahead log"] = (
            f"it has grown to {wal >> 20} MB: some program keeps a transaction open; restart Datasette"
        )
    free = care.free_bytes(house.config.database.parent)
    if free < DISK_TOO_FULL:
        troubles["disk"] = f"{free >> 20} MB are free where the database lies; make room"
    return troubles


def tell(house: app.House, troubles: Mapping[str, str]) -> None:
    """Note the troubles of this pass and tell what changed; mail that fails is tried with the next pass."""
    now = house.clock()
    with transaction(house.db):
        begun, over = notices.observe(house.db, troubles, now)
        changes = notices.untold(house.db)
    for subject in sorted(begun):
        warn("notice", subject=subject, state="begun", what=troubles[subject])
    for subject in sorted(over):
        event("notice", subject=subject, state="over")
    if not changes or not _mailed(house, changes, now):
        return
    with transaction(house.db):
        for notice in changes:
            notices.told(house.db, notice, now)


def _source_trouble(row: Mapping[str, object], now: datetime) -> str | None:
    error = row["last_error"] or "no reason known"
    match row["state"]:
        case "failing" if int(str(row["failures"])) >= FAILS_FOR_GOOD:
            return f"fails: {error}"
        case "gone":
            return f"is gone for good: {error}; take it out of sources.toml, or mend its address"
        case "quiet":
            return "has brought nothing new for longer than usual"
    due = row["next_poll_at"]
    if due is not None and now - datetime.fromisoformat(str(due)) > LATE:
        return "is due for more than an hour and was not asked: too many slow sources, or a stuck service"
    return None


def _mailed(house: app.House, changes: Sequence[Notice], now: datetime) -> bool:
    operator, smtp = house.config.main.service.operator, house.config.smtp
    if operator is None or smtp is None:
        return True  # the log is all there is
    key = f"notice-{changes[0].id}@{now:%Y-%m-%dT%H:%M:%S}"
    message = note(operator, smtp.sender, _subject(changes), _text(changes), key, now)
    try:
        press.desk(house).channels["email"](Parcel("email", operator, message.body))
    except DeliveryError as error:
        warn("notice unsent", to=operator, error=str(error))
        return error.permanent  # refused for good: the log has it, and asking again changes nothing
    return True


def _subject(changes: Sequence[Notice]) -> str:
    begun = sum(notice.over_at is None for notice in changes)
    over = len(changes) - begun
    parts = [f"{begun} in trouble"] * bool(begun) + [f"{over} well again"] * bool(over)
    return f"watcher: {', '.join(parts)}"


def _text(changes: Sequence[Notice]) -> str:
    lines = [
        f"well again   {notice.subject} (since {notice.since:%Y-%m-%d %H:%M} UTC: {notice.what})"
        if notice.over_at
        else f"in trouble   {notice.subject}: {notice.what}"
        for notice in changes
    ]
    return "\n".join([*lines, "", "'watcher status' and 'watcher doctor' say more.", ""])
