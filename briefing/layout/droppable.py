"""What may be left out of a document, and the document without it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TypeAlias, TypeVar

import msgspec

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

Path: TypeAlias = tuple[int, ...]  # where something stands: its place among the blocks, among the items of that list, and so on

_T = TypeVar("_T", Item, Row, KeyNumber)
_B = TypeVar("_B", Bullets | Steps, KeyNumbers, Table)


class Droppable(msgspec.Struct, frozen=True):
    """Something that may be left out. `rank` is its `drop`, or that of what it stands in where that is greater: it goes no later."""

    path: Path
    drop: int
    rank: int
    name: str


def droppables(document: Document) -> list[Droppable]:
    """Return what may be left out, the most valuable first: by rank, the smaller the better, then in the order of the document."""
    return sorted(_droppables(document.blocks, (), 0), key=lambda each: (each.rank, each.path))


def _droppables(blocks: tuple[Block, ...], path: Path, outer: int) -> Iterator[Droppable]:
    for at, block in enumerate(blocks):
        here = (*path, at)
        match block:
            case Group(blocks=inner, drop=drop, name=name):
                if drop > 0:
                    yield Droppable(here, drop, max(drop, outer), name or "a group")
                yield from _droppables(inner, here, max(drop, outer))
            case Callout(blocks=inner):
                yield from _droppables(inner, here, outer)
            case Bullets(items=items) | Steps(items=items):
                for number, item in enumerate(items):
                    if item.drop > 0:
                        name = item.name or f"item {number + 1} of a list"
                        yield Droppable((*here, number), item.drop, max(item.drop, outer), name)
                    yield from _droppables(item.blocks, (*here, number), max(item.drop, outer))
            case Table(rows=rows):
                for number, row in enumerate(rows):
                    if row.drop > 0:
                        name = row.name or f"row {number + 1} of a table"
                        yield Droppable((*here, number), row.drop, max(row.drop, outer), name)
            case KeyNumbers(items=numbers):
                for number, key in enumerate(numbers):
                    if key.drop > 0:
                        yield Droppable((*here, number), key.drop, max(key.drop, outer), key.name or f"key number {number + 1}")
            case _:
                pass


def without(document: Document, gone: Collection[Path]) -> Document:
    """Return the document without what stands at these places, nor the lists, boxes and headings that this leaves empty."""
    return msgspec.structs.replace(document, blocks=_pruned(document.blocks, (), frozenset(gone))) if gone else document


def is_left(document: Document, path: Path, gone: Collection[Path]) -> bool:
    """Tell whether anything of what stands at `path` is still there when the places of `gone` have been left out."""
    lost = frozenset(gone)
    if any(path[: len(each)] == each for each in lost):
        return False
    block: object = document.blocks[path[0]]
    for at in path[1:]:
        match block:
            case Group(blocks=parts) | Callout(blocks=parts) | Item(blocks=parts):
                block = parts[at]
            case Bullets(items=parts) | Steps(items=parts) | KeyNumbers(items=parts):
                block = parts[at]
            case Table(rows=parts):
                block = parts[at]
    return not isinstance(block, Group) or _kept(block, path, lost) is not None


def _pruned(blocks: tuple[Block, ...], path: Path, gone: frozenset[Path]) -> tuple[Block, ...]:
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


def _kept(block: Block, path: Path, gone: frozenset[Path]) -> Block | None:
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


def _thinned(item: Item, path: Path, gone: frozenset[Path]) -> Item:
    blocks = _pruned(item.blocks, path, gone)
    return item if blocks == item.blocks else msgspec.structs.replace(item, blocks=blocks)


def _left(parts: tuple[_T, ...], path: Path, gone: frozenset[Path]) -> Iterator[tuple[int, _T]]:
    return ((at, part) for at, part in enumerate(parts) if (*path, at) not in gone)


def _replaced(block: _B, **parts: tuple[object, ...]) -> _B | None:
    return msgspec.structs.replace(block, **parts) if all(parts.values()) else None
