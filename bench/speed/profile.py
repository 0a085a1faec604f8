"""Tells where the CPU time of a poll goes, by room of the house: parse, clean, tag, store, stories ...

Polls in this one process, documents too, with a stopwatch around the functions that lead into each room.
Reading the config and compiling the rules are not counted. python -m bench.speed.profile [--feeds 200]
"""

import argparse
import asyncio
import pickle
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

from bench.speed.peers import Ours
from bench.speed.report import Table, put_between
from bench.speed.served import PHASES, Phase, Served, served
from bench.speed.stopwatch import REST, Stopwatch, watch_over
from watcher import app
from watcher.config import Config, load
from watcher.model import RawDocument, Seen, Source
from watcher.pipeline import read as read_document
from watcher.poll import poll
from watcher.tag import compile_rules
from watcher.text.boilerplate import shipped

MESSAGES = "messages to and from a worker"
# (room, the functions that lead into it)
ROOMS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("fetch: requests, answers", ("watcher.fetch.http:HttpFetcher.fetch",)),
    ("parse: decode, sniff, feedparser", ("watcher.parse:parse",)),
    ("clean: html, boilerplate, dates", ("watcher.parse.normalise:normalise",)),
    ("tag: survey, topics, regions", ("watcher.tag.survey:survey", "watcher.tag:tags_of")),
    ("figures", ("watcher.tag.figures:find_figures",)),
    (
        "identity: hashes, keys, entries seen",
        (
            "watcher.dedupe.fingerprint:content_hash",
            "watcher.dedupe.identity:identities",
            "watcher.dedupe.seen:fingerprints",
            "watcher.dedupe.seen:unseen",
        ),
    ),
    (MESSAGES, ()),
    ("store: what is known of an item", ("watcher.store.items:known",)),
    ("store: items and sightings", ("watcher.store.items:apply",)),
    ("store: tags and figures", ("watcher.store.tags:add", "watcher.store.figures:add")),
    ("store: raw documents", ("watcher.store.raws:keep", "watcher.store.raws:drop")),
    (
        "store: sources, polls, entries seen",
        (
            "watcher.store.sources:lease",
            "watcher.store.sources:memory",
            "watcher.store.sources:take",
            "watcher.store.sources:save_poll",
            "watcher.store.seen:of",
            "watcher.store.seen:replace",
        ),
    ),
    ("store: begin and commit", ("watcher.intake:take_in",)),
    ("search index", ("watcher.store.search:add",)),
    ("stories: words and marks", ("watcher.dedupe.wording:wording", "watcher.dedupe.wording:marks")),
    ("stories: find candidates", ("watcher.store.nearby:candidates",)),
    ("stories: compare", ("watcher.dedupe.alike:alike",)),
    ("stories: marks and links stored", ("watcher.store.nearby:add",)),
    ("stories: group", ("watcher.store.stories:regroup",)),
    ("pacing", ("watcher.pacing.decide:pace",)),
)


def profiled(site: Served, home: Path) -> Table:
    """CPU milliseconds a feed, by room and phase."""
    Ours().prepare(home, site.feeds)
    config = load(home / "config", {})
    stopwatch = Stopwatch()
    read = _reader(config, stopwatch)
    for room, places in ROOMS:
        watch_over(stopwatch, room, places)
    found: dict[Phase, dict[str, float]] = {}
    for phase in PHASES:
        site.publish(phase)
        seconds = asyncio.run(_poll_once(config, read, stopwatch))
        found[phase] = {room: 1000 * spent / site.feeds.count for room, spent in seconds.items()}
    rows = [
        [room, *(f"{found[phase].get(room, 0):.2f}" for phase in PHASES)]
        for room in (*(room for room, _ in ROOMS), REST)
    ]
    rows.append(["sum", *(f"{sum(found[phase].values()):.2f}" for phase in PHASES)])
    title = f"Where the time goes: CPU ms a feed, {site.feeds.count} feeds of 30 articles, in one process"
    return Table(title, ("room", *PHASES), rows)


def _reader(config: Config, stopwatch: Stopwatch) -> Callable[..., Awaitable[Any]]:
    """Reads documents as a worker does, in this process, messages included."""
    rules, boilerplate = compile_rules(config.book), shipped()

    def through_pickle(message: Any) -> Any:
        with stopwatch.within(MESSAGES):
            return pickle.loads(pickle.dumps(message))

    async def read(raws: Sequence[RawDocument], source: Source, seen: Seen = frozenset()) -> Any:
        sent, asked, known = through_pickle((raws, source, seen))
        return through_pickle([read_document(raw, asked, rules, boilerplate, known) for raw in sent])

    return read


async def _poll_once(
    config: Config, read: Callable[..., Awaitable[Any]], stopwatch: Stopwatch
) -> dict[str, float]:
    with app.opened(config) as house:
        async with app.polling(house, read) as ports:
            stopwatch.take()
            async for _ in poll(app.chosen_sources(config, ()), ports):
                pass
            return stopwatch.take()


def main() -> None:
    """Print the table; with --out, put it into performance.md."""
    parser = argparse.ArgumentParser(prog="python -m bench.speed.profile")
    parser.add_argument("--feeds", type=int, default=200, help="how many feeds (200)")
    parser.add_argument("--out", type=Path, help="folder of performance.md, to be brought up to date")
    asked = parser.parse_args()
    with served(asked.feeds) as site, tempfile.TemporaryDirectory(prefix="speed-") as folder:
        table = profiled(site, Path(folder))
    print(table.plain())
    if asked.out:
        put_between(asked.out / "performance.md", "profile", table.markdown())


if __name__ == "__main__":
    main()
