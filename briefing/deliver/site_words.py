"""What can be searched: the parts of each document with their text, and every word with the parts where it stands."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from html.parser import HTMLParser

import msgspec


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_WORD = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+(?:['’][^\W\d_]+)*")
_HEADINGS = ("h1", "h2", "h3", "h4")
_BLOCKS = _set("p div li ul ol dl dt dd table caption tr th td hgroup h1 h2 h3 h4 aside nav figure figcaption section br svg")
_VOID = _set("br col hr img input link meta wbr")
_UNTOLD = (
    "cite",
    "cite many",
    "contents",
)  # classes of render/html.py: marks of sources, and headings that are told where they stand
# Words that say how others go together; a list of where they stand helps nobody.
_LITTLE = _set(
    """a about after all also although am an and any are as at be because been before being between both but by can could did do does
    during each either else even ever every few for from further had has have he her here his how if in into is it its itself just less
    may me might more most much must my neither no nor not now of off on once one only onto or other our out over own per rather same
    shall she should since so some still such than that the their them then there these they this those through to too under until up
    upon us very was we well were what when where whether which while who whom whose why will with within without would yet you
    your"""
)


class Part(msgspec.Struct, frozen=True):
    """A part of a document under one heading. `of` and `short` are the document's title, `path` leads there."""

    path: str
    heading: str
    of: str
    short: str
    text: str


class _Piece(msgspec.Struct):
    """What stands under one heading, while it is read."""

    id: str
    heading: list[str] = msgspec.field(default_factory=list)
    text: list[str] = msgspec.field(default_factory=list)


class _Parts(HTMLParser):
    """Reads a document of ours: its words by heading. What is hidden or drawn is no text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts = [_Piece("")]
        self._heading = False
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in _VOID:
            self._add(" ")
            return
        if self._silent or "hidden" in given or given.get("aria-hidden") == "true" or given.get("class") in _UNTOLD:
            self._silent += 1
            return
        if tag in _BLOCKS:
            self._add(" ")
        if tag in _HEADINGS and (given.get("id") or len(self.parts) == 1):
            if given.get("id"):
                self.parts.append(_Piece(given["id"] or ""))
            self._heading = True

    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID:
            return
        if self._silent:
            self._silent -= 1
            return
        if tag in _HEADINGS:
            self._heading = False
        if tag in _BLOCKS:
            self._add(" ")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002  as the parser calls it
        self._add(" ")

    def handle_data(self, data: str) -> None:
        self._add(data)

    def _add(self, text: str) -> None:
        if not self._silent:
            (self.parts[-1].heading if self._heading else self.parts[-1].text).append(text)


def parts_of(body: str, path: str, title: str, short: str = "") -> list[Part]:
    """Return the parts of a document's body in its order; words before the first heading belong to the title."""
    reader = _Parts()
    reader.feed(body)
    reader.close()
    found = []
    for piece in reader.parts:
        part = Part(
            path=f"{path}#{piece.id}" if piece.id else path,
            heading=_line(piece.heading) or title,
            of=title,
            short=short or title,
            text=_line(piece.text),
        )
        if part.text or piece.id or piece.heading:
            found.append(part)
    return found


def _line(pieces: Iterable[str]) -> str:
    return " ".join("".join(pieces).split())


def fold(text: str) -> str:
    """Return text as it is compared: without case and accents."""
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c)).casefold()


def words(parts: Sequence[Part]) -> list[tuple[str, list[Part]]]:
    """Return every word that tells something, in alphabetical order, with the parts that have it, in theirs.

    Words that differ in case or accents alone are one, written as most often; a word is two letters or more, or a figure.
    """
    places: dict[str, dict[int, None]] = {}
    forms: dict[str, dict[str, int]] = {}
    for n, part in enumerate(parts):
        for word in _WORD.findall(f"{part.heading} {part.text}"):
            key = fold(word)
            if key not in _LITTLE and (len(key) > 1 or key.isdecimal()):
                places.setdefault(key, {})[n] = None
                counts = forms.setdefault(key, {})
                counts[word] = counts.get(word, 0) + 1
    written = {key: min(counts, key=lambda form: (-counts[form], form)) for key, counts in forms.items()}
    return [(written[key], [parts[n] for n in places[key]]) for key in sorted(places)]


def letter_of(word: str) -> str:
    """Return the page that a word is on: "a" to "z", "0-9", or "other"."""
    first = fold(word)[0]
    return first if "a" <= first <= "z" else "0-9" if first.isdecimal() else "other"
