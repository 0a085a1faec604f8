"""A connection as httpcore wants one, straight on asyncio: half the time per request of the stock one.

The stock backend can run on several event loops, and pays for it in some ten small contexts a request.
Knows bytes only: who may be connected to is the guard's to say, HTTP is spoken by `lines`.
"""

import asyncio
import select
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Self

import httpcore

_ROOM = 256 * 1024  # bytes that may wait to be read before the server is told to wait


async def connect(address: str, port: int, within: float, local_address: str | None) -> "Stream":
    """Connects to a numeric address within so many seconds; raises httpcore.ConnectError, ConnectTimeout."""
    local = (local_address, 0) if local_address else None
    with _as(httpcore.ConnectError, httpcore.ConnectTimeout):
        async with asyncio.timeout(within):
            loop = asyncio.get_running_loop()
            _, stream = await loop.create_connection(Stream, address, port, local_addr=local)
    return stream


class Stream(asyncio.Protocol, httpcore.AsyncNetworkStream):
    """Both ends of it: what asyncio pushes in, httpcore pulls out. One reader and one writer at a time."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._data = bytearray()
        self._ended = False
        self._error: Exception | None = None
        self._arrived = asyncio.Event()  # something to read, or the end
        self._writable = asyncio.Event()
        self._writable.set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by asyncio."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101  (TCP)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Called by asyncio."""
        self._data += data
        self._arrived.set()
        if len(self._data) > _ROOM and self._transport is not None:
            self._transport.pause_reading()

    def eof_received(self) -> None:
        """Called by asyncio, which closes the connection then: nobody who asks for feeds half-closes."""
        self._ended = True
        self._arrived.set()

    def connection_lost(self, exc: Exception | None) -> None:
        """Called by asyncio."""
        self._ended, self._error = True, exc
        self._arrived.set()
        self._writable.set()

    def pause_writing(self) -> None:
        """Called by asyncio."""
        self._writable.clear()

    def resume_writing(self) -> None:
        """Called by asyncio."""
        self._writable.set()

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109
        """Gives what has come, at least a byte; nothing at the end."""
        if not self._data and not self._ended:
            self._arrived.clear()
            with _as(httpcore.ReadError, httpcore.ReadTimeout):
                async with asyncio.timeout(timeout):
                    await self._arrived.wait()
        else:
            await asyncio.sleep(0)  # a flood holds nobody else up, nor the deadline
        if self._data:
            taken = bytes(self._data[:max_bytes])
            del self._data[:max_bytes]
            if len(self._data) <= _ROOM and self._transport is not None and not self._ended:
                self._transport.resume_reading()
            return taken
        if self._error is not None:
            raise httpcore.ReadError(self._error) from self._error
        return b""

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109
        """Sends, as fast as the other side takes it."""
        if self._transport is None or self._transport.is_closing():
            raise httpcore.WriteError("the connection is closed")
        self._transport.write(buffer)
        if not self._writable.is_set():
            with _as(httpcore.WriteError, httpcore.WriteTimeout):
                async with asyncio.timeout(timeout):
                    await self._writable.wait()

    async def aclose(self) -> None:
        """Closes, as httpcore asks for it."""
        self.close()

    def close(self) -> None:
        """Closes at once: what a server might still say to a TLS farewell is not waited for."""
        if self._transport is not None:
            self._transport.abort()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109
    ) -> Self:
        """Goes on under TLS; raises httpcore.ConnectError with the reason as its cause."""
        assert self._transport is not None  # noqa: S101  (connected)
        plain, loop = self._transport, asyncio.get_running_loop()
        try:
            with _as(httpcore.ConnectError, httpcore.ConnectTimeout):
                if self._data:  # would be read as if it had come under TLS, whoever slipped it in
                    raise ssl.SSLError("the server spoke before TLS began")  # noqa: TRY301
                async with asyncio.timeout(timeout):
                    self._transport = await loop.start_tls(
                        plain, self, ssl_context, server_hostname=server_hostname
                    )
        except BaseException:
            plain.abort()
            raise
        return self

    def get_extra_info(self, info: str) -> Any:
        """What httpcore asks for: the TLS object, and whether an idle connection has something to say."""
        if self._transport is None:
            return None
        if info == "is_readable":  # of an idle connection: the server has closed it
            return self._ended or bool(self._data) or _has_news(self._transport)
        return self._transport.get_extra_info(info)


@contextmanager
def _as(broken: type[Exception], late: type[Exception]) -> Iterator[None]:
    try:
        yield
    except TimeoutError as error:
        raise late(error) from error
    except (OSError, ssl.CertificateError) as error:
        raise broken(error) from error


def _has_news(transport: asyncio.Transport) -> bool:
    """Whether the kernel holds something that asyncio has not yet taken, the end for example."""
    if transport.is_closing():
        return True
    poll = select.poll()
    poll.register(transport.get_extra_info("socket"), select.POLLIN)
    return bool(poll.poll(0))
