"""What surrounds the program is true too: locks, scripts, links, the list of dependencies."""

from __future__ import annotations

import os
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
LOCKS = {"requirements.lock": PROJECT["dependencies"], "requirements-dev.lock": PROJECT["optional-dependencies"]["dev"]}
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("bench/*.md")])
SCRIPTS = sorted([*(path for path in ROOT.glob("scripts/*") if not path.suffix), ROOT / ".ci" / "run"])


def name_of(requirement: str) -> str:
    match = re.match(r"[A-Za-z0-9_.-]+", requirement)
    assert match, requirement
    return re.sub(r"[-_.]+", "-", match[0]).lower()


def pins(lock: str) -> dict[str, tuple[str, int]]:
    """Return the version and the number of hashes of each package in a lock file."""
    text = (ROOT / lock).read_text(encoding="utf-8")
    blocks = re.findall(r"^(\S+)==(\S+)((?: [^\n]*)?(?:\\\n +--hash=sha256:[0-9a-f]{64} ?)+)", text, re.MULTILINE)
    return {name: (version, block.count("--hash")) for name, version, block in blocks}


@pytest.mark.parametrize("lock", [*LOCKS, "bench/requirements.txt"])
def test_every_package_of_a_lock_has_a_version_and_hashes_and_no_place_to_come_from(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    starts = re.findall(r"^[A-Za-z0-9][^\n]*", text, re.MULTILINE)
    assert len(pins(lock)) == len(starts) > 0
    assert not re.search(r"://|--index|--find-links|--extra", text)


@pytest.mark.parametrize("lock", LOCKS)
def test_every_declared_dependency_is_locked(lock: str) -> None:
    assert {name_of(each) for each in LOCKS[lock]} <= pins(lock).keys()


def test_the_lock_for_development_installs_the_same_versions_as_the_one_for_running() -> None:
    assert pins("requirements.lock").items() <= pins("requirements-dev.lock").items()


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_scripts_may_be_run_and_have_no_mistake_that_a_shell_can_see(script: Path) -> None:
    assert os.access(script, os.X_OK)
    interpreter = script.read_text(encoding="utf-8").splitlines()[0].removeprefix("#!").split()[-1]
    done = subprocess.run([Path(interpreter).name, "-n", script], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    text = re.sub(r"```.*?```|`[^`\n]*`", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    targets = [target.partition("#")[0] for target in re.findall(r"\]\(([^)\s]+)\)", text)]
    assert [each for each in targets if each and "://" not in each and not (page.parent / each).exists()] == []


def test_make_has_every_target_that_the_pages_name() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = {
        name for page in PAGES for name in re.findall(r"(?:^|`)make ([a-z]+)\b", page.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert {"brief", "test"} <= named <= targets


def test_the_page_on_dependencies_names_each_and_no_other() -> None:
    text = (ROOT / "docs/dependencies.md").read_text(encoding="utf-8")
    named = re.findall(r"^\| ([A-Za-z0-9_-]+) ", text.partition("## What we do ourselves")[0], re.MULTILINE)
    declared = {
        name_of(each)
        for requirements in (PROJECT["dependencies"], *PROJECT["optional-dependencies"].values())
        for each in requirements
    }
    assert {name_of(each) for each in named} - {"dependency"} == declared
