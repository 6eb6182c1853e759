"""How tall a document is in a word processor: the paragraphs and tables of its DOCX, set with their named styles.

The renderer of DOCX and this module go by the same styles (`word`) and sizes (`word_grids`); what is said here about borders and
padding was measured in LibreOffice. Lines are broken as for the PDF. A word processor breaks some of them elsewhere and seldom needs
another number of them; the lines that a summary keeps free are for that.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

import msgspec

from briefing.layout.flow import LineCache
from briefing.layout.fonts import Fonts
from briefing.layout.lines import Words, dress_of
from briefing.look import Look, Style
from briefing.model import (
    Block,
    Bullets,
    Callout,
    CalloutRole,
    Chart,
    Contents,
    Details,
    Document,
    Group,
    Heading,
    Inline,
    Inlines,
    Item,
    KeyNumbers,
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
_GRID_RULE = 0.5  # between the rows of a table
_TERM_GAP = (Text("\u00a0\u00a0\u00a0"),)  # as wide as an em space


def word_height(document: Document, look: Look, fonts: Fonts, broken: LineCache, sheet: Frame | None = None) -> float:
    """Return how many points too tall a document is for one page of a word processor; negative: what is free.

    `sheet` is the page where it is not the look's.
    """
    sheet = sheet or frame(look, document.page, summary=document.one_page)
    column = _Column(look, fonts, sheet.text_width, summary=document.one_page, broken=broken)
    column.blocks(document.blocks)
    room = sheet.height - points(sheet.margins.top) - points(sheet.margins.bottom)
    return column.height() - room


class _Column:
    """What has been set so far, and what waits: space, the end of a box, the label of a list item. As `render.docx_writer` has it."""

    def __init__(self, look: Look, fonts: Fonts, width: float, *, summary: bool, broken: LineCache) -> None:
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
                role, size=half_points(role.size) / 2, leading=twips(role.leading) / 20, bold=bold
            )
        return self._styles[key]

    def _lines(self, inlines: Inlines, style: Style, room: float) -> int:
        key = id(inlines), style.family, style.bold, style.italic, style.size, style.colour, room
        found = self._broken.get(key)
        if found is None:
            words = Words(self._fonts)
            words.add(inlines, dress_of(style))
            lines: list[TextLine] = words.broken(room)
            found = self._broken[key] = inlines, lines
        return max(1, len(found[1]))

    def _paragraph(self, name: str, inlines: Inlines, *, strong: bool = False) -> None:
        """Set a paragraph of the style id `name`."""
        spec = _SPECS[name]
        style = self._style(spec, strong=strong)
        lines = self._lines(inlines, style, self._width - spec.indent - (BOX_INDENT if spec.box[0] else 0.0))
        self._set(spec, lines * style.leading)

    def _set(self, spec: Spec, height: float) -> None:
        role = self._look.style(spec.role, summary=self._summary)
        before = role.before if spec.before is None else spec.before
        shaded = f"{spec.box} {spec.box_bottom}" if spec.box[0] else " ".join(spec.rules)
        if shaded != self._shaded:
            top, bottom = self._pads(spec)
            self._down += self._pad + top
            self._shaded, self._pad = shaded, bottom
        self._down += self._after + max(before, self._gap) + height
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

    def blocks(self, blocks: Iterable[Block]) -> None:
        """Set blocks under what is there."""
        for block in blocks:
            match block:
                case Paragraph():
                    self._words(block)
                case Bullets(items=items):
                    self._list(items, counts=False)
                case Steps(items=items):
                    self._list(items, counts=True)
                case Callout():
                    self._callout(block)
                case Group(blocks=inner):
                    self.blocks(inner)
                case PageBreak():
                    pass
                case _:
                    self._flush()
                    self._other(block)

    def _other(self, block: Title | Heading | Details | Table | Chart | KeyNumbers | Contents | SourceList) -> None:
        match block:
            case Title(children=children, kicker=kicker, subtitle=subtitle):
                if kicker:
                    self._paragraph("BriefKicker", (Text(kicker),))
                self._paragraph("Title", children)
                if subtitle:
                    self._paragraph("Subtitle", (Text(subtitle),))
            case Heading(level=level, children=children):
                self._paragraph(f"Heading{min(max(level, 1), LEVELS)}", children)
            case Details():
                self._details(block)
            case Table():
                self._table(block)
            case Chart(caption=caption, source=source):
                if caption:
                    self._paragraph("Caption", caption)
                self._set(_SPECS["BriefFigure"], chart_height(block, self._look))
                if source:
                    self._paragraph("BriefSourceLine", source)
                else:
                    self._gap = AFTER_CHART
            case KeyNumbers():
                self._numbers(block)
            case Contents(title=title, entries=entries):
                if title:
                    self._paragraph("TOCHeading", (Text(title),))
                for entry in entries:
                    self._paragraph(f"TOC{min(max(entry.level, 1), LEVELS)}", (Text(entry.text),))
            case SourceList(entries=sources):
                for source_entry in sources:
                    self._paragraph("Bibliography", source_entry.children)
            case _:
                assert_never(block)

    def _words(self, paragraph: Paragraph) -> None:
        strong = bool(self._box) and paragraph.role in {"label", "judgement"}
        if self._label:
            name, self._label = self._label, ""
        elif self._box:
            name = style_id(self._box)
        elif self._depth and paragraph.role == "body":
            level = min(self._depth, LEVELS)
            name = f"ListContinue{level if level > 1 else ''}"
        else:
            name = _PARAGRAPHS[paragraph.role]
        self._paragraph(name, paragraph.children, strong=strong)

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
        after = self._look.style("body", summary=self._summary).after + 4.0
        if self._summary and details.role == "identity" and not self._box:
            words: list[Inline] = []
            for entry in details.entries:
                words += [*(_TERM_GAP if words else ()), Text(" "), Strong((Text(entry.term),)), Text(" "), *entry.children]
            if words:
                self._paragraph("BriefIdentityLine", tuple(words))
                self._widen(after)
            return
        name = style_id(self._box) if self._box else "BriefIdentity" if details.role == "identity" else "BriefDetails"
        spec = _SPECS[name]
        style = self._style(spec)
        for entry in details.entries:
            term = Words(self._fonts)
            term.add((Strong((Text(entry.term),)),), dress_of(self._style(spec, strong=True)))
            beside = 0 < spec.hanging >= term.natural()[1] + 2.0
            inlines = entry.children if beside else (Strong((Text(entry.term),)), *_TERM_GAP, *_TERM_GAP, *entry.children)
            room = self._width - spec.indent - (BOX_INDENT if spec.box[0] else 0.0)
            self._set(spec, self._lines(inlines, style, room) * style.leading)
        if details.role == "identity" and details.entries:
            self._widen(after)

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
            tall = _GRID_RULE + self._row([column.title for column in table.columns], head, widths)
            for row in table.rows:
                tall += self._row([cell.children for cell in row.cells], body, widths)
            self._grid(tall)
        if table.source:
            self._paragraph("BriefSourceLine", table.source)
        else:
            self._gap = around(self._look, summary=self._summary)

    def _row(self, cells: list[Inlines], style: Style, widths: list[float]) -> float:
        lines = max(self._lines(cell, style, width) for cell, width in zip(cells, widths, strict=True))
        return lines * style.leading + 2 * TABLE_PADDING[0] + _GRID_RULE

    def _grid(self, height: float) -> None:
        self._down += self._after + height
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
        tall = 1.0
        for start in range(0, len(items), across):
            cells = [
                self._lines(item.value, value, room) * value.leading + self._lines(item.label, label, room) * label.leading
                for item in items[start : start + across]
            ]
            tall += max(cells) + 2 * TABLE_PADDING[0] + _GRID_RULE
        self._grid(tall)
        self._gap = around(self._look, summary=self._summary)
