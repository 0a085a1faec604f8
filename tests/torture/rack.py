"""Starts children, kills them, and says what is wrong with what they left behind."""

import multiprocessing
import random
import re
import shutil
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.io import schemas
from tests.torture import life
from tests.torture.world import ROUND, START, World, furnish, opened_world

FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["tests.torture.life"])

# Passed by the service in its ordinary round, …
SERVICE_POINTS = """
poll.begins poll.postpones poll.postponed poll.fetched poll.read poll.saves poll.marked poll.recorded poll.saved
item.inserted item.tagged item.indexed item.unindexed item.seen folder.reads folder.read
digest.begins digest.selected digest.rendered digest.frozen digest.out digest.slot digest.slot_done
outbox.sending outbox.taken outbox.sent outbox.refused file.written file.named mail.connected mail.taken
backup.begins backup.copied backup.named backup.rotates transaction.commits:6 transaction.committed:6
""".split()  # noqa: SIM905
# … when a folder holds more than one portion …
PORTION_POINTS = ["poll.goes_on"]
# … and by what a user does by hand.
ACT_POINTS = {
    "migrate": "migration.begins migration.backed_up migration.applied migration.commits migration.committed",
    "backup": "backup.begins backup.copied backup.named backup.rotates backup.rotated",
    "restore": "restore.kept restore.copied restore.placed",
    "prune": "prune.portion",
}


def child(target: Callable[..., None], *args: object, seconds: float = 60.0) -> int:
    """Runs it to its end; the exit code, negative for a signal."""
    process = FORKS.Process(target=target, args=args)
    process.start()
    process.join(seconds)
    if process.is_alive():
        process.kill()
        process.join()
        raise AssertionError(f"{target.__name__}{args} did not end within {seconds} s")
    code = process.exitcode
    process.close()
    assert code is not None
    return code


def lives(home: Path, start: datetime, rounds: int = 1) -> None:
    """Rounds in which nothing goes wrong."""
    assert child(life.rounds, home, start, rounds, ROUND) == 0


@contextmanager
def settled_world(home: Path, many: int = 0) -> Iterator[World]:
    """A world watched for one round, in which then something new happens everywhere."""
    with opened_world() as world:
        furnish(home, world)
        for number in range(6):
            world.publishes(f"feed{number % 3}", number, START - timedelta(hours=number))
        for number in range(10, 13):
            world.files(home / "posts", number, START)
        lives(home, START)
        happens(world, home, 100, START + ROUND)
        for number in range(1000, 1000 + many):
            world.files(home / "posts", number, START)
        yield world


def happens(world: World, home: Path, number: int, when: datetime) -> None:
    """News: two new articles, a copy at another outlet, an edit, a new file."""
    edited = number % 3
    world.publishes("feed0", number, when)
    world.publishes("feed1", number + 1, when)
    world.publishes("feed2", number, when)
    if edited in world.known:
        world.publishes(f"feed{edited}", edited, world.known[edited].published, number)
    world.files(home / "posts", number + 2, when)


def wrongs(home: Path, world: World, *, twice_allowed: bool = False) -> list[str]:
    """Everything that is not as it must be: lost, twice, inconsistent."""
    found: list[str] = []
    with closing(sqlite3.connect(home / "var/watcher.db")) as db:
        found += [f"integrity: {row[0]}" for row in db.execute("PRAGMA integrity_check") if row[0] != "ok"]
        found += [f"orphan: {row}" for row in db.execute("PRAGMA foreign_key_check")]
        titles = Counter(row[0] for row in db.execute("SELECT title FROM items"))
        texts = dict(db.execute("SELECT title, text FROM items").fetchall())
        carried = Counter(
            row[0] for row in db.execute("SELECT title FROM digest_items JOIN items ON items.id = item_id")
        )
        open_parcels = db.execute("SELECT count(*) FROM deliveries WHERE state != 'sent'").fetchone()[0]
        halves = db.execute(
            "SELECT count(*) FROM items WHERE id NOT IN (SELECT item_id FROM sightings)"
            " OR id NOT IN (SELECT rowid FROM items_fts)"
        ).fetchone()[0]
        counted = db.execute("SELECT sum(new_items) FROM polls").fetchone()[0]
    wanted = {article.title: article for article in world.known.values()}
    found += [f"lost: {title}" for title in wanted.keys() - titles.keys()]
    found += [f"twice: {title}" for title, count in titles.items() if count > 1]
    found += [f"never was: {title}" for title in titles.keys() - wanted.keys()]
    found += [
        f"old text: {title}" for title, a in wanted.items() if f"第{a.version}版" not in texts.get(title, "")
    ]
    found += [f"in no digest: {title}" for title in wanted.keys() - carried.keys()]
    found += [f"in two digests: {title}" for title, count in carried.items() if count > 1]
    found += [f"{halves} items half there"] * bool(halves)
    found += [f"{open_parcels} parcels open"] * bool(open_parcels)
    if counted is not None and counted != sum(titles.values()):
        found.append(f"polls count {counted} new items, there are {sum(titles.values())}")
    found += _wrong_readings("files", Counter(_titles_in_files(home)), carried)
    mails = world.mails()
    once = dict(mails)
    if len(mails) != len(once) and not twice_allowed:
        found.append(f"{len(mails) - len(once)} mails came twice")
    if len({text for _, text in mails}) != len(once):
        found.append("a mail came again under another Message-ID")
    found += _wrong_readings(
        "mail", Counter(title for text in once.values() for title in _titles(text)), carried
    )
    return found


def _wrong_readings(where: str, read: Counter[str], carried: Counter[str]) -> list[str]:
    lost = [f"{where}: carried but not there: {title}" for title in carried if title not in read]
    return lost + [f"{where}: {count} times: {title}" for title, count in read.items() if count > 1]


def _titles_in_files(home: Path) -> Iterator[str]:
    for file in (home / "out").glob("*.txt"):
        yield from _titles(file.read_text("utf-8"))


def _titles(text: str) -> list[str]:
    return re.findall(r"\S+工业互联网动态第\d{6}期", text)


def killed_at(template: Path, world: World, point: str, how: str, home: Path) -> list[str]:
    """One case: the service dies at a point, starts again, and everything is there once."""
    shutil.copytree(template, home)
    world.post.taken.clear()  # the template's round was before any digest
    place, _, passage = point.partition(":")
    world.post.answers = {"RCPT": "451 later"} if place == "outbox.refused" else {}
    code = child(life.serve, home, START + ROUND, f"{place}:{passage or 1}:{how}")
    world.post.answers = {}
    if code != (-9 if how == "KILL" else life.PASSED):
        return [f"the point was not passed: exit code {code}"]
    # Mail goes out beside the polls: whatever it died of, it may have died between a 250 and our note of it.
    in_the_window = how == "KILL" and _is_sending(home)
    lives(home, START + 2 * ROUND, 2)
    return wrongs(home, world, twice_allowed=in_the_window)


def _is_sending(home: Path) -> bool:
    """Whether a mail was under way: it may come twice, under one Message-ID (RFC 1047)."""
    # Looked up in a copy: to open the database itself would mend what the program has to mend.
    with TemporaryDirectory() as folder:
        for file in ("watcher.db", "watcher.db-wal"):
            if (home / "var" / file).exists():
                shutil.copy(home / "var" / file, folder)
        with closing(sqlite3.connect(Path(folder) / "watcher.db")) as db:
            found = db.execute("SELECT count(*) FROM deliveries WHERE state = 'sending'").fetchone()
    return bool(found[0])


def killed_by_hand(template: Path, name: str, point: str, how: str, home: Path) -> list[str]:
    """One case of a user's doing: it dies at a point, is done again, and all is well and nothing left over."""
    shutil.copytree(template, home)
    database = home / "var/watcher.db"
    if name == "migrate":
        for file in database.parent.glob("watcher.db*"):
            file.unlink()
        schemas.unpacked(4, database)
    if name == "restore":
        shutil.copy(next((home / "var/backups").glob("*.db")), home / "copy.db")
        if point == "restore.copied":  # that way goes only over a damaged one
            database.write_bytes(b"\xff" * 8192)
    before = [] if point == "restore.copied" else titles_in(database)
    code = child(life.act, name, home, START + ROUND, f"{point}:1:{how}")
    if code != (-9 if how == "KILL" else -15):
        return [f"the point was not passed: exit code {code}"]
    found = [] if point == "restore.copied" else unlike(database, before, "after the crash")
    child(life.act, name, home, START + 2 * ROUND, "nowhere")
    wanted = titles_in(home / "copy.db") if name == "restore" else before
    found += unlike(database, wanted, "done again")
    left = [file.name for file in database.parent.rglob(".*.part")]
    copies = [*database.parent.glob("*-before-*.db"), *(home / "var/backups").glob("*.db")]
    whole = {copy.name for copy in copies if point != "restore.copied" or "before-restore" not in copy.name}
    found += [f"left over: {name}" for name in left]
    return found + [f"{copy}" for copy in copies if copy.name in whole and _verdict(copy) != "ok"]


def killed_at_random(
    home: Path, world: World, kills: int, seed: int, tell: Callable[[str], None]
) -> list[str]:
    """Rounds without end, killed after any time, news before each; the sum must be right after all."""
    chance = random.Random(seed)
    now, number, died_early = START + ROUND, 100_000, 0
    begun = time.monotonic()
    lives(home, now - ROUND)  # a whole life takes so long here: every moment of it must have its turn
    longest = 1.5 * (time.monotonic() - begun)
    for kill in range(1, kills + 1):
        happens(world, home, number, now)
        number += 3
        process = FORKS.Process(target=life.rounds, args=(home, now, 50, ROUND))
        process.start()
        time.sleep(chance.uniform(0.005, longest))
        process.kill()
        process.join()
        died_early += process.exitcode != -9
        process.close()
        now += 51 * ROUND
        if kill % 10 == 0:  # before the oldest news leaves a feed that lists twenty
            lives(home, now)
            now += ROUND
        if kill % 100 == 0 or kill == kills:
            lives(home, now, 2)
            now += 3 * ROUND
            found = wrongs(home, world, twice_allowed=True)
            tell(f"{kill} random kills, {len(world.known)} articles: {len(found)} wrong")
            if found:
                return found
    return [f"{died_early} children ended by themselves"] if died_early else []


def broken_at(template: Path, world: World, seam: str, number: int, home: Path) -> list[str] | None:
    """One case: a call fails in the middle of a round; None when there is no call of that number."""
    shutil.copytree(template, home)
    world.post.taken.clear()
    code = child(life.faulty, home, START + ROUND, seam, number)
    if code == life.UNREACHED:
        return None
    if code:
        return [f"the service ended with {code}"]
    lives(home, START + 2 * ROUND, 3)
    return wrongs(home, world, twice_allowed=True)


def refused_by_mail(template: Path, world: World, verb: str, answer: str, home: Path) -> list[str]:
    """One case: the mail server refuses for now at some step, and takes it later."""
    shutil.copytree(template, home)
    world.post.taken.clear()
    world.post.answers = {verb: answer}
    try:
        lives(home, START + ROUND)
    finally:
        world.post.answers = {}
    lives(home, START + 2 * ROUND, 3)
    return wrongs(home, world, twice_allowed=verb == "QUIT")


def unlike(database: Path, titles: list[str], when: str) -> list[str]:
    found = [] if titles_in(database) == titles else [f"{when}: not the articles there should be"]
    return found + ([] if (said := _verdict(database)) == "ok" else [f"{when}: {said}"])


def titles_in(database: Path) -> list[str]:
    with closing(sqlite3.connect(database)) as db:
        return [row[0] for row in db.execute("SELECT title FROM items ORDER BY title")]


def _verdict(database: Path) -> str:
    with closing(sqlite3.connect(database)) as db:
        return str(db.execute("PRAGMA integrity_check").fetchone()[0])
