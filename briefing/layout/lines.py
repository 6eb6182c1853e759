"""Breaking words into lines: each paragraph once, greedily, ragged right.

A line may end at a space, after a real hyphen between letters, and after an en or em dash; never inside a `Number`, before a `Cite`, or at
a no-break space. A word wider than the line is cut between characters, after a slash or a stop where there is one.

The words of a paragraph lie in flat lists, a break unit a piece with its leading space, so that a line is found by bisection.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from itertools import accumulate
from operator import sub

from briefing.layout.fonts import Fonts
from briefing.look import Style
from briefing.model import Cite, Emphasis, Inlines, LineBreak, Link, Number, Strong, Text
from briefing.placed import Dress, FaceKey, Span, TextLine

_CUT = "\x00"
_DASH = re.compile(r"[-\u2010\u2013\u2014](?:(?<=[^\W\d_]{2}[-\u2010])(?=[^\W\d_])|(?<=\w[\u2013\u2014])(?=\w))")
_SPACES = re.compile(r"[ \t\r\n\f\v]+")
_INVISIBLE = re.compile("[\u00ad\u200b\u200c\u200d\u2060\ufeff\x00]")
_HANDY = "/.-_?&=,;:"  # a long address is cut after one of these rather than anywhere
_TOLERANCE = 0.01  # points; sums of widths differ in the last digits

LINK = "link"  # the name of the colour
CITE_SIZE = 0.8  # of the words beside a source mark
CITE_RISE = 0.12
BLANK = TextLine((), 0.0)


class Words:
    """Inlines as pieces ready to be broken: text, dress and width of each, and where a line may begin."""

    __slots__ = ("drawn", "dresses", "fonts", "forced", "runs", "starts", "texts", "waiting", "widths")

    def __init__(self, fonts: Fonts, *, drawn: bool = True) -> None:
        self.fonts = fonts
        self.drawn = drawn  # else each line is BLANK, for who wants to know how many there are
        self.texts: list[str] = []
        self.widths: list[float] = []
        self.dresses: list[Dress] = []
        self.runs: list[int] = []  # the index of the first piece in each dress
        self.starts: list[int] = []  # indices of pieces that may begin a line
        self.forced: list[int] = []  # indices of pieces that begin a line because the author says so
        self.waiting = False  # a space has been read, its word not yet

    def add(self, inlines: Inlines, dress: Dress) -> None:
        """Append inlines in a dress."""
        for inline in inlines:
            match inline:
                case Text():
                    if inline.text:
                        self._add_text(inline.text, dress if not inline.language else _dressed(dress, inline=inline))
                case Cite():
                    self._add_cite(inline, dress)
                case Number(text=text):
                    self._add_piece(text, dress)
                case Strong(children=children):
                    self.add(children, _dressed(dress, face=(dress.face[0], True, dress.face[2])))
                case Emphasis(children=children):
                    self.add(children, _dressed(dress, face=(dress.face[0], dress.face[1], not dress.face[2])))
                case Link(href=href, children=children):
                    self.add(children, _dressed(dress, colour=LINK, href=href, inline=inline))
                case LineBreak():
                    self.waiting = False
                    self.forced.append(len(self.texts))
                    self.starts.append(len(self.texts))

    def _add_text(self, text: str, dress: Dress) -> None:
        if not text.isascii():
            text = _INVISIBLE.sub("", text)
            if not text:
                return
            if "\u2013" in text or "\u2014" in text:
                text = text.replace(" \u2013 ", "\u00a0\u2013 ").replace(" \u2014 ", "\u00a0\u2014 ")
        if "  " in text or "\n" in text or "\t" in text or "\r" in text:
            text = _SPACES.sub(" ", text)
        if self.waiting and text[:1] != " ":
            text = " " + text
        self.waiting = text[-1:] == " "
        if self.waiting:
            text = text[:-1]
            if not text:
                return
        marked = text.replace(" ", "\x00 ")
        if "-" in text or (not text.isascii() and _DASH.search(text)):
            marked = _DASH.sub(r"\g<0>" + _CUT, marked)
        pieces = marked.split(_CUT)
        breakable = not pieces[0]
        if breakable:
            del pieces[0]
        first = len(self.texts)
        try:
            self.widths += list(map(self.fonts.sized(dress.face, dress.size).__getitem__, pieces))
        except KeyError:
            self._add_mixed(pieces, dress, breakable=breakable)
            return
        self.texts += pieces
        if not self.dresses or self.dresses[-1] is not dress:
            self.runs.append(first)
            self.dresses.append(dress)
        self.starts += range(first if breakable else first + 1, first + len(pieces))

    def _add_mixed(self, pieces: list[str], dress: Dress, *, breakable: bool) -> None:
        """Append pieces of which one or more hold characters that their face lacks."""
        for piece in pieces:
            if breakable:
                self.starts.append(len(self.texts))
            self._append(piece, dress)
            breakable = True

    def _add_piece(self, text: str, dress: Dress) -> None:
        """Append words that no line ends within."""
        if self.waiting:
            self.waiting = False
            text = " " + text
            self.starts.append(len(self.texts))
        self._append(text, dress)

    def _append(self, text: str, dress: Dress) -> None:
        try:
            self._put(text, self.fonts.sized(dress.face, dress.size)[text], dress)
        except KeyError:
            for key, run in self.fonts.runs(dress.face, text):
                self._put(run, self.fonts.sized(key, dress.size)[run], dress if key == dress.face else _dressed(dress, face=key))

    def _put(self, text: str, width: float, dress: Dress) -> None:
        if not self.dresses or self.dresses[-1] is not dress:
            self.runs.append(len(self.texts))
            self.dresses.append(dress)
        self.texts.append(text)
        self.widths.append(width)

    def _add_cite(self, cite: Cite, dress: Dress) -> None:
        size = dress.size * CITE_SIZE
        face: FaceKey = ("sans", dress.face[1], False)
        colour = LINK if dress.colour != "on-accent" else dress.colour
        apart = self.waiting or not self.texts or self.texts[-1][-1:].isspace()
        rise = 0.0 if apart else dress.size * CITE_RISE
        plain = Dress(face, size, colour, rise)
        if not self.drawn:  # only its width counts
            marks = ", ".join(str(ref.number) for ref in cite.refs)
            self._append(f"\u00a0[{marks}]" if self.waiting else f"[{marks}]", plain)
            self.waiting = False
            return
        texts, dresses = ["\u00a0[" if self.waiting else "["], [plain]
        self.waiting = False
        for at, ref in enumerate(cite.refs):
            if at:
                texts.append(", ")
                dresses.append(plain)
            texts.append(str(ref.number))
            dresses.append(Dress(face, size, colour, rise, f"#source-{ref.source}", cite))
        texts.append("]")
        dresses.append(plain)
        try:
            self.widths += list(map(self.fonts.sized(face, size).__getitem__, texts))
        except KeyError:
            for text, worn in zip(texts, dresses, strict=True):
                self._append(text, worn)
            return
        first = len(self.texts)
        self.texts += texts
        self.runs += range(first, first + len(texts))
        self.dresses += dresses

    def natural(self) -> tuple[float, float]:
        """Return the widest unit that no line may end within, and the width of all on one line."""
        if not self.texts:
            return 0.0, 0.0
        texts, firsts = self.texts, self._firsts()
        sums = list(accumulate(self.widths, initial=0.0))
        space = min(map(self._space, self.dresses))
        if len(firsts) == 1:
            return sums[-1] - space if texts[0][:1] == " " else sums[-1], sums[-1]
        lefts = [sums[first] for first in firsts]
        units = map(sub, [*lefts[1:], sums[-1]], lefts)
        widest = max([width - space if texts[first][:1] == " " else width for width, first in zip(units, firsts, strict=True)])
        if not self.forced:
            return widest, sums[-1]
        stops = [0.0, *(sums[first] for first in self.forced if first < len(texts)), sums[-1]]
        return widest, max(map(sub, stops[1:], stops))

    def _units(self) -> Iterator[tuple[int, int]]:
        firsts = self._firsts()
        return zip(firsts, [*firsts[1:], len(self.texts)], strict=True)

    def _dress_at(self, piece: int) -> Dress:
        return self.dresses[bisect_right(self.runs, piece) - 1]

    def _space(self, dress: Dress) -> float:
        return self.fonts.sized(dress.face, dress.size)[" "]

    def _lead(self, piece: int) -> float:
        """Return the width of the space that a piece begins with."""
        return self._space(self._dress_at(piece)) if self.texts[piece][:1] == " " else 0.0

    def broken(self, room: float) -> list[TextLine]:
        """Return the lines that the words make, each at most `room` points wide."""
        if not self.texts:
            return []
        sums = list(accumulate(self.widths, initial=0.0))
        if sums[-1] <= room and not self.forced:
            if not self.drawn:
                return [BLANK]
            spaced = self.texts[0][:1] == " "
            left = self._space(self.dresses[0]) if spaced else 0.0
            return [self._line(0, len(self.texts), 0, left, sums, spaced=spaced)]
        firsts = self._firsts()
        lefts = [sums[first] for first in firsts]
        ends = [*lefts[1:], sums[-1]]
        if max(map(sub, ends, lefts)) > room:  # with its leading space: a false alarm does no harm
            cut = self._cut(room)
            firsts, sums = cut._firsts(), list(accumulate(cut.widths, initial=0.0))
            return cut._lines(room, firsts, sums, [*(sums[first] for first in firsts[1:]), sums[-1]])
        return self._lines(room, firsts, sums, ends)

    def _firsts(self) -> list[int]:
        """Return the indices of the pieces that units begin with."""
        starts = self.starts
        if not self.forced:
            return starts if starts and starts[0] == 0 else [0, *starts]
        return sorted({0, *(start for start in starts if start < len(self.texts))})

    def _lines(self, room: float, firsts: list[int], sums: list[float], ends: list[float]) -> list[TextLine]:
        texts, runs = self.texts, self.runs
        stops = [bisect_left(firsts, first) for first in self.forced if first < len(texts)]
        room += _TOLERANCE
        lines: list[TextLine] = []
        unit, count, run = 0, len(firsts), 0
        while unit < count:
            piece = firsts[unit]
            while run + 1 < len(runs) and runs[run + 1] <= piece:
                run += 1
            spaced = texts[piece][:1] == " "
            left = sums[piece]
            if spaced:
                left += self._space(self.dresses[run])
            following = max(bisect_right(ends, left + room, unit), unit + 1)
            for stop in stops:
                if unit < stop < following:
                    following = stop
                    break
            end = firsts[following] if following < count else len(texts)
            lines.append(self._line(piece, end, run, left, sums, spaced=spaced) if self.drawn else BLANK)
            unit = following
        return lines

    def _line(self, piece: int, end: int, run: int, left: float, sums: list[float], *, spaced: bool) -> TextLine:
        texts, runs, count = self.texts, self.runs, len(self.runs)
        spans: list[Span] = []
        at = piece
        while at < end:
            dress = self.dresses[run]
            run += 1
            stop = end if run == count or runs[run] > end else runs[run]
            text = texts[at] if stop == at + 1 else "".join(texts[at:stop])
            x = sums[at] - left
            if at == piece and spaced:
                text = text[1:]
                x = 0.0
            elif dress.href and spans and text[:1] == " " and _alike(spans[-1].dress, dress):  # a link begins with its first letter
                gap, before = self._space(dress), spans[-1]
                spans[-1] = Span(before.text + text[:1], before.dress, before.x, before.width + gap)
                text = text[1:]
                x += gap
            if stop == end and end < len(texts) and (texts[end][:1] == " " or end in self.forced):
                text += " "  # kept in the text, so that words stay apart for those who hear or copy them
            spans.append(Span(text, dress, x, sums[stop] - left - x))
            at = stop
        return TextLine(tuple(spans), sums[end] - left)

    def _cut(self, room: float) -> Words:
        """Return the same words, those wider than `room` cut into pieces that are not."""
        cut = Words(self.fonts, drawn=self.drawn)
        for first, end in self._units():
            if first in self.forced:
                cut.forced.append(len(cut.texts))
            wide = sum(self.widths[first:end]) - self._lead(first) > room
            for piece in range(first, end):
                dress = self._dress_at(piece)
                parts = self._parts(self.texts[piece], dress, room) if wide else [self.texts[piece]]
                for at, text in enumerate(parts):
                    if at or piece == first or (wide and text[:1] != " "):
                        cut.starts.append(len(cut.texts))
                    cut._put(text, self.fonts.sized(dress.face, dress.size)[text], dress)
        return cut

    def _parts(self, text: str, dress: Dress, room: float) -> list[str]:
        widths = self.fonts.face(dress.face).widths
        parts: list[str] = []
        for word in text.replace(" ", "\x00 ").split(_CUT):
            rest = word
            while rest:
                fits, width = 0, 0.0
                for character in rest:
                    width += widths[character] * dress.size
                    if width > room and fits and not (fits == 1 and rest[0] == " "):
                        break
                    fits += 1
                if fits < len(rest):
                    handy = max(rest.rfind(sign, fits // 2, fits) for sign in _HANDY)
                    fits = handy + 1 if handy > 0 else fits
                parts.append(rest[:fits])
                rest = rest[fits:]
        return parts


def _alike(one: Dress, other: Dress) -> bool:
    return (one.face, one.size, one.rise) == (other.face, other.size, other.rise)


def _dressed(
    dress: Dress, *, face: FaceKey | None = None, colour: str = "", href: str = "", inline: Text | Link | None = None
) -> Dress:
    return Dress(face or dress.face, dress.size, colour or dress.colour, dress.rise, href or dress.href, inline or dress.inline)


def dress_of(style: Style) -> Dress:
    """Return the dress that a style gives to plain words."""
    return Dress((style.family, style.bold, style.italic), style.size, style.colour)


def one_line(text: str, style: Style, fonts: Fonts) -> TextLine:
    """Return the text as a single line, however wide. Raises MissingGlyph."""
    words = Words(fonts)
    words._append(text, dress_of(style))
    sums = [0.0, *accumulate(words.widths)]
    spans = tuple(
        Span(run, dress, sums[at], sums[at + 1] - sums[at])
        for at, (run, dress) in enumerate(zip(words.texts, words.dresses, strict=True))
    )
    return TextLine(spans, sums[-1])
