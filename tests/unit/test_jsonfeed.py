"""JSON Feed: the cases stand in data/feeds; here is what must hold of any JSON at all."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from watcher.model import Parsed, ParseFailure
from watcher.parse.jsonfeed import MAX_ENTRIES, read_json_feed
from watcher.parse.sniff import sniff

NAMES = """
    id url external_url title content_html content_text summary tags authors author name
    date_published language items version home_page_url
"""
KEYS = st.sampled_from(NAMES.split())
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=6),
    max_leaves=20,
)


@settings(deadline=None)
@given(st.dictionaries(KEYS, VALUES), st.none() | st.text(max_size=20))
def test_any_object_is_parsed_or_refused(feed: object, base: str | None) -> None:
    outcome = read_json_feed(sniff(json.dumps(feed)), base)
    assert isinstance(outcome, Parsed | ParseFailure)


@settings(deadline=None)
@given(st.lists(VALUES, max_size=5))
def test_entries_are_the_objects_among_the_items(items: list[object]) -> None:
    feed = {"version": "https://jsonfeed.org/version/1.1", "items": items}
    outcome = read_json_feed(sniff(json.dumps(feed)), None)
    assert isinstance(outcome, Parsed)
    assert len(outcome.entries) == sum(isinstance(item, dict) for item in items)


@settings(deadline=None)
@given(VALUES)
def test_text_can_be_stored(value: object) -> None:
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "items": [dict.fromkeys(("id", "title", "tags"), value)],
    }
    outcome = read_json_feed(sniff(json.dumps(feed)), None)
    assert isinstance(outcome, Parsed)
    assert repr(outcome).encode("utf-8")


def test_a_long_feed_is_cut() -> None:
    feed = {"items": [{"id": number} for number in range(MAX_ENTRIES + 1)]}
    outcome = read_json_feed(sniff(json.dumps(feed)), None)
    assert isinstance(outcome, Parsed)
    assert len(outcome.entries) == MAX_ENTRIES
    assert outcome.notes == ("only the first 1,000 of 1,001 entries were read",)


def test_the_feed_s_authors_stand_in() -> None:
    feed = {"author": {"name": "编辑部"}, "items": [{"id": "1"}, {"id": "2", "authors": [{"name": "张三"}]}]}
    outcome = read_json_feed(sniff(json.dumps(feed)), None)
    assert isinstance(outcome, Parsed)
    assert [entry.author for entry in outcome.entries] == ["编辑部", "张三"]


def test_true_is_no_text() -> None:
    outcome = read_json_feed(sniff('{"items": [{"id": true, "title": false, "tags": "x"}]}'), None)
    assert isinstance(outcome, Parsed)
    assert outcome.entries[0].guid is None
    assert outcome.entries[0].categories == ()
