"""`watcher story`."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from sqlite_utils import Database

from watcher.cli import common, output
from watcher.errors import UsageError
from watcher.store import stories
from watcher.store.open import open_for_reading, open_store, transaction


class _ShowByNumber(click.Group):
    """`watcher story 12` means `watcher story show 12`."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        return super().resolve_command(ctx, ["show", *args] if args[0].isdigit() else args)


@click.group(cls=_ShowByNumber)
def command() -> None:
    """Show a story with all its items, and correct it: items that tell the same thing in the same words.

    \b
    Examples:
      watcher story 7              the items of story 7 (number: see 'watcher why')
      watcher story split 12       item 12 is no part of it, now and for ever
      watcher story merge 12 31    items 12 and 31 tell one story
    """


@command.command("show")
@click.argument("story", type=int)
@click.option("--json", "as_json", is_flag=True, help="One JSON array with the story in it.")
@common.options
def show(story: int, as_json: bool, config_dir: Path | None) -> None:
    """Show the items of a story: who was first, who reprinted, how like each is.

    SAME is the share of the shorter text that the longer one holds, ALL the share both have in common.

    \b
    Examples:
      watcher story 7
      watcher story 7 --json
    """
    config = common.config_of(config_dir)
    found = stories.details(open_for_reading(config.database), story)
    if found is None:
        raise UsageError(f"There is no story {story}; 'watcher why ITEM' tells which story an item is in.")
    if as_json:
        output.print_json([found])
        return
    click.secho(f"story {found['id']}  {found['title']}", bold=True)
    counted = f"{output.plural(found['items'], 'item')}, {output.plural(found['outlets'], 'outlet')}"
    click.echo(f"{counted}, first seen {output.local(found['first_seen_at'], config.timezone)}\n")
    output.print_table(
        ["ITEM", "ROLE", "PUBLISHED", "OUTLET", "SAME", "ALL", "TITLE"],
        [_row(member, config.timezone) for member in found["members"]],
        flexible="TITLE",
    )


@command.command("split")
@click.argument("item", type=int)
@click.option("--json", "as_json", is_flag=True, help="One JSON array with the item and its story.")
@common.options
def split(item: int, as_json: bool, config_dir: Path | None) -> None:
    """Take an item out of its story. From then on only you can put it into one; undone by merge.

    \b
    Examples:
      watcher story split 12
    """

    def wish(db: Database) -> None:
        stories.split(db, item, common.utc_now())

    _correct(config_dir, (item,), wish, as_json)


@command.command("merge")
@click.argument("item", type=int)
@click.argument("other", type=int)
@click.option("--json", "as_json", is_flag=True, help="One JSON array with both items and their story.")
@common.options
def merge(item: int, other: int, as_json: bool, config_dir: Path | None) -> None:
    """Put two items, and the stories they are in, into one story. Undone by split.

    \b
    Examples:
      watcher story merge 12 31
    """
    if item == other:
        raise UsageError("An item cannot be merged with itself; name two items.")

    def wish(db: Database) -> None:
        stories.merge(db, item, other, common.utc_now())

    _correct(config_dir, (item, other), wish, as_json)


def _correct(
    config_dir: Path | None, items: tuple[int, ...], wish: Callable[[Database], None], as_json: bool
) -> None:
    config = common.config_of(config_dir)
    open_for_reading(config.database).close()  # refuses where there is none: a correction makes no database
    db = open_store(config.database)
    with transaction(db):
        missing = [item for item in items if stories.place(db, item) is None]
        if missing:
            raise UsageError(
                f"There is no item {missing[0]}; 'watcher search WORD' shows items with numbers."
            )
        wish(db)
        placed = [stories.place(db, item) for item in items]
    if as_json:
        output.print_json(placed)
        return
    for found in filter(None, placed):
        where = f"story {found['story_id']}" if found["story_id"] else "alone"
        click.echo(f"#{found['id']}  {where}  {found['title']}")


def _row(member: dict[str, Any], zone: Any) -> list[object]:
    shares = [member.get("containment"), member.get("jaccard")]
    return [
        f"#{member['id']}",
        member["role"],
        output.local(member["published_at"], zone),
        member["outlet"] or (member["sources"] or "").split(" ")[0],
        *("" if share is None else f"{share:.2f}" for share in shares),
        member["title"],
    ]
