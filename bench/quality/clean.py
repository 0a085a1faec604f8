"""How well cleaning does: characters lost and extra against the reference texts, and what it removes.

    python -m bench.quality.clean            the figures, one line a document
    python -m bench.quality.clean --removed  and the lines removed from 30 other documents, to be read

Needs the corpus beside the repository (../shared). White space is not counted.
"""

import difflib
import json
import random
import re
import sys
import time
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from watcher.model import Entry, Item
from watcher.parse.document import read_document
from watcher.parse.normalise import normalise
from watcher.text.boilerplate import shipped
from watcher.text.html import html_of_plain

SHARED = Path(__file__).parents[2].parent / "shared"
CORPUS = SHARED / "corpus"
NOW = datetime(2026, 11, 20, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Shanghai")
CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"


def item_of(entry: Entry) -> Item:
    return normalise(entry, ZONE, NOW, shipped())


def document(path: Path) -> Item:
    return item_of(read_document(path.read_text("utf-8"), path.name).entries[0])


def lost_and_extra(text: str, reference: str) -> tuple[str, str]:
    """The characters of the reference that the text lacks, and those it has too many."""
    have, want = ("".join(part.split()) for part in (text, reference))
    matcher = difflib.SequenceMatcher(None, want, have, autojunk=False)
    changes = [code for code in matcher.get_opcodes() if code[0] != "equal"]
    lost = "".join(want[start:end] for _, start, end, _, _ in changes)
    return lost, "".join(have[start:end] for _, _, _, start, end in changes)


def score_gold() -> bool:
    print("document  lost  extra    ms  published_at      outlet            title")
    perfect = True
    for reference in sorted((SHARED / "gold" / "clean").glob("*.txt")):
        (path,) = (CORPUS / "seeds-given").glob(f"{reference.stem}_*")
        started = time.perf_counter()
        item = document(path)
        elapsed = 1000 * (time.perf_counter() - started)
        lost, extra = lost_and_extra(item.text, reference.read_text("utf-8"))
        perfect = perfect and not lost and not extra
        when = item.published_at.astimezone(ZONE).strftime("%Y-%m-%d %H:%M") if item.published_at else "-"
        figures = f"{reference.stem:8}{len(lost):6}{len(extra):7}{elapsed:6.1f}"
        print(f"{figures}  {when:16}  {item.outlet or '-'}  {item.title}")
    return perfect


def others() -> Iterator[tuple[str, Item]]:
    """Documents beside the gold ones, from every family of the corpus."""
    for path in sorted((CORPUS / "seed-transcribed").rglob("*.md")):
        yield f"{path.parent.name}/{path.name}", document(path)
    for path in sample((CORPUS / "xinwenlianbo-md" / "news").glob("*.md"), 4):
        parts = re.split(r"^### ", path.read_text("utf-8"), flags=re.MULTILINE)[1:]
        for part in parts[:2]:
            yield f"{path.name}", item_of(read_document("# " + part, path.name).entries[0])
    for path in sample((CORPUS / "xinwenlianbo-json" / "data" / "news").glob("*.json"), 7, of="content"):
        news = json.loads(path.read_text("utf-8"))
        yield path.name, item_of(Entry(title=news["title"], html=html_of_plain(news["content"])))
    for path in sample((CORPUS / "wechat-feeds").glob("*.xml"), 3):
        for entry in list(ET.fromstring(path.read_text("utf-8")).iter("item"))[:2]:
            body = entry.findtext(CONTENT) or entry.findtext("description") or ""
            yield path.name, item_of(Entry(title=entry.findtext("title"), html=body))
    for path in sample((CORPUS / "cec-corpus" / "raw corpus").rglob("*.txt"), 4):
        text = (
            path.read_bytes().decode("gb18030", "replace")
            if not is_utf8(path)
            else path.read_text("utf-8-sig")
        )
        yield path.name, item_of(read_document(text, path.name).entries[0])


def is_utf8(path: Path) -> bool:
    try:
        path.read_text("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def sample(paths: Iterator[Path], count: int, of: str = "") -> list[Path]:
    """The longest third of the files (page scraps live there), then a fixed choice among them."""
    found = sorted(path for path in paths if not of or of in path.read_text("utf-8", "replace"))
    longest = sorted(found, key=lambda path: path.stat().st_size)[-max(count, len(found) // 3) :]
    return sorted(random.Random(7).sample(longest, count))


def show_removed() -> None:
    count = 0
    for name, item in others():
        count += 1
        print(f"\n{count:3} {name}: {item.title}")
        date = f"{item.published_from} {item.published_raw or ''}"
        print(f"    kept {len(item.text)} characters; {date}; {item.outlet or ''} {item.url or ''}")
        for line in item.removed:
            print(f"    - {line}")
    print(f"\n{count} documents read")


if __name__ == "__main__":
    clean = score_gold()
    if "--removed" in sys.argv:
        show_removed()
    sys.exit(0 if clean else 1)
