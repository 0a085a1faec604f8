"""Feeds: every file in data/feeds with its expectation beside it, and what no file can show.

A case is added without Python: `name` and `name.expect.json`, which holds the fields to compare
(`entries` are compared field by field; `notes` and `failure` by what they contain), and may hold
`url` and `content_type` of the answer that brought it, `absent` strings, and the `longest` text.
"""

import json
import time
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import feedparser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watcher.model import Parsed, ParseFailure, RawDocument
from watcher.parse import parse
from watcher.parse.feed import MAX_ENTRIES

FEEDS = Path(__file__).parent / "data" / "feeds"
CASES = sorted(path.name.removesuffix(".expect.json") for path in FEEDS.glob("*.expect.json"))
NOW = datetime(2026, 11, 20, tzinfo=UTC)


def read(body: bytes, name: str = "feed.xml", content_type: str | None = None) -> Parsed | ParseFailure:
    return parse(RawDocument("test", name, body, NOW, content_type), feed=True)


def plain(value: Any) -> Any:
    """As JSON has it: lists for tuples, seconds for durations."""
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, tuple):
        return [plain(one) for one in value]
    return {key: plain(one) for key, one in value.items()} if isinstance(value, dict) else value


@pytest.mark.parametrize("name", CASES)
def test_case(name: str) -> None:
    expected = json.loads((FEEDS / f"{name}.expect.json").read_text(encoding="utf-8"))
    parsed = read((FEEDS / name).read_bytes(), expected.get("url", name), expected.get("content_type"))
    if "failure" in expected:
        assert isinstance(parsed, ParseFailure)
        assert expected["failure"] in parsed.message
        assert parsed.message.endswith(".")
        return
    assert isinstance(parsed, Parsed)
    given = plain(asdict(parsed))
    for key in {"format", "title", "encoding", "hints"} & expected.keys():
        assert given[key] == expected[key]
    assert len(given["entries"]) == len(expected["entries"])
    for entry, wanted in zip(given["entries"], expected["entries"], strict=True):
        assert {key: entry[key] for key in wanted} == wanted
    if "notes" in expected:
        assert len(parsed.notes) == len(expected["notes"])
        assert all(part in note for part, note in zip(expected["notes"], parsed.notes, strict=True))
    text = json.dumps(given, ensure_ascii=False)
    assert len(text) <= expected.get("longest", 100_000)
    assert not [word for word in expected.get("absent", []) if word in text]


def test_every_feed_has_an_expectation() -> None:
    files = {path.name for path in FEEDS.iterdir() if not path.name.endswith(".expect.json")}
    assert files == set(CASES)


def test_a_feed_of_20_000_entries_is_cut() -> None:
    item = "<item><title>n</title><guid>{}</guid></item>"
    body = "<rss version='2.0'><channel>" + "".join(map(item.format, range(20_000))) + "</channel></rss>"
    parsed = read(body.encode())
    assert isinstance(parsed, Parsed)
    assert len(parsed.entries) == MAX_ENTRIES
    assert parsed.entries[-1].guid == str(MAX_ENTRIES - 1)
    assert parsed.notes == ("only the first 1,000 of 20,000 entries were read",)


@pytest.mark.parametrize("root", ["feed", "rdf:RDF"])
def test_a_cut_feed_is_closed_again(root: str) -> None:
    names = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"'
    entry = "entry" if root == "feed" else "item"
    items = f"<{entry}><title>n</title></{entry}>" * (MAX_ENTRIES + 1)
    parsed = read(f"<{root} {names}>{items}</{root}>".encode())
    assert isinstance(parsed, Parsed)
    assert len(parsed.entries) == MAX_ENTRIES
    assert parsed.notes == ("only the first 1,000 of 1,001 entries were read",)


def test_a_guid_does_not_change_with_the_mirror() -> None:
    body = b"<rss version='2.0'><channel><item><guid>7</guid><link>/7</link></item></channel></rss>"
    here, there = read(body, "https://a.example.com/feed"), read(body, "https://b.example.com/feed")
    assert isinstance(here, Parsed)
    assert isinstance(there, Parsed)
    assert here.entries[0].guid == there.entries[0].guid == "7"
    assert here.entries[0].url == "https://a.example.com/7"


def test_the_parser_of_the_standard_library_is_used() -> None:
    """libxml2's, preferred where installed, expands entities."""
    with pytest.raises(ImportError):
        __import__(feedparser.api.PREFERRED_XML_PARSERS[0])


@pytest.mark.parametrize(
    "body",
    [
        "<rss><channel><item>" + "<a>" * 100_000,
        "<!DOCTYPE " + "[" * 100_000,
        "<!--" * 50_000 + "<rss>",
        "<?xml " * 50_000 + "<rss>",
        "<rss " + "x='' " * 50_000,
        "<feed>" + "&" * 200_000,
        "<feed>" + "&#" * 100_000,
        "<rss>" + "<![CDATA[" * 50_000,
        "<rss>" + "&#x" + "9" * 500_000 + ";",
        "<rss><channel><skipHours>" + "<hour>1</hour>" * 50_000,
        " \n" * 100_000 + "<rss/>",
    ],
    ids=lambda body: body[:12],
)
def test_hostile_markup_takes_no_time(body: str) -> None:
    started = time.process_time()
    read(body.encode())
    assert time.process_time() - started < 5  # quadratic would be minutes


PIECES = """
    <rss¤version='2.0'> <channel> <item> </item> <feed¤xmlns='http://www.w3.org/2005/Atom'> <entry> <title>
    </title> <link> <link¤href=' <guid> </guid> <content¤type='xhtml'> <![CDATA[ ]]> &#xD800; &#0; &nbsp; &
    <!DOCTYPE¤x¤[ <!ENTITY¤a¤'b'> ]> <!-- --> 中 ' > xml:base='http://[ <pubDate> <author> <svg>
    <category¤term=' <source¤url=' <item¤ </rss>
"""
MARKUP = st.lists(st.sampled_from(PIECES.split()).map(lambda piece: piece.replace("¤", " ")), max_size=30)


@settings(max_examples=300, deadline=None)
@given(MARKUP.map("".join))
def test_any_markup_is_parsed_or_refused(text: str) -> None:
    outcome = read(("<rss>" + text).encode("utf-8", "replace"))
    assert isinstance(outcome, Parsed | ParseFailure)


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_parsed_or_refused(body: bytes) -> None:
    assert isinstance(read(body), Parsed | ParseFailure)
