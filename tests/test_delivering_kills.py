"""Delivery while the server makes trouble and our process is killed at any moment: nobody gets anything twice, and nobody is forgotten.

BRIEFING_READERS and BRIEFING_KILLS set the size; 10,000 and 100 for the proof at full size.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import blake2b
from pathlib import Path

import pytest

from briefing import delivered
from tests.editions.harbour import BRIEF, issue
from tests.editions.harbour import make as harbour

READERS, KILLS = int(os.environ.get("BRIEFING_READERS", "160")), int(os.environ.get("BRIEFING_KILLS", "4"))
SLOW = float(os.environ.get("BRIEFING_SLOW", "0.002"))  # seconds that the server takes for a mail, twice
AWAY = float(os.environ.get("BRIEFING_AWAY", "0.5"))  # seconds
ROOT = Path(__file__).resolve().parents[1]
MANY = pytest.mark.skipif(os.name != "posix", reason="kills process groups")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    made = harbour(tmp_path / "dossier")
    issue(made, "2025-02-01")
    lines = ["id,address,name,briefs,formats", *(f"r{n},reader{n}@example.org,Reader {n},{BRIEF},txt" for n in range(READERS))]
    (made / "readers.csv").write_text("\n".join(lines) + "\n", "utf-8")
    return made


@contextmanager
def server(log: Path, away_after: int) -> Iterator[int]:
    """Give the port of a server that makes trouble, in a process of its own."""
    script = Path(__file__).parent / "deliver" / "unkind_server.py"
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", str(script), str(log), str(away_after), str(AWAY), str(SLOW)],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    try:
        yield int(process.stdout.readline())
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()


def settings(root: Path, port: int) -> None:
    (root / "delivery.yaml").write_text(
        f"sender: Desk <desk@example.org>\nchannel: smtp\nretry: {{attempts: 14, pause: 0.1, longest: {max(1, AWAY / 4)}}}\n"
        f"smtp: {{host: 127.0.0.1, port: {port}, security: none, timeout: 10}}\n",
        "utf-8",
    )


def start(root: Path, *options: str) -> subprocess.Popen[str]:
    """Deliver in a process group of its own, so that all of it can be killed at once."""
    command = [sys.executable, str(ROOT / "generate.py"), "deliver", BRIEF, "-d", str(root), "--at", "2025-02-01T12:00", *options]
    return subprocess.Popen(command, start_new_session=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def killed(root: Path, times: int, seconds: float, *options: str) -> int:
    """Begin a delivery as often as asked for and kill it after a random time; return how often it was still at it."""
    found = 0
    for at in range(times):
        chance = int.from_bytes(blake2b(f"{at}".encode(), digest_size=4).digest(), "big") / 2**32
        process = start(root, *options)
        assert process.stdout
        time.sleep(0.3 + chance * seconds)
        found += process.poll() is None
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        process.stdout.close()
    return found


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_whatever_the_server_does_and_whenever_we_are_killed_no_mail_arrives_twice(root: Path, tmp_path: Path, jobs: str) -> None:
    log = tmp_path / "server.log"
    log.touch()
    with server(log, away_after=READERS // 2) as port:
        settings(root, port)
        kills = killed(root, KILLS, 0.7 + READERS / 1500, "--jobs", jobs)
        process = start(root, "--jobs", jobs)
        said, _ = process.communicate()
    events = [line.split(" ", 1) for line in log.read_text("utf-8").splitlines()]
    taken = Counter(identity for what, identity in events if what == "taken")
    untold = Counter(what for what, _ in events)
    assert not [identity for identity, count in taken.items() if count > 1], "a mail arrived twice"
    rows = list(delivered.deliveries(root))
    states = Counter(str(row["state"]) for row in rows)
    assert len(rows) == READERS, said
    assert set(states) <= {"sent", "refused", "uncertain"}, said
    assert all(row["detail"] for row in rows)
    stopped = [
        row for row in rows if row["state"] == "uncertain" and re.search(r"stopped between|ended between", str(row["detail"]))
    ]
    cut = [row for row in rows if row["state"] == "uncertain" and row not in stopped]
    assert len(stopped) <= kills * int(jobs)
    assert len(cut) <= untold["dropped-taken"] + untold["dropped-untaken"] + untold["dropped-open"]
    sent = states["sent"]
    assert sent <= sum(taken.values()) <= sent + states["uncertain"]
    refused = {str(row["reader"]) for row in rows if row["state"] == "refused"}
    assert refused <= {f"r{n}" for n in range(READERS) if n % 40 == 1}, said
    assert untold["away"] == untold["back"] == 1
    assert process.returncode == 1  # some are refused
    print(
        f"{READERS} readers, {kills} kills, {jobs} jobs: {dict(states)}, stopped {len(stopped)}, cut {len(cut)}, server {dict(untold)}"
    )
