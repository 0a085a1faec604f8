"""Hostile documents in worker processes: the guilty one is put aside, the others are read."""

import asyncio
import pickle
import sys
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest

from tests.io.build import NOW, SHANGHAI
from watcher import sandbox
from watcher.model import ParseFailure, RawDocument, Source
from watcher.pipeline import Reading
from watcher.sandbox import Sandbox
from watcher.sandboxed import work
from watcher.tag.rulebook import shipped

FOLDER = Source("posts", "folder", "posts", "/nowhere", SHANGHAI)


def post(name: str, text: str = "重庆企业上云。") -> RawDocument:
    return RawDocument("posts", name, f"---\ntitle: {name}\n---\n{text}\n".encode(), NOW)


async def test_documents_come_back_in_order() -> None:
    async with Sandbox(shipped()) as box:
        readings = await box.read([post(f"{number}.md") for number in range(40)], FOLDER)
    assert [reading.name for reading in readings if isinstance(reading, Reading)] == [
        f"{number}.md" for number in range(40)
    ]
    (tagged,) = readings[0].items if isinstance(readings[0], Reading) else ()
    assert {region.region_code for region in tagged.tags.regions} >= {"500000"}


@pytest.mark.parametrize("sent", [0, 1, 1000])
def test_a_worker_whose_parent_died_in_the_middle_of_a_message_ends(sent: int) -> None:
    answers = BytesIO()
    work(BytesIO(pickle.dumps(shipped())[:sent]), answers)
    assert answers.getvalue() == b""


async def test_nothing_to_read_starts_nothing() -> None:
    async with Sandbox(shipped()) as box:
        assert await box.read([], FOLDER) == []
        assert box._idle == []


HOSTILE = """
import os, signal, sys, time
from watcher import sandboxed

honest = sandboxed.read

def hostile(raw, source, rules, boilerplate, seen):
    match raw.name:
        case "kills.md":
            os.kill(os.getpid(), signal.SIGKILL)
        case "hangs.md":
            time.sleep(60)
        case "eats.md":
            bytearray(8 << 30)
        case "trips.md":
            raise ValueError("some parser")
        case "prints.md":
            print("a library says something")
            os.write(1, b"and so does one in C")
    return honest(raw, source, rules, boilerplate, seen)

sandboxed.read = hostile
channel = os.fdopen(os.dup(1), "wb")
os.dup2(2, 1)
sandboxed.work(sys.stdin.buffer, channel)
"""


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("kills.md", "broke the process"),
        ("hangs.md", "took longer"),
        ("eats.md", "memory"),
        ("trips.md", "ValueError: some parser"),
        ("prints.md", None),
    ],
)
async def test_one_bad_document_spoils_no_other(
    name: str, reason: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A worker whose parser has a hole for each of these names stands in the place of the real one.
    python = tmp_path / "python"
    (tmp_path / "hostile.py").write_text(HOSTILE)
    python.write_text(f"#!/bin/sh\nexec {sys.executable} {tmp_path}/hostile.py\n")
    python.chmod(0o755)
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    monkeypatch.setattr(sys, "executable", str(python))
    monkeypatch.setattr(sandbox, "DEADLINE", 2.0)
    async with Sandbox(shipped(), workers=1) as box:
        results = await box.read([post("a.md"), post(name), post("z.md")], FOLDER)
    assert isinstance(results[0], Reading)
    assert isinstance(results[2], Reading)
    if reason is None:
        assert isinstance(results[1], Reading)
    else:
        assert isinstance(results[1], ParseFailure)
        assert reason in results[1].message


async def test_a_cancelled_read_leaves_no_process_behind() -> None:
    async with Sandbox(shipped(), workers=1) as box:
        reading = asyncio.create_task(box.read([post("a.md", "重庆" * 2_000_000)], FOLDER))
        await asyncio.sleep(1.0)
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
        assert box._idle == []


async def test_a_source_may_name_its_topics_and_regions() -> None:
    about = replace(FOLDER, topics=("data",), regions=("湖北省",))
    async with Sandbox(shipped(), workers=1) as box:
        (reading,) = await box.read([post("a.md", "今天天气很好，适合出门散步。")], about)
    assert isinstance(reading, Reading)
    tags = reading.items[0].tags
    assert [(topic.topic_id, topic.role) for topic in tags.topics] == [("data", "main")]
    assert next((region.region_code, region.role) for region in tags.regions) == ("420000", "primary")
