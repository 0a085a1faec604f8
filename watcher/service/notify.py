"""What systemd is told: ready, reloading, stopping, a status line, and signs of life.

The protocol is one datagram to the socket in `$NOTIFY_SOCKET` (sd_notify(3)); without it, nothing is
said. A sign of life means work: `Pulse` keeps when each job last got anywhere, and a job that hangs
stops the signs although the event loop still turns.
"""

import os
import socket
import time
from collections.abc import Mapping
from contextlib import suppress

PATIENCE = 600.0  # seconds: the longest one document, one mail or one backup may take


def notify(*lines: str, env: Mapping[str, str] = os.environ) -> None:
    """Send lines such as `READY=1` or `STATUS=polling`; a socket that is gone is no reason to fail."""
    address = env.get("NOTIFY_SOCKET")
    if not address:
        return
    if address.startswith("@"):  # Linux's abstract namespace
        address = "\0" + address[1:]
    message = "\n".join(line.replace("\n", " ") for line in lines)
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as channel:
        channel.sendto(message.encode(), address)


def reloading() -> None:
    """Say that the config is being read anew; `READY=1` ends it."""
    notify("RELOADING=1", f"MONOTONIC_USEC={time.monotonic_ns() // 1000}")


def watchdog_seconds(env: Mapping[str, str] = os.environ) -> float | None:
    """How often systemd wants a sign of life from this very process, or None."""
    if env.get("WATCHDOG_PID", str(os.getpid())) != str(os.getpid()):
        return None
    wanted = env.get("WATCHDOG_USEC", "")
    return int(wanted) / 1e6 if wanted.isdigit() and int(wanted) else None


class Pulse:
    """When each job last got anywhere, by the clock that never jumps."""

    def __init__(self, *jobs: str, patience: float = PATIENCE) -> None:
        self._last = dict.fromkeys(jobs, time.monotonic())
        self._patience = patience

    def beat(self, job: str) -> None:
        """Note that a job finished a pass or a step of it."""
        self._last[job] = time.monotonic()

    def stuck(self) -> list[str]:
        """The jobs that got nowhere for too long."""
        limit = time.monotonic() - self._patience
        return [job for job, last in self._last.items() if last < limit]
