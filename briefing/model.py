"""The document as a tree: what a brief says, before anyone decides how it looks.

A small closed set of frozen blocks and inlines, in the manner of Pandoc's. Blocks say what a thing is; `Look` and the renderers
decide how it appears. Everything that counts, sorts, rounds or numbers has happened before a tree exists. The nodes are msgspec
structs with a tag, so a whole document can be written to and read from bytes (`encode`, `decode`).

Equality is by value. Two equal paragraphs are two places all the same: whoever needs identity (tags, page numbers) uses
the position in the tree or the node's `id`, which is unique in a document where it is not "".
"""

from __future__ import annotations

from datetime import date
from typing import Literal, TypeAlias

import msgspec

# ---------------------------------------------------------------------------------------------------------------- inlines


class Text(msgspec.Struct, frozen=True, tag=True):
    """Plain words. `language` is a BCP 47 tag where they are not in the document's language."""

    text: str
    language: str = ""


class Strong(msgspec.Struct, frozen=True, tag=True):
    children: tuple[Inline, ...]


class Emphasis(msgspec.Struct, frozen=True, tag=True):
    children: tuple[Inline, ...]


class Link(msgspec.Struct, frozen=True, tag=True):
    """A link; `href` is a web or mail address, or `#id` for a node of this document."""

    href: str
    children: tuple[Inline, ...]


class Number(msgspec.Struct, frozen=True, tag=True):
    """A figure or date in words already rounded and worded; `fact` leads back to its seed. Never broken over lines."""

    text: str
    fact: str
    figure: str = ""


class CiteRef(msgspec.Struct, frozen=True):
    """One source mark: the source's number in this document, its id, and the paragraphs meant."""

    number: int
    source: str
    paragraphs: tuple[int, ...] = ()


class Cite(msgspec.Struct, frozen=True, tag=True):
    """Source marks. Printed as "[1, 3]", each number a link to `#source-<id>`; no line break before or inside it.

    `facts` are the ids of what the mark stands behind; a mark that no fact has made has none.
    """

    refs: tuple[CiteRef, ...]
    facts: tuple[str, ...] = ()


class LineBreak(msgspec.Struct, frozen=True, tag=True):
    """A break that the author asked for."""


Inline: TypeAlias = Text | Strong | Emphasis | Link | Number | Cite | LineBreak
Inlines: TypeAlias = tuple[Inline, ...]

# ----------------------------------------------------------------------------------------------------------------- blocks

ParagraphRole = Literal["body", "lead", "judgement", "notice", "source", "small", "label"]
CalloutRole = Literal["bottom-line", "key-points", "changes", "watch", "asks", "note"]
Align = Literal["left", "right", "center"]


class Title(msgspec.Struct, frozen=True, tag=True):
    """The document's title with what stands above and below it; there is at most one, and it comes first."""

    children: Inlines
    kicker: str = ""  # series and number, above the title
    subtitle: str = ""


class Heading(msgspec.Struct, frozen=True, tag=True):
    """A heading of level 1 to 3 below the title; `id` is the anchor that contents, links and bookmarks name."""

    level: int
    children: Inlines
    id: str


class Paragraph(msgspec.Struct, frozen=True, tag=True):
    children: Inlines
    role: ParagraphRole = "body"


class Item(msgspec.Struct, frozen=True):
    """An item of a list; `drop` as in `Group`."""

    blocks: tuple[Block, ...]
    drop: int = 0
    name: str = ""


class Bullets(msgspec.Struct, frozen=True, tag=True):
    items: tuple[Item, ...]


class Steps(msgspec.Struct, frozen=True, tag=True):
    """A numbered list; `start` is the number of its first item."""

    items: tuple[Item, ...]
    start: int = 1


class Entry(msgspec.Struct, frozen=True):
    term: str
    children: Inlines


class Details(msgspec.Struct, frozen=True, tag=True):
    """Terms and what they stand for here: the identity block, the abbreviations. `role` names which."""

    entries: tuple[Entry, ...]
    role: Literal["identity", "abbreviations", "end-matter"] = "identity"


class Column(msgspec.Struct, frozen=True):
    title: Inlines
    align: Align = "left"
    weight: float = 0.0  # relative width; 0: by content


class Cell(msgspec.Struct, frozen=True):
    children: Inlines


class Row(msgspec.Struct, frozen=True):
    cells: tuple[Cell, ...]  # as many as the table has columns
    drop: int = 0
    name: str = ""


class Table(msgspec.Struct, frozen=True, tag=True):
    """A table of data: one header row, no merged cells. `row_header`: the first cell of a row is its header."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    id: str
    caption: Inlines = ()  # "Table 1. ..." with its number already in it
    summary: str = ""  # what the table holds, for those who do not see it
    source: Inlines = ()  # the source line below it
    row_header: bool = True


class Point(msgspec.Struct, frozen=True):
    """A bar, a point of a line or an event: `value` to draw (for a timeline: days since 1 January 1970), `shown` to print."""

    label: str
    value: float
    shown: str
    fact: str
    figure: str = ""
    high: float | None = None  # the upper end of a range


class Series(msgspec.Struct, frozen=True):
    name: str
    points: tuple[Point, ...]


class Chart(msgspec.Struct, frozen=True, tag=True):
    """A chart drawn from facts. The title says its message; `alt` tells it to those who do not see it."""

    kind: Literal["bar", "line", "timeline"]
    series: tuple[Series, ...]  # in bars and lines every series has the same labels in the same order
    id: str
    caption: Inlines  # "Figure 1. ..." with its number already in it
    alt: str
    unit: str = ""  # the axis title
    source: Inlines = ()


class KeyNumber(msgspec.Struct, frozen=True):
    value: Inlines  # a Number, most often
    label: Inlines  # what it is, its period, its source mark
    drop: int = 0
    name: str = ""


class KeyNumbers(msgspec.Struct, frozen=True, tag=True):
    """A strip of large numbers with their labels, side by side."""

    items: tuple[KeyNumber, ...]


class Callout(msgspec.Struct, frozen=True, tag=True):
    """A box set off from the text, with a title of its own (not a heading)."""

    role: CalloutRole
    title: Inlines
    blocks: tuple[Block, ...]


class ContentsEntry(msgspec.Struct, frozen=True):
    level: int
    text: str
    target: str  # the heading's id


class Contents(msgspec.Struct, frozen=True, tag=True):
    """The table of contents; page numbers come from layout."""

    title: str
    entries: tuple[ContentsEntry, ...]


class SourceEntry(msgspec.Struct, frozen=True):
    """A source in the list of sources; its anchor is `source-<source>`."""

    number: int
    source: str
    children: Inlines


class SourceList(msgspec.Struct, frozen=True, tag=True):
    entries: tuple[SourceEntry, ...]


class Group(msgspec.Struct, frozen=True, tag=True):
    """Blocks that belong together. `keep`: do not part them over pages. `drop` > 0: may be left out of a one-page summary, the
    greater the earlier; `name` is what the report of drops calls it."""

    blocks: tuple[Block, ...]
    keep: bool = False
    drop: int = 0
    name: str = ""


class PageBreak(msgspec.Struct, frozen=True, tag=True):
    """What follows begins on a new page where there are pages."""


Block: TypeAlias = (
    Title
    | Heading
    | Paragraph
    | Bullets
    | Steps
    | Details
    | Table
    | Chart
    | KeyNumbers
    | Callout
    | Contents
    | SourceList
    | Group
    | PageBreak
)


class Document(msgspec.Struct, frozen=True):
    """A whole brief or summary, in words; formats add nothing to it but looks and page numbers."""

    title: str
    short_title: str
    blocks: tuple[Block, ...]
    as_of: date
    language: str = "en-GB"
    kind: Literal["brief", "summary"] = "brief"
    subject: str = ""
    author: str = ""
    keywords: tuple[str, ...] = ()
    marking: str = ""  # the banner, in capitals where it is shown; part of the identity block as text too
    header_left: str = ""  # the running header's words
    header_right: str = ""
    footer_left: str = ""  # beside "Page x of y", worded by `page_label`
    page_label: str = "Page {page} of {pages}"
    page: Literal["A4", "Letter"] = "A4"
    one_page: bool = False
    digest: str = ""  # of all inputs: the end matter prints it


_encoder = msgspec.msgpack.Encoder()


def encode(document: Document) -> bytes:
    """Return the tree as bytes; `decode` gives an equal tree back."""
    return _encoder.encode(document)


def decode(data: bytes) -> Document:
    """Return the tree that `encode` wrote. Raises msgspec.ValidationError where the bytes are something else."""
    return msgspec.msgpack.decode(data, type=Document)
