"""A document as plain text for mail: UTF-8, 78 columns, nothing that a reader could take for markup.

What paper shows and text cannot is first said in words (`said`): a chart by its description, a table too wide for a line as
"header: cell", a link by its address. The words of the text are then those of that document, in its order; underlines, bullets and
rules are the only other marks. A line is longer than 78 columns only where a single word or figure is.
"""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Iterable, Iterator
from typing import assert_never

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
    Item,
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
)
from briefing.walk import cite_text, plain

WIDTH = 78
_TERMS = 24  # columns; a longer term has a line of its own
_UNBROKEN = 40  # characters of a figure that may stay on one line
_JOIN, _BREAK, _MARK = "\x1f", "\x1e", "\x1d"  # while lines are broken: a space that stays, a wanted break, a source mark's start


def render(document: Document) -> bytes:
    """Return the text as UTF-8, with a newline at its end. Same document: same bytes."""
    lines = _blocks(said(document).blocks, WIDTH)
    return ("\n".join(line.rstrip(" ") for line in lines).strip("\n") + "\n").encode()


# ---------------------------------------------------------------------------------------------- what text has to say in words


def said(document: Document) -> Document:
    """Return the document with its marking as words, charts as their descriptions, wide tables as pairs, links with addresses."""
    marking: tuple[Block, ...] = (Paragraph((Text(document.marking.upper()),)),) if document.marking else ()
    return msgspec.structs.replace(document, blocks=(*marking, *_said_blocks(document.blocks), *marking))


def _said_blocks(blocks: Iterable[Block]) -> tuple[Block, ...]:
    return tuple(said for block in blocks for said in _said(block))


def _said(block: Block) -> Iterator[Block]:
    match block:
        case Title() | Heading() | Paragraph():
            yield msgspec.structs.replace(block, children=_said_inlines(block.children))
        case Bullets() | Steps():
            yield msgspec.structs.replace(block, items=tuple(Item(_said_blocks(item.blocks)) for item in block.items))
        case Details() | SourceList():
            entries = tuple(msgspec.structs.replace(e, children=_said_inlines(e.children)) for e in block.entries)
            yield msgspec.structs.replace(block, entries=entries)
        case KeyNumbers():
            items = tuple(
                msgspec.structs.replace(n, value=_said_inlines(n.value), label=_said_inlines(n.label)) for n in block.items
            )
            yield msgspec.structs.replace(block, items=items)
        case Callout():
            yield msgspec.structs.replace(block, title=_said_inlines(block.title), blocks=_said_blocks(block.blocks))
        case Group():
            yield msgspec.structs.replace(block, blocks=_said_blocks(block.blocks))
        case Chart(caption=caption, alt=alt, source=source):
            yield from (Paragraph(_said_inlines(inlines)) for inlines in (caption, (Text(alt),), source) if inlines)
        case Table():
            yield from _said_table(block)
        case Contents() | PageBreak():
            yield block
        case _:
            assert_never(block)


def _said_table(table: Table) -> Iterator[Block]:
    columns = tuple(msgspec.structs.replace(column, title=_said_inlines(column.title)) for column in table.columns)
    rows = tuple(
        msgspec.structs.replace(
            row, cells=tuple(msgspec.structs.replace(cell, children=_said_inlines(cell.children)) for cell in row.cells)
        )
        for row in table.rows
    )
    told = msgspec.structs.replace(
        table, columns=columns, rows=rows, caption=_said_inlines(table.caption), source=_said_inlines(table.source)
    )
    if sum(_widths(told)) + 2 * (len(columns) - 1) <= WIDTH:
        yield told
        return
    if told.caption:
        yield Paragraph(told.caption)
    for row in rows:
        pairs: list[Inline] = []
        for column, cell in zip(columns, row.cells, strict=True):
            if plain(cell.children).strip():
                name = (*column.title, Text(": ")) if plain(column.title).strip() else ()
                pairs += [LineBreak()] * bool(pairs) + [*name, *cell.children]
        yield Paragraph(tuple(pairs))
    if told.source:
        yield Paragraph(told.source)


def _said_inlines(inlines: Inlines) -> Inlines:
    return tuple(said for inline in inlines for said in _said_inline(inline))


def _said_inline(inline: Inline) -> Iterator[Inline]:
    match inline:
        case Link(href=href, children=children):
            yield from _said_inlines(children)
            address = href.removeprefix("mailto:")
            if href.lower().startswith(("http://", "https://", "mailto:")) and address not in plain(children):
                yield Text(f" <{address}>")
        case Strong(children=children) | Emphasis(children=children):
            yield from _said_inlines(children)
        case Text() | Number() | Cite() | LineBreak():
            yield inline
        case _:
            assert_never(inline)


# ------------------------------------------------------------------------------------------------------------------ lines


def _blocks(blocks: Iterable[Block], width: int) -> list[str]:
    """Return the lines of blocks, an empty one after each."""
    return [line for block in blocks for line in _block(block, width)]


def _block(block: Block, width: int) -> list[str]:
    match block:
        case Title(children=children, kicker=kicker, subtitle=subtitle):
            lines = _underlined(_wrap(children, width), "=")
            above = [*_wrap((Text(kicker),), width), ""] if kicker else []
            return [*above, *lines, *([*_wrap((Text(subtitle),), width), ""] if subtitle else [])]
        case Heading(level=level, children=children):
            lines = _wrap(children, width)
            return [*lines, ""] if level > 2 else ["", *_underlined(lines, "=" if level == 1 else "-")]
        case Paragraph(children=children):
            return [*_wrap(children, width), ""]
        case Bullets(items=items):
            return _list((("- ", item) for item in items), width)
        case Steps(items=items, start=start):
            return _list(((f"{n}. ", item) for n, item in enumerate(items, start)), width)
        case Details(entries=entries):
            return [*(line for entry in entries for line in _detail(entry.term, entry.children, width)), ""]
        case Table():
            return _table(block, width)
        case KeyNumbers(items=numbers):
            return [
                *(line for n in numbers for line in (*_wrap(n.value, width), *_indented(_wrap(n.label, width - 4), "    "))),
                "",
            ]
        case Callout(title=title, blocks=blocks):
            rule = "-" * width
            head = [*_wrap(title, width), ""] if title else []
            return [rule, *head, *_trimmed(_blocks(blocks, width)), rule, ""]
        case Contents(title=name, entries=entries):
            listed = [line for e in entries for line in _indented(_wrap((Text(e.text),), width - 2 * e.level), "  " * e.level)]
            return [*_wrap((Text(name),), width), *listed, ""]
        case SourceList(entries=sources):
            return [
                *(line for s in sources for line in _hung(f"[{s.number}] ", _wrap(s.children, width - len(f"[{s.number}] ")))),
                "",
            ]
        case Group(blocks=blocks):
            return _blocks(blocks, width)
        case Chart() | PageBreak():  # `said` has put words in a chart's place
            return []
        case _:
            assert_never(block)


def _list(items: Iterable[tuple[str, Item]], width: int) -> list[str]:
    lines: list[str] = []
    for mark, item in items:
        lines += _hung(mark, _tight(item.blocks, width - len(mark)))
    return [*lines, ""]


def _tight(blocks: Iterable[Block], width: int) -> list[str]:
    """The lines of an item's blocks; a list follows the words that lead to it at once."""
    lines: list[str] = []
    for block in blocks:
        if isinstance(block, Bullets | Steps):
            lines = _trimmed(lines)
        lines += _block(block, width)
    return _trimmed(lines)


def _detail(term: str, children: Inlines, width: int) -> list[str]:
    indent = " " * _TERMS
    lines = _indented(_wrap(children, width - _TERMS), indent)
    if _columns(term) >= _TERMS - 1:
        return [*_wrap((Text(term),), width), *lines]
    head = term + " " * (_TERMS - _columns(term))
    return [head + lines[0][_TERMS:], *lines[1:]] if lines else [head]


def _table(table: Table, width: int) -> list[str]:
    widths = _widths(table)
    heads = [_set(plain(c.title), w, c.align) for c, w in zip(table.columns, widths, strict=True)]
    lines = ["  ".join(heads), "  ".join("-" * w for w in widths)]
    for row in table.rows:
        lines.append(
            "  ".join(_set(plain(cell.children), w, c.align) for c, cell, w in zip(table.columns, row.cells, widths, strict=True))
        )
    caption = [*_wrap(table.caption, width), ""] if table.caption else []
    source = ["", *_wrap(table.source, width)] if table.source else []
    return [*caption, *(lines if table.columns else []), *source, ""]


def _widths(table: Table) -> list[int]:
    """The columns that each column of a table takes."""
    return [
        max(_columns(_line(plain(words))) for words in (column.title, *(row.cells[n].children for row in table.rows)))
        for n, column in enumerate(table.columns)
    ]


def _set(text: str, width: int, align: str) -> str:
    text = _line(text)
    room = width - _columns(text)
    left = {"left": 0, "right": room, "center": room // 2}[align]
    return " " * left + text + " " * (room - left)


def _line(text: str) -> str:
    """The words of a text on one line."""
    return " ".join(text.split())


# ------------------------------------------------------------------------------------------------------------------ words


def _wrap(inlines: Inlines, width: int) -> list[str]:
    """Return words in lines of `width` characters; figures and source marks stay whole."""
    lines: list[str] = []
    text = "".join(map(_words, inlines)).replace(f" {_MARK}", _JOIN).replace(_MARK, "")
    for part in text.split(_BREAK):
        wrapped = textwrap.wrap(part, max(width, 20), break_long_words=False, break_on_hyphens=False)
        lines += (line.replace(_JOIN, " ") for line in wrapped)
    return lines


def _words(inline: Inline) -> str:
    match inline:
        case Number(text=text) if len(text) <= _UNBROKEN:
            return text.replace(" ", _JOIN)
        case Cite():
            return _MARK + cite_text(inline).replace(" ", _JOIN)
        case LineBreak():
            return _BREAK
        case _:
            return plain((inline,))


def _columns(text: str) -> int:
    """Return how many columns of a terminal a text takes."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "FW" else 1 for c in text)


def _underlined(lines: list[str], mark: str) -> list[str]:
    return [*lines, mark * max(map(_columns, lines)), ""] if lines else []


def _indented(lines: list[str], indent: str) -> list[str]:
    return [indent + line if line else "" for line in lines]


def _hung(mark: str, lines: list[str]) -> list[str]:
    first, *rest = lines or [""]
    return [mark + first, *_indented(rest, " " * len(mark))]


def _trimmed(lines: list[str]) -> list[str]:
    """The lines without empty ones at the end."""
    end = len(lines)
    while end and not lines[end - 1]:
        end -= 1
    return lines[:end]
