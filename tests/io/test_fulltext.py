"""Full text over real sockets: each page once, as robots.txt allows, failures remembered; and read again."""

from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database

from tests.io.build import SHANGHAI
from tests.io.web import Site, site
from watcher.dispatch.local import local
from watcher.fetch.http import HttpFetcher, HttpSettings
from watcher.fetch.politeness import Limits
from watcher.fulltext import MOST_FAILURES, MOST_TRIES, PagePorts, with_pages
from watcher.intake import Ports
from watcher.model import FetchError, ParseFailure, PollReport, RawDocument, Seen, Source
from watcher.pipeline import Reading, read
from watcher.poll import poll
from watcher.reparse import Reparsed, reparse
from watcher.store import raws, sources, tags
from watcher.store.items import details
from watcher.store.open import open_store, transaction
from watcher.tag import compile_rules
from watcher.tag.rulebook import shipped as rulebook
from watcher.text.boilerplate import Boilerplate, shipped

RULES = compile_rules(rulebook())
START = datetime(2026, 11, 20, 8, tzinfo=UTC)
ARTICLE = "".join(
    f"<p>第{number}段：两江新区的标识解析二级节点建成，企业上云持续增长，带动产业。</p>"
    for number in range(5)
)
PAGE = f"<!doctype html><html><title>重庆消息第x号</title><body><nav>首页</nav><div>{ARTICLE}</div></body></html>"


def entry(host: str, number: int, text: str = "") -> str:
    return (
        f"<item><guid>{number}</guid><title>重庆消息第{number}号</title><link>http://{host}/{number}.html</link>"
        f"<pubDate>Fri, 20 Nov 2026 0{number % 10}:00:00 +0800</pubDate>"
        f"<description>重庆消息{number}的摘要{text}。</description></item>"
    )


def feed(host: str, *numbers: int, text: str = "") -> str:
    items = "".join(entry(host, number, text) for number in numbers)
    return f"<rss version='2.0'><channel><title>t</title>{items}</channel></rss>"


@dataclass
class Reader:
    """Somebody who polls one source with full text, hour by hour."""

    site: Site
    db: Database
    fetcher: HttpFetcher
    source: Source
    now: datetime = START
    boilerplate: Boilerplate = field(default_factory=shipped)

    async def read(
        self, raws: Sequence[RawDocument], source: Source, seen: Seen = frozenset()
    ) -> list[Reading | ParseFailure]:
        return [read(raw, source, RULES, self.boilerplate, seen) for raw in raws]

    async def polls(self, text: str, *, after: timedelta = timedelta(hours=1)) -> PollReport:
        self.now += after
        self.site.shows("/feed", text, "application/xml")
        ports = PagePorts(self.db, self.fetcher.fetch, self.fetcher.page, self.read, lambda: self.now)
        limits = Limits(allow_private=frozenset({self.site.host}))
        dispatch = local(with_pages(ports), self.read, limits)
        whole = Ports(self.db, dispatch, lambda: self.now, lambda: 0.5, timedelta(days=14))
        self.site.asked.clear()
        self.site.headers.clear()
        (report,) = [report async for report in poll([self.source], whole)]
        return report

    async def reparses(self, *, dry_run: bool = False) -> Reparsed:
        (done,) = [one async for one in reparse(self.db, [self.source], self.read, dry_run=dry_run)]
        return done

    def item(self, number: int) -> dict[str, Any]:
        found = details(self.db, number)
        assert found is not None
        return found


@pytest.fixture
def web() -> Iterator[Site]:
    with site() as made:
        yield made


@pytest.fixture
async def reader(web: Site, tmp_path: Path) -> AsyncIterator[Reader]:
    db = open_store(tmp_path / "w.db")
    source = Source("s", "feed", "s", web.url("/feed"), SHANGHAI, fulltext=True, headers=(("X-Key", "k"),))
    with transaction(db):
        tags.save_taxonomy(db, RULES.topics, RULES.atlas.regions, RULES.hash)
        sources.register(db, [source], START)
    settings = HttpSettings(allow_private=frozenset({web.host}))
    async with HttpFetcher(settings, clock=lambda: made.now) as fetcher:
        made = Reader(web, db, fetcher, source)
        yield made
    db.close()


async def test_each_new_entrys_page_is_fetched_once(reader: Reader) -> None:
    web = reader.site
    for number in (1, 2, 3):
        web.shows(f"/{number}.html", PAGE.replace("第0段", f"第{number}篇"))
    report = await reader.polls(feed(web.host, 1, 2))
    assert (report.new_items, web.asked) == (2, ["/feed", "/robots.txt", "/1.html", "/2.html"])
    assert [header.get("x-key") for header in web.headers] == ["k", None, None, None]
    assert reader.item(1)["text_from"] == "page"
    assert reader.item(1)["text"].count("\n") == 4
    assert reader.item(1)["published_at"] == "2026-11-19T17:00:00Z"
    report = await reader.polls(feed(web.host, 1, 2, 3))
    assert (report.new_items, report.changed_items) == (1, 0)
    assert web.asked == ["/feed", "/3.html"]
    assert (reader.item(1)["text_from"], reader.item(1)["revisions"]) == ("page", [])


async def test_robots_txt_is_honoured_and_kept_for_a_day(reader: Reader) -> None:
    web = reader.site
    web.shows("/robots.txt", "User-agent: *\nDisallow: /1", "text/plain")
    web.shows("/1.html", PAGE)
    web.shows("/2.html", PAGE)
    await reader.polls(feed(web.host, 1))
    assert web.asked == ["/feed", "/robots.txt"]
    assert reader.item(1)["pages"][0]["error"] == "robots.txt forbids this page"
    await reader.polls(feed(web.host, 1, 2))
    assert web.asked == ["/feed", "/2.html"]
    await reader.polls(feed(web.host, 2, 3), after=timedelta(hours=25))
    assert web.asked == ["/feed", "/robots.txt", "/3.html"]


async def test_a_site_whose_robots_txt_fails_is_left_alone(reader: Reader) -> None:
    web = reader.site
    web.pages["/robots.txt"] = (503, "text/plain", b"")
    web.shows("/1.html", PAGE)
    report = await reader.polls(feed(web.host, 1))
    assert (report.outcome, report.new_items) == ("new", 1)
    assert "/1.html" not in web.asked
    assert "robots.txt cannot be had" in reader.item(1)["pages"][0]["error"]
    web.shows("/robots.txt", "", "text/plain")
    await reader.polls(feed(web.host, 1, 2), after=timedelta(hours=3))
    assert reader.item(1)["text_from"] == "page"  # tried again once there was an answer


async def test_a_failure_is_remembered_and_a_passing_one_tried_again(reader: Reader) -> None:
    web = reader.site
    web.pages["/2.html"] = (503, "text/plain", b"")
    await reader.polls(feed(web.host, 1, 2))
    assert [reader.item(n)["text"] for n in (1, 2)] == ["重庆消息1的摘要。", "重庆消息2的摘要。"]
    assert "404" in reader.item(1)["pages"][0]["error"]
    await reader.polls(feed(web.host, 1, 2, 3))
    assert web.asked == ["/feed", "/3.html"]
    web.shows("/1.html", PAGE)
    web.shows("/2.html", PAGE)
    report = await reader.polls(feed(web.host, 1, 2, 3, 4), after=timedelta(hours=3))
    assert web.asked == ["/feed", "/2.html", "/4.html"]  # 404 is final, 503 is not
    assert (report.new_items, report.changed_items) == (1, 1)
    assert reader.item(2)["text_from"] == "page"


async def test_tries_come_to_an_end(reader: Reader) -> None:
    reader.site.pages["/1.html"] = (503, "text/plain", b"")
    asked = 0
    for day in range(6):
        await reader.polls(feed(reader.site.host, 1, 100 + day), after=timedelta(days=1))
        asked += reader.site.asked.count("/1.html")
    assert asked == MOST_TRIES


async def test_a_site_in_trouble_is_left_alone_for_this_poll(reader: Reader) -> None:
    await reader.polls(feed(reader.site.host, *range(1, 9)))
    assert len([path for path in reader.site.asked if path.endswith(".html")]) == MOST_FAILURES
    reader.site.pages["/31.html"] = (429, "text/plain", b"")
    await reader.polls(feed(reader.site.host, 31, 32))
    assert [path for path in reader.site.asked if path.endswith(".html")] == ["/31.html"]


async def test_a_page_that_kills_its_reader_costs_only_itself(reader: Reader) -> None:
    web = reader.site
    web.shows("/1.html", PAGE)
    web.shows("/2.html", PAGE.replace("第0段", "毒"))
    honest = reader.read

    async def killed(
        raws: Sequence[RawDocument], source: Source, seen: Seen = frozenset()
    ) -> list[Reading | ParseFailure]:
        poisoned = [any("毒".encode() in page.body for _, page in raw.pages) for raw in raws]
        readings = await honest(raws, source)
        return [
            ParseFailure("put aside") if bad else one for one, bad in zip(readings, poisoned, strict=True)
        ]

    reader.read = killed  # type: ignore[method-assign]
    report = await reader.polls(feed(web.host, 1, 2))
    assert (report.outcome, report.new_items) == ("new", 2)
    assert [reader.item(number)["text_from"] for number in (1, 2)] == ["page", "source"]


async def test_a_page_that_is_too_big_is_left_alone(reader: Reader) -> None:
    reader.site.shows("/1.html", PAGE + " " * (5 << 20))
    await reader.polls(feed(reader.site.host, 1))
    assert reader.item(1)["text_from"] == "source"
    assert "bytes" in reader.item(1)["pages"][0]["error"]


async def test_a_feed_leads_to_no_private_host(reader: Reader) -> None:
    with site() as other:
        other.shows("/1.html", PAGE)
        answer = await reader.fetcher.page(reader.source, other.url("/1.html"))
        assert isinstance(answer, FetchError)
        assert answer.kind == "refused"
        allowed = HttpSettings(allow_private=frozenset({reader.site.host, other.host}))
        async with HttpFetcher(allowed, secrets={"key": "s3cret"}) as fetcher:
            answer = await fetcher.page(reader.source, other.url("/1.html"))
            assert isinstance(answer, FetchError)
            assert "only the config may name" in answer.message
            reader.site.shows("/?%7Bsecret:key%7D", PAGE)
            await fetcher.page(reader.source, reader.site.url("/?{secret:key}"))
            assert "s3cret" not in "".join(reader.site.asked)
        assert other.asked == []


async def test_an_entry_that_its_outlet_edits_is_read_again(reader: Reader) -> None:
    reader.site.shows("/1.html", PAGE)
    await reader.polls(feed(reader.site.host, 1))
    reader.site.shows("/1.html", PAGE.replace("第0段", "更正"))
    report = await reader.polls(feed(reader.site.host, 1, text="（更正）"))
    assert (report.new_items, report.changed_items) == (0, 1)
    assert reader.item(1)["text"].startswith("更正")


# ---------------------------------------------------------------- reading again


OLD_RULES = replace(shipped(), lines=())
TAILED = PAGE.replace("</div>", "<p>责任编辑：张三</p></div>")


async def test_reparse_repairs_in_place(reader: Reader) -> None:
    web = reader.site
    web.shows("/1.html", TAILED)
    reader.boilerplate = OLD_RULES
    await reader.polls(feed(web.host, 1, 2))
    before = reader.item(1)
    assert before["text"].endswith("责任编辑：张三")
    reader.boilerplate = shipped()
    tried = await reader.reparses(dry_run=True)
    assert [[change[0] for change in one.changes] for one in tried.changed] == [["text"]]
    assert reader.item(1) == before
    done = await reader.reparses()
    assert (done.documents, done.items, done.failed) == (1, 2, ())
    assert done.changed == tried.changed
    after = reader.item(1)
    assert after["text"] == before["text"].removesuffix("\n责任编辑：张三")
    assert (after["id"], after["text_from"], after["revisions"]) == (1, "page", [])
    assert (after["first_seen_at"], after["changed_at"]) == (before["first_seen_at"], None)
    assert (await reader.reparses()).changed == ()
    report = await reader.polls(feed(web.host, 1, 2, 3))
    assert (report.new_items, report.changed_items) == (1, 0)


async def test_reparse_keeps_the_full_text_when_its_page_is_gone(reader: Reader) -> None:
    reader.site.shows("/1.html", PAGE)
    await reader.polls(feed(reader.site.host, 1))
    reader.db.execute("DELETE FROM raw_documents WHERE page_of IS NOT NULL")
    done = await reader.reparses()
    assert [one.note for one in done.changed] == ["its page is kept no longer"]
    assert reader.item(1)["text_from"] == "page"


async def test_the_newest_reading_counts_and_others_articles_stay(reader: Reader) -> None:
    await reader.polls(feed(reader.site.host, 1))
    await reader.polls(feed(reader.site.host, 1, 2, text="，有改动"))
    reader.db.execute("UPDATE items SET outlet = '误', title = '误' WHERE id = 1")
    done = await reader.reparses()
    assert (done.documents, done.items) == (2, 2)
    assert reader.item(1)["title"] == "重庆消息第1号"
    assert "有改动" in reader.item(1)["text"]
    with transaction(reader.db):
        sources.register(reader.db, [reader.source, replace(reader.source, id="other")], reader.now)
        reader.db.execute("UPDATE sightings SET source_id = 'other' WHERE item_id = 2")
    assert (await reader.reparses()).items == 1


async def test_two_articles_never_become_one(reader: Reader) -> None:
    await reader.polls(feed(reader.site.host, 1, 2))
    old = reader.item(1)["content_hash"]
    reader.db.execute("UPDATE items SET content_hash = 'other' WHERE id = 1")
    reader.db.execute("UPDATE items SET content_hash = ? WHERE id = 2", [old])
    done = await reader.reparses()
    assert [one.note for one in done.changed] == ["would be the same as #2"]
    assert reader.item(1)["content_hash"] == "other"


async def test_a_document_that_cannot_be_read_any_more_is_named(reader: Reader) -> None:
    await reader.polls(feed(reader.site.host, 1))
    with transaction(reader.db):
        raws.keep(reader.db, RawDocument("s", "bad", b"nothing", reader.now))
    assert (await reader.reparses()).failed == ("bad: This is no feed.",)


async def test_raw_documents_are_dropped_in_time(reader: Reader) -> None:
    await reader.polls(feed(reader.site.host, 1))
    await reader.polls(feed(reader.site.host, 1))  # brought nothing: not kept
    assert [raw.fetched_at < reader.now for raw in raws.kept(reader.db, "s")] == [True]
    await reader.polls(feed(reader.site.host, 1, 2), after=timedelta(days=15))
    assert len(list(raws.kept(reader.db, "s"))) == 1
