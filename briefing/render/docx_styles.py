"""The roles of the look as named Word styles: what a ministry finds in the style gallery and may change there.

`SPECS` says which styles there are and what each takes from which role; python-docx writes them. The body names these styles by
their ids and formats nothing directly that a style can hold.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import msgspec

from briefing.look import PAGE_SIZES, Look, Margins, Role, Style

if TYPE_CHECKING:
    from docx.document import Document as Package
    from docx.styles.style import CharacterStyle, ParagraphStyle

LEVELS = 3  # of headings, lists and contents
LIST_INDENT = 16.0  # points from a list's label to its words
DETAIL_INDENT = 96.0
SOURCE_INDENT = 24.0
BOX_INDENT = 9.0  # from the edge of the text to the words of a call-out
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
    Spec(
        "Brief Identity", "small", indent=DETAIL_INDENT, hanging=DETAIL_INDENT, tabs=((DETAIL_INDENT, "left", ""),), after=0.0,
        rules=("top", "bottom"),
    ),
    Spec("Brief Identity Line", "small", keep_lines=True, rules=("top", "bottom")),
    *_table_texts(),
    Spec("Caption", "caption", next="Body Text", keep_next=True, keep_lines=True),
    Spec("Brief Figure", "chart-label", next="Brief Source Line", before=0.0, after=0.0, own_height=True),
    Spec("Brief Key Number", "key-number", next="Brief Key Label", keep_next=True, before=0.0, after=0.0),
    Spec("Brief Key Label", "key-label", before=0.0, after=0.0),
    *_box("Brief Callout", "shade", "rule"),
    *_box("Brief Key Points", "shade", "accent"),
    *_box("Brief Bottom Line", "shade-strong", "accent"),
    Spec("TOC Heading", "heading-2", next="Body Text", keep_next=True, keep_lines=True),
    *(
        Spec(f"TOC {n}", "contents", indent=14.0 * (n - 1), tabs=((0.0, "right", "dot"),))
        for n in range(1, LEVELS + 1)
    ),
    Spec("Bibliography", "source-entry", indent=SOURCE_INDENT, hanging=SOURCE_INDENT, tabs=((SOURCE_INDENT, "left", ""),)),
    Spec("Brief Separator", "small", before=0.0, after=0.0),
    Spec("Brief Marking", "header", align="center", bold=True, capitals=True),
    Spec("Header", "header", tabs=((0.0, "right", ""),), rules=("bottom",)),
    Spec("Footer", "footer", tabs=((0.0, "right", ""),), rules=("top",)),
)  # fmt: skip
CHARACTERS = ("Strong", "Emphasis", "Hyperlink", "Brief Source Mark", "Brief Term", "Brief Run-in Term")
TABLES = ("Brief Table", "Brief Key Numbers")
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


# ------------------------------------------------------------------------------------------------------- with python-docx


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
    _set_lines(style, role, before=before, after=after, own_height=spec.own_height)
    shape = style.paragraph_format
    if spec.keep_next:
        shape.keep_with_next = True
    if spec.keep_lines:
        shape.keep_together = True
    if spec.indent:
        shape.left_indent = Pt(spec.indent)
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
    """Yield the borders and the shade of a call-out, or thin rules. CT_PBdr fixes the order: top, left, bottom."""
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
        yield f"<w:pBdr {_NS}>{top}{left}{bottom}</w:pBdr>"
        # A title's shade is one step off: LibreOffice fills the gap between two boxes where their shades are equal
        fill = shade if spec.box_bottom else f"{int(shade, 16) ^ 1:06X}"
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
            style.font.superscript = True
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
