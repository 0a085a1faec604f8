"""Secrets: never in TOML, never shown. From systemd's credentials, the environment, or a file."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from watcher.config.files import SECRET_PREFIX

_MARK = re.compile(r"\{secret:([^{}]+)\}")


def find(name: str, env: Mapping[str, str]) -> str | None:
    """`$CREDENTIALS_DIRECTORY/<name>`, else `$WATCHER_SECRET__<NAME>`, else None."""
    directory = env.get("CREDENTIALS_DIRECTORY")
    if directory and (file := Path(directory) / name).is_file():
        return file.read_text(encoding="utf-8").strip()
    return env.get(variable(name))


def variable(name: str) -> str:
    """The environment variable that holds a secret: `rss-key` is WATCHER_SECRET__RSS_KEY."""
    return SECRET_PREFIX + re.sub(r"\W", "_", name).upper()


def names_in(texts: Iterable[str]) -> list[str]:
    """The secrets that texts ask for by `{secret:name}`."""
    return [name for text in texts for name in _MARK.findall(text)]


def advice(name: str) -> str:
    """How to provide a secret of this name."""
    return f"set {variable(name)}, or give systemd LoadCredential={name}:/path"
