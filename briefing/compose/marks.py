"""What a template prints besides words: marks in the text that stand for parts of the tree until the Markdown is parsed.

A mark is one private-use character, a number, another one. The loader refuses private-use characters in data, so no data can forge one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TypeAlias

import msgspec

from briefing.model import Block, Inlines

OPEN, CLOSE = "\ue000", "\ue001"
_MARK = re.compile(f"{OPEN}(\\d+){CLOSE}")
_SPACE = re.compile(r"[ \t\n\r\f\v]+")  # not the no-break space
_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")


class Drop(msgspec.Struct, frozen=True):
    """Says of the list item it stands in how early a one-page summary may leave it out, and its name in the report."""

    drop: int
    name: str


Marked: TypeAlias = "Inlines | Block | Drop"


class Marks:
    """The parts that one run of a template has printed, in order."""

    def __init__(self) -> None:
        self._parts: list[Marked] = []

    def add(self, part: Marked) -> str:
        """Keep a part; return the mark to print in its place."""
        self._parts.append(part)
        return f"{OPEN}{len(self._parts) - 1}{CLOSE}"

    def only(self, text: str) -> Marked | None:
        """Return the part if `text` is one mark and nothing else, or None."""
        match = _MARK.fullmatch(text.strip())
        return self._parts[int(match[1])] if match else None

    def split(self, text: str) -> Iterator[str | Marked]:
        """Yield the text between marks and the parts that the marks stand for, in order."""
        for index, piece in enumerate(_MARK.split(text)):
            if index % 2:
                yield self._parts[int(piece)]
            elif piece:
                yield piece


def escape(text: str) -> str:
    """Return `text` so that Markdown shows it letter by letter (CommonMark 0.31, section 2.4: backslash escapes)."""
    return _PUNCTUATION.sub(r"\\\1", _SPACE.sub(" ", text))
