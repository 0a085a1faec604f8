"""`watcher run` as a process: what it tells systemd, how it reloads, what it answers, how it leaves."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.io.smtp_servers import free_port

ROOT = Path(__file__).parents[2]


class Systemd:
    """The other end of the notification socket."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.heard: list[str] = []
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(path))

    def waits_for(self, line: str, seconds: float = 30.0) -> None:
        """Listens until a message holds a line that begins so."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self._socket.settimeout(max(0.01, until - time.monotonic()))
            try:
                message = self._socket.recv(4096).decode()
            except TimeoutError:
                break
            self.heard += message.split("\n")
            if any(said.startswith(line) for said in message.split("\n")):
                return
        raise AssertionError(f"no {line} among {self.heard}")

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def systemd(tmp_path: Path) -> Iterator[Systemd]:
    found = Systemd(tmp_path / "notify")
    yield found
    found.close()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "config").mkdir()
    (tmp_path / "posts").mkdir()
    (tmp_path / "posts/a.md").write_text("---\ntitle: 重庆上云\n---\n重庆企业上云。\n", "utf-8")
    os.utime(tmp_path / "posts/a.md", (1e9, 1e9))
    (tmp_path / "config/sources.toml").write_text(
        '[[source]]\nid = "posts"\nkind = "folder"\npath = "../posts"\n'
    )
    return tmp_path


@contextmanager
def running(home: Path, *args: str, **env: str) -> Iterator[subprocess.Popen[str]]:
    """The service, ended at the latest with the block; its stderr goes into the file `log`."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith("WATCHER_")}
    with (home / "log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "watcher", "run", *args],
            cwd=home,
            env=clean | {"PYTHONPATH": str(ROOT), "HOME": str(home)} | env,
            stderr=log,
            text=True,
        )
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()
            process.wait()


def logged(home: Path) -> str:
    return (home / "log").read_text("utf-8")


def until_logged(home: Path, words: str, seconds: float = 30.0) -> None:
    end = time.monotonic() + seconds
    while words not in logged(home):
        assert time.monotonic() < end, f"no {words!r} in:\n{logged(home)}"
        time.sleep(0.05)


def leaves(process: subprocess.Popen[str], seconds: float = 10.0) -> int:
    """SIGTERM, and the exit code."""
    process.terminate()
    return process.wait(seconds)


def test_systemd_hears_of_start_life_reload_and_end(home: Path, systemd: Systemd) -> None:
    env = {"NOTIFY_SOCKET": str(systemd.path), "WATCHDOG_USEC": "600000"}
    with running(home, **env) as process:
        systemd.waits_for("READY=1")
        systemd.waits_for("WATCHDOG=1")
        (home / "config/sources.toml").write_text(
            '[[source]]\nid = "posts"\nkind = "folder"\npath = "../posts"\n'
            '[[source]]\nid = "more"\nkind = "folder"\npath = "../posts"\n'
        )
        process.send_signal(signal.SIGHUP)
        systemd.waits_for("RELOADING=1")
        systemd.waits_for("READY=1")
        assert "STATUS=reloaded: 2 sources, 0 digests" in systemd.heard
        assert any(said.startswith("MONOTONIC_USEC=") for said in systemd.heard)
        (home / "config/sources.toml").write_text('[[source]]\nid = "posts"\nkind = "folder"\nurll = "x"\n')
        process.send_signal(signal.SIGHUP)
        systemd.waits_for("STATUS=config kept")
        systemd.waits_for("WATCHDOG=1")  # and goes on
        assert leaves(process) == 0
        systemd.waits_for("STOPPING=1")
    assert "reload refused" in logged(home)
    assert "urll" in logged(home)
    assert logged(home).rstrip().endswith("stopped")


def test_a_reload_cannot_move_the_database(home: Path) -> None:
    with running(home) as process:
        until_logged(home, "started")
        (home / "config/watcher.toml").write_text('[watcher]\ndatabase = "../other.db"\n')
        process.send_signal(signal.SIGHUP)
        until_logged(home, "cannot change")
        assert leaves(process) == 0
    assert not (home / "other.db").exists()


def test_one_event_a_line_as_json(home: Path) -> None:
    (home / "posts/bad\nname.md").write_bytes(b"\x00\x01")
    with running(home, "--log", "json") as process:
        until_logged(home, '"event": "poll"')
        assert leaves(process) == 0
    events = [json.loads(line) for line in logged(home).splitlines()]
    polled = next(event for event in events if event["event"] == "poll")
    assert (polled["source"], polled["outcome"], polled["level"]) == ("posts", "new", "info")


def test_metrics_and_health_on_this_machine_only(home: Path) -> None:
    port = free_port()
    (home / "config/watcher.toml").write_text(
        f'[service]\nlisten = "127.0.0.1:{port}"\nmetrics_file = "../m/watcher.prom"\n'
    )
    with running(home) as process:
        until_logged(home, "outcome=new")
        until_logged(home, "checkpoint")

        def ask(path: str) -> str:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
                return str(answer.read().decode())

        assert ask("/healthz") == "ok\n"
        figures = ask("/metrics")
        assert "\nwatcher_items 1\n" in figures
        assert '\nwatcher_polls_total{outcome="new"} 1\n' in figures
        assert '\nwatcher_sources{state="ok"} 1\n' in figures
        with pytest.raises(urllib.error.HTTPError, match="404"):
            ask("/etc/passwd")
        with socket.create_connection(("127.0.0.1", port)) as rude:
            rude.sendall(b"DELETE /metrics HTTP/1.1\r\n\r\n")
            assert rude.recv(100).startswith(b"HTTP/1.1 405")
        assert leaves(process) == 0
    assert "watcher_troubles" in (home / "m/watcher.prom").read_text()
    assert len(list((home / "var/backups").glob("watcher-*.db"))) == 1


def test_a_taken_port_and_a_second_instance_are_explained(home: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        (home / "config/watcher.toml").write_text(f'[service]\nlisten = "127.0.0.1:{port}"\n')
        with running(home) as process:
            assert process.wait(30) == 2
        assert "[service] listen" in logged(home)
    (home / "config/watcher.toml").unlink()
    with running(home):
        until_logged(home, "started")
        second = subprocess.run(
            [sys.executable, "-m", "watcher", "poll"],
            cwd=home,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=False,
            timeout=30,
        )
    assert second.returncode == 3
    assert "'watcher run' (process" in second.stderr


class _Slow(BaseHTTPRequestHandler):
    asked: list[str] = []  # noqa: RUF012

    def do_GET(self) -> None:
        _Slow.asked.append(self.path)
        time.sleep(60)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


def test_sigterm_in_the_middle_of_200_slow_fetches(home: Path) -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Slow)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    port = server.server_address[1]
    (home / "config/watcher.toml").write_text(
        f'[http]\nconcurrency = 200\nper_host = 16\nallow_private = ["127.0.0.1:{port}"]\n'
        f'[service]\nmetrics_file = "../metrics"\n'
    )
    (home / "config/sources.toml").write_text(
        "".join(
            f'[[source]]\nid = "s{n}"\nkind = "feed"\nurl = "http://127.0.0.1:{port}/{n}"\n'
            for n in range(200)
        )
    )
    _Slow.asked.clear()
    with running(home) as process:
        until_logged(home, "started")
        while len(_Slow.asked) < 16:
            time.sleep(0.05)
        begun = time.monotonic()
        assert leaves(process, 10) == 0
        print(f"out after {time.monotonic() - begun:.1f} s")
    asked = len(_Slow.asked)
    (home / "metrics").unlink(missing_ok=True)
    with running(home) as process:
        while not (home / "metrics").exists():  # then the passes have looked
            time.sleep(0.05)
        assert leaves(process, 10) == 0
    server.shutdown()
    server.server_close()
    assert len(_Slow.asked) == asked  # no new round
