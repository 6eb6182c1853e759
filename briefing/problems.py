"""What went wrong, where, and what to do about it.

    BriefingError                 anything this library raises on purpose
      ProblemsFound               mistakes of an author: a list of `Problem`, every one with its place
      OnePageImpossible           a summary that no allowed means brings down to one page
      MissingGlyph                a character that none of the fonts has
      UnusableFont                a font file that cannot be read, or not be embedded
      Unreadable                  an original, to compare facts with, that cannot be read

An author's mistake is a `Problem`; it is collected, never raised one by one.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec


class Location(msgspec.Struct, frozen=True, order=True):
    """A place in a file; line and column count from 1, as editors show them. Line 0: the file as a whole."""

    file: str = ""
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        if not self.line:
            return self.file
        return f"{self.file}:{self.line}:{self.column}"


NOWHERE = Location()


class Problem(msgspec.Struct, frozen=True, order=True):
    """One mistake: its place, a stable code, what is wrong, and how to mend it."""

    at: Location
    code: str
    message: str
    hint: str = ""
    warning: bool = False

    def __str__(self) -> str:
        hint = f" ({self.hint})" if self.hint else ""
        kind = "warning: " if self.warning else ""
        return f"{self.at}: {self.code} {kind}{self.message}{hint}"


class BriefingError(Exception):
    """The base of every error this library raises on purpose."""


class ProblemsFound(BriefingError):
    """The data hold mistakes; `problems` has all of them, in order of place."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(map(str, self.problems)))


class OnePageImpossible(BriefingError):
    """A summary stays longer than a page after every allowed means; `lines_over` says by how much."""

    def __init__(self, lines_over: int) -> None:
        self.lines_over = lines_over
        super().__init__(f"the summary is {lines_over} lines too long for one page and nothing more may be dropped")


class MissingGlyph(BriefingError):
    """A character that no font of the look can show."""

    def __init__(self, character: str, context: str) -> None:
        self.character, self.context = character, context
        super().__init__(f"no font has {character!r} (U+{ord(character):04X}), in: {context[:60]!r}")


class UnusableFont(BriefingError):
    """A file that is no TrueType font, or one that may not be embedded."""


class Unreadable(BriefingError):
    """An original that cannot be read; the message says why and `hint` what to do about it."""

    def __init__(self, why: str, hint: str = "") -> None:
        self.hint = hint
        super().__init__(why)


def nearest(word: str, known: Iterable[str]) -> str:
    """Return a hint that names the known word nearest to `word`, or "" where none is near."""
    from difflib import get_close_matches

    close = get_close_matches(word, sorted(known), n=1, cutoff=0.6)
    return f"did you mean {close[0]}?" if close else ""
