"""The mail server with its password, from wherever that is kept."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from watcher.config import secrets
from watcher.config.files import TomlFile
from watcher.config.schema import Smtp
from watcher.errors import Problem

CREDENTIAL = "smtp-password"


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail is handed over, and as whom."""

    host: str
    port: int | None  # None: the usual one
    tls: Literal["ssl", "starttls", "none"]
    sender: str
    user: str | None
    password: str | None = field(repr=False)


def mail_server(
    table: Smtp, file: TomlFile, env: Mapping[str, str], problems: list[Problem]
) -> MailServer | None:
    """How to reach the server, or None without one; what is missing is added to `problems`."""
    if table.host is None:
        return None
    sender = table.from_ or (table.user if table.user and "@" in table.user else None)
    if sender is None:
        what = "has no sender"
        problems.append(file.problem(("smtp", "from"), what, 'write from = "watcher@example.org"'))
    password = None
    try:
        password = _password(table, file.path.parent, env)
    except OSError as error:
        what = f"password_file cannot be read: {error.strerror}"
        problems.append(file.problem(("smtp", "password_file"), what))
    if table.user and password is None and not problems:
        advice = f"set WATCHER_SMTP__PASSWORD, password_file, or the systemd credential {CREDENTIAL}"
        problems.append(file.problem(("smtp", "user"), "has no password", advice))
    return MailServer(
        host=table.host,
        port=table.port,
        tls=table.tls,
        sender=sender or "",
        user=table.user,
        password=password,
    )


def _password(table: Smtp, directory: Path, env: Mapping[str, str]) -> str | None:
    if table.password is not None:
        return table.password
    if table.password_file is not None:
        return (directory / Path(table.password_file).expanduser()).read_text(encoding="utf-8").strip()
    return secrets.find(CREDENTIAL, env)
