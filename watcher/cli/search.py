"""`watcher search`."""

import re
import sys
from pathlib import Path

import click

from watcher.cli import common, output
from watcher.config.resolve import known_region, known_topic, rules_of
from watcher.store.open import open_for_reading
from watcher.store.search import Within, find
from watcher.text.marks import CLOSE, OPEN

_FOUND = re.compile(f"{OPEN}(.*?){CLOSE}")


@click.command()
@click.argument("query", nargs=-1, required=True)
@click.option("--topic", metavar="ID", help="Only items with this topic.")
@click.option("--region", metavar="NAME", help="Only items that name this region or a place in it.")
@click.option("--source", metavar="ID", help="Only items seen in this source.")
@click.option("--since", metavar="TIME", help="Published at or after: 2026-11-01, 7d, yesterday.")
@click.option("--until", metavar="TIME", help="Published before the end of: 2026-11-20.")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 1000))
@click.option("--json", "as_json", is_flag=True, help="One JSON array.")
@common.options
def command(  # noqa: PLR0913, PLR0917  (one parameter an option)
    query: tuple[str, ...],
    topic: str | None,
    region: str | None,
    source: str | None,
    since: str | None,
    until: str | None,
    limit: int,
    as_json: bool,
    config_dir: Path | None,
) -> None:
    """Find items that hold every word of the query, best first; right for 重庆, 上云 and 5G.

    "…" keeps words together; OR takes either of its neighbours; -word must not be there (put -- before
    a query that has one). What was found stands between « and ».

    \b
    Examples:
      watcher search 重庆 标识解析
      watcher search '"5G 专网" -招聘' --region 湖北省 --since 30d
      watcher search 重庆 OR 成都 上云 --since 2026-03-01
      watcher search 上云 --topic cloudification --json
    """
    config = common.config_of(config_dir)
    rules = rules_of(config) if topic or region else None
    within = Within(
        topic=known_topic(rules, topic) if rules else None,
        regions=known_region(rules, region) if rules else None,
        source=source,
        since=common.moment(since, config.timezone),
        until=common.moment(until, config.timezone, end=True),
    )
    hits = find(open_for_reading(config.database), " ".join(query), within, limit)
    if as_json:
        output.print_json(hits)
        return
    for hit in hits:
        about = " · ".join(part for part in (hit.outlet, hit.regions, hit.topics) if part)
        click.secho(f"#{hit.id}  {hit.title}", bold=True)
        click.echo(f"  {output.local(hit.published_at, config.timezone)} · {about}")
        click.echo(f"  {_FOUND.sub(_bold, hit.snippet)}\n")
    found = (
        "nothing found" if not hits else f"the best {limit}" if len(hits) == limit else f"{len(hits)} found"
    )
    click.echo(found, err=True)


def _bold(found: re.Match[str]) -> str:
    return click.style(found[1], bold=True, fg="yellow") if sys.stdout.isatty() else found[0]
