"""`watcher tag`: the tags as a list, as JSON, or as the text itself with its words marked."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from watcher.cli import common, output
from watcher.cli.figures import marked, summary
from watcher.cli.tag_page import page
from watcher.config.resolve import rules_of
from watcher.errors import StoreError, UsageError
from watcher.model import Figure, ParseFailure, RawDocument, Source, TaggedItem
from watcher.pipeline import read
from watcher.tag import Rules, Survey, passing_topics, spans_of, survey
from watcher.text.boilerplate import shipped
from watcher.text.marks import Mark, without_overlaps

_COLOURS = {"topic": "cyan", "region": "green", "organisation": "magenta", "policy": "yellow"}


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True))
@click.option("--json", "as_json", is_flag=True, help="One JSON array: tags, spans and text.")
@click.option(
    "--html",
    type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
    metavar="OUT",
    help="A page with the words marked: a new file, or - for stdout.",
)
@common.options
def command(file: Path, as_json: bool, html: Path | None, config_dir: Path | None) -> None:
    """Say what the rules would make of a document (or - for standard input), without storing it.

    On a terminal the text follows, its words in the colours of what they show. The spans of --json
    are [start, end) in characters of its title or text.
    A line `not` tells of a topic that is named too little.

    \b
    Examples:
      watcher tag seeds/post/002_64e0aa91c3b7f258.md
      echo 成渝地区建成标识解析二级节点 | watcher tag -
      watcher tag draft.md --html draft.html
    """
    if as_json and html:
        raise UsageError("--json and --html are two ways to print the same; choose one.")
    config = common.config_of(config_dir)
    rules = rules_of(config)
    name = "standard input.txt" if str(file) == "-" else file.name
    source = Source("tag", "folder", "tag", str(file.parent), config.timezone)
    raw = RawDocument("tag", name, common.bytes_of(file), common.utc_now())
    reading = read(raw, source, rules, shipped())
    if isinstance(reading, ParseFailure):
        raise UsageError(f"{name}: {reading.message}")
    rows = [_row(tagged, rules) for tagged in reading.items]
    if as_json:
        output.print_json(rows)
    elif html:
        _write(html, page(rows))
    else:
        for row in rows:
            _tell(row)
    for note in reading.notes:
        click.echo(f"note: {note}", err=True)


def policy_line(policy: Mapping[str, Any]) -> str:
    """A policy document in one line: title, kind, who issued it, number."""
    by = f"by {policy['issuer']}" if policy["issuer"] else None
    return "  ".join(
        part for part in (f"《{policy['title']}》", policy["kind"], by, policy["number"]) if part
    )


def _write(out: Path, text: str) -> None:
    if str(out) == "-":
        click.echo(text)
        return
    try:
        with out.open("x", encoding="utf-8") as stream:
            stream.write(text)
    except FileExistsError as error:
        raise StoreError(f"{out} exists already; name a new file.") from error
    except OSError as error:
        raise StoreError(f"{out} cannot be written: {error.strerror}.") from error
    click.echo(f"wrote {out}")


def _tell(row: Mapping[str, Any]) -> None:
    click.secho(row["title"], bold=True)
    for kind in ("topics", "regions", "organisations"):
        for tag in row[kind]:
            words = " · ".join(f"{e['term']} ×{e['count']} ({e['where']})" for e in tag["evidence"])
            click.echo(f"  {kind:<14}{tag['name']}  {tag.get('role') or tag.get('kind') or ''}  {words}")
    for topic in row["passing"]:
        words = " · ".join(f"{e['term']} ×{e['count']}" for e in topic["evidence"])
        click.echo(f"  {'not':<14}{topic['name']}  {topic['why']}: {words}")
    for policy in row["policies"]:
        click.echo(f"  {'policy':<14}{policy_line(policy)}")
    for figure in row["figures"]:
        click.echo(f"  {'figure':<14}{summary(figure)}")
        click.echo(f"  {'':<14}  {marked(figure['quote'], figure['marks'])}")
    if sys.stdout.isatty():
        click.echo("\n" + "".join(_coloured(row["text"], row["spans"])) + "\n")
        click.echo(" ".join(click.style(kind, fg=colour) for kind, colour in _COLOURS.items()))


def _coloured(text: str, spans: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    marks = (Mark(s["start"], s["end"], s["kind"], s["label"]) for s in spans if s["in"] == "text")
    at = 0
    for mark in without_overlaps(marks):
        yield text[at : mark.start]
        yield click.style(text[mark.start : mark.end], fg=_COLOURS[mark.kind])
        at = mark.end
    yield text[at:]


def _row(tagged: TaggedItem, rules: Rules) -> dict[str, Any]:
    def evidence(tag: Any) -> list[dict[str, Any]]:
        return [{"term": e.term, "where": e.where, "count": e.count} for e in tag.evidence]

    tags = tagged.tags
    seen = survey(tagged.item.title, tagged.item.text, rules)
    return {
        "title": tagged.item.title,
        "topics": [
            {"id": t.topic_id, "name": rules.topics[t.topic_id], "role": t.role, "score": t.score}
            | {"evidence": evidence(t)}
            for t in tags.topics
        ],
        "passing": [
            {"id": t.topic_id, "name": t.label, "points": t.points, "why": t.why, "evidence": evidence(t)}
            for t in passing_topics(seen, rules)
        ],
        "regions": [
            {"code": r.region_code, "name": rules.atlas.regions[r.region_code].name, "role": r.role}
            | {"score": r.score, "evidence": evidence(r)}
            for r in tags.regions
        ],
        "figures": [_figure(figure, rules) for figure in tagged.figures],
        "organisations": [
            {"name": o.name, "kind": o.kind, "region": o.region_code, "evidence": evidence(o)}
            for o in tags.organisations
        ],
        "policies": [asdict(document) for document in tags.documents],
        "spans": _spans(tagged, seen, rules),
        "text": tagged.item.text,
    }


def _spans(tagged: TaggedItem, seen: Survey, rules: Rules) -> list[dict[str, Any]]:
    """Marks with offsets in the title or in the text, whichever they stand in."""
    item = tagged.item
    begin = len(item.title) + 1  # where the text begins in what was looked through
    marks = spans_of(seen, tagged.tags, rules)
    return [
        {
            "in": "text" if mark.start >= begin else "title",
            "start": mark.start - begin * (mark.start >= begin),
            "end": mark.end - begin * (mark.start >= begin),
            "kind": mark.kind,
            "label": mark.label,
        }
        for mark in marks
    ]


def _figure(figure: Figure, rules: Rules) -> dict[str, Any]:
    """The same columns as a stored figure has."""
    labels = {metric.id: metric.label for metric in rules.book.metrics}
    region = rules.atlas.regions.get(figure.region_code or "")
    return {
        **asdict(figure),
        "period_start": figure.period_start and figure.period_start.isoformat(),
        "period_end": figure.period_end and figure.period_end.isoformat(),
        "label": labels.get(figure.metric or ""),
        "region": region.short_name if region else None,
        "quote": figure.quotes[0],
    }
