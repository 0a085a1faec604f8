"""What a request says: who asks, what for, what we already have; and to whom the user's own headers go."""

import base64

import httpcore

from watcher.fetch.address import Address
from watcher.fetch.secrets import Secrets
from watcher.model import PollMemory, Source

ACCEPT = (
    "application/atom+xml, application/rss+xml, application/rdf+xml;q=0.9, application/feed+json;q=0.9, "
    "application/xml;q=0.8, text/xml;q=0.8, */*;q=0.5"
)

Headers = dict[str, str]


def standing_headers(user_agent: str) -> Headers:
    """Returns what every request says."""
    return {"user-agent": user_agent, "accept": ACCEPT, "accept-encoding": "gzip"}


def conditional_headers(memory: PollMemory) -> Headers:
    """Returns what we already have, validators byte for byte as they came (RFC 9110, 13.1)."""
    known = {"if-none-match": memory.etag, "if-modified-since": memory.last_modified}
    return {name: value for name, value in known.items() if value is not None}


def own_headers(source: Source, secrets: Secrets, *, mirror: bool) -> Headers:
    """Returns the headers of the config, secrets filled in; a mirror gets none that hold a secret."""
    return {
        name.lower(): secrets.fill(value)
        for name, value in source.headers
        if not (mirror and secrets.named_in(value))
    }


def build_request(address: Address, headers: Headers) -> httpcore.Request:
    """Returns a GET whose request line holds the address byte for byte.

    Header values are latin-1, as they are read: an ETag of any bytes comes back as it went.
    """
    if "authorization" not in headers and address.login:
        headers = {**headers, "authorization": _basic(*address.login)}
    return httpcore.Request(
        b"GET",
        httpcore.URL(
            scheme=address.scheme.encode(),
            host=address.raw_host,
            port=address.odd_port,
            target=address.target,
        ),
        headers=[
            (b"Host", address.authority),
            *((name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()),
        ],
    )


def _basic(username: str, password: str) -> str:
    return f"Basic {base64.b64encode(f'{username}:{password}'.encode()).decode('ascii')}"
