"""Work done aside: the same document as in one process, the same problems, and no process left behind."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from briefing.aside import Aside

ROOT = Path(__file__).resolve().parents[1]
pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or len(os.sched_getaffinity(0)) < 2, reason="forks on Linux, beside a second core"
)


def children() -> set[str]:
    return set(Path(f"/proc/self/task/{os.getpid()}/children").read_text("ascii").split())


def test_what_the_work_gives_comes_back_however_long_it_is() -> None:
    with Aside() as aside:
        aside.start(lambda given: given() * 3_000_000)
        aside.give(b"x")
        assert aside.result() == b"x" * 3_000_000
        assert aside.result() is None


def test_work_that_fails_gives_nothing() -> None:
    with Aside() as aside:
        aside.start(lambda _: bytes(1 // 0))
        assert aside.result() is None


def test_work_that_is_given_nothing_does_not_wait_for_ever() -> None:
    with Aside() as aside:
        aside.start(lambda given: b"got " + given())
        assert aside.result() == b"got "


def test_what_is_given_to_work_that_has_failed_is_lost_and_nothing_else_is() -> None:
    with Aside() as aside:
        aside.start(lambda _: bytes(1 // 0))
        aside.give(b"x" * 3_000_000)
        assert aside.result() is None


def test_work_without_end_ends_with_its_with() -> None:
    def endless(_: object) -> bytes:
        while True:
            time.sleep(1)

    before = children()
    with Aside() as aside:
        aside.start(endless)
        assert len(children() - before) == 1
    assert children() == before


def generate(dossier: Path, *wrapper: str) -> subprocess.CompletedProcess[str]:
    command = [
        *wrapper,
        sys.executable,
        str(ROOT / "generate.py"),
        "brief",
        "--as-of",
        "2025-12-01",
        "-d",
        str(dossier),
        "--no-cache",
    ]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_one_core_and_two_make_the_same_document_and_find_the_same_problems(tmp_path: Path) -> None:
    dossier = Path(shutil.copytree(ROOT / "briefing" / "starter", tmp_path / "dossier"))
    alone = ("taskset", "-c", str(min(os.sched_getaffinity(0))))
    if shutil.which("taskset") is None:
        pytest.skip("taskset is not there")
    made = []
    for wrapper in ((), alone):
        assert generate(dossier, *wrapper).returncode == 0
        made.append((dossier / "briefs" / "policy-brief.pdf").read_bytes())
    assert made[0] == made[1]
    seed = next(path for path in sorted((dossier / "seeds").glob("*.yaml")) if "sources: [" in path.read_text("utf-8"))
    seed.write_text(seed.read_text("utf-8").replace("sources: [", "sources: [no-such-source#1, ", 1), "utf-8")
    found = [generate(dossier, *wrapper) for wrapper in ((), alone)]
    assert [each.returncode for each in found] == [1, 1]
    assert "no-such-source" in found[0].stderr
    assert found[0].stderr == found[1].stderr
    assert (dossier / "briefs" / "policy-brief.pdf").read_bytes() == made[0]
