"""The document as a native DOCX that a ministry can edit: styles, lists, contents, captions, charts, links, all Word's own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from briefing.look import Look
from briefing.model import Document
from briefing.render.docx_body import write_blocks
from briefing.render.docx_chart import chart_parts
from briefing.render.docx_package import XML, Package, W, attr, own_number, prepared
from briefing.render.docx_runs import TAB, Runs, run
from briefing.render.docx_writer import Writer
from briefing.render.docx_zip import Entry, archive, entry
from briefing.word import LISTS, Frame, frame, points, twips

_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"
# rId1 to rId9 of the document; what a document adds is named apart: rIdLink1, rIdChart1
_FIXED = (
    ("styles", "styles"),
    ("settings", "settings"),
    ("fontTable", "fontTable"),
    ("theme", "theme/theme1"),
    ("numbering", "numbering"),
    ("header", "header1"),
    ("header", "header2"),
    ("footer", "footer1"),
    ("footer", "footer2"),
)
_NAMESPACES = (
    f'xmlns:w="{W}" xmlns:r="{_REL}" xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"'
    ' xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart"'
)


def render(document: Document, look: Look, page_numbers: Mapping[str, int], *, package: Package | None = None) -> bytes:
    """Return the document as a DOCX file; the same arguments give the same bytes.

    `page_numbers` has the page of each heading's id, printed in the table of contents; a heading that is missing there shows none
    until Word updates the field. `package` are parts prepared before (`docx_package.prepare`) for this look, page and language;
    without it they are made, once in a process. Raises ValueError for a character that XML cannot hold.
    """
    summary = document.one_page
    ready = package or prepared(look, document.page, document.language, summary=summary)
    sheet = frame(look, document.page, summary=summary)
    w = Writer(look, sheet.text_width, summary, Runs(document, look), first_list=len(LISTS) + 1)
    write_blocks(w, document.blocks, page_numbers)
    if w.after_table:  # Word ends a document with a paragraph
        w.separate()
    lists = "".join(own_number(number, *one) for number, one in enumerate(w.lists, w.first_list))
    pages = max(page_numbers.values(), default=1)
    header, footer, marking = _header(document), _footer(document, pages), _marking(document)
    text_parts = (
        ("[Content_Types].xml", _content_types(len(w.charts))),
        ("_rels/.rels", _ROOT),
        ("docProps/core.xml", _properties(document)),
        ("word/document.xml", f"{XML}<w:document {_NAMESPACES}><w:body>{''.join(w.out)}{_section(sheet)}</w:body></w:document>"),
        ("word/_rels/document.xml.rels", _relationships(w)),
        ("word/numbering.xml", f"{ready.numbering}{lists}</w:numbering>"),
        ("word/header1.xml", f"{XML}<w:hdr {_NAMESPACES}>{marking}{header}</w:hdr>"),
        ("word/header2.xml", f"{XML}<w:hdr {_NAMESPACES}>{marking or _EMPTY_HEADER}</w:hdr>"),
        ("word/footer1.xml", f"{XML}<w:ftr {_NAMESPACES}>{footer}</w:ftr>"),
        ("word/footer2.xml", f"{XML}<w:ftr {_NAMESPACES}>{footer}</w:ftr>"),
    )
    return archive((*(entry(name, text) for name, text in text_parts), *ready.parts, *_charts(w)))


def _charts(w: Writer) -> Iterator[Entry]:
    for number, chart in enumerate(w.charts, 1):
        drawing, workbook = chart_parts(chart, w.look, w.width)
        yield entry(f"word/charts/chart{number}.xml", drawing)
        yield entry(
            f"word/charts/_rels/chart{number}.xml.rels",
            f'{XML}<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" Type="{_REL}/package"'
            f' Target="../embeddings/workbook{number}.xlsx"/></Relationships>',
        )
        yield entry(f"word/embeddings/workbook{number}.xlsx", workbook)


# ---------------------------------------------------------------------------------------------------- headers and footers

_EMPTY_HEADER = '<w:p><w:pPr><w:pStyle w:val="BriefMarking"/></w:pPr></w:p>'


def _marking(document: Document) -> str:
    return _line("BriefMarking", run(document.marking)) if document.marking else ""


def _header(document: Document) -> str:
    """The running header of every page but the first."""
    if not document.header_left and not document.header_right:
        return "" if document.marking else _EMPTY_HEADER
    return _line("Header", f"{run(document.header_left)}{TAB}{run(document.header_right)}")


def _footer(document: Document, pages: int) -> str:
    label = "".join(
        _field(piece[1:-1], pages) if piece in {"{page}", "{pages}"} else run(piece)
        for piece in re.split(r"(\{pages?\})", document.page_label)
    )
    return _line("Footer", f"{run(document.footer_left)}{TAB}{label}")


def _field(name: str, pages: int) -> str:
    instruction, shown = (" PAGE ", 1) if name == "page" else (" NUMPAGES ", pages)
    return f'<w:fldSimple w:instr="{instruction}">{run(str(shown))}</w:fldSimple>'


def _line(style: str, content: str) -> str:
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr>{content}</w:p>'


def _section(sheet: Frame) -> str:
    """The page. The look measures to the header's baseline, Word to the top of its line: a line's height lies between them."""
    margins = sheet.margins
    top, bottom, left, right = (twips(points(edge)) for edge in (margins.top, margins.bottom, margins.left, margins.right))
    header, footer = twips(max(14.0, points(margins.header) - 9.0)), twips(points(margins.footer))
    return (
        '<w:sectPr><w:headerReference w:type="default" r:id="rId6"/><w:headerReference w:type="first" r:id="rId7"/>'
        '<w:footerReference w:type="default" r:id="rId8"/><w:footerReference w:type="first" r:id="rId9"/>'
        f'<w:pgSz w:w="{twips(sheet.width)}" w:h="{twips(sheet.height)}"/><w:pgMar w:top="{top}" w:right="{right}" w:bottom="{bottom}"'
        f' w:left="{left}" w:header="{header}" w:footer="{footer}" w:gutter="0"/><w:titlePg/></w:sectPr>'
    )


# ------------------------------------------------------------------------------------------------------------ the package


def _content_types(charts: int) -> str:
    parts = [("docProps/core", "application/vnd.openxmlformats-package.core-properties+xml")]
    parts += [("docProps/app", "application/vnd.openxmlformats-officedocument.extended-properties+xml")]
    parts += [("word/document", f"{_WORD}.document.main+xml")]
    parts += [
        (f"word/{target}", "application/vnd.openxmlformats-officedocument.theme+xml" if kind == "theme" else f"{_WORD}.{kind}+xml")
        for kind, target in _FIXED
    ]
    parts += [
        (f"word/charts/chart{n}", "application/vnd.openxmlformats-officedocument.drawingml.chart+xml") for n in range(1, charts + 1)
    ]
    sheet = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    overrides = "".join(f'<Override PartName="/{name}.xml" ContentType="{kind}"/>' for name, kind in parts)
    return (
        f'{XML}<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.'
        f'relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Default Extension="xlsx" ContentType="{sheet}"/>'
        f"{overrides}</Types>"
    )


_ROOT = (
    f'{XML}<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" Type="{_REL}/officeDocument" Target="word/document.xml"/>'
    f'<Relationship Id="rId2" Type="{_PACKAGE}/relationships/metadata/core-properties" Target="docProps/core.xml"/>'
    f'<Relationship Id="rId3" Type="{_REL}/extended-properties" Target="docProps/app.xml"/></Relationships>'
)


def _relationships(w: Writer) -> str:
    rows = [f'<Relationship Id="rId{n}" Type="{_REL}/{kind}" Target="{target}.xml"/>' for n, (kind, target) in enumerate(_FIXED, 1)]
    rows += (
        f'<Relationship Id="{name}" Type="{_REL}/hyperlink" Target="{attr(address)}" TargetMode="External"/>'
        for address, name in w.words.targets.items()
    )
    rows += (
        f'<Relationship Id="rIdChart{number}" Type="{_REL}/chart" Target="charts/chart{number}.xml"/>'
        for number in range(1, len(w.charts) + 1)
    )
    return f'{XML}<Relationships xmlns="{_PACKAGE}/relationships">{"".join(rows)}</Relationships>'


def _properties(document: Document) -> str:
    """Core properties; both dates are the day that the information is as of, never the clock's."""
    day = f"{document.as_of.isoformat()}T00:00:00Z"
    words = (
        ("dc:title", document.title),
        ("dc:subject", document.subject),
        ("dc:creator", document.author),
        ("cp:keywords", ", ".join(document.keywords)),
        ("dc:language", document.language),
        ("cp:lastModifiedBy", document.author),
    )
    filled = "".join(f"<{tag}>{attr(text)}</{tag}>" for tag, text in words if text)
    return (
        f'{XML}<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f'{filled}<cp:revision>1</cp:revision><dcterms:created xsi:type="dcterms:W3CDTF">{day}</dcterms:created>'
        f'<dcterms:modified xsi:type="dcterms:W3CDTF">{day}</dcterms:modified></cp:coreProperties>'
    )
