"""Addresses against httpx: what is read without it is what it would read; what no program could ask is refused."""

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.fetch.address import read_address

# Pieces of which hosts are made, honest ones and odd ones.
PIECES = """
    a B example .org . .. - _ ~ ! % %41 1 01 127.0.0.1 999 256 0x7f 2130706433 xn-- xn--fiqs8s 中国 ． é K
    [::1] [ ] : :80 :443 :8080 :65535 :99999 :0 @ user:p%40w@ ٨
""".split()  # noqa: SIM905
AUTHORITIES = st.lists(st.sampled_from(PIECES), min_size=1, max_size=5).map("".join)


@given(st.sampled_from(["http", "https", "HTTP"]), AUTHORITIES)
def test_hosts_are_read_as_httpx_reads_them(scheme: str, authority: str) -> None:
    address = f"{scheme}://{authority}/path"
    try:
        read = read_address(address)
    except ValueError:
        assert _by_httpx(address) is None
    else:
        told = read.scheme, read.host, read.raw_host, read.odd_port, read.authority, read.login
        assert told == _by_httpx(address)


def _by_httpx(address: str) -> tuple[object, ...] | None:
    """What httpx makes of it; None for what nobody can ask."""
    try:
        url = httpx.URL(address)
        login = (url.username, url.password) if url.userinfo else None
        told = url.scheme, url.host, url.raw_host, url.port, url.netloc, login
    except (httpx.InvalidURL, UnicodeError):
        return None
    return told if url.host and (url.port is None or 0 < url.port < 65536) else None


@pytest.mark.parametrize(
    ("url", "port", "authority"),
    [
        ("http://Example.ORG/", 80, b"example.org"),
        ("https://example.org:443/", 443, b"example.org"),
        ("https://example.org:80/", 80, b"example.org:80"),
        ("http://127.0.0.1:1200/", 1200, b"127.0.0.1:1200"),
        ("http://[::1]:1200/", 1200, b"[::1]:1200"),
        ("http://中国.cn/", 80, b"xn--fiqs8s.cn"),
    ],
)
def test_the_port_connected_to_and_what_the_host_header_says(url: str, port: int, authority: bytes) -> None:
    address = read_address(url)
    assert (address.port, address.authority) == (port, authority)
