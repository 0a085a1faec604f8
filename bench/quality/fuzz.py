"""Mutated feeds and documents: counts what must not happen, over as many inputs as asked for.

    python -m bench.quality.fuzz [COUNT] [SEED]

Takes the small files of the corpus, of `tests/unit/data` and `seeds`, cuts, mixes and spoils them, and
reads each to its items: half as feeds, half as a folder's documents, one in eight as the page behind
an entry. Prints crashes, readings over a second, the most memory the whole run took beyond its start,
files opened and connections tried meanwhile (an audit hook sees both), and scripts or `javascript:`
links that survive in what would be stored; fails (exit 1) unless all are 0 and memory stays under the
limit. What ends in the one broad guard around feedparser is counted by kind.
"""

import random
import re
import resource
import sys
import sysconfig
import time
import tomllib
import traceback
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from watcher.model import Item, Parsed, ParseFailure, RawDocument
from watcher.parse import parse
from watcher.parse.fulltext import read_full_text
from watcher.parse.normalise import normalise
from watcher.text.boilerplate import shipped

NOW = datetime(2026, 11, 20, tzinfo=UTC)
ROOT = Path(__file__).parents[2]
CORPUS = ROOT.parent / "shared" / "corpus"
SETS = (
    "seed-transcribed",
    "feedparser",
    "feedvalidator",
    "gofeed",
    "feed-rs",
    "rome",
    "chardet",
    "node-feedparser",
    "seeds-given",
)
MAX_BYTES = 30_000
SLOW = 1.0  # seconds of processor time: the machine may have other work
MEMORY = 1 << 30  # bytes: what a worker process may use
ZONE = ZoneInfo("Asia/Shanghai")
ALIVE = re.compile(
    r"<script|\son\w+\s*=|(?:href|src)\s*=\s*[\"']?\s*(?:javascript|vbscript|data|file):", re.IGNORECASE
)
TOKENS = [
    *(b"<", b">", b"&", b"]", b"\0", b"&#xD800;", b"&#55357;", b"<![CDATA[", b"]]>", b"http://[", b"---\n"),
    *(
        b"\xff\xfe",
        b"\xd6\xd0",
        b"<item>",
        b"</item>",
        b"<entry>",
        b"<div>",
        b"<svg>",
        b"<source>",
        b"<style>",
    ),
    *(b'xml:base="http://[::1"', b"<content type='application/octet-stream'>", b"<link href='", b"9" * 50),
    *(
        b"<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>",
        b"&a;",
        b"javascript:alert(1)",
        b"<!--",
        b"{",
    ),
]
NAMES = ("a.xml", "https://news.example.com/feed", "posts/a.md", "a.txt", "a.json")
LIBRARIES = (*sysconfig.get_paths().values(), str(ROOT / "watcher"))


def main() -> int:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    bodies = material()
    read_full_text(RawDocument("fuzz", "warm-up", b"<html><p>x</p></html>", NOW))  # loads what it loads
    seen = watch()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    started = time.perf_counter()
    tally = run(bodies, count, random.Random(seed))
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 - before
    print(f"{count:,} mutations of {len(bodies):,} files, seed {seed}, {time.perf_counter() - started:.0f} s")
    for key in ("read", "refused", "crashed", "over a second", "alive"):
        print(f"  {tally[key]:7} {key}")
    print(f"  {len(seen):7} files opened or connections tried {seen[:3] or ''}")
    print(f"  {grown >> 20:7} MB more at most than at the start")
    for key, times in tally.most_common():
        if key.startswith("guarded"):
            print(f"  {times:7} {key}")
    wrong = tally["crashed"] or tally["over a second"] or tally["alive"] or seen or grown > MEMORY
    return int(bool(wrong))


def material() -> list[bytes]:
    """What is mutated: the small files of the corpus, our own, and the inputs of the nasty tables."""
    tests = ROOT / "tests" / "unit" / "data"
    folders = [CORPUS / name for name in SETS] + [tests / "feeds", ROOT / "seeds"]
    files = sorted(path for folder in folders for path in folder.rglob("*") if path.is_file())
    bodies = [body for path in files if (body := path.read_bytes()) and len(body) <= MAX_BYTES]
    for table in sorted((tests / "nasty").glob("*.toml")):
        lines = tomllib.loads(table.read_text("utf-8"))["inputs"]
        bodies += [line["in"].encode(line.get("as", "utf-8")) for line in lines if line.get("in")]
    return bodies


def run(bodies: list[bytes], count: int, chance: random.Random) -> Counter[str]:
    tally: Counter[str] = Counter()
    for number in range(count):
        raw = RawDocument("fuzz", chance.choice(NAMES), mutated(bodies, chance), NOW)
        started = time.process_time()
        try:
            outcome = parse(raw, feed=number % 2 == 0)
            items = items_of(outcome)
            if number % 8 == 1 and (page := read_full_text(raw)) is not None:
                items.append(normalise(page, ZONE, NOW, shipped()))
        except Exception:  # noqa: BLE001  a crash is what is counted here
            tally["crashed"] += 1
            traceback.print_exc()
            continue
        tally["over a second"] += time.process_time() - started > SLOW
        tally["refused" if isinstance(outcome, ParseFailure) else "read"] += 1
        tally["alive"] += sum(map(is_alive, items))
        if isinstance(outcome, ParseFailure) and "cannot be read" in outcome.message:
            tally[f"guarded: {outcome.message[25:80]}"] += 1
    return tally


def items_of(outcome: Parsed | ParseFailure) -> list[Item]:
    entries = outcome.entries if isinstance(outcome, Parsed) else ()
    return [normalise(entry, ZONE, NOW, shipped()) for entry in entries]


def is_alive(item: Item) -> bool:
    """Whether the stored HTML or the address could run anything."""
    tags = " ".join(re.findall(r"<[a-zA-Z][^<>]*>", item.html or ""))
    return bool(ALIVE.search(tags)) or not (item.url or "http").startswith("http")


def mutated(bodies: list[bytes], chance: random.Random) -> bytes:
    body = bytearray(chance.choice(bodies))
    for _ in range(chance.randint(1, 8)):
        at, kind = chance.randrange(len(body) + 1), chance.random()
        if kind < 0.4:
            body[at:at] = chance.choice(TOKENS)
        elif kind < 0.6:
            del body[at : at + chance.randint(1, 30)]
        elif kind < 0.8:
            body[at : at + 1] = bytes([chance.randrange(256)])
        else:
            other = chance.choice(bodies)
            start = chance.randrange(len(other))
            body[at:at] = other[start : start + chance.randint(1, 200)]
    return bytes(body)


def watch() -> list[str]:
    """What is opened from now on, the code's own files apart (codecs and tables load when first used)."""
    seen: list[str] = []

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if event == "open" and not str(arguments[0]).startswith(LIBRARIES):
            seen.append(f"open {arguments[0]}")
        if event in {"socket.connect", "socket.getaddrinfo", "subprocess.Popen", "os.system"}:
            seen.append(f"{event} {arguments}")

    sys.addaudithook(hook)
    return seen


if __name__ == "__main__":
    sys.exit(main())
