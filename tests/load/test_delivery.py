"""Settings of delivery: the defaults without a file, every mistake with its place, and no secret that stays or is shown."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefing.delivery import Retry, Settings, Signing, Smtp
from briefing.load.delivery import check_settings, read_settings
from briefing.problems import Location, ProblemsFound

FULL = """\
sender: Trade Desk <desk@example.org>
reply_to: replies@example.org
editor: editor@example.org
readers: people.csv
allow: [example.org, "*.example.org", bücher.example]
channel: smtp
outbox: briefs/out
site: https://example.org/briefs
site_clearance: official
authority: example.org,2024
minor: true
attach_up_to: 1000000
unsubscribe: mailto:leave@example.org?subject={reader}
stamp: Copy for {name}
smtp:
  host: mail.example.org
  port: 465
  security: tls
  user: env:MAIL_USER
  password: keyring:mail/desk
  timeout: 30
retry: {attempts: 3, pause: 10, longest: 600}
signing: {key: keys/desk.p12, passphrase: env:KEY, timestamp: "https://tsa.example.org"}
"""


def read(folder: Path, text: str | bytes) -> Settings:
    (folder / "delivery.yaml").write_bytes(text.encode() if isinstance(text, str) else text)
    return read_settings(folder)


def problems(folder: Path, text: str | bytes) -> list[str]:
    with pytest.raises(ProblemsFound) as found:
        read(folder, text)
    return [str(problem).removeprefix("delivery.yaml:") for problem in found.value.problems]


def test_without_a_file_the_defaults_hold(tmp_path: Path) -> None:
    assert read_settings(tmp_path) == Settings()


def test_all_that_may_be_set_is_read(tmp_path: Path) -> None:
    settings = read(tmp_path, FULL)
    assert settings.smtp == Smtp("mail.example.org", 465, "tls", "env:MAIL_USER", "keyring:mail/desk", 30.0)
    assert settings.retry == Retry(3, 10.0, 600.0)
    assert settings.signing == Signing("keys/desk.p12", "env:KEY", timestamp="https://tsa.example.org")
    assert settings.allow == ("example.org", "*.example.org", "bücher.example")
    assert settings.at == Location("delivery.yaml", 1, 1)


MISTAKES = [
    ("sendr: desk@example.org", "1:1: D001 the file has no field 'sendr' (did you mean sender?)"),
    ("sender: Desk", "1:9: V001 sender: an address has an @ (such as desk@example.org or Trade Desk <desk@example.org>)"),
    ("sender: Desk <desk@example.org> Bcc", "1:9: V001 sender: it is no address, nor a name and an address in angle brackets (such as desk@example.org or Trade Desk <desk@example.org>)"),
    ("reply_to: a@example.org, b@example.org", "1:11: V001 reply_to: it is no address, nor a name and an address in angle brackets (such as desk@example.org or Trade Desk <desk@example.org>)"),
    ('sender: "Desk\\nBcc: x@example.org <desk@example.org>"', "1:9: Y003 sender: the text holds a line break or a tab (remove it)"),
    ('sender: "Desk\\rBcc: x@example.org <desk@example.org>"', "1:9: Y003 the text holds the control character U+000D (remove the escape)"),
    ("editor: ed@example", "1:9: V001 editor: the domain 'example' is not complete (such as desk@example.org or Trade Desk <desk@example.org>)"),
    ("allow: [example.org, '@example.org']", "1:22: V002 allow: '@example' cannot be a part of a domain: a character that has no place there (letters, digits and hyphens; else its form xn--...)"),
    ("allow: ['*']", "1:9: V002 allow: '*' cannot be a part of a domain: a character that has no place there (letters, digits and hyphens; else its form xn--...)"),
    ("allow: ['*.*.example.org']", "1:9: V002 allow: '*' cannot be a part of a domain: a character that has no place there (letters, digits and hyphens; else its form xn--...)"),
    ("allow: example.org", "1:8: D003 allow must be a list, not a text (write [one, two], or each entry on a line of its own after a dash)"),
    ("channel: mail", "1:10: D010 channel: 'mail' is not a word that may stand here (one of outbox, smtp, folder)"),
    ("channel: smtp", "1:10: V007 the channel is smtp, and no server is named (smtp: {host: mail.example.org})"),
    ("smtp: {host: mail.example.org}", "1:7: V001 mail needs a sender (sender: Trade Desk <desk@example.org>)"),
    ("sender: d@example.org\nsmtp: {}", "2:7: D002 smtp lacks the field host"),
    ("sender: d@example.org\nsmtp: {host: 'mail.example.org:25'}", "2:14: V002 smtp.host: 'mail.example.org:25' is no name of a host (such as mail.example.org; the port has a field of its own)"),
    ("sender: d@example.org\nsmtp: {host: localhost, port: 70000}", "2:31: V004 smtp.port: 70000 is not within 1 and 65,535"),
    ("sender: d@example.org\nsmtp: {host: localhost, port: no}", "2:31: D004 port: 'no' is not a whole number"),
    ("sender: d@example.org\nsmtp: {host: localhost, timeout: 0}", "2:34: V004 smtp.timeout: 0 is not within 1 and 3,600 seconds"),
    ("sender: d@example.org\nsmtp: {host: localhost, security: ssl}", "2:35: D010 security: 'ssl' is not a word that may stand here (one of starttls, tls, none)"),
    ("sender: d@example.org\nsmtp: {host: mail.example.org, port: 465}", "2:38: V007 smtp: port 465 speaks TLS from the start (security: tls, or port: 587)"),
    ("sender: d@example.org\nsmtp: {host: localhost, user: 'env:A'}", "2:7: V007 smtp: a login has both user and password (leave both out where the server asks for none)"),
    ("sender: d@example.org\nsmtp: {host: mail.example.org, user: 'env:A', password: 'env:B', security: none}", "2:76: V007 smtp: the password would travel in the clear (security: starttls or tls)"),
    ("sender: d@example.org\nsmtp: {host: localhost, user: desk, password: 'env:B'}", "2:31: V003 smtp.user: only the place of a secret may stand in the file (env:NAME for a variable of the environment, keyring:NAME for an entry of the keyring)"),
    ("signing: {key: k.p12, passphrase: hunter2}", "1:35: V003 signing.passphrase: only the place of a secret may stand in the file (env:NAME for a variable of the environment, keyring:NAME for an entry of the keyring)"),
    ("site: https://ann:hunter2@example.org", "1:7: V003 site: a password stands in the URL (leave it out)"),
    ("site: ftp://example.org", "1:7: V006 site: 'ftp://example.org' is no address that begins with https: or http: (such as https://example.org/briefs)"),
    ("site: https://", "1:7: V006 site: 'https://' must name a host, and no login, query or fragment (such as https://example.org/briefs)"),
    ("site: https://example.org/?a=b", "1:7: V006 site: 'https://example.org/?a=b' must name a host, and no login, query or fragment (such as https://example.org/briefs)"),
    ("site: 'https://[example.org'", "1:7: V006 site: 'https://[example.org' is no address that begins with https: or http: (such as https://example.org/briefs)"),
    ("unsubscribe: http://example.org/leave", "1:14: V006 unsubscribe: 'http://example.org/leave' is no address that begins with https: or mailto: (such as mailto:leave@example.org?subject={reader})"),
    ("unsubscribe: mailto:leave", "1:14: V006 unsubscribe: an address has an @ (such as ann@example.org)"),
    ("unsubscribe: 'https://example.org/{raeder}'", "1:14: V006 unsubscribe: {raeder} is not known ({reader} is filled in)"),
    ("unsubscribe: 'https://example.org/>, <mailto:x@example.org'", "1:14: V006 unsubscribe: 'https://example.org/>, <mailto:x@example.org' is no address that begins with https: or mailto: (such as mailto:leave@example.org?subject={reader})"),
    ("stamp: 'Copy for {nmae}'", "1:8: V006 stamp: {nmae} is not known ({name}, {id}, {brief}, {edition} are filled in)"),
    ("authority: example", "1:12: V006 authority: 'example' is no domain or address, perhaps with a date (such as example.org or example.org,2024)"),
    ("authority: example.org,24", "1:12: V006 authority: 'example.org,24' is no domain or address, perhaps with a date (such as example.org or example.org,2024)"),
    ("attach_up_to: 5 MB", "1:15: D004 attach_up_to: '5 MB' is not a whole number"),
    ("attach_up_to: -1", "1:15: V004 attach_up_to: -1 is not within 0 and 100,000,000 bytes"),
    ("retry: {attempts: 0}", "1:19: V004 retry.attempts: 0 is not within 1 and 100"),
    ("retry: {pause: 100, longest: 10}", "1:30: V004 retry.longest: the longest pause is shorter than the first"),
    ("readers: ''", "1:10: V005 readers: nothing stands here (a path relative to the dossier, or leave the field out)"),
    ("minor: yes", "1:8: D006 minor: 'yes' is neither true nor false"),
    ("- sender: a", "1:1: D003 the file must be a mapping with sender, reply_to, editor, not a list"),
    ("", " Y011 the file is empty (delete it, or write what belongs in it)"),
    ("site: &a https://example.org", "1:7: Y006 anchors and aliases are not allowed: &a (remove it)"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "problem"), MISTAKES, ids=[text[:40] for text, _ in MISTAKES])
def test_each_mistake_is_told_with_its_place(text: str, problem: str, tmp_path: Path) -> None:
    assert problems(tmp_path, text) == [problem]


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    text = "sender: x\nallow: [y]\nretry: {attempts: 0}\nsmtp: {host: localhost, port: 0, password: hunter2}\n"
    found = problems(tmp_path, text)
    assert [problem.partition(" ")[2][:4] for problem in found] == ["V001", "V002", "V004", "V007", "V004", "V003"]
    assert "hunter2" not in "".join(found)


@given(st.text("QXZ0123456789%&!/<>?*~^", min_size=8, max_size=30))
def test_no_secret_is_taken_or_shown(tmp_path_factory: pytest.TempPathFactory, secret: str) -> None:
    line = "sender: d@example.org\nsmtp: {host: localhost, user: 'env:A', password: " + repr(secret)[1:-1].join("''") + "}\n"
    with pytest.raises(ProblemsFound) as found:
        read(tmp_path_factory.getbasetemp(), line)
    assert secret not in str(found.value)


def test_what_the_dossier_does_not_have_is_told(tmp_path: Path) -> None:
    settings = read(tmp_path, "readers: people.csv\nsite_clearance: secret\n")
    assert [str(problem) for problem in check_settings(settings, tmp_path, ("public", "official"))] == [
        "delivery.yaml:1:1: V005 readers: there is no file 'people.csv' (its name is relative to the dossier)",
        "delivery.yaml:1:1: V005 site_clearance: 'secret' is not in the ladder of markings (one of public, official)",
    ]
    (tmp_path / "people.csv").write_text("address\n")
    assert list(check_settings(msgspec.structs.replace(settings, site_clearance=""), tmp_path, ("public",))) == []


def test_a_link_to_nothing_or_a_folder_is_no_settings_file(tmp_path: Path) -> None:
    (tmp_path / "delivery.yaml").mkdir()
    with pytest.raises(ProblemsFound, match="S005 the file cannot be read: Is a directory"):
        read_settings(tmp_path)
