"""Hostile documents in worker processes: the guilty one is put aside, the others are read."""

import os
import signal
import time
from collections.abc import Sequence
from dataclasses import replace

import pytest

from tests.io.build import NOW, SHANGHAI
from watcher import sandbox
from watcher.model import ParseFailure, RawDocument, Source
from watcher.pipeline import Reading
from watcher.sandbox import Sandbox
from watcher.tag.rulebook import shipped

FOLDER = Source("posts", "folder", "posts", "/nowhere", SHANGHAI)


def post(name: str, text: str = "重庆企业上云。") -> RawDocument:
    return RawDocument("posts", name, f"---\ntitle: {name}\n---\n{text}\n".encode(), NOW)


async def test_documents_come_back_in_order() -> None:
    with Sandbox(shipped()) as box:
        readings = await box.read([post(f"{number}.md") for number in range(40)], FOLDER)
    assert [reading.name for reading in readings if isinstance(reading, Reading)] == [
        f"{number}.md" for number in range(40)
    ]
    (tagged,) = readings[0].items if isinstance(readings[0], Reading) else ()
    assert {region.region_code for region in tagged.tags.regions} >= {"500000"}


async def test_nothing_to_read_starts_nothing() -> None:
    with Sandbox(shipped()) as box:
        assert await box.read([], FOLDER) == []
        assert box._pool is None


def _hostile(raws: Sequence[RawDocument], source: Source) -> list[Reading | ParseFailure]:
    """Stands in the worker for a parser with a hole: some names kill, hang or eat memory."""
    for raw in raws:
        if raw.name == "kills.md":
            os.kill(os.getpid(), signal.SIGKILL)
        if raw.name == "hangs.md":
            time.sleep(60)
        if raw.name == "eats.md":
            bytearray(8 << 30)
    return _honest(raws, source)


_honest = sandbox._read_batch


@pytest.mark.parametrize(
    ("name", "reason"),
    [("kills.md", "broke the process"), ("hangs.md", "took longer"), ("eats.md", "memory")],
)
async def test_one_bad_document_spoils_no_other(
    name: str, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sandbox, "_read_batch", _hostile)
    monkeypatch.setattr(sandbox, "DEADLINE", 2.0)
    with Sandbox(shipped(), workers=1) as box:
        results = await box.read([post("a.md"), post(name), post("z.md")], FOLDER)
    assert [type(result) for result in results] == [Reading, ParseFailure, Reading]
    assert isinstance(results[1], ParseFailure)
    assert reason in results[1].message


async def test_a_source_may_name_its_topics_and_regions() -> None:
    about = replace(FOLDER, topics=("data",), regions=("湖北省",))
    with Sandbox(shipped(), workers=1) as box:
        (reading,) = await box.read([post("a.md", "今天天气很好，适合出门散步。")], about)
    assert isinstance(reading, Reading)
    tags = reading.items[0].tags
    assert [(topic.topic_id, topic.role) for topic in tags.topics] == [("data", "main")]
    assert [(region.region_code, region.role) for region in tags.regions][0] == ("420000", "primary")
