"""Notices of mail that did not arrive: what a mail server sends back to the sender, read from wherever it was put.

Anybody can write such a notice. So nothing here acts: a `Bounce` says which address and which mail it speaks of, and whoever suppresses
an address first sees that this mail went to it. A file that is no such notice, whatever else it is, gives nothing.
"""

from __future__ import annotations

import mailbox
import re
from collections.abc import Iterator
from contextlib import suppress
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32
from pathlib import Path

import msgspec

from briefing.problems import BriefingError

_LARGEST = 5_000_000  # bytes of one notice: a mail of ours that comes back whole fits
_MOST = 200  # recipients of one notice
_DEEPEST = 100  # multiparts of one notice: the parser takes time by the square of them; a mail of ours that comes back has three
# Class 5, and yet not about the address: the box is full, which RFC 3463 section 3.3 calls "a persistent transient failure", or the mail is
# too large, our own address is at fault, the content or its signature is not liked (sections 3.2, 3.4, 3.7, 3.8; RFC 7372).
_NOT_THE_ADDRESS = re.compile(r"5\.(?:1\.[78]|2\.[23]|3\.[1-5]|6\.\d+|7\.\d+)")
_PARTS = 20  # of a report that are looked at; RFC 6522 section 3 has three
_STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
_ID = re.compile(r"<([^<>\s]{3,250}@[^<>\s]{1,255})>")


class Bounce(msgspec.Struct, frozen=True):
    """One recipient that a mail did not reach. `permanent`: for good, because of the address; otherwise it may come yet, or another may."""

    address: str  # as it was written to where the notice says so
    message_id: str  # of the mail, without angle brackets; "" where the notice does not say
    permanent: bool
    reason: str
    delayed: bool = False  # it is still being tried


def read(source: Path) -> Iterator[Bounce]:
    """Yield what the notices of a Maildir, an mbox, a folder of .eml files or one file say, in the order of their names.

    Raises BriefingError where `source` is not there or cannot be read. Nothing is moved or removed.
    """
    for data in _messages(source):
        yield from parse(data)


def parse(data: bytes) -> list[Bounce]:
    """Return what one mail says as a notice (RFC 3464, RFC 6533); nothing where it is none, or is damaged. Never raises."""
    if len(data) > _LARGEST or len(re.findall(rb"multipart/", data, re.IGNORECASE)) > _DEEPEST:
        return []
    # The library's parser has had faults of its own with crafted mails; whatever they raise, such a mail is no notice.
    with suppress(Exception):
        message = BytesParser(policy=compat32).parsebytes(data)
        return _report(message) or _failed_recipients(message)
    return []


# ----------------------------------------------------------------------------------------------------------------- reading


def _messages(source: Path) -> Iterator[bytes]:
    try:
        if source.is_dir():
            folders = [source / "cur", source / "new"] if (source / "cur").is_dir() or (source / "new").is_dir() else [source]
            maildir = folders != [source]
            paths = [path for folder in folders if folder.is_dir() for path in folder.iterdir()]
            for path in sorted(paths, key=lambda path: path.name):
                if not path.is_symlink() and path.is_file() and (maildir or path.suffix.lower() == ".eml"):
                    yield _bytes(path)
            return
        with source.open("rb") as file:
            start = file.read(5)
        if start == b"From ":
            yield from _mbox(source)
        else:
            yield _bytes(source)
    except OSError as error:
        raise BriefingError(f"{error.filename or source}: {error.strerror or error}") from None


def _bytes(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_LARGEST + 1)


def _mbox(source: Path) -> Iterator[bytes]:
    box = mailbox.mbox(source, create=False)
    try:
        for key in box.iterkeys():
            with box.get_file(key) as file:
                yield file.read(_LARGEST + 1)
    finally:
        box.close()


# ----------------------------------------------------------------------------------------------------------------- notices


def _report(message: Message) -> list[Bounce]:
    """The recipients of a multipart/report with a delivery status."""
    if message.get_content_type() != "multipart/report" or not message.is_multipart():
        return []
    identity, found = "", []
    for part in _parts(message):
        kind = part.get_content_type()
        if kind in {"message/delivery-status", "message/global-delivery-status"}:
            found += [bounce for block in _blocks(part)[1:] if (bounce := _recipient(block))]
        elif kind in {"message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers"}:
            identity = identity or _original(part)
    identity = identity or _message_id(
        "\n".join(f"Message-ID: {part}" for part in _ID.findall(str(message.get("References", "")))[-1:])
    )
    return [msgspec.structs.replace(bounce, message_id=identity) for bounce in found[:_MOST]]


def _recipient(fields: dict[str, str]) -> Bounce | None:
    """One recipient's block, RFC 3464 section 2.3: what was done, to which address, with which status."""
    action = fields.get("action", "").split(" ")[0].lower()
    if action not in {"failed", "delayed"}:  # "delivered", "relayed" and "expanded" tell of success
        return None
    address = _address(fields.get("original-recipient", "")) or _address(fields.get("final-recipient", ""))
    if not address:
        return None
    status = ".".join(match.groups()) if (match := _STATUS.search(fields.get("status", ""))) else ""
    said = _diagnosis(fields.get("diagnostic-code", ""))
    reason = " ".join(filter(None, (status, said))) or action
    permanent = action == "failed" and status.startswith("5.") and not _NOT_THE_ADDRESS.fullmatch(status)
    return Bounce(address, "", permanent, reason, action == "delayed")


def _address(field: str) -> str:
    """The address of "rfc822; ann@example.org"; "" for another kind of address, or none."""
    kind, _, text = field.partition(";")
    if kind.strip().lower() not in {"rfc822", "utf-8"}:
        return ""
    text = text.strip().strip("<>")
    if kind.strip().lower() == "utf-8":  # RFC 6533 section 3: \x{20AC} for what is not ASCII
        text = re.sub(r"\\x\{([0-9A-Fa-f]{1,6})\}", lambda m: chr(int(m[1], 16)), text)
    good = "@" in text and len(text) <= 254 and text.isprintable() and " " not in text
    return text if good else ""


def _failed_recipients(message: Message) -> list[Bounce]:
    """The notices of Exim before 4.80, which name addresses in a header and no status. They can come back: never permanent."""
    if message.get_content_type() == "multipart/report" or "<>" not in str(message.get("Return-Path", "")):
        return []
    named = str(message.get("X-Failed-Recipients", ""))
    addresses = [address for each in named.split(",")[:_MOST] if (address := _address(f"rfc822;{each}"))]
    if not addresses:
        return []
    identity = _message_id(_text(message))
    return [Bounce(address, identity, permanent=False, reason="named in X-Failed-Recipients") for address in addresses]


# ------------------------------------------------------------------------------------------------------------------- parts


def _parts(message: Message) -> Iterator[Message]:
    """The parts of a report: not those of the mail that it brings back."""
    payload = message.get_payload()
    for part in payload[:_PARTS] if isinstance(payload, list) else []:
        if isinstance(part, Message):
            yield part


def _blocks(part: Message) -> list[dict[str, str]]:
    """The blocks of fields of a delivery status: of the mail, then of each recipient."""
    payload = part.get_payload()
    if not isinstance(payload, list):  # encoded, though RFC 3464 section 2.1 says 7bit
        blocks = [_fields(text) for text in re.split(r"\n[ \t]*\n+", _text(part).strip("\n"))]
    else:
        blocks = []
        for each in payload:
            if isinstance(each, Message):
                blocks.append({name.lower(): _utf8(str(value)) for name, value in reversed(list(each.raw_items()))})
                rest = _text(each).strip("\n")
                if rest:  # of message/global-delivery-status the parser takes the first block for the header of all
                    blocks += map(_fields, re.split(r"\n[ \t]*\n+", rest))
    return blocks if len(blocks) != 1 else [{}, *blocks]  # some leave the block about the mail out


def _fields(text: str) -> dict[str, str]:
    fields: dict[str, str] = {}
    for line in re.sub(r"\n[ \t]+", " ", text).split("\n"):
        name, colon, value = line.partition(":")
        if colon:
            fields.setdefault(name.strip().lower(), value.strip())
    return fields


def _utf8(text: str) -> str:
    """What the parser has read byte by byte, as text."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _text(part: Message) -> str:
    """What stands in a part, its lines ended by line feeds."""
    data = part.get_payload(decode=True)
    text = data.decode("utf-8", "replace") if isinstance(data, bytes) else ""
    return text.replace("\r\n", "\n")


def _original(part: Message) -> str:
    """The Message-ID of the mail that a part of a report brings back, whole or only its header."""
    payload = part.get_payload()
    if isinstance(payload, list):
        first = payload[0] if payload else None
        return _message_id(f"Message-ID: {first.get('Message-ID', '')}") if isinstance(first, Message) else ""
    return _message_id(_text(part))


def _message_id(text: str) -> str:
    """The Message-ID of the mail in a text, as far as its header goes."""
    for line in re.sub(r"\n[ \t]+", " ", text).split("\n"):
        if line.lower().startswith("message-id:") and (match := _ID.search(line)):
            return match[1]
    return ""


def _diagnosis(text: str) -> str:
    said = text.partition(";")[2] or text
    return " ".join("".join(c if c.isprintable() else " " for c in said).split())[:300]
