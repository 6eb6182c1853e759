"""Work done in processes of its own: one that dies takes its piece of work with it, and nothing else.

Processes are begun anew ("spawn"), not copied: they inherit no lock, no thread and no open file, on every system.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from multiprocessing import connection, get_context
from multiprocessing.connection import Connection
from typing import Any, Generic, TypeVar

import msgspec

_In = TypeVar("_In")
_Out = TypeVar("_Out")


class Died(msgspec.Struct, frozen=True):
    """What is left of a process that ended before it was done."""

    code: int | None

    def __str__(self) -> str:
        if self.code is not None and self.code < 0:
            with suppress(ValueError):
                return f"its process was ended by {signal.Signals(-self.code).name}"
        return f"its process ended with code {self.code}"


class _Worker(Generic[_In, _Out]):
    """A process and the two ends of what is said to it."""

    def __init__(self, work: Callable[[_In], _Out]) -> None:
        context = get_context("spawn")
        self.connection, theirs = context.Pipe()
        self.process = context.Process(target=_serve, args=(theirs, work), name="briefing worker", daemon=True)
        self.process.start()
        theirs.close()  # so that the end of the process is the end of the line
        self.doing: _In | None = None

    def give(self, piece: _In) -> None:
        self.doing = piece
        with suppress(BrokenPipeError):  # told as its end when it is waited for
            self.connection.send(piece)

    def answer(self) -> _Out | Died:
        try:
            found: _Out = self.connection.recv()
        except (EOFError, ConnectionResetError):
            self.process.join()
            return Died(self.process.exitcode)
        return found

    def end(self) -> None:
        self.connection.close()
        self.process.join(timeout=10)
        if self.process.is_alive():
            self.process.kill()
            self.process.join()
        self.process.close()


def each_apart(
    pieces: Sequence[_In],
    work: Callable[[_In], _Out],
    jobs: int,
    *,
    ready: Callable[[_In], _In] = lambda piece: piece,
    stop: Callable[[], bool] = lambda: False,
) -> Iterator[tuple[_In, _Out | Died]]:
    """Yield what `work` made of each piece, as it is done, by at most `jobs` processes at once.

    `work` is a function of a module, and pieces and results can be pickled. `ready` is called on a piece just before it is handed out.
    Once `stop` says so no more is handed out; what is in hand is waited for.
    """
    waiting = list(reversed(pieces))
    workers: dict[Connection[Any, Any], _Worker[_In, _Out]] = {}
    try:
        while waiting or workers:
            while waiting and len(workers) < max(jobs, 1) and not stop():
                made = _Worker(work)
                made.give(ready(waiting.pop()))
                workers[made.connection] = made
            if not workers:
                return
            for line in connection.wait(list(workers)):
                worker = workers.pop(line)  # type: ignore[call-overload]
                done, found = worker.doing, worker.answer()
                if not isinstance(found, Died) and waiting and not stop():
                    worker.give(ready(waiting.pop()))
                    workers[worker.connection] = worker
                else:
                    worker.end()
                yield done, found
    finally:
        for worker in workers.values():
            worker.end()


def _serve(line: Connection[Any, Any], work: Callable[[Any], Any]) -> None:
    """Do what comes down the line until nobody is at its other end. Who began this process ends it: not a key, and not the system."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    with suppress(EOFError, BrokenPipeError, ConnectionResetError):
        while True:
            line.send(work(line.recv()))
