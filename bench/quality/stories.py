"""Scores identity and stories: pairs, simulated copies, two publications of one programme, cost.

    python -m bench.quality.stories                    pairs, copies and folders
    python -m bench.quality.stories cost 100000        signature, lookup, insert and size at so many items
    python -m bench.quality.stories filled 1000000     the same, in an index filled beforehand (minutes)
    python -m bench.quality.stories pairs --show       every pair judged wrongly

Needs ../shared. Everything runs through the program's own store in a temporary directory.
"""

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlite_utils import Database

from bench.quality._broadcasts import CORPUS, Broadcast, from_json, from_markdown, from_third
from bench.quality._story_cost import measure, measure_filled
from bench.quality._story_pairs import gold_pairs, other_pairs, score_pairs
from watcher.dedupe import content_hash, judge
from watcher.model import Item, Source, TaggedItem, Tags
from watcher.store import items, sources, stories
from watcher.store.open import open_store, transaction

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)


# A store to play with -----------------------------------------------------------------------------


def tagged(guid: str, title: str, text: str, published: datetime) -> TaggedItem:
    item = Item(guid, None, title, text, None, None, None, published, "feed", None)
    return TaggedItem(item, guid, content_hash(title, text, published, None), Tags("none"))


def bring(db: Database, source: str, incoming: TaggedItem) -> int | None:
    """As a poll does it: judged, applied, linked and grouped; the item it became."""
    known = items.known(db, source, incoming)
    item_id = items.apply(db, source, judge(incoming, known), NOW, first_poll=False)
    stories.regroup(db, [item_id] if item_id else [])
    return item_id or known.sighting_item


def empty(folder: str, *names: str) -> Database:
    db = open_store(Path(folder) / "bench.db")
    zone = ZoneInfo("Asia/Shanghai")
    with transaction(db):
        sources.register(db, [Source(name, "folder", name, f"/{name}", zone) for name in names], NOW)
    return db


# Simulated copies ---------------------------------------------------------------------------------

Copy = Callable[[Broadcast, random.Random], tuple[str, str]]


def _lead(text: str) -> str:
    """Whole sentences from the beginning, up to 136 characters or more, as leads are given."""
    taken = ""
    for sentence in text.replace("。", "。\x00").split("\x00"):
        taken += sentence
        if len(taken) >= 136:
            break
    return taken.strip()


def _edited(text: str, chance: random.Random) -> str:
    """One character in fifty dropped, doubled with another, or replaced by another of the text."""
    letters = list(text)
    for at in chance.sample(range(len(letters)), max(1, len(letters) // 50)):
        other = chance.choice(text)
        letters[at] = chance.choice(["", letters[at] + other, other])
    return "".join(letters)


def _shuffled(text: str, chance: random.Random) -> str:
    lines = text.split("\n")
    chance.shuffle(lines)
    return "\n".join(lines)


COPIES: dict[str, Copy] = {
    "changed headline": lambda b, _: ("快看！" + b.title[::-1], b.text),
    "dropped first paragraph": lambda b, _: (b.title, b.text.split("\n", 1)[1]),
    "dropped last paragraph": lambda b, _: (b.title, b.text.rsplit("\n", 1)[0]),
    "source line added": lambda b, _: (b.title, f"来源：某某网 编辑：张三\n{b.text}\n（责任编辑：李四）"),
    "first 60 %": lambda b, _: (b.title, b.text[: len(b.text) * 6 // 10]),
    "lead only": lambda b, _: (b.title, _lead(b.text)),
    "2 % edits": lambda b, chance: (b.title, _edited(b.text, chance)),
    "shuffled paragraphs": lambda b, chance: (b.title, _shuffled(b.text, chance)),
}


def score_copies(count: int = 500) -> None:
    """Each copy of an article arrives alone in a store that holds all the corpus, and is taken out again."""
    every = {b.text: b for b in [*from_markdown(), *from_json()]}
    long = sorted((b for b in every.values() if len(b.text) >= 200 and b.text.count("\n") >= 2), key=_name)
    chosen = random.Random(6).sample(long, count)
    with tempfile.TemporaryDirectory() as folder:
        db = empty(folder, "corpus", "copies")
        ids = {}
        for number, b in enumerate(every.values()):
            with transaction(db):
                ids[b.text] = bring(db, "corpus", tagged(f"o{number}", b.title, b.text, b.day))
        stories_of = {item_id: _told(db, item_id) for item_id in ids.values()}
        print(f"copies of {count} articles among {len(every):,}")
        for name, copy in COPIES.items():
            met = strangers = 0
            chance = random.Random(7)
            for b in chosen:
                title, text = copy(b, chance)
                found, others = _told_with(db, tagged("copy", title, text, b.day + timedelta(hours=3)))
                home = ids[b.text]
                met += found == home or home in others
                strangers += bool(others - stories_of[home] - {home, found})
            print(f"  {name:24} recall {met / count:.3f}, with strangers {strangers}")
        db.close()


def _name(b: Broadcast) -> tuple[str, str]:
    return str(b.video), b.text


def _told_with(db: Database, incoming: TaggedItem) -> tuple[int | None, set[int]]:
    """(the item it became, the items of its story), and the store as it was before."""
    db.execute("BEGIN IMMEDIATE")
    try:
        item_id = bring(db, "copies", incoming)
        return item_id, _told(db, item_id)
    finally:
        db.execute("ROLLBACK")


def _told(db: Database, item_id: int | None) -> set[int]:
    rows = db.execute(
        "SELECT id FROM items WHERE story_id = (SELECT story_id FROM items WHERE id = ?)", [item_id]
    )
    return {one for (one,) in rows.fetchall()}


# Three publications as folders --------------------------------------------------------------------

_CONFIG = """[[source]]
id = "{0}"
kind = "folder"
path = "../{0}"
"""


def score_folders(*, show: bool) -> None:
    """The three sets as folders of posts, read by the program itself; what became of shared video ids."""
    sets = {"md": list(from_markdown()), "json": list(from_json()), "third": list(from_third())}
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        (home / "config").mkdir()
        (home / "config" / "sources.toml").write_text("\n".join(map(_CONFIG.format, sets)), "utf-8")
        for name, articles in sets.items():
            (home / name).mkdir()
            for number, b in enumerate(articles):
                (home / name / f"{b.video or number}.md").write_text(_post(b), "utf-8")
        started = time.perf_counter()
        command = [sys.executable, "-m", "watcher", "-c", str(home / "config"), "-q", "poll", "--all"]
        subprocess.run(command, check=True, cwd=ROOT, stdout=subprocess.DEVNULL)
        seconds = time.perf_counter() - started
        db = open_store(home / "var" / "watcher.db")
        _report_folders(db, sets, seconds, show=show)
        db.close()


def _post(b: Broadcast) -> str:
    quoted = json.dumps(b.title, ensure_ascii=False)
    return f"---\ntitle: {quoted}\ndate: {b.day:%Y-%m-%d %H:%M:%S} +0000\n---\n{b.html}\n"


def _report_folders(db: Database, sets: dict[str, list[Broadcast]], seconds: float, *, show: bool) -> None:
    count = {table: db[table].count for table in ("items", "sightings", "stories")}
    print(
        f"folders: {sum(map(len, sets.values())):,} articles read in {seconds:.0f} s:"
        f" {count['items']:,} items, {count['sightings']:,} sightings, {count['stories']:,} stories"
    )
    rows = db.execute(
        "SELECT source_id, guid, items.id, coalesce(story_id, -items.id), items.title, length(text)"
        " FROM sightings JOIN items ON items.id = item_id"
    ).fetchall()
    place = {(source, guid.removesuffix(".md")): rest for source, guid, *rest in rows}
    told: dict[int, set[str]] = defaultdict(set)
    shared = sorted({b.video for b in sets["md"]} & {b.video for b in sets["json"]}, key=str)
    became: Counter[str] = Counter()
    for video in shared:
        one, other = place.get(("md", str(video))), place.get(("json", str(video)))
        verdict = _verdict(one, other)
        became[verdict] += 1
        if show and verdict == "apart":
            print(f"    apart: {video} {one} {other}")
    print(f"  {len(shared)} video ids in two sets: " + ", ".join(f"{n} {what}" for what, n in became.items()))
    for (source, guid), (_, story, *_) in place.items():
        if source != "third":
            told[story].add(guid)
    mixed = {story: videos for story, videos in told.items() if len(videos) > 1}
    print(f"  stories with more than one video id: {len(mixed)}")
    for story, videos in list(mixed.items())[: 100 if show else 0]:
        titles = {place.get(("md", v), place.get(("json", v)))[3] for v in videos}  # type: ignore[index]
        print(f"    {story}: {sorted(videos)} {titles}")
    _report_third(sets, place)


def _report_third(sets: dict[str, list[Broadcast]], place: dict[tuple[str, str], list[Any]]) -> None:
    by_title = {(b.day, _headline(b.title)): str(b.video) for b in sets["md"]}
    became: Counter[str] = Counter()
    for number, b in enumerate(sets["third"]):
        video = by_title.get((b.day, _headline(b.title)))
        if video:
            became[_verdict(place.get(("third", str(number))), place.get(("md", video)))] += 1
    print("  third set, same day and headline: " + ", ".join(f"{n} {what}" for what, n in became.items()))


def _headline(title: str) -> str:
    return "".join(filter(str.isalnum, title.removeprefix("[视频]")))


def _verdict(one: Sequence[Any] | None, other: Sequence[Any] | None) -> str:
    if one is None or other is None:
        return "not read"
    return "one item" if one[0] == other[0] else "one story" if one[1] == other[1] else "apart"


def main() -> None:
    """Run the parts named, or all but the cost."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("part", nargs="?", choices=["pairs", "copies", "folders", "cost", "filled"])
    parser.add_argument("count", nargs="?", type=int, default=100_000)
    parser.add_argument("--show", action="store_true", help="what was judged wrongly")
    args = parser.parse_args()
    if args.part == "cost":
        measure(args.count)
        return
    if args.part == "filled":
        measure_filled(args.count)
        return
    if not CORPUS.is_dir():
        print("the shared corpus is not here")
        return
    if args.part in {None, "pairs"}:
        score_pairs("pairs.jsonl ", gold_pairs(), show=args.show)
        score_pairs("other pairs ", other_pairs(), show=args.show)
    if args.part in {None, "copies"}:
        score_copies()
    if args.part in {None, "folders"}:
        score_folders(show=args.show)


if __name__ == "__main__":
    main()
