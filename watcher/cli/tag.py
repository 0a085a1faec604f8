"""`watcher tag`."""

from pathlib import Path
from typing import Any

import click

from watcher.cli import common, output
from watcher.config.resolve import rules_of
from watcher.errors import UsageError
from watcher.model import ParseFailure, RawDocument, Source
from watcher.pipeline import read
from watcher.text.boilerplate import shipped


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True))
@click.option("--json", "as_json", is_flag=True, help="One JSON array with the tags in it.")
@common.options
def command(file: Path, as_json: bool, config_dir: Path | None) -> None:
    """Say what the rules would make of a document (or - for standard input), without storing it.

    \b
    Examples:
      watcher tag seeds/post/002_64e0aa91c3b7f258.md
      echo 成渝地区建成标识解析二级节点 | watcher tag -
    """
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
        return
    for row in rows:
        click.secho(row["title"], bold=True)
        for kind in ("topics", "regions", "organisations"):
            for tag in row[kind]:
                words = " · ".join(f"{e['term']} ×{e['count']} ({e['where']})" for e in tag["evidence"])
                click.echo(f"  {kind:<14}{tag['name']}  {tag.get('role') or tag.get('kind') or ''}  {words}")
    for note in reading.notes:
        click.echo(f"note: {note}", err=True)


def _row(tagged: Any, rules: Any) -> dict[str, Any]:
    def evidence(tag: Any) -> list[dict[str, Any]]:
        return [{"term": e.term, "where": e.where, "count": e.count} for e in tag.evidence]

    tags = tagged.tags
    return {
        "title": tagged.item.title,
        "topics": [
            {"id": t.topic_id, "name": rules.topics[t.topic_id], "role": t.role, "score": t.score}
            | {"evidence": evidence(t)}
            for t in tags.topics
        ],
        "regions": [
            {"code": r.region_code, "name": rules.atlas.regions[r.region_code].name, "role": r.role}
            | {"score": r.score, "evidence": evidence(r)}
            for r in tags.regions
        ],
        "organisations": [
            {"name": o.name, "kind": o.kind, "region": o.region_code, "evidence": evidence(o)}
            for o in tags.organisations
        ],
    }
