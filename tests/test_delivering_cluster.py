"""The same parcels sent by the workers of a real Dask cluster, of which one is killed on the way: nobody twice, nobody forgotten.

BRIEFING_CLUSTER sets the number of readers; 5,000 for the proof at full size.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from briefing import clustered, delivered, delivering
from briefing.going import Options
from briefing.postings import Way
from tests.editions.harbour import BRIEF, issue
from tests.editions.harbour import make as harbour
from tests.test_delivering_kills import server

pytest.importorskip("distributed")
READERS = int(os.environ.get("BRIEFING_CLUSTER", "200"))
WORKERS, THREADS = 3, 2
ROOT = Path(__file__).resolve().parents[1]
QUIET = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "ignore"}


class Local:
    """A scheduler and its workers, each a process of its own."""

    def __init__(self, folder: Path, program: Path = ROOT) -> None:
        self.program = program
        self.file = folder / "scheduler.json"
        self.scheduler = self.begin("dask_scheduler", "--host", "127.0.0.1", "--port", "0")
        self.workers = [self.begin("dask_worker", "--nthreads", str(THREADS), "--no-nanny") for _ in range(WORKERS)]

    def begin(self, command: str, *options: str) -> subprocess.Popen[bytes]:
        arguments = [
            sys.executable,
            "-m",
            f"distributed.cli.{command}",
            "--scheduler-file",
            str(self.file),
            "--no-dashboard",
            *options,
        ]
        there = {**QUIET, "PYTHONPATH": str(self.program)}
        return subprocess.Popen(arguments, env=there, cwd=self.file.parent, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    @property
    def address(self) -> str:
        """The scheduler's address, once it and its workers are there."""
        while not self.file.exists() or not self.file.read_text("utf-8").endswith("}"):
            time.sleep(0.1)
        return str(json.loads(self.file.read_text("utf-8"))["address"])


@contextmanager
def cluster(folder: Path, program: Path = ROOT) -> Iterator[Local]:
    made = Local(folder, program)
    try:
        yield made
    finally:
        for process in (*made.workers, made.scheduler):
            process.kill()
            process.wait()


def lines(root: Path) -> None:
    rows = ["id,address,briefs,formats", *(f"r{n},reader{n * 40}@example.org,{BRIEF},txt" for n in range(READERS))]
    (root / "readers.csv").write_text("\n".join(rows) + "\n", "utf-8")


def command(root: Path, address: str) -> list[str]:
    began = [sys.executable, str(ROOT / "generate.py"), "deliver", BRIEF, "-d", str(root), "--at", "2025-02-01T12:00Z"]
    return [*began, "--cluster", address]


def start(root: Path, address: str) -> subprocess.Popen[str]:
    return subprocess.Popen(command(root, address), env=QUIET, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def test_a_worker_that_is_killed_costs_nobody_the_mail_and_brings_nobody_two(tmp_path: Path) -> None:
    root, log = harbour(tmp_path / "dossier"), tmp_path / "server.log"
    issue(root, "2025-02-01")
    lines(root)  # the server makes no trouble for any of them
    log.touch()
    with server(log, away_after=0) as port, cluster(tmp_path) as local:
        (root / "delivery.yaml").write_text(
            "sender: Desk <desk@example.org>\nchannel: smtp\nretry: {attempts: 8, pause: 0.1, longest: 1}\n"
            f"smtp: {{host: 127.0.0.1, port: {port}, security: none, timeout: 10}}\n",
            "utf-8",
        )
        process = start(root, local.address)
        while process.poll() is None and log.read_bytes().count(b"\n") < READERS // 2:
            time.sleep(0.01)
        local.workers[0].kill()
        said, _ = process.communicate(timeout=300)
    taken = Counter(line for line in log.read_text("utf-8").splitlines() if line.startswith("taken"))
    rows = list(delivered.deliveries(root))
    states = Counter(str(row["state"]) for row in rows)
    assert len(rows) == READERS, said
    assert set(states) <= {"sent", "uncertain"}, said
    assert set(taken.values()) == {1}, "a mail arrived twice"
    assert states["uncertain"] <= THREADS  # one for each thread of the worker that was lost
    assert states["sent"] <= len(taken) <= READERS
    print(f"{READERS} readers: {dict(states)}; {said.strip().splitlines()[-1]}")


@pytest.mark.skipif("BRIEFING_CLUSTER" not in os.environ, reason="BRIEFING_CLUSTER is not set")
def test_what_a_lost_worker_had_in_hand_for_the_outbox_is_looked_for_and_sent(tmp_path: Path) -> None:
    root = harbour(tmp_path / "dossier")
    issue(root, "2025-02-01")
    lines(root)
    new = root / "briefs/outbox/new"
    with cluster(tmp_path) as local:
        process = start(root, local.address)
        while process.poll() is None and not (new.exists() and any(new.iterdir())):
            time.sleep(0.01)
        local.workers[0].kill()
        said, _ = process.communicate(timeout=300)
    assert {str(row["state"]) for row in delivered.deliveries(root)} == {"sent"}, said
    assert sum(1 for _ in os.scandir(new)) == READERS
    assert process.returncode == 0, said


def test_where_no_scheduler_answers_nothing_is_sent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = harbour(tmp_path / "dossier")
    issue(root, "2025-02-01")
    lines(root)
    monkeypatch.setattr(clustered, "_CONNECT", 0.2)
    options = Options(way=Way(cluster="tcp://127.0.0.1:1"))
    with pytest.raises(clustered.ClusterError, match="no scheduler answers"):
        delivering.deliver_brief(root, BRIEF, datetime(2025, 2, 1, 12, tzinfo=UTC), options)
    assert not list(delivered.deliveries(root))


def test_what_is_no_address_of_a_scheduler_is_refused_at_once(tmp_path: Path) -> None:
    root = harbour(tmp_path / "dossier")
    issue(root, "2025-02-01")
    lines(root)
    for wrong in ("scheduler", "tcp://host", "tcp://host:port"):
        with pytest.raises(clustered.ClusterError, match=f"^{wrong}: not the address of a scheduler"):
            delivering.deliver_brief(root, BRIEF, datetime(2025, 2, 1, 12, tzinfo=UTC), Options(way=Way(cluster=wrong)))
    assert not list(delivered.deliveries(root))


def test_a_worker_of_another_version_of_the_program_sends_nothing(tmp_path: Path) -> None:
    root, other = harbour(tmp_path / "dossier"), tmp_path / "other"
    issue(root, "2025-02-01")
    lines(root)
    shutil.copytree(ROOT / "briefing", other / "briefing", ignore=shutil.ignore_patterns("__pycache__"))
    with (other / "briefing/deliver/bodies.py").open("a", encoding="utf-8") as file:
        file.write("# changed\n")
    with cluster(tmp_path, other) as local:
        said = subprocess.run(command(root, local.address), env=QUIET, capture_output=True, text=True, check=False)
    assert said.returncode == 1
    assert "it runs another version of this program" in said.stderr
    assert not list(delivered.deliveries(root))
    assert not (root / "briefs/outbox").exists()
