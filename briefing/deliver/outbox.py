"""The channel that needs no set-up: mails as files in a Maildir, for any mail program, or whatever takes them from there.

    tmp/    being written
    new/    whole, not seen by a mail program yet
    cur/    seen; ":2," and flags follow the name

As https://cr.yp.to/proto/maildir.html has it, with names made from the Message-ID in place of time and chance: a mail that is sent again
replaces itself, and whether one is there can be told. It cannot once somebody has moved it out of the Maildir.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from briefing.deliver.headers import Unsendable
from briefing.deliver.mail import Composer, Mail, message_id
from briefing.delivery import ChannelName, Outcome, Parcel, Settings

NOBODY = "briefing@outbox.invalid"  # the sender where none is named; RFC 2606 section 2 keeps the domain from ever being one


class Outbox:
    """A Maildir that is written to. A mail that counts as sent survives a power cut: file and folder are flushed for each or, where it is not
    `durable`, when `flush` is called, and no mail is in new/ before.
    """

    name: ChannelName = "outbox"
    settles = True

    def __init__(self, folder: Path, settings: Settings, *, durable: bool = True) -> None:
        self.folder, self.settings, self.durable = folder, with_sender(settings), durable
        self._composer = Composer(self.settings)
        self._made = False
        self._loose: list[str] = []  # names of mails that are not flushed yet

    def send(self, parcel: Parcel) -> Outcome:
        try:
            mail = self._composer.compose(parcel)
        except Unsendable as error:
            return Outcome("refused", str(error))
        return self.carry(mail)

    def carry(self, mail: Mail) -> Outcome:
        """Put a mail into the Maildir; later where the disk is full or may not be written to."""
        name = file_name(mail.id)
        try:
            self._make()
            self._write(name, mail.data)
        except OSError as error:
            return Outcome("later", f"{error.filename or self.folder}: {error.strerror or error}", away=True)
        return Outcome("sent", f"new/{name}", sha256(mail.data).hexdigest())

    def arrived(self, parcel: Parcel) -> bool:
        name = file_name(message_id(parcel, self.settings))
        if (self.folder / "new" / name).exists():
            return True
        try:
            # A mail program may have moved it since; it only ever goes this way. Some write the size after a comma, and where a file system has
            # no colon, ; or ! in its place
            with os.scandir(self.folder / "cur") as entries:
                return any(
                    entry.name == name or entry.name.startswith((f"{name}:", f"{name},", f"{name};", f"{name}!"))
                    for entry in entries
                )
        except FileNotFoundError:
            return False

    def flush(self) -> str:
        """Bring to the disk, and then into new/, what was written since the last time; return why that cannot be, "" where it is done.

        Many mails at once are several times as fast as one by one.
        """
        names, self._loose = self._loose, []
        if not names:
            return ""
        try:
            if not _flushed(self.folder):
                for name in names:
                    _flush(self.folder / "tmp" / name)
            for name in names:
                (self.folder / "tmp" / name).replace(self.folder / "new" / name)
            _flush(self.folder / "new")
        except OSError as error:
            return f"{error.filename or self.folder}: {error.strerror or error}"
        return ""

    def close(self) -> None:
        self.flush()
        self._made = False

    def _make(self) -> None:
        if not self._made:
            for each in (self.folder, *(self.folder / name for name in ("tmp", "new", "cur"))):
                each.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._made = True

    def _write(self, name: str, data: bytes) -> None:
        """Write to tmp, flush, rename into new. Whenever it is stopped, new/ holds whole mails only; what is left in tmp is written over."""
        path = self.folder / "tmp" / name
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o600)
        with os.fdopen(handle, "wb", buffering=0) as file:
            left = memoryview(data)
            while left:
                left = left[file.write(left) :]
            if self.durable:
                os.fsync(file.fileno())
        if not self.durable:
            self._loose.append(name)
            return
        path.replace(self.folder / "new" / name)
        if os.name == "posix":
            _flush(self.folder / "new")


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _flushed(folder: Path) -> bool:
    """Flush the file system that a folder is on, where the system can: syncfs of Linux, which waits for all of it."""
    if sys.platform != "linux":
        return False
    handle = os.open(folder, os.O_RDONLY)
    try:
        return _syncfs()(handle) == 0
    except (OSError, AttributeError):
        return False
    finally:
        os.close(handle)


@lru_cache
def _syncfs() -> Callable[[int], int]:
    import ctypes

    return ctypes.CDLL(None, use_errno=True).syncfs


def file_name(identity: str) -> str:
    """Return the name of a mail's file: the part of its Message-ID before "@", which has no character that Maildir gives a meaning."""
    return f"{identity.partition('@')[0]}.eml"


def with_sender(settings: Settings) -> Settings:
    """Return the settings with a sender, so that an outbox works before anybody has named one."""
    import msgspec

    return settings if settings.sender else msgspec.structs.replace(settings, sender=NOBODY)
