"""One digest, from the store to the bytes that leave: selected, held against the past, rendered.

Reads only; what is made here is frozen and sent elsewhere (`publish`).
"""

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from sqlite_utils import Database

from watcher.digest import brief
from watcher.digest.baseline import reach
from watcher.digest.copies import one_a_story
from watcher.digest.cron import Cron
from watcher.digest.facts import figure_news
from watcher.digest.mail import addressed, letter
from watcher.digest.render import render
from watcher.digest.schedule import gap
from watcher.digest.select import matches, select
from watcher.digest.templates import SHIPPED, TemplateFault, Templates
from watcher.model import Background, DeliverSpec, Digest, DigestSpec, Labels, Parcel
from watcher.store import background, digests, reissue, reports
from watcher.store.figure_notes import figure_notes
from watcher.store.open import snapshot

_log = logging.getLogger(__name__)

_STATES = {"failing": "连续失败 {failures} 次", "gone": "已不存在", "quiet": "久无更新"}


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
    contact: str | None = None  # whom readers ask to be taken off the list
    templates: Templates = SHIPPED


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of publication times asked for by hand; both ends may be open."""

    since: datetime | None = None
    until: datetime | None = None


def compose(spec: DigestSpec, window: Window, desk: Desk, now: datetime) -> Digest:
    """The digest as it would go out now: what matches and was not carried yet. Changes nothing."""
    with snapshot(desk.db):
        return selected(spec, window, desk, now)


def selected(
    spec: DigestSpec, window: Window, desk: Desk, now: datetime, hour: datetime | None = None
) -> Digest:
    """What matches and this digest has not carried, best first, held against how it was before."""
    waiting = digests.uncarried(
        desk.db, spec.name, window.since, window.until, updates=spec.updates, audience=spec
    )
    candidates = one_a_story(item for item in waiting if matches(item, spec))
    if spec.updates:
        before = reissue.carried(desk.db, spec.name, [item.id for item in candidates])
        candidates = [replace(item, updated=item.id in before) for item in candidates]
    until = window.until or hour or now
    behind = background_of(spec, window.since, until, desk)
    digest = select(candidates, spec, desk.labels, now, window.since, until, behind)
    notes = figure_notes(desk.db, digest.item_ids)
    return replace(digest, news=tuple(figure_news(notes, spec.timezone)))


def background_of(spec: DigestSpec, since: datetime | None, until: datetime, desk: Desk) -> Background:
    """How it was before the period that the digest covers, as far as the store knows."""
    if since is not None:
        length = until - since
    elif spec.schedule is not None:
        length = gap(Cron.parse(spec.schedule), spec.timezone, until)
    else:
        length = timedelta(days=1)
    known = background.known_from(desk.db)
    first = reach(until, length, known) if known and length > timedelta() else None
    if first is None:
        return Background()
    found = background.earlier(desk.db, first, until - length, spec)
    return Background(length, tuple(item for item in found if matches(item, spec)), known)


def parcels_of(digest: Digest, spec: DigestSpec, key: str, desk: Desk) -> list[Parcel]:
    """Everything to be delivered of a digest, complete to the last byte."""
    troubles = source_troubles(desk.db) if any(way.operator for way in spec.deliver) else ()
    try:
        return [
            parcel
            for way in spec.deliver
            for parcel in _parcels(replace(digest, operator=troubles if way.operator else ()), way, key, desk)
        ]
    except TemplateFault as fault:
        if desk.templates == SHIPPED:
            raise
        # A slip in somebody's template is no reason to keep the news from the readers.
        _log.warning("%s; the shipped templates are used instead", fault)
        return parcels_of(digest, spec, key, replace(desk, templates=SHIPPED))


def _parcels(digest: Digest, way: DeliverSpec, key: str, desk: Desk) -> Iterator[Parcel]:
    match way.channel:
        case "file":
            for form in way.formats:
                file = render(digest, form, desk.templates)
                yield Parcel("file", str(way.path), file.body, name=file.name)
        case "email":
            written = letter(digest, key, desk.sender, desk.contact, desk.templates)
            for recipient in way.to:
                message = addressed(written, recipient)
                yield Parcel("email", recipient, message.body, message_id=message.message_id)
        case "push":
            body = brief.render(digest).encode()
            yield from (Parcel("push", target, body) for target in way.to)


def source_troubles(db: Database) -> tuple[str, ...]:
    """The sources that fail or fell silent, a line each; for the operator, never for readers."""
    rows = [row for row in reports.source_rows(db) if row["state"] in _STATES]
    return tuple(
        f"来源 {row['id']}：{_STATES[row['state']].format_map(row)}"
        + (f"，{row['last_error']}" if row["last_error"] and row["state"] != "quiet" else "")
        for row in rows
    )
