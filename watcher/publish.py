"""The second use case: items are selected, rendered, put into an outbox, and delivered.

Everything that leaves is frozen in one transaction first: what was selected, what it looks like, to
whom it goes. A program that dies after that sends the very same bytes at its next start.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from watcher.compose import Deliver, Desk, Window, compose, parcels_of, selected
from watcher.crash import crashpoint
from watcher.digest.cron import Cron
from watcher.digest.mail import again
from watcher.digest.retry import next_try
from watcher.digest.schedule import due, to_send
from watcher.errors import DeliveryError, UsageError
from watcher.model import Delivery, Digest, DigestSpec, Parcel
from watcher.store import digests, reissue
from watcher.store.open import transaction
from watcher.store.times import from_text, to_text

__all__ = [
    "Deliver", "Desk", "Sent", "Window", "compose", "deliver", "put_out", "put_out_due", "resend",
]  # fmt: skip

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of one parcel. `error` is None when it was taken."""

    delivery: Delivery
    error: str | None = None
    gave_up: bool = False


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
        digest = selected(spec, window, desk, now, hour)
        crashpoint("digest.selected")
        if digest.items == 0 and spec.when_empty == "skip":
            return None
        parcels = parcels_of(digest, spec, key, desk)
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
            if since > now:
                # A clock that ran ahead has noted a slot to come: without this, silence until then. What
                # was frozen under a slot is not frozen again, whatever is noted here.
                since = now
                digests.slot_done(desk.db, spec.name, to_text(now))
        slots = due(Cron.parse(spec.schedule), spec.timezone, since, now)
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
        _channel(delivery.parcel, desk)(delivery.parcel)
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


def _channel(parcel: Parcel, desk: Desk) -> Deliver:
    try:
        return desk.channels[parcel.channel]
    except KeyError as error:  # [smtp] was taken out of the config, and mail still waits
        what = f"there is no way to deliver by {parcel.channel}; set [smtp] in watcher.toml again"
        raise DeliveryError(what, permanent=False) from error


def resend(digest_id: int, recipient: str | None, desk: Desk, now: datetime) -> int:
    """Put a past digest into the outbox again, for all its targets or for one mail address; how many parcels.

    What was taken goes under a new Message-ID, since a mailbox hides a copy of what it has; what was
    given up, under its old one. Raises UsageError when there is nothing to send.
    """
    with transaction(desk.db):
        key = reissue.key_of(desk.db, digest_id)
        rows = [row for row in reissue.parcels(desk.db, digest_id) if row.parcel.body]
        if key is None:
            raise UsageError(f"There is no digest {digest_id}; 'watcher digest list' shows them.")
        if recipient is not None:
            mails = [row.parcel for row in rows if row.parcel.channel == "email"]
            if not mails:
                raise UsageError(f"Digest {digest_id} was never mailed, so there is no mail to send again.")
            reissue.add(desk.db, digest_id, _again(mails[0], recipient, key, now), now)
            return 1
        if not rows:
            raise UsageError(f"Digest {digest_id} went nowhere, or its bytes were pruned (see [retention]).")
        for row in rows:
            if row.state == "sent" and row.parcel.channel == "email":
                reissue.add(desk.db, digest_id, _again(row.parcel, row.parcel.target, key, now), now)
            else:
                reissue.reopen(desk.db, row.id, now)
        return len(rows)


def _again(parcel: Parcel, recipient: str, key: str, now: datetime) -> Parcel:
    try:
        message = again(parcel.body, recipient, f"{key}+{now:%Y%m%dT%H%M%S.%f}")
    except ValueError as error:
        raise UsageError(f"{error}.") from error
    return Parcel("email", message.recipient, message.body, message_id=message.message_id)
