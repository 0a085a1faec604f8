"""HTTP/1.1 over connections that outlive a request, behind the same two functions as httpcore's pool.

h11 writes and reads the protocol, as it does for httpcore; here is only what goes over which connection.
One request at a time on each. Proxies are not for us, and who may be connected to is the guard's to say.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Protocol

import h11
import httpcore

from watcher.fetch.guard import GuardedBackend
from watcher.fetch.stream import Stream

MOST_IDLE = 64  # connections left open for a next request, one a place,
IDLE_TIME = 3.0  # each for so many seconds; Apache and Node hang up after five
_MOST_HEAD = 100 * 1024  # bytes of a status line with its headers, or of a chunk's own line
_READ = 64 * 1024  # bytes; h11 takes longer over larger pieces

Place = tuple[bytes, bytes, int]  # scheme, host, port


class Sender(Protocol):
    """Sends a request and gives its answer, the body still to be read. Each answer must be closed."""

    async def handle_async_request(self, request: httpcore.Request) -> httpcore.Response: ...

    async def aclose(self) -> None: ...


class Lines:
    """Sends each request over a connection that is idle, or over a new one."""

    def __init__(self, backend: GuardedBackend, tls: Callable[[], ssl.SSLContext]) -> None:
        self._backend = backend
        self._tls = tls
        self._idle: dict[Place, _Line] = {}  # the longest idle first

    async def handle_async_request(self, request: httpcore.Request) -> httpcore.Response:
        """Sends a request without a body and reads the head of its answer. Raises httpcore's exceptions.

        Where a connection that was idle ends without a word, the server hung up while the request was on
        its way: it is sent once more, over a new one (RFC 9110, 9.2.2), and then never again.
        """
        origin = request.url.origin
        place = (origin.scheme, origin.host, origin.port)
        line = self._idle.pop(place, None)
        if line is not None and line.wakes():
            try:
                return await self._ask(place, line, request)
            except (httpcore.ReadError, httpcore.RemoteProtocolError):
                if not line.silent:
                    raise
        return await self._ask(place, _Line(await self._connect(place)), request)

    async def aclose(self) -> None:
        """Closes what is idle."""
        for place in list(self._idle):
            self._hang_up(place)

    async def _ask(self, place: Place, line: "_Line", request: httpcore.Request) -> httpcore.Response:
        try:
            head = await line.ask(request)
        except BaseException:
            line.close()
            raise
        return httpcore.Response(
            head.status_code,
            headers=head.headers.raw_items(),
            content=_Body(line, lambda: self._leave(place, line)),
            extensions={"network_stream": line.stream},
        )

    async def _connect(self, place: Place) -> Stream:
        scheme, host, port = place
        name = host.decode("ascii")
        stream = await self._backend.connect_tcp(name, port)
        return await stream.start_tls(self._tls(), name.rstrip(".")) if scheme == b"https" else stream

    def _leave(self, place: Place, line: "_Line") -> None:
        if place in self._idle or not line.rests(lambda: self._hang_up(place)):
            line.close()
            return
        self._idle[place] = line
        if len(self._idle) > MOST_IDLE:
            self._hang_up(next(iter(self._idle)))

    def _hang_up(self, place: Place) -> None:
        self._idle.pop(place).close()


class _Line:
    """One connection: a request, its answer, the next request."""

    def __init__(self, stream: Stream) -> None:
        self.stream = stream
        self.silent = True  # nothing has come since the last request
        self._http = h11.Connection(h11.CLIENT, max_incomplete_event_size=_MOST_HEAD)
        self._end_of_rest: asyncio.TimerHandle | None = None

    async def ask(self, request: httpcore.Request) -> h11.Response:
        with _in_httpcores_words():
            head = h11.Request(method=request.method, target=request.url.target, headers=request.headers)
            sent = (self._http.send(head) or b"") + (self._http.send(h11.EndOfMessage()) or b"")
        self.silent = True
        with suppress(httpcore.WriteError):  # who hangs up may have said why before: 431, too many headers
            await self.stream.write(sent)
        while not isinstance(event := await self.next_event(), h11.Response):
            pass  # 103 Early Hints
        return event

    async def next_event(self) -> h11.Event:
        """The next piece of an answer that is not yet at its end."""
        while True:
            with _in_httpcores_words():
                event = self._http.next_event()
            if isinstance(event, h11.Event):
                return event
            if event is h11.PAUSED:  # 101: the source's own headers asked for it
                raise httpcore.RemoteProtocolError("Server switched to another protocol.")
            data = await self.stream.read(_READ)
            self.silent = self.silent and not data
            if not data and self._http.their_state is h11.SEND_RESPONSE:
                raise httpcore.RemoteProtocolError("Server disconnected without sending a response.")
            self._http.receive_data(data)

    def rests(self, end: Callable[[], None]) -> bool:
        """Calls `end` when idle for long; False where another request cannot follow this answer."""
        done = self._http.our_state is self._http.their_state is h11.DONE
        if not done or self._http.trailing_data[0]:
            return False
        self._http.start_next_cycle()
        self._end_of_rest = asyncio.get_running_loop().call_later(IDLE_TIME, end)
        return True

    def wakes(self) -> bool:
        """Ends the rest; False, and closed, where the server hung up meanwhile, or spoke unasked."""
        if self.stream.get_extra_info("is_readable"):
            self.close()
            return False
        self._end_rest()
        return True

    def close(self) -> None:
        self._end_rest()
        self.stream.close()

    def _end_rest(self) -> None:
        if self._end_of_rest is not None:
            self._end_of_rest.cancel()


class _Body:
    """The body of an answer, as httpcore reads and closes it."""

    def __init__(self, line: _Line, close: Callable[[], None]) -> None:
        self._line = line
        self._close = close

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while isinstance(event := await self._line.next_event(), h11.Data):
            yield event.data

    async def aclose(self) -> None:
        self._close()


@contextmanager
def _in_httpcores_words() -> Iterator[None]:
    try:
        yield
    except h11.LocalProtocolError as error:
        raise httpcore.LocalProtocolError(error) from error
    except h11.RemoteProtocolError as error:
        raise httpcore.RemoteProtocolError(error) from error
