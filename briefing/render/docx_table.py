"""Tables of data and the strip of key numbers, with columns as wide as what they hold needs."""

from __future__ import annotations

from collections.abc import Sequence

from briefing.model import Align, Cell, KeyNumber, KeyNumbers, Table
from briefing.render.docx_package import attr
from briefing.render.docx_writer import Writer
from briefing.walk import plain
from briefing.word import twips
from briefing.word_grids import around, column_widths, numbers_across

_WHOLE = 8  # a table of up to so many rows is not parted over pages
_SUFFIX: dict[Align, str] = {"left": "", "right": "Right", "center": "Centre"}


def write_table(w: Writer, table: Table) -> None:
    """Write a table's caption, its rows and its source line. The header row is repeated on every page; no row is parted."""
    if table.caption:
        w.text("Caption", table.caption, mark=table.id)
    w.separate()
    if not table.caption:
        w.widen_last(around(w.look, summary=w.summary))
    if table.columns:
        _grid(w, table)
    if table.source:
        w.text("BriefSourceLine", table.source)
    else:
        w.gap = around(w.look, summary=w.summary)


def _grid(w: Writer, table: Table) -> None:
    widths = [twips(width) for width in column_widths(table, w.width, w.look.style("table-cell", summary=w.summary).size)]
    look = f'<w:tblLook w:val="{0x20 | (0x80 if table.row_header else 0) | 0x600:04X}" w:firstRow="1" w:lastRow="0"'
    look += f' w:firstColumn="{int(table.row_header)}" w:lastColumn="0" w:noHBand="1" w:noVBand="1"/>'
    w.out.append(_open("BriefTable", widths, look, plain(table.caption), table.summary))
    heads = [f"BriefTableHead{_SUFFIX[column.align]}" for column in table.columns]
    bodies = [f"BriefTableText{_SUFFIX[column.align]}" for column in table.columns]
    titles = [
        w.paragraph_xml(style, w.words.xml(column.title, style), keep_next=True)
        for style, column in zip(heads, table.columns, strict=True)
    ]
    if not table.caption and titles:
        titles[0] = _bookmarked(w, table.id, titles[0])
    w.out.append(_row(widths, titles, "<w:cantSplit/><w:tblHeader/>"))
    last = len(table.rows) - 1
    whole = last < _WHOLE
    for place, row in enumerate(table.rows):
        stays = bool(table.source) if place == last else whole
        w.out.append(_row(widths, _cells(w, row.cells, bodies, keep_next=stays), "<w:cantSplit/>"))
    w.out[-1] += "</w:tbl>"
    w.after_table = True


def _cells(w: Writer, cells: Sequence[Cell], styles: Sequence[str], *, keep_next: bool) -> list[str]:
    return [
        w.paragraph_xml(style, w.words.xml(cell.children, style), keep_next=keep_next)
        for cell, style in zip(cells, styles, strict=True)
    ]


def _bookmarked(w: Writer, node: str, paragraph: str) -> str:
    head, end, rest = paragraph.partition("</w:pPr>")
    return f"{head}{end}{w.marked(node, rest.removesuffix('</w:p>'))}</w:p>"


def _open(style: str, widths: Sequence[int], look: str, caption: str = "", summary: str = "") -> str:
    """Return the start of a table. CT_TblPr fixes the order of its children (ECMA-376 17.4.59)."""
    words = f'<w:tblCaption w:val="{attr(caption)}"/>' if caption else ""
    words += f'<w:tblDescription w:val="{attr(summary)}"/>' if summary else ""
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    return (
        f'<w:tbl><w:tblPr><w:tblStyle w:val="{style}"/><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:tblLayout w:type="fixed"/>'
        f"{look}{words}</w:tblPr><w:tblGrid>{grid}</w:tblGrid>"
    )


def _row(widths: Sequence[int], cells: Sequence[str], properties: str) -> str:
    inner = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>{cell}</w:tc>'
        for width, cell in zip(widths, cells, strict=True)
    )
    return f"<w:tr><w:trPr>{properties}</w:trPr>{inner}</w:tr>"


# ------------------------------------------------------------------------------------------------------------ key numbers


def write_key_numbers(w: Writer, strip: KeyNumbers) -> None:
    """Write a strip of numbers: a cell holds a number and its label, so that they are read together."""
    items = strip.items
    if not items:
        return
    w.separate()
    w.widen_last(around(w.look, summary=w.summary))
    across = numbers_across(items, w.look, w.width, summary=w.summary)
    base, spare = divmod(twips(w.width), across)
    widths = [base + (place < spare) for place in range(across)]
    look = '<w:tblLook w:val="0600" w:firstRow="0" w:lastRow="0" w:firstColumn="0" w:lastColumn="0" w:noHBand="1" w:noVBand="1"/>'
    w.out.append(_open("BriefKeyNumbers", widths, look))
    for start in range(0, len(items), across):
        cells = [_key_number(w, item) for item in items[start : start + across]]
        cells += [w.paragraph_xml("BriefKeyLabel", "")] * (across - len(cells))
        w.out.append(_row(widths, cells, "<w:cantSplit/>"))
    w.out[-1] += "</w:tbl>"
    w.after_table = True
    w.gap = around(w.look, summary=w.summary)


def _key_number(w: Writer, item: KeyNumber) -> str:
    value = w.paragraph_xml("BriefKeyNumber", w.words.xml(item.value, "BriefKeyNumber"))
    return value + w.paragraph_xml("BriefKeyLabel", w.words.xml(item.label, "BriefKeyLabel"))
