"""Bringing a summary down to one page: spacing first, then type within its floors, then whole items by their declared priority.

The fitted document and the tightened look serve every format, so that the same items stand in all of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil
from typing import TypeVar

import msgspec

from briefing.layout.blocks import strips_of
from briefing.layout.flow import LineCache, Setting, Strip, height
from briefing.layout.fonts import Fonts
from briefing.layout.pages import place_of
from briefing.look import ROLES, Look, Role, Style
from briefing.model import (
    Block,
    Bullets,
    Callout,
    Document,
    Group,
    Heading,
    Item,
    KeyNumber,
    KeyNumbers,
    Paragraph,
    Row,
    Steps,
    Table,
)  # fmt: skip
from briefing.problems import OnePageImpossible

_NOTES: frozenset[Role] = frozenset(
    {"kicker", "source", "small", "term", "key-label", "source-entry", "header", "footer", "chart-label", "notice", "table-head",
     "table-cell", "caption", "contents"}
)  # fmt: skip
_TIGHTEST_LEADING = 1.16  # of the size: lines closer than that touch in places
_HALVINGS = 4  # of a step between two spacings
_T = TypeVar("_T", Item, Row, KeyNumber)
_B = TypeVar("_B", Bullets | Steps, KeyNumbers, Table)


class Fitted(msgspec.Struct, frozen=True):
    """A document that fits one page under `look`; the names of what was dropped, first dropped first, and what was tightened."""

    document: Document
    look: Look
    dropped: tuple[str, ...] = ()
    tightened: str = ""


def fit(document: Document, look: Look, fonts: Fonts, extra_lines: float | None = None) -> Fitted:
    """Return the document brought down to one page with `extra_lines` of body text left free (`look.fit.slack_lines` if None).

    Raises OnePageImpossible where nothing more may be dropped, and MissingGlyph.
    """
    lines_free = look.fit.slack_lines if extra_lines is None else extra_lines
    ladder = _Ladder(document, look, fonts, lines_free)
    found = ladder.first_fit(document)
    if found:
        return Fitted(document, found[0], (), found[1])
    last = ladder.rulers[-1]
    dropped: list[_Droppable] = []
    kept = document
    for candidate in _candidates(document):
        dropped.append(candidate)
        kept = without(document, dropped)
        if last.over(kept) <= 0.0:
            break
    over = last.over(kept)
    if over > 0.0:
        raise OnePageImpossible(ceil(over / last.look.style("body", summary=True).leading))
    for candidate in reversed(dropped[:-1]):  # the last drop may have made room for something smaller dropped before
        fewer = [other for other in dropped if other is not candidate]
        if last.over(without(document, fewer)) <= 0.0:
            dropped = fewer
    kept = without(document, dropped)
    found = ladder.first_fit(kept)
    assert found, "what fits the tightest look fits one of the looks"
    return Fitted(kept, found[0], tuple(candidate.name for candidate in dropped), found[1])


class _Ladder:
    """The looks to try, from the loosest to the tightest: first spacing, then type at the tightest spacing."""

    def __init__(self, document: Document, look: Look, fonts: Fonts, lines_free: float) -> None:
        self._given = document, look, fonts, lines_free
        self._broken: LineCache = {}
        spacings, sizes = look.fit.spacing, look.fit.type
        self._steps = [(sizes[0], spacing) for spacing in spacings] + [(size, spacings[-1]) for size in sizes[1:]]
        self.rulers = [self._ruler(*step) for step in self._steps]

    def _ruler(self, size: float, spacing: float) -> _Ruler:
        document, look, fonts, lines_free = self._given
        return _Ruler(document, tightened(look, spacing, size), fonts, lines_free, self._broken)

    def first_fit(self, document: Document) -> tuple[Look, str] | None:
        """Return the loosest look that the document fits under, and what was tightened; None where it fits none."""
        for at, ruler in enumerate(self.rulers):
            if ruler.over(document) <= 0.0:
                return self._loosened(document, at) if at else (ruler.look, "")
        return None

    def _loosened(self, document: Document, at: int) -> tuple[Look, str]:
        """Return the look of a step with as much space as the page still has: halfway, and halfway again."""
        size, low = self._steps[at]
        loosest = self._given[1].fit.spacing[0]
        high = self._steps[at - 1][1] if self._steps[at - 1][0] == size else loosest
        ruler = self.rulers[at]
        for _ in range(_HALVINGS):
            middle = round((low + high) / 2, 3)
            looser = self._ruler(size, middle)
            if looser.over(document) <= 0.0:
                low, ruler = middle, looser
            else:
                high = middle
        parts = [f"spacing to {low:.0%}"] if low != loosest else []
        parts += [f"type to {size:.1%}"] if size != self._given[1].fit.type[0] else []
        return ruler.look, ", ".join(parts)


class _Ruler:
    """Measures documents under one look; a block that it has measured before is not set again."""

    def __init__(self, document: Document, look: Look, fonts: Fonts, lines_free: float, broken: LineCache) -> None:
        self.look = look
        self._place, tall = place_of(document, look)
        self._setting = Setting(look, fonts, document.one_page, tall, broken=broken)
        self._room = tall - lines_free * look.style("body", summary=True).leading
        self._set: dict[int, tuple[Block, list[Strip]]] = {}

    def over(self, document: Document) -> float:
        """Return by how many points the document is too tall; negative: what is free."""
        strips: list[Strip] = []
        for block in document.blocks:
            if id(block) not in self._set:
                self._set[id(block)] = block, strips_of((block,), self._place, self._setting)
            strips += self._set[id(block)][1]
        return height(strips) - self._room


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


# -------------------------------------------------------------------------------------------------------------- what may go


@dataclass(frozen=True, slots=True)
class _Droppable:
    """Something that may be left out: where it stands in the tree, how soon it goes, what it is called."""

    path: tuple[int, ...]
    drop: int
    name: str


def _candidates(document: Document) -> list[_Droppable]:
    """Return what may be left out, first to go first: by `drop`, the greater the sooner, then the later in the document."""
    found = list(_droppable(document.blocks, ()))
    order = {candidate.path: at for at, candidate in enumerate(found)}
    return sorted(found, key=lambda candidate: (-candidate.drop, -order[candidate.path]))


def _droppable(blocks: tuple[Block, ...], path: tuple[int, ...]) -> Iterator[_Droppable]:
    for at, block in enumerate(blocks):
        here = (*path, at)
        match block:
            case Group(blocks=inner, drop=drop, name=name):
                if drop > 0:
                    yield _Droppable(here, drop, name or "a group")
                yield from _droppable(inner, here)
            case Callout(blocks=inner):
                yield from _droppable(inner, here)
            case Bullets(items=items) | Steps(items=items):
                for number, item in enumerate(items):
                    if item.drop > 0:
                        yield _Droppable((*here, number), item.drop, item.name or f"item {number + 1} of a list")
                    yield from _droppable(item.blocks, (*here, number))
            case Table(rows=rows):
                for number, row in enumerate(rows):
                    if row.drop > 0:
                        yield _Droppable((*here, number), row.drop, row.name or f"row {number + 1} of a table")
            case KeyNumbers(items=numbers):
                for number, key in enumerate(numbers):
                    if key.drop > 0:
                        yield _Droppable((*here, number), key.drop, key.name or f"key number {number + 1}")
            case _:
                pass


def without(document: Document, dropped: list[_Droppable]) -> Document:
    """Return the document without what was dropped, nor lists, boxes and headings that this leaves empty."""
    gone = frozenset(candidate.path for candidate in dropped)
    return msgspec.structs.replace(document, blocks=_pruned(document.blocks, (), gone)) if gone else document


def _pruned(blocks: tuple[Block, ...], path: tuple[int, ...], gone: frozenset[tuple[int, ...]]) -> tuple[Block, ...]:
    kept: list[Block | None] = [None if (*path, at) in gone else _kept(block, (*path, at), gone) for at, block in enumerate(blocks)]
    if None in kept:
        for at in reversed(range(len(kept))):
            if kept[at] is not None and _is_lead(blocks[at]) and _leads_nowhere(blocks[at], at, kept):
                kept[at] = None
    return tuple(block for block in kept if block is not None)


def _is_lead(block: Block) -> bool:
    return isinstance(block, Heading) or (isinstance(block, Paragraph) and block.role == "label")


def _leads_nowhere(lead: Block, at: int, kept: list[Block | None]) -> bool:
    """Tell whether all that a heading or label stood above has gone: it must have stood above something that went."""
    if at + 1 >= len(kept) or kept[at + 1] is not None:
        return False
    following = next((block for block in kept[at + 1 :] if block is not None), None)
    if following is None:
        return True
    if isinstance(lead, Heading):
        return isinstance(following, Heading) and following.level <= lead.level
    return _is_lead(following)


def _kept(block: Block, path: tuple[int, ...], gone: frozenset[tuple[int, ...]]) -> Block | None:
    """Return a block less what has gone from it, the same object where nothing has; None where nothing is left."""
    if not any(dropped[: len(path)] == path for dropped in gone):
        return block
    match block:
        case Group(blocks=blocks) | Callout(blocks=blocks):
            inner = _pruned(blocks, path, gone)
            return msgspec.structs.replace(block, blocks=inner) if inner else None
        case Bullets(items=items) | Steps(items=items):
            left = [(at, item) for at, item in _left(items, path, gone)]
            thinned = tuple(_thinned(item, (*path, at), gone) for at, item in left)
            return _replaced(block, items=thinned)
        case KeyNumbers(items=numbers):
            return _replaced(block, items=tuple(key for _, key in _left(numbers, path, gone)))
        case Table(rows=rows):
            return _replaced(block, rows=tuple(row for _, row in _left(rows, path, gone)))
        case _:
            return block


def _thinned(item: Item, path: tuple[int, ...], gone: frozenset[tuple[int, ...]]) -> Item:
    blocks = _pruned(item.blocks, path, gone)
    return item if blocks == item.blocks else msgspec.structs.replace(item, blocks=blocks)


def _left(parts: tuple[_T, ...], path: tuple[int, ...], gone: frozenset[tuple[int, ...]]) -> Iterator[tuple[int, _T]]:
    return ((at, part) for at, part in enumerate(parts) if (*path, at) not in gone)


def _replaced(block: _B, **parts: tuple[object, ...]) -> _B | None:
    return msgspec.structs.replace(block, **parts) if all(parts.values()) else None
