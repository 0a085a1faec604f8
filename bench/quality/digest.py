"""How long a digest takes: 500 stored articles selected, held against four weeks before, and rendered.

    python -m bench.quality.digest [--items 500] [--earlier 2800]

Fills a store with invented articles (a minute), opens it anew, and prints the time of each step, the size of
each format, and whether a second run over the same database and window gives the same bytes.
Last it asks how often the spike rule cries wolf: of a thousand regions whose counts are chance (Poisson),
how many are marked.
"""

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

from watcher.compose import Desk, Window, compose
from watcher.dedupe import content_hash, judge
from watcher.digest.baseline import is_spike, usual
from watcher.digest.render import RENDERERS, render
from watcher.model import DigestSpec, Evidence, Item, Labels, RegionTag, Source, TaggedItem, Tags, TopicTag
from watcher.store import items, sources, tags
from watcher.store.open import open_store, transaction
from watcher.tag import compile_rules
from watcher.tag.rulebook import shipped

NOW = datetime(2026, 11, 20, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Shanghai")
PLACES = ("500000", "510000", "420000", "430000", "310000", "320000", "330000", "440000")
RULES = compile_rules(shipped())
Result = TypeVar("Result")


def article(number: int, published: datetime, chance: random.Random) -> TaggedItem:
    """An invented article of about 1,200 characters."""
    title = f"第{number:05}期工业互联网标识解析二级节点上线，企业上云再提速"
    text = "\n".join(
        f"第{number}篇第{part}段：{chance.randrange(10**9)}号车间接入标识解析体系，设备上云{chance.randrange(999)}台。"
        * 3
        for part in range(12)
    )
    item = Item(
        str(number),
        f"https://example.org/{number}",
        title,
        text,
        None,
        None,
        f"样例报{number % 40}",
        published,
        "feed",
        None,
    )
    evidence = (Evidence("标识解析", "lead", 7), Evidence("上云", "body", 3))
    found = Tags(
        RULES.hash,
        tuple(TopicTag(topic, "main", 8.0, evidence) for topic in chance.sample(sorted(RULES.topics), 3)),
        (RegionTag(chance.choice(PLACES), "primary", 12.0, evidence), RegionTag("CN", "implied", 0.0, ())),
    )
    return TaggedItem(item, str(number), content_hash(title, text, published, item.url), found)


def fill(path: Path, count: int, earlier: int) -> None:
    """The store: `count` articles of the last day, `earlier` ones of the sixty days before."""
    chance = random.Random(1)
    db = open_store(path)
    with transaction(db):
        tags.save_taxonomy(db, RULES.topics, RULES.atlas.regions, RULES.hash)
        sources.register(db, [Source("s", "feed", "s", "https://example.org/feed", ZONE)], NOW)
        for number in range(earlier + count):
            age = timedelta(days=60) * (1 - number / earlier) if number < earlier else timedelta()
            at = (
                NOW
                - timedelta(days=1) * (number >= earlier) * chance.random()
                - age
                - timedelta(days=1) * (number < earlier)
            )
            tagged = article(number, at, chance)
            items.apply(db, "s", judge(tagged, items.known(db, "s", tagged)), at, first_poll=False)
    db.close()


def timed(what: str, step: Callable[[], Result]) -> Result:
    """What a step gives, and a line with the processor time it took: others may work on this machine too."""
    begin = time.process_time()
    result = step()
    print(f"{what:34} {(time.process_time() - begin) * 1000:8.0f} ms")
    return result


def false_alarms() -> None:
    """How often counts of pure chance are called a spike."""
    chance = random.Random(2)
    for mean in (0.2, 1.0, 3.0, 10.0):
        marked = 0
        for _ in range(1_000):
            counts = [_poisson(mean, chance) for _ in range(29)]
            marked += is_spike(counts[-1], usual(counts[:-1]))
        print(f"chance alone, {mean:4.1f} stories a day: {marked / 10:4.1f} % of regions marked a day")


def _poisson(mean: float, chance: random.Random) -> int:
    """Counts arrivals within one unit of time."""
    count, at = -1, 0.0
    while at < 1:
        count, at = count + 1, at + chance.expovariate(mean)
    return count


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--items", type=int, default=500)
    parser.add_argument("--earlier", type=int, default=2_800)
    parser.add_argument("--keep", type=Path, help="a store to use again, or to make; else a temporary one")
    options = parser.parse_args(sys.argv[1:])
    with tempfile.TemporaryDirectory() as folder:
        path = options.keep or Path(folder) / "w.db"
        if not path.exists():
            fill(path, options.items, options.earlier)
        spec = DigestSpec("bench", "基准", None, ZONE, max_items=options.items)
        labels = Labels(RULES.topics, RULES.atlas.regions, {"s": "s"})
        window = Window(since=NOW - timedelta(days=1), until=NOW)
        made = []
        for run in ("first run", "again"):
            db = open_store(path)
            desk = Desk(db, labels, {}, "w@example.org")
            what = f"{run}: selected, {options.items} items"
            digest = timed(what, partial(compose, spec, window, desk, NOW))
            made.append([timed(f"  {form}", partial(render, digest, form)) for form in RENDERERS])
            db.close()
            assert digest.items == options.items
        print("   ".join(f"{file.format} {len(file.body) / 1024:.0f} KB" for file in made[0]))
        print("same bytes:", "yes" if made[0] == made[1] else "NO")
    false_alarms()


if __name__ == "__main__":
    main()
