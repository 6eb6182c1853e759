"""What a file comes to once it is opened: texts, raw bytes, and what cannot be read; each with its place."""

from __future__ import annotations

from typing import TypeAlias

import msgspec


class Shown(msgspec.Struct, frozen=True):
    """A text and where it stands. `words`: somebody may read it; otherwise it is code or a style, with numbers of its own."""

    place: str
    text: str
    words: bool = True


class Raw(msgspec.Struct, frozen=True):
    """Bytes as they stand in a file, for what lies in them as plain letters, of one byte or two."""

    place: str
    data: bytes


class Closed(msgspec.Struct, frozen=True):
    """What cannot be read, and why."""

    place: str
    why: str


Piece: TypeAlias = Shown | Raw | Closed
