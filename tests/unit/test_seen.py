"""Entries that a feed showed before are passed over; what is stored is the same as if they were not."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from watcher.dedupe import fingerprints, unseen
from watcher.model import Entry, RawDocument, Seen, Source
from watcher.pipeline import Reading, read
from watcher.tag import compile_rules
from watcher.tag.rulebook import shipped
from watcher.text import boilerplate

NOW = datetime(2026, 11, 20, 4, tzinfo=UTC)
SOURCE = Source("s", "feed", "某报", "https://example.org/feed", ZoneInfo("Asia/Shanghai"))
RULES = compile_rules(shipped())
BOILERPLATE = boilerplate.shipped()
FEED = '<rss version="2.0"><channel><title>某报</title>{}</channel></rss>'
ENTRY = "<item><title>{0}</title><link>{1}</link>{2}<description>{0}的正文。</description></item>"
DATED = "<pubDate>Thu, 19 Nov 2026 08:00:00 +0800</pubDate>"


def reading(entries: list[str], seen: Seen = frozenset(), source: Source = SOURCE) -> Reading:
    raw = RawDocument("s", source.location, FEED.format("".join(entries)).encode(), NOW)
    found = read(raw, source, RULES, BOILERPLATE, seen)
    assert isinstance(found, Reading)
    return found


def entry(name: str, link: str = "", date: str = DATED) -> str:
    return ENTRY.format(name, link or f"https://example.org/{name}", date)


def titles(found: Reading) -> list[str]:
    return [tagged.item.title for tagged in found.items]


def test_only_what_is_new_is_read() -> None:
    first = reading([entry("甲"), entry("乙")])
    assert (titles(first), first.known) == (["甲", "乙"], 0)
    again = reading([entry("甲"), entry("乙")], first.seen)
    assert (titles(again), again.known, again.seen) == ([], 2, first.seen)
    later = reading([entry("丙"), entry("甲"), entry("乙")], first.seen)
    assert (titles(later), later.known) == (["丙"], 2)
    assert titles(reading([entry("丙"), entry("甲"), entry("乙")], later.seen)) == []


def test_an_edited_entry_is_read() -> None:
    first = reading([entry("甲"), entry("乙")])
    edited = entry("甲").replace("甲的正文", "甲改过的正文")
    assert titles(reading([edited, entry("乙")], first.seen)) == ["甲"]


def test_what_went_is_read_when_it_comes_back() -> None:
    first = reading([entry("甲"), entry("乙")])
    without = reading([entry("乙")], first.seen)
    assert titles(reading([entry("甲"), entry("乙")], without.seen)) == ["甲"]


@pytest.mark.parametrize(
    "settings",
    [
        {"location": "https://example.org/other"},
        {"timezone": ZoneInfo("UTC")},
        {"boilerplate": ("广告.*",)},
        {"identity": "url"},
    ],
    ids=lambda settings: next(iter(settings)),
)
def test_other_settings_read_everything_again(settings: dict[str, object]) -> None:
    first = reading([entry("甲"), entry("乙")])
    changed = replace(SOURCE, **settings)  # type: ignore[arg-type]
    assert titles(reading([entry("甲"), entry("乙")], first.seen, changed)) == ["甲", "乙"]


@pytest.mark.parametrize("date", ["", "<pubDate>3小时前</pubDate>", "<pubDate>11月19日</pubDate>"])
def test_what_reads_otherwise_tomorrow_is_read_again(date: str) -> None:
    first = reading([entry("甲", date=date), entry("乙")])
    assert titles(reading([entry("甲", date=date), entry("乙")], first.seen)) == ["甲"]


def test_a_date_yet_to_come_is_looked_at_again() -> None:
    ahead = (NOW + timedelta(days=40)).strftime("<pubDate>%a, %d %b %Y %H:%M:%S GMT</pubDate>")
    first = reading([entry("甲", date=ahead), entry("乙")])
    assert titles(reading([entry("甲", date=ahead), entry("乙")], first.seen)) == ["甲"]


def test_a_shared_address_is_weighed_in_company() -> None:
    # Two articles under one address are told apart by their text: passing one over would hide that.
    front = "https://example.org/"
    first = reading([entry("甲", front)])
    both = reading([entry("乙", front), entry("甲", front)], first.seen)
    assert titles(both) == ["乙", "甲"]
    assert [one.key for one in both.items] == [
        one.key for one in reading([entry("乙", front), entry("甲", front)]).items
    ]


def test_full_text_sources_look_at_every_entry() -> None:
    whole = replace(SOURCE, fulltext=True)
    first = reading([entry("甲")], source=whole)
    assert first.seen == frozenset()


def test_an_entry_without_a_name_makes_all_be_read() -> None:
    nameless, named, new = Entry(title="甲"), Entry(guid="2"), Entry(guid="3")
    marks = fingerprints([nameless, named, new], SOURCE, "1")
    assert unseen([nameless, named, new], marks, frozenset(marks[:2])) == [0, 1, 2]
    assert unseen([named, new], marks[1:], frozenset(marks[:2])) == [1]


def test_another_version_of_the_program_reads_again() -> None:
    one = Entry(guid="1")
    assert fingerprints([one], SOURCE, "1") != fingerprints([one], SOURCE, "2")
