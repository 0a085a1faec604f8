"""Nasty inputs, hundreds of them, each with what must come of it: data/nasty, one line an input.

A line holds the input as `in`, as `parts` (pieces and how often each is repeated) or as `bytes` (hex); `as`
is the encoding of its bytes, `file` or `name` what it is called, `type` its Content-Type. The other
keys are expected of the first entry: `title`, `text`, `url`, `author`, `outlet` ("" for none), `date`
(UTC), `from`; `has` and `has_title` are parts, `html` a part of the stored HTML, `no` what may stand
nowhere; `format` and the number of `entries`; or `fails`, a part of the sentence that says why. `odd`
explains. Everything must be read within a second or so, though no test measures it.
"""

import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from watcher.model import Entry, Item, Parsed, ParseFailure, RawDocument
from watcher.parse import parse
from watcher.parse.normalise import normalise
from watcher.text.boilerplate import shipped

DATA = Path(__file__).parent / "data"
NOW = datetime(2026, 11, 20, tzinfo=UTC)
SHANGHAI = ZoneInfo("Asia/Shanghai")
GROUPS = ("frontmatter", "documents", "html", "encodings", "feeds")
KEYS = {"in", "parts", "bytes", "as", "file", "name", "type", "odd"} | {
    *("title", "text", "url", "author", "outlet", "date", "from", "has", "has_title", "html", "no"),
    *("format", "entries", "fails"),
}


def inputs() -> Iterator[Any]:
    for group in GROUPS:
        lines = tomllib.loads((DATA / "nasty" / f"{group}.toml").read_text("utf-8"))["inputs"]
        for number, line in enumerate(lines, 1):
            yield pytest.param(group, line, id=f"{group}-{number}")


def body_of(line: dict[str, Any]) -> bytes:
    if "bytes" in line:
        return bytes.fromhex(line["bytes"])
    text = line["in"] if "in" in line else "".join(piece * times for piece, times in line["parts"])
    return str(text).encode(line.get("as", "utf-8"))


def reading(group: str, line: dict[str, Any]) -> Parsed | ParseFailure:
    if group == "html":  # what a feed or a post says an article is
        return Parsed("html", (Entry(title="题", html=body_of(line).decode()),))
    name = line.get("name") or line.get("file") or ("feed" if group == "feeds" else "a.md")
    return parse(RawDocument("s", name, body_of(line), NOW, line.get("type")), feed=group == "feeds")


@pytest.mark.parametrize(("group", "line"), list(inputs()))
def test_nasty(group: str, line: dict[str, Any]) -> None:
    assert line.keys() <= KEYS
    parsed = reading(group, line)
    if isinstance(parsed, ParseFailure):
        assert line.get("fails", "nothing should fail") in parsed.message
        return
    assert "fails" not in line
    assert len(parsed.entries) == line.get("entries", len(parsed.entries))
    assert parsed.format == line.get("format", parsed.format)
    item = normalise(parsed.entries[0], SHANGHAI, NOW, shipped())
    check(item, line)


def check(item: Item, line: dict[str, Any]) -> None:
    for key in ("title", "text", "url", "author", "outlet"):
        if key in line:
            assert (getattr(item, key) or "") == line[key], key
    if "date" in line:
        assert item.published_at is not None
        assert item.published_at.strftime("%Y-%m-%dT%H:%M:%SZ") == line["date"]
    assert item.published_from == line.get("from", item.published_from)
    assert line.get("has", "") in item.text
    assert line.get("has_title", "") in item.title
    assert line.get("html", "") in (item.html or "")
    everything = "\n".join(
        filter(None, (item.title, item.text, item.html, item.url, item.author, item.outlet))
    )
    assert "no" not in line or line["no"] not in everything
    everything.encode("utf-8")  # it can be stored
    assert "\0" not in everything
    assert item.url is None or item.url.startswith(("http://", "https://"))


def test_there_are_three_hundred() -> None:
    feeds = list((DATA / "feeds").glob("*.expect.json"))
    assert len(list(inputs())) >= 300
    assert len(feeds) >= 60
