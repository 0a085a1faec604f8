"""What a digest asks the store for is never less than what it would choose from everything."""

import itertools
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlite_utils import Database

from tests.io.build import NOW, REGIONS, SHANGHAI, article, bring, store
from watcher.digest.match import matches
from watcher.model import DigestSpec, Evidence, Filter, RegionTag, Tags, TopicTag
from watcher.store import background, digests, tags
from watcher.store.open import transaction

BECAUSE = (Evidence("标识解析", "lead", 1),)
TOPICS = {"core": "工业互联网", "cloud": "上云", "node": "标识解析"}
FILTERS = (
    Filter(),
    Filter(any=("core",)),
    Filter(any=("core", "cloud"), none=("node",)),
    Filter(all=(("core",), ("cloud", "node"))),
    Filter(any=("nothing",)),
)
PLACES = (Filter(), Filter(any=("500000", "CN")), Filter(all=(("510000",),), none=("500000",)))


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """A store with an item for every choice of topics and regions."""
    db = store(tmp_path_factory.mktemp("audience") / "w.db", "nbd")
    with transaction(db):
        tags.save_taxonomy(db, TOPICS, REGIONS, "rules-2")
        digests.start(db, "daily", NOW)
    choices = itertools.product(*([False, True],) * 5)
    for number, (*topics, here, there) in enumerate(choices):
        found = Tags(
            "rules-2",
            tuple(
                TopicTag(topic, "main" if number % 3 else "mentioned", 8.0, BECAUSE)
                for topic, has in zip(TOPICS, topics, strict=True)
                if has
            ),
            (RegionTag("500000", "primary", 9.0, BECAUSE),) * here
            + (RegionTag("510000", "dateline" if number % 2 else "primary", 8.0, BECAUSE),) * there,
        )
        text = f"第{number}号车间接入标识解析体系，设备上云。" * (number + 12)
        bring(db, "nbd", replace(article(f"g{number}", text=text, age=number % 5), tags=found))
    yield db
    db.close()


@pytest.mark.parametrize("topics", FILTERS)
@pytest.mark.parametrize("regions", PLACES)
@pytest.mark.parametrize("match", ["main", "mentioned"])
def test_nothing_is_passed_over(db: Database, topics: Filter, regions: Filter, match: str) -> None:
    spec = DigestSpec("daily", "日报", None, SHANGHAI, match=match, topics=topics, regions=regions)
    since = NOW - timedelta(days=3)
    for window in ({}, {"since": since, "until": NOW}, {"seen_since": since}):
        every = [item.id for item in digests.uncarried(db, "daily", **window) if matches(item, spec)]
        asked = list(digests.uncarried(db, "daily", **window, audience=spec))
        assert [item.id for item in asked if matches(item, spec)] == every
    everybody = DigestSpec("all", "日报", None, SHANGHAI, match=match)
    every = [item for item in background.earlier(db, since, NOW, everybody) if matches(item, spec)]
    assert [item for item in background.earlier(db, since, NOW, spec) if matches(item, spec)] == every


def test_items_of_nobodys_interest_are_not_read(db: Database) -> None:
    spec = DigestSpec("daily", "日报", None, SHANGHAI, topics=Filter(any=("core",)))
    assert sum(1 for _ in digests.uncarried(db, "daily")) == 32
    assert sum(1 for _ in digests.uncarried(db, "daily", audience=spec)) == 16
