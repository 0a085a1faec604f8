"""Addresses against the guard, one line each; what may be connected to is a table, not a judgement."""

import httpcore
import pytest

from watcher.fetch.guard import (
    AddressRefusedError,
    GuardedBackend,
    NameUnknownError,
    host_port,
    why_literal_refused,
    why_refused,
)

PUBLIC = [
    "1.1.1.1",
    "8.8.8.8",
    "100.63.255.255",
    "100.128.0.1",
    "11.0.0.1",
    "126.255.255.255",
    "128.0.0.1",
    "169.253.255.255",
    "172.15.255.255",
    "172.32.0.1",
    "192.167.255.255",
    "192.169.0.1",
    "198.17.255.255",
    "198.20.0.1",
    "223.5.5.5",
    "2400:3200::1",
    "2606:4700:4700::1111",
    "2a00:1450:4001:80e::200e",
    "::ffff:8.8.8.8",
    "2002:808:808::1",
    "64:ff9b::808:808",
]

REFUSED = """
0.0.0.0                        unspecified
0.1.2.3                        unspecified
10.0.0.1                       private
10.255.255.255                 private
100.64.0.1                     carrier-grade NAT
100.127.255.254                carrier-grade NAT
127.0.0.1                      loopback
127.255.255.254                loopback
169.254.169.254                link-local
172.16.0.1                     private
172.31.255.255                 private
192.0.0.8                      reserved
192.0.2.1                      documentation
192.88.99.1                    6to4 relay
192.168.1.1                    private
198.18.0.1                     benchmarking
198.19.255.255                 benchmarking
198.51.100.7                   documentation
203.0.113.9                    documentation
224.0.0.1                      multicast
239.255.255.250                multicast
240.0.0.1                      reserved
255.255.255.255                reserved
::                             unspecified
::1                            loopback
::127.0.0.1                    loopback
::10.0.0.1                     private
::ffff:127.0.0.1               loopback
::ffff:7f00:1                  loopback
::ffff:192.168.0.1             private
::ffff:0:127.0.0.1             loopback
64:ff9b::127.0.0.1             loopback
64:ff9b::a00:1                 private
64:ff9b:1::1                   local-use NAT64
100::1                         discard-only
2001:0:4136:e378:8000:63bf:80ff:fffe   loopback
2001:0:7f00:1:8000:63bf:3fff:fdd2      loopback
2001:2::1                      reserved
2001:10::1                     reserved
2001:db8::1                    documentation
2002:7f00:1::                  loopback
2002:c0a8:101::1               private
3fff::1                        documentation
2606:4700::5efe:10.0.0.1       private
2606:4700::200:5efe:127.0.0.1  loopback
4000::1                        not global
5f00::1                        not global
fc00::1                        unique local
fd00::1                        unique local
fe80::1                        link-local
fe80::1%eth0                   link-local
fec0::1                        site-local
ff02::1                        multicast
ff0e::1                        multicast
""".strip().splitlines()

LITERALS = {
    "127.1": "loopback",
    "0x7f000001": "loopback",
    "2130706433": "loopback",
    "017700000001": "loopback",
    "localhost": "loopback",
    "rsshub.localhost": "loopback",
    "10.0.0.1": "private",
    "::1": "loopback",
    "::1%25lo": "loopback",
    "LocalHost.": "loopback",
    "127.0.0.1.": "loopback",
    "127.1.": "loopback",
    "%31%32%37.1": "loopback",
    "8.8.8.8": None,
    "8.8.8.8.": None,
    "rsshub.app": None,
    "127.0.0.1.example.org": None,
}


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_let_through(address: str) -> None:
    assert why_refused(address) is None


@pytest.mark.parametrize("line", REFUSED)
def test_everything_else_is_refused_with_its_reason(line: str) -> None:
    address, why = line.split(maxsplit=1)
    assert why_refused(address) == why


def test_the_table_is_long_enough_to_mean_something() -> None:
    assert len(PUBLIC) + len(REFUSED) >= 40


@pytest.mark.parametrize(("host", "why"), LITERALS.items())
def test_behind_a_proxy_numeric_hosts_are_read_in_every_spelling(host: str, why: str | None) -> None:
    assert why_literal_refused(host) == why


@pytest.mark.parametrize(
    ("host", "port", "pair"),
    [("LocalHost", 80, "localhost:80"), ("::1", 1200, "[::1]:1200"), ("[::1]", 1200, "[::1]:1200")],
)
def test_pairs_are_spelt_one_way(host: str, port: int, pair: str) -> None:
    assert host_port(host, port) == pair


class _Recorder:
    """Stands where the real network would: notes who is connected to."""

    def __init__(self) -> None:
        self.connected: list[tuple[str, int]] = []
        self.dead = ""

    async def connect_tcp(self, host: str, port: int, *_: object) -> str:
        if host == self.dead:
            raise httpcore.ConnectError
        self.connected.append((host, port))
        return "stream"


def _guard(answers: list[list[str]], allow: tuple[str, ...] = ()) -> tuple[GuardedBackend, _Recorder]:
    """A guard whose resolver gives one answer after the other, as a rebinding name server does."""

    async def resolve(_host: str, _port: int) -> list[str]:
        return answers.pop(0)

    guard, network = GuardedBackend(allow, resolve), _Recorder()
    guard._connect = network.connect_tcp  # type: ignore[assignment]
    return guard, network


async def test_a_name_that_changes_its_mind_is_refused_the_second_time() -> None:
    guard, network = _guard([["8.8.8.8"], ["127.0.0.1"]])
    await guard.connect_tcp("evil.example", 80)
    with pytest.raises(AddressRefusedError, match=r"evil\.example, that is 127\.0\.0\.1, is loopback"):
        await guard.connect_tcp("evil.example", 80)
    assert network.connected == [("8.8.8.8", 80)]


async def test_it_resolves_once_and_connects_to_the_address_it_checked() -> None:
    guard, network = _guard([["8.8.8.8"]])
    await guard.connect_tcp("good.example", 443)
    assert network.connected == [("8.8.8.8", 443)]


async def test_one_bad_address_among_good_ones_refuses_the_name() -> None:
    guard, network = _guard([["8.8.8.8", "127.0.0.1"]])
    with pytest.raises(AddressRefusedError):
        await guard.connect_tcp("mixed.example", 80)
    assert network.connected == []


@pytest.mark.parametrize(
    ("host", "port", "let_through"),
    [("127.0.0.1", 1200, True), ("127.0.0.1", 1201, False), ("localhost", 1200, False)],
)
async def test_allowed_pairs_are_exact(host: str, port: int, let_through: bool) -> None:
    guard, network = _guard([["127.0.0.1"]], allow=("127.0.0.1:1200",))
    if let_through:
        await guard.connect_tcp(host, port)
    else:
        with pytest.raises(AddressRefusedError):
            await guard.connect_tcp(host, port)
    assert bool(network.connected) == let_through


async def test_a_dead_address_leaves_time_for_the_next_one() -> None:
    guard, network = _guard([["2606:4700:4700::1111", "1.1.1.1"], ["2606:4700:4700::1111"]])
    network.dead = "2606:4700:4700::1111"
    assert await guard.connect_tcp("dual.example", 443) == "stream"
    assert network.connected == [("1.1.1.1", 443)]
    with pytest.raises(httpcore.ConnectError):
        await guard.connect_tcp("six.example", 443)


async def test_names_without_an_address_are_unknown() -> None:
    guard, _ = _guard([[]])
    with pytest.raises(NameUnknownError):
        await guard.connect_tcp("void.example", 80)


async def test_unix_sockets_are_refused() -> None:
    with pytest.raises(AddressRefusedError):
        await GuardedBackend().connect_unix_socket("/run/docker.sock")
