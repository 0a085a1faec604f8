"""One digest, five readers, a mail server that refuses, delays and drops: each reader gets it once."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from functools import partial
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session
from sqlite_utils import Database

from tests.io.build import NOW, REGIONS, SHANGHAI, article, bring, store
from tests.io.smtp_servers import Post, served
from watcher.deliver.email import Mailer
from watcher.model import DeliverSpec, DigestSpec, Labels
from watcher.publish import Desk, Sent, Window, deliver, put_out, resend
from watcher.store import digests, reports
from watcher.store.open import transaction

MINUTE = timedelta(minutes=1)
READERS = ("plain", "grey", "gone", "slow", "cut")


class Moody(Post):
    """Greylists one reader twice, knows one not at all, is slow with one and hangs up on one, both once."""

    def __init__(self) -> None:
        super().__init__(gone="550 no such user")
        self.tries: Counter[str] = Counter()

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: object
    ) -> str:
        name = address.partition("@")[0]
        self.tries[name] += 1
        if name == "grey" and self.tries[name] <= 2:
            return "451 greylisted, come back"
        return await super().handle_RCPT(server, session, envelope, address, options)

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        name = envelope.rcpt_tos[0].partition("@")[0]
        if name == "slow" and self.tries[name] == 1:
            await asyncio.sleep(1.5)
            return "451 that took too long"
        if name == "cut" and self.tries[name] == 1 and server.transport is not None:
            server.transport.abort()
            return "250 nobody hears this"
        return await super().handle_DATA(server, session, envelope)


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    opened = store(tmp_path / "w.db", "nbd")
    with transaction(opened):
        digests.start(opened, "daily", NOW - timedelta(days=1))
    bring(opened, "nbd", article())
    yield opened
    opened.close()


def desk_for(db: Database, port: int) -> Desk:
    mailer = Mailer("127.0.0.1", "w@example.org", "none", port, timeout=0.5)
    return Desk(
        db, Labels({"core": "工业互联网"}, REGIONS, {}), {"email": mailer}, "w@example.org", "ops@example.org"
    )


def spec(*names: str) -> DigestSpec:
    mail = DeliverSpec("email", to=tuple(f"{name}@example.org" for name in names))
    return DigestSpec("daily", "日报", None, SHANGHAI, deliver=(mail,))


def test_each_reader_gets_it_once(db: Database) -> None:
    post, found = Moody(), []
    with served(post) as port:
        desk = desk_for(db, port)
        put_out(spec(*READERS), Window(), "daily@1", desk, NOW)
        for minutes in (0, 1, 6, 7, 20, 60, 200):
            clock = partial(NOW.__add__, minutes * MINUTE)
            found.append({_name(sent): sent.error for sent in deliver(desk, clock)})
    assert [set(tried) for tried in found] == [
        set(READERS), set(), {"grey", "slow", "cut"}, set(), {"grey"}, set(), set(),
    ]  # fmt: skip
    assert Counter(_reader(envelope) for envelope in post.taken) == {
        "plain": 1,
        "grey": 1,
        "slow": 1,
        "cut": 1,
    }
    assert len({message_from_bytes(envelope.content or b"")["Message-ID"] for envelope in post.taken}) == 4
    (failed,) = reports.open_deliveries(db)
    assert (failed["target"], failed["state"]) == ("gone@example.org", "failed")
    assert "550 no such user" in failed["last_error"]


def test_a_server_that_is_away_for_days_is_given_up_in_the_end(db: Database) -> None:
    desk = desk_for(db, 9)  # nobody listens there
    put_out(spec("plain"), Window(), "daily@1", desk, NOW)
    now, tries = NOW, 0
    while db.execute("SELECT state FROM deliveries").fetchone()[0] != "failed":
        tries += len(list(deliver(desk, partial(datetime.astimezone, now, UTC))))
        now += timedelta(hours=1)
    assert timedelta(days=5) <= now - NOW <= timedelta(days=5, hours=2)
    assert 60 <= tries <= 121


def test_a_digest_is_sent_again_as_it_was(db: Database) -> None:
    post = Post(gone="550 no such user")
    with served(post) as port:
        desk = desk_for(db, port)
        put_out(spec("plain", "gone"), Window(), "daily@1", desk, NOW)
        list(deliver(desk, lambda: NOW))
        post.answers.clear()
        assert resend(1, None, desk, NOW + MINUTE) == 2
        assert resend(1, "new@example.org", desk, NOW + MINUTE) == 1
        assert [sent.error for sent in deliver(desk, lambda: NOW + MINUTE)] == [None] * 3
    ids = [(_reader(each), str(message_from_bytes(each.content or b"")["Message-ID"])) for each in post.taken]
    assert sorted(name for name, _ in ids) == ["gone", "new", "plain", "plain"]
    assert len({message_id for _, message_id in ids}) == 4  # a mailbox hides what comes under an id it has
    bodies = {
        (each.content or b"").partition(b"\r\n\r\n")[2].replace(b"\r\n", b"").split(b"--=_")[1][20:]
        for each in post.taken
    }
    assert len(bodies) == 1
    assert reports.open_deliveries(db) == []


def _name(sent: Sent) -> str:
    return sent.delivery.parcel.target.partition("@")[0]


def _reader(envelope: Envelope) -> str:
    return envelope.rcpt_tos[0].partition("@")[0]
