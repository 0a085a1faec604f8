"""URLs as they are asked: the path and query byte for byte, the rest split once for all who need it.

httpx tidies a URL (quotes, dots, case); a server that signs its query, or files `%2F` and `/` apart,
then sees another one. So only what stands before the path may pass through httpx; the target is ours.
"""

import re
from dataclasses import dataclass
from urllib.parse import urljoin

from watcher.fetch.guard import host_port

Login = tuple[str, str]  # user and password

_DEFAULT_PORTS = {"http": 80, "https": 443}
_SHAPE = re.compile(r"(?is)(https?)://([^/?#\\\s]+)((?:[/?].*)?)")
_UNSENDABLE = re.compile(rb"[^\x21-\x7e]")  # what a request line may not hold (RFC 9112, 3.2)
# A host that every program reads alike: a name of ASCII, or four numbers. All others are httpx's to judge.
_BYTE = r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
_PLAIN = re.compile(
    rf"(?ia)((?!.*xn--)(?=[^:]*[a-z])[a-z0-9._-]+|{_BYTE}\.{_BYTE}\.{_BYTE}\.{_BYTE})(?::(\d{{1,5}}))?"
)


@dataclass(frozen=True, slots=True)
class Address:
    """One URL, ready to be asked."""

    text: str  # the whole URL, without fragment
    scheme: str
    host: str  # in lower case, without brackets
    raw_host: bytes  # the same in ASCII
    odd_port: int | None  # None for the scheme's own
    login: Login | None
    target: bytes  # path and query as they go into the request line

    @property
    def port(self) -> int:
        """The port that is connected to."""
        return self.odd_port or _DEFAULT_PORTS[self.scheme]

    @property
    def host_port(self) -> str:
        """Host and port as `allow_private` spells them."""
        return host_port(self.host, self.port)

    @property
    def origin(self) -> tuple[str, str, int]:
        """Scheme, host and port: what must not change for secrets to travel on."""
        return self.scheme, self.host, self.port

    @property
    def authority(self) -> bytes:
        """Host and port as the Host header says them."""
        host = b"[%b]" % self.raw_host if b":" in self.raw_host else self.raw_host
        return b"%b:%d" % (host, self.odd_port) if self.odd_port else host


def read_address(url: str) -> Address:
    """Splits an absolute http or https URL. Raises ValueError for anything else."""
    match = _SHAPE.fullmatch(url.strip().split("#", 1)[0])
    if match is None:
        raise ValueError("only http:// and https:// addresses can be fetched")
    scheme, authority, target = match[1].lower(), match[2], match[3]
    host, raw_host, port, login = _server(scheme, authority)
    path = target if target.startswith("/") else f"/{target}"
    raw = _UNSENDABLE.sub(lambda found: b"%%%02X" % ord(found[0]), path.encode("utf-8", "surrogatepass"))
    return Address(f"{match[1]}://{authority}{target}", scheme, host, raw_host, port, login, raw)


def follow(here: Address, location: bytes) -> Address:
    """Reads a Location header relative to `here`. Raises ValueError where it leads nowhere fetchable."""
    try:
        text = location.decode("utf-8")
    except UnicodeDecodeError:
        text = location.decode("latin-1")
    return read_address(urljoin(here.text, text.strip()))


def _server(scheme: str, authority: str) -> tuple[str, bytes, int | None, Login | None]:
    """(host, the same in ASCII, a port that is not the scheme's own, login)."""
    plain = _PLAIN.fullmatch(authority)
    host, raw_host, port, login = _plain_server(plain) if plain else _odd_server(scheme, authority)
    if port is not None and not 0 < port < 65536:
        raise ValueError(f"there is no port {port}")
    return host, raw_host, None if port == _DEFAULT_PORTS[scheme] else port, login


def _plain_server(match: re.Match[str]) -> tuple[str, bytes, int | None, Login | None]:
    host = match[1].lower()
    return host, host.encode(), int(match[2]) if match[2] else None, None


def _odd_server(scheme: str, authority: str) -> tuple[str, bytes, int | None, Login | None]:
    import httpx  # noqa: PLC0415  (0.1 s, and hardly a feed needs it)

    try:
        url = httpx.URL(f"{scheme}://{authority}/")
    except (httpx.InvalidURL, UnicodeError) as problem:
        raise ValueError(f"not a usable address: {problem}") from problem
    if not url.host:
        raise ValueError("the address names no host")
    return url.host, url.raw_host, url.port, (url.username, url.password) if url.userinfo else None
