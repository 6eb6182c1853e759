"""What is remembered between runs and is no document: one SQLite file beside the editions, in which each owner has its own tables.

Several processes of one machine may have it open at once; each write is on the disk when it returns. Where the folder is on another
machine's disk, the write-ahead log cannot be used ("All processes using a database must be on the same host computer", SQLite, Write-Ahead
Logging); the file then keeps a rollback journal, which needs only the locks of the file system.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from briefing.problems import BriefingError

STATE = "state.sqlite"
_FORMAT = 1  # of the file as a whole: PRAGMA user_version
_APPLICATION = 0x62726965  # "brie": PRAGMA application_id tells our file from others
_VERSIONS = "CREATE TABLE IF NOT EXISTS owners (owner TEXT PRIMARY KEY, version INTEGER NOT NULL) WITHOUT ROWID"
_REMOTE = {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "glusterfs", "lustre", "virtiofs", "vboxsf", "prl_fs"}


class StateError(BriefingError):
    """The file of states cannot be opened, read or written; the message says why."""


class State(sqlite3.Connection):
    """The open file, without transactions of its own: a statement alone is one, `writing` makes one of several. Close it."""

    path = Path()

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        """Return the cursor of one statement. Raises StateError where the file does not allow it."""
        with _told(self.path):
            return super().execute(sql, parameters)

    def executemany(self, sql: str, parameters: Any, /) -> sqlite3.Cursor:
        """Run one statement for each set of values. Raises StateError where the file does not allow it."""
        with _told(self.path):
            return super().executemany(sql, parameters)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the one place of the writer for as long as this lasts; all is kept, or nothing where anything is raised."""
        self.execute("BEGIN IMMEDIATE")
        try:
            yield
            self.execute("COMMIT")
        except BaseException:
            with suppress(StateError):
                self.execute("ROLLBACK")
            raise


def state_of(root: Path) -> Path:
    """Return where a dossier's file of states is, or would be."""
    return root / "briefs" / "editions" / STATE


def open_state(root: Path, owner: str, tables: str | Sequence[str], *, wait: float = 30.0) -> State:
    """Return the dossier's file of states, made where it is missing, with the owner's tables in it.

    `tables` are the statements that make them; where they have changed since, one text for each version, of which those that are missing
    are run. `wait` is for how many seconds to wait for others that write. Raises StateError where it is locked for longer, cannot be
    written to, is damaged, or was written by a later version of the program.
    """
    path = state_of(root)
    steps = [tables] if isinstance(tables, str) else list(tables)
    with _told(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        state = sqlite3.connect(path, timeout=wait, isolation_level=None, factory=State)
    state.path = path
    try:
        _prepare(state, owner, steps)
    except BaseException:
        state.close()
        raise
    return state


def _prepare(state: State, owner: str, steps: Sequence[str]) -> None:
    journal = "delete" if is_remote(state.path) else "wal"
    if state.execute("PRAGMA journal_mode").fetchone()[0] != journal:
        state.execute(f"PRAGMA journal_mode = {journal}")
    state.execute("PRAGMA synchronous = FULL")
    state.execute("PRAGMA foreign_keys = ON")
    found = state.execute("PRAGMA user_version").fetchone()[0]
    if found not in (0, _FORMAT):
        raise StateError(f"{state.path} was written by a later version of this program; nothing was changed")
    if found == _FORMAT and _version(state, owner) == len(steps):  # nothing to do, and nothing to wait for
        return
    with state.writing():
        if state.execute("PRAGMA user_version").fetchone()[0] == 0:
            state.execute(f"PRAGMA application_id = {_APPLICATION}")
            state.execute(f"PRAGMA user_version = {_FORMAT}")
        state.execute(_VERSIONS)
        version = _version(state, owner)
        if version > len(steps):
            raise StateError(
                f"{state.path}: the tables of {owner} were written by a later version of this program; nothing was changed"
            )
        for step in steps[version:]:
            for statement in _statements(step):
                state.execute(statement)
        state.execute("INSERT OR REPLACE INTO owners VALUES (?, ?)", (owner, len(steps)))


def _version(state: State, owner: str) -> int:
    row = state.execute("SELECT version FROM owners WHERE owner = ?", (owner,)).fetchone()
    return int(row[0]) if row else 0


def _statements(script: str) -> Iterator[str]:
    """Yield the statements of a script: `executescript` would commit what is under way."""
    statement = ""
    for part in script.split(";"):
        statement += part + ";"
        if sqlite3.complete_statement(statement):
            if statement.strip(" \n;"):
                yield statement
            statement = ""


def is_remote(path: Path, mounts: Path = Path("/proc/self/mounts")) -> bool:
    """Return whether a file is on another machine's disk, as far as this system tells."""
    try:
        lines = mounts.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return False
    place = os.path.realpath(path)
    kinds = {}
    for line in lines:
        _, where, kind, *_ = line.split(" ")
        kinds[where.replace("\\040", " ")] = kind  # proc(5): a blank is written \040
    holding = [where for where in kinds if place == where or place.startswith(where.rstrip("/") + "/")]
    kind = kinds[max(holding, key=len)] if holding else ""
    return kind in _REMOTE or (kind.startswith("fuse.") and kind.removeprefix("fuse.") in {*_REMOTE, "sshfs", "s3fs", "rclone"})


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Word what SQLite raises; what a caller did wrong goes through."""
    try:
        yield
    except OSError as error:
        raise StateError(f"{path}: {error.strerror}; nothing was changed") from None
    except sqlite3.OperationalError as error:
        if why := _why(str(error)):
            raise StateError(f"{path}: {why}; nothing was changed") from None
        raise
    except sqlite3.DatabaseError as error:
        if "not a database" in str(error) or "malformed" in str(error):
            message = f"{path} is damaged: {error}; put a copy of it back, or move it away to begin a new one"
            raise StateError(message) from None
        raise


def _why(said: str) -> str:
    if "locked" in said or "busy" in said:
        return "another process has been writing to it for too long"
    if "readonly" in said:
        return "it may not be written to"
    if "full" in said:
        return "there is no room on the disk"
    if "unable to open" in said:
        return "it cannot be opened: the folder may not be there, or not be written to"
    if "disk I/O" in said:
        return "the disk could not be read or written"
    return ""
