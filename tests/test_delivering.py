"""Editions to their readers, from the files of a dossier to mails in an outbox, and what the ledger says of it afterwards."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest

from briefing import delivered, delivering, issuing, recalling
from briefing.deliver.sending import Report
from briefing.delivering import Delivered
from briefing.delivery import Notice
from briefing.going import DeliveryError, Options
from briefing.postings import Way
from briefing.problems import ProblemsFound
from tests.editions.harbour import BRIEF, change, issue
from tests.editions.harbour import make as harbour

MANY = int(os.environ.get("BRIEFING_MANY", "1000"))  # readers; 100,000 for the proof at full size
ROOT = Path(__file__).resolve().parents[1]
AT = datetime(2025, 2, 1, 12, tzinfo=UTC)
LATER = datetime(2025, 3, 1, 12, tzinfo=UTC)
READERS = """\
groups:
  desk: {briefs: [brief], formats: [txt]}
readers:
  - {id: ann, address: ann@example.org, name: Ann, groups: [desk]}
  - {id: ben, address: ben@example.org, groups: [desk], formats: [html, txt]}
  - {id: cat, address: cat@example.org, groups: [desk], paused: true}
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    made = harbour(tmp_path / "dossier")
    issue(made, "2025-02-01")
    (made / "readers.yaml").write_text(READERS, "utf-8")
    return made


def deliver(root: Path, at: datetime = AT, **options: Any) -> Delivered:
    options.setdefault("way", Way(wait=False))
    return delivering.deliver_brief(root, BRIEF, at, Options(**options))


def mails(root: Path) -> list[Any]:
    """Return the mails in the outbox, by address."""
    found = [message_from_bytes(path.read_bytes(), policy=default) for path in (root / "briefs/outbox/new").glob("*")]
    return sorted(found, key=lambda mail: (str(mail["To"]), str(mail["Subject"])))


def generate(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "generate.py"), *arguments, "-d", str(root)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_each_reader_gets_the_edition_once_in_the_formats_asked_for(root: Path) -> None:
    first, second = deliver(root), deliver(root)
    assert (first.counts, first.excluded, first.sent, first.failed) == ({"sent": 2}, {"paused": 1}, 2, False)
    assert (second.counts, second.sent) == ({"sent": 2}, 0)
    ann, ben = mails(root)
    assert [part.get_filename() for part in ann.iter_attachments()] == ["brief.txt"]
    assert sorted(part.get_filename() for part in ben.iter_attachments()) == ["brief.html", "brief.txt"]
    assert ann["Subject"] == "Opening the harbour line"


def test_a_minor_edition_goes_to_those_who_want_it_and_to_who_has_none(root: Path) -> None:
    deliver(root)
    change(root, "Trams on order", "Trams ordered")
    issue(root, "2025-02-02")
    path = root / "readers.yaml"
    path.write_text(
        READERS.replace("name: Ann", "minor: true") + "  - {id: dan, address: dan@example.org, groups: [desk]}\n", "utf-8"
    )
    done = deliver(root)
    assert (done.edition, done.counts, done.excluded) == (2, {"sent": 2}, {"minor": 1, "paused": 1})
    assert [str(each["To"]) for each in mails(root) if "(edition 2)" in each["Subject"]] == ["ann@example.org", "dan@example.org"]
    assert deliver(root).sent == 0


def test_settings_may_want_minor_editions_for_all(root: Path) -> None:
    deliver(root)
    change(root, "Trams on order", "Trams ordered")
    issue(root, "2025-02-02")
    (root / "delivery.yaml").write_text("minor: true\n", "utf-8")
    assert deliver(root).sent == 2


def test_a_withdrawn_edition_is_not_delivered_and_the_one_before_stands(root: Path) -> None:
    change(root, "24", "40")
    issue(root, "2025-02-02")
    issuing.withdraw(root, BRIEF, 2, "the count was wrong", LATER)
    assert deliver(root).edition == 1
    issuing.withdraw(root, BRIEF, 1, "so was this", LATER)
    with pytest.raises(DeliveryError, match="brief has no edition that stands; generate issue brief makes one"):
        deliver(root)
    assert delivering.deliver(root, "", AT)[0].line.startswith("brief has no edition that stands")


def test_a_theme_reader_gets_the_theme_alone(root: Path) -> None:
    (root / "readers.yaml").write_text(
        "readers: [{id: ann, address: ann@example.org, briefs: [brief], themes: [works], formats: [txt]}]\n"
    )
    assert deliver(root).sent == 1
    (row,) = delivered.deliveries(root)
    assert row["edition"] == "brief-works/1"
    assert [part.get_filename() for part in mails(root)[0].iter_attachments()] == ["brief-works.txt"]


def test_who_has_a_problem_does_not_keep_the_others_from_their_mail(root: Path) -> None:
    (root / "readers.yaml").write_text(READERS.replace("paused: true", "look: night"), "utf-8")
    (root / "templates" / "looks").mkdir(parents=True)
    (root / "templates" / "looks" / "night.yaml").write_text("look: {colours: {accent: nothing}}\n", "utf-8")
    told: list[Report] = []
    done = deliver(root, told=told.append)
    assert (done.counts, done.failed) == ({"sent": 2, "failed": 1}, True)
    assert [(each.reader, each.state) for each in told if each.state != "sent"] == [("cat", "failed")]


def test_a_dry_run_says_who_would_get_what_and_writes_nothing(root: Path) -> None:
    before = sorted(root.rglob("*"))
    found = list(delivering.planned(root, BRIEF, AT))
    assert [each.line for each in found if isinstance(each, delivering.Plan)] == [
        "ann: brief/1, txt, by outbox",
        "ben: brief/1, html and txt, by outbox",
        "cat: not brief/1: is paused",
    ]
    assert sorted(root.rglob("*")) == before
    deliver(root)
    assert [each.wanted for each in delivering.planned(root, BRIEF, AT) if isinstance(each, delivering.Plan)] == [False] * 3


def test_resending_is_to_that_reader_alone_and_what_was_is_kept(root: Path) -> None:
    deliver(root)
    for path in (root / "briefs/outbox/new").glob("*"):
        path.unlink()
    assert deliver(root).sent == 0
    assert deliver(root, resend=("ann",)).sent == 1
    assert [str(mail["To"]) for mail in mails(root)] == ["Ann <ann@example.org>"]
    with pytest.raises(DeliveryError, match=r"no reader is called 'anne' \(did you mean ann\?\); nothing was sent"):
        deliver(root, resend=("anne",))


def test_a_full_disk_or_a_folder_that_may_not_be_written_to_is_no_refusal(root: Path) -> None:
    (root / "delivery.yaml").write_text("outbox: blocked/outbox\nretry: {attempts: 2, pause: 0.01, longest: 0.02}\n", "utf-8")
    (root / "blocked").write_text("a file where a folder should be", "utf-8")
    told: list[Report] = []
    done = deliver(root, told=told.append, way=Way())
    assert (done.counts, done.failed) == ({"sent": 0, "untried": 2}, True)
    assert re.search("2 readers.*blocked", " ".join(f"{each.reader} {each.detail}" for each in told))
    (root / "blocked").unlink()
    time.sleep(0.02)
    assert deliver(root).counts == {"sent": 2}


def test_processes_of_their_own_send_what_one_would(root: Path) -> None:
    lines = ["id,address,briefs,formats", *(f"r{n},r{n}@example.org,brief,txt" for n in range(250))]
    (root / "many.csv").write_text("\n".join(lines) + "\n", "utf-8")
    done = deliver(root, readers=root / "many.csv", way=Way(jobs=2))
    assert done.counts == {"sent": 250}
    assert len(mails(root)) == 250


def test_a_correction_goes_to_those_who_read_the_fact_and_to_nobody_else(root: Path) -> None:
    deliver(root)
    with pytest.raises(DeliveryError, match="says of cost what its readers have read"):
        recalling.correct(root, "cost", "wrong sum", AT, Options(way=Way(wait=False)))
    change(root, "value: 100 million", "value: 130 million")
    issue(root, "2025-02-02")
    path = root / "readers.yaml"
    path.write_text(READERS + "  - {id: dan, address: dan@example.org, groups: [desk]}\n", "utf-8")
    (corrected,) = recalling.correct(root, "cost", "the sum left out the depot", LATER, Options(way=Way(wait=False)))
    assert (corrected.delivered.sent, corrected.unreached) == (2, ())
    sent = [mail for mail in mails(root) if str(mail["Subject"]).startswith("Correction: ")]
    assert [str(mail["To"]) for mail in sent] == ["Ann <ann@example.org>", "ben@example.org"]
    body = sent[0].get_body(("plain",)).get_content()
    said = "Correction: you received edition 1 of 1 February 2025. Please use edition 2 in its place. Reason: the sum left out the depot"
    assert said in " ".join(body.split())
    (again,) = recalling.correct(root, "cost", "the sum left out the depot", LATER, Options(way=Way(wait=False)))
    assert again.delivered.sent == 0
    done = deliver(root, LATER)  # the correction brought the edition, so that only who is new gets it
    assert (done.sent, len(mails(root))) == (1, 5)


def test_recall_tells_the_editions_that_printed_a_fact_and_who_got_them(root: Path) -> None:
    deliver(root)
    found = recalling.recall(root, "order")
    assert [(each.edition, each.state, each.says) for each in found.editions] == [(1, "current", "The city ordered 24 trams.")]
    assert [(each.reader, each.edition, each.state) for each in found.readers] == [("ann", 1, "sent"), ("ben", 1, "sent")]
    with pytest.raises(DeliveryError, match=r"no edition printed the fact 'ordr' \(did you mean order\?\)"):
        recalling.recall(root, "ordr")


def test_who_cannot_be_sent_a_correction_is_named(root: Path) -> None:
    deliver(root)
    change(root, "value: 100 million", "value: 130 million")
    issue(root, "2025-02-02")
    (root / "readers.yaml").write_text(READERS.replace("  - {id: ann", "  - {id: eve").replace("ann@", "eve@").replace(
        "formats: [html, txt]", "paused: true"), "utf-8")  # fmt: skip
    (corrected,) = recalling.correct(root, "cost", "wrong", LATER, Options(way=Way(wait=False)))
    assert corrected.unreached == ("ann: is in the readers file no more", "ben: is paused")
    assert corrected.delivered.sent == 0


def test_mail_that_comes_back_stops_mail_to_its_address_and_a_person_may_allow_it_again(root: Path) -> None:
    deliver(root)
    mail = mails(root)[0]
    notice = root / "bounce.eml"
    notice.write_text(
        "From: MAILER-DAEMON@example.org\nTo: desk@example.org\nSubject: Undelivered\nMIME-Version: 1.0\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n'
        "--b\nContent-Type: text/plain\n\nIt did not arrive.\n"
        "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.org\n\n"
        "Final-Recipient: rfc822; ann@example.org\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 no such user\n\n"
        f"--b\nContent-Type: message/rfc822\n\nMessage-ID: {mail['Message-ID']}\nSubject: x\n\nx\n\n--b--\n",
        "utf-8",
    )
    (line,) = delivered.bounced(root, notice)
    assert line.startswith("ann@example.org: brief/1 came back, and nothing is sent there any more: ")
    assert {row["reader"]: row["state"] for row in delivered.deliveries(root)} == {"ann": "refused", "ben": "sent"}
    change(root, "24", "40")
    issue(root, "2025-02-02")
    assert deliver(root, LATER).excluded == {"paused": 1, "suppressed": 1}
    assert delivered.unsuppress(root, ["ann@example.org"]) == ["ann@example.org: mail may go there again"]
    assert deliver(root, LATER).sent == 1
    notice.write_text(notice.read_text("utf-8").replace("ann@example.org", "ben@example.org"), "utf-8")
    assert "passed over" in delivered.bounced(root, notice)[0]  # a notice about a mail that went to another


def test_what_is_issued_goes_out_while_the_dossier_is_being_worked_on(root: Path) -> None:
    change(root, "status: in-force", "status: in-farce")
    assert deliver(root).sent == 2


def test_mistakes_in_the_readers_file_are_shown_with_their_place(root: Path) -> None:
    (root / "readers.yaml").write_text(READERS.replace("[html, txt]", "[html, text]"), "utf-8")
    with pytest.raises(ProblemsFound, match=r"readers.yaml:5:"):
        deliver(root)
    (root / "readers.yaml").unlink()
    with pytest.raises(DeliveryError, match="nobody to deliver to"):
        deliver(root)


def test_the_editor_is_told_by_mail_where_there_is_one(root: Path) -> None:
    notice = Notice("brief is held", ("a reason",), AT, BRIEF)
    assert delivering.notify(root, notice) is None
    (root / "delivery.yaml").write_text("editor: editor@example.org\n", "utf-8")
    outcome = delivering.notify(root, notice)
    assert outcome is not None
    assert outcome.state == "sent"
    assert [str(mail["To"]) for mail in mails(root)] == ["editor@example.org"]


def test_the_commands_print_counts_and_lines_and_end_with_one_where_somebody_must_look(root: Path) -> None:
    plan = generate(root, "deliver", "--dry-run", "--json", "--at", "2025-02-01T12:00Z")
    assert [each["wanted"] for each in json.loads(plan.stdout)] == [True, True, False]
    done = generate(root, "deliver", BRIEF, "--at", "2025-02-01T12:00Z")
    assert (done.returncode, done.stderr) == (0, "")
    assert re.fullmatch(r"brief, edition 1: 2 sent; 2 in \d+\.\d s, \d+ a second; not to: 1 paused\n", done.stdout)
    rows = json.loads(generate(root, "deliveries", "--json", "--reader", "ann").stdout)
    assert [(row["edition"], row["state"]) for row in rows] == [("brief/1", "sent")]
    assert generate(root, "deliveries", "--state", "lost").returncode == 2
    told = generate(root, "recall", "order")
    assert "brief, edition 1 of 2025-02-01, current: The city ordered 24 trams." in told.stdout
    assert json.loads(generate(root, "recall", "order", "--json").stdout)["readers"][0]["reader"] == "ann"
    sent = generate(root, "recall", "order", "--send")
    assert (sent.returncode, sent.stderr) == (1, "a correction needs its reason: --because; it is told to the readers\n")


# a small process between: a child's peak is never below that of the process it was begun by, and the tests' own is large
MEASURED = """
import resource, subprocess, sys
done = subprocess.run(sys.argv[1:])
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr)
sys.exit(done.returncode)
"""


def test_many_readers_take_little_memory_and_what_was_killed_goes_on(tmp_path: Path) -> None:
    root = harbour(tmp_path / "dossier")
    issue(root, "2025-02-01")
    lines = ["address,name,briefs,formats", *(f"reader{n}@example.org,Reader {n},brief,txt" for n in range(MANY))]
    (root / "readers.csv").write_text("\n".join(lines) + "\n", "utf-8")
    command = [sys.executable, str(ROOT / "generate.py"), "deliver", BRIEF, "-d", str(root), "--at", "2025-02-01T12:00Z"]
    process = subprocess.Popen(command, start_new_session=True)
    new = root / "briefs/outbox/new"
    while process.poll() is None and (not new.exists() or sum(1 for _ in os.scandir(new)) < MANY // 2):
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    before = sum(1 for _ in os.scandir(new))
    assert MANY // 2 <= before < MANY
    done = subprocess.run([sys.executable, "-c", MEASURED, *command], capture_output=True, text=True, check=True)
    assert done.stdout.startswith(f"brief, edition 1: {MANY} sent; ")
    assert sum(1 for _ in os.scandir(new)) == MANY
    assert {row["state"] for row in delivered.deliveries(root)} == {"sent"}
    peak = int(done.stderr) / (1024 if sys.platform == "darwin" else 1) / 1024**2
    print(f"{done.stdout.strip()}; {before} before the kill; at most {peak:.2f} GB")
    assert peak < 0.3


MARKED = "\n  markings: [public, official, restricted]"


def marked(root: Path) -> None:
    """Give the dossier a ladder, and an edition made with it."""
    path = root / "seeds/dossier.yaml"
    text = path.read_text("utf-8")
    path.write_text(text.replace("\n  shelf_life", f"{MARKED}\n  shelf_life", 1), "utf-8")
    change(root, "Trams on order", "Trams ordered")
    assert issue(root, "2025-02-02").edition == 2


def test_what_the_dossier_marks_higher_after_the_issue_keeps_its_edition_in(root: Path) -> None:
    marked(root)
    path = root / "seeds/works.yaml"
    text = path.read_text("utf-8")
    path.write_text(text.replace("- id: cost\n", "- id: cost\n    marking: restricted\n", 1), "utf-8")
    told = list[Report]()
    done = deliver(root, LATER, told=told.append)
    assert (done.counts, done.failed, mails(root)) == ({"sent": 0, "failed": 2}, True, [])
    assert {each.detail for each in told} == {"it prints what is marked higher by now: cost; issue brief anew"}
    assert not list(delivered.deliveries(root))
    plans = [each for each in delivering.planned(root, BRIEF, LATER) if isinstance(each, delivering.Plan)]
    assert not any(each.wanted for each in plans)
    assert sum("not sent, it prints what is marked higher by now: cost; issue brief anew" in each.line for each in plans) == 2
    path.write_text(text, "utf-8")
    assert deliver(root, LATER).sent == 2


def test_a_mail_whose_sender_or_name_says_what_is_hidden_goes_to_nobody(root: Path) -> None:
    path = root / "seeds/works.yaml"
    secret = (
        "  - id: price\n    label: Zebrafinch clause\n    marking: restricted\n    says: The zebrafinch clause costs {amount}.\n"
    )
    more = '    figures: {amount: {value: 77 million, unit: EUR}}\n    status: in-force\n    sources: ["gazette#3"]\n'
    path.write_text(path.read_text("utf-8").replace("facts:\n", f"facts:\n{secret}{more}", 1), "utf-8")
    marked(root)
    settings = root / "delivery.yaml"
    settings.write_text("sender: Zebrafinch clause <desk@example.org>\n", "utf-8")
    told = list[Report]()
    done = deliver(root, LATER, told=told.append)
    assert (done.failed, mails(root)) == (True, [])
    assert all("brief.eml" in each.detail and "price" in each.detail for each in told)
    settings.write_text("sender: Desk <desk@example.org>\n", "utf-8")
    assert deliver(root, LATER).sent == 2


def test_who_has_a_password_gets_no_word_of_the_document_in_the_clear(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("msoffcrypto")
    pytest.importorskip("pikepdf")
    monkeypatch.setenv("BRIEFING_TEST_PASSWORD", "an open sesame")
    change(root, "Trams on order", "Trams ordered")
    issue(root, "2025-02-02", formats=("docx", "txt"))
    place, whom = root / "in", "briefs: [brief], password: 'env:BRIEFING_TEST_PASSWORD', minor: true"
    (root / "readers.yaml").write_text(
        f"readers:\n- {{id: ann, address: ann@example.org, formats: [docx], {whom}}}\n"
        f"- {{id: ben, folder: in, formats: [docx], {whom}}}\n"
        f"- {{id: cat, address: cat@example.org, formats: [txt], {whom}}}\n"
        "- {id: dan, address: dan@example.org, formats: [docx], briefs: [brief], minor: true}\n",
        "utf-8",
    )
    told = list[Report]()
    assert deliver(root, LATER, told=told.append).counts == {"sent": 3, "failed": 1}
    assert [each.detail for each in told if each.state == "failed"] == [
        "brief.txt: txt knows no passwords; give its reader pdf or docx alone"
    ]
    ann, dan = mails(root)
    assert "100 million" in dan.get_body().get_content()
    parts = [part.get_content() for part in ann.walk() if part.get_content_maintype() == "text"]
    kept = {path.name: path.read_bytes() for path in place.rglob("*") if path.is_file()}
    assert set(kept) == {"brief.docx", "summary.txt", "SHA256SUMS"}
    clear = "\n".join((*parts, kept["summary.txt"].decode(), *map(str, ann.values()))).casefold()
    assert len(parts) == 2
    assert clear.count("the documents open with your password") == 3
    said = ("100", "million", "24 trams", "gazette", "ordered", "nobody owns", "what changed")
    assert not [word for word in said if word in clear]
    for data in (kept["brief.docx"], next(ann.iter_attachments()).get_content()):
        assert data.startswith(b"\xd0\xcf\x11\xe0")  # a compound file, which holds the encrypted package
        assert b"document.xml" not in data
