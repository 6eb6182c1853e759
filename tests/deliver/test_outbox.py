from __future__ import annotations

import mailbox
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import msgspec
import pytest

from briefing.deliver.channels import open_channel, send_notice
from briefing.deliver.mail import build
from briefing.deliver.outbox import NOBODY, Outbox
from briefing.delivery import Notice, Settings
from briefing.problems import BriefingError
from tests.deliver.parcels import SETTINGS, parcel, rendition

ROOT = Path(__file__).resolve().parents[2]


def test_a_mail_stands_whole_in_a_maildir_that_any_program_reads(tmp_path: Path) -> None:
    channel = open_channel("outbox", SETTINGS, tmp_path)
    made = parcel()
    outcome = channel.send(made)
    data = build(made, SETTINGS)
    assert (outcome.state, outcome.digest) == ("sent", sha256(data).hexdigest())
    folder = tmp_path / "briefs/outbox"
    assert (folder / outcome.detail).read_bytes() == data
    assert outcome.detail.endswith(".eml")
    assert not list((folder / "tmp").iterdir())
    (message,) = mailbox.Maildir(folder, create=False)
    assert message["To"] == "Ann <ann@example.org>"
    channel.close()
    channel.close()


def test_nobody_else_on_the_machine_reads_it(tmp_path: Path) -> None:
    outcome = open_channel("outbox", SETTINGS, tmp_path).send(parcel())
    assert (tmp_path / "briefs/outbox" / outcome.detail).stat().st_mode & 0o077 == 0
    assert (tmp_path / "briefs/outbox/new").stat().st_mode & 0o077 == 0


def test_it_needs_no_set_up_not_even_a_sender(tmp_path: Path) -> None:
    outcome = open_channel("outbox", Settings(), tmp_path).send(parcel())
    assert outcome.state == "sent"
    assert f"From: {NOBODY}\r\n".encode() in (tmp_path / "briefs/outbox" / outcome.detail).read_bytes()


def test_a_mail_sent_again_replaces_itself(tmp_path: Path) -> None:
    channel = open_channel("outbox", SETTINGS, tmp_path)
    assert channel.send(parcel()) == channel.send(parcel())
    assert len(list((tmp_path / "briefs/outbox/new").iterdir())) == 1


@pytest.mark.parametrize("suffix", ["", ":2,", ":2,FRS", ",S=1234:2,S", ";2,S"])
def test_it_can_be_told_whether_a_mail_is_there_read_or_unread(tmp_path: Path, suffix: str) -> None:
    channel = open_channel("outbox", SETTINGS, tmp_path)
    assert channel.settles
    assert not channel.arrived(parcel())
    outcome = channel.send(parcel())
    assert channel.arrived(parcel())
    assert not channel.arrived(parcel("bob@example.org"))
    path = tmp_path / "briefs/outbox" / outcome.detail
    path.rename(tmp_path / "briefs/outbox/cur" / f"{path.name}{suffix}")
    assert channel.arrived(parcel())
    assert not channel.arrived(parcel("bob@example.org"))


def test_what_cannot_be_a_mail_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    outcome = open_channel("outbox", SETTINGS, tmp_path).send(parcel(name="Ann\nBcc: eve@example.org"))
    assert outcome.state == "refused"
    assert "line break" in outcome.detail
    assert not list(tmp_path.iterdir())


def test_a_place_that_cannot_be_written_to_is_for_later(tmp_path: Path) -> None:
    (tmp_path / "briefs").write_text("a file, where a folder should be")
    outcome = open_channel("outbox", SETTINGS, tmp_path).send(parcel())
    assert outcome.state == "later"
    assert "briefs" in outcome.detail


def test_settings_without_what_mail_needs_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(BriefingError, match="sender"):
        open_channel("outbox", msgspec.structs.replace(SETTINGS, sender="nobody"), tmp_path)


def test_whenever_it_is_killed_every_mail_that_is_there_is_whole(tmp_path: Path) -> None:
    script = """
import sys
from pathlib import Path
from briefing.deliver.outbox import Outbox
from tests.deliver.parcels import SETTINGS, parcel, rendition
outbox, shared = Outbox(Path(sys.argv[1]), SETTINGS), rendition(files={"trade.pdf": bytes(2_000_000)})
for n in range(10_000):
    outbox.send(parcel(f"r{n}@example.org", rendition=shared))
    print(n, flush=True)
"""
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path)], cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    for _ in range(12):
        process.stdout.readline()
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    shared = rendition(files={"trade.pdf": bytes(2_000_000)})
    channel = open_channel("outbox", msgspec.structs.replace(SETTINGS, outbox=str(tmp_path)), tmp_path)
    there = {path.read_bytes() for path in (tmp_path / "new").iterdir()}
    assert len(there) >= 12
    expected = {n: parcel(f"r{n}@example.org", rendition=shared) for n in range(len(there))}
    assert there == {build(each, SETTINGS) for each in expected.values()}
    assert all(channel.arrived(each) for each in expected.values())


def test_mails_may_be_brought_to_the_disk_many_at_once_and_none_is_in_new_before(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path, SETTINGS, durable=False)
    outcomes = [outbox.send(parcel(f"r{n}@example.org")) for n in range(5)]
    assert not list((tmp_path / "new").iterdir())
    assert not outbox.arrived(parcel("r0@example.org"))
    assert outbox.flush() == ""
    assert {f"new/{path.name}" for path in (tmp_path / "new").iterdir()} == {outcome.detail for outcome in outcomes}
    outbox.send(parcel("r5@example.org"))
    outbox.close()
    assert outbox.arrived(parcel("r5@example.org"))


def test_the_editor_is_told_in_the_outbox_where_mail_goes_there(tmp_path: Path) -> None:
    told = Notice("The brief is held", ("Fact gdp is stale.",), datetime(2026, 2, 1, tzinfo=UTC), "trade")
    outcome = send_notice(told, Settings(editor="ed@example.org", channel="folder"), tmp_path)
    assert outcome.state == "sent"
    assert b"To: ed@example.org\r\n" in (tmp_path / "briefs/outbox" / outcome.detail).read_bytes()
