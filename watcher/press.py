"""Puts together what makes digests and sends them: the one place that knows every channel.

Apart from `app`, so that polling loads no template and no mail. A new channel is one new file and one
line in a table here.
"""

from collections.abc import Iterator, Sequence

from watcher import publish
from watcher.alert import put_out_alerts
from watcher.app import House
from watcher.config import Config
from watcher.deliver.email import Mailer
from watcher.deliver.file import write_file
from watcher.deliver.push import Pusher
from watcher.digest.templates import Templates
from watcher.errors import UsageError
from watcher.model import Digest, DigestSpec, Labels
from watcher.publish import Deliver, Desk, Sent
from watcher.store.lock import delivering


def spec_named(specs: Sequence[DigestSpec], name: str) -> DigestSpec:
    """The digest of that id. Raises UsageError when there is none."""
    for spec in specs:
        if spec.name == name:
            return spec
    listed = ", ".join(spec.name for spec in specs) or "none"
    raise UsageError(f'There is no digest "{name}" in digests.toml; there are: {listed}.')


def mailer(config: Config) -> Mailer | None:
    """The way to the mail server; None without one."""
    smtp = config.smtp
    if smtp is None:
        return None
    return Mailer(smtp.host, smtp.sender, smtp.tls, smtp.port, smtp.user, smtp.password)


def desk(house: House) -> Desk:
    """What publishing works with."""
    mail = mailer(house.config)
    channels: dict[str, Deliver] = {"file": write_file, "push": Pusher(house.config.secrets)}
    if mail is not None:
        channels["email"] = mail
    labels = Labels(
        topics=house.rules.topics,
        regions=house.rules.atlas.regions,
        sources={source.id: source.title for source in house.config.sources},
        metrics={metric.id: metric.label for metric in house.rules.book.metrics},
    )
    return Desk(
        db=house.db,
        labels=labels,
        channels=channels,
        sender=mail.sender if mail else "",
        contact=house.config.main.watcher.contact or None,
        templates=Templates(house.config.templates),
    )


def put_out_due(house: House) -> list[Digest]:
    """Freeze the digests whose time has come, and the alerts that have something to tell."""
    at = desk(house)
    made = publish.put_out_due(house.specs, at, house.clock())
    return [*made, *put_out_alerts(house.alerts, at, house.clock())]


def deliver(house: House, verb: str) -> Iterator[Sent]:
    """Empty the outbox, alone; what became of each parcel."""
    with delivering(house.config.database, verb):
        yield from publish.deliver(desk(house), house.clock)
