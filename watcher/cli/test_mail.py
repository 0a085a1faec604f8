"""`watcher test-mail`."""

from pathlib import Path

import click

from watcher import press
from watcher.cli import common
from watcher.digest.mail import trial
from watcher.errors import UsageError
from watcher.model import Parcel


@click.command()
@click.argument("recipient", metavar="ADDRESS")
@common.options
def command(recipient: str, config_dir: Path | None) -> None:
    """Send a short mail at once, to prove the [smtp] settings; what is wrong is said in plain words.

    Needs no database and stores nothing. Settings for 163, QQ, Gmail and others: docs/mail.md.

    \b
    Examples:
      watcher test-mail analyst@example.org
    """
    config = common.config_of(config_dir)
    mailer = press.mailer(config)
    if mailer is None:
        raise UsageError("There is no mail server: set host, user and from in [smtp] of watcher.toml.")
    try:
        message = trial(recipient, mailer.sender, common.utc_now())
    except ValueError as error:
        raise UsageError(f"{error}.") from error
    mailer(Parcel("email", message.recipient, message.body, message_id=message.message_id))
    click.echo(f"{mailer.where} took a mail for {message.recipient}; look whether it arrived, and where.")
