"""Topics of texts that are in no answer file, labelled by reading alone; the texts stay in the corpus.

`labels/topics.jsonl` holds a line a text: where it stands in the shared corpus (file, key, paragraphs), a
hash of its body, and its topics: `main` what it is about, `mentioned` what at least a full sentence of it
treats, `optional` where the convention leaves a choice, which is neither hit nor miss. The labels were made
before the program's output was looked at. dev was used while the rules were made, check1 was opened after
its first score and used, check2 was not: to read one with --show is to spend it.
"""

import html
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.quality._broadcasts import CORPUS
from bench.quality._unread import fingerprint, rebuild

SETS = ("dev", "check1", "check2")
LABELS = Path(__file__).parent / "labels" / "topics.jsonl"

_ITEM = re.compile(r"<item>(.*?)</item>", re.DOTALL)
_TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)
_CONTENT = re.compile(r"<content:encoded>(.*?)</content:encoded>", re.DOTALL)
_MARKUP = re.compile(r"<!\[CDATA\[|\]\]>|<[^>]+>")


@dataclass(frozen=True, slots=True)
class Labelled:
    """One text and its topics, by id."""

    title: str
    body: str
    main: frozenset[str]
    mentioned: frozenset[str]
    optional: frozenset[str]


def labelled(name: str) -> Iterator[Labelled]:
    """The texts of one set; ends the program where one is not there, or not the same."""
    for label in map(json.loads, LABELS.read_text("utf-8").splitlines()):
        if label["set"] != name:
            continue
        try:
            title, body = text_of(label["path"], label["key"], label["lines"])
        except FileNotFoundError as error:
            sys.exit(f"no text of the corpus at {error.filename}")
        if fingerprint(body) != label["hash"]:
            sys.exit(f"{label['path']}: not the text that was labelled")
        yield Labelled(title, body, *(frozenset(label[role]) for role in ("main", "mentioned", "optional")))


def text_of(path: str, key: str | None, lines: tuple[int, int | None]) -> tuple[str, str]:
    """(title, body) of an article of the corpus: paragraphs [first, last), one a line."""
    if not path.endswith(".xml"):
        return rebuild(path, key, lines)
    for item in _ITEM.findall((CORPUS / path).read_text("utf-8")):
        if f"<link>{key}</link>" in item and (content := _CONTENT.search(item)):
            title = _TITLE.search(item)
            markup = html.unescape(content[1]).replace("</p>", "\n")  # escaped although it is CDATA
            paragraphs = (
                " ".join(html.unescape(_MARKUP.sub("", part)).split()) for part in markup.split("\n")
            )
            kept = [paragraph for paragraph in paragraphs if paragraph]
            return html.unescape(title[1]) if title else "", "\n".join(kept[slice(*lines)])
    return "", ""  # gone from the feed: the hash will tell
