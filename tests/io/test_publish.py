"""Publishing over a real database: nothing twice, nothing lost, whatever fails on the way."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlite_utils import Database

from tests.io import build
from tests.io.build import NOW, SHANGHAI, article, begun, bring
from watcher.deliver.file import write_file
from watcher.digest.templates import Templates
from watcher.errors import DeliveryError
from watcher.model import DeliverSpec, DigestSpec, Filter, Parcel
from watcher.publish import Desk, Window, compose, deliver, put_out, put_out_due
from watcher.store import digests, reissue
from watcher.store.open import transaction

HOUR = timedelta(hours=1)
ALL = Window(since=NOW - timedelta(days=999))


class Post:
    """A mail server that does what a test tells it; the parcels it took are in `taken`."""

    def __init__(self) -> None:
        self.taken: list[Parcel] = []
        self.fault: DeliveryError | BaseException | None = None

    def __call__(self, parcel: Parcel) -> None:
        if self.fault is not None:
            raise self.fault
        self.taken.append(parcel)


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    opened = begun(tmp_path / "w.db")
    yield opened
    opened.close()


@pytest.fixture
def post() -> Post:
    return Post()


@pytest.fixture
def desk(db: Database, post: Post) -> Desk:
    return build.desk(db, email=post)


def spec(tmp_path: Path, *to: str) -> DigestSpec:
    file = DeliverSpec("file", path=str(tmp_path / "out"), formats=("txt", "html"))
    mail = DeliverSpec("email", to=to)
    return DigestSpec(
        "daily",
        "日报",
        "0 8 * * *",
        SHANGHAI,
        topics=Filter(any=("core",)),
        deliver=(file, mail) if to else (file,),
    )


def states(db: Database) -> list[str]:
    return [row[0] for row in db.execute("SELECT state FROM deliveries ORDER BY id").fetchall()]


def run(desk: Desk, now: datetime = NOW) -> list[str | None]:
    return [sent.error for sent in deliver(desk, lambda: now)]


def test_a_digest_carries_an_item_once(db: Database, desk: Desk, tmp_path: Path) -> None:
    bring(db, "nbd", article())
    digest = put_out(spec(tmp_path), Window(), "daily@1", desk, NOW)
    assert digest is not None
    assert digest.items == 1
    assert run(desk) == [None, None]
    assert put_out(spec(tmp_path), Window(), "daily@2", desk, NOW) is None
    assert put_out(spec(tmp_path), ALL, "daily@3", desk, NOW) is None
    assert len(list((tmp_path / "out").iterdir())) == 2
    other = replace(spec(tmp_path), name="other")
    assert compose(other, ALL, desk, NOW).items == 1  # another audience has not had it


def test_a_slot_is_never_frozen_twice(db: Database, desk: Desk, tmp_path: Path) -> None:
    bring(db, "nbd", article())
    assert put_out(spec(tmp_path), Window(), "daily@slot", desk, NOW)
    bring(db, "nbd", article("g2", text="另一篇，讲上云。" * 40))
    assert put_out(spec(tmp_path), Window(), "daily@slot", desk, NOW) is None


def test_history_floods_nobody_but_can_be_asked_for(db: Database, desk: Desk, tmp_path: Path) -> None:
    bring(db, "nbd", article(age=30), first_poll=True)
    assert put_out(spec(tmp_path), Window(), "k", desk, NOW) is None
    assert digests.history_count(db, "daily") == 1
    wanted = Window(NOW - timedelta(days=31), NOW - timedelta(days=29))
    missed = Window(NOW - timedelta(days=29), None)
    assert compose(spec(tmp_path), wanted, desk, NOW).items == 1
    assert compose(spec(tmp_path), missed, desk, NOW).items == 0


def test_what_was_there_before_the_digest_is_history(db: Database, desk: Desk, tmp_path: Path) -> None:
    bring(db, "nbd", article())
    late = replace(spec(tmp_path), name="late")
    with transaction(db):
        digests.start(db, "late", NOW)
    assert compose(late, Window(), desk, NOW).items == 0
    bring(db, "nbd", article("g2", text="后来的一篇，讲上云。" * 40))
    assert compose(late, Window(), desk, NOW).items == 1


def test_an_empty_digest_goes_out_only_if_asked(db: Database, desk: Desk, tmp_path: Path) -> None:
    assert put_out(spec(tmp_path), Window(), "k1", desk, NOW) is None
    sends = replace(spec(tmp_path), when_empty="send")
    assert put_out(sends, Window(), "k2", desk, NOW) is not None


def test_what_was_cut_comes_next_time(db: Database, desk: Desk, tmp_path: Path) -> None:
    for number in range(5):
        bring(db, "nbd", article(f"g{number}", text=f"第{number}篇讲重庆上云。" * 40))
    short = replace(spec(tmp_path), max_items=3)
    first = put_out(short, Window(), "k1", desk, NOW)
    second = put_out(short, Window(), "k2", desk, NOW)
    assert first is not None
    assert second is not None
    assert (first.items, first.cut, second.items, second.cut) == (3, 2, 2, 0)
    assert not set(first.item_ids) & set(second.item_ids)


def test_what_was_cut_is_passed_over_if_so_wished(db: Database, desk: Desk, tmp_path: Path) -> None:
    for number in range(5):
        bring(db, "nbd", article(f"g{number}", text=f"第{number}篇讲重庆上云。" * 40))
    short = replace(spec(tmp_path), max_items=3, carry_over=False)
    first = put_out(short, Window(), "k1", desk, NOW)
    assert first is not None
    assert (first.items, first.cut) == (3, 2)
    assert [row["item_id"] for row in reissue.rest(db, "daily")] == list(first.rest)
    assert put_out(short, Window(), "k2", desk, NOW) is None
    assert put_out(short, ALL, "k3", desk, NOW) is None


def test_a_changed_item_comes_again_if_asked(db: Database, desk: Desk, tmp_path: Path) -> None:
    wish = replace(spec(tmp_path), updates=True)
    bring(db, "nbd", article())
    put_out(wish, Window(), "k1", desk, NOW)
    assert put_out(wish, Window(), "k2", desk, NOW + HOUR) is None
    bring(db, "nbd", article(text="改过的一篇，讲重庆标识解析。" * 40), NOW + 2 * HOUR)
    again = put_out(wish, Window(), "k3", desk, NOW + 3 * HOUR)
    assert again is not None
    assert [entry.item.updated for group in again.groups for entry in group.entries] == [True]
    assert compose(spec(tmp_path), Window(), desk, NOW + 3 * HOUR).items == 0
    assert put_out(wish, Window(), "k4", desk, NOW + 4 * HOUR) is None


def test_a_broken_own_template_keeps_no_news_back(
    db: Database, desk: Desk, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    bring(db, "nbd", article())
    broken = replace(desk, templates=Templates((("digest.html.j2", "{{ page.nothing }}"),)))
    assert put_out(spec(tmp_path), Window(), "k1", broken, NOW) is not None
    assert "templates/digest.html.j2, line 1" in caplog.text
    assert run(broken) == [None, None]


def test_a_rise_is_seen_against_the_days_before(db: Database, desk: Desk, tmp_path: Path) -> None:
    for day in range(20, 0, -1):
        text = f"{day}天前的一篇讲重庆上云。" * 40
        bring(db, "nbd", article(f"d{day}", text=text, age=day), NOW - day * 24 * HOUR)
    for number in range(7):
        bring(db, "nbd", article(f"g{number}", text=f"第{number}篇讲重庆上云。" * 40))
    with transaction(db):
        db.execute("INSERT INTO digest_starts VALUES ('all', '2026-10-01T00:00:00Z', 20)")
    made = compose(replace(spec(tmp_path), name="all"), Window(), desk, NOW + HOUR)
    (row,) = made.heat
    assert (row.count, row.usual, row.spike, row.past) == (7, 1, True, (1,) * 7)


def test_mail_waits_while_there_is_no_server(db: Database, desk: Desk, post: Post, tmp_path: Path) -> None:
    bring(db, "nbd", article())
    put_out(spec(tmp_path, "a@example.org"), Window(), "daily@1", desk, NOW)
    without = replace(desk, channels={"file": write_file})
    assert run(without)[-1] == "there is no way to deliver by email; set [smtp] in watcher.toml again"
    assert run(desk, NOW + HOUR) == [None]
    assert len(post.taken) == 1


def test_mail_is_tried_again_under_the_same_id(db: Database, desk: Desk, post: Post, tmp_path: Path) -> None:
    bring(db, "nbd", article())
    put_out(spec(tmp_path, "a@example.org"), Window(), "daily@1", desk, NOW)
    post.fault = DeliveryError("451 later", permanent=False, code=451)
    assert run(desk) == [None, None, "451 later"]
    assert states(db) == ["sent", "sent", "pending"]
    assert run(desk) == []  # not at once
    post.fault = None
    assert run(desk, NOW + HOUR) == [None]
    assert states(db) == ["sent"] * 3
    (parcel,) = post.taken
    assert parcel.message_id is not None
    assert parcel.message_id.encode() in parcel.body


def test_a_refusal_for_good_is_given_up(db: Database, desk: Desk, post: Post, tmp_path: Path) -> None:
    bring(db, "nbd", article())
    put_out(spec(tmp_path, "a@example.org", "b@example.org"), Window(), "daily@1", desk, NOW)
    post.fault = DeliveryError("550 no such user", permanent=True, code=550)
    assert run(desk) == [None, None, "550 no such user", "550 no such user"]
    assert states(db) == ["sent", "sent", "failed", "failed"]
    assert run(desk, NOW + 99 * HOUR) == []


def test_a_program_that_dies_while_sending_sends_again(
    db: Database, desk: Desk, post: Post, tmp_path: Path
) -> None:
    bring(db, "nbd", article())
    put_out(spec(tmp_path, "a@example.org"), Window(), "daily@1", desk, NOW)
    post.fault = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        run(desk)
    assert states(db)[-1] == "sending"
    post.fault = None
    assert run(desk) == [None]
    assert len(post.taken) == 1


def test_the_schedule(db: Database, desk: Desk, tmp_path: Path) -> None:
    daily = spec(tmp_path)  # 08:00 in Shanghai is 00:00 UTC
    midnight = NOW.replace(hour=0)
    with transaction(db):
        db.execute("UPDATE digest_starts SET started_at = '2026-11-19T10:00:00Z'")
    bring(db, "nbd", article())
    assert put_out_due([daily], desk, midnight - HOUR) == []
    (made,) = put_out_due([daily], desk, midnight + 2 * HOUR)
    assert made.until == midnight  # dated by its slot, however late it is made
    assert put_out_due([daily], desk, midnight + 3 * HOUR) == []
    bring(db, "nbd", article("g2", text="第二天的一篇，讲上云。" * 40))
    assert len(put_out_due([daily], desk, midnight + 24 * HOUR)) == 1
    by_hand = replace(daily, schedule=None)
    assert put_out_due([by_hand], desk, midnight + 99 * HOUR) == []


def test_a_night_off_gives_one_digest(db: Database, desk: Desk, tmp_path: Path) -> None:
    bring(db, "nbd", article())
    days_later = NOW + timedelta(days=4)
    made = put_out_due([spec(tmp_path)], desk, days_later)
    assert len(made) == 1
    assert put_out_due([spec(tmp_path)], desk, days_later + HOUR) == []


def test_the_same_state_gives_the_same_bytes(db: Database, desk: Desk, tmp_path: Path) -> None:
    for number in range(4):
        bring(db, "nbd", article(f"g{number}", text=f"第{number}篇讲重庆上云。" * 40))
    assert compose(spec(tmp_path), ALL, desk, NOW) == compose(spec(tmp_path), ALL, desk, NOW)


def test_past_digests_are_listed(db: Database, desk: Desk, tmp_path: Path) -> None:
    bring(db, "nbd", article())
    put_out(spec(tmp_path), Window(), "k", desk, NOW)
    (row,) = digests.past(db)
    assert (row["name"], row["items"], row["open"], row["sent"]) == ("daily", 1, 2, 0)
