"""The channel that hands mail to a server. What it says came of a mail is what can be known, and no more.

A server has a mail once it has answered the line with the final dot (RFC 5321 section 4.2.5). What breaks before that line was written never
happened: later. What breaks after it, and before the answer, may have: uncertain. `smtplib.sendmail` hides that line, so its steps are taken here.
"""

from __future__ import annotations

import re
import selectors
import smtplib
import ssl
from hashlib import sha256
from socket import IPPROTO_TCP, TCP_NODELAY, socket

from briefing.deliver.headers import Unsendable
from briefing.deliver.mail import Composer, Mail
from briefing.deliver.secrets import secret
from briefing.delivery import ChannelName, Outcome, Parcel, Settings, Smtp
from briefing.problems import BriefingError

_PATIENCE = (
    10  # times the timeout for the answer to the final dot: 10 minutes by RFC 5321 section 4.5.3.2.6, so that no mail is sent twice
)
_LOOPBACK = re.compile(r"localhost|127\.\d+\.\d+\.\d+|::1|\[::1\]")
_GONE = frozenset({421, -1})  # the server closes (RFC 5321 section 3.8), or what it speaks is no SMTP
_LOGIN = frozenset({530, 534, 535, 538})  # RFC 4954 section 6: no mail without another login
_PARCEL_AT_MAIL = frozenset(
    {501, 552, 553, 555}
)  # refusals of MAIL that may be for this mail: its size (RFC 1870) or its parameters


class _Away(Exception):
    """The server cannot be had now, or has gone, and has taken nothing."""


class _Answer(Exception):
    """An answer of the server that ends a mail."""

    def __init__(self, outcome: Outcome, *, leave: bool = False) -> None:
        super().__init__(outcome.detail)
        self.outcome, self.leave = outcome, leave


class SmtpChannel:
    """One connection at a time, kept for many mails, opened when there is something to send and again when it was dropped."""

    name: ChannelName = "smtp"
    settles = False

    def __init__(self, settings: Settings) -> None:
        if settings.smtp is None:
            raise BriefingError("the channel smtp needs a server in delivery.yaml: smtp: {host: mail.example.org}")
        self._smtp: Smtp = settings.smtp
        if self._smtp.security == "none" and not _LOOPBACK.fullmatch(self._smtp.host):
            raise BriefingError(
                f"smtp: security: none is for a server on this machine, and {self._smtp.host} is another: starttls or tls"
            )
        self._composer = Composer(settings)
        self._server: smtplib.SMTP | None = None
        self._used = False  # whether the connection has carried anything: one that has may have been dropped for its age

    def send(self, parcel: Parcel) -> Outcome:
        try:
            mail = self._composer.compose(parcel)
        except Unsendable as error:
            return Outcome("refused", str(error))
        return self.carry(mail)

    def carry(self, mail: Mail) -> Outcome:
        """Hand a mail to the server once. Raises BriefingError where it takes nobody's: the login, the certificate or the sender is at fault."""
        digest = sha256(mail.data).hexdigest()
        used = self._used
        try:
            try:
                outcome = self._once(mail)
            except _Away:
                if not used:
                    raise
                outcome = self._once(mail)  # the server dropped it for its age; it has nothing of this mail yet
        except _Away as error:
            self._drop()
            return Outcome("later", _shown(str(error)), away=True)
        return Outcome(outcome.state, outcome.detail, digest)

    def arrived(self, parcel: Parcel) -> bool:  # noqa: ARG002  the channel's form
        return False

    def close(self) -> None:
        server, self._server, self._used = self._server, None, False
        if server is not None:
            try:
                _socket(server).settimeout(min(5.0, self._smtp.timeout))  # nothing depends on the answer
                server.quit()
            except OSError:
                server.close()

    # ------------------------------------------------------------------------------------------------------------ a mail

    def _once(self, mail: Mail) -> Outcome:
        """One attempt. Raises _Away where the connection broke before anything that counts."""
        server = self._connected()
        try:
            self._envelope(server, mail)
        except _Answer as answer:
            self._after(server, leave=answer.leave)
            return answer.outcome
        except OSError as error:  # all of smtplib's are
            self._drop()
            raise _Away(f"the connection broke before the mail was sent: {_said(error)}") from None
        except BriefingError:
            self.close()
            raise
        outcome = self._data(server, mail)
        self._used = self._server is not None
        return outcome

    def _envelope(self, server: smtplib.SMTP, mail: Mail) -> None:
        """MAIL, RCPT and DATA up to the server's 354. Raises _Answer for what it refuses, BriefingError where it is the sender."""
        options = []
        if mail.international:
            if not server.has_extn("smtputf8"):
                raise _Answer(
                    Outcome("refused", "the address has letters that the server does not take: it has no SMTPUTF8 (RFC 6531)")
                )
            options += ["SMTPUTF8"]
        if server.has_extn("8bitmime"):
            options += ["BODY=7BIT" if mail.data.isascii() else "BODY=8BITMIME"]
        if server.has_extn("size"):
            options.append(f"SIZE={len(mail.data)}")
        path = " ".join([f"FROM:<{mail.sender}>", *options])
        code, said = _command(server, f"MAIL {path}")
        if code // 100 != 2:
            if code in _LOGIN:
                raise BriefingError(f"the mail server wants another login: {_reply(code, said)}")
            if code // 100 == 5 and code not in _PARCEL_AT_MAIL:
                raise BriefingError(f"the mail server takes nothing from {mail.sender}: {_reply(code, said)}")
            raise _Answer(_refusal(code, said), leave=code in _GONE)
        code, said = _command(server, f"RCPT TO:<{mail.recipient}>")
        if code // 100 != 2:
            if code in _LOGIN:
                raise BriefingError(f"the mail server wants another login: {_reply(code, said)}")
            raise _Answer(_refusal(code, said), leave=code in _GONE)
        code, said = _command(server, "DATA")
        if code != 354:
            raise _Answer(_refusal(code, said), leave=code in _GONE)

    def _data(self, server: smtplib.SMTP, mail: Mail) -> Outcome:
        """The mail itself, after 354. The line between later and uncertain runs through the last three bytes."""
        try:
            server.send(re.sub(rb"(?m)^\.", b"..", mail.data))  # RFC 5321 section 4.5.2
            if _has_spoken(server):
                # It has hung up or given up before the end; without the dot it cannot have the mail.
                code, said = server.getreply()
                self._drop()
                return _refusal(code, said) if code // 100 in {4, 5} else Outcome("later", _reply(code, said))
        except OSError as error:
            self._drop()
            return Outcome("later", _shown(f"the connection broke before the end of the mail: {_said(error)}"))
        try:
            _socket(server).settimeout(self._smtp.timeout * _PATIENCE)
            server.send(b".\r\n")
            code, said = server.getreply()
            _socket(server).settimeout(self._smtp.timeout)
        except OSError as error:
            self._drop()
            return Outcome("uncertain", _shown(f"the connection broke after the end of the mail, before an answer: {_said(error)}"))
        if code // 100 == 2:
            return Outcome("sent", _reply(code, said))
        if code // 100 in {4, 5}:
            if code == 421:
                self._drop()
            return _refusal(code, said)
        self._drop()
        return Outcome("uncertain", _reply(code, said))

    def _after(self, server: smtplib.SMTP, *, leave: bool) -> None:
        """Make the connection ready for another mail, or leave it."""
        self._used = True
        if leave:
            self._drop()
            return
        try:
            if server.docmd("RSET")[0] != 250:
                self._drop()
        except OSError:
            self._drop()

    # ------------------------------------------------------------------------------------------------------ a connection

    def _connected(self) -> smtplib.SMTP:
        """Return an open connection, logged in. Raises _Away, and BriefingError for what only a person can mend."""
        if self._server is not None:
            return self._server
        self._used = False
        self._server = self._open()
        return self._server

    def _open(self) -> smtplib.SMTP:
        smtp = self._smtp
        user, password = secret(smtp.user, "smtp.user"), secret(smtp.password, "smtp.password")
        where = f"{smtp.host}:{smtp.port}"
        server: smtplib.SMTP | None = None
        try:
            if smtp.security == "tls":
                server = smtplib.SMTP_SSL(smtp.host, smtp.port, timeout=smtp.timeout, context=ssl.create_default_context())
            else:
                server = smtplib.SMTP(smtp.host, smtp.port, timeout=smtp.timeout)
            # The end of a mail is a write of its own, and is not to wait 40 ms for what was before it (RFC 896, RFC 1122 section 4.2.3.2)
            _socket(server).setsockopt(IPPROTO_TCP, TCP_NODELAY, 1)
            self._greet(server, where)
            if smtp.security == "starttls":
                if not server.has_extn("starttls"):
                    raise BriefingError(
                        f"{where} has no STARTTLS, and mail is not sent in clear; smtp: security: tls, or another server"
                    )
                server.starttls(context=ssl.create_default_context())
                self._greet(server, where)
            if user:
                self._login(server, user, password, where)
        except ssl.SSLCertVerificationError as error:
            _shut(server)
            raise BriefingError(
                f"{where}: the server's certificate does not hold: {error.verify_message}; SSL_CERT_FILE names an authority of your own"
            ) from None
        except OSError as error:
            _shut(server)
            raise _Away(f"{where}: {_said(error)}") from None
        except (BriefingError, _Away):
            _shut(server)
            raise
        return server

    def _greet(self, server: smtplib.SMTP, where: str) -> None:
        code, said = server.ehlo()
        if code // 100 != 2:
            raise _Away(f"{where} answers EHLO with {_reply(code, said)}")

    def _login(self, server: smtplib.SMTP, user: str, password: str, where: str) -> None:
        try:
            server.login(user, password)
        except smtplib.SMTPAuthenticationError as error:
            if error.smtp_code // 100 == 4:  # 454: the server cannot tell now, RFC 4954 section 4.7.2
                raise _Away(f"{where}: {_reply(error.smtp_code, error.smtp_error)}") from None
            raise BriefingError(f"{where} refuses the login: {_reply(error.smtp_code, error.smtp_error)}") from None
        except smtplib.SMTPNotSupportedError:
            raise BriefingError(f"{where} takes no login; smtp: user and password are not for it") from None
        except UnicodeError:
            raise BriefingError(f"{where}: a login of other letters than ASCII cannot be sent") from None

    def _drop(self) -> None:
        """Let the connection go without a word: whatever it was in the middle of is not to be finished."""
        server, self._server, self._used = self._server, None, False
        _shut(server)


def _shut(server: smtplib.SMTP | None) -> None:
    if server is not None:
        server.close()


def _command(server: smtplib.SMTP, line: str) -> tuple[int, bytes]:
    """Send a line, which may hold UTF-8 where SMTPUTF8 was agreed, and return the answer."""
    if "\r" in line or "\n" in line:
        raise BriefingError(f"an SMTP command of more than one line: {line!r}")
    server.send(line.encode() + b"\r\n")
    return server.getreply()


def _socket(server: smtplib.SMTP) -> socket:
    if server.sock is None:
        raise smtplib.SMTPServerDisconnected("the connection is closed")
    return server.sock


def _has_spoken(server: smtplib.SMTP) -> bool:
    """Whether there is something to read, or the other side has hung up, when it is not its turn."""
    sock = _socket(server)
    if isinstance(sock, ssl.SSLSocket) and sock.pending():
        return True
    with selectors.DefaultSelector() as waiting:
        waiting.register(sock, selectors.EVENT_READ)
        return bool(waiting.select(0))


def _refusal(code: int, said: bytes | str) -> Outcome:
    """What an answer other than yes means: 4xx later, 5xx for good (RFC 5321 section 4.2.1), anything else later."""
    return Outcome("refused" if code // 100 == 5 else "later", _reply(code, said))


def _reply(code: int, said: bytes | str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return _shown(f"{code} {text}")


def _said(error: BaseException) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return _reply(error.smtp_code, error.smtp_error)
    return str(error) or type(error).__name__


def _shown(text: str) -> str:
    """What the other side says, on one line of at most 500 characters, with nothing in it that a terminal would obey."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:500]
