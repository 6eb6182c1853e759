"""The document as a native DOCX that a ministry can edit: styles, lists, contents, captions, charts, links, all Word's own."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping

from briefing.house import House, Relation
from briefing.look import Look
from briefing.model import Document
from briefing.render.docx_body import write_blocks
from briefing.render.docx_book import Book
from briefing.render.docx_chart import chart_parts
from briefing.render.docx_package import XML, Package, W, attr, own_number, prepared
from briefing.render.docx_runs import TAB, Runs, run
from briefing.render.docx_writer import Writer
from briefing.render.docx_zip import Entry, archive, content, entry
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


def render(
    document: Document,
    look: Look,
    page_numbers: Mapping[str, int],
    *,
    package: Package | None = None,
    house: House | None = None,
    read_font: Callable[[str], bytes] | None = None,
) -> bytes:
    """Return the document as a DOCX file; the same arguments give the same bytes.

    `page_numbers` has the page of each heading's id, printed in the table of contents; a heading that is missing there shows none
    until Word updates the field. `package` are parts prepared before (`docx_package.prepare`) for this look, page and language;
    without it they are made, once in a process. `house` is the house's own document whose styles, page, header and footer are used.
    `read_font` gives the bytes of the look's font files, which are then put into the file. Raises ValueError for a character that
    XML cannot hold.
    """
    summary = document.one_page
    sheet = sheet_of(document, look, house)
    ready = package or prepared(look, sheet, document.language, summary=summary)
    w = Writer(look, sheet.text_width, summary, Runs(document, look), first_list=len(LISTS) + 1)
    write_blocks(w, document.blocks, page_numbers)
    if w.after_table:  # Word ends a document with a paragraph
        w.separate()
    lists = "".join(own_number(number, *one) for number, one in enumerate(w.lists, w.first_list))
    numbering = f"{ready.numbering}{lists}</w:numbering>"
    pages = max(page_numbers.values(), default=1)
    header, footer, marking = _header(document), _footer(document, pages), _marking(document)
    furniture = {
        "header default": f"{marking}{header}",
        "header first": marking or _EMPTY_HEADER,
        "footer default": footer,
        "footer first": footer,
    }
    book = (
        _house_book(house, ready, numbering, document, (furniture, marking))
        if house
        else _own_book(ready, numbering, _section(sheet), furniture)
    )
    if read_font:
        from briefing.render.docx_fonts import embed

        embed(book, look, read_font)
    inside = f"{book.placed(''.join(w.out))}{book.section}"
    charts = tuple(_charts(w, book.first_chart))
    head = (
        entry("[Content_Types].xml", _content_types(book, charts)),
        entry("_rels/.rels", _ROOT),
        entry("docProps/core.xml", _properties(document)),
        entry("word/document.xml", f"{XML}<w:document {_NAMESPACES}><w:body>{inside}</w:body></w:document>"),
        entry("word/_rels/document.xml.rels", _relationships(w, book)),
    )
    return archive((*head, *book.entries.values(), *charts))


def sheet_of(document: Document, look: Look, house: House | None = None) -> Frame:
    """Return the page that a document is written on: the house's where it has one."""
    return house.frame if house else frame(look, document.page, summary=document.one_page)


def _own_book(ready: Package, numbering: str, section: str, furniture: Mapping[str, str]) -> Book:
    entries = {"word/numbering.xml": entry("word/numbering.xml", numbering)}
    for name, xml in zip(("header1", "header2", "footer1", "footer2"), furniture.values(), strict=True):
        tag = "hdr" if name.startswith("header") else "ftr"
        entries[f"word/{name}.xml"] = entry(f"word/{name}.xml", f"{XML}<w:{tag} {_NAMESPACES}>{xml}</w:{tag}>")
    entries |= {part.name: part for part in ready.parts}
    relations = [Relation(f"rId{n}", kind, f"word/{target}.xml") for n, (kind, target) in enumerate(_FIXED, 1)]
    return Book(entries, {relation.target: _type(relation.kind) for relation in relations}, {}, relations, section)


def _house_book(house: House, ready: Package, numbering: str, document: Document, furniture: tuple[dict[str, str], str]) -> Book:
    from briefing.render.docx_house import join

    styles = next(content(part) for part in ready.parts if part.name == "word/styles.xml")
    joined = join(house, (styles, numbering), document.language, furniture, one_page=document.one_page)
    entries = {name: entry(name, data) for name, data in sorted(joined.parts.items())}
    relations, types = list(joined.relations), dict(joined.types)
    for part in ready.parts:  # what the house does not have
        kind = _KINDS.get(part.name, "")
        if not kind:
            entries[part.name] = part
        elif kind not in {relation.kind for relation in relations}:
            entries[part.name] = part
            relations.append(Relation(f"rIdBrief{len(relations)}", kind, part.name))
            types[part.name] = _type(kind)
    taken = [int(found[1]) for name in entries if (found := re.match(r"word/(?:charts/chart|embeddings/workbook)(\d+)\.", name))]
    return Book(entries, types, {}, relations, joined.section, joined.placed, max(taken, default=0) + 1)


_KINDS = {
    f"word/{target}.xml": kind
    for kind, target in (("styles", "styles"), ("settings", "settings"), ("fontTable", "fontTable"), ("theme", "theme/theme1"))
}


def _charts(w: Writer, first: int) -> Iterator[Entry]:
    for number, chart in enumerate(w.charts, first):
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


def _type(kind: str) -> str:
    return "application/vnd.openxmlformats-officedocument.theme+xml" if kind == "theme" else f"{_WORD}.{kind}+xml"


_DEFAULTS = {
    "rels": "application/vnd.openxmlformats-package.relationships+xml",
    "xml": "application/xml",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def _content_types(book: Book, charts: Iterable[Entry]) -> str:
    types = {
        "docProps/core.xml": "application/vnd.openxmlformats-package.core-properties+xml",
        "docProps/app.xml": "application/vnd.openxmlformats-officedocument.extended-properties+xml",
        "word/document.xml": f"{_WORD}.document.main+xml",
        **book.types,
    }
    drawing = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
    types |= {part.name: drawing for part in charts if part.name.startswith("word/charts/chart")}
    defaults = "".join(
        f'<Default Extension="{ending}" ContentType="{kind}"/>' for ending, kind in (_DEFAULTS | book.defaults).items()
    )
    overrides = "".join(f'<Override PartName="/{attr(name)}" ContentType="{attr(kind)}"/>' for name, kind in types.items())
    return f'{XML}<Types xmlns="{_PACKAGE}/content-types">{defaults}{overrides}</Types>'


_ROOT = (
    f'{XML}<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" Type="{_REL}/officeDocument" Target="word/document.xml"/>'
    f'<Relationship Id="rId2" Type="{_PACKAGE}/relationships/metadata/core-properties" Target="docProps/core.xml"/>'
    f'<Relationship Id="rId3" Type="{_REL}/extended-properties" Target="docProps/app.xml"/></Relationships>'
)


def _relationships(w: Writer, book: Book) -> str:
    rows = [
        f'<Relationship Id="{attr(each.id)}" Type="{_REL}/{each.kind}" Target="{attr(_from_word(each.target))}"/>'
        for each in book.relations
    ]
    rows += (
        f'<Relationship Id="{name}" Type="{_REL}/hyperlink" Target="{attr(address)}" TargetMode="External"/>'
        for address, name in w.words.targets.items()
    )
    rows += (
        f'<Relationship Id="rIdChart{number}" Type="{_REL}/chart" Target="charts/chart{book.first_chart + number - 1}.xml"/>'
        for number in range(1, len(w.charts) + 1)
    )
    return f'{XML}<Relationships xmlns="{_PACKAGE}/relationships">{"".join(rows)}</Relationships>'


def _from_word(part: str) -> str:
    """Return a part's name as the document's relationships say it."""
    return part.removeprefix("word/") if part.startswith("word/") else f"/{part}"


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
