"""Reads a body as it comes off the wire, unpacks it, and stops at a limit: bombs never go off.

We ask for gzip alone and unpack with zlib's own bound, because the libraries' convenience decoders
turned 1.6 KB into 3.1 GB before anybody could count.
"""

import zlib
from collections.abc import AsyncIterable

from watcher.fetch.failure import failed

_GZIP_OR_ZLIB = 32 + zlib.MAX_WBITS
_PACKED = frozenset({"gzip", "x-gzip", "deflate"})
_PLAIN = frozenset({"", "identity"})


async def read_body(chunks: AsyncIterable[bytes], encoding: str | None, limit: int) -> tuple[bytes, int]:
    """Returns the decoded body and the bytes it took on the wire.

    Raises FetchFailedError: "too_big" beyond `limit` decoded bytes, "broken" for a packing we did
    not offer or one that ends early; zlib.error for one that is damaged.
    """
    name = (encoding or "").strip().lower()
    if name not in _PACKED | _PLAIN:
        raise failed("broken", f"packed as {name!r}, though only gzip was offered")
    unpack = _Unpacker() if name in _PACKED else None
    parts: list[bytes] = []
    size = received = 0
    async for chunk in chunks:
        received += len(chunk)
        part = unpack.feed(chunk, limit - size) if unpack else chunk
        size += len(part)
        if size > limit:
            raise failed("too_big", f"more than {limit:,} bytes")
        parts.append(part)
    if unpack and not unpack.complete:
        raise failed("broken", "the packed body is cut off")
    return b"".join(parts), received


async def read_start(chunks: AsyncIterable[bytes], encoding: str | None, limit: int) -> bytes:
    """Returns the first `limit` decoded bytes at most, of a page that is only read for its message."""
    unpack = _Unpacker() if (encoding or "").strip().lower() in _PACKED else None
    start = b""
    async for chunk in chunks:
        start += unpack.feed(chunk, limit - len(start)) if unpack else chunk
        if len(start) >= limit:
            break
    return start[:limit]


class _Unpacker:
    """Unpacks gzip members one after the other, never more than is asked for."""

    def __init__(self) -> None:
        self._stream = zlib.decompressobj(_GZIP_OR_ZLIB)
        self._fed = False

    @property
    def complete(self) -> bool:
        """Whether the last member ended; an empty body holds no member at all and counts as complete."""
        return self._stream.eof or not self._fed

    def feed(self, chunk: bytes, room: int) -> bytes:
        """Returns what `chunk` unpacks to, at most one byte more than `room`."""
        parts = []
        while chunk:
            if self._stream.eof:
                if not chunk.startswith(b"\x1f"):  # no further member: padding
                    break
                self._stream = zlib.decompressobj(_GZIP_OR_ZLIB)
            self._fed = True
            part = self._stream.decompress(chunk, room + 1)
            parts.append(part)
            room -= len(part)
            if room < 0:
                break
            chunk = self._stream.unused_data if self._stream.eof else self._stream.unconsumed_tail
        return b"".join(parts)
