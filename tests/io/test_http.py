"""The fetcher against real sockets on loopback: what it sends, what it accepts, what it survives."""

import asyncio
import gzip
import socket
import struct
import tracemalloc
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from watcher.fetch.http import MOST_HOPS, HttpFetcher, HttpSettings
from watcher.fetch.politeness import HostGate, Limits, Polled, fetch_all
from watcher.model import Fetched, FetchError, NotModified, Outcome, PollMemory, Source

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
FEED = b"<rss version='2.0'><channel><title>t</title></channel></rss>"
Reply = Callable[["Request", asyncio.StreamWriter], Awaitable[bytes | None]]


@dataclass
class Request:
    """A request as the server saw it."""

    line: str
    headers: dict[str, str]
    raw: bytes

    @property
    def target(self) -> str:
        return self.line.split(" ")[1]


@dataclass
class Server:
    """Answers by path with the bytes it is told to, and notes every request."""

    port: int = 0
    replies: dict[str, bytes | Reply] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)
    connections: int = 0
    running: dict[str, int] = field(default_factory=dict)
    most: dict[str, int] = field(default_factory=dict)

    @property
    def pair(self) -> str:
        return f"127.0.0.1:{self.port}"

    def url(self, path: str) -> str:
        return f"http://{self.pair}{path}"

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while await self.answer(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Answers one request; tells if the connection stays open for another."""
        raw = await reader.readuntil(b"\r\n\r\n")
        line, *rest = raw.decode("latin-1").split("\r\n")
        headers = {name.lower(): value for name, value in (part.split(": ", 1) for part in rest if part)}
        request = Request(line, headers, raw)
        self.requests.append(request)
        host = headers["host"]
        self.running[host] = self.running.get(host, 0) + 1
        self.most[host] = max(self.most.get(host, 0), self.running[host])
        try:
            reply = self.replies.get(request.target.split("?")[0], answer(404))
            body = reply if isinstance(reply, bytes) else await reply(request, writer)
            if body is not None:
                writer.write(body)
                await writer.drain()
        finally:
            self.running[host] -= 1
        return body is not None and body.startswith(b"HTTP/1.1 304") and b"close" not in body


def answer(status: int = 200, body: bytes = b"", *headers: str, length: int | None = None) -> bytes:
    """A whole HTTP answer; `length` may lie."""
    head = [f"HTTP/1.1 {status} Reason", "Connection: close", *headers]
    if status != 304:
        head.append(f"Content-Length: {len(body) if length is None else length}")
    return "\r\n".join([*head, "", ""]).encode("latin-1") + body


def redirect(status: int, location: str) -> bytes:
    return answer(status, b"", f"Location: {location}")


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    made = Server()
    listener = await asyncio.start_server(made.handle, "127.0.0.1", 0, limit=1 << 20)
    made.port = listener.sockets[0].getsockname()[1]
    yield made
    listener.close()
    await listener.wait_closed()


@asynccontextmanager
async def fetcher(server: Server, **settings: object) -> AsyncIterator[HttpFetcher]:
    chosen = {
        "timeout": 5.0,
        "contact": "ops@example.org",
        "allow_private": frozenset({server.pair}),
    } | settings
    secrets = {"key": "s3cr3t/k", "other": "0ther"}
    async with HttpFetcher(HttpSettings(**chosen), secrets=secrets, clock=lambda: NOW) as made:  # type: ignore[arg-type]
        yield made


def feed(url: str, **more: object) -> Source:
    return Source("nbd", "feed", "每经网", url, ZoneInfo("Asia/Shanghai"), **more)  # type: ignore[arg-type]


async def fetch(
    server: Server, path: str, memory: PollMemory | None = None, *, secrets: bool = True, **more: object
) -> Outcome:
    url = path if "://" in path else server.url(path)
    async with fetcher(server) as client:
        return await client.fetch(feed(url, **more), memory or PollMemory())


def kind(outcome: Outcome) -> str:
    return outcome.kind if isinstance(outcome, FetchError) else type(outcome).__name__


# ---------------------------------------------------------------- what is sent


async def test_the_request_says_who_asks_and_nothing_more(server: Server) -> None:
    server.replies["/feed"] = answer(200, FEED, "Set-Cookie: sid=1; Path=/")
    await fetch(server, "/feed")
    await fetch(server, "/feed")
    request = server.requests[-1]
    assert request.line == "GET /feed HTTP/1.1"
    assert set(request.headers) == {"host", "user-agent", "accept", "accept-encoding"}
    assert request.headers["user-agent"].startswith("watcher/")
    assert request.headers["user-agent"].endswith(" (+ops@example.org)")
    assert request.headers["accept-encoding"] == "gzip"
    assert "application/atom+xml" in request.headers["accept"]
    assert request.headers["host"] == server.pair


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("/f?b=2&a=1&x=%2F", "/f?b=2&a=1&x=%2F"),
        ("/f?q='|\"{z}~!$*()[]<>^`\\", "/f?q='|\"{z}~!$*()[]<>^`\\"),
        ("/a/../b//c/./d", "/a/../b//c/./d"),
        ("/%e5%b7%a5?%E5%B7%A5", "/%e5%b7%a5?%E5%B7%A5"),
        ("/eastmoney/search/工业互联网", "/eastmoney/search/%E5%B7%A5%E4%B8%9A%E4%BA%92%E8%81%94%E7%BD%91"),
        ("/a b#fragment", "/a%20b"),
        ("?only=query", "/?only=query"),
        ("", "/"),
    ],
)
async def test_the_url_is_sent_byte_for_byte(server: Server, written: str, sent: str) -> None:
    await fetch(server, server.url(written))
    assert server.requests[0].target == sent


async def test_validators_go_back_byte_for_byte(server: Server) -> None:
    server.replies["/feed"] = answer(304)
    memory = PollMemory(etag='W/"weak 1,2\u00e9"', last_modified="Sunday, 06-Nov-94 08:49:37 GMT")
    outcome = await fetch(server, "/feed", memory)
    assert isinstance(outcome, NotModified)
    assert b'if-none-match: W/"weak 1,2\xe9"\r\n' in server.requests[0].raw.lower().replace(b"w/", b"W/")
    assert server.requests[0].headers["if-modified-since"] == "Sunday, 06-Nov-94 08:49:37 GMT"


async def test_a_connection_is_used_again_after_a_304(server: Server) -> None:
    server.replies["/feed"] = b'HTTP/1.1 304 Not Modified\r\nETag: "1"\r\n\r\n'
    async with fetcher(server) as client:
        for _ in range(3):
            await client.fetch(feed(server.url("/feed")), PollMemory(etag='"1"'))
    assert (len(server.requests), server.connections) == (3, 1)


async def test_headers_of_an_answer_are_kept_as_received(server: Server) -> None:
    server.replies["/feed"] = answer(200, FEED, 'ETag: "a\u00e9"', "Retry-After: 120", "X-Odd:  two  words ")
    outcome = await fetch(server, "/feed")
    assert isinstance(outcome, Fetched)
    assert outcome.response is not None
    assert outcome.response.header("etag") == '"a\u00e9"'
    assert outcome.response.header("x-odd") == "two  words"
    assert outcome.response.retry_after == timedelta(seconds=120)
    assert outcome.response.private
    assert outcome.response.received == len(FEED)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "nbd",
        "rsshub.app/nbd",
        "http://",
        "http:///x",
        "http://a b/",
        "http://exa_mple..com:port/",
        "HTTP://[::x]/",
    ],
)
async def test_what_is_no_address_is_refused(server: Server, url: str) -> None:
    async with fetcher(server) as client:
        assert kind(await client.fetch(feed(url), PollMemory())) == "refused"


async def test_an_international_host_is_asked_by_its_ascii_name(server: Server) -> None:
    async def resolve(host: str, _port: int) -> list[str]:
        return {"xn--fiqs8s.test": ["127.0.0.1"]}[host]

    pair = f"xn--fiqs8s.test:{server.port}"
    async with HttpFetcher(HttpSettings(allow_private=frozenset({pair})), resolve=resolve) as client:
        await client.fetch(feed(f"http://中国.test:{server.port}/"), PollMemory())
    assert server.requests[0].headers["host"] == pair


async def test_userinfo_becomes_basic_authorisation(server: Server) -> None:
    server.replies["/feed"] = answer(200, FEED)
    await fetch(server, f"http://us%40er:pass@{server.pair}/feed")
    assert server.requests[0].headers["authorization"] == "Basic dXNAZXI6cGFzcw=="
    assert server.requests[0].headers["host"] == server.pair


# ---------------------------------------------------------------- what is accepted

DOCUMENTS = {
    "plain": answer(200, FEED),
    "as text/html": answer(200, FEED, "Content-Type: text/html"),
    "gzip": answer(200, gzip.compress(FEED), "Content-Encoding: gzip"),
    "two gzip members": answer(
        200, gzip.compress(FEED[:9]) + gzip.compress(FEED[9:]) + b"\0\0", "Content-Encoding: x-gzip"
    ),
    "deflate, though not asked for": answer(200, zlib.compress(FEED), "Content-Encoding: deflate"),
    "chunked": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    + b"%x\r\n%s\r\n0\r\n\r\n" % (len(FEED), FEED),
    "until the end": b"HTTP/1.0 200 OK\r\n\r\n" + FEED,
    "203": answer(203, FEED),
}


@pytest.mark.parametrize("case", DOCUMENTS)
async def test_a_feed_is_accepted(server: Server, case: str) -> None:
    server.replies["/feed"] = DOCUMENTS[case]
    outcome = await fetch(server, "/feed")
    assert isinstance(outcome, Fetched), outcome
    (document,) = outcome.documents
    assert (document.body, document.name, document.fetched_at) == (FEED, server.url("/feed"), NOW)


async def test_members_of_a_packed_body_may_be_cut_anywhere(server: Server) -> None:
    first, second = gzip.compress(FEED[:9]), gzip.compress(FEED[9:])

    def reply(cut: int) -> Reply:
        async def drip(_request: Request, writer: asyncio.StreamWriter) -> None:
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + first + second[:cut])
            await writer.drain()
            await asyncio.sleep(0.05)
            writer.write(second[cut:])
            await writer.drain()

        return drip

    for cut in (1, 2, 11):
        server.replies["/feed"] = reply(cut)
        outcome = await fetch(server, "/feed")
        assert isinstance(outcome, Fetched), outcome
        assert outcome.documents[0].body == FEED


async def test_the_same_body_again_is_not_modified(server: Server) -> None:
    server.replies["/feed"] = answer(200, FEED, 'ETag: "new"')
    first = await fetch(server, "/feed")
    assert isinstance(first, Fetched)
    second = await fetch(server, "/feed", PollMemory(body_hash=first.body_hash))
    assert isinstance(second, NotModified)
    assert second.response is not None
    assert (second.response.status, second.response.header("etag")) == (200, '"new"')


BROKEN: dict[str, tuple[bytes, str]] = {
    "empty": (answer(200, b""), "empty"),
    "white space": (answer(200, b" \r\n"), "empty"),
    "204": (answer(204), "empty"),
    "304 unasked": (answer(304), "broken"),
    "206": (answer(206, FEED), "http"),
    "404": (answer(404), "http"),
    "cut off": (answer(200, FEED, length=len(FEED) + 10), "broken"),
    "cut off gzip": (answer(200, gzip.compress(FEED)[:-9], "Content-Encoding: gzip"), "broken"),
    "not gzip": (answer(200, FEED, "Content-Encoding: gzip"), "broken"),
    "brotli": (answer(200, b"\x8b", "Content-Encoding: br"), "broken"),
    "no HTTP": (b"220 ftp.example.org ready\r\n", "broken"),
    "a web page": (answer(200, b"<!-- x -->\n<!DOCTYPE HTML><title>Login &amp; pay</title>"), "not_a_feed"),
    "an XHTML page": (
        answer(200, b"<?xml version='1.0'?><!DOCTYPE html PUBLIC '-'><html><title/></html>"),
        "not_a_feed",
    ),
    "a megabyte of headers": (answer(200, FEED, *(f"X-{n}: {'y' * 8000}" for n in range(128))), "broken"),
    "announced too big": (answer(200, FEED, length=10**12), "too_big"),
}


@pytest.mark.parametrize("case", BROKEN)
async def test_what_is_no_feed_is_a_failure_of_its_kind(server: Server, case: str) -> None:
    server.replies["/feed"], expected = BROKEN[case]
    outcome = await fetch(server, "/feed")
    assert kind(outcome) == expected, outcome


async def test_the_title_of_a_web_page_is_told(server: Server) -> None:
    server.replies["/feed"] = BROKEN["a web page"][0]
    outcome = await fetch(server, "/feed")
    assert isinstance(outcome, FetchError)
    assert outcome.message == "a web page instead of a feed (Login & pay)"


async def test_a_reset_before_and_within_an_answer(server: Server) -> None:
    def reset(start: bytes) -> Reply:
        async def reply(_request: Request, writer: asyncio.StreamWriter) -> None:
            writer.write(start)
            await writer.drain()
            linger = struct.pack("ii", 1, 0)
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)

        return reply

    server.replies["/early"] = reset(b"")
    server.replies["/late"] = reset(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n<rss>")
    assert kind(await fetch(server, "/early")) == "connect"
    assert kind(await fetch(server, "/late")) == "broken"


async def test_nobody_listens_and_nobody_knows_the_name(server: Server) -> None:
    async with fetcher(server, allow_private=frozenset({"127.0.0.1:1"})) as client:
        assert kind(await client.fetch(feed("http://127.0.0.1:1/"), PollMemory())) == "connect"
        assert kind(await client.fetch(feed("http://no-such-name.invalid/"), PollMemory())) == "dns"
        assert kind(await client.fetch(feed(f"http://{'x' * 70}.example/"), PollMemory())) in {
            "dns",
            "refused",
        }


async def test_no_tls_where_tls_was_asked(server: Server) -> None:
    async def plain(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    listener = await asyncio.start_server(plain, "127.0.0.1", 0)
    server.port = listener.sockets[0].getsockname()[1]
    outcome = await fetch(server, f"https://{server.pair}/feed")
    listener.close()
    assert kind(outcome) == "tls", outcome


# ---------------------------------------------------------------- error pages

RSSHUB_NEW = """<!DOCTYPE html><html><head><title>Welcome to RSSHub!</title></head><body><h1>Looks like
something went wrong</h1><p>Error Message:<br/><code class="mt-2">NotFoundError: this route is
empty, please check &#34;the site&#34;</code></p><p>Route: <code>/nbd</code></p></body></html>"""
PAGES = [
    (RSSHUB_NEW, 'RSSHub says: NotFoundError: this route is empty, please check "the site"'),
    ('{"error":{"message":"Request failed: 403"}}', "RSSHub says: Request failed: 403"),
    ("<html><title>Just a moment...</title>", "Just a moment..."),
    ("<title>" + "很长" * 400 + "</title>", "很长" * 150 + "…"),
    ("plain words", None),
    ("", None),
]


@pytest.mark.parametrize(("page", "said"), PAGES)
async def test_an_error_page_is_quoted(server: Server, page: str, said: str | None) -> None:
    server.replies["/feed"] = answer(503, page.encode(), "Retry-After: 60")
    outcome = await fetch(server, "/feed")
    assert isinstance(outcome, FetchError)
    assert outcome.message == "HTTP 503 Service Unavailable" + (f": {said}" if said else "")
    assert (outcome.status, outcome.retry_after) == (503, timedelta(minutes=1))


async def test_a_packed_error_page_is_read_and_a_broken_one_ignored(server: Server) -> None:
    server.replies["/a"] = answer(500, gzip.compress(RSSHUB_NEW.encode()), "Content-Encoding: gzip")
    server.replies["/b"] = answer(500, b"\x1f\x8bnonsense", "Content-Encoding: gzip")
    server.replies["/long"] = answer(500, b"<title>Down</title>" + b"x" * (1 << 20))
    long = await fetch(server, "/long")
    assert isinstance(long, FetchError)
    assert long.message.endswith(": Down")
    first, second = await fetch(server, "/a"), await fetch(server, "/b")
    assert isinstance(first, FetchError)
    assert isinstance(second, FetchError)
    assert "route is empty" in first.message
    assert (second.kind, second.message) == ("http", "HTTP 500 Internal Server Error")


# ---------------------------------------------------------------- redirects


async def test_permanent_redirects_are_followed_and_noted(server: Server) -> None:
    server.replies |= {
        "/a": redirect(301, "/b?x=%2F"),
        "/b": redirect(308, "c#here"),
        "/c": answer(304),
        "/mixed": redirect(302, "/b"),
    }
    outcome = await fetch(server, "/a", PollMemory(etag='"1"'))
    assert isinstance(outcome, NotModified)
    assert outcome.response is not None
    assert outcome.response.permanent_url == outcome.response.url == server.url("/c")
    assert [request.target for request in server.requests] == ["/a", "/b?x=%2F", "/c"]
    assert all(request.headers["if-none-match"] == '"1"' for request in server.requests)
    mixed = await fetch(server, "/mixed", PollMemory(etag='"1"'))
    assert isinstance(mixed, NotModified)
    assert mixed.response is not None
    assert mixed.response.permanent_url is None


async def test_an_adopted_address_is_asked_first(server: Server) -> None:
    server.replies["/new"] = answer(200, FEED)
    await fetch(server, "/old", PollMemory(url=server.url("/new")))
    assert [request.target for request in server.requests] == ["/new"]


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        ("/loop", "redirects"),
        ("/chain/0", "redirects"),
        ("file:///etc/passwd", "refused"),
        ("ftp://127.0.0.1:1/x", "refused"),
        ("gopher://127.0.0.1:1/x", "refused"),
        ("data:text/xml,<rss/>", "refused"),
        ("javascript:alert(1)", "refused"),
        ("http://[::1", "refused"),
        ("http://127.0.0.1:99999/", "refused"),
        ("http://1.1.1.1:99999/", "refused"),
        ("http://127.0.0.1:2/", "refused"),
        ("http://[::1]:2/", "refused"),
        ("http://2130706433:2/", "refused"),
        ("http://169.254.169.254/latest/meta-data/", "refused"),
        ("//10.0.0.1/", "refused"),
    ],
)
async def test_bad_redirects(server: Server, location: str, expected: str) -> None:
    server.replies["/loop"] = redirect(302, location)
    for hop in range(MOST_HOPS + 5):
        server.replies[f"/chain/{hop}"] = redirect(302, f"/chain/{hop + 1}")
    outcome = await fetch(server, "/loop")
    assert kind(outcome) == expected, outcome
    assert len(server.requests) <= MOST_HOPS + 1


async def test_a_location_in_latin_1_or_utf_8_is_followed(server: Server) -> None:
    server.replies["/utf8"] = b"HTTP/1.1 302 F\r\nConnection: close\r\nLocation: /\xc3\xa9\r\n\r\n"
    server.replies["/latin"] = b"HTTP/1.1 302 F\r\nConnection: close\r\nLocation: /\xe9\r\n\r\n"
    await fetch(server, "/utf8")
    await fetch(server, "/latin")
    assert [request.target for request in server.requests] == ["/utf8", "/%C3%A9", "/latin", "/%C3%A9"]


async def test_a_status_of_nobody_s_is_shown_as_its_number(server: Server) -> None:
    server.replies["/feed"] = answer(521)
    outcome = await fetch(server, "/feed")
    assert isinstance(outcome, FetchError)
    assert outcome.message == "HTTP 521"


async def test_a_redirect_without_a_location_is_an_answer(server: Server) -> None:
    server.replies["/feed"] = answer(302, b"")
    assert kind(await fetch(server, "/feed")) == "http"


async def test_no_redirect_leads_to_an_allowed_private_pair_of_another_origin(server: Server) -> None:
    """Else any public feed could make us ask the local RSSHub, even over a connection kept open."""
    other = Server()
    listener = await asyncio.start_server(other.handle, "127.0.0.1", 0)
    other.port = listener.sockets[0].getsockname()[1]
    server.replies["/feed"] = redirect(302, other.url("/secret"))
    async with fetcher(server, allow_private=frozenset({server.pair, other.pair})) as client:
        outcome = await client.fetch(feed(server.url("/feed")), PollMemory())
    listener.close()
    assert kind(outcome) == "refused"
    assert other.connections == 0


async def test_the_guard_stands_where_connections_are_made(server: Server) -> None:
    async with fetcher(server, allow_private=frozenset()) as client:
        outcome = await client.fetch(feed(server.url("/feed")), PollMemory())
    assert kind(outcome) == "refused"
    assert server.connections == 0


async def test_behind_a_proxy_the_target_is_checked_as_well(server: Server) -> None:
    server.replies["http://1.1.1.1/feed"] = answer(200, FEED)
    async with fetcher(server, allow_private=frozenset(), proxy=server.url("")) as client:
        good = await client.fetch(feed("http://1.1.1.1/feed"), PollMemory())
        bad = await client.fetch(feed("http://0x7f000001/feed"), PollMemory())
        tunnel = await client.fetch(feed("https://1.1.1.1/feed"), PollMemory())
    assert kind(good) == "Fetched"
    assert server.requests[-1].line == "CONNECT 1.1.1.1:443 HTTP/1.1"
    assert kind(tunnel) == "broken"
    assert kind(bad) == "refused"
    assert len(server.requests) == 2


# ---------------------------------------------------------------- secrets and the user's headers


async def test_secrets_are_sent_but_never_shown(server: Server) -> None:
    server.replies["/feed"] = redirect(301, "/moved?key=s3cr3t/k&again=s3cr3t%2Fk")
    server.replies["/moved"] = answer(200, FEED)
    url = server.url("/feed?key={secret:key}")
    outcome = await fetch(server, url, headers=(("X-Key", "{secret:other}"),))
    assert isinstance(outcome, Fetched)
    assert server.requests[0].target == "/feed?key=s3cr3t/k"
    assert server.requests[1].headers["x-key"] == "0ther"
    assert "s3cr3t" not in repr(replace(outcome, response=replace(outcome.response, headers=())))  # type: ignore[type-var]
    assert outcome.response is not None
    assert outcome.response.permanent_url == server.url("/moved?key={secret:key}&again={secret:key}")


async def test_messages_show_the_place_and_not_the_secret(server: Server) -> None:
    server.replies["/feed"] = redirect(302, "http://[s3cr3t/k")
    outcome = await fetch(server, "/feed?key={secret:key}")
    assert isinstance(outcome, FetchError)
    assert "s3cr3t" not in outcome.message
    server.replies["/page"] = answer(403, b"<title>/page?key=s3cr3t/k is not allowed</title>")
    quoted = await fetch(server, "/page?key={secret:key}")
    assert isinstance(quoted, FetchError)
    assert quoted.message == "HTTP 403 Forbidden: /page?key={secret:key} is not allowed"
    unset = await fetch(server, "/feed?key={secret:nobody}")
    assert isinstance(unset, FetchError)
    assert "'nobody' is not set" in unset.message


@pytest.mark.parametrize("value", ["{secret:nobody}", "工业", "a\r\nX-Evil: 1", "{secret:newline}"])
async def test_headers_that_cannot_be_sent_are_refused(server: Server, value: str) -> None:
    settings = HttpSettings(allow_private=frozenset({server.pair}))
    async with HttpFetcher(settings, secrets={"newline": "s3cr3t\n\x01"}) as client:
        outcome = await client.fetch(feed(server.url("/feed"), headers=(("X-Key", value),)), PollMemory())
    assert isinstance(outcome, FetchError)
    assert outcome.kind == "refused"
    assert "s3cr3t" not in outcome.message
    assert server.requests == []


async def test_an_address_learnt_from_a_server_cannot_ask_for_secrets(server: Server) -> None:
    server.replies["/moved"] = answer(200, FEED)
    memory = PollMemory(url=server.url("/moved?a={secret:key}&b={secret:other}"))
    await fetch(server, "/feed?{secret:key}", memory)
    assert server.requests[0].target == "/moved?a=s3cr3t/k&b={secret:other}"


async def test_the_user_s_headers_stay_with_their_origin(server: Server) -> None:
    async def resolve(_host: str, _port: int) -> list[str]:
        return ["127.0.0.1"]

    elsewhere = f"other.test:{server.port}"
    server.replies["/feed"] = redirect(302, f"http://{elsewhere}/there")
    server.replies["/there"] = answer(200, FEED)
    settings = HttpSettings(allow_private=frozenset({server.pair}))
    client = HttpFetcher(settings, resolve=resolve)
    source = feed(server.url("/feed"), headers=(("Authorization", "Bearer x"), ("User-Agent", "Mine/1")))
    assert kind(await client.fetch(source, PollMemory())) == "refused"  # other.test is not allowed
    await client.aclose()
    guard_open = HttpFetcher(HttpSettings(allow_private=frozenset({server.pair})), resolve=resolve)
    guard_open._sender._backend._allowed |= {elsewhere}  # type: ignore[attr-defined]
    assert kind(await guard_open.fetch(source, PollMemory())) == "Fetched"
    await guard_open.aclose()
    first, second = server.requests[-2:]
    assert (first.headers["authorization"], first.headers["user-agent"]) == ("Bearer x", "Mine/1")
    assert "authorization" not in second.headers
    assert second.headers["user-agent"].startswith("watcher/")


# ---------------------------------------------------------------- mirrors


async def test_mirrors_are_asked_in_turn_and_without_validators(server: Server) -> None:
    server.replies["/first"] = answer(429, b"", "Retry-After: 7200")
    server.replies["/third"] = answer(200, FEED, 'ETag: "m"')
    source = feed(
        server.url("/first"),
        mirrors=(server.url("/second"), server.url("/third")),
        headers=(("X-Key", "{secret:key}"), ("X-Plain", "yes")),
    )
    async with fetcher(server) as client:
        outcome = await client.fetch(source, PollMemory(etag='"1"'))
    assert isinstance(outcome, Fetched)
    assert outcome.response is not None
    assert outcome.response.mirror
    assert outcome.response.retry_after == timedelta(hours=2)
    assert [request.target for request in server.requests] == ["/first", "/second", "/third"]
    assert [request.headers.get("if-none-match") for request in server.requests] == ['"1"', None, None]
    assert [request.headers.get("x-key") for request in server.requests] == ["s3cr3t/k", None, None]
    assert [request.headers.get("x-plain") for request in server.requests] == ["yes"] * 3


async def test_when_all_fail_the_first_failure_is_told(server: Server) -> None:
    server.replies["/first"] = answer(500)
    server.replies["/second"] = answer(503, b"", "Retry-After: 7200")
    outcome = await fetch(server, "/first", mirrors=(server.url("/second"),))
    assert isinstance(outcome, FetchError)
    assert (outcome.status, outcome.retry_after) == (500, timedelta(hours=2))


# ---------------------------------------------------------------- hostile servers


async def _drip(_request: Request, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0.05)


async def _endless_headers(_request: Request, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        writer.write(b"X: y\r\n")
        await writer.drain()
        await asyncio.sleep(0.05)


async def _silence(_request: Request, _writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(30)


@pytest.mark.parametrize("reply", [_drip, _endless_headers, _silence])
async def test_one_deadline_stands_around_everything(server: Server, reply: Reply) -> None:
    server.replies["/start"] = redirect(302, "/slow")
    server.replies["/slow"] = reply
    async with fetcher(server, timeout=0.4) as client:
        start = asyncio.get_running_loop().time()
        outcome = await client.fetch(feed(server.url("/start")), PollMemory())
        assert asyncio.get_running_loop().time() - start < 5
    assert kind(outcome) == "timeout"


async def test_a_slow_error_page_costs_seconds_but_not_the_status(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def reply(_request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 429 Slow\r\nRetry-After: 60\r\n\r\n<html>")
        await writer.drain()
        await asyncio.sleep(30)

    monkeypatch.setattr("watcher.fetch.answer._ERROR_PAGE_TIME", 0.2)
    server.replies["/feed"] = reply
    outcome = await fetch(server, "/feed")
    assert isinstance(outcome, FetchError)
    assert (outcome.status, outcome.retry_after) == (429, timedelta(minutes=1))


async def test_an_endless_body_is_left_at_the_limit(server: Server) -> None:
    sent = 0

    async def reply(_request: Request, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            writer.write(b"x" * 65536)
            await writer.drain()
            sent += 65536

    server.replies["/feed"] = reply
    async with fetcher(server, max_bytes=1 << 20) as client:
        assert kind(await client.fetch(feed(server.url("/feed")), PollMemory())) == "too_big"
    assert sent < 16 << 20


async def test_a_gzip_bomb_is_defused(server: Server) -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    bomb = b"".join([packer.compress(b" " * (1 << 20)) for _ in range(256)] + [packer.flush()])
    server.replies["/feed"] = answer(200, bomb, "Content-Encoding: gzip")
    tracemalloc.start()
    async with fetcher(server, max_bytes=4 << 20) as client:
        outcome = await client.fetch(feed(server.url("/feed")), PollMemory())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert kind(outcome) == "too_big"
    assert peak < 24 << 20


# ---------------------------------------------------------------- many feeds at once


async def test_a_server_that_is_slow_to_hang_up_is_not_asked_by_three(server: Server) -> None:
    async def reply(_request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(answer(200, FEED))
        await writer.drain()
        await asyncio.sleep(0.02)  # the last byte is out, the handler still counts

    due = []
    for number in range(30):
        server.replies[f"/{number}"] = reply
        due.append((replace(feed(server.url(f"/{number}")), id=str(number)), PollMemory()))
    limits = Limits(allow_private=frozenset({server.pair}))
    settings = HttpSettings(allow_private=limits.allow_private)
    async with HttpFetcher(settings, gate=HostGate(limits)) as client:
        results = [result async for result in fetch_all(due, client.fetch, limits)]
    assert len(results) == 30
    assert server.most[server.pair] == 2


async def test_a_server_that_never_hangs_up_costs_a_moment(server: Server) -> None:
    async def reply(_request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(answer(200, FEED))
        await writer.drain()
        await asyncio.sleep(30)

    server.replies["/feed"] = reply
    assert kind(await fetch(server, "/feed")) == "Fetched"


async def test_a_thousand_feeds_on_fifty_hosts_with_faults(server: Server) -> None:
    """Measured at the server: never more than two requests a host; whoever failed is there next time."""
    hosts = [f"host{number}.test:{server.port}" for number in range(50)]
    faults = {f"/feed/{number}" for number in range(0, 1000, 20)}

    async def resolve(_host: str, _port: int) -> list[str]:
        return ["127.0.0.1"]

    async def reply(request: Request, writer: asyncio.StreamWriter) -> bytes | None:
        await asyncio.sleep(0.01)
        if request.target in faults:
            faults.discard(request.target)
            writer.transport.abort()
            return None
        return answer(200, FEED)

    pairs = frozenset(hosts)
    due = []
    for number in range(1000):
        path = f"/feed/{number}"
        server.replies[path] = reply
        due.append((replace(feed(f"http://{hosts[number % 50]}{path}"), id=path), PollMemory()))
    limits = Limits(concurrency=100, allow_private=pairs)
    settings = HttpSettings(timeout=20, allow_private=pairs)
    async with HttpFetcher(settings, gate=HostGate(limits), resolve=resolve) as client:
        first = [result async for result in fetch_all(due, client.fetch, limits)]
        outcomes = [result.outcome for result in first if isinstance(result, Polled)]
        assert sum(isinstance(outcome, FetchError) for outcome in outcomes) == 50
        assert len(outcomes) == 1000
        second = [result async for result in fetch_all(due, client.fetch, limits)]
    assert all(isinstance(result, Polled) and isinstance(result.outcome, Fetched) for result in second)
    assert set(server.most) == set(hosts)
    assert max(server.most.values()) == 2
