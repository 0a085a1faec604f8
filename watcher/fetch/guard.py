"""Which addresses may be connected to: public ones, and the pairs a user allows for a local RSSHub.

The check stands where a connection is made: every hop of every request passes it, whatever its URL
looked like, and the address checked is the very address connected to. A name that resolves to a
public address now and to 127.0.0.1 a moment later (DNS rebinding) gains nothing.
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Any
from urllib.parse import unquote

import httpcore

from watcher.fetch.stream import Stream, connect

Resolver = Callable[[str, int], Awaitable[Sequence[str]]]
"""Gives the addresses of a name as text, in the order to try them; raises OSError for an unknown one."""

# IANA special-purpose address registries, RFC 6890 and later.
_SPECIAL_V4 = {
    IPv4Network(network): why
    for network, why in {
        "0.0.0.0/8": "unspecified",
        "10.0.0.0/8": "private",
        "100.64.0.0/10": "carrier-grade NAT",
        "127.0.0.0/8": "loopback",
        "169.254.0.0/16": "link-local",
        "172.16.0.0/12": "private",
        "192.0.0.0/24": "reserved",
        "192.0.2.0/24": "documentation",
        "192.88.99.0/24": "6to4 relay",
        "192.168.0.0/16": "private",
        "198.18.0.0/15": "benchmarking",
        "198.51.100.0/24": "documentation",
        "203.0.113.0/24": "documentation",
        "224.0.0.0/4": "multicast",
        "240.0.0.0/4": "reserved",
    }.items()
}
_SPECIAL_V6 = {
    IPv6Network(network): why
    for network, why in {
        "::/128": "unspecified",
        "::1/128": "loopback",
        "64:ff9b:1::/48": "local-use NAT64",
        "100::/64": "discard-only",
        "2001::/23": "reserved",
        "2001:db8::/32": "documentation",
        "3fff::/20": "documentation",
        "fc00::/7": "unique local",
        "fe80::/10": "link-local",
        "fec0::/10": "site-local",
        "ff00::/8": "multicast",
    }.items()
}
_GLOBAL_V6 = IPv6Network("2000::/3")  # all that is handed out as global unicast so far
# Forms that carry an IPv4 address in their last 32 bits: compatible, translated, NAT64.
_TAILS = (IPv6Network("::/96"), IPv6Network("::ffff:0:0:0/96"), IPv6Network("64:ff9b::/96"))
_ISATAP = (0x00005EFE, 0x02005EFE)  # third quarter of an ISATAP address (RFC 5214)
_ONE_ATTEMPT = 5.0  # seconds for one of several addresses, so that a dead IPv6 route leaves time for IPv4
_LAST_ATTEMPT = 10.0  # a host that drops packets is told from one that is slow to answer


class AddressRefusedError(Exception):
    """The name leads, among others, to an address that must not be connected to."""


class NameUnknownError(Exception):
    """The name does not resolve."""


def why_refused(text: str) -> str | None:
    """Returns what is wrong with connecting to a numeric address, or None for a public one.

    Addresses that wrap another (mapped, 6to4, NAT64, Teredo, ISATAP) are as good as what they wrap.
    """
    address = ip_address(text)
    if isinstance(address, IPv4Address):
        return next((why for network, why in _SPECIAL_V4.items() if address in network), None)
    address = IPv6Address(int(address))  # without a scope ("%eth0"), which would escape the table
    wrapped = _wrapped(address)
    if wrapped:
        return next((why for inner in wrapped if (why := why_refused(str(inner)))), None)
    special = next((why for network, why in _SPECIAL_V6.items() if address in network), None)
    return special or (None if address in _GLOBAL_V6 else "not global")


def why_literal_refused(host: str) -> str | None:
    """Returns what is wrong with a host that is a number in any spelling, or localhost; None for names."""
    host = unquote(host).rstrip(".").lower()  # as a proxy may read it
    if host == "localhost" or host.endswith(".localhost"):
        return "loopback"
    try:
        return why_refused(host)
    except ValueError:
        pass
    try:
        return why_refused(socket.inet_ntoa(socket.inet_aton(host)))  # 127.1, 0x7f000001, 2130706433
    except OSError:
        return None


class GuardedBackend(httpcore.AsyncNetworkBackend):
    """Resolves once, checks every address found, connects to one of those checked.

    `allow_private` holds "host:port" as the user's URLs spell them. One bad address among good ones
    refuses the name: whoever mixes them is up to something.
    """

    def __init__(self, allow_private: Iterable[str] = (), resolve: Resolver | None = None) -> None:
        self._allowed = frozenset(pair.lower() for pair in allow_private)
        self._resolve = resolve or system_resolver
        self._connect = connect

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002, ASYNC109 - httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,  # noqa: ARG002
    ) -> Stream:
        """Connects to `host`, or raises AddressRefusedError, NameUnknownError, httpcore.ConnectError."""
        addresses = await self._addresses(host, port)
        if host_port(host, port) not in self._allowed:
            for address in addresses:
                if why := why_refused(address):
                    place = host if host == address else f"{host}, that is {address},"
                    pair = host_port(host, port)
                    raise AddressRefusedError(f"{place} is {why}, and {pair} is not in allow_private")
        for number, address in enumerate(addresses, start=1):
            last = number == len(addresses)
            try:
                return await self._connect(
                    address, port, _LAST_ATTEMPT if last else _ONE_ATTEMPT, local_address
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if last:
                    raise
        raise NameUnknownError(f"{host} has no address")

    async def connect_unix_socket(self, *_: object, **__: object) -> httpcore.AsyncNetworkStream:
        """Refuses: no URL leads to a socket of this machine."""
        raise AddressRefusedError("unix sockets are no place for feeds")

    async def sleep(self, seconds: float) -> None:
        """Sleeps, as httpcore asks of a backend."""
        await asyncio.sleep(seconds)

    async def _addresses(self, host: str, port: int) -> Sequence[str]:
        try:
            return await self._resolve(host, port)
        except (OSError, UnicodeError) as problem:
            raise NameUnknownError(f"{host} does not resolve: {problem}") from problem


async def system_resolver(host: str, port: int) -> Sequence[str]:
    """Asks the system, which also reads the odd spellings of an address: 127.1, 0x7f000001, 2130706433."""
    try:
        return [str(ip_address(host.strip("[]")))]  # the usual spellings, without a thread
    except ValueError:
        pass
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found))


def host_port(host: str, port: int) -> str:
    """Returns the spelling that `allow_private` uses: "127.0.0.1:1200", "[::1]:1200"."""
    bare = host.strip("[]").lower()
    return f"[{bare}]:{port}" if ":" in bare else f"{bare}:{port}"


def _wrapped(address: IPv6Address) -> tuple[IPv4Address, ...]:
    """Returns the IPv4 addresses that an IPv6 one stands for; none for a plain one."""
    if address.ipv4_mapped:
        return (address.ipv4_mapped,)
    if address.sixtofour:
        return (address.sixtofour,)
    if address.teredo:
        return address.teredo
    number = int(address)
    if number > 1 and any(address in network for network in _TAILS):
        return (IPv4Address(number & 0xFFFFFFFF),)
    if (number >> 32) & 0xFFFFFFFF in _ISATAP:
        return (IPv4Address(number & 0xFFFFFFFF),)
    return ()
