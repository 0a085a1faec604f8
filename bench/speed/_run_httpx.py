"""The floor: httpx asks each feed with the ETag it knows, sixteen at a time, and does nothing else."""

import asyncio
import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

import httpx

AT_ONCE = 16


async def ask_all(urls: Iterable[str], known: Mapping[str, str]) -> dict[str, str]:
    tags: dict[str, str] = {}
    waiting = iter(urls)

    async def ask(client: httpx.AsyncClient) -> None:
        for url in waiting:
            tag = known.get(url)
            answer = await client.get(url, headers={"If-None-Match": tag} if tag else {})
            tags[url] = answer.headers["etag"]

    async with httpx.AsyncClient() as client:
        await asyncio.gather(*(ask(client) for _ in range(AT_ONCE)))
    return tags


def main(urls: Path, marks: Path) -> None:
    known: dict[str, str] = json.loads(marks.read_text()) if marks.exists() else {}
    tags = asyncio.run(ask_all(urls.read_text().split(), known))
    if not known:
        marks.write_text(json.dumps(tags))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
