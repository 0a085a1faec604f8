"""`watcher digest rest` and `watcher digest resend`: digests that went out already."""

import sys
from pathlib import Path

import click

from watcher import app, press, publish
from watcher.cli import common, output
from watcher.cli.outbox import empty_outbox
from watcher.digest.address import address
from watcher.errors import UsageError
from watcher.store import reissue
from watcher.store.open import open_for_reading, translated


@click.command()
@click.argument("name")
@click.option("--id", "digest_id", type=int, metavar="ID", help="An older digest; see watcher digest list.")
@click.option("--json", "as_json", is_flag=True, help="One JSON array.")
@common.options
def rest(name: str, digest_id: int | None, as_json: bool, config_dir: Path | None) -> None:
    """List what did not fit into the newest digest of that name: the "还有 N 条" at its end.

    NEXT says whether it comes with the next digest (carry_over in digests.toml).

    \b
    Examples:
      watcher digest rest daily
      watcher digest rest daily --id 12 --json
    """
    config = common.config_of(config_dir)
    with translated():
        rows = reissue.rest(open_for_reading(config.database), name, digest_id)
    if as_json:
        output.print_json(rows)
        return
    if not rows:
        click.echo(f"{name}: nothing was left out", err=True)
        return
    output.print_table(
        ["ITEM", "PUBLISHED", "NEXT", "OUTLET", "TITLE"],
        [
            [
                row["item_id"],
                output.local(row["published_at"], config.timezone),
                "yes" if row["waits"] else "",
                row["outlet"],
                row["title"],
            ]
            for row in rows
        ],
        flexible="TITLE",
    )


@click.command()
@click.argument("digest_id", type=int, metavar="ID")
@click.option("--to", "recipient", metavar="ADDRESS", help="Only to this mail address, on the list or not.")
@common.options
def resend(digest_id: int, recipient: str | None, config_dir: Path | None) -> None:
    """Send a past digest once more, as it was: to all, or to one mail address.

    A mail that was taken gets a new Message-ID, since mailboxes hide copies; one that was given up keeps
    its own. A file that is still there is left alone.

    \b
    Examples:
      watcher digest resend 12
      watcher digest resend 12 --to analyst@example.org
    """
    config = common.config_of(config_dir)
    if recipient is not None:
        try:
            address(recipient)
        except ValueError as error:
            raise UsageError(f"{error}.") from error
    with app.opened(config) as house:
        count = publish.resend(digest_id, recipient, press.desk(house), common.utc_now())
        click.echo(f"digest {digest_id}: {output.plural(count, 'parcel')} once more")
        sys.exit(empty_outbox(house, "digest resend"))
