"""A mail server that drops connections, refuses, says "later" and goes away for a while; its log has every mail that it has taken.

    python unkind_server.py LOG AWAY_AFTER AWAY_SECONDS SLOW_SECONDS

It prints its port. What it does to a mail depends on its reader's number alone, so that each kind of trouble is there in every run:
readers are `reader17@example.org`. A line of the log is "taken", or what trouble it made, and the Message-ID or the address.
"""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
from email.parser import BytesHeaderParser
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session


class Unkind:
    """Takes mail, and makes trouble with some of it; with most of that only the first time."""

    def __init__(self, log: Path, away_after: int, away_seconds: float, slow: float) -> None:
        self.log = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        self.away_after, self.away_seconds, self.slow = away_after, away_seconds, slow
        self.seen: dict[str, int] = {}
        self.taken = 0
        self.open: set[SMTP] = set()
        self.leave = asyncio.Event()

    def note(self, what: str, name: str) -> None:
        os.write(self.log, f"{what} {name}\n".encode())

    def first(self, what: str, name: str) -> bool:
        self.seen[f"{what} {name}"] = self.seen.get(f"{what} {name}", 0) + 1
        return self.seen[f"{what} {name}"] == 1

    async def handle_MAIL(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:  # noqa: N802  as aiosmtpd calls it
        self.open.add(server)
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:  # noqa: N802  as aiosmtpd calls it
        found = re.search(r"(\d+)@", address)
        number = int(found[1]) if found else 0
        envelope.number = number  # type: ignore[attr-defined]
        match number % 40:
            case 1:
                return "550 5.1.1 no such reader"
            case 2 | 3 if self.first("450", address):
                return "450 4.2.1 greylisted"
            case 4 if self.first("421", address):
                return "421 4.3.2 closing down"
            case 5 if self.first("drop", address):
                self.drop(server)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802  as aiosmtpd calls it
        content = envelope.content
        assert isinstance(content, bytes)
        identity = str(BytesHeaderParser().parsebytes(content)["Message-ID"])
        number = int(envelope.number)  # type: ignore[attr-defined]
        match number % 40:
            case 6 if self.first("451", identity):
                return "451 4.3.0 try again"
            case 7 if self.first("lost", identity):
                self.note("dropped-untaken", identity)
                self.drop(server)
                return "250 never said"
            case 8:
                self.note("dropped-taken", identity)
                self.note("taken", identity)
                self.drop(server)
                return "250 never said"
        await asyncio.sleep(self.slow)  # so that a client that is killed is often killed while it waits
        self.note("taken", identity)
        await asyncio.sleep(self.slow)
        self.taken += 1
        if self.taken == self.away_after:
            self.leave.set()
        return "250 2.0.0 taken"

    def drop(self, server: SMTP) -> None:
        """Cut a connection without a word."""
        if isinstance(server.transport, asyncio.Transport):
            server.transport.abort()


async def serve(log: Path, away_after: int, away_seconds: float, slow: float) -> None:
    unkind = Unkind(log, away_after, away_seconds, slow)
    loop = asyncio.get_running_loop()
    done = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, done.set)

    def made() -> Any:
        return SMTP(unkind, loop=loop)

    listening = await loop.create_server(made, "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    print(port, flush=True)

    async def away() -> None:
        await unkind.leave.wait()
        listening.close()
        for each in unkind.open:
            if each.transport is not None and not each.transport.is_closing():
                unkind.note("dropped-open", "")  # a mail of it may be on its way
            unkind.drop(each)
        unkind.note("away", str(away_seconds))
        await asyncio.sleep(away_seconds)
        await loop.create_server(made, "127.0.0.1", port)
        unkind.note("back", str(port))

    task = asyncio.create_task(away())
    await done.wait()
    task.cancel()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), float(sys.argv[4])))
