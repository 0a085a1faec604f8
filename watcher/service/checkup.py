"""The check-up behind `watcher doctor`: one small function a question, each with what to do about it.

Changes nothing. Network is used only where it is the question: the mail server is greeted, no mail sent.
"""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

from watcher.config import Config
from watcher.config.resolve import missing_folders
from watcher.config.scale import secrets_of_feeds, sends_in_the_clear
from watcher.deliver.email import Mailer
from watcher.errors import DeliveryError, StoreError
from watcher.service import faults
from watcher.service.notices import DISK_TOO_FULL, FAILS_FOR_GOOD, WAL_TOO_LONG
from watcher.store import care, reports
from watcher.store.notices import standing
from watcher.store.open import open_for_reading, translated

Verdict = Literal["ok", "warn", "bad"]
_PAST = datetime(2026, 1, 1, tzinfo=UTC)  # no clock that is right shows less
_STALE = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Finding:
    """One answer: what was looked at, how it is, and what to do if it is not well."""

    check: str
    verdict: Verdict
    what: str
    advice: str = ""


Check = Callable[[Config, datetime], Iterator[Finding]]


def examine(config: Config, now: datetime) -> list[Finding]:
    """All answers, in the order of the table below."""
    return [finding for check in CHECKS for finding in check(config, now)]


def _versions(_: Config, __: datetime) -> Iterator[Finding]:
    yield Finding("Python", "ok", ".".join(map(str, faults.python_version())))
    for name, version_of, known in faults.PARTS:
        version = version_of()
        found = [fault for fault in known if fault.is_in(version)]
        if not found:
            yield Finding(name, "ok", ".".join(map(str, version)))
        for fault in found:
            verdict: Verdict = "bad" if fault.serious else "warn"
            yield Finding(name, verdict, f"{'.'.join(map(str, version))}: {fault.what}", fault.advice)
    if not faults.checks_headers():
        what = "this Python lets line ends into mail headers (CVE-2024-6923)"
        yield Finding("mail headers", "warn", what, "we check them ourselves; 3.11.10 and 3.12.5 mend it")


def _clock(_: Config, now: datetime) -> Iterator[Finding]:
    if now < _PAST:
        yield Finding("clock", "bad", f"shows {now:%Y-%m-%d}", "set it: timedatectl set-ntp true")
    else:
        yield Finding("clock", "ok", f"{now:%Y-%m-%d %H:%M} UTC")


def _disk(config: Config, _: datetime) -> Iterator[Finding]:
    folder = _existing(config.database.parent)
    free = care.free_bytes(folder)
    verdict: Verdict = "ok" if free > DISK_TOO_FULL else "bad"
    yield Finding(
        "disk", verdict, f"{free >> 20:,} MB free in {folder}", "" if verdict == "ok" else "make room"
    )
    folders = {folder, _existing(config.state_path(config.main.service.backups))}
    for table in config.digests:
        folders |= {_existing(config.state_path(way.path)) for way in table.deliver if way.path}
    for place in sorted(folders):
        if not os.access(place, os.W_OK | os.X_OK):
            yield Finding("permissions", "bad", f"{place} cannot be written", _own(place))


def _database(config: Config, now: datetime) -> Iterator[Finding]:
    try:
        db = open_for_reading(config.database)
    except StoreError as error:
        yield Finding("database", "bad" if config.database.exists() else "warn", str(error))
        return
    if not os.access(config.database, os.W_OK):
        yield Finding("permissions", "bad", f"{config.database} cannot be written", _own(config.database))
    try:
        with translated():
            verdict = db.execute("PRAGMA quick_check").fetchone()[0]
        if verdict != "ok":
            yield Finding("database", "bad", verdict, "stop the service and 'watcher db restore' a copy")
            return
        size = config.database.stat().st_size
        yield Finding("database", "ok", f"{size >> 20:,} MB in {config.database}")
        yield from _wal(config)
        yield from _backups(config, now)
        for row in reports.source_rows(db):
            yield from _source(row, now)
        for notice in standing(db):
            if not notice.subject.startswith("source "):
                yield Finding(notice.subject, "warn", notice.what)
    finally:
        db.close()


def _wal(config: Config) -> Iterator[Finding]:
    wal = care.wal_bytes(config.database)
    if wal > WAL_TOO_LONG:
        what = f"the write-ahead log has {wal >> 20} MB: a reader keeps a transaction open"
        yield Finding("WAL", "warn", what, "restart Datasette and whatever else reads the file")
    else:
        yield Finding("WAL", "ok", f"{wal >> 10:,} KB")


def _backups(config: Config, now: datetime) -> Iterator[Finding]:
    wanted = config.main.service
    copies = care.copies(config.state_path(wanted.backups), config.database)
    if not wanted.backup_keep:
        yield Finding(
            "backups", "warn", "are switched off", "set [service] backup_keep, or copy by other means"
        )
    elif not copies:
        yield Finding("backups", "warn", "there is none yet", "'watcher run' makes one a day")
    else:
        made = datetime.fromtimestamp(copies[-1].stat().st_mtime, UTC)
        late = now - made > 2 * wanted.backup_every
        what = f"{len(copies)}, the newest of {made:%Y-%m-%d %H:%M} UTC"
        yield Finding("backups", "warn" if late else "ok", what, "is the service running?" if late else "")


def _source(row: dict[str, object], now: datetime) -> Iterator[Finding]:
    name, state = f"source {row['id']}", row["state"]
    if state == "gone" or (state == "failing" and int(str(row["failures"])) >= FAILS_FOR_GOOD):
        advice = f"'watcher poll {row['id']}' tries it now; mend its address or set enabled = false"
        yield Finding(name, "warn", f"{state}: {row['last_error']}", advice)
    elif state == "quiet":
        yield Finding(name, "warn", "brings nothing new for longer than usual", "look at its page")
    polled = row["last_polled_at"]
    if (
        state != "paused"
        and polled
        and now - datetime.fromisoformat(str(polled)) > _STALE + _due_later(row, now)
    ):
        yield Finding(name, "warn", f"was last asked {str(polled)[:10]}", "is the service running?")


def _due_later(row: dict[str, object], now: datetime) -> timedelta:
    # A source that is put off on purpose (Retry-After, back-off of a week) is not forgotten.
    due = row["next_poll_at"]
    return timedelta.max / 2 if due and datetime.fromisoformat(str(due)) > now else timedelta()


def _config(config: Config, _: datetime) -> Iterator[Finding]:
    problems = missing_folders(config)
    for problem in problems:
        yield Finding("config", "warn", f"{problem.where}: {problem.what}", problem.instead)
    if not problems:
        yield Finding("config", "ok", f"{len(config.sources)} sources, {len(config.digests)} digests")
    if "@example.org" in config.main.watcher.contact or not config.main.watcher.contact:
        what = "[watcher] contact names nobody"
        yield Finding("config", "warn", what, "publishers block readers they cannot reach: put your address")
    if sends_in_the_clear(config.cluster, secrets_of_feeds(config.sources, config.secrets)):
        what = "secrets of feeds go to the workers over tcp://, where anybody may read them"
        yield Finding("scale", "warn", what, "use a tls:// scheduler, or a network you trust")


def _mail(config: Config, _: datetime) -> Iterator[Finding]:
    smtp = config.smtp
    if smtp is None:
        return
    mailer = Mailer(smtp.host, smtp.sender, smtp.tls, smtp.port, smtp.user, smtp.password, timeout=10)
    try:
        mailer.greet()
    except DeliveryError as error:
        yield Finding("mail", "bad", str(error), "mend [smtp] in watcher.toml")
    else:
        yield Finding("mail", "ok", f"{mailer.where} lets us in")


def _existing(path: Path) -> Path:
    return next((folder for folder in (path, *path.parents) if folder.exists()), path)


def _own(path: Path) -> str:
    return f"run as the owner (sudo -u {path.owner()}), or hand it over: chown"


CHECKS: tuple[Check, ...] = (_versions, _clock, _config, _disk, _database, _mail)
