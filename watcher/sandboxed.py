"""A worker of the sandbox: reads documents that may be anything, in a process of its own.

Run as a program, it takes pickled messages on its standard input, first the rules, then batches of
documents, and answers each with its results, pickled as well, and before them eight bytes that say how
long they are.
"""

import gc
import os
import pickle
import resource
import sys
from typing import Any, BinaryIO

if __name__ == "__main__":
    gc.disable()  # until the rules are learnt: to look for rubbish in what stays is a tenth of the start

from watcher.model import Batch, ParseFailure, RuleBook
from watcher.pipeline import Reading, read
from watcher.tag import Rules, compile_rules
from watcher.text.boilerplate import Boilerplate, shipped

MEMORY = 1 << 30  # bytes of address space; Python and the rules take a fifth of it


def work(questions: BinaryIO, answers: BinaryIO) -> None:
    """What a worker does until its input ends: learn the rules, then read batch after batch."""
    book = _receive(questions)
    if not isinstance(book, RuleBook):
        return
    rules, boilerplate = compile_rules(book), shipped()
    _ = rules.lexicon, rules.patterns  # now, and not within the first document's time
    gc.freeze()
    gc.enable()
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    _send(answers, "ready")
    while (question := _receive(questions)) is not None:
        _send(answers, _read_batch(question, rules, boilerplate))


def _read_batch(batch: Batch, rules: Rules, boilerplate: Boilerplate) -> list[Reading | ParseFailure] | str:
    raws, source, seen = batch
    try:
        return [read(raw, source, rules, boilerplate, seen) for raw in raws]
    except MemoryError:
        return f"needs more than {MEMORY >> 20} MB of memory to read and was put aside"
    except Exception as bug:  # noqa: BLE001  (the one guard: whatever a parser trips over, the rest goes on)
        return f"could not be read ({type(bug).__name__}: {str(bug)[:200]}) and was put aside"


def _receive(stream: BinaryIO) -> Any:
    try:
        return pickle.load(stream)  # noqa: S301  (from the parent)
    except (EOFError, pickle.UnpicklingError):
        return None  # the parent is done, or gone in the middle of a message


def _send(stream: BinaryIO, answer: object) -> None:
    message = pickle.dumps(answer)
    stream.write(len(message).to_bytes(8, "big") + message)
    stream.flush()


if __name__ == "__main__":
    # What some library prints must not get between the answers.
    channel = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    work(sys.stdin.buffer, channel)
