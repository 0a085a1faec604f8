"""Feeds as the world publishes them: reads every file of the corpus and prints what was read right.

    python bench/quality/feeds.py [CORPUS] [--list]

Prints, and fails (exit 1) below the targets: files that crash (0); entries that feedparser finds and
we lose (0); share of titles, links, guids and dates equal to gofeed's expected JSON (97 %). `--list`
shows each difference. CORPUS is `../shared/corpus` seen from the repository.
"""

import io
import json
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import feedparser

from watcher.model import Entry, Parsed, ParseFailure, RawDocument
from watcher.parse import parse
from watcher.text.dates import parse_date

SETS = (
    "feedparser", "feedvalidator", "gofeed", "feed-rs", "feedjira", "rome", "FeedReader", "node-feedparser",
    "FeedKit", "rust-rss", "rust-atom", "reader", "chardet",
)  # fmt: skip
NOW = datetime(2026, 11, 20, tzinfo=UTC)
ZONE = ZoneInfo("UTC")  # gofeed reads dates without a zone as UTC
TARGET = 0.97
EXPLAINED = {  # part of a file's name: why we differ, and mean to
    "atom10_feed_title_xhtml_inline": "not well-formed and without an entry: refused",
    "title_xhtml_inline_markup": "the <div> around XHTML is kept; tags go when the title becomes text",
    "title_xhtml_escaped_markup": "the <div> around XHTML is kept; tags go when the title becomes text",
    "xml_base": "links inside a title stay relative; links are dropped when the title becomes text",
    "relative_uri": "links inside a title stay relative; links are dropped when the title becomes text",
    "category_label": "gofeed has the empty term, we the label",
    "category_scheme": "a category without a name is none",
    "guid_naked_markup": "an element inside <guid> is no guid",
}


def main() -> int:
    arguments = [argument for argument in sys.argv[1:] if not argument.startswith("-")]
    corpus = Path(arguments[0]) if arguments else Path(__file__).parents[2].parent / "shared" / "corpus"
    if not corpus.is_dir():
        print(f"no corpus at {corpus}")
        return 2
    lost = read_all(corpus)
    share = compare_with_gofeed(corpus / "gofeed", listing="--list" in sys.argv)
    return int(lost > 0 or share < TARGET)


def read(path: Path) -> Parsed | ParseFailure:
    return parse(RawDocument("bench", path.name, path.read_bytes(), NOW), feed=True)


def read_all(corpus: Path) -> int:
    """Reads all; gives the number of files that crash, or lose entries that feedparser finds."""
    print(f"{'set':16} {'files':>6} {'feeds':>6} {'entries':>8} {'refused':>8} {'crashed':>8} {'lost':>6}")
    total: Counter[str] = Counter()
    for name in SETS:
        count = Counter()
        for path in sorted(file for file in (corpus / name).rglob("*") if file.is_file()):
            count["files"] += 1
            try:
                parsed = read(path)
            except Exception as error:  # noqa: BLE001  a crash is what is counted here
                count["crashed"] += 1
                print(f"  crash: {path}: {error!r}")
                continue
            ours = len(parsed.entries) if isinstance(parsed, Parsed) else 0
            count["feeds" if isinstance(parsed, Parsed) else "refused"] += 1
            count["entries"] += ours
            if ours < theirs(path.read_bytes()):
                count["lost"] += 1
                print(f"  lost: {path}: {ours} entries, feedparser has {theirs(path.read_bytes())}")
        total += count
        print(row(name, count))
    print(row("all", total))
    return total["crashed"] + total["lost"]


def row(name: str, count: Counter[str]) -> str:
    return (
        f"{name:16} {count['files']:6} {count['feeds']:6} {count['entries']:8} "
        f"{count['refused']:8} {count['crashed']:8} {count['lost']:6}"
    )


def theirs(body: bytes) -> int:
    try:
        return len(feedparser.parse(io.BytesIO(body)).entries)
    except Exception:  # noqa: BLE001  feedparser raises whatever it meets
        return 0


def compare_with_gofeed(folder: Path, *, listing: bool) -> float:
    """Prints the share of equal fields over all files with an expectation; gives the overall share."""
    same: Counter[str] = Counter()
    fields: Counter[str] = Counter()
    for expectation in sorted(folder.rglob("*.json")):
        for where, field, wanted, found in differences(expectation):
            fields[field] += 1
            same[field] += wanted == found
            if listing and wanted != found:
                why = next((reason for part, reason in EXPLAINED.items() if part in where), "not explained")
                print(f"  {where}: {field}: {why}\n    gofeed {wanted!r}\n    ours   {found!r}")
    print("\ngofeed's expectations")
    for field in fields:
        print(f"  {field:8} {same[field]:5} of {fields[field]:5}  {same[field] / fields[field]:7.2%}")
    share = sum(same.values()) / max(1, sum(fields.values()))
    print(f"  {'all':8} {sum(same.values()):5} of {sum(fields.values()):5}  {share:7.2%}")
    return share


def differences(expectation: Path) -> Iterator[tuple[str, str, Any, Any]]:
    """(file, field, gofeed's value, ours) for each field that gofeed expects a value of."""
    source = expectation.with_suffix(".xml")
    if not source.exists():
        source = expectation.with_name(expectation.name.replace("_expected", ""))
        if source == expectation or not source.exists():
            return
    wanted = json.loads(expectation.read_text(encoding="utf-8"))
    parsed = read(source)
    entries = parsed.entries if isinstance(parsed, Parsed) else ()
    where = f"{source.parent.name}/{source.name}"
    items = wanted.get("items") or wanted.get("entries") or []
    yield where, "entries", len(items), len(entries)
    title = parsed.title if isinstance(parsed, Parsed) else None
    if wanted.get("title"):
        yield where, "feed", plain(wanted["title"]), plain(title)
    for item, entry in zip(items, entries, strict=False):
        for field, value in expected(item).items():
            if value:
                yield where, field, value, found_in(entry, field)


def expected(item: dict[str, Any]) -> dict[str, Any]:
    guid = item.get("guid") or item.get("id")
    moment = next((item[key] for key in MOMENTS if item.get(key)), None)
    return {
        "title": plain(item.get("title")),
        "link": item.get("link") or item.get("url") or first_link(item.get("links") or []),
        "guid": guid.get("value") if isinstance(guid, dict) else guid,
        "date": datetime.fromisoformat(moment).astimezone(UTC) if moment else None,
        "author": author(item),
        "categories": [name(category) for category in item.get("categories") or item.get("tags") or []],
    }


MOMENTS = ("publishedParsed", "pubDateParsed", "updatedParsed", "date_published", "date_modified")


def name(category: Any) -> str:
    return category if isinstance(category, str) else category.get("value") or category.get("term") or ""


def author(item: dict[str, Any]) -> str | None:
    people = item.get("authors") or [item.get("author")]
    names = [person.get("name") or person.get("email") for person in people if isinstance(person, dict)]
    return "、".join(dict.fromkeys(filter(None, names))) or None


def first_link(links: list[Any]) -> str | None:
    dicts = [link for link in links if isinstance(link, dict)]
    return next((link.get("href") for link in dicts if link.get("rel") in {None, "", "alternate"}), None)


def found_in(entry: Entry, field: str) -> Any:
    if field == "date":
        return next((moment for _, raw in entry.dates if (moment := parse_date(raw, ZONE, NOW))), None)
    if field == "categories":
        return list(entry.categories)
    value = getattr(entry, {"link": "url"}.get(field, field))
    return plain(value) if field == "title" else value


def plain(text: str | None) -> str | None:
    """Blanks apart: gofeed and feedparser trim differently."""
    return " ".join(text.split()) or None if text else None


if __name__ == "__main__":
    sys.exit(main())
