"""Writes a `[[source]]` as TOML for people to paste: ids made of addresses, strings quoted."""

import json
import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from watcher.config.values import web_url
from watcher.text.clean import one_line

_COMMON = frozenset({
    "www", "rss", "feed", "feeds", "xml", "com", "cn", "net", "org", "gov", "index", "atom", "html", "rdf",
    "json", "http", "https", "rsshub", "app", "m", "rss2",
})  # fmt: skip


def is_usable(url: str) -> bool:
    """Whether the config would take this address."""
    try:
        web_url(url)
    except ValueError:
        return False
    return True


def source_table(url: str, title: str | None, ids: set[str], folders: Sequence[str] = ()) -> list[str]:
    """The lines of one table, behind a blank line; its id is added to `ids`, which it must not repeat."""
    lines = ["", f"# {one_line(' / '.join(folders))}"] if folders else [""]
    if not is_usable(url):
        return [*lines, f"# no usable address: {one_line(url)}"]
    name = _new_id(url, ids)
    ids.add(name)
    lines += ["[[source]]", f"id = {_quoted(name)}", 'kind = "feed"']
    if title:
        lines.append(f"title = {_quoted(one_line(title))}")
    return [*lines, f"url = {_quoted(url)}"]


def _new_id(url: str, ids: set[str]) -> str:
    """`https://rsshub.app/nbd/daily` as `nbd-daily`; with a number behind it where that is taken."""
    parts = urlsplit(url)
    words = re.findall(r"[a-z0-9]+", f"{parts.hostname or ''}/{parts.path}".lower())
    telling = [word for word in words if word not in _COMMON][:4] or words[:2] or ["feed"]
    stem = "-".join(telling)[:48].strip("-")
    name, number = stem, 2
    while name in ids:
        name, number = f"{stem}-{number}", number + 1
    return name


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
