"""Connections between requests: which are used again, which are not, and when they end."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable

import httpcore
import pytest

from watcher.fetch import lines
from watcher.fetch.address import read_address
from watcher.fetch.guard import AddressRefusedError, GuardedBackend
from watcher.fetch.lines import MOST_IDLE, Lines
from watcher.fetch.request import build_request

SHORT = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
Answering = Callable[[int], bytes]  # the n-th request of all


class Server:
    """Answers each request with the bytes it is told to, and counts."""

    def __init__(self) -> None:
        self.answer: Answering = lambda _: SHORT
        self.port = 0
        self.requests = self.connections = self.gone = 0
        self.writers: list[asyncio.StreamWriter] = []

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.writers.append(writer)
        try:
            while await reader.readuntil(b"\r\n\r\n"):
                self.requests += 1
                writer.write(self.answer(self.requests))
        except (ConnectionError, asyncio.IncompleteReadError):
            self.gone += 1
        finally:
            writer.close()

    def url(self, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}/"


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    made = Server()
    listener = await asyncio.start_server(made.handle, "0.0.0.0", 0)
    made.port = listener.sockets[0].getsockname()[1]
    yield made
    listener.close()
    await listener.wait_closed()


@pytest.fixture
async def sender(server: Server) -> AsyncIterator[Lines]:
    allowed = frozenset(f"127.0.0.{number}:{server.port}" for number in range(1, 255))
    made = Lines(GuardedBackend(allowed), ssl.create_default_context)
    yield made
    await made.aclose()


async def ask(sender: Lines, url: str) -> bytes:
    answer = await sender.handle_async_request(build_request(read_address(url), {}))
    try:
        return await answer.aread()
    finally:
        await answer.aclose()


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not holds():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


@pytest.mark.parametrize(
    ("first", "connections"),
    [
        (SHORT, 1),
        (b"HTTP/1.1 304 Not Modified\r\n\r\n", 1),
        (b"HTTP/1.1 103 Early Hints\r\n\r\n" + SHORT, 1),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", 1),
        (SHORT.replace(b"OK", b"OK\r\nConnection: close"), 2),
        (SHORT.replace(b"/1.1", b"/1.0"), 2),
        (SHORT + b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil", 2),  # an answer to what nobody asked
        (SHORT + b"\0", 2),
    ],
)
async def test_which_connection_is_used_again(
    server: Server, sender: Lines, first: bytes, connections: int
) -> None:
    server.answer = lambda number: first if number == 1 else SHORT
    await ask(sender, server.url())
    assert await ask(sender, server.url()) == b"ok"
    assert (server.requests, server.connections) == (2, connections)


async def test_an_answer_that_was_not_read_ends_its_connection(server: Server, sender: Lines) -> None:
    server.answer = lambda _: SHORT[:-1]
    answer = await sender.handle_async_request(build_request(read_address(server.url()), {}))
    await answer.aclose()
    await until(lambda: server.gone == 1)
    server.answer = lambda _: SHORT
    assert await ask(sender, server.url()) == b"ok"
    assert server.connections == 2


@pytest.mark.parametrize("said", [b"", b"HTTP/1.1 408 Request Timeout\r\n\r\n"])
async def test_a_connection_on_which_the_server_hung_up_or_spoke_is_left(
    server: Server, sender: Lines, said: bytes
) -> None:
    await ask(sender, server.url())
    server.writers[0].write(said)
    if not said:
        server.writers[0].close()
    await asyncio.sleep(0.05)
    assert await ask(sender, server.url()) == b"ok"
    assert server.connections == 2


async def test_two_requests_at_once_take_two_connections_and_leave_one(server: Server, sender: Lines) -> None:
    assert await asyncio.gather(ask(sender, server.url()), ask(sender, server.url())) == [b"ok", b"ok"]
    await until(lambda: server.gone == 1)
    await ask(sender, server.url())
    assert (server.requests, server.connections) == (3, 2)


async def test_idle_connections_are_few_and_end_soon(
    server: Server, sender: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "IDLE_TIME", 0.2)
    for number in range(1, MOST_IDLE + 11):
        await ask(sender, server.url(f"127.0.0.{number}"))
    await until(lambda: server.gone >= 10)
    await until(lambda: server.gone == MOST_IDLE + 10)


async def test_closing_ends_what_is_idle(server: Server, sender: Lines) -> None:
    await ask(sender, server.url())
    await sender.aclose()
    await until(lambda: server.gone == 1)


async def test_a_head_is_bounded_however_it_comes(server: Server, sender: Lines) -> None:
    server.answer = lambda _: b"HTTP/1.1 200 OK\r\nX: " + b"y" * (1 << 20)
    with pytest.raises(httpcore.RemoteProtocolError):
        await ask(sender, server.url())
    await until(lambda: server.gone == 1)


async def test_who_gives_up_closes_the_connection(server: Server, sender: Lines) -> None:
    server.answer = lambda _: b"HTTP/1.1"
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await ask(sender, server.url())
    await until(lambda: server.gone == 1)


async def test_no_connection_passes_by_the_guard(server: Server) -> None:
    with pytest.raises(AddressRefusedError):
        await ask(Lines(GuardedBackend(), ssl.create_default_context), server.url())
    assert server.connections == 0
