"""The shipped units as systemd itself reads them, in a staged root: no unit is installed or started.

`systemd-analyze` works without a running systemd. It warns on stderr and still exits 0 for an
unknown key, so any word on stderr is a failure. What it cannot see (credentials, the network, a
stop in time) is not tested here.
"""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from watcher.service.scheduler import LAST_MOMENT

UNITS = Path(__file__).parents[2] / "systemd"
SERVICES = ["watcher.service", "watcher-poll.service"]
READER = "watcher-datasette.service"
ALL = [*SERVICES, READER, "watcher-poll.timer"]
EXPOSURE_LIMIT = 15  # ten times the score: 1.5

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tree with the units, the program they start, and the system's own targets."""
    tree = tmp_path_factory.mktemp("root")
    installed = tree / "etc/systemd/system"
    installed.mkdir(parents=True)
    for unit in ALL:
        shutil.copy(UNITS / unit, installed)
    for name in ("opt/watcher/.venv/bin/watcher", "opt/watcher/.venv/bin/datasette", "bin/kill"):
        program = tree / name
        program.parent.mkdir(parents=True, exist_ok=True)
        program.write_text("#!/bin/sh\n")
        program.chmod(0o755)
    targets = tree / "usr/lib/systemd/system"
    targets.mkdir(parents=True)
    for target in Path("/usr/lib/systemd/system").glob("*.target"):
        shutil.copy(target, targets)
    return tree


@pytest.fixture(scope="module")
def analyze(root: Path) -> Run:
    """Runs `systemd-analyze` over the staged root."""
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("systemd-analyze is missing (apt install systemd)")

    def run(verb: str, *words: str) -> subprocess.CompletedProcess[str]:
        command = [program, verb, f"--root={root}", "--no-pager", *words]
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)

    return run


def directives(unit: str) -> list[tuple[str, str]]:
    """The `Key=value` lines of a unit in order, comments left out."""
    lines = (UNITS / unit).read_text("utf-8").splitlines()
    pairs = (line.partition("=") for line in lines if "=" in line and not line.startswith("#"))
    return [(key, value) for key, _, value in pairs]


@pytest.mark.parametrize("unit", ALL)
def test_systemd_takes_the_unit_without_a_word(analyze: Run, unit: str) -> None:
    said = analyze("verify", "--man=no", unit)
    assert (said.returncode, said.stderr) == (0, "")


@pytest.mark.parametrize(
    ("right", "wrong"),
    [("RestartSec=", "RestartSecs="), ("Type=notify", "Type=notfiy"), ("bin/watcher ", "bin/wacther ")],
)
def test_the_check_sees_mistakes(analyze: Run, root: Path, right: str, wrong: str) -> None:
    broken = root / "etc/systemd/system/broken.service"
    broken.write_text((UNITS / "watcher.service").read_text("utf-8").replace(right, wrong), "utf-8")
    word = wrong.strip(" =").removeprefix("Type=")  # each release words its complaint anew, but names it
    assert word in analyze("verify", "--man=no", broken.name).stderr


@pytest.mark.parametrize("service", [*SERVICES, READER])
def test_exposure_stays_low(analyze: Run, service: str) -> None:
    said = analyze("security", "--offline=true", f"--threshold={EXPOSURE_LIMIT}", service)
    assert said.returncode == 0, said.stdout[-300:] + said.stderr


@pytest.mark.parametrize("service", SERVICES)
def test_parse_workers_may_set_their_limits(service: str) -> None:
    filters = [value for key, value in directives(service) if key == "SystemCallFilter"]
    assert filters == ["@system-service", "~@privileged"]


@pytest.mark.parametrize("service", SERVICES)
def test_the_group_may_read_the_state_and_nobody_else(service: str) -> None:
    said = dict(directives(service))
    wanted = {
        "User": "watcher",
        "Group": "watcher",
        "UMask": "0027",
        "StateDirectory": "watcher",
        "StateDirectoryMode": "0750",
    }
    assert {key: said.get(key) for key in wanted} == wanted


def test_both_services_are_confined_alike() -> None:
    def confinement(service: str) -> list[tuple[str, str]]:
        said = directives(service)
        return [(key, value) for key, value in said[said.index(("User", "watcher")) :] if key != "WantedBy"]

    assert confinement("watcher.service") == confinement("watcher-poll.service")


def test_the_timer_fires_every_ten_minutes() -> None:
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("systemd-analyze is missing (apt install systemd)")
    calendar = dict(directives("watcher-poll.timer"))["OnCalendar"]
    command = [program, "calendar", "--base-time=2026-11-20 08:01 UTC", "--iterations=2", calendar]
    said = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout
    assert "08:10:00" in said
    assert "08:20:00" in said


def test_the_account_can_be_made(root: Path) -> None:
    program = shutil.which("systemd-sysusers")
    if program is None:
        pytest.skip("systemd-sysusers is missing (apt install systemd)")
    command = [program, f"--root={root}", str(UNITS / "watcher.sysusers")]
    subprocess.run(command, capture_output=True, check=True, timeout=60)
    accounts = [line.split(":") for line in (root / "etc/passwd").read_text().splitlines()]
    group = (root / "etc/group").read_text().split(":")
    assert group[0] == "watcher"
    assert [account[0] for account in accounts] == ["watcher", "watcher-web"]
    for account in accounts:
        assert account[3] == group[2]  # both are of the group
        assert account[5] == "/var/lib/watcher"
        assert account[6].endswith("nologin")


def test_the_service_says_when_it_is_ready_and_that_it_lives() -> None:
    said = dict(directives("watcher.service"))
    assert (said["Type"], said["NotifyAccess"], said["WatchdogSec"]) == ("notify", "main", "120")
    assert said["ExecReload"].endswith("-HUP $MAINPID")
    assert int(said["TimeoutStopSec"]) > LAST_MOMENT


def test_datasette_cannot_write_and_is_not_reachable_from_outside() -> None:
    said = dict(directives(READER))
    assert said["ReadOnlyPaths"] == "/var/lib/watcher"
    assert said["User"] != "watcher"
    assert (said["IPAddressDeny"], said["IPAddressAllow"]) == ("any", "localhost")
    assert "--host 127.0.0.1" in (UNITS / READER).read_text("utf-8")
