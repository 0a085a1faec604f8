"""Connections between requests: which are used again, which are not, and when they end."""

import asyncio
import shutil
import socket
import ssl
import struct
import subprocess
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress
from pathlib import Path

import httpcore
import pytest

from watcher.fetch import lines
from watcher.fetch.address import read_address
from watcher.fetch.guard import AddressRefusedError, GuardedBackend
from watcher.fetch.lines import MOST_IDLE, Lines
from watcher.fetch.request import build_request
from watcher.fetch.stream import Stream, connect

SHORT = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
Answering = Callable[[int], bytes]  # the n-th request of all


class Server:
    """Answers each request with the bytes it is told to, and counts."""

    def __init__(self) -> None:
        self.answer: Answering = lambda _: SHORT
        self.hangs_up: Callable[[int], bool] = lambda _: False  # after the n-th answer, whatever it said
        self.resets = False  # hangs up with a RST
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
                if self.hangs_up(self.requests):
                    await writer.drain()
                    if self.resets:
                        linger = struct.pack("ii", 1, 0)
                        writer.get_extra_info("socket").setsockopt(
                            socket.SOL_SOCKET, socket.SO_LINGER, linger
                        )
                    return
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


async def ask(sender: Lines, url: str, **headers: str) -> bytes:
    answer = await sender.handle_async_request(build_request(read_address(url), headers))
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
        (b"HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\nok", 2),
        (b"HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 2),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n0\r\nX: y\r\n\r\n", 1),
        (SHORT.replace(b"OK", b"OK\r\nConnection: Keep-Alive, CLOSE"), 2),
        (SHORT.replace(b"/1.1 200 OK", b"/1.0 200 OK\r\nConnection: keep-alive"), 2),
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


# ---------------------------------------------------------------- a server that hangs up on a request


@pytest.mark.parametrize("resets", [False, True])
async def test_who_hangs_up_as_the_next_request_arrives_is_asked_once_more(
    server: Server, sender: Lines, *, resets: bool
) -> None:
    await ask(sender, server.url())
    server.resets, server.hangs_up = resets, lambda number: number == 2
    server.answer = lambda number: b"" if number == 2 else SHORT
    assert await ask(sender, server.url()) == b"ok"
    assert (server.requests, server.connections) == (3, 2)


@pytest.mark.parametrize("resets", [False, True])
async def test_who_always_hangs_up_is_asked_no_third_time(
    server: Server, sender: Lines, *, resets: bool
) -> None:
    await ask(sender, server.url())
    server.answer, server.resets, server.hangs_up = (lambda _: b""), resets, lambda _: True
    for requests in (3, 4):  # the second time there is no connection to use again
        with pytest.raises((httpcore.RemoteProtocolError, httpcore.ReadError)):
            await ask(sender, server.url())
        assert server.requests == requests


@pytest.mark.parametrize("said", [b"H", b"HTTP/1.1 103 Early Hints\r\n\r\n", SHORT[:-1], b"nonsense\r\n\r\n"])
async def test_who_hangs_up_within_an_answer_is_not_asked_again(
    server: Server, sender: Lines, said: bytes
) -> None:
    await ask(sender, server.url())
    server.answer, server.hangs_up = (lambda _: said), lambda _: True
    with pytest.raises(httpcore.RemoteProtocolError):
        await ask(sender, server.url())
    assert (server.requests, server.connections) == (2, 1)


async def test_who_is_silent_on_an_old_connection_is_not_asked_again(server: Server, sender: Lines) -> None:
    await ask(sender, server.url())
    server.answer = lambda _: b""
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await ask(sender, server.url())
    await until(lambda: server.gone == 1)
    assert (server.requests, server.connections) == (2, 1)


# ---------------------------------------------------------------- hostile servers


@pytest.mark.parametrize(
    ("said", "headers"),
    [
        (
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n",
            {"upgrade": "x", "connection": "upgrade"},
        ),
        (b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n", {}),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok!", {}),
        (b"HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\nok", {}),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", {}),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-2\r\nok\r\n0\r\n\r\n", {}),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nokHTTP/1.1", {}),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;" + b"x" * (1 << 20), {}),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n" + b"X: y\r\n" * (1 << 18), {}),
    ],
    ids=range(9),
)
async def test_what_is_no_answer_is_an_error_at_once(
    server: Server, sender: Lines, said: bytes, headers: dict[str, str]
) -> None:
    server.answer = lambda _: said
    with pytest.raises(httpcore.RemoteProtocolError):
        async with asyncio.timeout(5):
            await ask(sender, server.url(), **headers)
    await until(lambda: server.gone == 1)


async def test_a_flood_leaves_others_their_turn() -> None:
    """A body of one-byte chunks kept the loop for 0.8 s a time, deadlines and all."""
    stream = Stream()
    stream.data_received(b"1\r\nx\r\n" * 1000)
    other = asyncio.create_task(asyncio.sleep(0))
    for _ in range(3):
        assert len(await stream.read(1000)) == 1000
    assert other.done()


# ---------------------------------------------------------------- TLS


class Tls:
    """A server under TLS whose certificate is for `feed.test`."""

    def __init__(self, certificate: Path) -> None:
        self.certificate = certificate
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(certificate, certificate.with_name("key.pem"))
        self.port = 0

    def sender(self) -> Lines:
        guard = GuardedBackend([f"feed.test:{self.port}", f"feed.test.:{self.port}"], self._resolve)
        return Lines(guard, lambda: ssl.create_default_context(cafile=self.certificate))

    async def _resolve(self, _host: str, _port: int) -> Sequence[str]:
        return ["127.0.0.1"]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not (openssl := shutil.which("openssl")):
        pytest.skip("openssl is not installed: no certificate to test TLS with")
    cert = tmp_path_factory.mktemp("tls") / "cert.pem"
    subprocess.run(
        [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=feed.test",
         "-addext", "subjectAltName=DNS:feed.test", "-keyout", cert.with_name("key.pem"), "-out", cert],
        check=True, capture_output=True,
    )  # fmt: skip
    return cert


@pytest.fixture
async def tls(server: Server, certificate: Path) -> AsyncIterator[Tls]:
    made = Tls(certificate)
    listener = await asyncio.start_server(server.handle, "127.0.0.1", 0, ssl=made.context)
    made.port = listener.sockets[0].getsockname()[1]
    yield made
    listener.close()
    await listener.wait_closed()


@pytest.mark.parametrize("name", ["feed.test", "FEED.test", "feed.test."])
async def test_a_connection_under_tls_is_used_again(server: Server, tls: Tls, name: str) -> None:
    sender = tls.sender()
    for _ in range(3):
        assert await ask(sender, f"https://{name}:{tls.port}/") == b"ok"
    assert (server.requests, server.connections) == (3, 1)
    await sender.aclose()


@pytest.mark.parametrize("resets", [False, True])
async def test_who_hangs_up_under_tls_is_asked_once_more(server: Server, tls: Tls, *, resets: bool) -> None:
    sender, url = tls.sender(), f"https://feed.test:{tls.port}/"
    await ask(sender, url)
    server.resets, server.hangs_up = resets, lambda number: number == 2
    server.answer = lambda number: b"" if number == 2 else SHORT
    assert await ask(sender, url) == b"ok"
    assert (server.requests, server.connections) == (3, 2)
    await sender.aclose()


async def test_a_server_that_ends_its_tls_but_not_its_connection_has_answered(certificate: Path) -> None:
    def half_close(listener: socket.socket) -> bool:
        raw, _ = listener.accept()
        raw.settimeout(5)
        with tls.context.wrap_socket(raw, server_side=True) as under:
            under.recv(65536)
            under.sendall(b"HTTP/1.0 200 OK\r\n\r\nok")
            with suppress(OSError):
                return under.unwrap().recv(1) == b""
            return True  # reset: gone as well

    tls = Tls(certificate)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        tls.port = listener.getsockname()[1]
        serving = asyncio.create_task(asyncio.to_thread(half_close, listener))
        async with asyncio.timeout(4):
            assert await ask(tls.sender(), f"https://feed.test:{tls.port}/") == b"ok"
            assert await serving


async def test_who_gives_up_on_a_handshake_leaves_nothing_open() -> None:
    gone = asyncio.Event()

    async def be_silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            await reader.read()
        gone.set()
        writer.close()

    async with await asyncio.start_server(be_silent, "127.0.0.1", 0) as listener:
        pair = f"127.0.0.1:{listener.sockets[0].getsockname()[1]}"
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await ask(Lines(GuardedBackend([pair]), ssl.create_default_context), f"https://{pair}/")
        async with asyncio.timeout(2):
            await gone.wait()


async def test_nothing_said_before_tls_is_read_as_if_said_under_it() -> None:
    async def slip_in(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(SHORT)
        writer.close()

    async with await asyncio.start_server(slip_in, "127.0.0.1", 0) as listener:
        stream = await connect("127.0.0.1", listener.sockets[0].getsockname()[1], 5, None)
        await asyncio.sleep(0.05)
        with pytest.raises(httpcore.ConnectError, match="spoke before TLS"):
            await stream.start_tls(ssl.create_default_context(), "feed.test")
