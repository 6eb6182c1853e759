"""The styles of `docx_styles` written into a package by python-docx.

What its API lacks (borders, shades, numbering of a style) is added as XML, in the order that the schema fixes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import msgspec

from briefing.look import Look, Style
from briefing.word import BOX_INDENT, SPECS, TABLE_PADDING, Frame, Spec, half_points, twips

if TYPE_CHECKING:
    from docx.document import Document as Package
    from docx.styles.style import CharacterStyle, ParagraphStyle

CHARACTERS = ("Strong", "Emphasis", "Hyperlink", "Brief Source Mark", "Brief Term", "Brief Run-in Term")
_MARK_SIZE = 0.82  # of a source mark, in sizes of the text
TABLES = ("Brief Table", "Brief Key Numbers")


def write_styles(package: Package, look: Look, page: Frame, language: str, *, summary: bool) -> None:
    """Put the styles of the look into a package in place of its own."""
    from docx.enum.style import WD_STYLE_TYPE

    kept = {"Normal", "Default Paragraph Font", "Normal Table", "No List"}
    for style in list(package.styles.element.style_lst):
        if style.name_val not in kept:
            package.styles.element.remove(style)
    _defaults(package, look, language, summary=summary)
    for name in CHARACTERS:
        _character(package, look, name, summary=summary)
    made: dict[str, ParagraphStyle] = {"Normal": package.styles["Normal"]}
    for spec in SPECS:
        name = spec.name.lower() if spec.role == "contents" else spec.name  # python-docx knows not that Word says "toc 1"
        made[spec.name] = package.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH, builtin=not name.startswith("Brief"))
        made[spec.name].element.styleId = spec.id
    for spec in SPECS:
        _paragraph(made, look, page, spec, summary=summary)
    for name in TABLES:
        _table(package, look, name)


def _defaults(package: Package, look: Look, language: str, *, summary: bool) -> None:
    from docx.oxml.parser import parse_xml

    body = look.style("body", summary=summary)
    defaults = package.styles.element.find(_w("docDefaults"))
    family = look.serif.name if body.family == "serif" else look.sans.name
    half = half_points(body.size)
    # w:kern: Word kerns only from the size given here on; layout kerns always
    fresh = parse_xml(
        f'<w:docDefaults {_NS}><w:rPrDefault><w:rPr><w:rFonts w:ascii="{_attr(family)}" w:hAnsi="{_attr(family)}"'
        f' w:eastAsia="{_attr(family)}" w:cs="{_attr(family)}"/><w:kern w:val="2"/><w:sz w:val="{half}"/><w:szCs w:val="{half}"/>'
        f'<w:lang w:val="{_attr(language)}" w:eastAsia="ja-JP" w:bidi="hi-IN"/></w:rPr></w:rPrDefault>'
        '<w:pPrDefault><w:pPr><w:widowControl/><w:suppressAutoHyphens/></w:pPr></w:pPrDefault></w:docDefaults>'
    )  # fmt: skip
    package.styles.element.replace(defaults, fresh)
    normal: ParagraphStyle = package.styles["Normal"]
    for child in list(normal.element):
        if child.tag in {_w("pPr"), _w("rPr"), _w("rsid")}:
            normal.element.remove(child)
    _set_type(normal, look, msgspec.structs.replace(body, bold=False, italic=False))
    _set_lines(normal, body, before=0.0, after=0.0)


def _paragraph(made: dict[str, ParagraphStyle], look: Look, page: Frame, spec: Spec, *, summary: bool) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT, WD_TAB_LEADER
    from docx.oxml.parser import parse_xml
    from docx.shared import Pt

    role = look.style(spec.role, summary=summary)
    style = made[spec.name]
    style.base_style = made[spec.base]
    style.next_paragraph_style = made[spec.next or spec.name]
    style.quick_style = True
    style.hidden, style.unhide_when_used, style.priority = False, False, _priority(spec)
    _set_type(style, look, role, bold=spec.bold, capitals=spec.capitals)
    before, after = (role.before if spec.before is None else spec.before), (role.after if spec.after is None else spec.after)
    lines = msgspec.structs.replace(role, leading=role.leading * spec.tight)
    _set_lines(style, lines, before=before, after=after, own_height=spec.own_height)
    shape = style.paragraph_format
    if spec.keep_next:
        shape.keep_with_next = True
    if spec.keep_lines:
        shape.keep_together = True
    if spec.indent:
        shape.left_indent = Pt(spec.indent)
    if spec.box[0]:
        shape.right_indent = Pt(BOX_INDENT)
    if spec.hanging:
        shape.first_line_indent = Pt(-spec.hanging)
    if spec.align:
        shape.alignment = {"right": WD_ALIGN_PARAGRAPH.RIGHT, "center": WD_ALIGN_PARAGRAPH.CENTER}[spec.align]
    for place, align, leader in spec.tabs:
        shape.tab_stops.add_tab_stop(
            Pt(place or page.text_width),
            WD_TAB_ALIGNMENT.RIGHT if align == "right" else WD_TAB_ALIGNMENT.LEFT,
            WD_TAB_LEADER.DOTS if leader else WD_TAB_LEADER.SPACES,
        )
    properties = style.element.get_or_add_pPr()
    definition, level = spec.list
    if definition:
        properties.insert_element_before(
            parse_xml(f'<w:numPr {_NS}><w:ilvl w:val="{level}"/><w:numId w:val="{definition}"/></w:numPr>'), *_AFTER_NUMPR
        )
    for extra in _edges(look, spec, summary=summary):
        properties.insert_element_before(parse_xml(extra), *_AFTER_NUMPR[4 if extra.startswith("<w:shd") else 3 :])
    if spec.level:
        properties.insert_element_before(
            parse_xml(f'<w:outlineLvl {_NS} w:val="{spec.level - 1}"/>'), "w:divId", "w:cnfStyle", "w:rPr"
        )


# CT_PPr fixes the order of its children (ECMA-376 17.3.1.26); what may follow w:numPr:
_AFTER_NUMPR = (
    "w:suppressLineNumbers", "w:pBdr", "w:shd", "w:tabs", "w:suppressAutoHyphens", "w:kinsoku", "w:wordWrap", "w:overflowPunct",
    "w:topLinePunct", "w:autoSpaceDE", "w:autoSpaceDN", "w:bidi", "w:adjustRightInd", "w:snapToGrid", "w:spacing", "w:ind",
    "w:contextualSpacing", "w:mirrorIndents", "w:suppressOverlap", "w:jc", "w:textDirection", "w:textAlignment",
    "w:textboxTightWrap", "w:outlineLvl", "w:divId", "w:cnfStyle", "w:rPr", "w:sectPr", "w:pPrChange",
)  # fmt: skip


def _edges(look: Look, spec: Spec, *, summary: bool) -> Iterator[str]:
    """Yield the borders and the shade of a call-out, or thin rules. CT_PBdr fixes the order: top, left, bottom, right."""
    if spec.rules:
        lines = "".join(f'<w:{edge} w:val="single" w:sz="4" w:space="3" w:color="{_hex(look, "rule")}"/>' for edge in spec.rules)
        yield f"<w:pBdr {_NS}>{lines}</w:pBdr>"
    if spec.box[0]:
        shade, bar = (_hex(look, name) for name in spec.box)
        tight = 0.6 if summary else 1.0
        top, bottom = (
            f'<w:{edge} w:val="single" w:sz="2" w:space="{round(pad * tight)}" w:color="{shade}"/>' if pad else ""
            for edge, pad in (("top", spec.box_top), ("bottom", spec.box_bottom))
        )
        left = f'<w:left w:val="single" w:sz="24" w:space="{BOX_INDENT - 3:.0f}" w:color="{bar}"/>'
        right = f'<w:right w:val="single" w:sz="2" w:space="{BOX_INDENT:.0f}" w:color="{shade}"/>'
        yield f"<w:pBdr {_NS}>{top}{left}{bottom}{right}</w:pBdr>"
        # Shades are a step or two off: LibreOffice fills the gap between two boxes, with titles or without, where they are equal
        step = (0 if spec.box_bottom else 1) + (2 if spec.box[1] == "rule" else 0)
        fill = f"{int(shade, 16) ^ step:06X}"
        yield f'<w:shd {_NS} w:val="clear" w:color="auto" w:fill="{fill}"/>'


def _priority(spec: Spec) -> int:
    if spec.name.startswith("TOC"):
        return 39
    return 9 if spec.level else 10


def _set_type(style: CharacterStyle, look: Look, role: Style, *, bold: bool | None = None, capitals: bool = False) -> None:
    """Set family, size, weight, slope and colour."""
    from docx.oxml.parser import parse_xml
    from docx.shared import RGBColor

    family = _attr(look.serif.name if role.family == "serif" else look.sans.name)
    half = half_points(role.size)
    font = style.font
    if role.bold if bold is None else bold:
        font.bold = True
    if role.italic:
        font.italic = True
    if capitals:
        font.all_caps = True
    font.color.rgb = RGBColor.from_string(_hex(look, role.colour))
    properties = style.element.get_or_add_rPr()
    fonts = f'<w:rFonts {_NS} w:ascii="{family}" w:hAnsi="{family}" w:eastAsia="{family}" w:cs="{family}"/>'
    properties.insert(0, parse_xml(fonts))
    for tag in ("sz", "szCs"):
        properties.append(parse_xml(f'<w:{tag} {_NS} w:val="{half}"/>'))


def _set_lines(style: ParagraphStyle, role: Style, *, before: float, after: float, own_height: bool = False) -> None:
    """Set the distance of lines. Where the face is low enough it is a least distance: a picture put there is not clipped."""
    from docx.enum.text import WD_LINE_SPACING
    from docx.shared import Pt

    shape = style.paragraph_format
    shape.space_before, shape.space_after = Pt(round(before * 20) / 20), Pt(round(after * 20) / 20)
    if own_height:
        shape.line_spacing = 1.0
        return
    natural = 1.37 if role.family == "serif" else 1.43  # ascent and descent of text faces, in ems
    shape.line_spacing = Pt(round(role.leading * 20) / 20)
    shape.line_spacing_rule = WD_LINE_SPACING.AT_LEAST if role.leading >= natural * role.size else WD_LINE_SPACING.EXACTLY


def _character(package: Package, look: Look, name: str, *, summary: bool) -> None:
    from docx.enum.style import WD_STYLE_TYPE
    from docx.oxml.parser import parse_xml
    from docx.shared import RGBColor

    style = package.styles.add_style(name, WD_STYLE_TYPE.CHARACTER, builtin=not name.startswith("Brief"))
    style.base_style = package.styles["Default Paragraph Font"]
    style.hidden, style.unhide_when_used, style.quick_style = False, False, name in {"Strong", "Emphasis"}
    match name:
        case "Strong":
            style.font.bold = True
        case "Emphasis":
            style.font.italic = True
        case "Hyperlink":
            style.font.color.rgb = RGBColor.from_string(_hex(look, "link"))
            style.font.underline = True
        case "Brief Source Mark":
            style.font.color.rgb = RGBColor.from_string(_hex(look, "link"))
            size = half_points(look.style("body", summary=summary).size * _MARK_SIZE)
            properties = style.element.get_or_add_rPr()
            for tag in ("sz", "szCs"):  # not raised: LibreOffice shrinks what a style raises until it cannot be read
                properties.append(parse_xml(f'<w:{tag} {_NS} w:val="{size}"/>'))
        case _:
            role = look.style("term", summary=summary)
            style.font.bold = role.bold
            style.font.color.rgb = RGBColor.from_string(_hex(look, role.colour))
            if name == "Brief Term":
                family = _attr(look.serif.name if role.family == "serif" else look.sans.name)
                properties = style.element.get_or_add_rPr()
                properties.insert(0, parse_xml(f'<w:rFonts {_NS} w:ascii="{family}" w:hAnsi="{family}" w:cs="{family}"/>'))


def _table(package: Package, look: Look, name: str) -> None:
    from docx.enum.style import WD_STYLE_TYPE
    from docx.oxml.parser import parse_xml

    style = package.styles.add_style(name, WD_STYLE_TYPE.TABLE)
    style.base_style = package.styles["Normal Table"]
    style.quick_style = True
    tall, wide = map(twips, TABLE_PADDING)
    rule, accent = _hex(look, "rule"), _hex(look, "accent")
    margins = (
        f'<w:tblCellMar><w:top w:w="{tall}" w:type="dxa"/><w:left w:w="{wide}" w:type="dxa"/>'
        f'<w:bottom w:w="{tall}" w:type="dxa"/><w:right w:w="{wide}" w:type="dxa"/></w:tblCellMar>'
    )
    if name == "Brief Table":
        borders = (
            f'<w:top w:val="single" w:sz="8" w:space="0" w:color="{accent}"/><w:bottom w:val="single" w:sz="8" w:space="0"'
            f' w:color="{accent}"/><w:insideH w:val="single" w:sz="4" w:space="0" w:color="{rule}"/>'
        )
        parts: tuple[str, ...] = (
            (
                f'<w:tblStylePr {_NS} w:type="firstRow"><w:rPr><w:b/></w:rPr><w:tcPr><w:shd w:val="clear" w:color="auto" w:fill="{accent}"/>'
                '<w:vAlign w:val="bottom"/></w:tcPr></w:tblStylePr>'
            ),
        )
    else:
        borders = (
            f'<w:top w:val="single" w:sz="12" w:space="0" w:color="{accent}"/>'
            f'<w:bottom w:val="single" w:sz="4" w:space="0" w:color="{rule}"/>'
            f'<w:insideH w:val="single" w:sz="4" w:space="0" w:color="{rule}"/>'
        )
        parts = ()
    style.element.append(parse_xml(f"<w:tblPr {_NS}><w:tblBorders>{borders}</w:tblBorders>{margins}</w:tblPr>"))
    for part in parts:
        style.element.append(parse_xml(part))


_NS = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def _w(tag: str) -> str:
    return f"{{http://schemas.openxmlformats.org/wordprocessingml/2006/main}}{tag}"


def _hex(look: Look, name: str) -> str:
    return look.colour(name).lstrip("#").upper()


def _attr(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
