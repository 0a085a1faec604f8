"""Alerts: a story that many carry, or a region that rises, told at once, once, and not at night.

An alert is a small digest of its own name: the ledger that keeps a digest from carrying a story twice
keeps an alert from telling it twice. A rise is told once a day. Frozen and delivered like a digest.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlite_utils import Database

from watcher.compose import Desk, background_of, parcels_of
from watcher.crash import crashpoint
from watcher.digest.alert import is_of, is_quiet, loud_stories, risen
from watcher.digest.copies import one_a_story
from watcher.digest.select import matches, select
from watcher.model import AlertSpec, Digest, HeatRow
from watcher.store import background, digests
from watcher.store.facts import fact, set_fact
from watcher.store.open import transaction


def put_out_alerts(specs: Sequence[AlertSpec], desk: Desk, now: datetime) -> list[Digest]:
    """Freeze a message for each alert that has something to tell."""
    made = [put_out_alert(spec, desk, now) for spec in specs]
    return [digest for digest in made if digest is not None]


def put_out_alert(spec: AlertSpec, desk: Desk, now: datetime) -> Digest | None:
    """Freeze the message of one alert; None when there is nothing to tell, or it is night."""
    name = spec.digest.name
    with transaction(desk.db):
        digests.start(desk.db, name, now)
        if is_quiet(spec.quiet, spec.digest.timezone, now) or not _something_came(desk.db, name):
            return None
        digest = _told(spec, desk, now)
        if digest is None:
            return None
        key = f"{name}@{now:%Y%m%dT%H%M%S.%fZ}"
        digests.freeze(desk.db, digest, key, parcels_of(digest, spec.digest, key, desk), now)
        crashpoint("alert.frozen")
    return digest


def _told(spec: AlertSpec, desk: Desk, now: datetime) -> Digest | None:
    """What there is to tell now; notes the rises as told."""
    young = digests.uncarried(desk.db, spec.digest.name, seen_since=now - spec.within, audience=spec.digest)
    items = one_a_story(item for item in young if matches(item, spec.digest))
    told = {item.id: item for item in loud_stories(items, spec)}
    rows = []
    for row in _risen(spec, desk, now):
        its_own = {item.id: item for item in items if is_of(item, row, spec.digest, desk.labels)}
        if its_own and _is_new(desk.db, spec, row, now):
            rows.append(row)
            told |= its_own
    if not told:
        return None
    digest = select(list(told.values()), spec.digest, desk.labels, now, now - spec.within, now)
    return replace(digest, heat=(), also=tuple(rows))


def _risen(spec: AlertSpec, desk: Desk, now: datetime) -> list[HeatRow]:
    """Counted over everything of the period, told already or not."""
    if not spec.spike:
        return []
    since = now - spec.within
    behind = background_of(spec.digest, since, now, desk)
    items = [
        item for item in background.earlier(desk.db, since, now, spec.digest) if matches(item, spec.digest)
    ]
    return risen(items, spec, desk.labels, now, behind)


def _is_new(db: Database, spec: AlertSpec, row: HeatRow, now: datetime) -> bool:
    """Whether this rise was not told today; notes it as told."""
    name = f"{spec.digest.name}:{row.key}"
    today = f"{now.astimezone(spec.digest.timezone):%Y-%m-%d}"
    if fact(db, name) == today:
        return False
    set_fact(db, name, today)
    return True


def _something_came(db: Database, name: str) -> bool:
    """Whether anything arrived since the last look; a tick in which nothing did costs two look-ups."""
    row = db.execute("SELECT (SELECT max(id) FROM items), (SELECT max(id) FROM sightings)").fetchone()
    came = f"{row[0]}:{row[1]}"
    if fact(db, f"{name}:looked") == came:
        return False
    set_fact(db, f"{name}:looked", came)
    return True
