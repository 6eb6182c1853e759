"""The blocks of a document as the body of a DOCX, one after the other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import assert_never

from briefing.model import (
    Block,
    Bullets,
    Callout,
    CalloutRole,
    Chart,
    Contents,
    Details,
    Group,
    Heading,
    Inlines,
    Item,
    KeyNumbers,
    PageBreak,
    Paragraph,
    ParagraphRole,
    SourceList,
    Steps,
    Table,
    Text,
    Title,
)
from briefing.render.docx_package import attr
from briefing.render.docx_runs import TAB, run, styled
from briefing.render.docx_table import write_key_numbers, write_table
from briefing.render.docx_writer import Writer
from briefing.word import LEVELS, LISTS, style_id
from briefing.word_grids import AFTER_CHART, chart_height

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
_WHOLE_CONTENTS = 25  # entries: a table of contents up to this length is not parted over pages


def write_blocks(w: Writer, blocks: tuple[Block, ...], pages: Mapping[str, int]) -> None:
    """Write blocks to `w`; `pages` are the page numbers of headings, for the contents."""
    for block, following in zip(blocks, (*blocks[1:], None), strict=False):
        match block:
            case Title():
                _title(w, block)
            case Heading(level=level, children=children, id=node):
                _flush_label(w)
                w.text(f"Heading{min(max(level, 1), LEVELS)}", children, mark=node)
            case Paragraph():
                _paragraph(w, block, leads=isinstance(following, Bullets | Steps) or _announces(block.children))
            case Bullets(items=items):
                _list(w, items, pages, start=None)
            case Steps(items=items, start=start):
                _list(w, items, pages, start=start)
            case Details():
                _details(w, block)
            case Table():
                _flush_label(w)
                write_table(w, block)
            case Chart():
                _chart(w, block)
            case KeyNumbers():
                _flush_label(w)
                write_key_numbers(w, block)
            case Callout():
                _callout(w, block, pages)
            case Contents():
                _contents(w, block, pages)
            case SourceList():
                _sources(w, block)
            case Group(blocks=inner, keep=keep):
                _group(w, inner, pages, keep=keep)
            case PageBreak():
                w.new_page = bool(w.out) and not w.summary  # a single page has no breaks
            case _:
                assert_never(block)


def _title(w: Writer, title: Title) -> None:
    _flush_label(w)
    if title.kicker:
        w.paragraph("BriefKicker", run(title.kicker))
    w.text("Title", title.children)
    if title.subtitle:
        w.paragraph("Subtitle", run(title.subtitle))


def _paragraph(w: Writer, paragraph: Paragraph, *, leads: bool) -> None:
    """Write a paragraph: as the item of a list where one waits for its words, in the manner of a call-out inside one.

    `leads`: it is not parted from what follows, a list or what it announces."""
    strong = bool(w.box) and paragraph.role in {"label", "judgement"}
    if w.label:
        (style, numbering), w.label = w.label, None
        w.paragraph(style, w.words.xml(paragraph.children, style, strong=strong), numbering=numbering, keep_next=leads)
    elif w.box:
        name = f"{w.box} Small" if paragraph.role == "small" else w.box
        w.text(style_id(name), paragraph.children, strong=strong, keep_next=leads)
    elif w.depth and paragraph.role == "body":
        level = min(w.depth, LEVELS)
        w.text(f"ListContinue{level if level > 1 else ''}", paragraph.children, keep_next=leads)
    else:
        w.text(_PARAGRAPHS[paragraph.role], paragraph.children, keep_next=leads)


def _announces(inlines: Inlines) -> bool:
    """Whether words end with a colon, and so must not be parted from what they announce."""
    match inlines[-1:]:
        case (Text(text=text),):
            return text.rstrip().endswith(":")
    return False


def _flush_label(w: Writer) -> None:
    """Write the number of a step that does not begin with words; a bullet without words is left out."""
    if w.label and w.label[1]:
        w.paragraph(w.label[0], "", numbering=w.label[1])
    w.label = None


def _list(w: Writer, items: Iterable[Item], pages: Mapping[str, int], *, start: int | None) -> None:
    """Write the items of a list; a counting one has its own instance of the numbering, so that it begins at `start`."""
    _flush_label(w)
    level = min(w.depth, LEVELS - 1)
    name = f"{w.box or 'List'} {'Bullet' if start is None else 'Number'}"
    definition, shape = next((n, shape) for n, shape in enumerate(LISTS, 1) if shape.name == name)
    numbering = ""
    if start is not None:
        own = w.begin_list(definition, level, start)
        numbering = f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{own}"/></w:numPr>'
    w.depth += 1
    for item in items:
        w.label = (style_id(shape.style(level)), numbering)
        write_blocks(w, item.blocks, pages)
        _flush_label(w)
    w.depth -= 1
    after = w.look.style("body", summary=w.summary).after
    if not w.box and not w.depth and after > w.look.style("bullet", summary=w.summary).after:
        w.widen_last(after)


def _details(w: Writer, details: Details) -> None:
    """Write terms and their meanings, a line each; the identity of a document runs on."""
    _flush_label(w)
    if details.role == "identity" and not w.box:
        between = run("\N{EM SPACE} ")
        entries = (
            f"{styled(entry.term, 'BriefRun-inTerm')}{run(' ')}{w.words.xml(entry.children, 'BriefIdentityLine')}"
            for entry in details.entries
        )
        content = between.join(entries)
        if content:
            w.paragraph("BriefIdentityLine", content)
            w.widen_last(w.look.style("body", summary=w.summary).after + 4.0)
        return
    style = style_id(w.box) if w.box else "BriefDetails"
    for entry in details.entries:
        stays = details.role == "end-matter" and entry is not details.entries[-1]
        w.paragraph(style, f"{styled(entry.term, 'BriefTerm')}{TAB}{w.words.xml(entry.children, style)}", keep_next=stays)


def _callout(w: Writer, callout: Callout, pages: Mapping[str, int]) -> None:
    """Write a box: paragraphs of styles that share a shade and a bar at the left."""
    _flush_label(w)
    outer, depth = w.box, w.depth
    w.box, w.depth = _BOXES.get(callout.role, "Brief Callout"), 0
    begun = len(w.out)
    if callout.title:
        w.text(style_id(f"{w.box} Title"), callout.title)
    write_blocks(w, callout.blocks, pages)
    w.box, w.depth = outer, depth
    if len(w.out) > begun:
        body = w.look.style("body", summary=w.summary)
        w.widen_last((body.leading + body.after) / 2)


def _group(w: Writer, blocks: tuple[Block, ...], pages: Mapping[str, int], *, keep: bool) -> None:
    if not keep or w.keeping:
        write_blocks(w, blocks, pages)
        return
    begun = len(w.out)
    w.keeping = True
    write_blocks(w, blocks, pages)
    w.keeping = False
    w.keep_together(begun)


def _chart(w: Writer, chart: Chart) -> None:
    """Write a caption, a native chart in its own part, and the source line."""
    _flush_label(w)
    if chart.caption:
        w.text("Caption", chart.caption, mark=chart.id)
    number, relationship = w.add_chart(chart)
    width, height = (round(length * 12700) for length in (w.width, chart_height(chart, w.look)))
    drawing = (
        '<w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0">'
        f'<wp:extent cx="{width}" cy="{height}"/><wp:effectExtent l="0" t="0" r="0" b="0"/>'
        f'<wp:docPr id="{number}" name="Chart {number}" descr="{attr(chart.alt)}"/><wp:cNvGraphicFramePr/>'
        '<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/chart">'
        f'<c:chart r:id="{relationship}"/></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>'
    )
    w.paragraph("BriefFigure", drawing if chart.caption else w.marked(chart.id, drawing), keep_next=bool(chart.source))
    _source_line(w, chart.source)


def _source_line(w: Writer, source: Inlines) -> None:
    if source:
        w.text("BriefSourceLine", source)
    else:
        w.gap = AFTER_CHART


def _contents(w: Writer, contents: Contents, pages: Mapping[str, int]) -> None:
    """Write a table of contents that shows its page numbers when first opened, and that Word can bring up to date."""
    _flush_label(w)
    begun = len(w.out)
    if contents.title:
        w.paragraph("TOCHeading", run(contents.title))
    opening = _field_start(' TOC \\o "1-3" \\h \\z \\u ')
    last = len(contents.entries) - 1
    whole = last < _WHOLE_CONTENTS
    for place, heading in enumerate(contents.entries):
        name = w.words.names.get(heading.target, "")
        page = pages.get(heading.target)
        inner = run(heading.text)
        if name:
            field = _field_start(f" PAGEREF {name} \\h ")
            reference = f"{field}{run(str(page)) if page else ''}{_FIELD_END}"
            inner = f'<w:hyperlink w:anchor="{name}" w:history="1">{inner}{TAB}{reference}</w:hyperlink>'
        w.paragraph(
            f"TOC{min(max(heading.level, 1), LEVELS)}",
            f"{opening}{inner}{_FIELD_END if place == last else ''}",
            keep_next=whole and place < last,
        )
        opening = ""
    if len(w.out) > begun:
        inside = "".join(w.out[begun:])
        w.out[begun:] = [
            (
                '<w:sdt><w:sdtPr><w:docPartObj><w:docPartGallery w:val="Table of Contents"/><w:docPartUnique/></w:docPartObj></w:sdtPr>'
                f"<w:sdtContent>{inside}</w:sdtContent></w:sdt>"
            )
        ]


def _field_start(instruction: str) -> str:
    return (
        f'<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve">{attr(instruction)}</w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
    )


_FIELD_END = '<w:r><w:fldChar w:fldCharType="end"/></w:r>'


def _sources(w: Writer, sources: SourceList) -> None:
    """Write the sources, each with its number as words, where source marks lead."""
    _flush_label(w)
    for entry in sources.entries:
        words = f"{run(f'[{entry.number}]')}{TAB}{w.words.xml(entry.children, 'Bibliography')}"
        w.paragraph("Bibliography", w.marked(f"source-{entry.source}", words))
