"""One page of HTML with the words of tagged articles marked: complete in itself, light and dark.

Everything is escaped; nothing is loaded, no script runs.
"""

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any

from watcher.text.marks import Mark, without_overlaps

_HEAD = """<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title}</title>
<style>
:root {{
  color-scheme: light dark;
  --topic: #bfe6f5; --region: #c9edc4; --organisation: #f0d3f3; --policy: #f6e6a8;
}}
@media (prefers-color-scheme: dark) {{
  :root {{ --topic: #0f4b5e; --region: #1f5424; --organisation: #5b2a62; --policy: #5c4c0e; }}
}}
body {{ font: 1rem/1.75 system-ui, "PingFang SC", "Noto Sans CJK SC", "Microsoft YaHei", sans-serif;
  max-width: 44rem; margin: 2rem auto; padding: 0 1rem; overflow-wrap: anywhere; }}
h1 {{ font-size: 1.5rem; line-height: 1.35; }}
mark {{ color: inherit; border-radius: .2em; padding: 0 .1em; }}
mark.topic {{ background: var(--topic); }} mark.region {{ background: var(--region); }}
mark.organisation {{ background: var(--organisation); }} mark.policy {{ background: var(--policy); }}
ul {{ padding-left: 1.2rem; }} .words {{ opacity: .7; font-size: .875rem; }}
article + article {{ border-top: 1px solid; margin-top: 3rem; }}
</style>
</head>
<body>
"""
_LEGEND = {
    "topic": "主题 topic",
    "region": "地区 region",
    "organisation": "机构 organisation",
    "policy": "政策 policy",
}


def page(rows: Sequence[Mapping[str, Any]]) -> str:
    """The page of the rows that `watcher tag --json` prints."""
    title = escape(str(rows[0]["title"])) if rows else "watcher tag"
    legend = " ".join(f'<mark class="{kind}">{name}</mark>' for kind, name in _LEGEND.items())
    articles = "\n".join("\n".join(_article(row)) for row in rows)
    return f"{_HEAD.format(title=title)}<p>{legend}</p>\n{articles}\n</body>\n</html>\n"


def _article(row: Mapping[str, Any]) -> Iterator[str]:
    yield "<article>"
    yield f"<h1>{_marked(row['title'], _marks(row, 'title'))}</h1>"
    yield "<ul>"
    for kind, rows in (("topic", "topics"), ("region", "regions"), ("organisation", "organisations")):
        for tag in row[rows]:
            role = escape(str(tag.get("role") or tag["kind"] or ""))
            words = "、".join(f"{escape(e['term'])} ×{e['count']}" for e in tag["evidence"])
            name = f'<mark class="{kind}">{escape(tag["name"])}</mark>'
            yield f'<li>{name} {role} <span class="words">{words}</span></li>'
    for policy in row["policies"]:
        about = " ".join(
            escape(part) for part in (policy["kind"], policy["issuer"], policy["number"]) if part
        )
        yield f'<li><mark class="policy">《{escape(policy["title"])}》</mark> {about}</li>'
    yield "</ul>"
    marked = _marked(row["text"], _marks(row, "text"))
    yield from (f"<p>{line}</p>" for line in marked.split("\n") if line)
    yield "</article>"


def _marks(row: Mapping[str, Any], where: str) -> list[Mark]:
    """The marks of a part; one that runs over a line's end is left out, since it would cross paragraphs."""
    text = row[where]
    spans = (s for s in row["spans"] if s["in"] == where and "\n" not in text[s["start"] : s["end"]])
    return without_overlaps(Mark(s["start"], s["end"], s["kind"], s["label"]) for s in spans)


def _marked(text: str, marks: Sequence[Mark]) -> str:
    shown, at = "", 0
    for mark in marks:
        word = escape(text[mark.start : mark.end])
        shown += escape(text[at : mark.start])
        shown += f'<mark class="{mark.kind}" title="{escape(mark.label)}">{word}</mark>'
        at = mark.end
    return shown + escape(text[at:])
