"""Plans which jobs go out together: batches in which a host's jobs are never in two places at once.

Pure: no clock, no network. Each worker keeps the limits within its batch; the plan keeps them between
batches, since a host whose jobs are out gets no other batch until the first is back.
"""

import heapq
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import compress

from watcher.config.scale import BATCH
from watcher.dispatch import Job
from watcher.fetch.address import read_address
from watcher.fetch.politeness import Limits, lane_of


@dataclass(frozen=True, slots=True)
class Batch:
    """Jobs for one worker. `hosts` are its alone while it is out."""

    jobs: tuple[Job, ...]
    hosts: frozenset[str]
    longest: float  # seconds until all is fetched, should every request run into its timeout


class Plan:
    """Jobs that wait, in a queue a host; the host whose first job has waited longest comes first.

    `jobs` come longest waiting first. `timeout` is what one address may take, in seconds; `size` is how many
    jobs make a batch.
    """

    def __init__(self, jobs: Sequence[Job], limits: Limits, timeout: float, size: int = BATCH) -> None:
        self._limits = limits
        self._timeout = timeout
        self._size = size
        # So many of a host that the others' requests fill all places meanwhile: a batch is then short.
        self._share = max(1, size * limits.per_host // limits.concurrency)
        self._lanes: dict[str, deque[_Placed]] = {}
        self._busy: set[str] = set()
        self.waiting = len(jobs)
        for number, job in enumerate(jobs):
            placed = _Placed(number, job, *hosts_of(job, limits))
            self._lanes.setdefault(placed.host, deque()).append(placed)
        self._free = [(lane[0].number, host) for host, lane in self._lanes.items()]
        heapq.heapify(self._free)

    def take(self) -> Batch | None:
        """The next batch; None while every host that has jobs left is out."""
        taken: list[_Placed] = []
        hosts: set[str] = set()
        lanes: list[str] = []
        barred: list[str] = []
        while self._free and len(taken) < self._size:
            host = heapq.heappop(self._free)[1]
            if host in self._busy:
                continue  # as the mirror of a job that is out: it comes back with that batch
            moved = self._move(host, min(self._share, self._size - len(taken)), taken, hosts)
            (lanes if moved else barred).append(host)
        for host in lanes:  # too few hosts to fill the batch: more of each
            self._move(host, self._size - len(taken), taken, hosts)
        for host in barred:
            self._queue(host)
        if not taken:
            return None
        self.waiting -= len(taken)
        self._busy |= hosts
        return Batch(tuple(placed.job for placed in taken), frozenset(hosts), self._longest(taken))

    def give_back(self, batch: Batch) -> None:
        """Note that a batch is over: its hosts may be asked by another."""
        self._busy -= batch.hosts
        for host in batch.hosts & self._lanes.keys():
            self._queue(host)

    def drain(self, host: str, *, mirrored: bool = True) -> list[Job]:
        """Take all that still waits for a host; without `mirrored`, what has a mirror to go to stays."""
        lane = self._lanes.get(host, deque())
        drained = [placed.job for placed in lane if mirrored or not placed.job.source.mirrors]
        self._lanes[host] = deque(placed for placed in lane if placed.job.source.mirrors and not mirrored)
        self.waiting -= len(drained)
        return drained

    def drain_all(self) -> list[Job]:
        """Take all that still waits."""
        return [job for host in list(self._lanes) for job in self.drain(host)]

    def _move(self, host: str, most: int, taken: list["_Placed"], hosts: set[str]) -> int:
        """Move up to so many jobs of a host into a batch, as long as all hosts they may ask are free."""
        lane = self._lanes[host]
        moved = 0
        while lane and moved < most and not self._busy.intersection(lane[0].hosts):
            taken.append(lane.popleft())
            hosts.update(taken[-1].hosts)
            moved += 1
        return moved

    def _queue(self, host: str) -> None:
        lane = self._lanes[host]
        if lane:
            heapq.heappush(self._free, (lane[0].number, host))

    def _longest(self, taken: Sequence["_Placed"]) -> float:
        limits = self._limits
        lanes: dict[str, float] = {}
        for placed in taken:
            tries = 1 + len(placed.job.source.mirrors)
            seconds = tries * (self._timeout / limits.per_host + limits.per_host_delay)
            lanes[placed.host] = lanes.get(placed.host, 0.0) + seconds
        side_by_side = limits.concurrency / limits.per_host
        return self._timeout + max(*lanes.values(), sum(lanes.values()) / side_by_side)


@dataclass(frozen=True, slots=True)
class _Placed:
    number: int  # in the order of waiting
    job: Job
    host: str
    hosts: frozenset[str]


def hosts_of(job: Job, limits: Limits) -> tuple[str, frozenset[str]]:
    """The host of a job, and all that it may ask, its mirrors' too; where redirects lead nobody knows yet."""
    host = lane_of(job.source, job.memory, limits)
    hosts = {host}
    for mirror in job.source.mirrors:
        with suppress(ValueError):  # the fetcher will say so
            hosts.add(limits.lane(read_address(mirror)))
    return host, frozenset(hosts)


def apart(jobs: Sequence[Job], limits: Limits) -> tuple[list[Job], list[Job]]:
    """(the head's own jobs, jobs for anybody): folders, and all of a host with a full-text source.

    Folders and the pages of full text need the head's files and its database; and what shares a host
    with them must share the gate that counts its requests.
    """
    own = [job for job in jobs if _is_own(job)]
    others = [job for job in jobs if not _is_own(job)]
    found = [job for job in own if job.source.kind == "feed"]
    while found:  # a mirror may tie one more host to these
        hosts = {host for job in found for host in hosts_of(job, limits)[1]}
        tied = [bool(hosts & hosts_of(job, limits)[1]) for job in others]
        found = list(compress(others, tied))
        others = [job for job, is_tied in zip(others, tied, strict=True) if not is_tied]
        own += found
    return own, others


def _is_own(job: Job) -> bool:
    return job.source.kind == "folder" or job.source.fulltext
