"""Makes an item of an entry: cleaned, titled, dated. Judges nothing, and never refuses an entry."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from watcher.model import Entry, Item, PublishedFrom
from watcher.text.boilerplate import Boilerplate
from watcher.text.clean import one_line
from watcher.text.dates import parse_date
from watcher.text.html import CleanBody, read_html
from watcher.text.urls import absolute

NO_TITLE = "（无标题）"

_TITLE_FROM_TEXT = 40  # characters
_MAX_NAME = 120
_SIGNS = re.compile(r"[\W_]+")
_SOURCE_LABEL = re.compile(r"(?:来源|出处)\s*[:：]\s*")
_FROM: dict[str, PublishedFrom] = {"front matter": "front matter", "body": "body", "file": "file"}


def normalise(entry: Entry, timezone: ZoneInfo, seen_at: datetime, boilerplate: Boilerplate) -> Item:
    """Returns the item an entry stands for.

    `timezone` is that of dates which name none; `seen_at` (UTC) bounds what a date may be. An entry
    without a usable date has `published_at` None and `published_from` "first seen".
    """
    url = absolute(entry.base, entry.url)
    headline = one_line(entry.title) if entry.title else None
    body = read_html(entry.html or "", absolute(None, entry.base) or url, boilerplate, headline)
    url = url or absolute(None, body.link)
    lines = body.text.split("\n")
    title = _title(entry.title, body.heading, lines, url)
    published_at, published_from, raw = _published(entry, body, timezone, seen_at)
    return Item(
        guid=entry.guid,
        url=url,
        title=title,
        text="\n".join(_without_title(lines, title)),
        html=body.html,
        author=_name(entry.author),
        outlet=_outlet(entry.outlet) or _outlet(body.outlet) or _outlet(entry.site),
        published_at=published_at,
        published_from=published_from,
        published_raw=raw,
        removed=body.removed,
    )


def _title(given: str | None, heading: str | None, lines: list[str], url: str | None) -> str:
    title = one_line(given) if given else ""
    heading = one_line(heading) if heading else ""
    for better in (heading, lines[0]):
        if _same_but_lost_signs(title, better):
            return better
    return title or heading or _opening(lines) or url or NO_TITLE


def _opening(lines: list[str]) -> str:
    first = one_line(lines[0])
    return first if len(first) <= _TITLE_FROM_TEXT else first[:_TITLE_FROM_TEXT] + "…"


def _same_but_lost_signs(title: str, full: str) -> bool:
    """Whether `title` is `full` with signs that file names cannot hold written as `_`.

    `定下3万亿_小目标_！` has lost its quotes, `Futures_ No Crystal Ball` its colon.
    """
    return (
        "_" in title
        and len(title) == len(full)
        and all(one in (other, "_") for one, other in zip(title, full, strict=True))
    )


def _without_title(lines: list[str], title: str) -> list[str]:
    """The text without a first line that only repeats the title; a text that is its title stays."""
    folded = _folded(title)
    return lines[1:] if folded and len(lines) > 1 and _folded(lines[0]) == folded else lines


def _folded(text: str) -> str:
    return _SIGNS.sub("", text.casefold())


def _published(
    entry: Entry, body: CleanBody, timezone: ZoneInfo, seen_at: datetime
) -> tuple[datetime | None, PublishedFrom, str | None]:
    """The first date that can be read: as the source gives it, as the body does, as the file does."""
    given = [date for date in entry.dates if date[0] != "file"]
    body_date = [("body", body.time_text)] if body.time_text else []
    last = [date for date in entry.dates if date[0] == "file"]
    for field, raw in (*given, *body_date, *last):
        when = parse_date(raw, timezone, seen_at)
        if when is not None:
            return when, _FROM.get(field, "feed"), raw
    return None, "first seen", None


def _name(text: str | None) -> str | None:
    return (one_line(text, _MAX_NAME) or None) if text else None


def _outlet(text: str | None) -> str | None:
    return _name(_SOURCE_LABEL.sub("", text)) if text else None
