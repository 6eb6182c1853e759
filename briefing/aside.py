"""Work done aside: in a process forked for it, on another core, while this one goes on. It is given bytes, and gives bytes or nothing."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Self


class Aside:
    """One piece of work at a time; what is still at it when the `with` ends is killed."""

    def __init__(self) -> None:
        self._process, self._from, self._to = 0, -1, -1

    def start(self, work: Callable[[Callable[[], bytes]], bytes]) -> None:
        """Begin the work where that can be done: on Linux with a second core, and not beside threads, whose locks a fork leaves shut.

        The work is handed a function that waits for what `give` is called with, b"" where that is never called.
        """
        if sys.platform != "linux" or len(os.sched_getaffinity(0)) < 2 or threading.active_count() > 1:
            return
        self._from, out = os.pipe()
        into, self._to = os.pipe()
        self._process = os.fork()
        if self._process:
            os.close(out)
            os.close(into)
            return
        try:  # what is made here ends with this process; what goes wrong here goes wrong again in the other, which then tells of it
            os.close(self._from)
            os.close(self._to)

            def given() -> bytes:
                with os.fdopen(into, "rb") as file:
                    return file.read()

            made = work(given)
            with os.fdopen(out, "wb") as file:
                file.write(made)
        except BaseException:  # noqa: BLE001
            os._exit(1)
        os._exit(0)

    def give(self, data: bytes) -> None:
        """Hand over, once, what the work waits for."""
        if self._to >= 0:
            handle, self._to = self._to, -1
            with suppress(BrokenPipeError), os.fdopen(handle, "wb") as file:
                file.write(data)

    def result(self) -> bytes | None:
        """Return what the work gave, once it is done; None where it was not begun or came to nothing."""
        if not self._process:
            return None
        self.give(b"")
        handle, self._from = self._from, -1
        with os.fdopen(handle, "rb") as file:
            found = file.read()
        return found if self._ended() == 0 else None

    def _ended(self) -> int:
        process, self._process = self._process, 0
        return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for handle in (self._from, self._to):
            if handle >= 0:
                os.close(handle)
        if self._process:
            os.kill(self._process, signal.SIGKILL)
            self._ended()
