"""The wheel works from anywhere: built without a network, it makes a dossier and a brief far from the checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
pytest.importorskip("hatchling", reason="hatchling builds the wheel; `make test` installs it")


def build(source: Path, target: str, out: Path) -> Path:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", target, "-d", out], cwd=source, capture_output=True, check=True
    )
    (built,) = out.glob("*.whl" if target == "wheel" else "*.tar.gz")
    return built


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(ROOT, "wheel", tmp_path_factory.mktemp("wheel"))


def test_the_wheel_holds_every_module_and_everything_built_in(wheel: Path) -> None:
    wanted = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "briefing").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    built_in = [path for path in (ROOT / "templates").rglob("*") if path.is_file()]
    wanted |= {f"briefing/builtin/templates/{path.relative_to(ROOT / 'templates').as_posix()}" for path in built_in}
    with zipfile.ZipFile(wheel) as package:
        held = set(package.namelist())
    assert {*wanted, "generate.py"} == {name for name in held if ".dist-info/" not in name}


def test_from_the_wheel_a_new_dossier_becomes_a_brief_and_a_summary(wheel: Path, tmp_path: Path) -> None:
    site, home = tmp_path / "site", tmp_path / "home"
    home.mkdir()
    with zipfile.ZipFile(wheel) as package:
        package.extractall(site)
        (entry,) = [name for name in package.namelist() if name.endswith("entry_points.txt")]
        assert "generate = generate:main" in package.read(entry).decode()

    def generate(*arguments: str, folder: Path) -> str:
        code = "import sys; from generate import main; sys.argv[0] = 'generate'; sys.exit(main())"
        environment = {**os.environ, "PYTHONPATH": str(site), "PYTHONSAFEPATH": "1"}
        command = [sys.executable, "-c", code, *arguments]
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    generate("new", "demo", folder=home)
    made = [generate("brief", "--format", "all", folder=home / "demo"), generate("summary", folder=home / "demo")]
    files = [home / "demo" / line for line in "".join(made).split()]
    assert sorted(path.suffix for path in files) == [".docx", ".html", ".pdf", ".pdf", ".txt"]
    assert all(path.stat().st_size > 1000 for path in files)
    assert files[0].read_bytes()[:5] == b"%PDF-"


def test_the_source_archive_builds_the_very_same_wheel(wheel: Path, tmp_path: Path) -> None:
    archive = build(ROOT, "sdist", tmp_path / "sdist")
    subprocess.run([sys.executable, "-m", "tarfile", "-e", archive, tmp_path], capture_output=True, check=True)
    again = build(tmp_path / archive.name.removesuffix(".tar.gz"), "wheel", tmp_path / "again")
    assert (again.name, again.read_bytes()) == (wheel.name, wheel.read_bytes())
