"""What must not cost an edition: a process killed at any moment, a full disk, a folder that may not be written to, a lock that is lost."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path
from typing import Any

import pytest

from briefing.editions.issue import damage
from briefing.editions.store import EditionError, Store
from briefing.pipeline import store_of
from tests.editions.harbour import BRIEF, change, issue, manifest, wrong
from tests.editions.harbour import make as harbour

STEP = 3  # the trams that each edition has more than the one before: beyond the threshold


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return harbour(tmp_path / "dossier")


def child(work: Callable[[], object]) -> int:
    """Run `work` in a process of its own, which has all modules at hand, and return its number."""
    number = os.fork()
    if number:
        return number
    try:
        sys.stderr = open(os.devnull, "w")  # noqa: SIM115, PTH123
        work()
    except BaseException:  # noqa: BLE001  the child must never go on with the tests
        os._exit(1)
    os._exit(0)


def ended(number: int) -> int:
    """Return how a child ended: 0, 1, or less than 0 where a signal ended it."""
    return os.waitstatus_to_exitcode(os.waitpid(number, 0)[1])


def set_trams(root: Path, count: int) -> None:
    """Let the dossier say how many trams there are, all at once."""
    path = root / "seeds/works.yaml"
    lines = [
        f"    figures: {{trams: {{value: {count}, unit: tram}}}}" if "figures: {trams:" in line else line
        for line in path.read_text("utf-8").splitlines()
    ]
    new = path.with_suffix(".part")
    new.write_text("\n".join(lines) + "\n", "utf-8")
    new.replace(path)


def run_on(root: Path) -> None:
    """Issue one edition after another, each with more trams, from where the last process stopped."""
    numbers = store_of(root, BRIEF).numbers()
    number = (numbers[-1] if numbers else 0) + 1
    while True:
        set_trams(root, 24 + STEP * number)
        issue(root, "2025-02-01")
        number += 1


def whole(root: Path) -> int:
    """Return how many editions there are, after looking at each: numbered without a gap, every file as it was issued."""
    store = store_of(root, BRIEF)
    numbers = store.numbers()
    assert numbers == list(range(1, len(numbers) + 1))
    for number in numbers:
        kept = store.manifest(number)
        assert damage(store, kept) == []
        assert {fact.id: fact.figures for fact in kept.facts}["order"]["trams"].value == str(24 + STEP * number)
    checks = store.checks()
    assert [check.edition for check in checks] == sorted(check.edition for check in checks)
    return len(numbers)


def test_whatever_moment_a_process_is_killed_at_every_edition_is_whole_and_the_next_run_carries_on(
    root: Path, request: pytest.FixtureRequest
) -> None:
    issue(root, "2025-01-31")  # so that the children need import nothing
    shutil.rmtree(root / "briefs/editions")
    kills = request.config.getoption("--kills")
    for kill in range(kills):
        number = child(lambda: run_on(root))
        chance = int.from_bytes(blake2b(str(kill).encode(), digest_size=4).digest(), "big") / 2**32
        time.sleep(0.02 + 0.8 * chance)
        os.kill(number, signal.SIGKILL)
        assert ended(number) == -signal.SIGKILL
        whole(root)
    before = whole(root)
    assert before > kills // 10
    set_trams(root, 24 + STEP * (before + 1))
    assert issue(root, "2025-02-01").edition == before + 1
    assert whole(root) == before + 1
    assert wrong(root) == []
    left = {path.name for path in store_of(root, BRIEF).folder.iterdir() if not path.name.isdecimal()}
    assert left == {".lock", "checks.jsonl"}


def test_killed_at_each_step_on_the_disk_there_is_the_edition_or_there_is_not(root: Path) -> None:
    issue(root, "2025-01-31")
    shutil.rmtree(root / "briefs/editions")
    set_trams(root, 24 + STEP)
    step, ends = 0, []
    while True:
        step += 1
        number = child(lambda: killed_at(root, step))  # noqa: B023
        end = ended(number)
        made = whole(root)
        ends.append(made)
        assert made in (0, 1)
        shutil.rmtree(root / "briefs/editions", ignore_errors=True)
        if end == 0:
            break
        assert end == -signal.SIGKILL
    assert step > 20
    assert ends == sorted(ends)  # before the rename nothing, after it all


def killed_at(root: Path, step: int) -> None:
    """Issue an edition, and be killed just before a step: anything that is opened, made, renamed or removed among the editions."""
    count = 0

    def look(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal count
        if event in (
            "open",
            "os.mkdir",
            "os.rename",
            "os.remove",
            "os.rmdir",
            "os.chmod",
            "os.truncate",
            "os.listdir",
            "os.scandir",
        ):
            if "/editions" in str(arguments[0]):
                count += 1
                if count == step:
                    os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(look)
    issue(root, "2025-02-01")


def test_what_a_killed_process_left_half_made_is_cleared_by_the_next(root: Path) -> None:
    issue(root, "2025-02-01")
    folder = store_of(root, BRIEF).folder
    (folder / ".new-abc").mkdir()
    (folder / ".new-abc/brief.pdf").write_bytes(b"%PDF")
    with (folder / "checks.jsonl").open("ab") as file:
        file.write(b'{"at":"2025-02-0')
    assert len(store_of(root, BRIEF).checks()) == 1
    issue(root, "2025-02-02")
    assert not (folder / ".new-abc").exists()
    assert [check.result for check in store_of(root, BRIEF).checks()] == ["issued", "nothing new"]


# ------------------------------------------------------------------------------------------------------------ a full disk


def refused(work: Callable[[], object]) -> str:
    """Run `work` in a process of its own, and return what it was refused with."""
    read, write = os.pipe()

    def told() -> None:
        try:
            work()
        except EditionError as error:
            os.write(write, str(error).encode())

    number = child(told)
    os.close(write)
    with os.fdopen(read, "rb") as pipe:
        words = pipe.read().decode()
    assert ended(number) == 0
    return words


def test_no_room_for_a_file_is_told_and_nothing_is_lost(root: Path) -> None:
    issue(root, "2025-02-01")
    set_trams(root, 24 + STEP * 2)

    def without_room() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
        issue(root, "2025-02-02")

    message = refused(without_room)
    assert "brief: could not make edition 2: File too large" in message
    assert "all earlier editions are as they were" in message
    store = store_of(root, BRIEF)
    assert store.numbers() == [1]
    assert not [path for path in store.folder.iterdir() if path.name.startswith(".new-")]
    assert issue(root, "2025-02-03").edition == 2
    assert wrong(root) == []


@contextmanager
def mounted(folder: Path, *options: str) -> Iterator[None]:
    folder.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(["mount", *options, str(folder)], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"no folder can be mounted here: {done.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_is_told_and_nothing_is_lost(root: Path) -> None:
    if shutil.which("mount") is None:
        pytest.skip("there is no mount")
    issue(root, "2025-01-31")
    shutil.rmtree(root / "briefs/editions")
    with mounted(root / "briefs/editions", "-t", "tmpfs", "-o", "size=400k", "tmpfs"):
        made, message = 0, ""
        while not message and made < 20:
            set_trams(root, 24 + STEP * (made + 1))
            try:
                issue(root, "2025-02-01")
                made += 1
            except EditionError as error:
                message = str(error)
        assert "No space left on device" in message
        assert whole(root) == made > 0
        assert wrong(root) == []
        assert not [path for path in store_of(root, BRIEF).folder.iterdir() if path.name.startswith(".new-")]


def test_a_folder_that_may_not_be_written_to_is_told(root: Path) -> None:
    issue(root, "2025-02-01")
    set_trams(root, 24 + STEP * 2)
    folder = store_of(root, BRIEF).folder
    for path in (root, *root.parents):
        if path.name.startswith("pytest-") or path.stat().st_uid == os.getuid():
            path.chmod(path.stat().st_mode | 0o055)
    (folder / ".lock").chmod(0o444)
    folder.chmod(0o555)

    def as_nobody() -> None:
        if os.getuid() == 0:
            os.setuid(65534)  # root may write anywhere
        issue(root, "2025-02-02")

    try:
        message = refused(as_nobody)
    finally:
        folder.chmod(0o755)
    assert "cannot be written to: Permission denied; nothing was changed" in message
    assert store_of(root, BRIEF).numbers() == [1]


def test_a_disk_that_can_only_be_read_is_told(root: Path) -> None:
    if shutil.which("mount") is None:
        pytest.skip("there is no mount")
    issue(root, "2025-02-01")
    set_trams(root, 24 + STEP * 2)
    editions = root / "briefs/editions"
    with mounted(editions, "--bind", str(editions)):
        subprocess.run(["mount", "-o", "remount,bind,ro", str(editions)], check=True)
        with pytest.raises(EditionError, match="cannot be written to: Read-only file system"):
            issue(root, "2025-02-02")
    assert store_of(root, BRIEF).numbers() == [1]


# ----------------------------------------------------------------------------------------------------------------- the lock


def test_two_processes_on_one_folder_never_make_the_same_number(root: Path) -> None:
    issue(root, "2025-01-31")
    shutil.rmtree(root / "briefs/editions")
    set_trams(root, 24 + STEP)
    both = [child(lambda: issue(root, "2025-02-01")) for _ in range(2)]
    assert [ended(each) for each in both] == [0, 0]
    assert whole(root) == 1
    assert [check.result for check in store_of(root, BRIEF).checks()] == ["issued", "nothing new"]


def test_one_that_waited_for_the_lock_reads_what_the_dossier_says_then(root: Path) -> None:
    issue(root, "2025-02-01")
    change(root, "value: 24", "value: 27")
    read, write = os.pipe()

    def hold() -> None:
        with store_of(root, BRIEF).locked():
            os.write(write, b"!")
            time.sleep(1.0)
            change(root, "value: 27", "value: 30")

    holding = child(hold)
    os.read(read, 1)
    waiting = child(lambda: issue(root, "2025-02-02"))
    assert [ended(holding), ended(waiting)] == [0, 0]
    os.close(read)
    os.close(write)
    assert {fact.id: fact.figures for fact in manifest(root, 2).facts}["order"]["trams"].value == "30"


def test_who_holds_the_lock_is_told_to_one_that_will_not_wait(root: Path) -> None:
    issue(root, "2025-02-01")
    with store_of(root, BRIEF).locked():
        message = refused(lambda: issue(root, "2025-02-02", wait=0.1))
    assert f"process {os.getpid()} on " in message
    assert "is writing editions; nothing was changed, try again" in message


def test_a_lock_that_is_taken_away_stops_the_edition_and_nothing_is_lost(root: Path) -> None:
    issue(root, "2025-02-01")
    set_trams(root, 24 + STEP * 2)
    lock = store_of(root, BRIEF).folder / ".lock"

    def take_away(step: str) -> None:
        if step == "writing":
            lock.unlink()

    with pytest.raises(EditionError, match=r"the lock .* was lost; nothing was changed"):
        issue(root, "2025-02-02", progress=take_away)
    assert store_of(root, BRIEF).numbers() == [1]
    assert issue(root, "2025-02-03").edition == 2
    assert wrong(root) == []


def test_a_number_that_another_has_made_is_not_written_over(tmp_path: Path) -> None:
    store = Store(tmp_path / "brief")
    with store.locked() as writer:
        writer.add(1, {"a": b"first"})
        with pytest.raises(EditionError, match="is there already"):
            writer.add(1, {"a": b"second"})
    assert (store.path(1) / "a").read_bytes() == b"first"


def test_files_of_an_edition_cannot_be_written_to(root: Path) -> None:
    issue(root, "2025-02-01")
    assert {path.stat().st_mode & 0o222 for path in store_of(root, BRIEF).path(1).iterdir()} == {0}
    assert manifest(root, 1).number == 1


def test_a_change_of_one_figure_while_another_process_issues_is_in_the_next_edition(root: Path) -> None:
    issue(root, "2025-02-01")
    change(root, "value: 24", "value: 30")
    issue(root, "2025-02-01T13:00")
    change(root, "value: 30", "value: 24")
    assert issue(root, "2025-02-01T14:00").edition == 3
    assert [each.kind for each in map(lambda n: manifest(root, n), (1, 2, 3))] == ["major"] * 3  # noqa: C417
