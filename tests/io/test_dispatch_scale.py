"""`[scale]`, `watcher worker` and the head around a cluster: what users see, and what stays on the head."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from pathlib import Path

import pytest

from tests.io.build import SHANGHAI
from tests.io.cluster import cluster, free_port
from tests.io.web import Site, site
from watcher import app
from watcher.config import load
from watcher.config.scale import secrets_of_feeds, sends_in_the_clear
from watcher.dispatch import Job, Lapsed, Result
from watcher.dispatch.beside import kit_of
from watcher.dispatch.streams import merged
from watcher.errors import ConfigError, UsageError, WatcherError
from watcher.fetch.http import HttpSettings
from watcher.fetch.politeness import Limits
from watcher.model import PollMemory, Source
from watcher.service.checkup import examine
from watcher.tag import compile_rules
from watcher.tag.rulebook import shipped

DASK = '[scale]\ndispatcher = "dask"\n'
SECRET = {"WATCHER_SECRET__RSS_KEY": "hush", "WATCHER_SECRET__PUSH": "none of theirs"}


def written(home: Path, watcher: str, sources: str = "", digests: str = "") -> Path:
    home.mkdir(exist_ok=True)
    (home / "watcher.toml").write_text(watcher)
    (home / "sources.toml").write_text(sources)
    (home / "digests.toml").write_text(digests)
    return home


@pytest.mark.parametrize(
    ("scale", "wrong"),
    [
        (DASK, ["names no scheduler; write scheduler"]),
        (
            DASK + 'scheduler = "head:8786"\n',
            ['write "tls://host:8786", or tcp:// within a network you trust'],
        ),
        (
            DASK + 'scheduler = "tls://h:1"\nca = "none.pem"\n',
            [
                "none.pem cannot be read",
                "is missing; a tls:// scheduler needs ca, cert and key",
                "is missing",
            ],
        ),
        ('[scale]\ndispatcher = "spark"\n', ["is none of the values allowed; write 'local' or 'dask'"]),
        ('[scale]\nlease = "0s"\n', ["greater than or equal to"]),
    ],
)
def test_what_is_wrong_with_a_cluster(tmp_path: Path, scale: str, wrong: list[str]) -> None:
    with pytest.raises(ConfigError) as found:
        load(written(tmp_path / "c", scale), {})
    assert len(found.value.problems) == len(wrong)
    for problem, part in zip(found.value.problems, wrong, strict=True):
        assert part in str(problem)
        assert "watcher.toml: line" in str(problem)


def test_without_a_cluster_nothing_is_looked_for(tmp_path: Path) -> None:
    config = load(written(tmp_path / "c", '[scale]\nscheduler = "tls://h:1"\n'), {})
    assert config.cluster is None
    assert not sends_in_the_clear(config.cluster, {"rss-key": "hush"})


def test_certificates_stand_beside_the_config(tmp_path: Path) -> None:
    home = written(tmp_path / "c", DASK + 'scheduler = "tls://h:1"\nca = "ca"\ncert = "cert"\nkey = "key"\n')
    for name in ("ca", "cert", "key"):
        (home / name).touch()
    cluster = load(home, {}).cluster
    assert cluster is not None
    assert cluster.certificates is not None
    assert cluster.certificates.key == home / "key"
    assert not sends_in_the_clear(cluster, {"rss-key": "hush"})


@pytest.mark.parametrize(
    ("address", "told"),
    [("tcp://10.0.0.7:8786", True), ("tcp://head:8786", True), ("tcp://127.0.0.1:8786", False),
     ("tcp://localhost:8786", False), ("tcp://[::1]:8786", False)],
)  # fmt: skip
def test_secrets_in_the_clear_are_told(tmp_path: Path, address: str, told: bool) -> None:
    feed = '[[source]]\nid = "a"\nkind = "feed"\nurl = "https://e.org/{secret:rss-key}"\n'
    push = '[[digest]]\nid = "d"\ntitle = "d"\n[[digest.deliver]]\nchannel = "push"\nurl = "{secret:push}"\n'
    config = load(written(tmp_path / "c", f'{DASK}scheduler = "{address}"\n', feed, push), SECRET)
    travelling = secrets_of_feeds(config.sources, config.secrets)
    assert travelling == {"rss-key": "hush"}  # a push key is no business of the workers
    assert sends_in_the_clear(config.cluster, travelling) is told
    assert not sends_in_the_clear(config.cluster, {})
    found = [finding for finding in examine(config, app.clock()) if finding.check == "scale"]
    assert [finding.verdict for finding in found] == (["warn"] if told else [])
    said = runs("-c", str(tmp_path / "c"), "check", **SECRET)
    assert said.returncode == 0, said.stderr
    assert ("secrets of feeds go to the workers over tcp://" in said.stderr) is told


def test_a_kit_hides_its_secrets() -> None:
    kit = kit_of(compile_rules(shipped()), HttpSettings(), Limits(), {"rss-key": "hush"})
    assert "hush" not in repr(kit)


async def test_without_a_scheduler_sources_stay_due_and_nothing_counts(tmp_path: Path) -> None:
    home = written(
        tmp_path / "c",
        f'[watcher]\ndatabase = "w.db"\n{DASK}scheduler = "tcp://127.0.0.1:{free_port()}"\n',
        '[[source]]\nid = "a"\nkind = "feed"\nurl = "https://e.example/a"\n',
    )
    with app.opened(load(home, {})) as house:
        due = app.due_sources(house)
        with pytest.raises(WatcherError, match="No scheduler can be reached at tcp://127"):
            async for _ in app.poll_pass(house, due):
                pass
        assert app.due_sources(house) == due  # the next tick tries again
        assert house.db.execute("SELECT attempt, failures FROM sources").fetchall() == [(0, 0)]


async def test_what_needs_the_head_is_done_there_beside_the_workers(tmp_path: Path) -> None:
    with site() as web:
        _publish(web)
        async with cluster(workers=1) as address:
            home = written(
                tmp_path / "c",
                f'[watcher]\ndatabase = "w.db"\n[http]\nallow_private = ["{web.host}"]\n'
                f'{DASK}scheduler = "{address}"\n',
                '[[source]]\nid = "posts"\nkind = "folder"\npath = "posts"\n'
                f'[[source]]\nid = "whole"\nkind = "feed"\nurl = "{web.url("/short")}"\nfulltext = true\n'
                f'[[source]]\nid = "far"\nkind = "feed"\nurl = "http://{web.host.replace("127.0.0.1", "localhost")}/far"\n',
            )
            (home / "posts").mkdir()
            (home / "posts/a.md").write_text("---\ntitle: 重庆上云\n---\n重庆企业上云。\n")
            with app.opened(load(home, {})) as house:
                reports = [report async for report in app.poll_pass(house, app.due_sources(house))]
                whole = house.db.execute("SELECT text FROM items WHERE title LIKE '%标识%'").fetchone()[0]
    # `far` is refused by the guard of a worker: only 127.0.0.1 may be asked, by whatever name.
    assert {report.source_id: report.outcome for report in reports} == {
        "posts": "new",
        "whole": "new",
        "far": "failed",
    }
    assert "整篇文章" in whole


def _publish(web: Site) -> None:
    item = "<item><guid>1</guid><title>重庆标识解析</title><link>{}</link><description>摘要……</description></item>"
    web.shows(
        "/short", f"<rss version='2.0'><channel>{item.format(web.url('/page'))}</channel></rss>", "text/xml"
    )
    web.shows(
        "/page",
        f"<html><body><article><h1>重庆标识解析</h1>{'<p>这是整篇文章的一段话，说的是标识解析。</p>' * 20}</article></body></html>",
    )


def test_a_worker_says_what_it_lacks() -> None:
    assert "Missing option '--scheduler'" in runs("worker").stderr
    said = runs("worker", "--scheduler", "tls://127.0.0.1:1")
    assert (said.returncode, said.stderr.strip()) == (
        2,
        "watcher: A tls:// scheduler needs --ca, --cert and --key.",
    )


@pytest.mark.parametrize("words", [["worker", "--scheduler", "tcp://127.0.0.1:1"], ["-c", "HERE", "poll"]])
def test_without_dask_it_says_what_to_install(tmp_path: Path, words: list[str]) -> None:
    home = written(
        tmp_path / "c",
        f'[watcher]\ndatabase = "w.db"\n{DASK}scheduler = "tcp://127.0.0.1:1"\n',
        '[[source]]\nid = "a"\nkind = "feed"\nurl = "https://e.example/a"\n',
    )
    program = "import sys; sys.modules['distributed'] = None; from watcher.cli import main; main()"
    said = subprocess.run(
        [sys.executable, "-c", program, *(str(home) if word == "HERE" else word for word in words)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert said.returncode == UsageError.exit_code
    assert "needs Dask: pip install 'watcher[scale]'." in said.stderr


def runs(*words: str, **env: str) -> subprocess.CompletedProcess[str]:
    clean = {key: value for key, value in os.environ.items() if not key.startswith("WATCHER_")}
    command = [sys.executable, "-m", "watcher", *words]
    return subprocess.run(command, env=clean | env, capture_output=True, text=True, check=False)


def lapsed(name: str) -> Result:
    return Lapsed(Job(Source(name, "feed", name, "https://e.org", SHANGHAI), PollMemory(), 1), "")


async def stream(
    names: Sequence[str], made: list[str], *, ends: BaseException | None = None
) -> AsyncGenerator[Result, None]:
    try:
        for name in names:
            made.append(name)
            yield lapsed(name)
            await asyncio.sleep(0)
        if ends:
            raise ends
    finally:
        made.append("closed")


async def test_streams_come_as_one_and_wait_for_whoever_takes_them() -> None:
    made: list[str] = []
    async with aclosing(merged(stream("abc", made), stream("xyz", made), room=1)) as results:
        first = await anext(results)
        await asyncio.sleep(0.01)
        assert len(made) <= 4  # one taken, one waits, and each stream has one in hand
        found = [first.job.source.id] + [result.job.source.id async for result in results]
    assert sorted(found) == list("abcxyz")
    assert made.count("closed") == 2


async def test_a_stream_that_fails_closes_the_others() -> None:
    made: list[str] = []
    with pytest.raises(ZeroDivisionError):
        async with aclosing(
            merged(stream("a" * 99, made), stream("x", made, ends=ZeroDivisionError()), room=1)
        ) as results:
            async for _ in results:
                pass
    assert made.count("closed") == 2


async def test_closing_closes_all() -> None:
    made: list[str] = []
    async with aclosing(merged(stream("a" * 99, made), stream("x" * 99, made), room=2)) as results:
        await anext(results)
    assert made.count("closed") == 2
