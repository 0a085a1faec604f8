"""Builders that the tests of the store share: they speak the domain, and fake nothing of ours."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlite_utils import Database

from watcher.dedupe import content_hash, judge
from watcher.deliver.file import write_file
from watcher.model import (
    Evidence,
    Item,
    Labels,
    Parcel,
    Region,
    RegionTag,
    Source,
    TaggedItem,
    Tags,
    TopicTag,
    Verdict,
)
from watcher.publish import Desk
from watcher.store import digests, items, sources, tags
from watcher.store.open import open_store, transaction

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
SHANGHAI = ZoneInfo("Asia/Shanghai")
BODY = "重庆两江新区新增标识解析二级节点，企业上云数量持续增长，5G专网覆盖更多工厂车间。" * 7

REGIONS = {
    "CN": Region("CN", "中华人民共和国", "全国", "country"),
    "500000": Region("500000", "重庆市", "重庆", "province", "CN"),
    "510000": Region("510000", "四川省", "四川", "province", "CN"),
    "成渝地区": Region("成渝地区", "成渝地区", "成渝", "cluster", "CN", members=("500000", "510000")),
}


def source(name: str = "nbd") -> Source:
    return Source(name, "feed", name.upper(), f"https://example.org/{name}.xml", SHANGHAI)


def store(path: Path, *names: str) -> Database:
    """An open database with these sources and a small taxonomy in it."""
    db = open_store(path)
    with transaction(db):
        tags.save_taxonomy(db, {"core": "工业互联网"}, REGIONS, "rules-1")
        sources.register(db, [source(name) for name in names or ("nbd",)], NOW)
    return db


def begun(path: Path) -> Database:
    """A store of 每经网, in which the digest `daily` began a day ago."""
    db = store(path, "nbd")
    with transaction(db):
        digests.start(db, "daily", NOW - timedelta(days=1))
    return db


def desk(db: Database, **channels: Callable[[Parcel], None]) -> Desk:
    """What makes digests from that store: into files, and by these channels."""
    labels = Labels({"core": "工业互联网"}, REGIONS, {"nbd": "每经网"})
    return Desk(db, labels, {"file": write_file, **channels}, "watcher@example.org")


def article(
    guid: str = "g1", title: str = "重庆标识解析再提速", text: str = BODY, age: int = 0
) -> TaggedItem:
    """A tagged article, published `age` days before NOW."""
    published = NOW - timedelta(days=age)
    item = Item(
        guid, f"https://example.org/{guid}", title, text, None, None, "样例报", published, "feed", "raw"
    )
    evidence = (Evidence("标识解析", "lead", 7),)
    found = Tags(
        "rules-1",
        (TopicTag("core", "main", 8.0, evidence),),
        (RegionTag("500000", "primary", 12.0, evidence), RegionTag("CN", "implied", 0.0, ())),
    )
    return TaggedItem(item, guid, content_hash(title, text, published, item.url), found)


def under(tagged: TaggedItem, key: str) -> TaggedItem:
    """The same article under another key."""
    return replace(tagged, key=key)


def bring(
    db: Database, source_id: str, tagged: TaggedItem, now: datetime = NOW, *, first_poll: bool = False
) -> Verdict:
    """One source brings one article: known, judged, applied, in one transaction."""
    with transaction(db):
        verdict = judge(tagged, items.known(db, source_id, tagged))
        items.apply(db, source_id, verdict, now, first_poll=first_poll)
    return verdict
