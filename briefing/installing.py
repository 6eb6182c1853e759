"""What lets another scheduler run `generate due`: a systemd timer, a line of a crontab, a workflow of GitHub Actions, as texts.

None of them knows a brief's hours: they look every few minutes, and the schedules in the recipes decide, each in its own time zone.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from pathlib import Path

import msgspec

from briefing.problems import BriefingError


class Job(msgspec.Struct, frozen=True):
    """What is to be run: the program with what comes before its commands, over which dossier, every how many minutes."""

    program: tuple[str, ...]
    dossier: Path  # absolute
    every: int = 5
    jobs: int = 1

    @property
    def name(self) -> str:
        """A name for units: that of the dossier's folder."""
        return f"briefs-{re.sub(r'[^A-Za-z0-9]+', '-', self.dossier.name).strip('-').lower() or 'dossier'}"

    @property
    def command(self) -> tuple[str, ...]:
        """The command as words."""
        return *self.program, "due", "--dossier", str(self.dossier), "--jobs", str(self.jobs)


def systemd(job: Job) -> dict[str, str]:
    """Return a service and its timer by file name, for `systemctl --user` or the system's own folder."""
    words = " ".join(_unit_word(each) for each in (*job.command, "--quiet"))
    service = f"""\
# Issues the briefs that are due. It fails where a brief is held or could not be issued: systemctl --user --failed
[Unit]
Description=Issue the briefs of {_unit_text(job.dossier.name)} that are due

[Service]
Type=oneshot
ExecStart={words}
# an edition in hand is ended; one that is cut off all the same leaves nothing half-made
KillMode=mixed
TimeoutStopSec=5min
"""
    timer = f"""\
# systemctl --user enable --now {job.name}.timer
[Unit]
Description=Look every {job.every} minutes which briefs of {_unit_text(job.dossier.name)} are due

[Timer]
OnCalendar={"hourly" if job.every == 60 else f"*:0/{job.every}"}
AccuracySec=1s
# after the machine was off: the schedules say what is made up for
Persistent=true

[Install]
WantedBy=timers.target
"""
    return {f"{job.name}.service": service, f"{job.name}.timer": timer}


def crontab(job: Job) -> str:
    """Return a line for `crontab -e`. Cron mails what it prints, which is what is new: editions, and what is held or fails."""
    words = shlex.join((*job.command, "--quiet"))
    escaped = words.replace("%", "\\%")  # crontab(5): an unescaped per cent sign ends the command
    return f"{'0' if job.every == 60 else f'*/{job.every}'} * * * * {escaped}\n"


def github(job: Job, *, source: bool) -> str:
    """Return a workflow. GitHub's cron knows UTC alone and may come late, so it looks often; the recipes' time zones decide.

    `source`: the repository holds the program itself. Editions are committed: they are the record.
    """
    if source:
        install, run = "python -m pip install --require-hashes --requirement requirements.lock", "python generate.py"
    else:
        install, run = "python -m pip install briefing-generator tzdata", "generate"
    return f"""\
# Issues the briefs that are due, and keeps their editions in the repository. The run fails, and GitHub says so by mail, where a brief is
# held or could not be issued. GitHub's cron is in UTC and may be late or left out: the time zones and missed slots of the schedules
# in briefs/ are reckoned by generate due, which issues no slot twice.
name: Briefs
on:
  schedule:
    - cron: "{7 if job.every > 30 else f"*/{max(job.every, 5)}"} * * * *"
  workflow_dispatch:
permissions:
  contents: write
concurrency:
  group: briefs
  cancel-in-progress: false
jobs:
  due:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-python@v5
        with:
          python-version: "3.12"
      - run: {install}
      - run: {run} due --jobs {job.jobs}
      - name: Keep the editions, and what was checked
        if: always()
        run: |
          git config user.name "github-actions[bot]"
          git config user.email "41898282+github-actions[bot]@users.noreply.github.com"
          git add --force -- briefs/editions ':(exclude,glob)briefs/editions/**/.lock' ':(exclude,glob)briefs/editions/state.sqlite-*'
          git diff --cached --quiet && exit 0
          git commit --quiet --message "Editions of $(date -u +%Y-%m-%dT%H:%MZ)"
          git pull --quiet --rebase
          git push --quiet
"""


def checked(job: Job) -> Job:
    """Return the job where it can be written down. Raises BriefingError where a path holds what no such file can, or minutes do not fit."""
    if job.every < 1 or 60 % job.every:
        raise BriefingError(f"every {job.every} minutes does not divide an hour into equal parts: 1, 2, 5, 10, 15, 30 or 60")
    for word in job.command:
        if any(ord(letter) < 32 for letter in word):
            raise BriefingError(f"{word!r} holds a control character; give the folder another name")
    return job


def _unit_word(word: str) -> str:
    """Return a word of ExecStart: systemd.service(5) has quotes, C escapes, %-specifiers and $-variables in it."""
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return escaped if re.fullmatch(r"[\w./:=@+,-]+", escaped, re.ASCII) else f'"{escaped}"'


def _unit_text(text: str) -> str:
    return text.replace("%", "%%")


def texts(target: str, run: tuple[str, ...], dossier: Path, *, every: int, jobs: int) -> dict[str, str]:
    """Return the files of a target by name; `run` are the words that run this program. Raises BriefingError for what cannot be."""
    root = dossier.resolve()
    if not (root / "briefs").is_dir():
        raise BriefingError(f"{dossier} is no dossier: it has no folder briefs/")
    job = checked(Job(run, root, every, jobs))
    match target:
        case "systemd":
            return systemd(job)
        case "cron":
            return {"crontab": crontab(job)}
    here = [(root / name).is_file() for name in ("generate.py", "requirements.lock")]
    return {"briefs.yml": github(job, source=all(here))}


def program(called: Sequence[str], python: str) -> tuple[str, ...]:
    """Return how this program was called, in full: the script that pip installed, or Python and generate.py."""
    path = Path(called[0]).resolve()
    return (python, str(path)) if path.suffix == ".py" else (str(path),)
