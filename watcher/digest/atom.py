"""A digest as an Atom 1.0 feed (RFC 4287), one entry an item, for readers and other programs."""

from datetime import UTC, datetime
from uuid import NAMESPACE_URL, uuid5
from xml.etree import ElementTree as ET

from watcher.digest.clean import link, one_line
from watcher.digest.view import date_line, source_of
from watcher.model import Digest, DigestEntry

_LONGEST = 512  # characters of a title or lead


def render(digest: Digest) -> str:
    """The feed; its id is the digest's, an entry's id the item's: the same in every issue."""
    feed = ET.Element("feed", {"xmlns": "http://www.w3.org/2005/Atom", "xml:lang": "zh-CN"})
    _text(feed, "id", uuid5(NAMESPACE_URL, f"watcher:digest:{digest.name}").urn)
    _text(feed, "title", one_line(digest.title, _LONGEST) or digest.name)
    _text(feed, "subtitle", date_line(digest))
    _text(feed, "updated", _utc(digest.made_at))
    _text(ET.SubElement(feed, "author"), "name", "watcher")
    _text(feed, "generator", "watcher")
    for group in digest.groups:
        for entry in group.entries:
            _entry(feed, entry, digest)
    ET.indent(feed)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ET.tostring(feed, encoding="unicode")}\n'


def _entry(feed: ET.Element, entry: DigestEntry, digest: Digest) -> None:
    item, node = entry.item, ET.SubElement(feed, "entry")
    _text(node, "id", uuid5(NAMESPACE_URL, f"watcher:digest:{digest.name}:item:{item.id}").urn)
    _text(node, "title", one_line(item.title, _LONGEST) or "（无题）")
    _text(node, "updated", _utc(item.published_at or item.first_seen_at))
    if item.published_at:
        _text(node, "published", _utc(item.published_at))
    if outlet := source_of(item, digest):
        _text(ET.SubElement(node, "author"), "name", outlet)
    summary = one_line(entry.lead or item.title, _LONGEST)
    if href := link(item.url):
        ET.SubElement(node, "link", {"rel": "alternate", "href": href})
        _text(node, "summary", summary)
    else:  # section 4.1.2: an entry without an alternate link must have content
        _text(node, "content", summary)
    for label in dict.fromkeys(entry.topics + entry.regions):
        ET.SubElement(node, "category", {"term": one_line(label, _LONGEST)})


def _text(parent: ET.Element, tag: str, text: str) -> None:
    ET.SubElement(parent, tag).text = text


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
