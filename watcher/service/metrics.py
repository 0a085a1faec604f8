"""Figures for Prometheus: what is stored, what waits, how late we are, and what this process has done.

`gather` reads the database, `Tally` counts since the start; `exposition` writes the text format 0.0.4.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlite_utils import Database

from watcher import __version__
from watcher.model import PollReport
from watcher.publish import Sent
from watcher.store import care, reports
from watcher.store.open import snapshot, translated

STATES = ("new", "ok", "quiet", "failing", "gone", "paused")


@dataclass(frozen=True, slots=True)
class Sample:
    """One figure: its name without our prefix, what it means, its labels."""

    name: str
    help: str
    value: float
    labels: tuple[tuple[str, str], ...] = ()
    kind: str = "gauge"


@dataclass(slots=True)
class Tally:
    """What this process has done since it started."""

    polls: Counter[str] = field(default_factory=Counter)  # by outcome
    deliveries: Counter[str] = field(default_factory=Counter)  # by what became of them
    new_items: int = 0
    reloads: int = 0
    errors: int = 0  # passes that the database refused

    def polled(self, report: PollReport) -> None:
        """Count one poll."""
        self.polls[report.outcome] += 1
        self.new_items += report.new_items

    def delivered(self, sent: Sent) -> None:
        """Count one attempt at a delivery."""
        self.deliveries["sent" if sent.error is None else "gave_up" if sent.gave_up else "later"] += 1

    def samples(self) -> Iterator[Sample]:
        """The counters as they stand."""
        for outcome, count in sorted(self.polls.items()):
            yield Sample("polls_total", "Polls by outcome.", count, (("outcome", outcome),), "counter")
        for state, count in sorted(self.deliveries.items()):
            yield Sample(
                "deliveries_total", "Attempts to deliver a parcel.", count, (("result", state),), "counter"
            )
        yield Sample("new_items_total", "Articles that were new.", self.new_items, kind="counter")
        yield Sample("reloads_total", "Configs taken over by SIGHUP.", self.reloads, kind="counter")
        yield Sample("pass_errors_total", "Passes the database refused.", self.errors, kind="counter")


def gather(db: Database, database: Path, now: datetime) -> Iterator[Sample]:
    """What the database says at this moment."""
    with snapshot(db):
        states = Counter(reports.source_states(db).values())
        counts = reports.counts(db, database)
        with translated():
            due, last_poll = db.execute(
                "SELECT min(next_poll_at), max(last_polled_at) FROM sources WHERE state != 'paused'"
            ).fetchone()
            last_digest = db.execute("SELECT max(made_at) FROM digests").fetchone()[0]
            troubles = db.execute("SELECT count(*) FROM notices WHERE over_at IS NULL").fetchone()[0]
    yield Sample("info", "The version that runs.", 1, (("version", __version__),))
    for state in STATES:
        yield Sample("sources", "Sources by state.", states[state], (("state", state),))
    lateness = max(0.0, now.timestamp() - _seconds(due)) if due else 0.0
    yield Sample("poll_lateness_seconds", "How long the most overdue source has been due.", lateness)
    yield Sample("last_poll_timestamp_seconds", "When a source was last polled.", _seconds(last_poll))
    yield Sample("last_digest_timestamp_seconds", "When a digest was last made.", _seconds(last_digest))
    yield Sample("items", "Articles stored.", counts["items"])
    yield Sample("sightings", "Sightings stored.", counts["sightings"])
    yield Sample("undelivered_parcels", "Parcels in the outbox.", counts["undelivered"])
    yield Sample("given_up_parcels", "Parcels that could not be delivered.", counts["given_up"])
    yield Sample("database_bytes", "The database with its write-ahead log.", counts["bytes"])
    yield Sample("wal_bytes", "The write-ahead log.", care.wal_bytes(database))
    yield Sample("disk_free_bytes", "What is free beside the database.", care.free_bytes(database.parent))
    yield Sample("troubles", "Notices to the operator that stand.", troubles)


def exposition(samples: Iterable[Sample]) -> str:
    """The samples as Prometheus reads them; those of one name stand together."""
    lines: list[str] = []
    told: set[str] = set()
    for sample in samples:
        name = f"watcher_{sample.name}"
        if name not in told:
            told.add(name)
            lines += [f"# HELP {name} {sample.help}", f"# TYPE {name} {sample.kind}"]
        labels = ",".join(f'{key}="{value}"' for key, value in sample.labels)
        lines.append(f"{name}{{{labels}}} {sample.value:g}" if labels else f"{name} {sample.value:.15g}")
    return "\n".join(lines) + "\n"


def write_file(path: Path, text: str) -> None:
    """Replace the file as a whole: node_exporter's textfile collector may read at any moment."""
    with translated(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f".{path.name}.part")
        part.write_text(text, encoding="utf-8")
        part.replace(path)


def _seconds(moment: str | None) -> float:
    return datetime.fromisoformat(moment).timestamp() if moment else 0.0
