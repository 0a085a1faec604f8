"""A stopwatch for rooms: CPU time is charged to the innermost room we are in.

`watch_over` puts it around functions, coroutines too, wherever they have been imported; nothing of the
program is written for it.
"""

import functools
import importlib
import inspect
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from types import coroutine
from typing import Any

REST = "event loop and the rest"


class Stopwatch:
    """CPU seconds of this thread by room."""

    def __init__(self) -> None:
        self._seconds: dict[str, float] = defaultdict(float)
        self._rooms = [REST]
        self._since = time.thread_time()

    @contextmanager
    def within(self, room: str) -> Iterator[None]:
        """Charges what happens inside to this room, unless it enters another."""
        self._charge()
        self._rooms.append(room)
        try:
            yield
        finally:
            self._charge()
            self._rooms.pop()

    def take(self) -> dict[str, float]:
        """What was charged since the last time."""
        self._charge()
        taken, self._seconds = self._seconds, defaultdict(float)
        return taken

    def _charge(self) -> None:
        now = time.thread_time()
        self._seconds[self._rooms[-1]] += now - self._since
        self._since = now


def find(place: str) -> tuple[Any, str]:
    """What holds the function of a place, "module:function" or "module:Class.method", and its name there."""
    module, _, path = place.partition(":")
    *owners, name = path.split(".")
    return functools.reduce(getattr, owners, importlib.import_module(module)), name


def watch_over(stopwatch: Stopwatch, room: str, places: Iterable[str]) -> None:
    """Charge these functions to a room, under whatever name they have been imported."""
    for owner, name in map(find, places):
        function = getattr(owner, name)
        timed = _stepped if inspect.iscoroutinefunction(function) else _timed
        watched = timed(function, room, stopwatch)
        for known in (owner, *sys.modules.values()):
            for other, value in list(getattr(known, "__dict__", {}).items()):
                if value is function:
                    setattr(known, other, watched)


def _timed(function: Callable[..., Any], room: str, stopwatch: Stopwatch) -> Callable[..., Any]:
    @functools.wraps(function)
    def timed(*args: Any, **named: Any) -> Any:
        with stopwatch.within(room):
            return function(*args, **named)

    return timed


def _stepped(function: Callable[..., Any], room: str, stopwatch: Stopwatch) -> Callable[..., Any]:
    """The same for a coroutine: only its own steps are charged, not what runs while it waits."""

    @functools.wraps(function)
    @coroutine
    def timed(*args: Any, **named: Any) -> Generator[Any, Any, Any]:
        steps = function(*args, **named).__await__()
        step, sent = steps.send, None
        while True:
            try:
                with stopwatch.within(room):
                    waited_for = step(sent)
            except StopIteration as end:
                return end.value
            try:
                step, sent = steps.send, (yield waited_for)
            except BaseException as thrown:  # noqa: BLE001  (a cancellation, say: the coroutine's own business)
                step, sent = steps.throw, thrown

    return timed
