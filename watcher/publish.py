"""The second use case: items are selected, rendered, put into an outbox, and delivered.

Everything that leaves is frozen in one transaction first: what was selected, what it looks like, to
whom it goes. A program that dies after that sends the very same bytes at its next start.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlite_utils import Database

from watcher.crash import crashpoint
from watcher.digest.cron import Cron
from watcher.digest.mail import mail
from watcher.digest.render import render
from watcher.digest.retry import next_try
from watcher.digest.schedule import due, to_send
from watcher.digest.select import matches, select
from watcher.errors import DeliveryError
from watcher.model import Delivery, Digest, DigestSpec, Labels, Parcel
from watcher.store import digests
from watcher.store.open import snapshot, transaction
from watcher.store.times import from_text, to_text

Clock = Callable[[], datetime]


class Deliver(Protocol):
    """Hands one parcel over; raises DeliveryError when the channel refuses it."""

    def __call__(self, parcel: Parcel) -> None: ...


@dataclass(frozen=True, slots=True)
class Desk:
    """What publishing works with."""

    db: Database
    labels: Labels
    channels: Mapping[str, Deliver]
    sender: str  # the From of mails


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of publication times asked for by hand; both ends may be open."""

    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of one parcel. `error` is None when it was taken."""

    delivery: Delivery
    error: str | None = None
    gave_up: bool = False


def compose(spec: DigestSpec, window: Window, desk: Desk, now: datetime) -> Digest:
    """The digest as it would go out now: what matches and was not carried yet. Changes nothing."""
    with snapshot(desk.db):
        return _selected(spec, window, desk, now)


def put_out(
    spec: DigestSpec, window: Window, key: str, desk: Desk, now: datetime, hour: datetime | None = None
) -> Digest | None:
    """Freeze a digest and its parcels in the outbox; None when its key is taken, or it is empty.

    `key` names the digest and its slot, so that no slot is ever sent twice. `hour` is what it is
    dated: a digest for 08:00 that is caught up with at 10:15 is still that of 08:00.
    """
    with transaction(desk.db):
        if digests.is_frozen(desk.db, key):
            return None
        crashpoint("digest.begins")
        digest = _selected(spec, window, desk, now, hour)
        crashpoint("digest.selected")
        if digest.items == 0 and spec.when_empty == "skip":
            return None
        parcels = list(_parcels(digest, spec, key, desk.sender))
        crashpoint("digest.rendered")
        digests.freeze(desk.db, digest, key, parcels, now)
        crashpoint("digest.frozen")
    crashpoint("digest.out")
    return digest


def put_out_due(specs: Sequence[DigestSpec], desk: Desk, now: datetime) -> list[Digest]:
    """Freeze every digest whose scheduled time has come since its last one."""
    made: list[Digest] = []
    for spec in specs:
        if spec.schedule is None:
            continue
        with transaction(desk.db):
            started = digests.start(desk.db, spec.name, now)
            last = digests.last_slot(desk.db, spec.name)
        since = from_text(last) if last else started
        # A clock that ran ahead has noted a slot to come: what was frozen then is not frozen again.
        slots = due(Cron.parse(spec.schedule), spec.timezone, min(since, now), now)
        for slot in to_send(slots, spec.catch_up, now):
            digest = put_out(spec, Window(), f"{spec.name}@{slot.key}", desk, now, slot.at)
            if digest is not None:
                made.append(digest)
        if slots:
            crashpoint("digest.slot")
            with transaction(desk.db):
                digests.slot_done(desk.db, spec.name, to_text(slots[-1].at))
            crashpoint("digest.slot_done")
    return made


def deliver(desk: Desk, clock: Clock) -> Iterator[Sent]:
    """Hand over everything in the outbox whose time has come, one parcel after the other.

    Each state is saved before and after the attempt. Between the channel's yes and our note of it
    lies the one moment in which a crash sends a mail again, under the same Message-ID.
    """
    for delivery in digests.undelivered(desk.db, clock()):
        with transaction(desk.db):
            digests.mark_sending(desk.db, delivery.id)
        crashpoint("outbox.sending")
        yield _attempt(delivery, desk, clock)


def _attempt(delivery: Delivery, desk: Desk, clock: Clock) -> Sent:
    try:
        desk.channels[delivery.parcel.channel](delivery.parcel)
    except DeliveryError as error:
        now = clock()
        again = None if error.permanent else next_try(delivery.attempts + 1, delivery.created_at, now)
        crashpoint("outbox.refused")
        with transaction(desk.db):
            digests.mark_failed(desk.db, delivery.id, str(error), again)
        return Sent(delivery, str(error), gave_up=again is None)
    crashpoint("outbox.taken")
    with transaction(desk.db):
        digests.mark_sent(desk.db, delivery.id, clock())
    crashpoint("outbox.sent")
    return Sent(delivery)


def _selected(
    spec: DigestSpec, window: Window, desk: Desk, now: datetime, hour: datetime | None = None
) -> Digest:
    waiting = digests.uncarried(desk.db, spec.name, window.since, window.until)
    candidates = [item for item in waiting if matches(item, spec)]
    return select(candidates, spec, desk.labels, now, window.since, window.until or hour or now)


def _parcels(digest: Digest, spec: DigestSpec, key: str, sender: str) -> Iterator[Parcel]:
    for target in spec.deliver:
        if target.channel == "file":
            for form in target.formats:
                file = render(digest, form)
                yield Parcel("file", str(target.path), file.body, name=file.name)
        else:
            for recipient in target.to:
                message = mail(digest, key, sender, recipient)
                yield Parcel("email", recipient, message.body, message_id=message.message_id)
