"""A workbook of one sheet, by hand: the numbers behind a chart, which Word opens under "Edit data"."""

from __future__ import annotations

import string
from collections.abc import Sequence
from typing import TypeAlias

import msgspec

from briefing.render.docx_package import XML, attr
from briefing.render.docx_zip import archive, entry


class Day(msgspec.Struct, frozen=True):
    """A date as a spreadsheet counts it, in days since 30 December 1899."""

    serial: float


Value: TypeAlias = str | float | Day | None

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_COLOURS = (("dk1", "000000"), ("lt1", "FFFFFF"), ("dk2", "44546A"), ("lt2", "E7E6E6"), ("accent1", "4472C4"), ("accent2", "ED7D31"),
            ("accent3", "A5A5A5"), ("accent4", "FFC000"), ("accent5", "5B9BD5"), ("accent6", "70AD47"), ("hlink", "0563C1"),
            ("folHlink", "954F72"))  # fmt: skip
_FILL = '<a:solidFill><a:schemeClr val="phClr"/></a:solidFill>'
_FONT = '<a:latin typeface="Calibri"/><a:ea typeface=""/><a:cs typeface=""/>'
# Validators ask for a theme in every workbook; these are a spreadsheet's usual colours
_THEME = (
    '<a:theme xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" name="Office"><a:themeElements><a:clrScheme name="Office">'
    + "".join(f'<a:{name}><a:srgbClr val="{colour}"/></a:{name}>' for name, colour in _COLOURS)
    + f'</a:clrScheme><a:fontScheme name="Office"><a:majorFont>{_FONT}</a:majorFont><a:minorFont>{_FONT}</a:minorFont></a:fontScheme>'
    f'<a:fmtScheme name="Office"><a:fillStyleLst>{_FILL * 3}</a:fillStyleLst><a:lnStyleLst>{f"<a:ln>{_FILL}</a:ln>" * 3}</a:lnStyleLst>'
    f"<a:effectStyleLst>{'<a:effectStyle><a:effectLst/></a:effectStyle>' * 3}</a:effectStyleLst>"
    f"<a:bgFillStyleLst>{_FILL * 3}</a:bgFillStyleLst></a:fmtScheme></a:themeElements></a:theme>"
)
_FIXED = tuple(
    entry(name, XML + content, once=True)
    for name, content in (
        (
            "[Content_Types].xml",
            (
                f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.'
                f'relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/><Override'
                f' PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPE}.worksheet+xml"/><Override PartName="/xl/styles.xml"'
                f' ContentType="{_TYPE}.styles+xml"/><Override PartName="/xl/sharedStrings.xml"'
                f' ContentType="{_TYPE}.sharedStrings+xml"/><Override PartName="/xl/theme/theme1.xml"'
                ' ContentType="application/vnd.openxmlformats-officedocument.theme+xml"/></Types>'
            ),
        ),
        (
            "_rels/.rels",
            (
                f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" Type="{_OFFICE}/officeDocument"'
                ' Target="xl/workbook.xml"/></Relationships>'
            ),
        ),
        (
            "xl/workbook.xml",
            f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>',
        ),
        (
            "xl/_rels/workbook.xml.rels",
            (
                f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" Type="{_OFFICE}/worksheet"'
                f' Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="{_OFFICE}/styles" Target="styles.xml"/><Relationship Id="rId3"'
                f' Type="{_OFFICE}/sharedStrings" Target="sharedStrings.xml"/><Relationship Id="rId4" Type="{_OFFICE}/theme"'
                ' Target="theme/theme1.xml"/></Relationships>'
            ),
        ),
        ("xl/theme/theme1.xml", _THEME),
        (
            "xl/styles.xml",
            (
                f'<styleSheet xmlns="{_MAIN}"><fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2">'
                '<fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1">'
                '<border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0"'
                ' fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="2"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
                '<xf numFmtId="14" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs></styleSheet>'
            ),
        ),
    )
)


def workbook(rows: Sequence[Sequence[Value]]) -> bytes:
    """Return a workbook whose first sheet, "Sheet1", holds the rows."""
    strings: dict[str, int] = {}
    lines = []
    for number, row in enumerate(rows, 1):
        cells = "".join(_cell(f"{column(place)}{number}", value, strings) for place, value in enumerate(row))
        lines.append(f'<row r="{number}">{cells}</row>')
    sheet = f'{XML}<worksheet xmlns="{_MAIN}"><sheetData>{"".join(lines)}</sheetData></worksheet>'
    items = "".join(f'<si><t xml:space="preserve">{attr(text)}</t></si>' for text in strings)
    shared = f'{XML}<sst xmlns="{_MAIN}">{items}</sst>'
    return archive((*_FIXED, entry("xl/worksheets/sheet1.xml", sheet), entry("xl/sharedStrings.xml", shared)))


def _cell(place: str, value: Value, strings: dict[str, int]) -> str:
    """Return a cell; words are kept once, in the order of their first use, and named by their place."""
    match value:
        case None:
            return ""
        case str():
            return f'<c r="{place}" t="s"><v>{strings.setdefault(value, len(strings))}</v></c>'
        case Day(serial=serial):
            return f'<c r="{place}" s="1"><v>{figure(serial)}</v></c>'
        case _:
            return f'<c r="{place}"><v>{figure(value)}</v></c>'


def column(place: int) -> str:
    """Return the letters of a column, counted from 0: A, B ... Z, AA."""
    letters = ""
    place += 1
    while place:
        place, letter = divmod(place - 1, 26)
        letters = string.ascii_uppercase[letter] + letters
    return letters


def figure(value: float) -> str:
    """Return a number as XML has it."""
    return f"{value:.15g}"
