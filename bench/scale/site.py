"""Two hundred slow hosts in one process, which count the requests that each has at once.

A request counts from its last header byte until its answer is written or its connection is lost: the
kernel closes the connections of a client that is killed, and a server sees that no later than it would
see the next client's request. Ask the first host for `/counts` to hear what was seen, as JSON.
"""

import asyncio
import json
import sys
import time
from collections import Counter

FEED = (
    "<rss version='2.0'><channel><title>{n}</title>"
    "<item><guid>{n}-1</guid><title>重庆企业上云第{n}批</title>"
    "<description>第{n}批：两江新区新增上云企业{n}家。</description></item>"
    "<item><guid>{n}-2</guid><title>武汉标识解析节点第{n}期</title>"
    "<description>第{n}期：湖北省二级节点接入企业{n}家。</description></item></channel></rss>"
)


class Host:
    """One host's counts."""

    def __init__(self) -> None:
        self.inside = self.most = self.served = self.cut_off = 0
        self.asked: Counter[str] = Counter()
        self.first = self.last = 0.0

    def enters(self, path: str) -> None:
        self.first = self.first or time.monotonic()
        self.last = time.monotonic()
        self.asked[path] += 1
        self.inside += 1
        self.most = max(self.most, self.inside)


class Connection(asyncio.Protocol):
    """One connection; requests on it come one after the other."""

    def __init__(self, host: Host, everybody: list[Host], delay: float) -> None:
        self._host, self._everybody, self._delay = host, everybody, delay
        self._read = b""
        self._answering: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._read += data
        if b"\r\n\r\n" not in self._read:
            return
        path = self._read.split(b" ", 2)[1].decode()
        self._read = b""
        if path == "/counts":
            self._write(json.dumps(counts(self._everybody)).encode(), "application/json")
            return
        self._host.enters(path)
        loop = asyncio.get_running_loop()
        self._answering = loop.call_later(self._delay, self._answer, path.strip("/"))

    def connection_lost(self, _: Exception | None) -> None:
        if self._answering is not None:
            self._answering.cancel()
            self._answering = None
            self._host.inside -= 1
            self._host.cut_off += 1

    def _answer(self, n: str) -> None:
        self._answering = None
        self._host.inside -= 1  # before the last byte: with it the client may begin its next request
        self._host.served += 1
        self._write(FEED.format(n=n).encode(), "application/rss+xml; charset=utf-8")

    def _write(self, body: bytes, kind: str) -> None:
        head = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
        self._transport.write(head.encode() + body)


def counts(hosts: list[Host]) -> dict[str, object]:
    """What all of them saw."""
    asked: Counter[str] = Counter()
    for host in hosts:
        asked.update(host.asked)
    began = min((host.first for host in hosts if host.first), default=0.0)
    return {
        "seconds": round(max(host.last for host in hosts) - began, 1),
        "most at once at one host": max(host.most for host in hosts),
        "hosts by most at once": dict(sorted(Counter(host.most for host in hosts).items())),
        "requests": asked.total(),
        "answered": sum(host.served for host in hosts),
        "cut off": sum(host.cut_off for host in hosts),
        "feeds asked": len(asked),
        "feeds asked twice": sum(times > 1 for times in asked.values()),
    }


async def serve(hosts: int, port: int, delay: float) -> None:
    """Listen on 127.0.1.1:port and the addresses after it until killed."""
    everybody = [Host() for _ in range(hosts)]
    loop = asyncio.get_running_loop()
    for number, host in enumerate(everybody):
        await loop.create_server(
            lambda host=host: Connection(host, everybody, delay), address(number), port, backlog=256
        )
    print("ready", flush=True)
    await asyncio.Event().wait()


def address(number: int) -> str:
    """The address of a host: 250 to a third part."""
    return f"127.0.{1 + number // 250}.{1 + number % 250}"


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])))
