"""Bringing a summary down to one page: the most valuable of what may be left out is kept, then set as loosely as the page allows.

Which items stay is decided where the most room is, at the smallest type and the tightest spacing that the look allows: so spacing and
type give way before an item does. For the items that stay, type is then taken back to the largest that fits, and spacing with it.
The page must hold the document as the PDF sets it, and as a word processor does with some lines to spare; the longer one decides, so
that the same items stand in all formats.
"""

from __future__ import annotations

from math import ceil
from typing import NamedTuple

import msgspec

from briefing.layout.blocks import strips_of
from briefing.layout.droppable import droppables, is_left, without
from briefing.layout.fit_search import Choice, Search
from briefing.layout.flow import LineCache, Setting, Strip, height
from briefing.layout.fonts import Fonts
from briefing.layout.pages import place_of
from briefing.layout.word_height import word_height
from briefing.look import ROLES, Look, Role, Style
from briefing.model import Block, Document
from briefing.problems import OnePageImpossible
from briefing.word import Frame

_NOTES: frozenset[Role] = frozenset(
    {"kicker", "source", "small", "term", "key-label", "source-entry", "header", "footer", "chart-label", "notice", "table-head",
     "table-cell", "caption", "contents"}
)  # fmt: skip
_TIGHTEST_LEADING = 1.16  # of the size: lines closer than that touch in places
_HALVINGS = 5  # of the span between the tightest and the loosest spacing


class LeftOut(msgspec.Struct, frozen=True):
    """What was left out, and why: beside what stays it takes `lines` lines of body text where the page had `free`, at its tightest.

    `rank` is the place that its author gave it, the smaller the more valuable; where it stands in something that may go sooner, the
    place of that.
    """

    name: str
    drop: int
    rank: int
    lines: float
    free: float


class Fitted(msgspec.Struct, frozen=True):
    """A document that fits one page under `look`; what was left out, the least valuable first, and what was tightened."""

    document: Document
    look: Look
    left_out: tuple[LeftOut, ...] = ()
    tightened: str = ""

    @property
    def dropped(self) -> tuple[str, ...]:
        """The names of what was left out."""
        return tuple(each.name for each in self.left_out)


def fit(document: Document, look: Look, fonts: Fonts, extra_lines: float | None = None, *, sheet: Frame | None = None) -> Fitted:
    """Return the document brought down to one page; a word processor has `extra_lines` of body text left (`look.fit.slack_lines` if None).

    `sheet` is the word processor's page where it is not the look's.
    Raises OnePageImpossible where nothing more may be dropped, and MissingGlyph.
    """
    rulers = _Rulers(document, look, fonts, look.fit.slack_lines if extra_lines is None else extra_lines, sheet)
    if rulers.at(look.fit.type[0], look.fit.spacing[0]).over(document) <= 0.0:
        return Fitted(document, rulers.at(look.fit.type[0], look.fit.spacing[0]).look)
    tightest = rulers.at(look.fit.type[-1], look.fit.spacing[-1])
    line = tightest.look.style("body", summary=True).leading
    things = droppables(document)
    parents = [
        [at for at, outer in enumerate(things) if outer is not each and each.path[: len(outer.path)] == outer.path]
        for each in things
    ]

    def over(choice: Choice) -> float:
        return tightest.over(without(document, [each.path for at, each in enumerate(things) if at not in choice]))

    search = Search([each.rank for each in things], parents, over)
    best = search.best()
    if best is None:
        raise OnePageImpossible(ceil(over(frozenset()) / line))
    gone = [each.path for at, each in enumerate(things) if at not in best]
    kept = without(document, gone)
    lost = {at for at, each in enumerate(things) if not is_left(document, each.path, gone)}

    def left_out(at: int) -> LeftOut:
        inside = (
            [other for other, outer in enumerate(parents) if at in outer] if at in best else []
        )  # nothing is left of what it holds
        taller = min(over(best | {each, *parents[each]}) for each in inside or [at])
        thing = things[at]
        return LeftOut(thing.name, thing.drop, thing.rank, round((taller - over(best)) / line, 1), round(-over(best) / line, 1))

    why = [left_out(at) for at in sorted(lost, reverse=True) if lost.isdisjoint(parents[at])]
    loosest, tightened_by = _loosest(kept, look, rulers)
    return Fitted(kept, loosest, tuple(why), tightened_by)


def _loosest(document: Document, look: Look, rulers: _Rulers) -> tuple[Look, str]:
    """Return the look with the largest type that a document fits under, and with that the widest spacing; and what was tightened."""
    wide, tight = look.fit.spacing[0], look.fit.spacing[-1]
    size = next((each for each in look.fit.type if rulers.at(each, tight).over(document) <= 0.0), look.fit.type[-1])
    spacing = tight
    if rulers.at(size, wide).over(document) <= 0.0:
        spacing = wide
    else:
        high = wide
        for _ in range(_HALVINGS):
            middle = round((spacing + high) / 2, 3)
            if rulers.at(size, middle).over(document) <= 0.0:
                spacing = middle
            else:
                high = middle
    parts = [f"spacing to {spacing:.0%}"] if spacing != wide else []
    parts += [f"type to {size:.1%}"] if size != look.fit.type[0] else []
    return rulers.at(size, spacing).look, ", ".join(parts)


class _Rulers:
    """The rulers of one document, made when first asked for, which share the lines they have broken."""

    def __init__(self, document: Document, look: Look, fonts: Fonts, lines_free: float, sheet: Frame | None) -> None:
        self._given = document, look
        self._shared = _Shared(fonts, lines_free, sheet, {})
        self._made: dict[tuple[float, float], _Ruler] = {}

    def at(self, size: float, spacing: float) -> _Ruler:
        key = size, spacing
        if key not in self._made:
            document, look = self._given
            self._made[key] = _Ruler(document, tightened(look, spacing, size), self._shared)
        return self._made[key]


class _Shared(NamedTuple):
    fonts: Fonts
    lines_free: float
    sheet: Frame | None
    broken: LineCache


class _Ruler:
    """Measures documents under one look; a block that it has measured before is not set again."""

    def __init__(self, document: Document, look: Look, shared: _Shared) -> None:
        self.look, self._shared = look, shared
        self._place, self._tall = place_of(document, look)
        self._setting = Setting(look, shared.fonts, document.one_page, self._tall, broken=shared.broken)
        self._free = shared.lines_free * look.style("body", summary=True).leading
        self._set: dict[int, tuple[Block, list[Strip]]] = {}

    def over(self, document: Document) -> float:
        """Return by how many points the document is too tall; negative: what is free."""
        strips: list[Strip] = []
        for block in document.blocks:
            if id(block) not in self._set:
                self._set[id(block)] = block, strips_of((block,), self._place, self._setting)
            strips += self._set[id(block)][1]
        shared = self._shared
        in_word = word_height(document, self.look, shared.fonts, shared.broken, shared.sheet)
        return max(height(strips) - self._tall, in_word + self._free)


def tightened(look: Look, spacing: float, size: float) -> Look:
    """Return the look with a summary's space about paragraphs and between lines, and its type, scaled down to the floors."""
    if spacing == size == 1.0:
        return look
    styles = {role: _tightened(role, look.style(role, summary=True), look, spacing, size) for role in ROLES}
    return msgspec.structs.replace(look, summary_styles=styles)


def _tightened(role: Role, style: Style, look: Look, spacing: float, size: float) -> Style:
    floor = look.fit.note_floor if role in _NOTES else look.fit.text_floor
    smaller = min(style.size, max(floor, round(style.size * size, 2)))
    leading = style.leading * smaller / style.size
    least = min(leading, smaller * _TIGHTEST_LEADING)
    return msgspec.structs.replace(
        style,
        size=smaller,
        leading=round(least + (leading - least) * spacing, 2),
        before=round(style.before * spacing, 2),
        after=round(style.after * spacing, 2),
    )
