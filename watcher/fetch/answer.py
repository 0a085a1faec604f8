"""Reads one HTTP answer into an outcome: a document, "nothing new", or what is wrong with it."""

import asyncio
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from http import HTTPStatus

import httpcore

from watcher.fetch.body import read_body, read_start
from watcher.fetch.failure import FetchFailedError, failed, translated
from watcher.fetch.page import is_web_page, message_of
from watcher.model import Fetched, FetchError, NotModified, Outcome, PollMemory, RawDocument, Response
from watcher.pacing import retry_after

_ERROR_PAGE = 64 * 1024  # bytes of an error page that are read for its message,
_ERROR_PAGE_TIME = 3.0  # and the seconds spent on it: the status line has said the rest
_GOOD = frozenset({200, 203})
_BODYLESS = frozenset({204, 205})


@dataclass(frozen=True, slots=True)
class Asked:
    """What an answer is read against."""

    source_id: str
    memory: PollMemory
    conditional: bool  # whether validators were sent
    max_bytes: int
    clock: Callable[[], datetime]
    any_kind: bool = False  # a web page is what was asked for


@dataclass(frozen=True, slots=True)
class Place:
    """Where an answer came from, as it may be shown."""

    url: str
    permanent_url: str | None
    private: bool


async def read_answer(answer: httpcore.Response, asked: Asked, place: Place) -> Outcome:
    """Reads status, headers and body. Raises FetchFailedError for a body that cannot be had whole."""
    status = answer.status
    response = _response(answer, place, asked.clock())
    if status in _GOOD:
        return await _document(answer, asked, response)
    if status == 304 and asked.conditional:
        await answer.aread()  # nothing comes, but only an answer read to its end frees its connection
        return NotModified(response)
    if status == 304:
        return FetchError("broken", "answers 304 to a request without validators", status, response)
    if status in _BODYLESS:
        return FetchError("empty", f"HTTP {status}, an answer without a body", None, response)
    return await _error(answer, response)


async def _document(answer: httpcore.Response, asked: Asked, response: Response) -> Outcome:
    with translated("reading the body", reset="broken"):
        _check_length(response, asked.max_bytes)
        body, received = await read_body(
            answer.aiter_stream(), response.header("content-encoding"), asked.max_bytes
        )
    response = replace(response, received=received)
    if not body.strip():
        return FetchError("empty", "HTTP 200 with an empty body", None, response, response.retry_after)
    body_hash = hashlib.sha256(body).hexdigest()
    if body_hash == asked.memory.body_hash:
        return NotModified(response)
    if is_web_page(body) and not asked.any_kind:
        said = message_of(body)
        message = f"a web page instead of a feed ({said})" if said else "a web page instead of a feed"
        return FetchError("not_a_feed", message, None, response, response.retry_after)
    document = RawDocument(
        source_id=asked.source_id,
        name=response.url,
        body=body,
        fetched_at=asked.clock(),
        content_type=response.header("content-type"),
        content_location=response.header("content-location"),
    )
    return Fetched((document,), response, body_hash)


async def _error(answer: httpcore.Response, response: Response) -> FetchError:
    """Reads what an error page says; one that comes slowly or broken is not waited for."""
    said = None
    try:
        async with asyncio.timeout(_ERROR_PAGE_TIME):
            with translated("reading the error page"):
                page = await read_start(
                    answer.aiter_stream(), response.header("content-encoding"), _ERROR_PAGE
                )
                said = message_of(page)
    except (FetchFailedError, TimeoutError):
        said = None
    message = f"HTTP {_phrase(response.status)}" + (f": {said}" if said else "")
    return FetchError("http", message, response.status, response, response.retry_after)


def _phrase(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:  # 521 and the like, of which every proxy has its own
        return str(status)


def _check_length(response: Response, max_bytes: int) -> None:
    length = (response.header("content-length") or "")[:20]
    if length.isdecimal() and int(length) > max_bytes:
        raise failed("too_big", f"announces {int(length):,} bytes, more than {max_bytes:,}")


def _response(answer: httpcore.Response, place: Place, now: datetime) -> Response:
    headers = tuple(
        (name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in answer.headers
    )
    response = Response(answer.status, place.url, headers, place.permanent_url, private=place.private)
    wait = retry_after(response, now)
    return response if wait is None else replace(response, retry_after=wait)
