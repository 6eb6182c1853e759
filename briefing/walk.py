"""Two ways to go through a document: its words in reading order, and all its nodes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import msgspec

from briefing.model import (
    Block,
    Bullets,
    Callout,
    Chart,
    Cite,
    Contents,
    Details,
    Document,
    Emphasis,
    Group,
    Heading,
    Inline,
    Inlines,
    KeyNumbers,
    LineBreak,
    Link,
    Number,
    PageBreak,
    Paragraph,
    SourceList,
    Steps,
    Strong,
    Table,
    Text,
    Title,
)  # fmt: skip

_LEAVES = frozenset({str, int, float, bool, date, type(None)})  # most of a tree; asking a type is quicker than its bases


def nodes(tree: object) -> Iterator[object]:
    """Yield every struct of a tree, parents before children, in reading order."""
    todo = [tree]
    while todo:
        node = todo.pop()
        if isinstance(node, msgspec.Struct):
            yield node
            node = msgspec.structs.astuple(node)
        elif type(node) is not tuple:
            continue
        todo += [child for child in node[::-1] if type(child) not in _LEAVES]


def plain(inlines: Inlines) -> str:
    """Return the words of inlines as one string; a source mark is "[1, 2]", a line break a space."""
    return "".join(map(_plain, inlines))


def _plain(inline: Inline) -> str:
    match inline:
        case Text(text=text) | Number(text=text):
            return text
        case Strong(children=children) | Emphasis(children=children) | Link(children=children):
            return plain(children)
        case Cite():
            return cite_text(inline)
        case LineBreak():
            return " "


def cite_text(cite: Cite) -> str:
    """Return a source mark as every format prints it: "[1, 3]"."""
    return "[" + ", ".join(str(ref.number) for ref in cite.refs) + "]"


def passages(document: Document) -> Iterator[str]:
    """Yield the words of a document as every format must hold them, one string for each paragraph, cell, title or label.

    The order is the reading order that all formats share: a table's caption, its header, its rows, its source line; a chart's
    caption then its source line (its labels are part of the drawing); a contents entry without its page number; a list item
    without its bullet, but a numbered one and a source with "1." and "[1]" before it. Running headers and footers are left out.
    """
    for block in document.blocks:
        yield from _passages(block)


def words(document: Document) -> list[str]:
    """Return all words of a document in reading order: what DOCX, PDF, HTML and text have in common."""
    return " ".join(passages(document)).split()


def _passages(block: Block) -> Iterator[str]:
    match block:
        case Title(children=children, kicker=kicker, subtitle=subtitle):
            yield from (text for text in (kicker, plain(children), subtitle) if text)
        case Heading(children=children) | Paragraph(children=children):
            yield plain(children)
        case Bullets(items=items):
            for item in items:
                for child in item.blocks:
                    yield from _passages(child)
        case Steps(items=items, start=start):
            for number, item in enumerate(items, start):
                yield f"{number}."
                for child in item.blocks:
                    yield from _passages(child)
        case Details(entries=entries):
            for entry in entries:
                yield entry.term
                yield plain(entry.children)
        case Table(columns=columns, rows=rows, caption=caption, source=source):
            if caption:
                yield plain(caption)
            yield from (plain(column.title) for column in columns)
            yield from (plain(cell.children) for row in rows for cell in row.cells)
            if source:
                yield plain(source)
        case Chart(caption=caption, source=source):
            yield plain(caption)
            if source:
                yield plain(source)
        case KeyNumbers(items=numbers):
            for number_item in numbers:
                yield plain(number_item.value)
                yield plain(number_item.label)
        case Callout(title=title, blocks=blocks):
            if title:
                yield plain(title)
            for child in blocks:
                yield from _passages(child)
        case Contents(title=name, entries=headings):
            yield name
            yield from (heading.text for heading in headings)
        case SourceList(entries=sources):
            for listed in sources:
                yield f"[{listed.number}]"
                yield plain(listed.children)
        case Group(blocks=blocks):
            for child in blocks:
                yield from _passages(child)
        case PageBreak():
            pass
