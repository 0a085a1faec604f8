"""Feeds whose guids change from poll to poll: noticed, told once, and never announced as new again."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.io.build import NOW, source, store
from watcher.dispatch import Readings
from watcher.dispatch.local import local
from watcher.fetch.politeness import Limits
from watcher.intake import Ports
from watcher.model import Fetched, PollMemory, PollReport, RawDocument, Response, Rung, Seen, Source
from watcher.pipeline import read
from watcher.poll import poll
from watcher.store import figures, tags
from watcher.store.open import transaction
from watcher.tag import compile_rules
from watcher.tag.rulebook import shipped
from watcher.text import boilerplate

RULES = compile_rules(shipped())
BOILERPLATE = boilerplate.shipped()
TOWNS = ("江城", "云湖", "临江", "东山", "西岭", "南浦")
FEED = '<rss version="2.0"><channel><title>某报</title>{}</channel></rss>'
ENTRY = "<item><title>{0}新闻</title>{2}<guid>{1}</guid><description>{3}</description></item>"


def feed(hour: int, link: str) -> bytes:
    """Six articles; their guids hold the hour, their links what is given."""
    entries = [
        ENTRY.format(
            town,
            f"{number}@{hour}",
            f"<link>{link.format(number=number, hour=hour)}</link>" if link else "",
            f"{town}市的企业今年接入标识解析二级节点，{town}的工厂车间用上5G专网，{town}人都说好。" * 6,
        )
        for number, town in enumerate(TOWNS)
    ]
    return FEED.format("".join(entries)).encode()


async def polls(tmp_path: Path, link: str, identity: Rung | None = None) -> list[PollReport]:
    db = store(tmp_path / "w.db", "nbd")
    with transaction(db):
        tags.save_taxonomy(db, RULES.topics, RULES.atlas.regions, RULES.hash)
        figures.save_metrics(db, RULES.book.metrics)
    hours = 4
    hour = 0

    async def fetch(asked: Source, memory: PollMemory) -> Fetched:
        at = NOW + timedelta(hours=hour)
        body = feed(hour, link)
        raw = RawDocument("nbd", "https://example.org/nbd.xml", body, at)
        return Fetched((raw,), Response(200, "https://example.org/nbd.xml"), body_hash=str(hour))

    async def reads(raws: Sequence[RawDocument], asked: Source, seen: Seen = frozenset()) -> Readings:
        return [read(raw, asked, RULES, BOILERPLATE, seen) for raw in raws]

    ports = Ports(db, local(fetch, reads, Limits()), lambda: NOW + timedelta(hours=hour), lambda: 0.0)
    reports: list[PollReport] = []
    while hour < hours:
        reports += [report async for report in poll([replace(source(), identity=identity)], ports)]
        hour += 1
    assert db.execute("SELECT count(*) FROM items").fetchone()[0] == len(TOWNS)
    db.close()
    return reports


@pytest.mark.parametrize(
    ("link", "told"),
    [
        ("https://example.org/{number}?utm_source={hour}", ["by address"]),
        ("https://example.org/{number}?t={hour}", ["by text"]),
        ("https://example.org/", ["by text"]),
        ("", ["by text"]),
    ],
)
async def test_a_feed_falls_back_and_says_so(tmp_path: Path, link: str, told: list[str]) -> None:
    reports = await polls(tmp_path, link)
    assert [report.new_items for report in reports] == [6, 0, 0, 0]
    notes = [[note for note in report.notes if "told apart" in note] for report in reports]
    assert [bool(note) for note in notes] == [False, True, False, False]
    assert all(words in notes[1][0] for words in told)


async def test_the_config_has_the_last_word(tmp_path: Path) -> None:
    reports = await polls(tmp_path, "https://example.org/{number}", "guid")
    assert not [note for report in reports for note in report.notes if "told apart" in note]
