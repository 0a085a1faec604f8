"""How verbs empty the outbox: a line for what became of each parcel."""

import click

from watcher import app, press


def empty_outbox(house: app.House, verb: str) -> int:
    """Deliver what waits, telling what became of it; 1 if anything was refused, else 0."""
    failed = 0
    for sent in press.deliver(house, verb):
        parcel = sent.delivery.parcel
        where = f"{parcel.target}/{parcel.name}" if parcel.name else parcel.target
        if sent.error is None:
            click.echo(f"  sent   {where}")
        else:
            failed = 1
            click.echo(f"  {'failed' if sent.gave_up else 'later '} {where}: {sent.error}", err=True)
    return failed
