"""Rows as files for other programs: CSV that a spreadsheet takes for text, JSON, Atom (RFC 4287).

Renders what it is given; which rows is the store's business.
"""

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from uuid import NAMESPACE_URL, uuid5
from xml.etree import ElementTree as ET

from watcher.digest.clean import link, one_line

Row = Mapping[str, object]

_FORMULA = tuple("=+-@\t\r")  # what makes a spreadsheet calculate a cell (OWASP, CSV injection)
_LONGEST = 512  # characters of a title or summary in a feed


def as_csv(rows: Iterable[Row], columns: Sequence[str]) -> str:
    """A table with a byte order mark, without which Excel shows Chinese as noise.

    Text that begins like a formula gets an apostrophe before it; numbers stay numbers.
    """
    out = io.StringIO()
    out.write("\ufeff")
    table = csv.writer(out)
    table.writerow(columns)
    table.writerows([_cell(row.get(column)) for column in columns] for row in rows)
    return out.getvalue()


def as_json(rows: Iterable[Row]) -> str:
    """One array, the columns' names as keys."""
    return json.dumps([dict(row) for row in rows], ensure_ascii=False, indent=1) + "\n"


def as_atom(rows: Iterable[Row], title: str, updated: str) -> str:
    """A feed of items; `updated` and the items' times are UTC ISO 8601, as the database has them."""
    feed = ET.Element("feed", {"xmlns": "http://www.w3.org/2005/Atom", "xml:lang": "zh-CN"})
    _text(feed, "id", uuid5(NAMESPACE_URL, f"watcher:export:{title}").urn)
    _text(feed, "title", title)
    _text(feed, "updated", updated)
    _text(ET.SubElement(feed, "author"), "name", "watcher")
    for row in rows:
        _entry(feed, row)
    ET.indent(feed)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ET.tostring(feed, encoding="unicode")}\n'


def _entry(feed: ET.Element, row: Row) -> None:
    node = ET.SubElement(feed, "entry")
    title = one_line(str(row["title"]), _LONGEST) or "（无题）"
    _text(node, "id", uuid5(NAMESPACE_URL, f"watcher:item:{row['id']}").urn)
    _text(node, "title", title)
    _text(node, "updated", str(row.get("changed_at") or row["published_at"]))
    _text(node, "published", str(row["published_at"]))
    if row.get("outlet"):
        _text(ET.SubElement(node, "author"), "name", one_line(str(row["outlet"]), _LONGEST))
    address = row.get("url")
    if href := link(address if isinstance(address, str) else None):
        ET.SubElement(node, "link", {"rel": "alternate", "href": href})
    _text(node, "content", one_line(str(row.get("text") or title), _LONGEST))
    for name in ("topics", "regions"):
        for label in row.get(name) or ():  # type: ignore[attr-defined]
            ET.SubElement(node, "category", {"term": one_line(str(label), _LONGEST)})


def _text(parent: ET.Element, tag: str, text: str) -> None:
    ET.SubElement(parent, tag).text = text


def _cell(value: object) -> object:
    if isinstance(value, list | tuple):
        value = "、".join(map(str, value))
    if isinstance(value, str) and value.lstrip(" ").startswith(_FORMULA):
        return "'" + value
    return value
