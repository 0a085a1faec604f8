"""The plan: every job goes out once, and no host is ever in two batches that are out together."""

import random
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from tests.io.build import SHANGHAI
from watcher.dispatch import Job
from watcher.dispatch.batches import Batch, Plan, apart, hosts_of
from watcher.fetch.politeness import Limits
from watcher.model import PollMemory, Source

LIMITS = Limits(concurrency=16, per_host=2, per_host_delay=1.0)


def job(name: str, host: str, *mirrors: str, fulltext: bool = False, moved_to: str | None = None) -> Job:
    urls = tuple(f"https://{mirror}.example/feed" for mirror in mirrors)
    source = Source(
        name, "feed", name, f"https://{host}.example/{name}", SHANGHAI, mirrors=urls, fulltext=fulltext
    )
    return Job(source, PollMemory(url=moved_to), 1)


def many(count: int, host: str) -> list[Job]:
    return [job(f"{host}-{n}", host) for n in range(count)]


def folder(name: str) -> Job:
    return Job(Source(name, "folder", name, "/srv/seeds", SHANGHAI, timedelta(hours=1)), PollMemory(), 1)


def ids(batch: Batch | None) -> list[str]:
    assert batch is not None
    return [job.source.id for job in batch.jobs]


def test_small_hosts_share_a_batch() -> None:
    plan = Plan([job(str(n), f"h{n}") for n in range(120)], LIMITS, 30.0, 50)
    sizes = []
    while batch := plan.take():
        sizes.append(len(batch.jobs))
    assert sizes == [50, 50, 20]
    assert plan.waiting == 0


def test_who_waits_longest_goes_first() -> None:
    plan = Plan([*many(1, "b"), *many(2, "a"), *many(1, "c")], LIMITS, 30.0, size=2)
    assert ids(plan.take()) == ["b-0", "a-0"]
    assert ids(plan.take()) == ["c-0"]  # a is out


def test_a_large_host_comes_in_consecutive_batches() -> None:
    plan = Plan(many(120, "rsshub"), LIMITS, 30.0, 50)
    first = plan.take()
    assert len(ids(first)) == 50
    assert plan.take() is None  # the only host is out
    assert first is not None
    plan.give_back(first)
    second = plan.take()
    assert ids(second) == [f"rsshub-{n}" for n in range(50, 100)]


def test_a_batch_holds_a_share_of_each_host_so_that_it_is_short() -> None:
    # Eight hosts fill sixteen places at two each: six of each, not fifty of the first.
    plan = Plan([job(f"{n % 40}-{n}", f"h{n % 40}") for n in range(2000)], LIMITS, 30.0, 50)
    batch = plan.take()
    assert batch is not None
    assert len(batch.hosts) == 9
    assert len(batch.jobs) == 50


def test_a_mirror_is_a_host_like_any_other() -> None:
    plan = Plan(
        [job("one", "a", "shared"), job("two", "b", "shared"), job("three", "shared")], LIMITS, 9.0, 1
    )
    first = plan.take()
    assert first is not None
    assert first.hosts == {"a.example", "shared.example"}
    assert plan.take() is None
    plan.give_back(first)
    assert ids(plan.take()) == ["two"]
    assert plan.take() is None


def test_a_host_that_moved_is_the_one_it_moved_to() -> None:
    assert hosts_of(job("one", "old", moved_to="https://new.example/feed"), LIMITS)[0] == "new.example"


def test_the_longest_a_batch_may_take() -> None:
    (alone,) = [Plan(many(1, "a"), LIMITS, 30.0, 50).take()]
    assert alone is not None
    assert alone.longest == 30 + 30 / 2 + 1  # one timeout, and its host's line
    ten = Plan(many(10, "a"), LIMITS, 30.0, 50).take()
    assert ten is not None
    assert ten.longest == 30 + 10 * (30 / 2 + 1)
    wide = Plan([job(str(n), f"h{n}") for n in range(48)], LIMITS, 30.0, 50).take()
    assert wide is not None
    assert wide.longest == 30 + 48 * (30 / 2 + 1) / 8  # eight hosts side by side
    mirrored = Plan([job("one", "a", "b")], LIMITS, 30.0, 50).take()
    assert mirrored is not None
    assert mirrored.longest == 30 + 2 * (30 / 2 + 1)


def test_drained_jobs_do_not_go_out() -> None:
    plan = Plan([*many(3, "a"), job("mirrored", "a", "c"), *many(2, "b")], LIMITS, 30.0, size=1)
    first = plan.take()
    assert first is not None
    assert [j.source.id for j in plan.drain("a.example", mirrored=False)] == ["a-1", "a-2"]
    plan.give_back(first)
    assert plan.waiting == 3
    assert [j.source.id for j in plan.drain("a.example")] == ["mirrored"]
    assert plan.drain("nobody.example") == []
    assert ids(plan.take()) == ["b-0"]
    assert [j.source.id for j in plan.drain_all()] == ["b-1"]
    assert plan.take() is None
    assert plan.waiting == 0


def test_an_address_that_cannot_be_read_is_a_host_of_its_own() -> None:
    bad = Job(Source("bad", "feed", "bad", "file:///x", SHANGHAI, mirrors=("file:///y",)), PollMemory(), 1)
    assert hosts_of(bad, LIMITS) == ("bad", frozenset({"bad"}))


def test_what_needs_the_head_stays_there() -> None:
    jobs = [
        folder("seeds"),
        job("whole", "news", fulltext=True),
        job("same host", "news"),
        job("mirrored there", "b", "news"),
        job("tied to that", "b"),
        job("free", "c"),
    ]
    own, others = apart(jobs, LIMITS)
    assert [job.source.id for job in own] == ["seeds", "whole", "same host", "mirrored there", "tied to that"]
    assert [job.source.id for job in others] == ["free"]


def test_without_full_text_only_folders_stay() -> None:
    own, others = apart([folder("seeds"), *many(2, "a")], LIMITS)
    assert (len(own), len(others)) == (1, 2)


hosts = st.integers(0, 8).map(lambda n: f"h{n}")


@given(
    st.lists(st.tuples(hosts, st.lists(hosts, max_size=2)), max_size=60),
    st.integers(1, 7),
    st.integers(1, 4),
    st.randoms(use_true_random=False),
)
def test_each_job_once_and_no_host_twice_at_a_time(
    wanted: list[tuple[str, list[str]]], size: int, places: int, chance: random.Random
) -> None:
    jobs = [job(str(n), host, *mirrors) for n, (host, mirrors) in enumerate(wanted)]
    plan = Plan(jobs, LIMITS, 30.0, size)
    out: list[Batch] = []
    done: list[str] = []
    while plan.waiting or out:
        while len(out) < places and (batch := plan.take()):
            assert 0 < len(batch.jobs) <= size
            assert not any(batch.hosts & other.hosts for other in out)
            assert all(hosts_of(one, LIMITS)[1] <= batch.hosts for one in batch.jobs)
            out.append(batch)
        assert out, "jobs wait, nothing is out, and nothing can go out"
        back = out.pop(chance.randrange(len(out)))
        done += ids(back)
        plan.give_back(back)
    assert sorted(done, key=int) == [str(n) for n in range(len(jobs))]
