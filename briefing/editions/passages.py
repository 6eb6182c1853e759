"""The words of a document apart from its figures: one digest a heading, so that an edit of words is told from a change of facts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from hashlib import blake2b
from typing import Any

import msgspec

from briefing.edition import Change, Edit, Passage
from briefing.model import Block, Callout, Cite, Contents, Details, Document, Group, Heading, Number, Point, SourceList, Title
from briefing.walk import nodes, plain

_SOURCE = "source "  # before the id of a listed source
_OPENING = "the beginning"


def passages(document: Document) -> dict[str, Passage]:
    """Return a digest of the words under each heading, and of each listed source; what is said about the edition is left out."""
    found: dict[str, Passage] = {}
    for node in nodes(document.blocks):
        if isinstance(node, SourceList):
            found |= {f"{_SOURCE}{entry.source}": Passage(_digest(entry.children)) for entry in node.entries}
    for heading, blocks in _under(document.blocks):
        name, count = heading, 1
        while name in found:
            count += 1
            name = f"{heading} ({count})"
        facts = {node.fact for node in nodes(tuple(blocks)) if isinstance(node, (Number, Point))}
        facts |= {fact for node in nodes(tuple(blocks)) if isinstance(node, Cite) for fact in node.facts}
        found[name] = Passage(_digest(tuple(blocks)), tuple(sorted(facts)))
    return found


def edits(was: Mapping[str, Passage], now: Mapping[str, Passage], changes: Iterable[Change]) -> tuple[Edit, ...]:
    """Return the headings under which the words differ, where no fact that has changed stands."""
    changed = {change.fact for change in changes}
    found = []
    for heading in [*now, *(name for name in was if name not in now)]:
        first, second = was.get(heading), now.get(heading)
        if first and second and first.digest == second.digest:
            continue
        if heading.startswith(_SOURCE) and not (first and second):  # another source is a change of facts
            continue
        facts = {*(first.facts if first else ()), *(second.facts if second else ())}
        if not facts & changed:
            found.append(Edit("wording", heading))
    return tuple(found)


def _digest(tree: object) -> str:
    return blake2b(msgspec.json.encode(_masked(tree)), digest_size=12).hexdigest()


def _under(blocks: Iterable[Block]) -> Iterator[tuple[str, list[Block]]]:
    heading, kept = _OPENING, list[Block]()
    for block in _flat(blocks):
        if isinstance(block, Heading):
            if kept:
                yield heading, kept
            heading, kept = plain(block.children), []
        else:
            kept.append(block)
    if kept:
        yield heading, kept


def _flat(blocks: Iterable[Block]) -> Iterator[Block]:
    for block in blocks:
        match block:
            case Group(name="changes") | Callout(role="changes") | Contents() | SourceList():
                pass
            case Group(blocks=inner):
                yield from _flat(inner)
            case Details(role=role) if role != "abbreviations":
                pass
            case _:
                yield block


def _masked(node: Any) -> Any:
    """Return a tree as lists without what a change of facts moves: figures, the numbers of source marks, and source marks."""
    match node:
        case Number():
            return ["figure", node.fact, node.figure]
        case Point():
            return ["point", node.label, node.fact]
        case Title():
            return ["title", plain(node.children), node.kicker, node.subtitle]
        case msgspec.Struct():
            return [type(node).__name__, *(_masked(getattr(node, name)) for name in node.__struct_fields__)]
        case tuple():
            return [_masked(child) for child in node if not isinstance(child, Cite)]
    return node
