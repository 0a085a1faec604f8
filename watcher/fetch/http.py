"""Fetches feeds over HTTP: one GET a poll, guarded and bounded, whatever the server does.

The only module that sends requests. They are httpcore's, httpx's own transport, and not those of its client:
there are no cookies, redirects, environment proxies, tidied URLs or unbounded decoders to be switched off.
Our own lines carry them, under the guard; only through a proxy, httpcore does.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from types import TracebackType
from typing import Self

import certifi
import httpcore

from watcher import __version__
from watcher.fetch.address import Address, follow, read_address
from watcher.fetch.answer import Asked, Place, read_answer
from watcher.fetch.failure import FetchFailedError, failed, translated
from watcher.fetch.guard import GuardedBackend, Resolver, why_literal_refused
from watcher.fetch.lines import IDLE_TIME, Lines, Sender
from watcher.fetch.politeness import HostGate, Limits
from watcher.fetch.request import build_request, conditional_headers, own_headers, standing_headers
from watcher.fetch.secrets import Secrets
from watcher.model import Fetched, FetchError, NotModified, Outcome, PollMemory, RawDocument, Response, Source
from watcher.pacing import recall

MOST_HOPS = 8
MAX_PAGE = 4 << 20  # bytes of an article's page; many are held at once
_PERMANENT = frozenset({301, 308})
_REDIRECTS = _PERMANENT | {302, 303, 307}
_IDLE_CONNECTIONS = 8  # the pool walks all idle ones at each request: 10 ms a request at 128 of them
_PARTING_READS = 4  # of what may still come, the unread body of a redirect say,
_PARTING_TIME = 0.1  # each in so many seconds at most


@dataclass(frozen=True, slots=True)
class HttpSettings:
    """The `[http]` section, and the contact that goes into the User-Agent."""

    timeout: float = 30.0  # seconds for one address, redirects included, waiting for our own limits not
    max_bytes: int = 16 * 1024 * 1024  # of a body, after unpacking
    contact: str | None = None
    proxy: str | None = None
    allow_private: frozenset[str] = frozenset()  # "host:port"


class HttpFetcher:
    """Fetches feeds; keeps a few connections open between calls. Close it, or use it as a context."""

    def __init__(
        self,
        settings: HttpSettings,
        *,
        secrets: Mapping[str, str] | None = None,
        gate: HostGate | None = None,
        resolve: Resolver | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._settings = settings
        self._secrets = Secrets(secrets or {})
        self._gate = gate or HostGate(Limits(allow_private=settings.allow_private))
        self._clock = clock
        self._sender = _sender(settings, resolve)
        contact = f" (+{settings.contact})" if settings.contact else ""
        self._user_agent = f"watcher/{__version__}{contact}"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Closes the connections that are still open."""
        await self._sender.aclose()

    async def fetch(self, source: Source, memory: PollMemory) -> Outcome:
        """Asks the source's address, and its mirrors in turn as long as nobody gives a feed or a 304.

        When all fail the first failure is returned, with the longest wait that any of them asked for.
        """
        memory = recall(source, memory)
        failures: list[FetchError] = []
        for mirror in (None, *source.mirrors):
            outcome = await self._fetch_one(source, memory, mirror)
            if not isinstance(outcome, FetchError):
                return outcome if mirror is None else _stands_in(outcome, failures)
            failures.append(outcome)
        return replace(failures[0], retry_after=_longest(failures))

    async def page(self, source: Source, url: str, max_bytes: int = MAX_PAGE) -> RawDocument | FetchError:
        """Asks for the page at an address that a feed of this source gave, or for whatever is there.

        Nothing of the source's own goes along (headers, secrets, validators), and a host of
        allow_private is only asked where the source's own address is on it.
        """
        plain = replace(source, headers=(), mirrors=())
        memory = PollMemory(url=url)
        outcome = await self._fetch_one(plain, memory, None, page_bytes=max_bytes)
        assert not isinstance(outcome, NotModified)  # noqa: S101  (nothing was known, nothing is unchanged)
        return outcome.documents[0] if isinstance(outcome, Fetched) else outcome

    async def _fetch_one(
        self, source: Source, memory: PollMemory, mirror: str | None, *, page_bytes: int | None = None
    ) -> Outcome:
        """Asks one address under one deadline; what goes wrong is a value, with no secret in it."""
        try:
            async with asyncio.timeout(self._settings.timeout) as deadline:
                with translated("reading the address"):
                    written = read_address(self._secrets.fill(mirror or source.location))
                    start = written
                    if mirror is None and memory.url is not None:
                        written_by_us = "" if page_bytes else source.location
                        start = read_address(self._secrets.fill(memory.url, written_by_us))
                outcome = await self._follow(
                    source, memory, written, start, deadline, mirror=mirror is not None, page_bytes=page_bytes
                )
        except FetchFailedError as problem:
            outcome = problem.error
        except TimeoutError:
            outcome = FetchError("timeout", f"no whole answer within {self._settings.timeout:g} s")
        if isinstance(outcome, FetchError):
            return replace(outcome, message=self._secrets.hide(outcome.message))
        return outcome

    async def _follow(
        self,
        source: Source,
        memory: PollMemory,
        written: Address,
        address: Address,
        deadline: asyncio.Timeout,
        *,
        mirror: bool,
        page_bytes: int | None = None,
    ) -> Outcome:
        """Follows redirects by hand: every hop is checked, and the user's headers leave no origin."""
        conditional = {} if mirror else conditional_headers(memory)
        common = {**standing_headers(self._user_agent), **conditional}
        with translated("reading the headers"):
            own = {**common, **own_headers(source, self._secrets, mirror=mirror)}
        most = page_bytes or self._settings.max_bytes
        asked = Asked(
            source.id, memory, bool(conditional), most, self._clock, any_kind=page_bytes is not None
        )
        seen: set[str] = set()
        permanent = True
        while True:
            self._check(address, written)
            seen.add(address.text)
            with translated("writing the request"):
                request = build_request(address, own if address.origin == written.origin else common)
            async with self._turn(address, deadline), self._send(request, address) as answer:
                location = _location(answer)
                if location is None:
                    moved = permanent and len(seen) > 1
                    return await read_answer(answer, asked, self._place(address, moved=moved))
            permanent = permanent and answer.status in _PERMANENT
            address = _next_hop(address, location, seen)

    def _place(self, address: Address, *, moved: bool) -> Place:
        shown = self._secrets.hide(address.text)
        private = address.host_port in self._settings.allow_private
        return Place(shown, shown if moved else None, private)

    def _check(self, address: Address, written: Address) -> None:
        """Refuses what the guard at the connection cannot see.

        A pair of allow_private is for the URLs the user wrote: no feed may redirect us to the local
        RSSHub. Behind a proxy the guard only sees the proxy, so that numeric addresses are read here.
        """
        if address.origin != written.origin and address.host_port in self._settings.allow_private:
            raise failed("refused", f"a redirect to {address.host_port}, which only the config may name")
        if self._settings.proxy and address.host_port not in self._settings.allow_private:
            why = why_literal_refused(address.host)
            if why:
                raise failed("refused", f"{address.host} is {why}")

    @asynccontextmanager
    async def _turn(self, address: Address, deadline: asyncio.Timeout) -> AsyncIterator[None]:
        """Waits for the host's turn off the clock: our own politeness is not the server's slowness."""
        loop = asyncio.get_running_loop()
        left = (deadline.when() or loop.time()) - loop.time()
        deadline.reschedule(None)
        async with self._gate.turn(address):
            deadline.reschedule(loop.time() + left)
            yield

    @asynccontextmanager
    async def _send(self, request: httpcore.Request, address: Address) -> AsyncIterator[httpcore.Response]:
        with translated(f"asking {address.host}"):
            answer = await self._sender.handle_async_request(request)
        try:
            yield answer
            await _part(answer)
        finally:
            await answer.aclose()


async def _part(answer: httpcore.Response) -> None:
    """Waits a moment until a server that closes has closed: only then has it stopped counting us.

    It sends the last byte before its handler ends; asked again at once, it would see three of us.
    """
    stream = answer.extensions.get("network_stream")
    closes = any(
        name.lower() == b"connection" and value.lower() == b"close" for name, value in answer.headers
    )
    if closes and isinstance(stream, httpcore.AsyncNetworkStream):
        with suppress(httpcore.TimeoutException, httpcore.NetworkError):
            for _ in range(_PARTING_READS):
                if not await stream.read(65536, timeout=_PARTING_TIME):
                    break


def _stands_in(outcome: Fetched | NotModified, failures: Sequence[FetchError]) -> Outcome:
    """Returns a mirror's answer, which carries on what the addresses before it asked for."""
    if outcome.response is None:
        return outcome
    wait = _longest([*failures, outcome.response])
    return replace(outcome, response=replace(outcome.response, mirror=True, retry_after=wait))


def _longest(answers: Sequence[FetchError | Response]) -> timedelta | None:
    return max((answer.retry_after for answer in answers if answer.retry_after is not None), default=None)


def _location(answer: httpcore.Response) -> bytes | None:
    if answer.status not in _REDIRECTS:
        return None
    return next((value for name, value in answer.headers if name.lower() == b"location"), None)


def _next_hop(here: Address, location: bytes, seen: set[str]) -> Address:
    try:
        address = follow(here, location)
    except ValueError as problem:
        raise failed("refused", f"a redirect that cannot be followed: {problem}") from problem
    if address.text in seen:
        raise failed("redirects", f"redirects in a circle, over {address.host}")
    if len(seen) > MOST_HOPS:
        raise failed("redirects", f"more than {MOST_HOPS} redirects")
    return address


def _sender(settings: HttpSettings, resolve: Resolver | None) -> Sender:
    if settings.proxy is None:
        return Lines(GuardedBackend(settings.allow_private, resolve), cache(_tls))
    via = read_address(settings.proxy)
    return httpcore.AsyncConnectionPool(
        ssl_context=_tls(),
        proxy=httpcore.Proxy(f"{via.scheme}://{via.authority.decode('ascii')}/", via.login),
        max_connections=None,  # HostGate and fetch_all count
        max_keepalive_connections=_IDLE_CONNECTIONS,
        keepalive_expiry=IDLE_TIME,
        network_backend=GuardedBackend(settings.allow_private | {via.host_port}, resolve),
    )


def _tls() -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=certifi.where())
    context.set_alpn_protocols(["http/1.1"])
    return context
