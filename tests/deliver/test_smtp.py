from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from briefing.deliver.channels import open_channel, send_notice
from briefing.deliver.mail import build
from briefing.deliver.smtp import SmtpChannel
from briefing.delivery import Notice, Outcome, Settings, Smtp
from briefing.problems import BriefingError
from tests.deliver.mail_servers import DROP, SLOW, STEPS, Server, certificates, logins, running
from tests.deliver.parcels import SETTINGS, parcel

pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS:UserWarning")


def settings_for(port: int, **fields: Any) -> Settings:
    """Return settings with a server on this machine, without TLS where nothing else is said."""
    return msgspec.structs.replace(
        SETTINGS, smtp=Smtp(**{"host": "127.0.0.1", "port": port, "security": "none", "timeout": 20.0, **fields})
    )


@contextmanager
def opened(server: Server, **fields: Any) -> Iterator[SmtpChannel]:
    channel = SmtpChannel(settings_for(server.port, **fields))
    try:
        yield channel
    finally:
        channel.close()


def test_a_mail_arrives_as_it_was_built_and_the_server_s_answer_is_kept() -> None:
    made = parcel(text="One\n.\n..two\nFrom here\n.")
    with running() as server, opened(server) as channel:
        outcome = channel.send(made)
    assert outcome.state == "sent"
    assert outcome.detail == "250 2.0.0 Ok: queued as 4XYZ"
    assert server.taken == [("ann@example.org", build(made, SETTINGS))]
    assert f"SIZE={len(build(made, SETTINGS))}" in server.options[0]
    assert "BODY=7BIT" in server.options[0]


def test_one_connection_carries_many_mails() -> None:
    with running() as server, opened(server) as channel:
        outcomes = {channel.send(parcel(f"r{n}@example.org")).state for n in range(20)}
    assert outcomes == {"sent"}
    assert server.connections == 1
    assert server.recipients() == [f"r{n}@example.org" for n in range(20)]


@pytest.mark.parametrize("step", ["RCPT", "DATA", "DOT"])
@pytest.mark.parametrize(
    ("answer", "state"),
    [
        ("421 4.3.2 closing", "later"),
        ("450 4.2.0 greylisted", "later"),
        ("451 4.3.0 local error", "later"),
        ("452 4.3.1 no room", "later"),
        ("550 5.1.1 no such user", "refused"),
        ("552 5.2.2 mailbox full", "refused"),
        ("554 5.7.1 no", "refused"),
    ],
)
def test_a_refusal_is_for_now_or_for_good_as_its_first_digit_says_and_the_next_reader_is_served(
    step: str, answer: str, state: str
) -> None:
    with running() as server, opened(server) as channel:
        server.script = {step: [answer]}
        outcome = channel.send(parcel())
        assert (outcome.state, outcome.detail, outcome.away) == (state, answer, False)
        assert channel.send(parcel("bob@example.org")).state == "sent"
    assert server.recipients() == ["bob@example.org"]
    assert server.connections == (2 if answer.startswith("421") else 1)


@pytest.mark.parametrize(
    ("answer", "state"), [("451 4.3.0 later", "later"), ("421 4.3.2 closing", "later"), ("552 5.3.4 too large", "refused")]
)
def test_so_is_one_of_the_sender_s_line(answer: str, state: str) -> None:
    with running() as server, opened(server) as channel:
        server.script = {"MAIL": [answer]}
        assert channel.send(parcel()).state == state
        assert channel.send(parcel("bob@example.org")).state == "sent"


@pytest.mark.parametrize("answer", ["550 5.7.1 sender not allowed", "530 5.7.0 authentication required", "554 5.7.1 no"])
def test_a_sender_that_is_refused_is_no_fault_of_the_readers_and_ends_the_run(answer: str) -> None:
    with running() as server, opened(server) as channel:
        server.script = {"MAIL": [answer]}
        with pytest.raises(BriefingError, match=answer[4:]):
            channel.send(parcel())
    assert not server.taken


@pytest.mark.parametrize("step", STEPS)
def test_a_connection_that_breaks_before_the_end_of_the_mail_is_for_later_and_after_it_uncertain(step: str) -> None:
    made = parcel(files={"trade.pdf": bytes(4_000_000)})  # more than the buffers between us hold
    with running(data_size_limit=None) as server, opened(server) as channel:
        server.script = {step: [DROP]}
        outcome = channel.send(made)
        assert outcome.state == ("uncertain" if step == "DOT" else "later")
        assert outcome.detail
        assert outcome.away == (step not in {"BODY", "DOT"})
        assert channel.send(parcel("bob@example.org")).state == "sent"
    assert server.recipients() == (["ann@example.org"] if step == "DOT" else []) + ["bob@example.org"]


@pytest.mark.parametrize("step", ["EHLO", "MAIL", "RCPT", "DATA", "DOT"])
def test_so_is_a_server_that_does_not_answer_in_time(step: str) -> None:
    with running() as server, opened(server, timeout=0.1) as channel:
        server.script = {step: [SLOW]}
        assert channel.send(parcel()).state == ("uncertain" if step == "DOT" else "later")


def test_a_connection_that_was_dropped_for_its_age_is_opened_again_unnoticed() -> None:
    with running() as server, opened(server) as channel:
        for n in range(4):
            assert channel.send(parcel(f"r{n}@example.org")).state == "sent"
            server.script = {"MAIL": [DROP]}
    assert server.recipients() == ["r0@example.org", "r1@example.org", "r2@example.org", "r3@example.org"]
    assert server.connections == 4


def test_a_greylisted_reader_is_served_when_asked_again() -> None:
    with running() as server, opened(server) as channel:
        server.script = {"RCPT": ["450 4.2.0 try again", ""]}
        assert [channel.send(parcel()).state for _ in range(2)] == ["later", "sent"]
    assert server.recipients() == ["ann@example.org"]


def test_a_server_that_is_away_is_for_later_and_comes_back() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        channel = SmtpChannel(settings_for(port))
        outcome = channel.send(parcel())
        assert (outcome.state, outcome.away) == ("later", True)
        assert f"127.0.0.1:{port}" in outcome.detail
    with running(port) as server:
        assert channel.send(parcel()).state == "sent"
        channel.close()
    assert channel.send(parcel("bob@example.org")).away
    assert server.recipients() == ["ann@example.org"]
    channel.close()
    channel.close()


@pytest.mark.parametrize("answer", ["554 5.3.2 no service here", "garbage", "421 4.3.2 too many connections"])
def test_so_is_one_that_does_not_want_to_talk(answer: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        channel = SmtpChannel(settings_for(listening.getsockname()[1], timeout=2.0))
        import threading

        def answered() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.sendall(f"{answer}\r\n".encode())

        thread = threading.Thread(target=answered)
        thread.start()
        outcome = channel.send(parcel())
        thread.join()
    assert (outcome.state, outcome.away) == ("later", True)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Any]:
    return certificates(tmp_path_factory.mktemp("certificates"))


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_mail_goes_over_tls_to_a_server_whose_certificate_holds(
    authority: tuple[Path, Any], monkeypatch: pytest.MonkeyPatch, security: str
) -> None:
    path, context = authority
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    how = {"tls": context} if security == "tls" else {"tls_context": context, "require_starttls": True}
    with running(**how) as server, opened(server, host="localhost", security=security) as channel:
        assert channel.send(parcel()).state == "sent"
        server.script = {"DOT": [DROP]}
        assert channel.send(parcel("bob@example.org")).state == "uncertain"
        assert channel.send(parcel("carl@example.org")).state == "sent"
    assert server.recipients() == ["ann@example.org", "bob@example.org", "carl@example.org"]


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_it_goes_nowhere_where_the_certificate_does_not_hold(authority: tuple[Path, Any], security: str) -> None:
    how = {"tls": authority[1]} if security == "tls" else {"tls_context": authority[1]}
    wrong = pytest.raises(BriefingError, match=r"certificate does not hold.*SSL_CERT_FILE")
    with running(**how) as server, opened(server, host="localhost", security=security) as channel, wrong:
        channel.send(parcel())
    assert not server.taken


def test_nor_in_clear_where_a_server_offers_nothing_else() -> None:
    with running() as server, opened(server, security="starttls") as channel, pytest.raises(BriefingError, match="STARTTLS"):
        channel.send(parcel())
    assert not server.taken


def test_no_encryption_at_all_is_for_a_server_on_this_machine_only() -> None:
    with pytest.raises(BriefingError, match="another"):
        SmtpChannel(settings_for(25, host="mail.example.org"))


def test_a_login_comes_from_the_environment(authority: tuple[Path, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    path, context = authority
    for name, value in (("SSL_CERT_FILE", str(path)), ("DESK_USER", "desk"), ("DESK_PASSWORD", "s3cret")):
        monkeypatch.setenv(name, value)
    login = {"user": "env:DESK_USER", "password": "env:DESK_PASSWORD"}
    options = {"tls_context": context, "authenticator": logins(b"desk", b"s3cret"), "auth_required": True}
    with running(**options) as server:
        with opened(server, host="localhost", security="starttls", **login) as channel:
            assert channel.send(parcel()).state == "sent"
        monkeypatch.setenv("DESK_PASSWORD", "wrong")
        with (
            opened(server, host="localhost", security="starttls", **login) as channel,
            pytest.raises(BriefingError, match="refuses the login: 535"),
        ):
            channel.send(parcel())
        with (
            opened(server, host="localhost", security="starttls") as channel,
            pytest.raises(BriefingError, match="another login: 530"),
        ):
            channel.send(parcel())
        monkeypatch.delenv("DESK_PASSWORD")
        with (
            opened(server, host="localhost", security="starttls", **login) as channel,
            pytest.raises(BriefingError, match="no DESK_PASSWORD"),
        ):
            channel.send(parcel())
    assert len(server.taken) == 1


def test_a_login_that_a_server_does_not_know_of_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DESK_USER", "desk")
    wrong = pytest.raises(BriefingError, match="takes no login")
    with running() as server, opened(server, user="env:DESK_USER", password="env:DESK_USER") as channel, wrong:
        channel.send(parcel())


@pytest.mark.parametrize("where", ["s3cret", "file:password.txt", "env:"])
def test_a_secret_stands_in_no_file_and_in_no_message(where: str) -> None:
    wrong = pytest.raises(BriefingError, match="env:NAME or keyring:NAME")
    with running() as server, opened(server, user=where, password=where) as channel, wrong as caught:
        channel.send(parcel())
    assert where not in str(caught.value).replace("env:NAME", "")


def test_an_address_of_other_letters_goes_only_where_they_are_taken() -> None:
    made = parcel("jörg@example.org", "Jörg")
    with running(enable_SMTPUTF8=True) as server, opened(server) as channel:
        assert channel.send(made).state == "sent"
    assert server.recipients() == ["jörg@example.org"]
    assert {"SMTPUTF8", "BODY=8BITMIME"} <= set(server.options[0])
    with running() as server, opened(server) as channel:
        outcome = channel.send(made)
        assert outcome.state == "refused"
        assert "SMTPUTF8" in outcome.detail
        assert channel.send(parcel("ann@bücher.example")).state == "sent"
    assert server.recipients() == ["ann@xn--bcher-kva.example"]


def test_what_cannot_be_a_mail_is_refused_without_asking_the_server() -> None:
    with running() as server, opened(server) as channel:
        assert channel.send(parcel("ann@example.org\r\nRCPT TO:<eve@example.org>")).state == "refused"
    assert server.connections == 0


def test_what_a_server_says_is_kept_on_one_harmless_line() -> None:
    with running() as server, opened(server) as channel:
        server.script = {"RCPT": ["550-5.1.1 \x1b[31mno\r\n550 5.1.1 such user" + "!" * 400]}
        detail = channel.send(parcel()).detail
    assert detail.startswith("550 5.1.1 [31mno 5.1.1 such user!")
    assert detail.isprintable()
    assert len(detail) <= 500


def test_the_editor_is_told_over_the_same_server(tmp_path: Path) -> None:
    told = Notice("The brief is held", ("Fact gdp is stale.",), datetime(2026, 2, 1, tzinfo=UTC), "trade")
    with running() as server:
        chosen = msgspec.structs.replace(settings_for(server.port), channel="smtp", editor="Ed <ed@example.org>")
        assert send_notice(told, chosen, tmp_path).state == "sent"
    assert server.recipients() == ["ed@example.org"]
    assert not list(tmp_path.iterdir())


def test_the_channel_needs_a_server(tmp_path: Path) -> None:
    with pytest.raises(BriefingError, match=r"smtp: \{host"):
        open_channel("smtp", SETTINGS, tmp_path)
    channel = open_channel("smtp", settings_for(25), tmp_path)
    assert not channel.settles
    assert not channel.arrived(parcel())


ANSWERS = st.sampled_from(["", "", "", DROP, "421 4.3.2 closing", "450 4.2.0 not now", "550 5.1.1 nobody"])


@settings(max_examples=25)
@given(
    st.fixed_dictionaries({step: st.lists(ANSWERS, max_size=8) for step in ("RCPT", "DATA", "DOT")}),
    st.lists(st.sampled_from(["", DROP, "451 4.3.0 not now"]), max_size=6),
    st.lists(st.sampled_from(["", DROP]), max_size=4),
)
def test_whatever_a_server_does_no_reader_gets_a_mail_twice_and_all_that_is_said_is_true(
    script: dict[str, list[str]], mail: list[str], ehlo: list[str]
) -> None:
    drops = script["DOT"].count(DROP)
    with running() as server, opened(server) as channel:
        server.script = {**script, "MAIL": mail, "EHLO": ehlo}
        outcomes = {f"r{n}@example.org": _until_settled(channel.send, f"r{n}@example.org") for n in range(6)}
    for address, outcome in outcomes.items():
        took = server.recipients().count(address)
        assert took <= 1
        assert outcome.state != "sent" or took == 1
        assert outcome.state != "refused" or took == 0
        assert outcome.state != "later"
    assert sum(outcome.state == "uncertain" for outcome in outcomes.values()) <= drops


def _until_settled(send: Callable[[Any], Outcome], address: str) -> Outcome:
    for _ in range(60):
        outcome = send(parcel(address))
        if outcome.state != "later":
            return outcome
    return outcome
