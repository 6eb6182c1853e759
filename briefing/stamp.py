"""Whose copy a document is, as data: the words that name its reader, and the mark by which it is known again."""

from __future__ import annotations

import re
import unicodedata
from base64 import b32encode
from hashlib import sha256

import msgspec

from briefing.problems import BriefingError

SCHEME = "briefing-copy:"  # before the mark where a program reads it: XMP, custom property, <meta>
_PLACE = re.compile(r"\{(name|id|edition|brief)\}")
_LETTERS = str.maketrans(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
)  # RFC 4648 to Crockford: no I, L, O, U
_MARK = re.compile(r"\b([0-9A-HJKMNP-TV-Z]{4}(?:-[0-9A-HJKMNP-TV-Z]{4}){3})\b")
_BYTES = 10  # of the digest: 80 bits are 16 letters
_JOINERS = "\u200c\u200d"  # zero width (non-)joiner: in Persian and Indian names


class CopyRefused(BriefingError):
    """A copy that cannot be made as it is asked for; the message says why and what can be done."""


class Stamp(msgspec.Struct, frozen=True):
    """What a copy says about its reader. `plain` stands in for `words` where no font has a letter of the reader's name."""

    words: str  # "Copy for Ōkubo Jirō, edition 3"
    plain: str  # "Copy for jiro@example.org, edition 3"
    mark: str  # "7K2M-QX4P-9TBD-0HWV"


def stamp(words: str, name: str, reader: str, brief: str, edition: int) -> Stamp:
    """Return the stamp of a reader's copies of an edition; `reader` is the id, `brief` has the theme: "policy-brief-economic".

    Raises CopyRefused for a name or an id with line ends, control or bidirectional characters: what they show is not what they hold.
    """
    shown = {"name": name.strip() or reader, "id": reader, "edition": str(edition), "brief": brief}
    for what, value in (("name", name), ("id", reader)):
        bad = next((letter for letter in value if _refused(letter)), "")
        if bad:
            raise CopyRefused(f"no copy for {reader!r}: its {what} holds U+{ord(bad):04X}, which no name has")
    shown = {key: unicodedata.normalize("NFC", value) for key, value in shown.items()}
    return Stamp(
        words=_filled(words, shown),
        plain=_filled(words, shown | {"name": shown["id"]}),
        mark=mark_of(f"{brief}/{edition}", reader),
    )


def _filled(words: str, shown: dict[str, str]) -> str:
    return _PLACE.sub(lambda place: shown[place[1]], words)  # in one pass: a name may hold braces


def _refused(letter: str) -> bool:
    return unicodedata.category(letter) in {"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"} and letter not in _JOINERS


def mark_of(edition: str, reader: str) -> str:
    """Return the mark of a reader's copies of an edition ("policy-brief/3"): 80 bits of SHA-256, in Crockford's base 32.

    It tells nothing of the reader to those who do not have the list of readers.
    """
    digest = sha256(f"{edition}\n{reader}".encode()).digest()[:_BYTES]
    letters = b32encode(digest).decode().translate(_LETTERS)
    return "-".join(letters[at : at + 4] for at in range(0, len(letters), 4))


def marks_in(text: str) -> tuple[str, ...]:
    """Return all that looks like a mark in a text, each once, in order; those after `SCHEME` first."""
    named = re.findall(re.escape(SCHEME) + _MARK.pattern, text)
    return tuple(dict.fromkeys([*named, *_MARK.findall(text)]))
