"""Mail addresses: whether a text is one, when two are the same, and whether a domain is among those that mail may go to.

An address is the addr-spec of RFC 5322 section 3.4.1 within the limits of RFC 5321 section 4.5.3.1, its local part perhaps not ASCII
(RFC 6531) and its domain perhaps internationalised (IDNA). No display name, comment, route or list: one reader, one mailbox.

    fault(text) -> Fault | None        what keeps a text from being an address, and where
    key_of(address) -> str             equal for two ways of writing one mailbox
    domain_of(address) -> str          the domain in ASCII and lower case
    allowed(address, allow) -> bool    whether the domain is on the list; () allows any
    fault_of_domain(text) -> Fault | None;  ascii_domain(text) -> str
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

import msgspec

MAX_ADDRESS: Final = 254  # octets; RFC 5321 section 4.5.3.1.3 with erratum 1690: a path has 256 with its angle brackets
MAX_LOCAL: Final = 64  # octets; section 4.5.3.1.1
MAX_DOMAIN: Final = 253  # octets; section 4.5.3.1.2 has 255, RFC 1035 section 3.1 leaves 253 for what is written
MAX_LABEL: Final = 63  # RFC 1035 section 2.3.4

_atom = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\-\x80-\U0010ffff]+")  # atext of RFC 5322 section 3.2.3 and RFC 6532 section 3.2
_quoted = re.compile(r'"((?:[ !#-\[\]-~\x80-\U0010ffff]|\\[ -~])*)"')  # Quoted-string of RFC 5321 section 4.1.2
_label = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
_plain = re.compile(r"[A-Za-z0-9_+%~'-]+(?:\.[A-Za-z0-9_+%~'-]+)*@(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z]+")


class Fault(msgspec.Struct, frozen=True):
    """Why a text is no address: at which character, counted from 0, and what to write instead."""

    offset: int
    message: str
    hint: str = ""


def fault(text: str) -> Fault | None:
    """Return the first thing that keeps a text from being an address, or None."""
    if len(text) > MAX_ADDRESS:
        return Fault(0, f"the address has {len(text):,} characters; {MAX_ADDRESS} are allowed")
    if _plain.fullmatch(text) and "xn--" not in text.lower():  # nearly all of them
        local, _, domain = text.partition("@")
        if len(local) <= MAX_LOCAL and all(len(label) <= MAX_LABEL for label in domain.split(".")):
            return None
    for index, character in enumerate(text):
        if unicodedata.category(character)[0] in "CZ" and character != " ":
            return Fault(index, f"an address cannot hold the character U+{ord(character):04X}", "remove it")
    if "<" in text or ">" in text:
        return Fault(0, "only the address itself belongs here", "the name has a field of its own")
    if text.lower().startswith("mailto:"):
        return Fault(0, "only the address itself belongs here", "leave out mailto:")
    local, at, domain = text.rpartition("@")
    if not at:
        return Fault(0, "an address has an @", "such as ann@example.org")
    if not local.startswith('"') and any(sign in text for sign in ",;"):
        return Fault(0, "one reader has one address", "a reader for each address; a group puts them together")
    return _fault_of_local(local) or _moved(fault_of_domain(domain), len(local) + 1) or _fault_of_length(local, domain)


def _fault_of_local(local: str) -> Fault | None:
    if not local:
        return Fault(0, "there is nothing before the @", "such as ann@example.org")
    if len(local.encode()) > MAX_LOCAL:
        return Fault(0, f"there are {len(local.encode())} octets before the @; {MAX_LOCAL} are allowed")
    if _quoted.fullmatch(local) and len(local) > 2:
        return None
    offset = 0
    for atom in local.split("."):
        if not atom:
            return Fault(offset, "before the @ a dot stands between two other characters", "remove the dot")
        match = _atom.match(atom)
        if match is None or match.end() < len(atom):
            bad = atom[match.end() if match else 0]
            return Fault(offset + (match.end() if match else 0), f"before the @ there cannot be {bad!r}", "")
        offset += len(atom) + 1
    return None


def _fault_of_length(local: str, domain: str) -> Fault | None:
    octets = len(local.encode()) + 1 + len(ascii_domain(domain))
    return Fault(0, f"the address has {octets} octets; {MAX_ADDRESS} are allowed") if octets > MAX_ADDRESS else None


def fault_of_domain(text: str) -> Fault | None:
    """Return the first thing that keeps a text from being a domain with a dot in it (or `localhost`), or None."""
    if not text:
        return Fault(0, "there is no domain", "such as example.org")
    if text.startswith("["):
        return Fault(0, "a domain by its name is wanted, not by a number", "such as example.org")
    if len(text) > MAX_DOMAIN:
        return Fault(0, f"the domain has {len(text):,} characters; {MAX_DOMAIN} are allowed")
    offset, made = 0, []
    for label in text.split("."):
        if not label:
            return Fault(offset, "in a domain a dot stands between two other characters", "remove the dot")
        try:
            made.append(_ascii(label))
        except ValueError as error:
            return Fault(
                offset, f"{label!r} cannot be a part of a domain: {error}", "letters, digits and hyphens; else its form xn--..."
            )
        offset += len(label) + 1
    if len(made) == 1 and made[0] != "localhost":
        return Fault(0, f"the domain {text!r} is not complete", "such as example.org")
    if made[-1].isdigit():
        return Fault(0, "a domain by its name is wanted, not by a number", "such as example.org")
    if len(".".join(made)) > MAX_DOMAIN:
        return Fault(0, f"the domain has {len('.'.join(made))} octets as ASCII; {MAX_DOMAIN} are allowed")
    return None


def ascii_domain(text: str) -> str:
    """Return a domain as the network knows it: in ASCII (IDNA) and lower case. Only for a domain without fault."""
    return ".".join(map(_ascii, text.split(".")))


@lru_cache(maxsize=4096)
def _ascii(label: str) -> str:
    """Return a label as ASCII in lower case. Raises ValueError with a reason.

    IDNA 2003 (the standard library's) and IDNA 2008 differ where the former maps a character to another: "ß" to "ss", which may be somebody
    else's domain. Whatever would be mapped, but for case, is refused.
    """
    from encodings import idna

    if label.isascii():
        made = label.lower()
        if not _label.fullmatch(made):
            raise ValueError(f"longer than {MAX_LABEL}" if len(made) > MAX_LABEL else "a character that has no place there")
        if made.startswith("xn--") and not _is_punycode(made[4:]):
            raise ValueError("no name comes out of it")
        return made
    if len(label) > MAX_LABEL:
        raise ValueError(f"longer than {MAX_LABEL}")
    if any(unicodedata.category(character)[0] not in "LMN" and character != "-" for character in label):
        raise ValueError("a character that has no place there")
    try:
        if idna.nameprep(label) != unicodedata.normalize("NFC", label.lower()):
            raise ValueError("a character that programs read in two ways")
        made = idna.ToASCII(label).decode().lower()
    except UnicodeError:
        raise ValueError("not a name that IDNA takes") from None
    if not _label.fullmatch(made):
        raise ValueError("a character that has no place there")
    return made


def _is_punycode(text: str) -> bool:
    """Return whether a text is Punycode (RFC 3492) of something that needs it. What IDNA 2008 alone allows passes here: it is unambiguous."""
    try:
        name = text.encode().decode("punycode")
        return not name.isascii() and name.encode("punycode").decode() == text
    except (UnicodeError, IndexError, OverflowError):
        return False


def _moved(found: Fault | None, by: int) -> Fault | None:
    return found and Fault(found.offset + by, found.message, found.hint)


def domain_of(address: str) -> str:
    """Return the domain of an address in ASCII and lower case. Only for an address without fault."""
    return ascii_domain(address.rpartition("@")[2])


def key_of(address: str) -> str:
    """Return what two ways of writing one mailbox have in common. Only for an address without fault.

    Domains compare without regard to case (RFC 5321 section 2.4). Local parts are the receiving host's business, and so may differ in
    case; but no host in use has two people whose addresses do, and one reader must not get a document twice.
    """
    local, _, domain = address.rpartition("@")
    if match := _quoted.fullmatch(local):
        plain = re.sub(r"\\(.)", r"\1", match[1])
        local = plain if all(_atom.fullmatch(atom) for atom in plain.split(".")) else '"' + re.sub(r'(["\\])', r"\\\1", plain) + '"'
    return f"{unicodedata.normalize('NFC', local).casefold()}@{ascii_domain(domain)}"


def allowed(address: str, allow: Iterable[str]) -> bool:
    """Return whether mail may go to an address: `example.org` is that domain, `*.example.org` all below it and not itself; () is any."""
    allow = tuple(allow)
    if not allow:
        return True
    domain = domain_of(address)
    return any(
        domain.endswith(f".{ascii_domain(entry[2:])}") if entry.startswith("*.") else domain == ascii_domain(entry)
        for entry in allow
    )
