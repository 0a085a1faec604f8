"""What the service is made of: log lines, figures, notices to the operator, the check-up."""

import json
import logging
import sys
from dataclasses import replace
from datetime import datetime, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from tests.io.build import NOW, article, bring
from tests.io.smtp_servers import Post, free_port, served
from watcher import app
from watcher.config import load
from watcher.model import Pace, PollMemory, PollReport
from watcher.service import checkup, logs, metrics, notices
from watcher.service.faults import Fault
from watcher.service.notify import Pulse, notify, watchdog_seconds
from watcher.service.passes import Work, care_now, publish_now
from watcher.store import notices as kept
from watcher.store import sources
from watcher.store.open import transaction

HOUR = timedelta(hours=1)


def a_home(tmp_path: Path, watcher: str = "", feeds: int = 2) -> Path:
    (tmp_path / "config").mkdir(exist_ok=True)
    (tmp_path / "config/watcher.toml").write_text(watcher)
    (tmp_path / "config/sources.toml").write_text(
        "".join(
            f'[[source]]\nid = "s{n}"\nkind = "feed"\nurl = "https://example.org/{n}"\n' for n in range(feeds)
        )
    )
    return tmp_path / "config"


def fails(house: app.House, source_id: str, times: int, state: str = "failing") -> None:
    """A source's last polls failed so many times in a row; 0 is a success."""
    memory = PollMemory(failures=times, last_error="HTTP 503" if times else None)
    pace = Pace(memory, state if times else "ok", house.clock() + HOUR)  # type: ignore[arg-type]
    with transaction(house.db):
        sources.save_poll(house.db, PollReport(source_id, "failed"), pace, house.clock())


def record(text: str, **fields: object) -> logging.LogRecord:
    made = logging.LogRecord("watcher", logging.WARNING, "f", 1, text, (), None)
    made.fields = fields  # type: ignore[attr-defined]
    return made


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("nbd", "nbd"),
        (3, "3"),
        ("重庆日报", "重庆日报"),
        ("two words", '"two words"'),
        ('say "x" \\', '"say \\"x\\" \\\\"'),
        ("a\nforged level=error", '"a\\nforged level=error"'),
        ("\x1b[2J\u202e\u2028\x85", '"\\x1b[2J\\u202e\\u2028\\x85"'),
        ("\ud800", '"\\ud800"'),
        ("", '""'),
        ("a " * 300, '"' + ("a " * 300)[:500] + '…"'),
    ],
)
def test_a_value_can_neither_forge_nor_hide_an_event(value: object, shown: str) -> None:
    line = logs.TextLines(journal=True).format(record("poll", note=value))
    assert line == f"<4>poll note={shown}"
    told = json.loads(logs.JsonLines().format(record("poll", note=value)))
    assert told["note"] == value
    assert len(logs.JsonLines().format(record("poll", note=value)).splitlines()) == 1


def test_a_traceback_is_one_line_too() -> None:
    try:
        int("a\nb")
    except ValueError:
        made = record("broken")
        made.exc_info = sys.exc_info()
    for form in (logs.TextLines(), logs.JsonLines()):
        line = form.format(made)
        assert len(line.splitlines()) == 1
        assert "ValueError" in line


def test_other_libraries_log_in_the_same_form() -> None:
    made = logging.LogRecord("apscheduler", logging.ERROR, "f", 1, "job %s\nmissed", ("x",), None)
    assert logs.TextLines(journal=True).format(made) == "<3>job x\\nmissed logger=apscheduler"


def test_nothing_is_said_without_systemd(tmp_path: Path) -> None:
    notify("READY=1", env={})
    notify("READY=1", env={"NOTIFY_SOCKET": str(tmp_path / "gone")})
    assert watchdog_seconds({}) is None
    assert watchdog_seconds({"WATCHDOG_USEC": "120000000"}) == 120
    assert watchdog_seconds({"WATCHDOG_USEC": "120000000", "WATCHDOG_PID": "1"}) is None
    assert watchdog_seconds({"WATCHDOG_USEC": "soon"}) is None


def test_an_abstract_socket_is_reached() -> None:
    import socket

    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind("\0watcher-test-notify")
        notify("STATUS=a\nREADY=1", env={"NOTIFY_SOCKET": "@watcher-test-notify"})
        assert systemd.recv(100) == b"STATUS=a READY=1"


def test_a_job_that_hangs_ends_the_signs_of_life() -> None:
    pulse = Pulse("poll", "publish", patience=0.0)
    assert pulse.stuck() == ["poll", "publish"]
    pulse = Pulse("poll", "publish")
    pulse.beat("poll")
    assert pulse.stuck() == []


def test_figures_as_prometheus_reads_them(tmp_path: Path) -> None:
    with app.opened(load(a_home(tmp_path), {}), lambda: NOW) as house:
        bring(house.db, "s0", article())
        fails(house, "s1", 3)
        with transaction(house.db):
            sources.postpone(house.db, "s0", NOW - HOUR)
        text = metrics.exposition(metrics.gather(house.db, house.config.database, NOW))
    lines = text.splitlines()
    assert 'watcher_sources{state="failing"} 1' in lines
    assert "watcher_items 1" in lines
    assert "watcher_poll_lateness_seconds 3600" in lines
    assert "watcher_last_digest_timestamp_seconds 0" in lines
    names = [line.split()[2] for line in lines if line.startswith("# TYPE")]
    assert len(names) == len(set(names))
    metrics.write_file(tmp_path / "m" / "w.prom", text)
    assert (tmp_path / "m" / "w.prom").read_text() == text
    assert [file.name for file in (tmp_path / "m").iterdir()] == ["w.prom"]


@pytest.fixture
def post() -> Post:
    return Post()


def subjects(post: Post) -> list[str]:
    return [str(message_from_bytes(e.content, policy=default)["Subject"]) for e in post.taken]


def test_the_operator_hears_once_of_each_change(tmp_path: Path, post: Post) -> None:
    now = [NOW]
    with served(post) as port:
        smtp = f'[smtp]\nhost = "127.0.0.1"\nport = {port}\ntls = "none"\nfrom = "w@example.org"\n'
        config = load(a_home(tmp_path, smtp + '[service]\noperator = "ops@example.org"\n'), {})
        with app.opened(config, lambda: now[0]) as house:

            def looks() -> list[str]:
                now[0] += HOUR / 2
                notices.tell(house, notices.look(house))
                return subjects(post)

            assert looks() == []
            fails(house, "s0", 2)
            assert looks() == []  # twice is the weather
            fails(house, "s0", 3)
            fails(house, "s1", 9, "gone")
            assert looks() == ["watcher: 2 in trouble"]
            fails(house, "s0", 4)
            assert looks() == ["watcher: 2 in trouble"]  # still the same trouble
            fails(house, "s0", 0)
            assert looks() == ["watcher: 2 in trouble", "watcher: 1 well again"]
            assert looks()[2:] == []
            assert [notice.subject for notice in kept.standing(house.db)] == ["source s1"]
    body = message_from_bytes(post.taken[0].content, policy=default).get_body(("plain",))
    assert body is not None
    assert "in trouble   source s0: fails: HTTP 503" in body.get_content()


def test_a_notice_waits_for_the_mail_server(tmp_path: Path, post: Post) -> None:
    port = free_port()
    smtp = f'[smtp]\nhost = "127.0.0.1"\nport = {port}\ntls = "none"\nfrom = "w@example.org"\n'
    config = load(a_home(tmp_path, smtp + '[service]\noperator = "ops@example.org"\n'), {})
    with app.opened(config, lambda: NOW) as house:
        fails(house, "s0", 3)
        notices.tell(house, notices.look(house))  # nobody listens there
        assert [notice.subject for notice in kept.untold(house.db)] == ["source s0"]
        with served(post) as other:
            moved = replace(house, config=replace(config, smtp=replace(config.smtp, port=other)))  # type: ignore[type-var]
            notices.tell(moved, notices.look(moved))
        assert subjects(post) == ["watcher: 1 in trouble"]
        assert kept.untold(house.db) == []


def test_feed_text_cannot_get_into_a_notices_headers(tmp_path: Path, post: Post) -> None:
    with served(post) as port:
        smtp = f'[smtp]\nhost = "127.0.0.1"\nport = {port}\ntls = "none"\nfrom = "w@example.org"\n'
        config = load(a_home(tmp_path, smtp + '[service]\noperator = "ops@example.org"\n'), {})
        with app.opened(config, lambda: NOW) as house:
            notices.tell(house, {"source x\r\nBcc: all@example.org": "a\r\nBcc: all@example.org <script>"})
    message = message_from_bytes(post.taken[0].content, policy=default)
    assert message["Bcc"] is None
    assert post.taken[0].rcpt_tos == ["ops@example.org"]


def test_the_passes_take_care(tmp_path: Path) -> None:
    config = load(a_home(tmp_path, '[service]\nbackup_keep = 1\nmetrics_file = "../w.prom"\n'), {})
    with app.opened(config, lambda: NOW) as house:
        work = Work(house)
        publish_now(work)
        care_now(work)
        care_now(work)
        assert work.troubles == {}
    assert len(list((tmp_path / "var/backups").iterdir())) == 1
    assert (tmp_path / "w.prom").exists()


def test_a_backup_that_fails_is_told_and_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "blocked").write_text("a file where a folder should be")
    config = load(a_home(tmp_path, '[service]\nbackups = "../blocked"\n'), {})
    with app.opened(config, lambda: NOW) as house:
        work = Work(house)
        care_now(work)
        assert [notice.subject for notice in kept.standing(house.db)] == ["backup"]
        (tmp_path / "blocked").unlink()
        care_now(work)
        assert kept.standing(house.db) == []


@pytest.mark.parametrize(
    ("version", "found"),
    [((3, 40, 1), True), ((3, 44, 6), False), ((3, 45, 0), True), ((3, 50, 7), False), ((3, 53, 0), False)],
)
def test_faults_are_known_by_line_of_releases(version: tuple[int, ...], found: bool) -> None:
    assert Fault("x", "y", [(3, 51, 3), (3, 50, 7), (3, 44, 6)]).is_in(version) is found


def findings(tmp_path: Path, config_text: str = "", now: datetime = NOW) -> dict[str, list[checkup.Finding]]:
    by_check: dict[str, list[checkup.Finding]] = {}
    for finding in checkup.examine(load(a_home(tmp_path, config_text), {}), now):
        by_check.setdefault(finding.check, []).append(finding)
    return by_check


def test_the_doctor_on_a_healthy_house(tmp_path: Path) -> None:
    with app.opened(load(a_home(tmp_path), {}), lambda: NOW) as house:
        care_now(Work(house))
    found = findings(tmp_path, '[watcher]\ncontact = "ops@here.example"\n')
    for check in ("Python", "clock", "config", "disk", "database", "WAL", "backups"):
        assert [finding.verdict for finding in found[check]] == ["ok"], found[check]
    assert "mail" not in found


def test_the_doctor_says_what_to_do(tmp_path: Path) -> None:
    with app.opened(load(a_home(tmp_path), {}), lambda: NOW - 100 * HOUR) as house:
        fails(house, "s0", 5)
        fails(house, "s1", 0)
    port = free_port()
    smtp = f'[smtp]\nhost = "127.0.0.1"\nport = {port}\ntls = "none"\nfrom = "w@example.org"\n'
    found = findings(tmp_path, smtp + "[service]\nbackup_keep = 0\n")
    bad = {check: rows[0] for check, rows in found.items() if rows[0].verdict != "ok"}
    assert bad["mail"].verdict == "bad"
    assert "HTTP 503" in bad["source s0"].what
    assert "last asked 2026-11-16" in bad["source s1"].what
    assert "switched off" in bad["backups"].what
    assert all(finding.advice for finding in bad.values())
    early = findings(tmp_path, now=datetime(1970, 1, 2, tzinfo=NOW.tzinfo))
    assert early["clock"][0].verdict == "bad"


def test_the_doctor_and_a_damaged_database(tmp_path: Path) -> None:
    app_config = load(a_home(tmp_path), {})
    assert findings(tmp_path)["database"][0].verdict == "warn"  # none yet
    app_config.database.parent.mkdir()
    app_config.database.write_bytes(b"no database" * 500)
    assert findings(tmp_path)["database"][0].verdict == "bad"
