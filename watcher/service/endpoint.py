"""`/metrics` and `/healthz` over HTTP, on a loopback address. Answers GET and nothing else.

Forty lines instead of a web framework: two fixed paths, no body read, one answer a connection.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress

from watcher.errors import UsageError

Page = Callable[[], tuple[int, str]]  # (status, text)

_WORDS = {200: "OK", 404: "Not Found", 405: "Method Not Allowed", 503: "Service Unavailable"}
_TIMEOUT = 5.0  # seconds for a client to say what it wants


async def serve_pages(listen: str, pages: dict[str, Page]) -> asyncio.Server:
    """Answer on `host:port` with the pages, by path. Raises UsageError when the port is taken."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            async with asyncio.timeout(_TIMEOUT):
                head = await reader.readuntil(b"\r\n\r\n")
                writer.write(_answer(head, pages))
                await writer.drain()
        writer.close()

    host, _, port = listen.rpartition(":")
    try:
        return await asyncio.start_server(answer, host.strip("[]"), int(port), limit=8192)
    except OSError as error:
        raise UsageError(f"[service] listen: {listen} cannot be used: {error.strerror}.") from error


def _answer(head: bytes, pages: dict[str, Page]) -> bytes:
    verb, path = (*head.split(b"\r\n", 1)[0].decode("latin-1").split(" "), "", "")[:2]
    page = pages.get(path.partition("?")[0])
    if verb != "GET":
        status, text = 405, "only GET\n"
    elif page is None:
        status, text = 404, f"there are {', '.join(pages)}\n"
    else:
        status, text = page()
    body = text.encode()
    return (
        f"HTTP/1.1 {status} {_WORDS[status]}\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    ).encode() + body
