"""The roles of the look as named Word styles: what a ministry finds in the style gallery and may change there.

`SPECS` says which styles there are and what each takes from which role; `docx_stylesheet` writes them. The body names these styles
by their ids and formats nothing directly that a style can hold.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from briefing.look import PAGE_SIZES, Look, Margins, Role

LEVELS = 3  # of headings, lists and contents
LIST_INDENT = 16.0  # points from a list's label to its words
DETAIL_INDENT = 96.0
SOURCE_INDENT = 24.0
BOX_INDENT = 9.0  # from the edges of the text to the words of a call-out
TABLE_PADDING = (3.0, 4.5)  # above and below, left and right of a cell's words


class ListShape(msgspec.Struct, frozen=True):
    """A list of all levels: the style of its first one, where its labels stand, and whether it counts."""

    name: str
    start: float = 0.0
    counts: bool = False

    def hanging(self, level: int) -> float:
        """Return how far a label stands out. In a call-out all stand at its edge, since only paragraphs of one edge join."""
        return LIST_INDENT * (level + 1) if self.start else LIST_INDENT

    def label(self, level: int) -> str:
        """Return a label as numbering has it; where labels of all levels stand at one edge, spaces move the deeper ones in."""
        inset = "\N{EM SPACE}\N{EN SPACE}" * level if self.start else ""
        return inset + (f"%{level + 1}." if self.counts else _BULLETS[level])

    def style(self, level: int) -> str:
        """Return the name of the style of a level."""
        return f"{self.name} {level + 1}" if level else self.name


_BULLETS = ("•", "–", "•")
# The place in this table, from 1, is the list's numbering definition and the instance that its styles use
LISTS = (
    ListShape("List Bullet"),
    ListShape("List Number", counts=True),
    ListShape("Brief Callout Bullet", BOX_INDENT),
    ListShape("Brief Callout Number", BOX_INDENT, counts=True),
    ListShape("Brief Key Points Bullet", BOX_INDENT),
    ListShape("Brief Key Points Number", BOX_INDENT, counts=True),
    ListShape("Brief Bottom Line Bullet", BOX_INDENT),
    ListShape("Brief Bottom Line Number", BOX_INDENT, counts=True),
)


class Spec(msgspec.Struct, frozen=True):
    """One Word style: its name, its role in the look, and what Word alone knows of it."""

    name: str
    role: Role
    base: str = "Normal"
    next: str = ""  # "": itself
    keep_next: bool = False
    keep_lines: bool = False
    level: int = 0  # a heading's outline level, from 1
    indent: float = 0.0
    hanging: float = 0.0
    tabs: tuple[tuple[float, str, str], ...] = ()  # points, alignment, leader; 0 points: the right edge of the text
    align: str = ""
    list: tuple[int, int] = (0, -1)  # numbering definition and its level
    box: tuple[str, str] = ("", "")  # the shade of a call-out and the colour of its bar
    box_top: float = 0.0  # padding above and below the words, inside the shade; tighter on a single page
    box_bottom: float = 0.0
    rules: tuple[str, ...] = ()  # the edges that have a thin rule
    before: float | None = None  # where they differ from the role's
    after: float | None = None
    capitals: bool = False
    bold: bool | None = None
    own_height: bool = False  # lines grow with what they hold: drawings
    tight: float = 1.0  # of the role's leading

    @property
    def id(self) -> str:
        return style_id(self.name)


def style_id(name: str) -> str:
    """Return the id by which the body names a style: "Heading 1" is "Heading1"."""
    return name.replace(" ", "")


def _lists(name: str, box: tuple[str, str] = ("", "")) -> Iterator[Spec]:
    """The styles of the lists whose names begin with `name`; `box` for those inside a call-out."""
    for definition, shape in enumerate(LISTS, 1):
        for level in range(LEVELS) if shape.name.startswith(name) else ():
            spec = Spec(
                shape.style(level), "callout" if box[0] else "bullet", keep_lines=bool(box[0]), list=(definition, level),
                indent=shape.start + LIST_INDENT * (level + 1), hanging=shape.hanging(level),
            )  # fmt: skip
            yield _boxed(spec, box) if box[0] else spec


def _box(name: str, shade: str, bar: str) -> Iterator[Spec]:
    """Title, words and lists of a call-out. What has one left edge, Word and LibreOffice join into one box."""
    title = Spec(f"{name} Title", "callout-title", next=name, keep_next=True, indent=BOX_INDENT, before=4.0, after=0.0)
    yield msgspec.structs.replace(_boxed(title, (shade, bar)), box_top=8.0, box_bottom=0.0)
    yield _boxed(Spec(name, "callout", keep_lines=True, indent=BOX_INDENT), (shade, bar))
    yield _boxed(Spec(f"{name} Small", "small", next=name, keep_lines=True, indent=BOX_INDENT), (shade, bar))
    yield from _lists(name, (shade, bar))


def _boxed(spec: Spec, box: tuple[str, str]) -> Spec:
    return msgspec.structs.replace(spec, box=box, box_top=3.0, box_bottom=8.0)


def _table_texts() -> Iterator[Spec]:
    for mark, align in (("", ""), (" Right", "right"), (" Centre", "center")):
        yield Spec(f"Brief Table Text{mark}", "table-cell", align=align, before=0.0, after=0.0)
        yield Spec(f"Brief Table Head{mark}", "table-head", align=align, keep_next=True, before=0.0, after=0.0)


SPECS: tuple[Spec, ...] = (
    Spec("Body Text", "body"),
    Spec("Brief Kicker", "kicker", next="Title", keep_next=True),
    Spec("Title", "title", next="Subtitle", keep_next=True, keep_lines=True),
    Spec("Subtitle", "subtitle", next="Body Text", keep_lines=True),
    *(
        Spec(f"Heading {n}", role, next="Body Text", keep_next=True, keep_lines=True, level=n)
        for n, role in enumerate[Role](("heading-1", "heading-2", "heading-3"), 1)
    ),
    Spec("Brief Lead", "lead", next="Body Text", keep_next=True),
    Spec("Brief Judgement", "judgement", next="Body Text", keep_next=True, keep_lines=True),
    Spec("Brief Notice", "notice", next="Body Text", keep_lines=True),
    Spec("Brief Source Line", "source", next="Body Text", keep_lines=True),
    Spec("Brief Small", "small"),
    Spec("Brief Label", "label", next="Body Text", keep_next=True, keep_lines=True),
    *_lists("List"),
    *(Spec(f"List Continue{mark}", "bullet", indent=LIST_INDENT * n) for n, mark in enumerate(("", " 2", " 3"), 1)),
    Spec("Brief Details", "table-cell", indent=DETAIL_INDENT, hanging=DETAIL_INDENT, tabs=((DETAIL_INDENT, "left", ""),)),
    Spec("Brief Identity Line", "small", keep_lines=True, rules=("top", "bottom")),
    *_table_texts(),
    Spec("Caption", "caption", next="Body Text", keep_next=True, keep_lines=True),
    Spec("Brief Figure", "chart-label", next="Brief Source Line", before=0.0, after=0.0, own_height=True),
    Spec("Brief Key Number", "key-number", next="Brief Key Label", before=0.0, after=0.0),
    Spec("Brief Key Label", "key-label", before=0.0, after=0.0),
    *_box("Brief Callout", "shade", "rule"),
    *_box("Brief Key Points", "shade", "accent"),
    *_box("Brief Bottom Line", "shade-strong", "accent"),
    Spec("TOC Heading", "label", next="Body Text", keep_next=True, keep_lines=True),
    *(
        Spec(f"TOC {n}", "contents", indent=14.0 * (n - 1), tabs=((0.0, "right", "dot"),), tight=0.85)
        for n in range(1, LEVELS + 1)
    ),
    Spec("Bibliography", "source-entry", indent=SOURCE_INDENT, hanging=SOURCE_INDENT, tabs=((SOURCE_INDENT, "left", ""),)),
    Spec("Brief Separator", "small", before=0.0, after=0.0),
    Spec("Brief Marking", "header", align="center", bold=True, capitals=True),
    Spec("Header", "header", tabs=((0.0, "right", ""),), rules=("bottom",)),
    Spec("Footer", "footer", tabs=((0.0, "right", ""),), rules=("top",)),
)  # fmt: skip
_OF_ID = {spec.id: spec for spec in SPECS}


class Frame(msgspec.Struct, frozen=True):
    """The page in points: its size, and the margins of the look for it."""

    width: float
    height: float
    margins: Margins

    @property
    def text_width(self) -> float:
        return self.width - points(self.margins.left) - points(self.margins.right)


def frame(look: Look, page: str, *, summary: bool) -> Frame:
    """Return the page that a document is written on."""
    width, height = PAGE_SIZES[page]
    return Frame(width, height, look.summary_margins if summary else look.margins)


def points(millimetres: float) -> float:
    """Return a length in points."""
    return millimetres * 72 / 25.4


def twips(length: float) -> int:
    """Return points as Word counts lengths: twentieths of a point."""
    return round(length * 20)


def half_points(size: float) -> int:
    """Return a size of type as Word counts it, never larger than asked for, so that a fitted page stays fitted."""
    return int(size * 2 + 1e-6)


def spacing(look: Look, name: str, *, summary: bool) -> tuple[float, float]:
    """Return the space before and after the paragraphs of a style id, in points."""
    spec = _OF_ID[name]
    style = look.style(spec.role, summary=summary)
    return (style.before if spec.before is None else spec.before, style.after if spec.after is None else spec.after)


def is_bold(look: Look, name: str, *, summary: bool) -> bool:
    """Return whether a style id is bold, so that strong words in it must say so themselves (ECMA-376 17.7.3: toggles)."""
    spec = _OF_ID[name]
    return look.style(spec.role, summary=summary).bold if spec.bold is None else spec.bold
