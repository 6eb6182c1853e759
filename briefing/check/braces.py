"""References in braces, as sentences and prose hold them: `{figure}`, `{fact}`, `{fact.figure}`; `{{` and `}}` are plain braces."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

_PIECE = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")
_NAME = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)?")
_WORD = re.compile(r"\S+")


class Brace(msgspec.Struct, frozen=True):
    """A reference, or a brace that is none (`name` is ""). `token` finds it in the file: the characters with
    a faulty brace, or the word that it is in."""

    name: str
    token: str
    nth: int  # how many equal tokens stand before it


def braces(text: str) -> Iterator[Brace]:
    """Yield the references of a text and its faulty braces, in order."""
    for match in _PIECE.finditer(text):
        if match[0] in ("{{", "}}"):
            continue
        name = match[1]
        if name is not None and _NAME.fullmatch(name):
            yield Brace(name, match[0], text.count(match[0], 0, match.start()))
        elif name is not None:
            yield Brace("", match[0], text.count(match[0], 0, match.start()))
        else:
            word = next(each for each in _WORD.finditer(text) if each.start() <= match.start() < each.end())
            yield Brace("", word[0], text.count(word[0], 0, word.start()))
