"""What goes on by itself, whole: issued, delivered to each reader once, and the editor told once of what went wrong; from files to mails."""

from __future__ import annotations

import json
import re
import zipfile
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader
from typer.testing import CliRunner, Result

from briefing import regular
from briefing.deliver.ledger import Ledger
from briefing.deliver.ledger_rows import Intent, Key
from briefing.pipeline import store_of
from briefing.regular import HandedOver, Round
from generate import app
from tests.deliver.mail_servers import running
from tests.editions.harbour import change
from tests.schedules import BERLIN, make, moment

READERS = """\
readers:
  - {id: ann, address: ann@example.org, briefs: [brief], formats: [txt]}
  - {id: ben, address: ben@example.org, briefs: [brief], formats: [txt, html]}
"""
FIRST, SECOND = "2025-03-03T07:00", "2025-03-10T07:00"  # Mondays


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return ready(tmp_path / "dossier", f"cadence: every Monday 07:00, deliver: true, {BERLIN}")


def ready(path: Path, schedule: str) -> Path:
    root = make(path, schedule)
    (root / "readers.yaml").write_text(READERS)
    (root / "delivery.yaml").write_text("editor: editor@example.org\n")
    return root


def due(root: Path, at: str) -> Round:
    return regular.due(root, moment(at))


def command(root: Path, *arguments: str) -> Result:
    result = CliRunner().invoke(app, [*arguments, "--dossier", str(root)])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def mails(root: Path, to: str = "") -> list[Any]:
    """Return the mails in the outbox, those to one address where given, by address and subject."""
    found = [message_from_bytes(path.read_bytes(), policy=default) for path in (root / "briefs/outbox/new").glob("*")]
    return sorted((each for each in found if to in str(each["To"])), key=lambda mail: (str(mail["To"]), str(mail["Subject"])))


def told(root: Path) -> list[str]:
    """Return what the editor was told: the subjects."""
    return [str(mail["Subject"]) for mail in mails(root, "editor@")]


def only(found: Round) -> HandedOver:
    (done,) = found.deliveries
    return done


# ----------------------------------------------------------------------------------------------------------- to readers


def test_what_is_due_is_issued_and_goes_to_each_reader_once(root: Path) -> None:
    first, second, third = due(root, FIRST), due(root, "2025-03-03T07:05"), due(root, SECOND)
    assert [each.result for each in first.report.outcomes] == ["issued"]
    assert (first.failed, second.failed, third.failed) == (False, False, False)
    assert only(first).line.startswith("brief, edition 1: 2 sent; 2 in ")
    assert only(second).line == only(third).line == "brief, edition 1: 2 sent"
    assert [str(each["To"]) for each in mails(root)] == ["ann@example.org", "ben@example.org"]


def test_an_edition_that_no_schedule_wants_delivered_stays(tmp_path: Path) -> None:
    root = ready(tmp_path / "dossier", f"cadence: every Monday 07:00, {BERLIN}")
    assert due(root, FIRST).deliveries == ()
    assert mails(root) == []


def test_an_embargo_keeps_an_edition_from_its_readers_until_it_is_over(tmp_path: Path) -> None:
    root = ready(tmp_path / "dossier", f"cadence: every Monday 07:00, embargo: 3 hours, deliver: true, {BERLIN}")
    assert due(root, FIRST).deliveries == ()
    assert due(root, "2025-03-03T09:59").deliveries == ()
    assert (store_of(root, "brief").numbers(), mails(root)) == ([1], [])
    assert only(due(root, "2025-03-03T10:00")).line.startswith("brief, edition 1: 2 sent")
    assert len(mails(root)) == 2


def test_a_withdrawn_edition_goes_to_nobody(root: Path) -> None:
    from briefing import issuing

    (root / "readers.yaml").rename(root / "later.yaml")
    due(root, FIRST)
    issuing.withdraw(root, "brief", 1, "it was wrong", moment("2025-03-03T08:00"))
    (root / "later.yaml").rename(root / "readers.yaml")
    assert due(root, "2025-03-03T09:00").deliveries == ()


def test_a_damaged_edition_of_one_brief_keeps_no_other_from_its_readers(root: Path) -> None:
    (root / "readers.yaml").write_text(READERS.replace("[brief]", "[all]"))
    make(root, f"cadence: every Monday 07:00, deliver: true, {BERLIN}", "page")
    due(root, FIRST)
    assert len(mails(root)) == 4
    path = store_of(root, "brief").path(1) / "manifest.json"
    path.chmod(0o644)
    path.write_text("{")
    for _ in range(2):
        broken, page = due(root, "2025-03-03T08:00").deliveries
        assert broken.failed
        assert broken.line.startswith("brief: cannot be delivered: ")
        assert "the manifest is damaged" in broken.line
        assert page.line == "page, edition 1: 2 sent"
    assert len(told(root)) == 1


def test_readers_that_another_process_has_in_hand_are_looked_at_again_soon(root: Path) -> None:
    """It may be killed with them, and the scheduler that saw so is the one that is left to go on."""
    (root / "readers.yaml").rename(root / "later.yaml")
    due(root, FIRST)
    (root / "later.yaml").rename(root / "readers.yaml")
    at = datetime.now(UTC)  # noqa: TID251  the ledger goes by the machine's clock
    with Ledger(root) as other:
        other.begin(at)
        other.step((), [Intent(Key("brief", 1, "ann", "outbox"), "ann@example.org")], at)
        seen = regular.handed_over(root, "brief", 1, moment(SECOND))
        assert seen.line.startswith("brief, edition 1: 1 sent, 1 sending; 1 in ")
        assert (seen.failed, seen.again) == (False, moment(SECOND) + timedelta(minutes=1))
        before = told(root)
    for _ in range(2):
        last = regular.handed_over(root, "brief", 1, moment(SECOND))
        assert (last.line, last.failed) == ("brief, edition 1: 1 sent, 1 uncertain", True)
        assert last.problems[0].startswith("ann: uncertain, ")
    assert len(told(root)) == len(before) + 1
    assert [str(each["To"]) for each in mails(root) if "editor" not in each["To"]] == ["ben@example.org"]


# -------------------------------------------------------------------------------------------------------- to the editor


def test_who_is_refused_for_good_is_told_once_by_name_and_ends_the_command_with_one(root: Path) -> None:
    with running() as server:
        (root / "delivery.yaml").write_text(
            "sender: desk@example.org\neditor: editor@example.org\nchannel: smtp\n"
            f"smtp: {{host: localhost, port: {server.port}, security: none}}\n"
        )
        server.script = {"RCPT": ["550 no such user"]}
        failed = command(root, "due", "--at", f"{FIRST}+01:00")
        assert failed.exit_code == 1
        assert "brief, edition 1: 1 sent, 1 refused" in failed.stderr
        assert "  ann: refused, 550 no such user" in failed.stderr
        assert server.recipients() == ["ben@example.org", "editor@example.org"]
        notice = server.taken[1][1].decode()
        assert "Subject: brief, edition 1 could not be delivered to all its readers" in notice
        assert "ann: refused, 550 no such user" in notice.replace("=\r\n", "")
        again = command(root, "due", "--at", "2025-03-03T07:05+01:00")
        assert again.exit_code == 0  # who must look has been told
        assert len(server.taken) == 2


def test_a_fault_that_stays_is_told_once_and_another_again(root: Path) -> None:
    text = (root / "readers.yaml").read_text()
    (root / "readers.yaml").unlink()
    for _ in range(2):
        found = due(root, FIRST)
        assert found.failed
        assert (
            only(found).line
            == f"brief, edition 1: could not be delivered: there is no {root / 'readers.yaml'}, and so nobody to deliver to"
        )
    assert told(root) == ["brief, edition 1 could not be delivered to all its readers"]
    (root / "readers.yaml").write_text(text.replace("formats: [txt]", "formats: [text]"))
    for _ in range(2):
        assert "readers.yaml:2:" in only(due(root, "2025-03-03T07:10")).line
    assert len(told(root)) == 2
    (root / "readers.yaml").write_text(text)
    assert not due(root, "2025-03-03T07:15").failed
    (root / "readers.yaml").unlink()
    assert due(root, "2025-03-03T07:20").failed
    assert len(told(root)) == 3  # it was well in between


def test_a_held_brief_is_told_once_with_its_reasons_and_its_readers_get_nothing(root: Path) -> None:
    change(root, "{cost.amount}", "{cost.amuont}")
    first, second = command(root, "due", "--at", f"{FIRST}+01:00"), command(root, "due", "--at", "2025-03-03T07:05+01:00")
    assert (first.exit_code, second.exit_code) == (1, 1)
    (notice,) = mails(root)
    assert (str(notice["To"]), str(notice["Subject"])) == ("editor@example.org", "brief is held, not issued")
    assert "seeds/works.yaml:3:" in notice.get_content()


def test_a_notice_that_cannot_be_sent_is_a_warning_and_comes_again(root: Path) -> None:
    change(root, "{cost.amount}", "{cost.amuont}")
    (root / "delivery.yaml").write_text("editor: editor@example.org\noutbox: blocked/outbox\n")
    (root / "blocked").write_text("a file where a folder should be")
    for minute in ("00", "05"):
        failed = command(root, "due", "--quiet", "--at", f"2025-03-03T07:{minute}+01:00")
        assert failed.exit_code == 1
        assert "the editor could not be told: " in failed.stderr
    (root / "blocked").unlink()
    assert "could not be told" not in command(root, "due", "--at", "2025-03-03T07:10+01:00").stderr
    assert len(list((root / "blocked/outbox/new").iterdir())) == 1


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        ("delivery.yaml", "editor: [", "delivery.yaml:"),
        ("delivery.yaml", "chanel: smtp\n", "did you mean channel?"),
        ("delivery.yaml", "channel: smtp\n", "delivery.yaml"),
        ("readers.yaml", "readers: [{id: a, adress: b}]\n", "readers.yaml:1:19:"),
    ],
)
def test_where_nothing_can_be_delivered_editions_are_issued_all_the_same(root: Path, file: str, text: str, said: str) -> None:
    (root / file).write_text(text)
    failed = command(root, "due", "--at", f"{FIRST}+01:00", "--json")
    assert failed.exit_code == 1
    found = json.loads(failed.stdout)
    assert [each["result"] for each in found["outcomes"]] == ["issued"]
    assert found["deliveries"][0]["failed"] is True
    assert said in found["deliveries"][0]["line"]
    assert store_of(root, "brief").numbers() == [1]


# -------------------------------------------------------------------------------------------------------- what changed


def test_what_changed_is_in_the_next_document_summary_mail_and_feed(tmp_path: Path) -> None:
    """One figure beyond its threshold: was and is, in every format and every place that readers look at."""
    root = ready(tmp_path / "dossier", f"cadence: every Monday 07:00, deliver: true, {BERLIN}")
    make(root, f"cadence: every Monday 07:00, deliver: true, {BERLIN}", "page")
    (root / "delivery.yaml").write_text("site: https://example.org/\neditor: editor@example.org\n")
    assert not due(root, FIRST).failed
    change(root, "value: 100 million", "value: 120 million")
    found = due(root, SECOND)
    assert [(each.brief, each.edition, each.kind) for each in found.report.outcomes] == [
        ("brief", 2, "major"),
        ("page", 2, "major"),
    ]
    for name in ("brief", "page"):
        assert [each.fact for each in store_of(root, name).manifest(2).changes if each.weight == "major"] == ["cost"]
        folder = store_of(root, name).path(2)
        text = " ".join((folder / f"{name}.txt").read_text().split())
        pdf = " ".join(" ".join(page.extract_text() for page in PdfReader(folder / f"{name}.pdf").pages).split())
        html = (folder / f"{name}.html").read_text()
        with zipfile.ZipFile(folder / f"{name}.docx") as parts:
            docx = re.sub("<[^>]*>", "", parts.read("word/document.xml").decode()).replace("\xa0", " ")
        for words in (text, pdf, html, docx):
            assert "EUR 100 million" in words
            assert "EUR 120 million" in words
    (mail,) = [each for each in mails(root, "ann@") if "edition 2" in str(each["Subject"])]
    body = " ".join(mail.get_body(("plain",)).get_content().split())
    assert "EUR 100 million" in body
    assert "EUR 120 million" in body
    assert command(root, "publish", "--to", str(tmp_path / "site")).exit_code == 0
    feed = "".join(path.read_text() for path in sorted((tmp_path / "site").rglob("*.xml")))
    assert "EUR 100 million" in feed
    assert "EUR 120 million" in feed
