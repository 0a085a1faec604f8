"""Puts together what Datasette is told: tables, queries and pages from YAML, the search from the store.

Knows nothing of the database's content, except how the filters of the pages stand at first.
"""

import re
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

import yaml

from watcher.store.search import statement

DATABASE = "watcher"  # its name in addresses, whatever the file is called

_OPTIONAL = re.compile(r"\[\[.*?\]\]", re.DOTALL)  # a filter's part; the plugin wants it on one line
_HERE = files("watcher.inspect")
# Every picture: our colours, SVG (its links are links), no menu over it.
_LOOK = {
    "$schema": "https://vega.github.io/schema/vega-lite/v6.json",  # a name, never fetched
    "autosize": {"type": "fit-x", "contains": "padding"},
    "usermeta": {"embedOptions": {"renderer": "svg", "actions": False}},
    "config": {
        "background": "#00000000",
        "view": {"stroke": None},
        "font": "system-ui, sans-serif",
        "bar": {"color": "#2f6fd0", "cornerRadiusEnd": 2},
        "circle": {"color": "#2f6fd0"},
        "rect": {"stroke": "white", "strokeWidth": 1},
        "line": {"point": False},
        "axis": {"labelLimit": 150, "labelFontSize": 12, "titleFontWeight": "normal", "titleColor": "#5a6877",
                 "domainColor": "#c5ced8", "tickColor": "#c5ced8", "gridColor": "#e8ecf1"},
        "legend": {"titleFontWeight": "normal", "titleColor": "#5a6877", "labelLimit": 180},
    },
}  # fmt: skip


def metadata(first: Mapping[str, str]) -> dict[str, Any]:
    """Datasette's metadata for `inspect`; `first` says how filters of the pages stand at first."""
    told: dict[str, Any] = yaml.safe_load(_HERE.joinpath("metadata.yml").read_text("utf-8"))
    told["databases"][DATABASE]["queries"] = {"search": _search()} | told["databases"][DATABASE]["queries"]
    told["plugins"] = {"datasette-dashboards": pages(first)}
    return told


def pages(first: Mapping[str, str]) -> dict[str, Any]:
    """The pages of pictures, by the name they have in addresses, in their order."""
    found: dict[str, Any] = {}
    for file in sorted(_HERE.joinpath("pages").iterdir(), key=lambda file: file.name):
        found |= yaml.safe_load(file.read_text("utf-8"))
    for page in found.values():
        for name, chosen in page.get("filters", {}).items():
            if name in first:
                chosen["default"] = first[name]
        for chart in page["charts"].values():
            chart["db"] = DATABASE
            chart["query"] = _OPTIONAL.sub(lambda part: " ".join(part[0].split()), chart["query"])
            if chart.setdefault("library", "vega-lite") == "vega-lite":
                chart["display"] = _LOOK | chart["display"]
    return found


def _search() -> dict[str, Any]:
    """The search of the command line as a query; what cannot be answered is answered by a sentence."""
    inside = (
        "SELECT code FROM regions WHERE :region IN (code, name, short_name)"
        " UNION SELECT regions.code FROM regions JOIN inside ON regions.parent_code = inside.code"
        " UNION SELECT region_members.region_code FROM region_members"
        " JOIN inside ON region_members.cluster_code = inside.code"
    )
    return {
        "title": "Search",
        "description": "Articles that hold the words, best first; of frequent words the newest articles. "
        'Words must all be there; "…" keeps words together, OR takes either, -word must not be there. '
        "Region: 重庆, 湖北省, 成渝地区 or a code; topic and source: an id; times: 2026-11-20.",
        "hide_sql": True,
        "params": ["q", "region", "topic", "source", "since", "until", "limit"],
        "sql": "SELECT id AS item_id, title, snippet, outlet, published_at, regions, topics FROM ("
        + statement(inside, "region")
        + ")\nUNION ALL SELECT NULL, search_problem(:q), NULL, NULL, NULL, NULL, NULL"
        " WHERE search_problem(:q) IS NOT NULL",
    }
