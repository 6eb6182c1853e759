"""Header fields of a mail as bytes: addresses, words in any script, folded lines. Nothing that is put in can start a field of its own.

Written here and not by `email`, whose folding differs from one Python to the next: same inputs, same bytes.
"""

from __future__ import annotations

import re
import unicodedata
from base64 import b64encode
from functools import lru_cache

import msgspec

from briefing.address import ascii_domain, fault
from briefing.problems import BriefingError

_FOLD = 76  # octets of a line that we aim at; RFC 5322 section 2.1.1 wants 78 at most and allows 998
_LONGEST = 998
_WORD = 75  # characters of an encoded word, RFC 2047 section 2
_ATEXT = r"A-Za-z0-9!#$%&'*+/=?^_`{|}~-"
_ATOMS = re.compile(rf"[{_ATEXT}]+(?: [{_ATEXT}]+)*")
_PLAIN = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!*+-/")  # RFC 2047 section 5 (3)


class Unsendable(BriefingError):
    """A parcel that cannot become a mail, whoever carries it; the message says why."""


class Address(msgspec.Struct, frozen=True):
    """An addr-spec with its domain in ASCII. `international`: its local part is not, and the server must know SMTPUTF8 (RFC 6531)."""

    local: str
    domain: str

    @property
    def international(self) -> bool:
        return not self.local.isascii()

    def __str__(self) -> str:
        return f"{self.local}@{self.domain}"


def checked(text: str, what: str) -> str:
    """Return the text. Raises Unsendable where it holds CR, LF or NUL, which could end a header field, or half a character."""
    if any(c in text for c in "\r\n\0"):
        raise Unsendable(f"{what} holds a line break or a NUL: {text[:80]!r}")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise Unsendable(f"{what} is no Unicode text: {text[:80]!r}") from None
    return text


@lru_cache(1024)
def address(text: str, what: str = "the address") -> Address:
    """Return an addr-spec as it goes on the wire, its domain as A-labels. Raises Unsendable where it is none."""
    wrong = fault(checked(text, what))
    if wrong:
        raise Unsendable(f"{what} {text[:80]!r}: {wrong.message}")
    local, _, domain = text.rpartition("@")
    return Address(unicodedata.normalize("NFC", local), ascii_domain(domain))  # RFC 6532 section 3.1


def mailbox(text: str, what: str) -> tuple[str, Address]:
    """Return name and address of "Name <address>" or an address alone. Raises Unsendable where it is neither."""
    found = re.fullmatch(r"\s*(.*?)\s*<([^<>]*)>\s*", checked(text, what))
    if not found:
        return "", address(text.strip(), what)
    name = found[1]
    if len(name) > 1 and name[0] == name[-1] == '"':
        name = re.sub(r"\\(.)", r"\1", name[1:-1])
    return name, address(found[2].strip(), what)


def address_field(field: str, name: str, to: Address) -> bytes:
    """Return a field with one mailbox, "To: Name <address>", with its line end. Raises Unsendable for what a header cannot hold."""
    name = checked(name, f"the name in {field}")
    if not name.strip():
        return _unbroken(f"{field}: {to}")
    if _ATOMS.fullmatch(name) and len(name) < 60 and "=?" not in name:
        words = [name]
    elif name.isascii() and name.isprintable() and len(name) < 50 and "=?" not in name:
        words = ['"' + re.sub(r'(["\\])', r"\\\1", name) + '"']
    else:
        words = _encoded(name, len(field) + 2)
    line = f"{field}: " + "\r\n ".join(words)
    between = " " if _room(line) > len(str(to)) + 3 else "\r\n "
    return _unbroken(f"{line}{between}<{to}>")


def text_field(field: str, text: str) -> bytes:
    """Return a field of free text such as Subject, folded, with its line end; encoded words (RFC 2047) where it is not plain ASCII."""
    text = checked(text, field)
    words = text.split(" ")
    plain = text.isascii() and text.isprintable() and "=?" not in text and all(0 < len(w) <= _FOLD - 2 for w in words)
    if not plain:
        return _unbroken(f"{field}: " + "\r\n ".join(_encoded(text, len(field) + 2))) if text else f"{field}:\r\n".encode()
    lines = [f"{field}:"]
    for word in words:
        if len(lines[-1]) + 1 + len(word) > _FOLD and len(lines[-1]) > len(field) + 1:
            lines.append("")
        lines[-1] += " " + word
    return _unbroken("\r\n".join(lines))


def plain_field(field: str, value: str) -> bytes:
    """Return a field of ASCII that is not folded, with its line end. Raises Unsendable where it is not ASCII or too long for a line."""
    if not (checked(value, field).isascii() and value.isprintable()):
        raise Unsendable(f"{field} holds what a header cannot: {value[:80]!r}")
    return _unbroken(f"{field}: {value}")


def _unbroken(lines: str) -> bytes:
    data = lines.encode() + b"\r\n"
    if any(len(line) > _LONGEST for line in data.split(b"\r\n")):
        raise Unsendable(f"a header field is longer than a line may be: {lines[:80]!r}")
    return data


def _room(lines: str) -> int:
    return _FOLD - len(lines.rpartition("\n")[2])


def _encoded(text: str, before: int) -> list[str]:
    """The text as encoded words, in the shorter of the two encodings, where `before` characters stand on the first line; no character is parted."""
    units = [c.encode() for c in text]
    quoted = [_quoted(unit) for unit in units]
    short = sum(map(len, quoted)) <= len(text.encode()) * 4 / 3
    room = _WORD - len("=?utf-8?q??=") - before + 1  # of the line; the others have a space before the word
    words: list[str] = []
    held: list[bytes] = []
    size = 0
    for unit, q in zip(units, quoted, strict=True):
        cost = len(q) if short else len(unit)
        if held and size + cost > (room if short else room // 4 * 3):
            words.append(_word(held, short))
            held, size, room = [], 0, _WORD - len("=?utf-8?q??=")
        held.append(unit)
        size += cost
    return [*words, _word(held, short)] if held else words


def _quoted(unit: bytes) -> str:
    return "".join(chr(byte) if byte in _PLAIN else "_" if byte == 0x20 else f"={byte:02X}" for byte in unit)


def _word(units: list[bytes], short: bool) -> str:
    return f"=?utf-8?q?{''.join(map(_quoted, units))}?=" if short else f"=?utf-8?b?{b64encode(b''.join(units)).decode()}?="
