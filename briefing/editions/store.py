"""The editions of one brief on disk: each a numbered folder that appears whole or not at all, and is never written to again.

    <n>/            an edition: its documents, evidence.json, inputs.tar.gz, manifest.json
    checks.jsonl    one line a run, also of those that found nothing new
    record.jsonl    editions withdrawn
    slots.jsonl     where the slots of its schedule stand, beside those that runs have taken
    held.json       why the brief is held, while it is
    .lock           who is writing

An edition is built in a temporary folder beside the others, read back, and renamed. Whatever is stopped at whatever moment, the numbered
folders are whole; what it leaves is cleared by the next one that holds the lock. This is the only writer of editions.
"""

from __future__ import annotations

import os
import shutil
import socket
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from briefing.edition import Check, Held, Manifest, Mark, Withdrawal
from briefing.problems import BriefingError

MANIFEST, INPUTS, EVIDENCE = "manifest.json", "inputs.tar.gz", "evidence.json"
_LOCK, _HELD, _CHECKS, _RECORD, _SLOTS = ".lock", "held.json", "checks.jsonl", "record.jsonl", "slots.jsonl"
_NEW = ".new-"
_PAUSE = 0.05  # seconds between two looks at a lock that another holds
_T = TypeVar("_T")


class EditionError(BriefingError):
    """An edition that could not be made, read or trusted; the message says why, and that nothing was lost."""


class Store:
    """The editions of one brief: `folder` is theirs alone."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.brief = folder, folder.name

    def numbers(self) -> list[int]:
        """Return the numbers of all editions, lowest first."""
        try:
            names = [path.name for path in self.folder.iterdir() if path.is_dir()]
        except FileNotFoundError:
            return []
        return sorted(int(name) for name in names if name.isdecimal() and name.isascii() and name == str(int(name)))

    def path(self, number: int) -> Path:
        """Return the folder of an edition."""
        return self.folder / str(number)

    def raw(self, number: int) -> bytes:
        """Return the bytes of an edition's manifest. Raises EditionError where it has none."""
        try:
            return (self.path(number) / MANIFEST).read_bytes()
        except FileNotFoundError:
            known = ", ".join(map(str, self.numbers())) or "none"
            raise EditionError(f"{self.brief} has no edition {number}; there are: {known}") from None

    def manifest(self, number: int) -> Manifest:
        """Return the manifest of an edition. Raises EditionError where there is none, or it is damaged."""
        try:
            return msgspec.json.decode(self.raw(number), type=Manifest)
        except msgspec.DecodeError as error:
            raise EditionError(f"{self.path(number) / MANIFEST}: the manifest is damaged: {error}") from None

    def latest(self) -> Manifest | None:
        """Return the manifest of the highest edition, or None where there is none."""
        numbers = self.numbers()
        return self.manifest(numbers[-1]) if numbers else None

    def checks(self) -> list[Check]:
        """Return every run of `issue`, the oldest first."""
        return self._lines(_CHECKS, Check)

    def marks(self) -> list[Mark]:
        """Return where its slots were counted from and which were passed over, the oldest first."""
        return self._lines(_SLOTS, Mark)

    def withdrawals(self) -> dict[int, Withdrawal]:
        """Return the withdrawn editions by number."""
        return {each.edition: each for each in self._lines(_RECORD, Withdrawal)}

    def held(self) -> Held | None:
        """Return why the brief is held, or None."""
        try:
            return msgspec.json.decode((self.folder / _HELD).read_bytes(), type=Held)
        except FileNotFoundError:
            return None
        except msgspec.DecodeError as error:
            raise EditionError(f"{self.folder / _HELD}: the file is damaged: {error}") from None

    def _lines(self, name: str, kind: type[_T]) -> list[_T]:
        try:
            data = (self.folder / name).read_bytes()
        except FileNotFoundError:
            return []
        whole = data[: data.rfind(b"\n") + 1]  # a line that was being written when all stopped does not count
        try:
            return [msgspec.json.decode(line, type=kind) for line in whole.splitlines()]
        except msgspec.DecodeError as error:
            raise EditionError(f"{self.folder / name}: a line is damaged: {error}") from None

    @contextmanager
    def locked(self, wait: float = 60.0) -> Iterator[Writer]:
        """Give the one that may write, once nobody else does: two processes never make the same number.

        Raises EditionError after `wait` seconds, naming who holds the lock, and where the folder cannot be written to.
        """
        import fcntl

        path = self.folder / _LOCK
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        except OSError as error:
            raise EditionError(f"{self.brief}: {self.folder} cannot be written to: {error.strerror}; nothing was changed") from None
        try:
            until = time.monotonic() + wait
            while True:
                try:
                    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if time.monotonic() >= until:
                        owner = os.pread(handle, 200, 0).decode(errors="replace").strip() or "another process"
                        raise EditionError(f"{self.brief}: {owner} is writing editions; nothing was changed, try again") from None
                    time.sleep(_PAUSE)
            writer = Writer(self, handle)
            writer.begin()
            yield writer
        finally:
            os.close(handle)


class Writer:
    """Writes editions and records while it holds the lock, and only while it does."""

    def __init__(self, store: Store, handle: int) -> None:
        self.store, self._handle = store, handle

    def begin(self) -> None:
        """Note who holds the lock, and clear what others left half-made."""
        with self._told("write"):
            os.ftruncate(self._handle, 0)
            os.pwrite(self._handle, f"process {os.getpid()} on {socket.gethostname()}\n".encode(), 0)
            for path in self.store.folder.iterdir():
                if path.name.startswith(_NEW):
                    shutil.rmtree(path) if path.is_dir() else path.unlink()

    def add(self, number: int, files: Mapping[str, bytes]) -> Path:
        """Make an edition of `files` and return its folder. Raises EditionError, and leaves all as it was, where that fails."""
        target = self.store.path(number)
        with self._told(f"make edition {number}"):
            made = Path(tempfile.mkdtemp(dir=self.store.folder, prefix=_NEW))
            try:
                for name, data in files.items():
                    _write(made / name, data)
                for name, data in files.items():
                    if sha256((made / name).read_bytes()).digest() != sha256(data).digest():
                        raise EditionError(f"{made / name} was not written as it should be; edition {number} was not made")
                made.chmod(0o755)
                _sync(made)
                self._still_mine()
                if target.exists():
                    raise EditionError(f"{target} is there already; nothing was changed")
                made.rename(target)
            except BaseException:
                shutil.rmtree(made, ignore_errors=True)
                raise
            _sync(self.store.folder)
        return target

    def checked(self, check: Check) -> None:
        """Add a line to the runs."""
        self._append(_CHECKS, check)

    def mark(self, mark: Mark) -> None:
        """Add a line to where the slots stand."""
        self._append(_SLOTS, mark)

    def withdraw(self, withdrawal: Withdrawal) -> None:
        """Add a line to the record."""
        self._append(_RECORD, withdrawal)

    def hold(self, held: Held) -> None:
        """Keep why the brief is held."""
        with self._told("note why it is held"):
            self._still_mine()
            made = self.store.folder / f"{_NEW}{_HELD}"
            _write(made, msgspec.json.format(msgspec.json.encode(held), indent=1) + b"\n", mode=0o644)
            made.replace(self.store.folder / _HELD)
            _sync(self.store.folder)

    def free(self) -> None:
        """Forget why the brief was held."""
        with self._told("clear what was held"), suppress(FileNotFoundError):
            (self.store.folder / _HELD).unlink()

    def _append(self, name: str, line: Any) -> None:
        path = self.store.folder / name
        with self._told(f"write {name}"):
            self._still_mine()
            with path.open("ab+") as file:
                end = file.seek(0, os.SEEK_END)
                file.seek(0)
                whole = file.read().rfind(b"\n") + 1
                if whole != end:  # a line that was being written when all stopped
                    file.truncate(whole)
                try:
                    file.write(msgspec.json.encode(line) + b"\n")
                    file.flush()
                    os.fsync(file.fileno())
                except OSError:
                    with suppress(OSError):
                        file.truncate(whole)
                    raise

    def _still_mine(self) -> None:
        """Raise EditionError where the lock's file was taken away or replaced: somebody else may be writing by now."""
        try:
            there = (self.store.folder / _LOCK).stat()
        except FileNotFoundError:
            there = None
        mine = os.fstat(self._handle)
        if there is None or (there.st_dev, there.st_ino) != (mine.st_dev, mine.st_ino):
            raise EditionError(f"{self.store.brief}: the lock {self.store.folder / _LOCK} was lost; nothing was changed, try again")

    @contextmanager
    def _told(self, what: str) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            where = f" ({error.filename})" if error.filename else ""
            message = f"{self.store.brief}: could not {what}: {error.strerror}{where}; all earlier editions are as they were"
            raise EditionError(message) from None


def _write(path: Path, data: bytes, mode: int = 0o444) -> None:
    """Write a new file to the disk; an edition's files can be read and no more."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o644)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    path.chmod(mode)


def _sync(folder: Path) -> None:
    """Write to the disk which files a folder holds."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
