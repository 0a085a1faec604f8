"""The outbox over a real database: when a parcel is tried again, given up, and sent once more because somebody asked."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from email import message_from_bytes
from pathlib import Path

import pytest
from sqlite_utils import Database

from tests.io import build
from tests.io.build import NOW, SHANGHAI, article, begun, bring
from watcher.errors import DeliveryError, UsageError
from watcher.model import DeliverSpec, DigestSpec, Filter, Parcel
from watcher.publish import Desk, Sent, Window, deliver, put_out, put_out_due, resend
from watcher.store import digests
from watcher.store.open import transaction

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
LATER = DeliveryError("451 later", permanent=False, code=451)
NEVER = DeliveryError("550 no such user", permanent=True, code=550)


class Post:
    """A mail server that refuses whom a test names; what it took is in `taken`."""

    def __init__(self) -> None:
        self.taken: list[Parcel] = []
        self.refuses: dict[str, DeliveryError] = {}

    def __call__(self, parcel: Parcel) -> None:
        if parcel.target in self.refuses:
            raise self.refuses[parcel.target]
        self.taken.append(parcel)


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    opened = begun(tmp_path / "w.db")
    bring(opened, "nbd", article())
    yield opened
    opened.close()


@pytest.fixture
def post() -> Post:
    return Post()


@pytest.fixture
def desk(db: Database, post: Post) -> Desk:
    return build.desk(db, email=post)


@pytest.fixture
def spec(tmp_path: Path) -> DigestSpec:
    file = DeliverSpec("file", path=str(tmp_path / "out"), formats=("txt",))
    mail = DeliverSpec("email", to=("a@example.org", "b@example.org"))
    wanted = Filter(any=("core",))
    return DigestSpec("daily", "日报", "0 8 * * *", SHANGHAI, topics=wanted, deliver=(file, mail))


def run(desk: Desk, now: datetime = NOW) -> list[Sent]:
    return list(deliver(desk, lambda: now))


def rows(db: Database) -> list[tuple[str, str, int, str | None]]:
    return [
        (row["target"], row["state"], row["attempts"], row["last_error"])
        for row in db.query("SELECT * FROM deliveries WHERE channel = 'email' ORDER BY id")
    ]


def ids(parcels: list[Parcel]) -> list[str | None]:
    return [parcel.message_id for parcel in parcels]


# ---------------------------------------------------------------- tries


def test_a_reader_s_trouble_is_his_alone(db: Database, desk: Desk, post: Post, spec: DigestSpec) -> None:
    put_out(spec, Window(), "daily@1", desk, NOW)
    post.refuses = {"a@example.org": LATER}
    told = [(sent.delivery.parcel.target, sent.error, sent.gave_up) for sent in run(desk)]
    assert told[1:] == [("a@example.org", "451 later", False), ("b@example.org", None, False)]
    assert rows(db) == [("a@example.org", "pending", 1, "451 later"), ("b@example.org", "sent", 1, None)]


def test_the_pauses_between_tries_grow(db: Database, desk: Desk, post: Post, spec: DigestSpec) -> None:
    put_out(spec, Window(), "daily@1", desk, NOW)
    post.refuses = {"a@example.org": LATER}
    run(desk)
    for after in (5 * MINUTE, 15 * MINUTE, 35 * MINUTE):
        assert run(desk, NOW + after - timedelta(seconds=1)) == []
        (tried,) = run(desk, NOW + after)
        assert tried.error == tried.delivery.last_error == "451 later"
    post.refuses = {}
    (taken,) = run(desk, NOW + 75 * MINUTE)
    assert taken.error is None
    assert rows(db)[0] == ("a@example.org", "sent", 5, None)
    (row,) = db.query("SELECT sent_at, next_try_at FROM deliveries WHERE target = 'a@example.org'")
    assert row == {"sent_at": "2026-11-20T09:15:00Z", "next_try_at": None}


def test_giving_up_is_told(db: Database, desk: Desk, post: Post, spec: DigestSpec) -> None:
    put_out(spec, Window(), "daily@1", desk, NOW)
    post.refuses = {"a@example.org": NEVER, "b@example.org": LATER}
    assert [sent.gave_up for sent in run(desk)] == [False, True, False]
    (old,) = run(desk, NOW + 5 * DAY)
    assert old.gave_up
    assert [state for _, state, _, _ in rows(db)] == ["failed", "failed"]
    assert [row["failed"] for row in digests.past(db)] == [2]


def test_parcels_go_in_the_order_they_were_packed(desk: Desk, post: Post, spec: DigestSpec) -> None:
    bring(desk.db, "nbd", article("g2", text="另一篇，讲上云。" * 40))
    one = replace(spec, max_items=1)
    put_out(one, Window(), "daily@1", desk, NOW)
    put_out(one, Window(), "daily@2", desk, NOW)
    sent = [(each.delivery.digest_id, each.delivery.parcel.channel) for each in run(desk)]
    assert sent == [(1, "file"), (1, "email"), (1, "email"), (2, "file"), (2, "email"), (2, "email")]
    assert len(set(ids(post.taken))) == 4


def test_the_oldest_parcel_goes_first_however_often_it_was_tried(
    desk: Desk, post: Post, spec: DigestSpec
) -> None:
    put_out(spec, Window(), "daily@1", desk, NOW)
    post.refuses = {"a@example.org": LATER}
    run(desk)
    bring(desk.db, "nbd", article("g2", text="另一篇，讲上云。" * 40))
    put_out(spec, Window(), "daily@2", desk, NOW + MINUTE)
    assert [each.delivery.digest_id for each in run(desk, NOW + 5 * MINUTE)] == [1, 2, 2, 2]


def test_past_digests_tell_what_became_of_their_parcels(desk: Desk, post: Post, spec: DigestSpec) -> None:
    put_out(spec, Window(), "daily@1", desk, NOW)
    post.refuses = {"a@example.org": NEVER, "b@example.org": LATER}
    run(desk)
    bring(desk.db, "nbd", article("g2", text="另一篇，讲上云。" * 40))
    put_out(spec, Window(), "daily@2", desk, NOW + MINUTE)
    with transaction(desk.db):
        digests.mark_sending(desk.db, 4)
    kept = [[row[name] for name in ("id", "sent", "open", "failed")] for row in digests.past(desk.db)]
    assert kept == [[2, 0, 3, 0], [1, 1, 1, 1]]
    assert [row["id"] for row in digests.past(desk.db, 1)] == [2]


def test_a_digest_made_by_hand_holds_up_no_other(desk: Desk, spec: DigestSpec) -> None:
    by_hand = replace(spec, name="hand", schedule=None)
    assert [made.name for made in put_out_due([by_hand, spec], desk, NOW)] == ["daily"]


# ---------------------------------------------------------------- once more


@pytest.fixture
def sent(desk: Desk, post: Post, spec: DigestSpec) -> list[Parcel]:
    """The mails of digest 1: a@ has its own, b@ was refused for good."""
    put_out(spec, Window(), "daily@1", desk, NOW)
    post.refuses = {"b@example.org": NEVER}
    run(desk)
    post.refuses = {}
    return list(post.taken)


def test_what_was_taken_goes_under_a_new_id_and_what_was_given_up_under_its_old(
    db: Database, desk: Desk, post: Post, sent: list[Parcel], tmp_path: Path
) -> None:
    (written,) = (tmp_path / "out").iterdir()
    text = written.read_bytes()
    written.unlink()
    refused = db.execute("SELECT message_id FROM deliveries WHERE target = 'b@example.org'").fetchone()[0]
    assert resend(1, None, desk, NOW + DAY) == 3
    assert [one.error for one in run(desk, NOW + DAY)] == [None] * 3
    assert written.read_bytes() == text
    again = {parcel.target: parcel for parcel in post.taken[1:]}
    assert again["b@example.org"].message_id == refused
    assert again["a@example.org"].message_id not in {None, sent[0].message_id}
    old, new = (message_from_bytes(parcel.body) for parcel in (sent[0], again["a@example.org"]))
    assert new["Message-ID"] == again["a@example.org"].message_id
    assert (new["To"], new["Subject"], new.as_string().partition("\n\n")[2]) == (
        old["To"], old["Subject"], old.as_string().partition("\n\n")[2],
    )  # fmt: skip
    assert run(desk, NOW + 2 * DAY) == []


def test_what_is_sent_once_more_may_be_tried_as_long_as_something_new(
    db: Database, desk: Desk, post: Post, sent: list[Parcel]
) -> None:
    late = NOW + 9 * DAY
    resend(1, None, desk, late)
    post.refuses = {"a@example.org": LATER, "b@example.org": LATER}
    assert [one.gave_up for one in run(desk, late)] == [False] * 3
    assert rows(db)[1:] == [
        ("b@example.org", "pending", 1, "451 later"),
        ("a@example.org", "pending", 1, "451 later"),
    ]
    assert run(desk, late + 4 * MINUTE) == []
    assert len(run(desk, late + 5 * MINUTE)) == 2


def test_what_waits_still_is_not_doubled(desk: Desk, post: Post, spec: DigestSpec) -> None:
    put_out(spec, Window(), "daily@1", desk, NOW)
    assert resend(1, None, desk, NOW) == 3
    assert len(run(desk)) == 3
    assert [parcel.target for parcel in post.taken] == ["a@example.org", "b@example.org"]


def test_each_time_is_a_new_mail_but_one_row_a_target(desk: Desk, post: Post, sent: list[Parcel]) -> None:
    for day in (1, 2, 3):
        assert resend(1, None, desk, NOW + day * DAY) == 3
        assert len(run(desk, NOW + day * DAY)) == 3
    mails = [parcel.message_id for parcel in post.taken if parcel.target == "a@example.org"]
    assert len(set(mails)) == 4


def test_asking_twice_before_it_went_out_does_not_double_it(
    desk: Desk, post: Post, sent: list[Parcel]
) -> None:
    resend(1, None, desk, NOW + DAY)
    resend(1, None, desk, NOW + DAY + MINUTE)
    run(desk, NOW + DAY + MINUTE)
    assert sorted(parcel.target for parcel in post.taken[1:]) == ["a@example.org", "b@example.org"]


def test_of_several_mails_to_one_reader_the_newest_counts(
    db: Database, desk: Desk, post: Post, sent: list[Parcel]
) -> None:
    post.refuses = {"a@example.org": NEVER}
    resend(1, None, desk, NOW + DAY)
    run(desk, NOW + DAY)
    post.refuses = {}
    resend(1, None, desk, NOW + 2 * DAY)
    run(desk, NOW + 2 * DAY)
    mine = list(db.query("SELECT * FROM deliveries WHERE target = 'a@example.org' ORDER BY id"))
    assert [row["state"] for row in mine] == ["sent", "sent"]
    assert [p.message_id for p in post.taken if p.target == "a@example.org"] == [
        row["message_id"] for row in mine
    ]


def test_a_digest_can_go_to_somebody_else(desk: Desk, post: Post, sent: list[Parcel]) -> None:
    assert resend(1, "Late <late@example.org>", desk, NOW + HOUR) == 1
    (one,) = run(desk, NOW + HOUR)
    assert (one.delivery.digest_id, one.delivery.parcel.channel) == (1, "email")
    assert post.taken[-1].target == "late@example.org"
    assert "late@example.org" in str(message_from_bytes(post.taken[-1].body)["To"])
    assert post.taken[-1].message_id != sent[0].message_id


@pytest.mark.parametrize(
    ("digest_id", "recipient", "told"),
    [
        (99, None, "There is no digest 99; 'watcher digest list' shows them."),
        (99, "late@example.org", "There is no digest 99; 'watcher digest list' shows them."),
        (2, "late@example.org", "Digest 2 was never mailed, so there is no mail to send again."),
        (3, None, "Digest 3 went nowhere, or its bytes were pruned (see [retention])."),
        (3, "late@example.org", "Digest 3 was never mailed, so there is no mail to send again."),
        (1, "nobody", "no mail address"),
    ],
)
def test_what_cannot_be_sent_again_is_explained(
    desk: Desk, spec: DigestSpec, sent: list[Parcel], digest_id: int, recipient: str | None, told: str
) -> None:
    put_out(
        replace(spec, name="filed", deliver=spec.deliver[:1]), Window(since=NOW - 9 * DAY), "f@1", desk, NOW
    )
    put_out(replace(spec, name="pruned"), Window(since=NOW - 9 * DAY), "p@1", desk, NOW)
    with transaction(desk.db):
        desk.db.execute("UPDATE deliveries SET body = x'', state = 'sent' WHERE digest_id = 3")
    before = desk.db.execute("SELECT count(*) FROM deliveries").fetchone()
    with pytest.raises(UsageError, match=re.escape(told)):
        resend(digest_id, recipient, desk, NOW + HOUR)
    assert desk.db.execute("SELECT count(*) FROM deliveries").fetchone() == before
