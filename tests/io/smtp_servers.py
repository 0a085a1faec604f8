"""SMTP servers on loopback that do as they are told: keep, refuse, delay, drop, or talk nonsense."""
# ruff: noqa: N802 - aiosmtpd looks for handle_RCPT by this very name

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session


class Post:
    """A server's mind: keeps what it took, and refuses as told: {"RCPT": "550 no such user"}."""

    def __init__(self, **answers: str | Callable[[SMTP], Any]) -> None:
        self.answers = answers
        self.taken: list[Envelope] = []
        self.secure: list[bool] = []
        self.users: list[str] = []

    async def _answer(self, verb: str, server: SMTP) -> str:
        answer = self.answers.get(verb, "250 OK")
        if callable(answer):
            answer = await answer(server) or "250 OK"
        return str(answer)

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any
    ) -> str:
        answer = await self._answer("MAIL", server)
        if answer.startswith("2"):
            envelope.mail_from = address
        return answer

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any
    ) -> str:
        name = address.partition("@")[0]
        answer = str(self.answers[name]) if name in self.answers else await self._answer("RCPT", server)
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        answer = await self._answer("DATA", server)
        if answer.startswith("2"):
            self.taken.append(envelope)
            self.secure.append(server.transport.get_extra_info("ssl_object") is not None)
        return answer

    async def handle_QUIT(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        return str(await self._answer("QUIT", server)).replace("250 OK", "221 Bye")

    def login(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        self.users.append(data.login.decode())
        return AuthResult(success=data.password == b"code", handled=False)


@contextmanager
def served(post: Post, **options: Any) -> Iterator[int]:
    controller = Controller(post, hostname="127.0.0.1", port=free_port(), **options)
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def tls_served(post: Post, **options: Any) -> Iterator[int]:
    if "tls_context" in options:
        with served(post, **options) as port:
            yield port
        return
    controller = Controller(post, hostname="127.0.0.1", port=free_port(), **options)

    def knock() -> None:  # its own knocking wraps the client in the server's context, which Python refuses
        trusting = ssl._create_unverified_context()
        with (
            socket.create_connection(("127.0.0.1", controller.port)) as plain,
            trusting.wrap_socket(plain) as secure,
        ):
            secure.recv(100)

    controller._trigger_server = knock  # type: ignore[method-assign]
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


@contextmanager
def answering(*lines: bytes) -> Iterator[int]:
    """A server that says these lines, one for each it hears, and closes."""
    listener = socket.create_server(("127.0.0.1", 0))

    def talk() -> None:
        client, _ = listener.accept()
        with client, client.makefile("rb") as heard:
            for line in lines:
                client.sendall(line)
                heard.readline()

    thread = threading.Thread(target=talk)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        thread.join(5)
        listener.close()
