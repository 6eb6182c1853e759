"""The file of states: each owner's tables, kept whole, and a clear word where the file does not allow it."""

from __future__ import annotations

import os
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from briefing.state import STATE, State, StateError, is_remote, open_state

FIRST = "CREATE TABLE IF NOT EXISTS words (word TEXT PRIMARY KEY) WITHOUT ROWID;"
SECOND = "ALTER TABLE words ADD COLUMN says TEXT NOT NULL DEFAULT ';'; CREATE INDEX by_sense ON words (says);"


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    found = open_state(tmp_path, "test", FIRST)
    yield found
    found.close()


def words(state: State) -> list[str]:
    return [row[0] for row in state.execute("SELECT word FROM words ORDER BY word")]


def write(root: Path) -> None:
    found = open_state(root, "test", FIRST)
    try:
        found.execute("INSERT INTO words VALUES ('a')")
    finally:
        found.close()


def test_what_is_written_is_there_when_it_is_opened_again(state: State, tmp_path: Path) -> None:
    with state.writing():
        state.executemany("INSERT INTO words VALUES (?)", [("a",), ("b",)])
    again = open_state(tmp_path, "test", FIRST)
    assert words(again) == ["a", "b"]
    assert again.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    again.close()


def test_several_statements_are_kept_together_or_not_at_all(state: State) -> None:
    def twice() -> None:
        with state.writing():
            state.execute("INSERT INTO words VALUES ('a')")
            state.execute("INSERT INTO words VALUES ('a')")

    with pytest.raises(sqlite3.IntegrityError):
        twice()
    assert words(state) == []


def test_owners_have_their_own_tables_and_versions(state: State, tmp_path: Path) -> None:
    state.execute("INSERT INTO words (word) VALUES ('kept')")
    other = open_state(tmp_path, "other", "CREATE TABLE IF NOT EXISTS things (thing TEXT)")
    other.close()
    later = open_state(tmp_path, "test", [FIRST, SECOND])
    assert later.execute("SELECT word, says FROM words").fetchall() == [("kept", ";")]
    assert dict(later.execute("SELECT owner, version FROM owners").fetchall()) == {"test": 2, "other": 1}
    later.close()
    with pytest.raises(StateError, match="the tables of test were written by a later version"):
        open_state(tmp_path, "test", FIRST)


def test_a_file_of_a_later_version_is_left_alone(state: State, tmp_path: Path) -> None:
    state.execute("PRAGMA user_version = 2")
    with pytest.raises(StateError, match="written by a later version of this program; nothing was changed"):
        open_state(tmp_path, "test", FIRST)


def test_one_that_is_written_to_for_too_long_is_told(state: State, tmp_path: Path) -> None:
    other = open_state(tmp_path, "test", FIRST, wait=0.05)
    with state.writing():
        state.execute("INSERT INTO words VALUES ('a')")
        with (
            pytest.raises(StateError, match="another process has been writing to it for too long; nothing was changed"),
            other.writing(),
        ):
            raise AssertionError("two writers at once")
        assert words(other) == []  # readers are not kept out
    other.close()


def test_a_damaged_file_is_told_and_not_written_over(tmp_path: Path) -> None:
    path = tmp_path / "briefs/editions" / STATE
    path.parent.mkdir(parents=True)
    path.write_bytes(b"this is no database at all" * 100)
    with pytest.raises(StateError, match=r"state\.sqlite is damaged: file is not a database; put a copy of it back"):
        open_state(tmp_path, "test", FIRST)
    assert path.read_bytes().startswith(b"this is no")


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "briefs").write_text("a file")
    with pytest.raises(StateError, match="nothing was changed"):
        open_state(tmp_path, "test", FIRST)


def test_a_disk_that_can_only_be_read_is_told(tmp_path: Path) -> None:
    open_state(tmp_path, "test", FIRST).close()
    folder = tmp_path / "briefs/editions"
    done = subprocess.run(["mount", "--bind", str(folder), str(folder)], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"no folder can be mounted here: {done.stderr.strip()}")
    try:
        subprocess.run(["mount", "-o", "remount,bind,ro", str(folder)], check=True)
        with pytest.raises(StateError, match=r"may not be written to|cannot be opened"):
            write(tmp_path)
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_is_told_and_what_was_there_stays(tmp_path: Path) -> None:
    folder = tmp_path / "briefs/editions"
    folder.mkdir(parents=True)
    mounted = ["mount", "-t", "tmpfs", "-o", "size=200k", "tmpfs", str(folder)]
    done = subprocess.run(mounted, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"no folder can be mounted here: {done.stderr.strip()}")
    try:
        state = open_state(tmp_path, "test", FIRST)
        state.execute("INSERT INTO words VALUES ('kept')")
        with pytest.raises(StateError, match="there is no room on the disk"):
            state.executemany("INSERT INTO words VALUES (?)", ((f"{number}" + "x" * 5000,) for number in range(1000)))
        assert "kept" in words(state)
        state.close()
    finally:
        subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.parametrize(
    ("kind", "remote"),
    [("ext4", False), ("nfs4", True), ("cifs", True), ("fuse.sshfs", True), ("fuse.encfs", False), ("overlay", False)],
)
def test_a_disk_of_another_machine_is_known_by_its_mount(kind: str, remote: bool, tmp_path: Path) -> None:
    place = os.path.realpath(tmp_path)
    mounts = tmp_path / "mounts"
    mounts.write_text(
        f"/dev/root / ext4 rw 0 0\nserver:/share {place.replace(' ', chr(92) + '040')} {kind} rw 0 0\nproc {place}x proc rw 0 0\n"
    )
    assert is_remote(tmp_path / STATE, mounts) is remote
    assert is_remote(tmp_path.parent / STATE, mounts) is False
    assert is_remote(tmp_path, tmp_path / "no such file") is False


def test_on_a_disk_of_another_machine_there_is_no_write_ahead_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    open_state(tmp_path, "test", FIRST).close()
    monkeypatch.setattr("briefing.state.is_remote", lambda _: True)
    state = open_state(tmp_path, "test", FIRST)
    assert state.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    state.close()
