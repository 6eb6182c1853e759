"""How tall a document is in a word processor: the paragraphs and tables of its DOCX, set with their named styles, one below the other.

The renderer of DOCX and this module go by the same styles (`word`) and sizes (`word_grids`); what is said here about borders and
padding was measured in LibreOffice. Lines are broken as for the PDF. A word processor breaks some of them elsewhere and seldom needs
another number of them; the lines that a summary keeps free are for that.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from operator import is_
from typing import NamedTuple, assert_never

import msgspec

from briefing.layout.flow import LineCache
from briefing.layout.fonts import Fonts
from briefing.layout.lines import CITE_SIZE, Words, dress_of
from briefing.look import Look, Style
from briefing.model import (
    Block,
    Bullets,
    Callout,
    CalloutRole,
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
    Link,
    Number,
    PageBreak,
    Paragraph,
    ParagraphRole,
    SourceList,
    Steps,
    Strong,
    Table,
    Text,
    Title,
)  # fmt: skip
from briefing.placed import TextLine
from briefing.word import BOX_INDENT, LEVELS, SPECS, TABLE_PADDING, Frame, Spec, frame, half_points, points, style_id, twips
from briefing.word_grids import AFTER_CHART, around, chart_height, column_widths, numbers_across

_WHOLE_TABLE, _WHOLE_CONTENTS = 8, 25  # rows and entries up to which they are not parted over pages
_SPECS = {spec.id: spec for spec in SPECS}
_PARAGRAPHS: dict[ParagraphRole, str] = {
    "body": "BodyText",
    "lead": "BriefLead",
    "judgement": "BriefJudgement",
    "notice": "BriefNotice",
    "source": "BriefSourceLine",
    "small": "BriefSmall",
    "label": "BriefLabel",
}
_BOXES: dict[CalloutRole, str] = {"bottom-line": "Brief Bottom Line", "key-points": "Brief Key Points"}
_EDGE = 0.25  # points: the line about a call-out
_RULE = 3.5  # a thin rule with its distance from the words
_GRID_RULE, _LAST_RULE = 0.5, 0.8  # between the rows of a table, and below the last
_KERNED = 1.007  # what the room gains by pairs of letters set closer: counted for where pages end, not for whether one page does
CONTENTS = "\0contents"  # the anchor of their title
_SCHEME = "://"
_ADDRESS = re.compile(r"(\S+://\S+)")
_TERM_GAP = (Text("\u00a0\u00a0\u00a0"),)  # as wide as an em space


def word_height(document: Document, look: Look, fonts: Fonts, broken: LineCache, sheet: Frame | None = None) -> float:
    """Return how many points too tall a document is for one page of a word processor; negative: what is free.

    `sheet` is the page where it is not the look's.
    """
    sheet = sheet or frame(look, document.page, summary=document.one_page)
    column = Column(look, fonts, sheet.text_width, summary=document.one_page, broken=broken)
    column.blocks(document.blocks)
    room = sheet.height - points(sheet.margins.top) - points(sheet.margins.bottom)
    return column.height() - room


def _whole_addresses(inlines: Inlines) -> Inlines:
    """Return inlines with each web address as one unbreakable word: LibreOffice breaks it only where it is wider than a line."""
    for inline in inlines:
        if isinstance(inline, Text) and _SCHEME not in inline.text:
            continue
        if isinstance(inline, Text | Strong | Emphasis | Link):
            break
    else:
        return inlines
    found: list[Inline] = []
    for inline in inlines:
        if isinstance(inline, Text) and _SCHEME in inline.text:
            pieces = _ADDRESS.split(inline.text)
            found += [Number(piece, "") if at % 2 else Text(piece) for at, piece in enumerate(pieces) if piece]
        elif isinstance(inline, Strong | Emphasis | Link):
            children = _whole_addresses(inline.children)
            found.append(inline if children is inline.children else msgspec.structs.replace(inline, children=children))
        else:
            found.append(inline)
    return inlines if all(map(is_, found, inlines)) else tuple(found)


class Piece(NamedTuple):
    """A line, a row or a drawing on an endless page, in points from its top."""

    top: float
    bottom: float
    keep: bool  # stays on one page with the next piece
    anchor: str = ""  # the heading that it is the first line of
    head: float = 0.0  # what is set again above it at the top of a page


class Column:
    """What has been set so far, and what waits: space, the end of a box, the label of a list item. As `render.docx_writer` has it.

    `pieces` are what was set, where they are asked for.
    """

    def __init__(
        self, look: Look, fonts: Fonts, width: float, *, summary: bool, broken: LineCache, pieces: list[Piece] | None = None
    ) -> None:
        self.pieces = pieces
        self._keeping = False
        self._look, self._fonts, self._width, self._summary, self._broken = look, fonts, width, summary, broken
        self._styles: dict[tuple[str, bool], Style] = {}
        self._down = 0.0
        self._after = 0.0  # of the last paragraph
        self._shaded = ""  # the border about it
        self._pad = 0.0  # which ends with this
        self._box = ""
        self._depth = 0
        self._label = ""  # the style of the list item whose first words are to come
        self._counts = False
        self._gap = 0.0
        self._after_table = False

    def height(self) -> float:
        """Return the height of all that was set."""
        if self._after_table:  # a document ends with a paragraph
            self._paragraph("BriefSeparator", ())
        return self._down + self._pad

    # ------------------------------------------------------------------------------------------------------ paragraphs

    def _style(self, spec: Spec, *, strong: bool = False) -> Style:
        key = spec.id, strong
        if key not in self._styles:
            role = self._look.style(spec.role, summary=self._summary)
            bold = strong or (role.bold if spec.bold is None else spec.bold)
            self._styles[key] = msgspec.structs.replace(
                role, size=half_points(role.size) / 2, leading=twips(role.leading * spec.tight) / 20, bold=bold
            )
        return self._styles[key]

    def _lines(self, inlines: Inlines, style: Style, room: float) -> int:
        if self.pieces is not None:
            room *= _KERNED
        if self._at_most(inlines, style, room) <= room:
            return 1
        key = id(inlines), style.family, style.bold, style.italic, style.size, style.colour, room
        found = self._broken.get(key)
        if found is None:
            words = Words(self._fonts, drawn=False)
            words.add(_whole_addresses(inlines), dress_of(style))
            lines: list[TextLine] = words.broken(room)
            found = self._broken[key] = inlines, lines
        return max(1, len(found[1]))

    def _at_most(self, inlines: Inlines, style: Style, room: float) -> float:
        """Return a width that plain words and source marks have on one line at most; more than `room` where that is not so easily told."""
        sized = self._fonts.sized((style.family, style.bold, style.italic), style.size)
        width = 0.0
        try:
            for inline in inlines:
                if isinstance(inline, Text | Number):
                    width += sized.measured(inline.text)
                elif isinstance(inline, Cite):
                    marks = self._fonts.sized(("sans", style.bold, False), style.size * CITE_SIZE)
                    width += marks.measured("\u00a0[" + ", ".join([str(ref.number) for ref in inline.refs]) + "]")
                else:
                    return room + 1
                if width > room:
                    break
        except KeyError:  # a character of another face
            return room + 1
        return width

    def _paragraph(self, name: str, inlines: Inlines, *, strong: bool = False, keep: bool = False, anchor: str = "") -> None:
        """Set a paragraph of the style id `name`."""
        spec = _SPECS[name]
        style = self._style(spec, strong=strong)
        lines = self._lines(inlines, style, self._width - spec.indent - (BOX_INDENT if spec.box[0] else 0.0))
        self._set(spec, lines, style.leading, keep=keep, anchor=anchor)

    def _set(self, spec: Spec, lines: int, leading: float, *, keep: bool = False, anchor: str = "") -> None:
        role = self._look.style(spec.role, summary=self._summary)
        before = role.before if spec.before is None else spec.before
        shaded = f"{spec.box} {spec.box_bottom}" if spec.box[0] else " ".join(spec.rules)
        if shaded != self._shaded:
            top, bottom = self._pads(spec)
            self._down += self._pad + top
            self._shaded, self._pad = shaded, bottom
        self._down += max(self._after, before, self._gap) + lines * leading  # of two distances the larger one counts
        if self.pieces is not None:
            top, last = self._down - lines * leading, lines - 1
            for at in range(lines):  # no page begins or ends with a single line of several
                tied = keep or spec.keep_next or self._keeping if at == last else spec.keep_lines or at in {0, last - 1}
                self.pieces.append(Piece(top + at * leading, top + (at + 1) * leading, tied, "" if at else anchor))
        self._after, self._gap, self._after_table = (role.after if spec.after is None else spec.after), 0.0, False

    def _pads(self, spec: Spec) -> tuple[float, float]:
        """Return what the border of a style adds above its first paragraph and below its last one."""
        if not spec.box[0]:
            return (_RULE if "top" in spec.rules else 0.0), (_RULE if "bottom" in spec.rules else 0.0)
        tight = 0.6 if self._summary else 1.0
        top, bottom = (round(pad * tight) + _EDGE if pad else 0.0 for pad in (spec.box_top, spec.box_bottom))
        return top, bottom

    def _widen(self, after: float) -> None:
        if not self._after_table:
            self._after = after

    def _end_box(self) -> None:
        self._down += self._pad
        self._shaded, self._pad = "", 0.0

    # ---------------------------------------------------------------------------------------------------------- blocks

    def blocks(self, blocks: tuple[Block, ...]) -> None:
        """Set blocks under what is there."""
        for block, following in zip(blocks, (*blocks[1:], None), strict=False):
            match block:
                case Paragraph():
                    self._words(block, leads=isinstance(following, Bullets | Steps))
                case Bullets(items=items):
                    self._list(items, counts=False)
                case Steps(items=items):
                    self._list(items, counts=True)
                case Callout():
                    self._callout(block)
                case Group(blocks=inner, keep=keep):
                    self._group(inner, keep=keep)
                case PageBreak():
                    pass
                case _:
                    self._flush()
                    self._other(block)

    def _group(self, blocks: tuple[Block, ...], *, keep: bool) -> None:
        if not keep or self._keeping:
            self.blocks(blocks)
            return
        self._keeping = True
        self.blocks(blocks)
        self._keeping = False
        if self.pieces:
            self.pieces[-1] = self.pieces[-1]._replace(keep=False)

    def _other(self, block: Title | Heading | Details | Table | Chart | KeyNumbers | Contents | SourceList) -> None:
        match block:
            case Title(children=children, kicker=kicker, subtitle=subtitle):
                if kicker:
                    self._paragraph("BriefKicker", (Text(kicker),))
                self._paragraph("Title", children)
                if subtitle:
                    self._paragraph("Subtitle", (Text(subtitle),))
            case Heading(level=level, children=children, id=anchor):
                self._paragraph(f"Heading{min(max(level, 1), LEVELS)}", children, anchor=anchor)
            case Details():
                self._details(block)
            case Table():
                self._table(block)
            case Chart(caption=caption, source=source):
                if caption:
                    self._paragraph("Caption", caption)
                self._set(_SPECS["BriefFigure"], 1, chart_height(block, self._look), keep=bool(source))
                if source:
                    self._paragraph("BriefSourceLine", source)
                else:
                    self._gap = AFTER_CHART
            case KeyNumbers():
                self._numbers(block)
            case Contents(title=title, entries=entries):
                if title:
                    self._paragraph("TOCHeading", (Text(title),), anchor=CONTENTS)
                for entry in entries:
                    keep = entry is not entries[-1] and len(entries) <= _WHOLE_CONTENTS
                    self._paragraph(f"TOC{min(max(entry.level, 1), LEVELS)}", (Text(entry.text),), keep=keep)
            case SourceList(entries=sources):
                for source_entry in sources:
                    self._paragraph("Bibliography", source_entry.children)
            case _:
                assert_never(block)

    def _words(self, paragraph: Paragraph, *, leads: bool) -> None:
        strong = bool(self._box) and paragraph.role in {"label", "judgement"}
        if self._label:
            name, self._label = self._label, ""
        elif self._box:
            name = style_id(f"{self._box} Small" if paragraph.role == "small" else self._box)
        elif self._depth and paragraph.role == "body":
            level = min(self._depth, LEVELS)
            name = f"ListContinue{level if level > 1 else ''}"
        else:
            name = _PARAGRAPHS[paragraph.role]
        self._paragraph(name, paragraph.children, strong=strong, keep=leads)

    def _flush(self) -> None:
        if self._label and self._counts:
            self._paragraph(self._label, ())
        self._label = ""

    def _list(self, items: Iterable[Item], *, counts: bool) -> None:
        self._flush()
        level = min(self._depth, LEVELS - 1)
        name = style_id(f"{self._box or 'List'} {'Number' if counts else 'Bullet'}{f' {level + 1}' if level else ''}")
        self._depth += 1
        for item in items:
            self._label, self._counts = name, counts
            self.blocks(item.blocks)
            self._flush()
        self._depth -= 1
        after = self._look.style("body", summary=self._summary).after
        if not self._box and not self._depth and after > self._look.style("bullet", summary=self._summary).after:
            self._widen(after)

    def _callout(self, callout: Callout) -> None:
        self._flush()
        outer, depth, down = self._box, self._depth, self._down
        self._box, self._depth = _BOXES.get(callout.role, "Brief Callout"), 0
        if callout.title:
            self._paragraph(style_id(f"{self._box} Title"), callout.title)
        self.blocks(callout.blocks)
        self._box, self._depth = outer, depth
        if self._down > down:
            body = self._look.style("body", summary=self._summary)
            self._widen((body.leading + body.after) / 2)

    def _details(self, details: Details) -> None:
        if details.role == "identity" and not self._box:
            words: list[Inline] = []
            for entry in details.entries:
                words += [*(_TERM_GAP if words else ()), Text(" "), Strong((Text(entry.term),)), Text(" "), *entry.children]
            if words:
                self._paragraph("BriefIdentityLine", tuple(words))
                self._widen(self._look.style("body", summary=self._summary).after + 4.0)
            return
        spec = _SPECS[style_id(self._box) if self._box else "BriefDetails"]
        style = self._style(spec)
        room = self._width - spec.indent - (BOX_INDENT if spec.box[0] else 0.0)
        for entry in details.entries:
            term = Words(self._fonts)
            term.add((Strong((Text(entry.term),)),), dress_of(self._style(spec, strong=True)))
            beside = 0 < spec.hanging >= term.natural()[1] + 2.0
            inlines = entry.children if beside else (Strong((Text(entry.term),)), *_TERM_GAP, *_TERM_GAP, *entry.children)
            stays = details.role == "end-matter" and entry is not details.entries[-1]
            self._set(spec, self._lines(inlines, style, room), style.leading, keep=stays)

    # ----------------------------------------------------------------------------------------------------------- grids

    def _begin_grid(self) -> None:
        self._gap = 0.0
        if self._after_table:
            self._paragraph("BriefSeparator", ())

    def _table(self, table: Table) -> None:
        if table.caption:
            self._paragraph("Caption", table.caption)
        self._begin_grid()
        if not table.caption:
            self._widen(around(self._look, summary=self._summary))
        if table.columns:
            self._end_box()
            head, body = self._style(_SPECS["BriefTableHead"]), self._style(_SPECS["BriefTableText"])
            size = self._look.style("table-cell", summary=self._summary).size
            widths = [twips(width) / 20 - 2 * TABLE_PADDING[1] for width in column_widths(table, self._width, size)]
            rows = [_GRID_RULE + self._row([column.title for column in table.columns], head, widths)]
            rows += [self._row([cell.children for cell in row.cells], body, widths) for row in table.rows]
            self._grid(rows, head=True, source=bool(table.source))
        if table.source:
            self._paragraph("BriefSourceLine", table.source)
        else:
            self._gap = around(self._look, summary=self._summary)

    def _row(self, cells: list[Inlines], style: Style, widths: list[float]) -> float:
        lines = max(self._lines(cell, style, width) for cell, width in zip(cells, widths, strict=True))
        return lines * style.leading + 2 * TABLE_PADDING[0] + _GRID_RULE

    def _grid(self, rows: list[float], *, head: bool, source: bool = False) -> None:
        self._down += self._after
        last = len(rows) - 1
        rows[-1] += _LAST_RULE
        for at, height in enumerate(rows):
            if self.pieces is not None:
                tied = source if at == last else head and (at == 0 or last <= _WHOLE_TABLE)
                self.pieces.append(Piece(self._down, self._down + height, tied, head=rows[0] if head and at else 0.0))
            self._down += height
        self._after, self._after_table = 0.0, True

    def _numbers(self, strip: KeyNumbers) -> None:
        items = strip.items
        if not items:
            return
        self._begin_grid()
        self._widen(around(self._look, summary=self._summary))
        self._end_box()
        across = numbers_across(items, self._look, self._width, summary=self._summary)
        room = self._width / across - 2 * TABLE_PADDING[1]
        value, label = self._style(_SPECS["BriefKeyNumber"]), self._style(_SPECS["BriefKeyLabel"])
        rows: list[float] = []
        for start in range(0, len(items), across):
            cells = [
                self._lines(item.value, value, room) * value.leading + self._lines(item.label, label, room) * label.leading
                for item in items[start : start + across]
            ]
            rows.append(max(cells) + 2 * TABLE_PADDING[0] + _GRID_RULE)
        rows[0] += 1.0
        self._grid(rows, head=False)
        self._gap = around(self._look, summary=self._summary)
