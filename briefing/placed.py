"""A document laid out: every page as marks at fixed places, each with the part of the document it shows.

Lengths are points, the origin is a page's top left corner and y grows downwards. Marks stand in reading order. A mark without a part
that readers read (its part is an artifact) is decoration, or repeats what was said before.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec

from briefing.drawing import Dot, Line, Polyline, Rect
from briefing.model import Inline

FaceKey: TypeAlias = tuple[Literal["serif", "sans"], bool, bool]  # family, bold, italic

PartKind = Literal[
    "document", "title", "kicker", "subtitle", "heading", "paragraph",
    "list", "item", "label", "body", "quote", "details", "entry", "term", "value", "table", "row", "head", "cell", "caption", "source",
    "figure", "numbers", "number", "callout", "callout-title", "contents", "contents-title", "contents-entry", "page-number", "sources",
    "reference", "artifact",
]  # fmt: skip

PartName = Literal["", "header", "footer", "marking", "repeated-row", "decoration"]


class Part(msgspec.Struct, frozen=True, eq=False, gc=False):
    """A place in the document's structure: what kind it is, the node it shows, and the part it lies in.

    Equality is identity: two equal paragraphs are two parts. `row_head` tells a cell that names its row. `name` says what an
    artifact is; a label of that name is a bullet, which is not said.
    """

    kind: PartKind
    node: object = None
    parent: Part | None = None
    row_head: bool = False
    name: PartName = ""


DECORATION = Part("artifact", name="decoration")
HEADER = Part("artifact", name="header")
FOOTER = Part("artifact", name="footer")
MARKING = Part("artifact", name="marking")
REPEATED = Part("artifact", name="repeated-row")


class Dress(msgspec.Struct, frozen=True, eq=False, gc=False):
    """How a run of words is set, and where it leads: `href` as in `Link`. `inline` is the link, mark or foreign words it shows."""

    face: FaceKey
    size: float
    colour: str
    rise: float = 0.0
    href: str = ""
    inline: Inline | None = None


class Span(msgspec.Struct, frozen=True, gc=False):
    """Words in one dress; `x` counts from the left end of the line. A space at the end may stand outside `width`."""

    text: str
    dress: Dress
    x: float
    width: float


class TextLine(msgspec.Struct, frozen=True, gc=False):
    """A line of words; it is placed by the left end of its baseline."""

    spans: tuple[Span, ...]
    width: float


Mark: TypeAlias = TextLine | Rect | Line | Polyline | Dot


class Placed(msgspec.Struct, frozen=True, gc=False):
    """A mark on a page. `x` and `y` are added to the mark's own coordinates."""

    x: float
    y: float
    mark: Mark
    part: Part


class Anchor(msgspec.Struct, frozen=True, gc=False):
    """A place that links, bookmarks and the contents name."""

    id: str
    y: float


class Bookmark(msgspec.Struct, frozen=True, gc=False):
    """An entry of the outline: level 0 is the title, 1 to 3 are headings."""

    level: int
    text: str
    target: str


class Page(msgspec.Struct, frozen=True, gc=False):
    number: int
    items: tuple[Placed, ...]
    anchors: tuple[Anchor, ...] = ()


class Pages(msgspec.Struct, frozen=True, gc=False):
    """A whole document, placed. `height_left` is what is free on the last page."""

    size: tuple[float, float]
    pages: tuple[Page, ...]
    bookmarks: tuple[Bookmark, ...] = ()
    height_left: float = 0.0


def words(pages: Pages) -> list[str]:
    """Return the words of the document in reading order: part after part, also where a part goes on over pages beside others."""
    parts: dict[Part, list[str]] = {}
    for page in pages.pages:
        for item in page.items:
            if isinstance(item.mark, TextLine) and _said(item.part):
                parts.setdefault(item.part, []).extend(span.text for span in item.mark.spans)
    return " ".join(map("".join, parts.values())).split()


def all_words(pages: Pages) -> list[str]:
    """Return all words in the order in which they are drawn: with headers, footers, bullets, page numbers and the labels of charts."""
    text: list[str] = []
    before: Part | None = None
    for page in pages.pages:
        for item in page.items:
            if isinstance(item.mark, TextLine):
                if item.part is not before or item.part.kind in {"artifact", "figure"}:
                    text.append(" ")  # within a part, a line that ends without a space goes on in the next
                text.extend(span.text for span in item.mark.spans)
                before = item.part
    return "".join(text).split()


def _said(part: Part) -> bool:
    if part.kind in {"artifact", "page-number", "figure"}:
        return False
    return not (part.kind == "label" and part.name == "decoration")
