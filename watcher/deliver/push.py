"""Pushes to chats (企业微信, 飞书, 钉钉, Slack and a hundred more) through Apprise, if that is installed.

Sends what was frozen before; the secrets of an address are put in at the last moment, and are in no
error. Apprise says only that a push failed, not why, so a failure is taken for one that may pass.
"""

import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, Self

from watcher.crash import crashpoint
from watcher.errors import DeliveryError
from watcher.model import Parcel

_SECRET = re.compile(r"\{secret:([^{}]+)\}")


@dataclass(frozen=True, slots=True)
class Pusher:
    """Calling it pushes one message. `secrets` are by the name that addresses use."""

    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)

    def __call__(self, parcel: Parcel) -> None:
        """Hands one message to the service behind the address; DeliveryError when it did not take it."""
        apprise = _apprise()
        box = apprise.Apprise()
        if not box.add(_SECRET.sub(self._secret, parcel.target)):
            raise DeliveryError(
                f"{parcel.target} is no address that Apprise knows; its wiki lists them by service",
                permanent=True,
            )
        title, _, text = parcel.body.decode().partition("\n")
        crashpoint("push.goes")
        with _Overheard() as said:
            taken = box.notify(title=title, body=text.strip(), body_format=apprise.NotifyFormat.MARKDOWN)
        if not taken:
            why = f": {_redacted(said.last, self.secrets)}" if said.last else ""
            raise DeliveryError(f"{parcel.target} did not take it{why}", permanent=False)
        crashpoint("push.taken")

    def _secret(self, found: re.Match[str]) -> str:
        if found[1] not in self.secrets:
            raise DeliveryError(f"the secret {found[1]} is not there", permanent=False)
        return self.secrets[found[1]]


class _Overheard(logging.Handler):
    """The last warning that Apprise logged: it tells there what it does not return.

    Nothing of it goes further: at debug level its lines hold whole addresses, keys and all.
    """

    last: str | None = None

    def __enter__(self) -> Self:
        logger = logging.getLogger("apprise")
        logger.addHandler(self)
        logger.propagate = False
        return self

    def __exit__(self, *_: object) -> None:
        logger = logging.getLogger("apprise")
        logger.removeHandler(self)
        logger.propagate = True

    def emit(self, record: logging.LogRecord) -> None:
        if record.levelno >= logging.WARNING:
            self.last = " ".join(record.getMessage().split())[:200]


def _redacted(text: str, secrets: Mapping[str, str]) -> str:
    for name, value in secrets.items():
        text = text.replace(value, f"{{secret:{name}}}") if value else text
    return text


def _apprise(load: Callable[[str], Any] = import_module) -> Any:
    try:
        return load("apprise")
    except ImportError as error:
        raise DeliveryError(
            'the channel "push" needs Apprise: pip install "watcher[push]"', permanent=False
        ) from error
