from __future__ import annotations

import mailbox
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from briefing.deliver.bounces import Bounce, parse, read
from briefing.deliver.mail import build, message_id
from briefing.problems import BriefingError
from tests.deliver.parcels import SETTINGS, parcel

ID = message_id(parcel(), SETTINGS)


RECEIPT = """Content-Type: multipart/report; report-type=disposition-notification; boundary=b

--b
Content-Type: message/disposition-notification

Final-Recipient: rfc822; ann@example.org
Disposition: automatic-action; displayed
--b--
"""


def notice(
    recipient: str = "rfc822; ann@example.org",
    action: str = "failed",
    status: str = "5.1.1",
    said: str = "",
    original: str = "",
    kind: str = "delivery-status",
) -> bytes:
    """Return a notice as Postfix writes it."""
    back = original or f"Content-Type: text/rfc822-headers\n\nMessage-ID: <{ID}>\nSubject: Trade"
    diagnosis = f"Diagnostic-Code: smtp; {said}\n" if said else ""
    text = f"""Return-Path: <>
From: MAILER-DAEMON@mail.example.org (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: desk@example.org
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type={kind};
\tboundary="B/mail.example.org"

This is a MIME-encapsulated message.

--B/mail.example.org
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not
be delivered.

--B/mail.example.org
Content-Description: Delivery report
Content-Type: message/{kind}

Reporting-MTA: dns; mail.example.org
X-Postfix-Queue-ID: 4XYZ
Arrival-Date: Sun,  1 Feb 2026 09:00:00 +0000 (UTC)

Final-Recipient: {recipient}
Action: {action}
Status: {status}
{diagnosis}
--B/mail.example.org
Content-Description: Undelivered Message
{back}

--B/mail.example.org--
"""
    return text.encode()


def test_a_notice_says_which_address_which_mail_and_why() -> None:
    assert parse(notice(said="550 5.1.1 <ann@example.org>: user unknown")) == [
        Bounce("ann@example.org", ID, permanent=True, reason="5.1.1 550 5.1.1 <ann@example.org>: user unknown")
    ]


@pytest.mark.parametrize(
    ("action", "status", "permanent"),
    [
        ("failed", "5.1.1", True),
        ("failed", "5.0.0", True),
        ("failed", "5.1.10 (null MX)", True),
        ("Failed", "5.2.1", True),
        ("failed", "4.4.1", False),  # given up after days of trying
        ("failed", "5.2.2", False),  # full
        ("failed", "5.3.4", False),  # too large
        ("failed", "5.7.1", False),  # not liked
        ("failed", "5.1.8", False),  # our own address
        ("failed", "nonsense", False),
    ],
)
def test_only_what_is_wrong_with_the_address_is_for_good(action: str, status: str, permanent: bool) -> None:
    (bounce,) = parse(notice(action=action, status=status))
    assert (bounce.permanent, bounce.delayed) == (permanent, False)


def test_a_mail_that_is_still_tried_is_no_failure() -> None:
    (bounce,) = parse(notice(action="delayed", status="4.4.1", said="connection timed out"))
    assert bounce == Bounce("ann@example.org", ID, permanent=False, reason="4.4.1 connection timed out", delayed=True)


@pytest.mark.parametrize("action", ["delivered", "relayed", "expanded", ""])
def test_a_receipt_is_no_bounce(action: str) -> None:
    assert parse(notice(action=action, status="2.0.0")) == []


def test_the_mail_is_known_when_it_comes_back_whole() -> None:
    whole = "Content-Type: message/rfc822\n\n" + build(parcel(), SETTINGS).decode().replace("\r\n", "\n")
    (bounce,) = parse(notice(original=whole))
    assert bounce.message_id == ID
    (bounce,) = parse(notice(original=whole).replace(b"\n", b"\r\n"))
    assert bounce.message_id == ID


def test_and_not_known_when_nothing_of_it_does() -> None:
    (bounce,) = parse(notice(original="Content-Type: text/plain\n\nnothing"))
    assert bounce.message_id == ""


def test_addresses_of_other_letters_are_read() -> None:
    said = notice("utf-8; j\\x{F6}rg@example.org", kind="global-delivery-status")
    assert [bounce.address for bounce in parse(said)] == ["jörg@example.org"]
    assert [bounce.address for bounce in parse(notice("utf-8; jörg@example.org", kind="global-delivery-status"))] == [
        "jörg@example.org"
    ]
    assert [bounce.address for bounce in parse(notice("utf-8; jörg@example.org"))] == ["jörg@example.org"]


def test_each_of_several_recipients_has_its_own_word() -> None:
    more = notice().replace(
        b"Status: 5.1.1\n", b"Status: 5.1.1\n\nFinal-Recipient: rfc822; bob@example.org\nAction: delayed\nStatus: 4.2.0\n"
    )
    assert [(bounce.address, bounce.permanent) for bounce in parse(more)] == [("ann@example.org", True), ("bob@example.org", False)]


def test_the_address_that_was_written_to_goes_before_the_one_it_was_sent_on_to() -> None:
    more = notice("rfc822; ann@elsewhere.example").replace(b"Action:", b"Original-Recipient: rfc822;ann@example.org\nAction:")
    assert [bounce.address for bounce in parse(more)] == ["ann@example.org"]


def test_a_notice_without_a_block_about_the_mail_is_read_too() -> None:
    less = notice().replace(
        b"Reporting-MTA: dns; mail.example.org\nX-Postfix-Queue-ID: 4XYZ\nArrival-Date: Sun,  1 Feb 2026 09:00:00 +0000 (UTC)\n\n",
        b"",
    )
    assert [bounce.address for bounce in parse(less)] == ["ann@example.org"]


def test_an_old_notice_that_only_names_addresses_never_counts_for_good() -> None:
    text = f"Return-Path: <>\nX-Failed-Recipients: ann@example.org, bob@example.org\nAuto-Submitted: auto-replied\n\n550 unknown\n\nMessage-ID: <{ID}>\n"
    assert [(bounce.address, bounce.message_id, bounce.permanent) for bounce in parse(text.encode())] == [
        ("ann@example.org", ID, False), ("bob@example.org", ID, False),
    ]  # fmt: skip
    assert parse(text.replace("Return-Path: <>", "Return-Path: <eve@example.org>").encode()) == []


@pytest.mark.parametrize(
    "text",
    [
        "Auto-Submitted: auto-replied\nSubject: Out of office\nIn-Reply-To: <trade.3.abc@example.org>\n\nI am away until 5.1.1 Monday.",
        "Subject: Re: Trade\n\nThank you. 550 5.1.1 ann@example.org",
        RECEIPT,
        "",
        "\0\xff" * 100,
    ],
)
def test_absence_answers_and_receipts_are_no_bounces(text: str) -> None:
    assert parse(text.encode("latin-1")) == []


@pytest.mark.parametrize(
    "recipient",
    ["x400; /c=de/", "rfc822;", "rfc822; nobody", "rfc822; a b@example.org", "rfc822; " + "a" * 300 + "@example.org", "unknown"],
)
def test_what_is_no_address_is_passed_over(recipient: str) -> None:
    assert parse(notice(recipient)) == []


@given(st.binary(max_size=2000), st.integers(0, 1500), st.integers(0, 200))
@example(b'Content-Type: multipart/report; boundary=""\n\n--\n', 0, 0)
@example(b"\xff", 700, 3)
def test_whatever_a_file_holds_it_is_read_to_its_end(noise: bytes, at: int, cut: int) -> None:
    parse(noise)
    whole = notice()
    for bounce in parse(whole[:at] + noise + whole[at + cut :]):
        assert "@" in bounce.address
        assert bounce.reason.isprintable()


@pytest.mark.parametrize(
    "hostile",
    [
        b"Content-Type: multipart/report; boundary=a\n\n" + b"--a\nContent-Type: multipart/mixed; boundary=a\n\n" * 20_000,
        b"Content-Type: multipart/report; boundary=a\n\n"
        + b"".join(b"--a%d\nContent-Type: multipart/mixed; boundary=a%d\n\n" % (n, n + 1) for n in range(5_000)),
        b"Subject: " + b"=?utf-8?b?" * 100_000 + b"\n\n",
        b"X-Failed-Recipients: " + b"a@b," * 500_000 + b"\nReturn-Path: <>\n\n",
        notice(said="x" * 2_000_000),
        notice().replace(b"Final-Recipient", b"\n".join(b"X-%d: y" % n for n in range(100_000)) + b"\nFinal-Recipient"),
        b"x" * 6_000_000,
    ],
    ids=["parts", "depth", "words", "addresses", "reason", "fields", "size"],
)
def test_a_hostile_file_does_no_harm(hostile: bytes) -> None:
    assert len(parse(hostile)) <= 200


def test_notices_are_read_from_wherever_they_were_put(tmp_path: Path) -> None:
    messages = [notice(f"rfc822; r{n}@example.org") for n in range(3)]
    plain = tmp_path / "files"
    plain.mkdir()
    for n, data in enumerate(messages):
        (plain / f"{n}.eml").write_bytes(data)
    (plain / "notes.txt").write_bytes(notice("rfc822; not-this@example.org"))
    single = tmp_path / "one"
    single.write_bytes(messages[0])
    box = mailbox.mbox(tmp_path / "mbox")
    for data in messages:
        box.add(data)
    box.close()
    maildir = mailbox.Maildir(tmp_path / "Maildir")
    for n, data in enumerate(messages):
        key = maildir.add(data)
        if n:
            message = maildir.get_message(key)
            message.set_subdir("cur")
            message.add_flag("S")
            maildir[key] = message
    everyone = [f"r{n}@example.org" for n in range(3)]
    for place, expected in (
        (plain, everyone),
        (single, everyone[:1]),
        (tmp_path / "mbox", everyone),
        (tmp_path / "Maildir", everyone),
    ):
        before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.is_file()}
        assert sorted(bounce.address for bounce in read(place)) == expected
        assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.is_file()} == before


def test_a_place_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(BriefingError, match="nowhere"):
        list(read(tmp_path / "nowhere"))
