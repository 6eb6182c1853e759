"""Tables of data and the strip of key numbers, with columns as wide as what they hold needs."""

from __future__ import annotations

import math
from collections.abc import Sequence

from briefing.model import Align, Cell, Column, Inlines, KeyNumber, KeyNumbers, Number, Table, Text
from briefing.render.docx_package import attr
from briefing.render.docx_styles import TABLE_PADDING, twips
from briefing.render.docx_writer import Writer
from briefing.walk import plain

_WHOLE = 8  # a table of up to so many rows is not parted over pages
_MOST_NUMBERS = (4, 6)  # side by side in a brief and on a single page
_VALUE_GLYPH = 0.46  # of a bold sans face: figures and spaces, in ems
_GLYPH = 0.51  # the mean width of a character of text faces, in ems; figures and bold heads are wider
_WIDE_GLYPH = 0.56
_SUFFIX: dict[Align, str] = {"left": "", "right": "Right", "center": "Centre"}


def write_table(w: Writer, table: Table) -> None:
    """Write a table's caption, its rows and its source line. The header row is repeated on every page; no row is parted."""
    if table.caption:
        w.text("Caption", table.caption, mark=table.id)
    w.separate()
    if not table.caption:
        w.widen_last(_around(w))
    if table.columns:
        _grid(w, table)
    if table.source:
        w.text("BriefSourceLine", table.source)
    else:
        w.gap = _around(w)


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


# ----------------------------------------------------------------------------------------------------------------- widths


def column_widths(table: Table, total: float, size: float) -> list[float]:
    """Return the widths of the columns, `total` points together.

    Columns with weights share by them what the others leave. Without weights a column has what its content needs where that is less
    than a fair share, and the others share the rest. None is narrower than its longest word, as long as there is room.
    """
    needs = [_needs(table, place, size) for place in range(len(table.columns))]
    least, wanted = [low for low, _ in needs], [high for _, high in needs]
    weights = [column.weight for column in table.columns]
    free = total - sum(want for want, weight in zip(wanted, weights, strict=True) if weight <= 0)
    if any(weights) and free > 0:
        shares = [free * weight / sum(weights) if weight > 0 else want for want, weight in zip(wanted, weights, strict=True)]
    elif sum(wanted) <= total:
        shares = [want * total / sum(wanted) for want in wanted]
    else:
        shares = _fair(wanted, total)
    return _at_least(shares, least, total)


def _needs(table: Table, place: int, size: float) -> tuple[float, float]:
    """Return the width of a column's longest unbreakable piece, and of its longest cell on one line."""
    padding = 2 * TABLE_PADDING[1] + 1
    head: Column = table.columns[place]
    longest, whole = _extent(head.title)
    least, most = longest * _WIDE_GLYPH, whole * _WIDE_GLYPH
    for row in table.rows:
        longest, whole = _extent(row.cells[place].children)
        least, most = max(least, longest * _WIDE_GLYPH), max(most, whole * _GLYPH)
    return least * size + padding, max(least, most) * size + padding


def _extent(inlines: Inlines) -> tuple[int, int]:
    """Return the characters of the longest piece that is not broken over lines, and of all."""
    longest = whole = 0
    for inline in inlines:
        words = inline.text if isinstance(inline, Text) else plain((inline,))
        whole += len(words)
        longest = max(longest, len(words) if isinstance(inline, Number) else max(map(len, words.split()), default=0))
    return longest, whole


def _fair(wanted: Sequence[float], total: float) -> list[float]:
    """Give what is wanted to those who want less than a fair share, and share the rest by the square root of the wants."""
    given: dict[int, float] = {}
    while modest := [
        place
        for place, want in enumerate(wanted)
        if place not in given and want <= (total - sum(given.values())) / (len(wanted) - len(given))
    ]:
        given |= {place: wanted[place] for place in modest}
    rest = total - sum(given.values())
    roots = sum(math.sqrt(want) for place, want in enumerate(wanted) if place not in given)
    return [given[place] if place in given else rest * math.sqrt(want) / roots for place, want in enumerate(wanted)]


def _at_least(shares: Sequence[float], least: Sequence[float], total: float) -> list[float]:
    """Raise shares to their least, at the cost of those that have more; where all cannot have it, each has a fair part of it."""
    if sum(least) >= total:
        return _fair(least, total)
    lack = sum(max(low - share, 0.0) for share, low in zip(shares, least, strict=True))
    spare = sum(max(share - low, 0.0) for share, low in zip(shares, least, strict=True))
    kept = 1.0 - lack / spare if spare else 1.0
    return [max(share - low, 0.0) * kept + low for share, low in zip(shares, least, strict=True)]


# ------------------------------------------------------------------------------------------------------------ key numbers


def write_key_numbers(w: Writer, strip: KeyNumbers) -> None:
    """Write a strip of numbers: a cell holds a number and its label, so that they are read together."""
    items = strip.items
    if not items:
        return
    w.separate()
    w.widen_last(_around(w))
    across = _across(w, items)
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
    w.gap = _around(w)


def _key_number(w: Writer, item: KeyNumber) -> str:
    value = w.paragraph_xml("BriefKeyNumber", w.words.xml(item.value, "BriefKeyNumber"), keep_next=True)
    return value + w.paragraph_xml("BriefKeyLabel", w.words.xml(item.label, "BriefKeyLabel"))


def _across(w: Writer, items: Sequence[KeyNumber]) -> int:
    """Return how many numbers stand side by side: as many as leave the longest on one line, then rows of even length."""
    size = w.look.style("key-number", summary=w.summary).size
    longest = max(len(plain(item.value)) for item in items) * size * _VALUE_GLYPH + 2 * TABLE_PADDING[1]
    most = max(1, min(len(items), _MOST_NUMBERS[w.summary], int(w.width / longest)))
    rows = -(-len(items) // most)
    return -(-len(items) // rows)


def _around(w: Writer) -> float:
    """Return the space between words and a grid without words of its own there, in points."""
    return 1.5 * w.look.style("body", summary=w.summary).after
