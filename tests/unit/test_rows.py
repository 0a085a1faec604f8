"""Rows as files: nothing is calculated by a spreadsheet, nothing breaks a feed reader."""

import csv
import io
import json
from xml.etree import ElementTree as ET

import pytest

from watcher.digest.rows import as_atom, as_csv, as_json

ATOM = "{http://www.w3.org/2005/Atom}"
ROW = {
    "id": 7,
    "title": "重庆\n<b>标识</b>",
    "url": "https://example.org/7",
    "outlet": "样例报",
    "published_at": "2026-11-20T00:00:00Z",
    "topics": ["标识解析", "园区"],
    "regions": ["重庆市"],
    "text": "正文",
}


@pytest.mark.parametrize(
    "cell", ["=1+1", "+86", "-2", "@SUM(A1)", "\t=1", "\r=1", " =1", "=cmd|' /C calc'!A0"]
)
def test_text_is_no_formula(cell: str) -> None:
    line = list(csv.reader(io.StringIO(as_csv([{"a": cell}], ["a"]), newline="")))[1]
    assert line == ["'" + cell]


def test_numbers_lists_and_gaps() -> None:
    text = as_csv([{"value": -2.5, "topics": ["a", "b"], "none": None}], ["value", "topics", "none"])
    assert text == "\ufeffvalue,topics,none\r\n-2.5,a、b,\r\n"


def test_json_keeps_what_there_is() -> None:
    assert json.loads(as_json([ROW])) == [ROW]


def test_atom() -> None:
    feed = ET.fromstring(as_atom([ROW], "watcher", "2026-11-20T00:00:00Z"))
    entry = feed.find(f"{ATOM}entry")
    assert entry is not None
    assert entry.findtext(f"{ATOM}title") == "重庆 <b>标识</b>"
    assert [node.get("term") for node in entry.findall(f"{ATOM}category")] == ["标识解析", "园区", "重庆市"]
    link = entry.find(f"{ATOM}link")
    assert link is not None
    assert link.get("href") == "https://example.org/7"


@pytest.mark.parametrize("url", ["javascript:alert(1)", None, "https://bank.example@evil.example/"])
def test_an_address_that_is_none_is_left_out(url: str | None) -> None:
    feed = ET.fromstring(as_atom([{**ROW, "url": url, "outlet": None}], "w", "2026-11-20T00:00:00Z"))
    assert feed.find(f"{ATOM}entry/{ATOM}link") is None
    assert feed.findtext(f"{ATOM}entry/{ATOM}content") == "正文"
