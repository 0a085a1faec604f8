"""Mutated feeds and documents: counts what must not happen, over as many inputs as asked for.

    python bench/quality/fuzz.py [COUNT] [SEED]

Takes the small files of the corpus and of `tests/unit/data/feeds`, cuts, mixes and spoils them, and
reads each. Prints crashes, readings over a second, files opened and connections tried meanwhile (an
audit hook sees both); fails (exit 1) unless all are 0. What ends in the one broad guard around
feedparser is counted by kind: these are feeds lost to a parser's own mistakes.
"""

import random
import sys
import sysconfig
import time
import traceback
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from watcher.model import ParseFailure, RawDocument
from watcher.parse import parse

NOW = datetime(2026, 11, 20, tzinfo=UTC)
ROOT = Path(__file__).parents[2]
CORPUS = ROOT.parent / "shared" / "corpus"
SETS = (
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
SLOW = 1.0  # seconds
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
    folders = [CORPUS / name for name in SETS] + [ROOT / "tests" / "unit" / "data" / "feeds"]
    files = sorted(path for folder in folders for path in folder.rglob("*") if path.is_file())
    bodies = [body for path in files if (body := path.read_bytes()) and len(body) <= MAX_BYTES]
    seen = watch()
    tally = run(bodies, count, random.Random(seed))
    print(f"{count:,} mutations of {len(bodies):,} files, seed {seed}")
    for key in ("crashed", "over a second"):
        print(f"  {tally[key]:6} {key}")
    print(f"  {len(seen):6} files opened or connections tried {seen[:3] or ''}")
    for key, times in tally.most_common():
        if key.startswith("guarded"):
            print(f"  {times:6} {key}")
    return int(bool(tally["crashed"] or tally["over a second"] or seen))


def run(bodies: list[bytes], count: int, chance: random.Random) -> Counter[str]:
    tally: Counter[str] = Counter()
    for number in range(count):
        body = mutated(bodies, chance)
        raw = RawDocument("fuzz", chance.choice(NAMES), body, NOW)
        started = time.perf_counter()
        try:
            outcome = parse(raw, feed=number % 2 == 0)
        except Exception:  # noqa: BLE001  a crash is what is counted here
            tally["crashed"] += 1
            traceback.print_exc()
            continue
        tally["over a second"] += time.perf_counter() - started > SLOW
        if isinstance(outcome, ParseFailure) and "cannot be read" in outcome.message:
            tally[f"guarded: {outcome.message[25:80]}"] += 1
    return tally


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
