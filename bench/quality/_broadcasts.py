"""The shared corpus of news broadcasts, an article a record: two publications of one programme, and a third.

Reads only what the benchmarks of stories and folders need; nothing of it is kept in the project.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

CORPUS = Path(__file__).parents[3] / "shared" / "corpus"
BEIJING = timezone(timedelta(hours=8))

_ARTICLE = re.compile(r"^### (.*?)\n(.*?)(?=^### |\Z)", re.MULTILINE | re.DOTALL)
_VIDEO = re.compile(r"VIDE\w+")
_PARAGRAPH = re.compile(r"<br\s*/?>|</p>|\n")
_MARKUP = re.compile(r"<[^>]+>|\[查看原文\]\([^)]*\)")


@dataclass(frozen=True, slots=True)
class Broadcast:
    """One article. `video` is the id that both publications give it; None in the third set."""

    video: str | None
    title: str
    html: str
    day: datetime

    @property
    def text(self) -> str:
        """Its paragraphs, one a line."""
        lines = (_MARKUP.sub("", part).strip() for part in _PARAGRAPH.split(self.html))
        return "\n".join(line for line in lines if line)


def from_markdown() -> Iterator[Broadcast]:
    """`xinwenlianbo-md`: a file a day, a heading an article."""
    for file in sorted((CORPUS / "xinwenlianbo-md" / "news").glob("*.md")):
        for title, html in _ARTICLE.findall(file.read_text("utf-8")):
            video = _VIDEO.search(html)
            if video:
                yield Broadcast(video[0], title.strip(), html, _day(file.stem))


def from_json() -> Iterator[Broadcast]:
    """`xwlb-json`: a file a day, a record an article; titles begin with [视频]."""
    for file in sorted((CORPUS / "xwlb-json" / "assets").glob("*/*.json")):
        for record in json.loads(file.read_text("utf-8")).get("videoList", []):
            html = (record.get("video_detail") or {}).get("content") or ""
            yield Broadcast(record["video_id"], record["video_title"], html, _day(file.stem))


def from_third() -> Iterator[Broadcast]:
    """`xinwenlianbo-json`: a file an article, some of other outlets, without video ids."""
    for file in sorted((CORPUS / "xinwenlianbo-json" / "data" / "news").glob("*.json")):
        record = json.loads(file.read_text("utf-8"))
        yield Broadcast(None, record["title"], record["content"], _day(record["date"].replace("-", "")))


def _day(digits: str) -> datetime:
    return datetime.strptime(digits + "19", "%Y%m%d%H").replace(tzinfo=BEIJING).astimezone(UTC)
