"""Work done aside: in a process forked for it, on another core, while this one goes on. It gives bytes, or nothing at all."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self


class Aside:
    """One piece of work at a time; what is still at it when the `with` ends is killed."""

    def __init__(self) -> None:
        self._process, self._pipe = 0, -1

    def start(self, work: Callable[[], bytes]) -> None:
        """Begin the work where that can be done: on Linux with a second core, and not beside threads, whose locks a fork leaves shut."""
        if sys.platform != "linux" or len(os.sched_getaffinity(0)) < 2 or threading.active_count() > 1:
            return
        self._pipe, out = os.pipe()
        self._process = os.fork()
        if self._process:
            os.close(out)
            return
        try:  # what is made here ends with this process; what goes wrong here goes wrong again in the other, which then tells of it
            with os.fdopen(out, "wb") as file:
                file.write(work())
        except BaseException:  # noqa: BLE001
            os._exit(1)
        os._exit(0)

    def result(self) -> bytes | None:
        """Return what the work gave, once it is done; None where it was not begun or came to nothing."""
        if not self._process:
            return None
        with os.fdopen(self._pipe, "rb") as file:
            found = file.read()
        self._pipe = -1
        return found if self._ended() == 0 else None

    def _ended(self) -> int:
        process, self._process = self._process, 0
        return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._pipe >= 0:
            os.close(self._pipe)
        if self._process:
            os.kill(self._process, signal.SIGKILL)
            self._ended()
