"""Strips: what a page is filled with, from top to bottom, and what must not be parted."""

from __future__ import annotations

from typing import Any, NamedTuple, TypeAlias

import msgspec

from briefing.layout.fonts import Fonts
from briefing.layout.lines import BLANK, Words, dress_of
from briefing.look import Look, Role, Style
from briefing.model import Inlines, Text
from briefing.placed import Bookmark, Dress, Part, Placed, TextLine

LineCache: TypeAlias = dict[tuple[Any, ...], tuple[Inlines, list[TextLine]]]  # the inlines are kept, so that their id stays theirs

MIDDLE = 0.33  # of the size: half the height of capitals, which stand in the middle of their line


class Frame(msgspec.Struct, frozen=True, eq=False):
    """A shaded box behind strips, with a rule at its left; it goes on over pages."""

    x: float
    width: float
    fill: str
    rule: str
    rule_width: float
    pad: float


class Target(NamedTuple):
    """A contents entry: which of its strip's marks it ends with, what it names, and where its page number ends."""

    mark: int
    anchor: str
    right: float


class Strip(msgspec.Struct, eq=False):
    """A slice across the page that is never parted; its marks count from its top and the page's left edge."""

    height: float
    marks: list[Placed]
    before: float = 0.0  # left out at the top of a page
    after: float = 0.0
    keep: bool = False  # stays on one page with the next strip
    frame: Frame | None = None
    anchors: tuple[str, ...] = ()
    bookmarks: tuple[Bookmark, ...] = ()
    repeat: tuple[Strip, ...] = ()  # set again at the top of a page that begins with this strip
    page_break: bool = False
    targets: tuple[Target, ...] = ()  # contents entries, whose page numbers are filled in when all pages are known


class Place(msgspec.Struct, frozen=True):
    """Where blocks are set: their left edge, their width, the style of plain paragraphs, the part and box they lie in."""

    x: float
    width: float
    parent: Part
    role: Role = "body"
    frame: Frame | None = None
    depth: int = 0  # of nested lists

    def narrowed(self, left: float, *, right: float = 0.0) -> Place:
        return Place(self.x + left, self.width - left - right, self.parent, self.role, self.frame, self.depth)


class Setting(msgspec.Struct, frozen=True):
    """What all blocks of a document are set with."""

    look: Look
    fonts: Fonts
    summary: bool
    page_height: float  # of the text
    styles: dict[Role, Style] = {}
    broken: LineCache | None = None  # for who sets the same words again and again
    drawn: bool = True  # else only places are wanted: lines are blank, charts are empty

    def style(self, role: Role) -> Style:
        try:
            return self.styles[role]
        except KeyError:
            style = self.styles[role] = self.look.style(role, summary=self.summary)
            return style

    def words(self, inlines: Inlines, style: Style) -> Words:
        words = Words(self.fonts, drawn=self.drawn)
        words.add(inlines, dress_of(style))
        return words

    def lines(self, inlines: Inlines, style: Style, room: float) -> list[TextLine]:
        if self.broken is None:
            return self.words(inlines, style).broken(room)
        key = id(inlines), style.family, style.bold, style.italic, style.size, style.colour, room
        if key not in self.broken:
            self.broken[key] = inlines, self.words(inlines, style).broken(room)
        return self.broken[key][1]

    def linked(self, text: str, href: str, style: Style, room: float) -> list[TextLine]:
        """Return the lines of words that lead somewhere but look like any others."""
        words = Words(self.fonts)
        plain = dress_of(style)
        words.add((Text(text),), Dress(plain.face, plain.size, plain.colour, href=href))
        return words.broken(room)


def baseline(style: Style) -> float:
    """Return how far below the top of its line a baseline lies."""
    return style.leading / 2 + MIDDLE * style.size


def text_strips(lines: list[TextLine], style: Style, place: Place, part: Part, *, keep: bool = False) -> list[Strip]:
    """Return a strip a line. No page begins or ends with a single line of several; `keep`: the last stays with what follows."""
    down = baseline(style)
    last = len(lines) - 1
    strips = [
        Strip(
            style.leading,
            [Placed(place.x, down, line, part)],
            keep=at == 0 or at == last - 1,
            frame=place.frame,
        )
        for at, line in enumerate(lines)
    ]
    if strips:
        strips[0].before = style.before
        strips[-1].after = style.after
        strips[-1].keep = keep
    return strips


def height(strips: list[Strip]) -> float:
    """Return the height of strips set under each other on an endless page."""
    total, above = 0.0, None
    for strip in strips:
        total += advance(above, strip) + strip.height
        above = strip
    return total + (above.frame.pad if above and above.frame else 0.0)


def advance(above: Strip | None, strip: Strip) -> float:
    """Return the space between a strip and the one above it; None: the top of a page."""
    gap = 0.0
    if above:
        gap = above.after + strip.before
        if above.frame and above.frame is not strip.frame:
            gap += above.frame.pad
    if strip.frame and (above is None or above.frame is not strip.frame):
        gap += strip.frame.pad
    return gap


def tie(strips: list[Strip]) -> list[Strip]:
    """Return the strips kept on one page, the last one free to be parted from what follows."""
    for strip in strips[:-1]:
        strip.keep = True
    return strips


def marks_of(
    lines: list[TextLine], style: Style, x: float, y: float, part: Part, *, width: float = 0.0, align: str = "left"
) -> list[Placed]:
    """Return lines set under each other from `y` down; with a `width`, by `align` within it."""
    if lines and lines[0] is BLANK:  # nothing is to be drawn
        return []
    down = y + baseline(style)
    marks: list[Placed] = []
    for line in lines:
        shift = 0.0 if align == "left" else (width - line.width) * (0.5 if align == "center" else 1.0)
        marks.append(Placed(x + shift, down, line, part))
        down += style.leading
    return marks
