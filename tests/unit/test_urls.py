"""URLs: the tables in data/urls.toml, and what must hold of any string."""

import tomllib
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from watcher.text.urls import MAX_CHARS, absolute, canonical, outlet_host

TABLES: dict[str, list[dict[str, Any]]] = tomllib.loads(
    (Path(__file__).parent / "data" / "urls.toml").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("row", TABLES["absolute"], ids=lambda row: repr(row["href"]))
def test_absolute(row: dict[str, str]) -> None:
    assert absolute(row.get("base"), row["href"]) == (row["url"] or None)


@pytest.mark.parametrize("row", TABLES["canonical"], ids=lambda row: row["url"])
def test_canonical(row: dict[str, str]) -> None:
    assert canonical(row["url"]) == row["id"]


@pytest.mark.parametrize("row", TABLES["host"], ids=lambda row: row["url"])
def test_outlet_host(row: dict[str, str]) -> None:
    assert outlet_host(row["url"]) == (row["host"] or None)


def test_nothing_is_no_link() -> None:
    assert absolute("https://example.com/", None) is None
    assert outlet_host(None) is None


PLAIN = (
    r"https?://[a-z0-9]{1,9}\.[a-z]{1,5}(/[a-zA-Z_.~/%-]{0,20})?(\?[a-z./%=&-]{0,9})?(#[a-z./%=&!-]{0,9})?"
)


@given(st.from_regex(PLAIN, fullmatch=True))
@example("https://example.com?a=b")
@example("http://example.com/../b/./c//d%2F?e=/f#!g")
def test_a_plain_link_is_what_joining_makes_of_it(link: str) -> None:
    for base in (None, "http://example.org/a/b", "https://example.org/a/b;c?d#e"):
        assert absolute(base, link) == urljoin(base or "https:", link)


def test_a_link_has_a_length() -> None:
    assert absolute(None, "https://example.com/" + "a" * MAX_CHARS) is None


PIECES = "http:// https: // / www. m. a.b index.html ? & = # utm_x [ ] : @ % javascript: \\ 中"
LINKS = st.text() | st.lists(st.sampled_from([*PIECES.split(" "), " ", "\x00"]), max_size=12).map("".join)


@settings(deadline=None)
@given(LINKS, st.none() | LINKS)
def test_any_link_is_http_or_none(href: str, base: str | None) -> None:
    url = absolute(base, href)
    if url is not None:
        assert url.startswith(("http://", "https://"))
        assert len(url) <= MAX_CHARS
        assert min(url) > " "


@settings(deadline=None)
@given(LINKS)
@example("https://www.m.example.com/index.html//index.html")
@example("https://example.com/a?&")
def test_canonical_is_final(url: str) -> None:
    assert canonical(canonical(url)) == canonical(url)


@settings(deadline=None)
@given(st.text(max_size=50))
def test_an_outlet_is_never_empty(url: str) -> None:
    assert outlet_host(f"http://{url}") != ""
