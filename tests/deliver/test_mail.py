from __future__ import annotations

import email
import email.policy
import os
import re
import subprocess
import sys
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import msgspec
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from briefing.deliver.bodies import CLIPPED
from briefing.deliver.headers import Unsendable, text_field
from briefing.deliver.mail import Composer, build, message_id, notice
from briefing.delivery import Notice, Parcel, Settings, Variant
from briefing.problems import BriefingError
from tests.deliver.parcels import SETTINGS, parcel, rendition

ROOT = Path(__file__).resolve().parents[2]
WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n\0"), max_size=300)
SHOWN = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=120)


def read(data: bytes) -> EmailMessage:
    """Return a mail as the standard library reads it, with nothing in it that it would call a defect."""
    message = email.message_from_bytes(data, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    for part in message.walk():
        assert not part.defects
    return message


def body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def decoded(value: str) -> str:
    """Return a header's value with its encoded words read, without what the newer parser of the library makes of spaces between them."""
    return "".join(
        part.decode(charset or "ascii") if isinstance(part, bytes) else part for part, charset in email.header.decode_header(value)
    )


def test_a_mail_says_who_to_whom_what_and_when() -> None:
    message = read(build(parcel(), SETTINGS))
    assert message["From"] == "Trade Desk <desk@example.org>"
    assert message["To"] == "Ann <ann@example.org>"
    assert message["Subject"] == "Trade, edition 3"
    assert message["Date"].datetime == datetime(2026, 2, 1, 9, tzinfo=UTC)
    assert message["List-Id"] == "<trade.example.org>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Content-Language"] == "en"
    assert message["Reply-To"] is None
    assert message["List-Unsubscribe"] is None


def test_it_has_the_summary_as_text_and_as_a_page_and_the_documents_attached() -> None:
    made = parcel()
    message = read(build(made, SETTINGS))
    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/mixed", "multipart/alternative", "text/plain", "text/html", "application/pdf",
    ]  # fmt: skip
    assert "Trade was USD 22.8 billion." in body(message, "plain")
    assert "Trade was" in body(message, "html")
    (attached,) = message.iter_attachments()
    assert attached.get_filename() == "trade.pdf"
    assert attached.get_content() == made.rendition.files["trade.pdf"]


def test_without_documents_there_is_no_envelope_around_the_two_bodies() -> None:
    assert read(build(parcel(files={}), SETTINGS)).get_content_type() == "multipart/alternative"


def test_the_same_parcel_is_the_same_bytes_in_another_process_and_time_zone() -> None:
    script = "import sys; from tests.deliver.test_mail import *; sys.stdout.buffer.write(build(parcel('jörg@example.org', 'Jörg “J” 😀', note='n'), SETTINGS))"
    made = {
        subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": "C", "PYTHONPATH": str(ROOT)},
            capture_output=True, check=True,
        ).stdout
        for seed, zone in (("1", "Asia/Tokyo"), ("2", "America/Lima"))
    }  # fmt: skip
    assert len(made) == 1
    assert made == {build(parcel("jörg@example.org", "Jörg “J” 😀", note="n"), SETTINGS)}


def test_a_composer_gives_the_bytes_that_a_first_build_gives_whatever_went_before() -> None:
    shared = rendition()
    parcels = [
        parcel("a@example.org", rendition=shared),
        parcel("b@example.org", rendition=shared, note="Correction."),
        parcel("c@example.org", rendition=shared, files_of_reader={"trade.pdf": b"%PDF of c"}),
        parcel("d@example.org", rendition=shared, files_of_reader={"trade.pdf": b"%PDF of d"}),
        parcel("e@example.org", rendition=shared, subject="Another"),
    ]
    composer = Composer(SETTINGS)
    for made in [*parcels, *reversed(parcels)]:
        assert composer.compose(made).data == build(made, SETTINGS)


def test_a_composer_forgets_what_would_be_too_much_to_keep(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("briefing.deliver.mail._HELD", 1_000_000)
    composer = Composer(SETTINGS)
    for n in range(20):
        composer.compose(parcel(files={"a.pdf": bytes(200_000 + n)}))
        assert composer._size <= 1_000_000
        assert composer._size == sum(each.size for each in composer._shared.values())
    assert 1 < len(composer._shared) < 5


@given(st.one_of(WORDS, SHOWN), WORDS)
@example('Berg, "Ann" (Dr.) <x>', "=?utf-8?q?no?=")
@example("דָּוִד 😀 Ω", " two  spaces ")
@example("O'Brien; Pat:", "x" * 3000)
@example("\u2028\x85\x0b", "\x0c\u2029")
def test_any_name_and_subject_come_back_as_they_went_in(name: str, subject: str) -> None:
    data = build(parcel(name=name, subject=subject), SETTINGS)
    message = email.message_from_bytes(data, policy=email.policy.compat32)
    assert len(message.get_all("To") or []) == len(message.get_all("Subject") or []) == 1
    assert (
        decoded(
            re.sub(r"\r\n(?=[ \t])", "", message["Subject"]).strip(" ") if "=?" not in message["Subject"] else message["Subject"]
        )
        == subject
    )
    field = re.sub(r"\r\n(?=[ \t])", "", message["To"])
    phrase, _, address = field.rpartition("<")
    assert address == "ann@example.org>" if name.strip() else field == "ann@example.org"
    phrase = phrase.strip(" ")
    if phrase.startswith('"'):
        phrase = re.sub(r"\\(.)", r"\1", phrase[1:-1])
    assert decoded(phrase) == (name if name.strip() else "")
    assert all(len(line) <= 78 for line in data.partition(b"\r\n\r\n")[0].split(b"\r\n"))


@given(SHOWN)
@example("Łukasz Żółć, przez " * 5)
@example("Ann\u00a0Berg")
def test_the_newer_parser_reads_a_name_too(name: str) -> None:
    assume(" ".join(name.split()) == name != "")
    to = read(build(parcel(name=name), SETTINGS))["To"]
    assert [each.addr_spec for each in to.addresses] == ["ann@example.org"]
    # Python 3.11 keeps the space between two encoded words of a name, which RFC 2047 section 6.2 says is not there
    assert to.addresses[0].display_name.replace(" ", "") == name.replace(" ", "")


@given(st.text(max_size=400), st.text(max_size=200), st.lists(st.text(max_size=80), max_size=4), st.text(max_size=40))
def test_whatever_the_words_no_line_is_too_long_and_all_of_them_arrive(
    text: str, note: str, changes: list[str], marking: str
) -> None:
    made = parcel(text=text, note=note, changes=tuple(changes), marking=marking)
    try:
        data = build(made, SETTINGS)
    except Unsendable:
        assert re.search(r"[\r\n\0]", marking) or "\0" in text + note + "".join(changes)
        return
    assert max(map(len, data.split(b"\r\n"))) <= 998
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)|\0", data)
    message = email.message_from_bytes(data, policy=email.policy.compat32)
    part = next(each for each in message.walk() if each.get_content_type() == "text/plain")
    payload = part.get_payload(decode=True)
    assert isinstance(payload, bytes)
    said = payload.decode(part.get_content_charset() or "").replace("\r\n", "\n")
    assert re.sub(r"\r\n|\r", "\n", text).strip("\n") in said


@pytest.mark.parametrize("bad", ["\r", "\n", "\0", "\r\nBcc: eve@example.org", "\ud800"])
@pytest.mark.parametrize("field", ["name", "address", "subject", "marking", "language", "file", "id"])
def test_nothing_that_could_start_a_field_gets_into_one(field: str, bad: str) -> None:
    text = f"a{bad}b"
    settings = msgspec.structs.replace(SETTINGS, unsubscribe="https://example.org/{reader}")
    made = {
        "name": lambda: parcel(name=text),
        "address": lambda: parcel(f"{text}@example.org"),
        "subject": lambda: parcel(subject=text),
        "marking": lambda: parcel(marking=text),
        "language": lambda: parcel(language=text),
        "file": lambda: parcel(files={text: b""}),
        "id": lambda: parcel(id=text),
    }[field]()
    with pytest.raises(Unsendable):
        build(made, settings)


@pytest.mark.parametrize("field", ["sender", "reply_to"])
@pytest.mark.parametrize(
    "bad", ["Desk\r\nBcc: eve@example.org <desk@example.org>", "nobody", "a@example.org, b@example.org", "Desk <a@b@c>"]
)
def test_nor_into_one_from_the_settings(field: str, bad: str) -> None:
    with pytest.raises(BriefingError, match=field):
        build(parcel(), msgspec.structs.replace(SETTINGS, **{field: bad}))


def test_mail_without_a_sender_is_refused_with_a_hint() -> None:
    with pytest.raises(BriefingError, match="sender: Desk"):
        build(parcel(), Settings())


@pytest.mark.parametrize(
    "address", ["", "ann", "ann@", "@example.org", "a b@example.org", "ann@example.org>", "a@b.org,c@d.org", "ann@exa mple.org"]
)
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(Unsendable, match="the address"):
        build(parcel(address), SETTINGS)


def test_a_domain_in_another_script_needs_no_server_of_a_new_kind_and_a_name_before_it_does() -> None:
    composer = Composer(SETTINGS)
    plain = composer.compose(parcel("ann@bücher.example"))
    assert (plain.recipient, plain.international) == ("ann@xn--bcher-kva.example", False)
    assert plain.data.isascii()
    other = composer.compose(parcel("jörg@bücher.example"))
    assert (other.recipient, other.international) == ("jörg@xn--bcher-kva.example", True)
    assert "To: Ann <jörg@xn--bcher-kva.example>\r\n".encode() in other.data


def test_the_message_id_stays_and_names_edition_and_no_reader() -> None:
    made = parcel()
    identity = message_id(made, SETTINGS)
    assert re.fullmatch(r"trade\.3\.[0-9a-f]{24}@example\.org", identity)
    assert read(build(made, SETTINGS))["Message-ID"] == f"<{identity}>"
    assert "ann" not in identity
    later = parcel(name="Ann B.", subject="Other words", files={}, text="Rebuilt.")
    assert message_id(later, SETTINGS) == identity


@pytest.mark.parametrize(
    "other",
    [
        parcel("bob@example.org"),
        parcel(edition=4),
        parcel(brief="money"),
        parcel(variant=Variant(theme="economic")),
        parcel(variant=Variant(clearance="restricted")),
        parcel(occasion="correction of gdp-2024"),
        parcel(id="ann"),
    ],
)
def test_another_reader_edition_variant_or_occasion_has_another_message_id(other: Parcel) -> None:
    assert message_id(other, SETTINGS) != message_id(parcel(), SETTINGS)


def test_unsubscribing_by_mail_and_by_one_click() -> None:
    mailed = read(
        build(parcel("a+b@example.org"), msgspec.structs.replace(SETTINGS, unsubscribe="mailto:leave@example.org?subject={reader}"))
    )
    assert mailed["List-Unsubscribe"] == "<mailto:leave@example.org?subject=a%2Bb%40example.org>"
    assert mailed["List-Unsubscribe-Post"] is None
    clicked = read(
        build(parcel("a&b@example.org"), msgspec.structs.replace(SETTINGS, unsubscribe="https://example.org/leave?r={reader}"))
    )
    assert clicked["List-Unsubscribe"] == "<https://example.org/leave?r=a%26b%40example.org>"
    assert clicked["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


@pytest.mark.parametrize(
    "bad", ["http://example.org/leave", "leave@example.org", "https://example.org/a b", "https://example.org/>, <mailto:x@y.org"]
)
def test_an_address_to_unsubscribe_at_that_a_header_cannot_have_is_refused(bad: str) -> None:
    with pytest.raises(BriefingError, match="unsubscribe"):
        build(parcel(), msgspec.structs.replace(SETTINGS, unsubscribe=bad))


def test_marking_note_and_changes_come_before_the_summary_and_the_marking_comes_last_too() -> None:
    made = parcel(marking="Restricted", note="Correction: <it> was wrong.", changes=("Trade is 22.8, was 21.",))
    message = read(build(made, SETTINGS))
    assert message["Subject"] == "[RESTRICTED] Trade, edition 3"
    for kind, note in (("plain", "Correction: <it> was wrong."), ("html", "Correction: &lt;it&gt; was wrong.")):
        said = body(message, kind)
        places = [said.index(words) for words in ("Restricted", note, "Trade is 22.8, was 21.", "Trade was", "trade.pdf")]
        assert places == sorted(places)
        assert said.rindex("Restricted") > places[-1]
    assert body(message, "plain").startswith("Restricted\n")
    assert body(message, "plain").endswith("\nRestricted\n")


def test_the_lowest_marking_and_a_first_edition_are_not_spoken_of() -> None:
    message = read(build(parcel(), SETTINGS))
    assert message["Subject"] == "Trade, edition 3"
    assert "What changed" not in body(message, "plain") + body(message, "html")


def test_documents_that_are_too_large_are_linked_to() -> None:
    settings = msgspec.structs.replace(SETTINGS, attach_up_to=100, site="https://example.org/briefs")
    message = read(build(parcel(), settings))
    assert not list(message.iter_attachments())
    link = "https://example.org/briefs/briefs/trade/3/"
    assert link in body(message, "plain")
    assert f'href="{link}"' in body(message, "html")
    assert "Attached" not in body(message, "plain")


@pytest.mark.parametrize(
    ("made", "site", "why"),
    [
        (parcel(), "", "no site"),
        (parcel(marking="Restricted"), "https://example.org/", "everybody"),
        (parcel(variant=Variant(theme="economic")), "https://example.org/", "everybody"),
        (parcel(files_of_reader={"trade.pdf": bytes(200)}), "https://example.org/", "own copies"),
    ],
)
def test_and_refused_where_no_link_leads_to_them(made: Parcel, site: str, why: str) -> None:
    with pytest.raises(Unsendable, match=why):
        build(made, msgspec.structs.replace(SETTINGS, attach_up_to=100, site=site))


@pytest.mark.parametrize(
    "name",
    ["trade.pdf", "Trade and money, 3.docx", "Handel & Geld – größer.pdf", "x" * 150 + ".txt", "貿易" * 40 + ".html", 'a"b.csv'],
)
def test_any_file_name_comes_back(name: str) -> None:
    (attached,) = read(build(parcel(files={name: b"x\n"}), SETTINGS)).iter_attachments()
    assert attached.get_filename() == name


@pytest.mark.parametrize("name", ["../x.pdf", "a/b.pdf", "a\\b.pdf", "..", "", "a\u202eb.pdf"])
def test_a_file_name_that_leads_elsewhere_or_deceives_is_refused(name: str) -> None:
    with pytest.raises(Unsendable, match="cannot be called"):
        build(parcel(files={name: b"x"}), SETTINGS)


def test_text_is_written_in_the_plainest_encoding_that_carries_it() -> None:
    def encoding(text: str) -> str:
        part = read(build(parcel(text=text, changes=(), files={}), SETTINGS)).get_body(("plain",))
        assert part is not None
        return str(part["Content-Transfer-Encoding"])

    assert encoding("Plain words.") == "7bit"
    assert encoding("Größer als im Vorjahr: 22,8 – 23 Milliarden") == "quoted-printable"
    assert encoding("From here on") == "quoted-printable"
    assert encoding("貿易と投資の関係は深い。" * 20) == "base64"


def test_lines_that_mail_programs_change_arrive_as_they_were() -> None:
    text = "From the desk\n.\n..two dots\ntrailing \n\ttab\n-- \nend=20"
    assert text in body(read(build(parcel(text=text), SETTINGS)), "plain")


def test_a_page_too_long_for_mail_programs_is_cut_between_blocks_and_says_so() -> None:
    page = "<html><body><main>" + "".join(f"<p>Block {n} {'of words ' * 40}</p>" for n in range(400)) + "</main></body></html>"
    shown = body(read(build(parcel(html=page), SETTINGS)), "html")
    assert CLIPPED - 1000 < len(shown.replace("\n", "\r\n").encode()) <= CLIPPED
    assert "Block 0 " in shown
    assert "Block 399 " not in shown
    assert "The rest is left out here" in shown
    assert shown.count("<p") == shown.count("</p>")


def test_the_editor_is_told_in_a_mail_that_stays_the_same() -> None:
    settings = msgspec.structs.replace(SETTINGS, editor="Édith <edith@example.org>")
    told = Notice(
        "The brief is held: größer", ("Fact gdp is stale.", "", "generate release trade"), datetime(2026, 2, 1, tzinfo=UTC), "trade"
    )
    message = read(notice(told, settings))
    assert message["To"].addresses[0].display_name == "Édith"
    assert message["Subject"] == "The brief is held: größer"
    assert message.get_content().replace("\r\n", "\n") == "Fact gdp is stale.\n\ngenerate release trade\n"
    assert notice(told, settings) == notice(told, settings)


def test_nobody_is_told_where_no_editor_is_named() -> None:
    with pytest.raises(BriefingError, match="editor"):
        notice(Notice("Held", (), datetime(2026, 2, 1, tzinfo=UTC)), SETTINGS)


def test_plain_words_of_a_subject_are_folded_between_words_only() -> None:
    made = text_field("Subject", "word " * 60 + "end")
    assert b"=?" not in made
    assert made.replace(b"\r\n ", b" ") == b"Subject: " + b"word " * 60 + b"end\r\n"
