"""OPML: what exported lists look like, what they should not do, and that what is written is read again."""

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watcher.model import ParseFailure
from watcher.parse.opml import MAX_DEPTH, Subscription, read_opml, write_opml

CORPUS = Path(__file__).parents[2].parent / "shared" / "corpus"


def opml(body: str) -> bytes:
    return f'<?xml version="1.0" encoding="utf-8"?><opml version="1.0"><body>{body}</body></opml>'.encode()


def test_folders_nest() -> None:
    body = opml(
        '<outline text="新闻"><outline text="产业" title="工业">'
        '<outline type="rss" text="甲" xmlUrl=" https://a.example/f "/></outline>'
        '<outline text="乙" title="乙报" xmlUrl="https://b.example/f"/></outline>'
        '<outline xmlUrl="https://c.example/f"/>'
    )
    assert read_opml(body) == (
        Subscription("甲", "https://a.example/f", ("新闻", "工业")),
        Subscription("乙报", "https://b.example/f", ("新闻",)),
        Subscription(None, "https://c.example/f"),
    )


@pytest.mark.parametrize(
    ("body", "urls"),
    [
        ('<outline text=R&D xmlUrl="https://a.example/?a=1&b=2">', ["https://a.example/?a=1&b=2"]),
        ('<OUTLINE TEXT="x" XMLURL="https://a.example/"/>', ["https://a.example/"]),
        ('<outline type="rss" url="https://a.example/"/>', ["https://a.example/"]),
        ('<outline type="link" url="https://a.example/"/>', []),
        (
            '<outline xmlUrl="https://a.example/"/><outline xmlUrl="https://a.example/"/>',
            ["https://a.example/"],
        ),
        ('</outline></outline><outline xmlUrl="https://a.example/"/>', ["https://a.example/"]),
        ('<outline text="broken', []),
        ('<outline text="empty"/>', []),
    ],
)
def test_forgives(body: str, urls: list[str]) -> None:
    read = read_opml(opml('<outline text="-"/>' + body))
    assert isinstance(read, tuple)
    assert [one.xml_url for one in read] == urls


def test_other_xml_is_refused() -> None:
    assert isinstance(read_opml(b"<rss><channel/></rss>"), ParseFailure)
    assert isinstance(read_opml(b""), ParseFailure)


def test_entities_are_not_expanded() -> None:
    bomb = b'<!DOCTYPE opml [<!ENTITY a "aaaa"><!ENTITY b SYSTEM "file:///etc/passwd">]>'
    read = read_opml(bomb + opml('<outline text="&a;&b;" xmlUrl="https://a.example/"/>'))
    assert read == (Subscription("&a;&b;", "https://a.example/"),)


def test_depth_is_bounded() -> None:
    read = read_opml(opml('<outline text="f">' * 5000 + '<outline xmlUrl="https://a.example/"/>'))
    assert isinstance(read, tuple)
    assert len(read[0].folders) == MAX_DEPTH


def test_gbk_lists_are_read() -> None:
    body = '<?xml version="1.0" encoding="gb2312"?><opml><body><outline text="重庆日报" xmlUrl="https://a.example/"/>'
    assert read_opml(body.encode("gbk")) == (Subscription("重庆日报", "https://a.example/"),)


NAMES = (
    st.text(st.characters(exclude_categories=["Cc", "Cs", "Cn"]), min_size=1, max_size=8)
    .map(str.strip)
    .filter(bool)
)
LISTS = st.lists(
    st.builds(
        Subscription, NAMES, NAMES.map("https://a.example/".__add__), st.lists(NAMES, max_size=3).map(tuple)
    ),
    unique_by=lambda one: one.xml_url,
    max_size=8,
)


@settings(deadline=None)
@given(LISTS, st.text(max_size=10))
def test_what_is_written_is_read_again(subscriptions: list[Subscription], title: str) -> None:
    written = write_opml(subscriptions, title)
    assert ET.fromstring(written.encode()).tag == "opml"
    if subscriptions:
        read = read_opml(written.encode())
        assert isinstance(read, tuple)
        assert sorted(read, key=repr) == sorted(subscriptions, key=repr)


def test_a_feed_without_a_title_is_shown_by_its_url() -> None:
    written = write_opml([Subscription(None, "https://a.example/?a=1&b=2\x00")], "列表")
    assert 'text="https://a.example/?a=1&amp;b=2" ' in written


@pytest.mark.skipif(not CORPUS.is_dir(), reason="no corpus beside the repository")
@pytest.mark.parametrize(
    ("file", "least"), [("opml-timqian/feed.opml", 100), ("opml-blogCN/feedlist.opml", 70)]
)
def test_real_lists(file: str, least: int) -> None:
    read = read_opml((CORPUS / file).read_bytes())
    assert isinstance(read, tuple)
    assert len(read) >= least
    assert read_opml(write_opml(read, "x").encode()) is not None
