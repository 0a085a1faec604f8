"""Answers for texts that whoever wrote the rules of figures did not read; the texts stay in the corpus.

`labels/figures.jsonl` holds a line a text: where it stands in the shared corpus (file, video id, paragraphs),
a hash of its body, and its figures as facts: value in base units, unit, metric, region, period, kind.
Sentences are [start, end] in the body, null for the title. `alt` names further accepted values where the
conventions leave a choice, `core: false` a figure that matters less; `optional` ones (a class such as
20万吨级, a number that is only vague) are neither hit nor miss.

check1 to check3 were labelled by somebody who saw neither rules nor output; check1 was opened after its first
score and used, check2 was not, check3 is four short texts beside them. check4 and check5 were labelled by who
then changed the rules, before any output of them was looked at; check4 was used for it, check5 only scored.
To read one with --show is to spend it.
"""

import html
import json
import re
import sys
from collections.abc import Iterator
from datetime import date
from hashlib import blake2b
from pathlib import Path

from bench.quality._broadcasts import CORPUS, Broadcast
from bench.quality._figure_checks import Answer, Text

SETS = ("check1", "check2", "check3", "check4", "check5")
LABELS = Path(__file__).parent / "labels" / "figures.jsonl"

_SECTION = re.compile(r"^### (.*?)\n(.*?)(?=^### |\Z)", re.MULTILINE | re.DOTALL)
_POST_TITLE = re.compile(r'^title: *"(.*)" *$', re.MULTILINE)


def unread(name: str) -> Iterator[Text]:
    """The texts of one set with their answers; ends the program where one is not there, or not the same."""
    for label in map(json.loads, LABELS.read_text("utf-8").splitlines()):
        if label["set"] == name:
            title, body = _rebuilt(label)
            yield Text(
                f"{name} {label['name']}",
                title,
                body,
                date.fromisoformat(label["published"]),
                [_located(answer, title, body) for answer in label["figures"]],
                [_located(answer, title, body) for answer in label["optional"]],
            )


def fingerprint(body: str) -> str:
    """What `hash` of a label holds."""
    return blake2b(body.encode(), digest_size=16).hexdigest()


def rebuild(path: str, key: str | None, lines: tuple[int, int | None]) -> tuple[str, str]:
    """(title, body) of an entry of the corpus: paragraphs [first, last), one a line, without markup."""
    title, markup = _entry((CORPUS / path).read_text("utf-8"), path, key)
    # &nbsp; and U+3000 count as one space each: sentences are found by their place
    plain = re.sub(r"[^\S\n]", " ", html.unescape(Broadcast(None, title, markup, None).text))
    paragraphs = [line.strip() for line in plain.split("\n")]
    return title, "\n".join(paragraphs[slice(*lines)])


def _rebuilt(label: Answer) -> tuple[str, str]:
    try:
        title, body = rebuild(label["path"], label["key"], label["lines"])
    except FileNotFoundError as error:
        sys.exit(f"no text of the corpus at {error.filename}")
    if fingerprint(body) != label["hash"]:
        sys.exit(f"{label['path']}: not the text that was labelled")
    return title, body


def _entry(raw: str, path: str, key: str | None) -> tuple[str, str]:
    """(title, markup): a record of a broadcast by its video id, else the one text of the file."""
    if key is None and path.endswith(".md"):
        title = _POST_TITLE.search(raw)
        return title[1] if title else "", raw
    if key is None:
        record = json.loads(raw)
        return record["title"], record["content"]
    if path.endswith(".md"):
        entries = [(title.strip(), text) for title, text in _SECTION.findall(raw) if key in text]
    else:
        records = [record for record in json.loads(raw)["videoList"] if record["video_id"] == key]
        entries = [(record["video_title"], record["video_detail"]["content"]) for record in records]
    return entries[0] if entries else ("", "")  # gone from the file: the hash will tell


def _located(answer: Answer, title: str, body: str) -> Answer:
    """With the words that the places of the label stand for."""
    places = {key: answer[key] for key in ("sentence", "quote") if key in answer}
    return answer | {key: title if place is None else body[slice(*place)] for key, place in places.items()}
