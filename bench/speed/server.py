"""Serves the benchmark's feeds over HTTP/1.1 on fifty loopback hosts, at a fraction of a poller's cost.

Feed n is /n on 127.0.0.(1 + n mod 50), so that limits per host queue nobody. It answers as servers do:
200 with ETag and Last-Modified, 304 to whoever names the edition in force. `/edition/2` puts the second
edition out, `/usage` tells the CPU seconds used and the answers given. Run as a program.
"""

import asyncio
import resource
import sys
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path

from bench.speed.articles import START
from bench.speed.feeds import Shelf, has_news

HOSTS = 50


def address(feed: int, port: int) -> str:
    """Where a feed is found."""
    return f"http://{host(feed)}:{port}/{feed}"


def host(feed: int) -> str:
    """The loopback host that serves a feed."""
    return f"127.0.0.{1 + feed % HOSTS}"


class Site:
    """The feeds and the edition in force. Answers are bytes, made anew only for their heads."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self.edition = 1
        self.answers = {200: 0, 304: 0, 404: 0}

    def answer(self, target: bytes, head: bytes) -> tuple[bytes, memoryview | None]:
        """Head and body for a request to that target, its headers in lower case."""
        if target.startswith(b"/edition/"):
            self.edition = int(target[9:])
            return _plain(b"put out"), None
        if target == b"/usage":
            used = resource.getrusage(resource.RUSAGE_SELF)
            counts = " ".join(f"{status}={count}" for status, count in self.answers.items())
            return _plain(f"{used.ru_utime + used.ru_stime:.3f} {counts}".encode()), None
        if not target[1:].isdigit():
            self.answers[404] += 1
            return b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", None
        return self._feed(int(target[1:]), head)

    def _feed(self, feed: int, head: bytes) -> tuple[bytes, memoryview | None]:
        edition = self.edition if has_news(feed) else 1
        tag = b'"%d-%d"' % (feed, edition)
        changed = format_datetime(START + timedelta(hours=edition), usegmt=True).encode()
        marks = b"ETag: %b\r\nLast-Modified: %b\r\n" % (tag, changed)
        if tag in head:
            self.answers[304] += 1
            return b"HTTP/1.1 304 Not Modified\r\n%b\r\n" % marks, None
        body = self._shelf.get(feed, edition)
        self.answers[200] += 1
        kind = b"application/atom+xml" if feed % 2 else b"application/rss+xml"
        return (
            b"HTTP/1.1 200 OK\r\nContent-Type: %b; charset=utf-8\r\nContent-Length: %d\r\n%b\r\n"
            % (kind, len(body), marks),
            body,
        )


def _plain(text: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n%b" % (len(text), text)


class Line(asyncio.Protocol):
    """One connection, kept open as long as the client likes; requests may come in pieces."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._pending = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: asyncio.Transport = transport  # type: ignore[assignment]  # TCP's is one

    def data_received(self, data: bytes) -> None:
        self._pending += data
        while (end := self._pending.find(b"\r\n\r\n")) >= 0:
            request, self._pending = self._pending[:end], self._pending[end + 4 :]
            head, body = self._site.answer(request.split(b" ", 2)[1], request.lower())
            self._transport.write(head)
            if body is not None:
                self._transport.write(body)
            if b"\r\nconnection: close" in request.lower():
                self._transport.close()


async def serve(site: Site, port: int) -> None:
    """Listen on all hosts at that port, and say on standard output when ready."""
    loop = asyncio.get_running_loop()
    for number in range(HOSTS):
        await loop.create_server(lambda: Line(site), host(number), port, backlog=1024)
    print("ready", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    path, feeds, port = sys.argv[1:]
    asyncio.run(serve(Site(Shelf(Path(path), int(feeds))), int(port)))
