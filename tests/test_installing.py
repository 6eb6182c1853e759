"""What other schedulers read says what is to be run, whatever a folder is called."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from briefing.installing import Job, checked, crontab, program, systemd
from briefing.problems import BriefingError
from generate import app
from tests.schedules import make

ODD = 'Briefs 100 % "of" $HOME\'s \\n ünïts'


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return make(tmp_path / ODD)


def job(root: Path, **more: int) -> Job:
    return checked(Job((sys.executable, str(Path("generate.py").resolve())), root, **more))


def test_a_crontab_line_is_what_a_shell_runs(root: Path, tmp_path: Path) -> None:
    line = crontab(job(root, every=10, jobs=2))
    assert line.startswith("*/10 * * * * ")
    assert line.count("\n") == 1
    command = line.removeprefix("*/10 * * * * ")
    assert not re.search(r"(?<!\\)%", command)  # an unescaped one would end the command
    shown = command.replace("\\%", "%").replace(sys.executable, "printf '%s\\n'", 1)
    done = subprocess.run(["sh", "-c", shown], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[1:] == ["due", "--dossier", str(root), "--jobs", "2", "--quiet"]
    assert crontab(job(root, every=60)).startswith("0 * * * * ")


def test_what_a_crontab_runs_issues_what_is_due(root: Path) -> None:
    command = crontab(job(root)).removeprefix("*/5 * * * * ").replace("\\%", "%").strip()
    done = subprocess.run(["sh", "-c", f"{command} --at 2025-03-03T07:00+01:00"], capture_output=True, text=True, check=True)
    assert "brief: issued 1, major for 2025-03-03 07:00 CET" in done.stderr


def words_of(line: str) -> list[str]:
    """Return the words of an ExecStart line as systemd.service(5) reads them: quotes, C escapes, specifiers, variables."""
    quoted = re.findall(r'"((?:[^"\\]|\\.)*)"|(\S+)', line)
    words = (re.sub(r"\\(.)", r"\1", first or second) for first, second in quoted)
    return [word.replace("%%", "%").replace("$$", "$") for word in words]


def test_a_unit_names_the_same_words_and_systemd_finds_no_fault_in_it(root: Path, tmp_path: Path) -> None:
    files = systemd(job(root))
    name = "briefs-briefs-100-of-home-s-n-n-ts"
    assert set(files) == {f"{name}.service", f"{name}.timer"}
    (line,) = re.findall(r"^ExecStart=(.*)$", files[f"{name}.service"], re.MULTILINE)
    assert words_of(line)[2:] == ["due", "--dossier", str(root), "--jobs", "1", "--quiet"]
    if shutil.which("systemd-analyze") is None:
        pytest.skip("there is no systemd-analyze")
    units = tmp_path / "units"
    units.mkdir()
    for each, text in files.items():
        (units / each).write_text(text, encoding="utf-8")
    done = subprocess.run(["systemd-analyze", "verify", *units.iterdir()], capture_output=True, text=True, check=False)
    told = [each for each in done.stderr.splitlines() if name in each]
    assert (done.returncode, told) == (0, [])


def test_a_timer_comes_as_often_as_asked_for(root: Path) -> None:
    for every, calendar in ((5, "*:0/5"), (60, "hourly")):
        timer = next(text for name, text in systemd(job(root, every=every)).items() if name.endswith(".timer"))
        assert f"OnCalendar={calendar}\n" in timer
        if shutil.which("systemd-analyze"):
            subprocess.run(["systemd-analyze", "calendar", calendar], capture_output=True, check=True)


def test_a_workflow_is_yaml_that_looks_in_utc_and_keeps_what_was_issued(tmp_path: Path) -> None:
    root = make(tmp_path / "dossier")
    result = CliRunner().invoke(app, ["schedule", "install", "github", "--dossier", str(root)])
    workflow = yaml.load(result.stdout, yaml.BaseLoader)
    assert workflow["on"]["schedule"] == [{"cron": "7 * * * *"}]
    assert "UTC" in result.stdout
    steps = workflow["jobs"]["due"]["steps"]
    assert [each["run"] for each in steps if "run" in each][:2] == [
        "python -m pip install briefing-generator tzdata",
        "generate due --jobs 1",
    ]
    subprocess.run(["sh", "-n", "-c", steps[-1]["run"]], check=True)
    (root / "generate.py").write_text("")
    (root / "requirements.lock").write_text("")
    again = CliRunner().invoke(app, ["schedule", "install", "github", "--dossier", str(root)])
    assert "python generate.py due" in again.stdout


def test_what_the_workflow_runs_at_its_end_commits_editions_and_no_locks(tmp_path: Path) -> None:
    if shutil.which("git") is None:
        pytest.skip("there is no git")
    origin, root = tmp_path / "origin.git", make(tmp_path / "dossier")

    def git(*words: str) -> str:
        return subprocess.run(["git", "-C", str(root), *words], capture_output=True, text=True, check=True).stdout

    subprocess.run(["git", "init", "--quiet", "--bare", "--initial-branch=main", str(origin)], check=True)
    git("init", "--quiet", "--initial-branch=main")
    git("config", "user.name", "desk")
    git("config", "user.email", "desk@example.org")
    git("add", ".")
    git("commit", "--quiet", "--message", "The dossier")
    git("remote", "add", "origin", str(origin))
    git("push", "--quiet", "--set-upstream", "origin", "main")
    CliRunner().invoke(app, ["due", "--at", "2025-03-03T07:00+01:00", "--dossier", str(root)])
    result = CliRunner().invoke(app, ["schedule", "install", "github", "--dossier", str(root)])
    keep = yaml.load(result.stdout, yaml.BaseLoader)["jobs"]["due"]["steps"][-1]["run"]
    for _ in range(2):  # the second time there is nothing to keep
        subprocess.run(["bash", "-e", "-c", keep], cwd=root, check=True)
    kept = git("ls-tree", "-r", "--name-only", "origin/main", "briefs/editions").splitlines()
    assert "briefs/editions/brief/1/manifest.json" in kept
    assert "briefs/editions/brief/checks.jsonl" in kept
    assert not [each for each in kept if each.endswith((".lock", "-wal", "-shm"))]
    assert git("rev-list", "--count", "origin/main").strip() == "2"


def test_files_are_written_where_one_asks(root: Path, tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["schedule", "install", "systemd", "--dossier", str(root), "--out", str(tmp_path / "units")])
    paths = [Path(line) for line in done.stdout.splitlines()]
    assert [each.suffix for each in paths] == [".service", ".timer"]
    assert all(each.is_file() for each in paths)
    done = CliRunner().invoke(app, ["schedule", "install", "cron", "--dossier", str(root), "--out", str(tmp_path / "line.cron")])
    assert (tmp_path / "line.cron").read_text().startswith("*/5 ")


def test_what_cannot_be_written_down_is_refused(root: Path) -> None:
    with pytest.raises(BriefingError, match="every 7 minutes does not divide an hour"):
        job(root, every=7)
    with pytest.raises(BriefingError, match="holds a control character"):
        job(root / "two\nlines")
    result = CliRunner().invoke(app, ["schedule", "install", "cron", "--dossier", str(root / "no such folder")])
    assert result.exit_code == 1
    assert "is no dossier" in result.output


def test_the_program_is_named_as_it_was_called(tmp_path: Path) -> None:
    script = tmp_path / "generate"
    assert program([str(script), "schedule"], "/usr/bin/python3") == (str(script.resolve()),)
    assert program(["generate.py"], "/usr/bin/python3") == ("/usr/bin/python3", str(Path("generate.py").resolve()))
