"""Several streams of results as one, each running a little ahead of whoever takes them."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

from watcher.dispatch import Result


async def merged(*streams: AsyncGenerator[Result, None], room: int) -> AsyncGenerator[Result, None]:
    """Yield what comes from any of them; when `room` results wait to be taken, the streams wait.

    What one of them raises is raised here. Close the iterator to close them all (`contextlib.aclosing`).
    """
    places = asyncio.Semaphore(room)
    waiting: asyncio.Queue[Result | asyncio.Task[None]] = asyncio.Queue()

    async def pump(stream: AsyncGenerator[Result, None]) -> None:
        async with aclosing(stream):
            async for result in stream:
                await places.acquire()
                waiting.put_nowait(result)

    pumps = [asyncio.create_task(pump(stream)) for stream in streams]
    for task in pumps:
        task.add_done_callback(waiting.put_nowait)
    try:
        running = len(pumps)
        while running:
            found = await waiting.get()
            if isinstance(found, asyncio.Task):
                found.result()
                running -= 1
            else:
                places.release()
                yield found
    finally:
        for task in pumps:
            task.cancel()
        await asyncio.gather(*pumps, return_exceptions=True)
