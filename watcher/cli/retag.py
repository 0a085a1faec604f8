"""`watcher retag`."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from watcher import app, rework
from watcher.cli import common, output
from watcher.retag import PORTION, Turn
from watcher.tag import Rules

_WORDS = 3  # shown beside a rule


@click.command()
@click.option("--all", "every", is_flag=True, help="Those already tagged under these rules as well.")
@click.option("--dry-run", is_flag=True, help="Only say what would change.")
@click.option("--json", "as_json", is_flag=True, help="One JSON array, an item and a rule each.")
@common.options
def command(every: bool, dry_run: bool, as_json: bool, config_dir: Path | None) -> None:
    """Apply changed rules to stored items, and say what each rule gained and lost.

    Works beside a running service. No item becomes new by it, and a digest does not carry again
    what it has carried; an item that only now fits a digest goes into the next one.

    \b
    Examples:
      watcher retag --dry-run
      watcher retag
      watcher retag --all --json
    """
    config = common.config_of(config_dir)
    with app.reading(config) if dry_run else app.opened(config) as house:
        rules = house.rules
        ids = rework.items_to_retag(house, every=every)
        turns: list[Turn] = []
        done = 0
        with output.progress("tagging", -(-len(ids) // PORTION)) as step:
            for portion in rework.retag_pass(house, ids, dry_run=dry_run):
                turns += portion.turns
                done += portion.items
                step(f"{done:,} items")
    if as_json:
        output.print_json([_row(turn, rules) for turn in turns])
        return
    if turns:
        rows = sorted(_sums(turns, rules), key=lambda row: (row[0] != "topic", -row[2] - row[3], row[1]))
        output.print_table(["KIND", "RULE", "GAINED", "LOST", "ROLE", "WORDS"], rows, flexible="WORDS")
    touched = len({turn.item_id for turn in turns})
    tagged, changed = ("would be tagged", "would change") if dry_run else ("tagged", "changed")
    told = f"{output.plural(done, 'item')} {tagged} under rules {rules.hash}"
    click.echo(f"{told}: {output.plural(touched, 'item')} {changed}")


def _sums(turns: Iterable[Turn], rules: Rules) -> Iterator[tuple[str, str, int, int, int, str]]:
    """One row a rule: how many items gained it, lost it, have it in another role, and its commonest words."""
    by_rule: dict[tuple[str, str], list[Turn]] = {}
    for turn in turns:
        by_rule.setdefault((turn.kind, turn.name), []).append(turn)
    for (kind, name), of_rule in by_rule.items():
        gained = sum(turn.before is None for turn in of_rule)
        lost = sum(turn.after is None for turn in of_rule)
        words = Counter(word for turn in of_rule for word in turn.words)
        shown = " ".join(f"{word} ×{count}" for word, count in words.most_common(_WORDS))
        yield kind, _label(kind, name, rules), gained, lost, len(of_rule) - gained - lost, shown


def _row(turn: Turn, rules: Rules) -> Mapping[str, Any]:
    return {
        "item_id": turn.item_id,
        "kind": turn.kind,
        "id": turn.name,
        "label": _label(turn.kind, turn.name, rules),
        "before": turn.before,
        "after": turn.after,
        "words": list(turn.words),
    }


def _label(kind: str, name: str, rules: Rules) -> str:
    if kind == "topic":
        return rules.topics.get(name, name)
    region = rules.atlas.regions.get(name)
    return region.name if region else name
