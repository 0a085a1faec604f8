"""The seam behind which fetching and reading happen: here, or on other machines.

The head alone knows what is due and owns the store. It gives jobs to a dispatcher and gets what each
brought, read and tagged; judging and saving are its own. `local` does the jobs in this process and the
worker processes beside it, `far` hands them to a Dask cluster in batches.
"""

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from watcher.model import Outcome, ParseFailure, PollMemory, RawDocument, Reading, Seen, Source

Readings = Sequence[Reading | ParseFailure]


@dataclass(frozen=True, slots=True)
class Job:
    """One source to be asked, and all that whoever asks it must know.

    `attempt` numbers the lease under which the job is given out: what comes back is taken once, and
    only while no later lease was given. `seen` are the fingerprints of the entries that its last answer held.
    """

    source: Source
    memory: PollMemory
    attempt: int = 0
    seen: Seen = frozenset()


@dataclass(frozen=True, slots=True)
class Done:
    """A source was asked, and what it brought was read: one reading for each document. Times in seconds."""

    job: Job
    host: str  # under which its requests were counted
    outcome: Outcome
    readings: Readings
    seconds: float


@dataclass(frozen=True, slots=True)
class PutOff:
    """A source was not asked: its host rests until then. It has not failed."""

    job: Job
    host: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Lapsed:
    """Whoever had the job never answered in time: it is due again soon, and a late answer is refused."""

    job: Job
    why: str  # one sentence


Result = Done | PutOff | Lapsed


class Read(Protocol):
    """Reads documents where they can do no harm; one result for each, in order."""

    async def __call__(
        self, raws: Sequence[RawDocument], source: Source, seen: Seen = frozenset()
    ) -> Readings: ...


class Dispatcher(Protocol):
    """Does jobs, each once, and yields each result as it comes; close the iterator to give up the rest.

    `resting` maps hosts to the end of the rest they asked for. At no time are more requests on their
    way to a host than the limits allow, whoever sends them.
    """

    def __call__(
        self, jobs: Sequence[Job], resting: Mapping[str, datetime]
    ) -> AsyncGenerator[Result, None]: ...
