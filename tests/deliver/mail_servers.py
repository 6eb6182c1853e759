"""A real mail server in a thread, aiosmtpd, that answers, waits, drops and lies as a test tells it to."""

from __future__ import annotations

import asyncio
import datetime as dt
import ipaddress
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

# a step of the exchange and what happens there: an answer such as "450 not now", or one of these
DROP = "drop"  # the connection ends without a word
SLOW = "slow"  # no answer for a long time
STEPS = ("GREETING", "EHLO", "MAIL", "RCPT", "DATA", "BODY", "DOT")


class Server:
    """What a server took, and what it is to do. `script` gives for each step what happens there, in turn; then all is well."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, bytes]] = []  # recipient and mail, where the server has said 250 or meant to
        self.connections = 0
        self.options: list[list[str]] = []  # of each MAIL
        self.script: dict[str, list[str]] = {}
        self.port = 0

    def next(self, step: str) -> str:
        return self.script[step].pop(0) if self.script.get(step) else ""

    def recipients(self) -> list[str]:
        return [recipient for recipient, _ in self.taken]


class _Session(SMTP):
    """One connection."""

    desk: Server

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        again = self._original_transport is not None  # TLS has begun on it
        if not again:
            self.desk.connections += 1
            if self.desk.next("GREETING") == DROP:
                transport.close()
                return
        super().connection_made(transport)

    async def _played(self, step: str) -> str | None:
        """Do what is to happen at a step; return the answer that ends it there, or None to go on."""
        what = self.desk.next(step)
        if what == DROP:
            assert self.transport is not None
            self.transport.close()
            raise ConnectionResetError
        if what == SLOW:
            await asyncio.sleep(30)
        return what if what and what != SLOW else None

    async def _or(self, step: str, usual: Callable[[str | None], Any], argument: str | None) -> None:
        answer = await self._played(step)
        if answer is None:
            await usual(argument)
        else:
            await self.push(answer)
            if answer.startswith("421"):
                assert self.transport is not None
                self.transport.close()

    async def smtp_EHLO(self, hostname: str) -> None:  # noqa: N802
        await self._or("EHLO", super().smtp_EHLO, hostname)

    async def smtp_MAIL(self, arg: str | None) -> None:  # noqa: N802
        self.desk.options.append((arg or "").split()[1:])
        await self._or("MAIL", super().smtp_MAIL, arg)

    async def smtp_RCPT(self, arg: str | None) -> None:  # noqa: N802
        await self._or("RCPT", super().smtp_RCPT, arg)

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        if self.desk.script.get("BODY"):
            self.desk.next("BODY")
            await self.push("354 go on")
            await self._reader.readline()
            assert isinstance(self.transport, asyncio.Transport)
            self.transport.abort()
            raise ConnectionResetError
        await self._or("DATA", super().smtp_DATA, arg)


class _Handler:
    def __init__(self, desk: Server) -> None:
        self.desk = desk

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        what = self.desk.next("DOT")
        content = envelope.content
        assert isinstance(content, bytes)
        if what in {DROP, SLOW, ""} or what.startswith("2"):
            self.desk.taken.append((envelope.rcpt_tos[0], content))
        if what == DROP:
            assert server.transport is not None
            server.transport.close()
            raise ConnectionResetError
        if what == SLOW:
            await asyncio.sleep(30)
        return what or "250 2.0.0 Ok: queued as 4XYZ"


@contextmanager
def running(port: int = 0, **options: Any) -> Iterator[Server]:
    """Give a server that runs on this machine; `options` are those of aiosmtpd's SMTP, `tls` a context for TLS from the start."""
    desk = Server()
    loop = asyncio.new_event_loop()
    tls = options.pop("tls", None)

    def session() -> SMTP:
        made = _Session(_Handler(desk), hostname="localhost", loop=loop, **options)
        made.desk = desk
        return made

    server = loop.run_until_complete(loop.create_server(session, "127.0.0.1", port, ssl=tls))
    desk.port = server.sockets[0].getsockname()[1]
    loop.set_exception_handler(lambda *_: None)  # connections that a test broke
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield desk
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.run_until_complete(_ended(server))
        loop.close()


async def _ended(server: asyncio.Server) -> None:
    server.close()
    left = asyncio.all_tasks() - {asyncio.current_task()}
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)
    await asyncio.sleep(0.01)  # transports close in the turn after


def logins(user: bytes, password: bytes) -> Callable[..., AuthResult]:
    """Return an authenticator that knows one login."""

    def check(_server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: LoginPassword) -> AuthResult:
        return AuthResult(success=(data.login, data.password) == (user, password), handled=False)

    return check


def certificates(folder: Path) -> tuple[Path, ssl.SSLContext]:
    """Return the file of a certificate authority of our own, and a context with a certificate that it issued for localhost."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    def named(text: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])

    start = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    end = dt.datetime(2100, 1, 1, tzinfo=dt.UTC)
    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    base = x509.CertificateBuilder().not_valid_before(start).not_valid_after(end)
    root = (
        base.subject_name(named("Test authority")).issuer_name(named("Test authority")).public_key(root_key.public_key())
        .serial_number(1).add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(root_key.public_key()), critical=False)
        .sign(root_key, hashes.SHA256())
    )  # fmt: skip
    names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    leaf = (
        base.subject_name(named("localhost")).issuer_name(named("Test authority")).public_key(key.public_key()).serial_number(2)
        .add_extension(names, critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key()), critical=False)
        .sign(root_key, hashes.SHA256())
    )  # fmt: skip
    pem = serialization.Encoding.PEM
    (folder / "authority.pem").write_bytes(root.public_bytes(pem))
    (folder / "server.pem").write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()) + leaf.public_bytes(pem)
    )
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(folder / "server.pem")
    return folder / "authority.pem", context
