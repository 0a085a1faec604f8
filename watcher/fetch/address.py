"""URLs as they are asked: the path and query byte for byte, the rest split once for all who need it.

httpx tidies a URL (quotes, dots, case); a server that signs its query, or files `%2F` and `/` apart,
then sees another one. So only scheme and authority pass through httpx; the target is ours.
"""

import re
from dataclasses import dataclass
from urllib.parse import urljoin

import httpx

from watcher.fetch.guard import host_port

_DEFAULT_PORTS = {"http": 80, "https": 443}
_SHAPE = re.compile(r"(?is)(https?)://([^/?#\\\s]+)((?:[/?].*)?)")
_UNSENDABLE = re.compile(rb"[^\x21-\x7e]")  # what a request line may not hold (RFC 9112, 3.2)


@dataclass(frozen=True, slots=True)
class Address:
    """One URL, ready to be asked."""

    text: str  # the whole URL, without fragment
    authority: httpx.URL  # scheme, userinfo, host and port; the path is "/"
    target: bytes  # path and query as they go into the request line

    @property
    def host(self) -> str:
        """The host in lower case, without brackets."""
        return self.authority.host

    @property
    def port(self) -> int:
        """The port, the scheme's own where none is written."""
        return self.authority.port or _DEFAULT_PORTS[self.authority.scheme]

    @property
    def host_port(self) -> str:
        """Host and port as `allow_private` spells them."""
        return host_port(self.host, self.port)

    @property
    def origin(self) -> tuple[str, str, int]:
        """Scheme, host and port: what must not change for secrets to travel on."""
        return self.authority.scheme, self.host, self.port


def read_address(url: str) -> Address:
    """Splits an absolute http or https URL. Raises ValueError for anything else."""
    match = _SHAPE.fullmatch(url.strip().split("#", 1)[0])
    if match is None:
        raise ValueError("only http:// and https:// addresses can be fetched")
    scheme, authority, target = match.groups()
    try:
        base = httpx.URL(f"{scheme.lower()}://{authority}/")
    except (httpx.InvalidURL, UnicodeError) as problem:
        raise ValueError(f"not a usable address: {problem}") from problem
    if not base.host:
        raise ValueError("the address names no host")
    path = target if target.startswith("/") else f"/{target}"
    raw = _UNSENDABLE.sub(lambda found: b"%%%02X" % ord(found[0]), path.encode("utf-8", "surrogatepass"))
    return Address(f"{scheme}://{authority}{target}", base, raw)


def follow(here: Address, location: bytes) -> Address:
    """Reads a Location header relative to `here`. Raises ValueError where it leads nowhere fetchable."""
    try:
        text = location.decode("utf-8")
    except UnicodeDecodeError:
        text = location.decode("latin-1")
    return read_address(urljoin(here.text, text.strip()))
