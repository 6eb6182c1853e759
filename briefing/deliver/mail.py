"""Mail from parcels: bytes by RFC 5322 that are the same whenever they are built, with one reader in each and nothing of another's.

What readers of one rendition have in common, the bodies and the attachments, is encoded once; a mail then is a dozen fields about them.
"""

from __future__ import annotations

import re
from binascii import b2a_base64, b2a_qp
from collections import OrderedDict
from collections.abc import Mapping
from email.utils import format_datetime
from hashlib import sha256
from urllib.parse import quote

import msgspec

from briefing.deliver import bodies, site_names
from briefing.deliver.headers import Address, Unsendable, address, address_field, checked, mailbox, plain_field, text_field
from briefing.delivery import Notice, Parcel, Rendition, Settings
from briefing.problems import BriefingError

_KINDS = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "html": "text/html; charset=utf-8",
    "txt": "text/plain; charset=utf-8",
    "json": "application/json",
    "jsonld": "application/ld+json",
    "csv": "text/csv; charset=utf-8",
}
_HELD = 64_000_000  # bytes of encoded bodies and attachments that one Composer keeps
_KEY = 24  # hexadecimal digits of a digest in names: 96 bits


class Mail(msgspec.Struct, frozen=True):
    """A mail with its envelope. `international`: an address of it needs a server with SMTPUTF8 (RFC 6531)."""

    id: str  # the Message-ID without its angle brackets
    sender: str
    recipient: str
    data: bytes
    international: bool = False


class _Shared(msgspec.Struct, frozen=True):
    """What mails of one rendition have in common."""

    rendition: Rendition  # kept, so that its identity stays its own
    head: bytes
    body: bytes  # the multipart/alternative with its header
    attachments: tuple[bytes, ...]
    size: int


def build(parcel: Parcel, settings: Settings) -> bytes:
    """Return a parcel as a mail, with CRLF as line end. Same parcel and settings: same bytes.

    Raises Unsendable where the parcel cannot be a mail, BriefingError where the settings lack what mail needs.
    """
    return Composer(settings).compose(parcel).data


def message_id(parcel: Parcel, settings: Settings) -> str:
    """Return the Message-ID of a parcel's mail, without angle brackets: made from edition, variant, occasion and reader, whatever the day.

    The reader is in it as part of a digest (RFC 5322 section 3.6.4 asks for one that is unique; nobody's address is to be read there).
    """
    return _message_id(parcel, _sender(settings)[1].domain)


class Composer:
    """Makes mails of parcels, and remembers what they have in common, up to a bound."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._name, self._sender = _sender(settings)
        self._shared: OrderedDict[tuple[object, ...], _Shared] = OrderedDict()
        self._size = 0

    def compose(self, parcel: Parcel) -> Mail:
        """Return a parcel as a mail. Raises Unsendable as `build` does."""
        to = address(parcel.reader.address)
        linked = _linked(parcel, self.settings)
        shared = self._common(parcel, linked)
        identity = _message_id(parcel, self._sender.domain)
        key = identity.partition("@")[0].rpartition(".")[2].encode()
        own = () if linked else parcel.files.items()
        files = [_attachment(name, data) for name, data in own] or shared.attachments
        parts = [
            shared.head,
            address_field("To", parcel.reader.name, to),
            plain_field("Message-ID", f"<{identity}>"),
            self._unsubscribe(parcel),
        ]
        if not files:
            parts.append(shared.body)
        else:
            # No body can hold this: encoded ones write "=" as "=3D", and plain ones are only those without "=_".
            line = b"--=_" + key
            parts.append(b'Content-Type: multipart/mixed; boundary="=_' + key + b'"\r\n\r\n' + line + b"\r\n")
            parts.append(shared.body)
            for each in files:
                parts += (b"\r\n", line, b"\r\n", each)
            parts += (b"\r\n", line, b"--\r\n")
        return Mail(identity, str(self._sender), str(to), b"".join(parts), to.international or self._sender.international)

    def _common(self, parcel: Parcel, linked: bool) -> _Shared:
        key = (id(parcel.rendition), parcel.note, parcel.subject, tuple(parcel.files), linked)
        found = self._shared.get(key)
        if found:
            self._shared.move_to_end(key)
            return found
        found = self._make(parcel, linked)
        self._shared[key] = found
        self._size += found.size
        while self._size > _HELD and len(self._shared) > 1:
            self._size -= self._shared.popitem(last=False)[1].size
        return found

    def _make(self, parcel: Parcel, linked: bool) -> _Shared:
        rendition, settings = parcel.rendition, self.settings
        files: Mapping[str, bytes] = {} if linked else parcel.files or rendition.files
        for what, text in (
            ("the note", parcel.note), ("the marking", rendition.marking), ("the title", rendition.title), ("the text", rendition.text),
            ("the page", rendition.html), *(("a change", change) for change in rendition.changes),
        ):  # fmt: skip
            _words(text, what)
        for name in files:
            _file_name(name)
        said = bodies.Said(
            rendition.marking, parcel.note, rendition.changes, tuple(files), _links(rendition, settings) if linked else ()
        )
        subject = f"[{rendition.marking.upper()}] {parcel.subject}" if rendition.marking else parcel.subject
        theme = rendition.variant.theme
        head = [
            plain_field("MIME-Version", "1.0"),
            address_field("From", self._name, self._sender),
            _reply_to(settings),
            text_field("Subject", subject),
            plain_field("Date", format_datetime(rendition.issued)),
            plain_field(
                "List-Id", f"<{_atom(rendition.brief)}{'-' + _atom(theme) if theme else ''}.{self._sender.domain.strip('[]')}>"
            ),
            plain_field("Auto-Submitted", "auto-generated"),  # RFC 3834 section 5: nobody's absence is to answer
            plain_field("Content-Language", rendition.language) if rendition.language else b"",
        ]
        body = _alternative(
            bodies.text_body(rendition.text, said), bodies.html_body(rendition.html, rendition.title, rendition.language, said)
        )
        attachments = () if linked or parcel.files else tuple(_attachment(name, data) for name, data in rendition.files.items())
        return _Shared(rendition, b"".join(head), body, attachments, len(body) + sum(map(len, attachments)))

    def _unsubscribe(self, parcel: Parcel) -> bytes:
        """List-Unsubscribe, and for an address of the web the promise that one POST is enough (RFC 2369, RFC 8058 section 3.1)."""
        where = self.settings.unsubscribe
        if not where:
            return b""
        url = where.replace("{reader}", quote(checked(parcel.reader.id, "the reader's id"), safe=""))
        if not re.fullmatch(r"(?:mailto:|https://)[!#-;=?-~]+", url):
            raise BriefingError(f"unsubscribe: {where!r} is no mailto: or https: address as a header takes it")
        post = plain_field("List-Unsubscribe-Post", "List-Unsubscribe=One-Click") if url.startswith("https:") else b""
        return plain_field("List-Unsubscribe", f"<{url}>") + post


def notice(told: Notice, settings: Settings) -> bytes:
    """Return what the editor is told as a mail. Same notice and settings: same bytes. Raises BriefingError where no editor is named."""
    return notice_mail(told, settings).data


def notice_mail(told: Notice, settings: Settings) -> Mail:
    """Return the editor's mail with its envelope. Raises BriefingError where the settings name no editor."""
    if not settings.editor:
        raise BriefingError("delivery.yaml names no editor to tell: editor: desk@example.org")
    name, to = mailbox(settings.editor, "editor")
    from_name, sender = _sender(settings)
    when = format_datetime(told.at)
    digest = sha256("\0".join((told.brief, told.subject, when, *told.lines)).encode("utf-8", "replace")).hexdigest()[:_KEY]
    identity = f"notice.{_atom(told.brief or 'all')}.{digest}@{sender.domain}"
    for line in told.lines:
        _words(line, "a line of the notice")
    parts = (
        plain_field("MIME-Version", "1.0"),
        address_field("From", from_name, sender),
        address_field("To", name, to),
        _reply_to(settings),
        text_field("Subject", told.subject),
        plain_field("Date", when),
        plain_field("Message-ID", f"<{identity}>"),
        plain_field("Auto-Submitted", "auto-generated"),
        _text_part("plain", "\n".join(told.lines) + "\n"),
    )
    return Mail(identity, str(sender), str(to), b"".join(parts), to.international or sender.international)


# ------------------------------------------------------------------------------------------------------------------ fields


def _sender(settings: Settings) -> tuple[str, Address]:
    if not settings.sender:
        raise BriefingError("delivery.yaml names no sender, and mail needs one: sender: Desk <desk@example.org>")
    return mailbox(settings.sender, "sender")


def _reply_to(settings: Settings) -> bytes:
    return address_field("Reply-To", *mailbox(settings.reply_to, "reply_to")) if settings.reply_to else b""


def _message_id(parcel: Parcel, domain: str) -> str:
    rendition = parcel.rendition
    variant = rendition.variant
    what = (
        rendition.brief, str(rendition.edition), variant.theme, variant.clearance, variant.look, str(variant.annex), rendition.language,
        parcel.occasion, parcel.reader.id,
    )  # fmt: skip
    digest = sha256("\0".join(what).encode("utf-8", "surrogatepass")).hexdigest()[:_KEY]
    return f"{_atom(rendition.brief)}.{rendition.edition}.{digest}@{domain}"


def _atom(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9_-]+", "-", name)[:60] or "-"


# ------------------------------------------------------------------------------------------------------------------- parts


def _alternative(text: str, page: str) -> bytes:
    boundary = b"=_" + sha256(text.encode() + b"\0" + page.encode()).hexdigest()[:_KEY].encode()
    line = b"--" + boundary
    head = b'Content-Type: multipart/alternative; boundary="' + boundary + b'"\r\n\r\n'
    return b"".join(
        (head, line, b"\r\n", _text_part("plain", text), b"\r\n", line, b"\r\n", _text_part("html", page), b"\r\n", line, b"--\r\n")
    )


def _text_part(kind: str, text: str) -> bytes:
    """A part of text in the plainest encoding that carries it whole; lines end in CRLF."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    data = lines.replace("\n", "\r\n").encode()
    charset, encoding = "utf-8", b"quoted-printable"
    plain = data.isascii() and not re.search(rb"[^\r\n]{79}|[ \t]\r\n|=_|(?m:^From )|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", data)
    if plain:
        charset, encoding, encoded = "us-ascii", b"7bit", data
    else:
        # `From ` at the start of a line is changed by programs that keep mail in mbox files
        encoded = re.sub(rb"(?m)^From ", b"=46rom ", b2a_qp(data, istext=True))
        if len(encoded) > len(data) * 1.6:  # mostly another script: base64 is shorter, and nobody could read either
            encoding, encoded = b"base64", _base64(data)
    head = f"Content-Type: text/{kind}; charset={charset}\r\nContent-Transfer-Encoding: ".encode() + encoding + b"\r\n\r\n"
    return head + encoded


def _words(text: str, what: str) -> str:
    """Return what a body may say: any lines, but neither a NUL nor half a character. Raises Unsendable."""
    checked(text.replace("\r", " ").replace("\n", " "), what)
    return text


def _attachment(name: str, data: bytes) -> bytes:
    kind = _KINDS.get(name.rpartition(".")[2].lower(), "application/octet-stream")
    head = f"Content-Type: {kind}\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment;\r\n {_file_name(name)}\r\n\r\n"
    return head.encode() + _base64(data)


def _base64(data: bytes) -> bytes:
    """Lines of 76 characters, RFC 2045 section 6.8."""
    line = b2a_base64(data, newline=False)
    return b"".join([line[n : n + 76] + b"\r\n" for n in range(0, len(line), 76)])


def _file_name(name: str) -> str:
    """The parameter with a file's name, as RFC 2231 has it: in parts where it is long, percent-encoded where it is not plain ASCII."""
    checked(name, "a file name")
    if name in {"", ".", ".."} or "/" in name or "\\" in name or not name.isprintable():
        raise Unsendable(f"a file cannot be called {name!r}")
    if name.isascii() and len(name) <= 60:
        return 'filename="' + name.replace('"', r"\"") + '"'
    encoded = "utf-8''" + quote(name, safe="")
    if len(encoded) <= 60:
        return f"filename*={encoded}"
    pieces = re.findall(r"(?:%..|[^%]){1,18}", encoded)
    return ";\r\n ".join(f"filename*{n}*={piece}" for n, piece in enumerate(pieces))


# ------------------------------------------------------------------------------------------------------- attached or linked


def _linked(parcel: Parcel, settings: Settings) -> bool:
    """Whether the files are too large together to be attached. Raises Unsendable where a link cannot stand for them."""
    rendition = parcel.rendition
    size = sum(map(len, (parcel.files or rendition.files).values()))
    if size <= settings.attach_up_to:
        return False
    why = f"the files have {size:,} bytes, and {settings.attach_up_to:,} may be attached"
    if not site_names.address_of(settings.site):
        raise Unsendable(f"{why}; there is no site to link to")
    variant = rendition.variant
    if parcel.files:
        raise Unsendable(f"{why}; a reader's own copies are on no site")
    if rendition.marking not in {"", settings.site_clearance} or variant.theme or variant.look or variant.annex:
        raise Unsendable(f"{why}; the site has the edition as everybody may see it, not this variant")
    return True


def _links(rendition: Rendition, settings: Settings) -> tuple[tuple[str, str], ...]:
    site = site_names.address_of(settings.site)
    return ((rendition.title, site_names.at(site, site_names.edition_page(rendition.brief, rendition.edition))),)
