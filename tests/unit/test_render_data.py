"""JSON and Atom: complete, valid, harmless."""

import json
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree as ET

import feedparser

from tests.unit.digest_samples import digest, figure, item, region, topic
from watcher.digest.render import render

ATOM = "{http://www.w3.org/2005/Atom}"
HOSTILE = "<script>&amp;]]>\x00\x0b\ud800\uffff\u202e标题\n二"


def as_json(*items: Any, **changes: Any) -> Any:
    return json.loads(render(digest(*items, **changes), "json").body)


def as_atom(*items: Any, **changes: Any) -> ET.Element:
    return ET.fromstring(render(digest(*items, **changes), "atom").body)


def test_json_holds_everything() -> None:
    stations = figure("fiveg_stations", 180_000, "个", approx=">")
    assert as_json(item(7, other_outlets=2, author="周宁", figures=(stations,)), max_items=5) == {
        "name": "daily",
        "title": "工业互联网日报",
        "made_at": "2022-02-23T00:00:00Z",
        "since": "2022-02-22T00:00:00Z",
        "until": "2022-02-23T00:00:00Z",
        "timezone": "Asia/Shanghai",
        "items": 1,
        "cut": 0,
        "outlets": 1,
        "sources": [{"id": "seeds", "title": "样例"}],
        "heat": [
            {
                "key": "500000",
                "label": "重庆市",
                "count": 1,
                "usual": None,
                "spike": False,
                "past": [],
                "detail": [{"label": "标识解析", "count": 1}],
            }
        ],
        "also": [],
        "news": [],
        "groups": [
            {
                "key": "500000",
                "label": "重庆市",
                "cut": 0,
                "items": [
                    {
                        "number": 1,
                        "id": 7,
                        "title": "第7篇：两江新区新增标识解析节点",
                        "url": "https://news.example.cn/7.html",
                        "outlet": "山城工业报",
                        "author": "周宁",
                        "published_at": "2022-02-22T22:00:00Z",
                        "published_from": "feed",
                        "first_seen_at": "2022-02-22T23:00:00Z",
                        "lead": "两江新区近日有三个工业互联网标识解析二级节点上线试运行，覆盖三个行业。",
                        "topics": ["标识解析"],
                        "regions": ["重庆"],
                        "sources": ["seeds"],
                        "other_outlets": 2,
                        "updated": False,
                        "figures": [{"what": "5G 基站", "amount": ">18 万个"}],
                    }
                ],
            }
        ],
    }


def test_json_says_null_for_what_is_absent() -> None:
    bare = item(url="javascript:x", outlet=None, text="", published_at=None)
    (entry,) = as_json(bare)["groups"][0]["items"]
    assert [entry[key] for key in ("url", "outlet", "author", "published_at", "lead")] == [None] * 5


def test_atom_has_what_rfc_4287_demands() -> None:
    feed = as_atom(
        item(1, topics=(topic("identifier"), topic("park", 1))),
        item(2, url=None, regions=(region("420000"),)),
    )
    for parent in (feed, *feed.findall(f"{ATOM}entry")):
        for tag in ("id", "title", "updated"):
            (node,) = parent.findall(ATOM + tag)
            assert node.text
        updated = parent.findtext(f"{ATOM}updated") or ""
        assert datetime.fromisoformat(updated).tzinfo is UTC
    assert feed.findtext(f"{ATOM}author/{ATOM}name")
    entries = feed.findall(f"{ATOM}entry")
    linked = [entry for entry in entries if entry.find(f"{ATOM}link") is not None]
    assert len(linked) == 1
    assert [node.get("term") for node in linked[0].findall(f"{ATOM}category")] == ["标识解析", "园区", "重庆"]
    assert all(entry.findtext(f"{ATOM}content") for entry in entries if entry not in linked)
    ids = [node.text for node in feed.iter(f"{ATOM}id")]
    assert len(set(ids)) == len(ids) == 3


def test_an_entry_without_a_source_has_the_feeds_author() -> None:
    feed = as_atom(item(outlet=None, source_ids=()))
    assert feed.find(f"{ATOM}entry/{ATOM}author") is None
    assert feed.find(f"{ATOM}author") is not None


def test_an_entry_keeps_its_id_in_the_next_issue() -> None:
    first, second = as_atom(item(1)), as_atom(item(2), item(1, title="改了题目"))
    ids = [{node.text for node in feed.iter(f"{ATOM}id")} for feed in (first, second)]
    assert ids[0] < ids[1]


def test_a_feed_reader_reads_it() -> None:
    read = feedparser.parse(render(digest(item(1, published_at=None)), "atom").body)
    assert not read.bozo
    assert read.version == "atom10"
    assert read.entries[0].link == "https://news.example.cn/1.html"


def test_hostile_text_is_data() -> None:
    bad = item(title=HOSTILE, text=HOSTILE + "长" * 30 + "。", outlet=HOSTILE, author=HOSTILE)
    title = "<script>&amp;]]> 标题 二"
    assert as_json(bad)["groups"][0]["items"][0]["title"] == title
    (entry,) = as_atom(bad, title="\x00").findall(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}title") == title
    assert as_atom(item(title="\u202e")).findtext(f"{ATOM}entry/{ATOM}title") == "（无题）"
