"""PDF from placed pages: text operators written directly, every mark tagged with the part of the document that it shows."""

from __future__ import annotations

from typing import Protocol

from briefing.drawing import Dot, Line, Polyline, Rect
from briefing.look import Look
from briefing.model import Document
from briefing.placed import Dress, FaceKey, Page, Pages, Part, Placed, TextLine
from briefing.render import pdf_file, pdf_xmp
from briefing.render.pdf_fonts import Subsets
from briefing.render.pdf_tags import ARTIFACTS, SILENT, Box, Element, Tags
from briefing.truetype import TrueType

_CIRCLE = 0.5523  # a quarter circle as a curve: the length of its handles
_RING = 1.2  # points, the stroke of a hollow dot
_ASCENT, _DESCENT = 0.85, 0.25  # of the size: how far a link reaches above and below its baseline


class Face(Protocol):
    """A face of the look."""

    @property
    def font(self) -> TrueType: ...


class FontBook(Protocol):
    """Where faces come from."""

    def face(self, key: FaceKey) -> Face: ...


def render(document: Document, look: Look, pages: Pages, fonts: FontBook) -> bytes:
    """Return the pages as a PDF whose bytes depend on the arguments alone; it is dated by `document.as_of`.

    The file is tagged and claims PDF/UA-1 and PDF/A-2a.
    """
    file = pdf_file.File()
    numbers = [file.number() for _ in pages.pages]
    height = pages.size[1]
    places = {anchor.id: (page.number, height - anchor.y + 2.0) for page in pages.pages for anchor in page.anchors}
    tags = Tags(file, numbers, places)
    writer = _Writer(tags, look, fonts, height)
    contents = [file.stream(writer.page(page)) for page in pages.pages]
    structure = tags.finish()
    named = [pair for subsets in writer.subsets.values() for pair in subsets.add_to(file).items()]
    resources = file.add(b"<</Font<<%s>>>>" % b"".join(b"%s %d 0 R" % (name.encode(), number) for name, number in named))
    tree, title = file.number(), b"/PageMode/UseOutlines" if document.kind == "brief" else b""
    for at, (number, content) in enumerate(zip(numbers, contents, strict=True)):
        entries = b"/Parent %d 0 R/MediaBox[0 0 %g %g]/Resources %d 0 R/Contents %d 0 R" % (tree, *pages.size, resources, content)
        annotations = b"/Annots" + pdf_file.refs(tags.linked[at]) if tags.linked[at] else b""
        file.put(number, b"<</Type/Page%s/StructParents %d/Tabs/S%s>>" % (entries, at, annotations))
    file.put(tree, b"<</Type/Pages/Count %d/Kids%s>>" % (len(numbers), pdf_file.refs(numbers)))
    entries = b"".join(
        (
            b"/Pages %d 0 R/StructTreeRoot %d 0 R/MarkInfo<</Marked true>>" % (tree, structure),
            b"/Lang %s/ViewerPreferences<</DisplayDocTitle true>>" % pdf_file.string(document.language),
            b"/Metadata %d 0 R/OutputIntents[%d 0 R]" % (pdf_xmp.metadata(file, document), pdf_xmp.output_intent(file)),
            b"/Names %d 0 R" % pdf_file.names(file, places, numbers),
            b"/Outlines %d 0 R" % pdf_file.outline(file, pages.bookmarks) if pages.bookmarks else b"",
        )
    )
    root = file.add(b"<</Type/Catalog%s%s>>" % (entries, title))
    return file.written(root, pdf_file.info(file, document))


class _Writer:
    """Writes pages; keeps the graphics state and the open mark, so that an operator is written only where something changes.

    The words of a part are marked within a text object, which goes on from line to line; figures and artifacts, which hold shapes
    too, are marked around theirs.
    """

    def __init__(self, tags: Tags, look: Look, fonts: FontBook, height: float) -> None:
        self.tags, self.fonts, self.height = tags, fonts, height
        self.colours = {name: _rgb(value) for name, value in look.colours.items()}
        self.faces: dict[FaceKey, Subsets] = {}
        self.subsets: dict[int, Subsets] = {}  # by the identity of the font, which faces may share
        self.code: list[str] = []
        self.number = 0  # of the page, from 0
        self.font: tuple[FaceKey, float] | None = None
        self.fill = self.stroke = ""
        self.rise = 0.0
        self.open: Element | str | None = None  # what the open mark shows: an element, or the operator of an artifact
        self.within = False  # that mark began within a text object
        self.text = False  # a text object is open

    def page(self, page: Page) -> bytes:
        """Return the operators of a page."""
        self.code, self.number = [], page.number - 1
        self.font, self.fill, self.stroke, self.rise = None, "", "", 0.0
        for item in page.items:
            self.item(item)
        self.close()
        self.leave_text()
        return "\n".join(self.code).encode("latin-1")

    def item(self, item: Placed) -> None:
        mark, part, x, y = item.mark, item.part, item.x, self.height - item.y
        if part.kind == "artifact":
            self.around(ARTIFACTS[part.name])
        elif part.kind == "figure":
            self.around(self.tags.element(part))
            self.tags.enclose(part, _extent(mark, x, y))
        if isinstance(mark, TextLine):
            assert part.name not in SILENT or part.kind != "artifact", f"words that nobody would hear: {mark}"
            self.line(mark, x, y, None if part.kind in {"artifact", "figure"} else part)
        else:
            assert part.kind in {"artifact", "figure"}, f"a shape belongs to no {part.kind}"
            self.leave_text()
            self.shape(mark, x, y)

    # -------------------------------------------------------------------------------------------------------------------- marks

    def around(self, shown: Element | str) -> None:
        """Open the mark of a figure or an artifact, unless it is open."""
        if self.open is not shown:
            self.close()
            self.leave_text()
            self.code.append(shown if isinstance(shown, str) else self.tags.piece(self.number, shown))
            self.open, self.within = shown, False

    def inside(self, element: Element) -> None:
        """Open the mark of an element's words, unless it is open."""
        if self.open is not element:
            self.close()
            self.enter_text()
            self.code.append(self.tags.piece(self.number, element))
            self.open, self.within = element, True

    def close(self) -> None:
        """Close the open mark; marks never lie in each other."""
        if self.open is not None:
            if not self.within:
                self.leave_text()
            self.code.append("EMC")
            self.open = None

    def enter_text(self) -> None:
        if not self.text:
            self.code.append("BT")
            self.text = True

    def leave_text(self) -> None:
        if self.text:
            self.code.append("ET")
            self.text = False

    # -------------------------------------------------------------------------------------------------------------------- words

    def line(self, line: TextLine, x: float, y: float, part: Part | None) -> None:
        """Write a line; `part` is what its words are tagged with, None where the mark around them is open."""
        assert part or self.open is not None, "words outside every mark"
        if not part:
            self.enter_text()
        code = self.code
        placed = False
        link: tuple[Element, Box] | None = None
        for span in line.spans:
            dress = span.dress
            if part:
                element = self.tags.inline(part, dress)
                self.inside(element)
                if element.href:
                    element.words.append(span.text)
                    left = link[1][0] if link and link[0] is element else x + span.x
                    box = (left, y - dress.size * _DESCENT, x + span.x + span.width, y + dress.size * _ASCENT)
                    if link and link[0] is not element:
                        self.tags.annotate(self.number, *link)
                    link = element, box
                elif link:
                    self.tags.annotate(self.number, *link)
                    link = None
            if not placed:
                if part and part.kind == "page-number":  # it stands apart from the words before it, also for who hears them
                    code.append(f"1 0 0 1 {x - dress.size / 3:.2f} {y:.2f} Tm")
                    self.show(" ", dress)
                code.append(f"1 0 0 1 {x:.2f} {y:.2f} Tm")
                placed = True
            self.show(span.text, dress)
        if link:
            self.tags.annotate(self.number, *link)
        if part is None and line.spans:
            self.show(" ", line.spans[-1].dress)  # labels stand by themselves

    def show(self, text: str, dress: Dress) -> None:
        if self.font != (dress.face, dress.size):
            self.font = (dress.face, dress.size)
            self.code.append(f"{self.face(dress.face).name()} {dress.size:g} Tf")
        if self.fill != dress.colour:
            self.fill = dress.colour
            self.code.append(f"{self.colours[dress.colour]} rg")
        if self.rise != dress.rise:
            self.rise = dress.rise
            self.code.append(f"{self.rise:g} Ts")
        subsets = self.face(dress.face)
        written = text.translate(subsets)
        if not subsets.wide:
            self.code.append(f"({written}) Tj")
            return
        for subset, run in subsets.runs(text):
            self.code.append(f"{subsets.name(subset)} {dress.size:g} Tf ({run}) Tj")
        self.font = None

    def face(self, key: FaceKey) -> Subsets:
        try:
            return self.faces[key]
        except KeyError:
            font = self.fonts.face(key).font
            if id(font) not in self.subsets:
                self.subsets[id(font)] = Subsets(font, len(self.subsets) + 1)
            self.faces[key] = self.subsets[id(font)]
            return self.faces[key]

    # ------------------------------------------------------------------------------------------------------------------- shapes

    def shape(self, mark: Rect | Line | Polyline | Dot, x: float, y: float) -> None:
        match mark:
            case Rect():
                self.filled(mark.fill)
                self.code.append(f"{x + mark.x:.2f} {y - mark.y - mark.height:.2f} {mark.width:.2f} {mark.height:.2f} re f")
            case Line():
                self.stroked(mark.colour, mark.width, mark.dash)
                self.code.append(f"{x + mark.x1:.2f} {y - mark.y1:.2f} m {x + mark.x2:.2f} {y - mark.y2:.2f} l S")
            case Polyline():
                self.stroked(mark.colour, mark.width, mark.dash)
                points = [f"{x + px:.2f} {y - py:.2f}" for px, py in mark.points]
                self.code.append("1 j " + " l ".join(points).replace(" l ", " m ", 1) + " l S 0 j")
            case Dot():
                self.dot(mark, x + mark.x, y - mark.y)

    def dot(self, dot: Dot, x: float, y: float) -> None:
        r = dot.radius
        if dot.hollow:
            r -= _RING / 2
            self.stroked(dot.fill, _RING, 0.0)
            self.code.append("1 1 1 rg")
            self.fill = ""
        else:
            self.filled(dot.fill)
        k = r * _CIRCLE
        corners = (
            (r, 0, r, k, k, r, 0, r),
            (0, r, -k, r, -r, k, -r, 0),
            (-r, 0, -r, -k, -k, -r, 0, -r),
            (0, -r, k, -r, r, -k, r, 0),
        )
        curves = " ".join(
            f"{x + a:.2f} {y + b:.2f} {x + c:.2f} {y + d:.2f} {x + e:.2f} {y + f:.2f} c" for _, _, a, b, c, d, e, f in corners
        )
        self.code.append(f"{x + r:.2f} {y:.2f} m {curves} {'b' if dot.hollow else 'f'}")

    def filled(self, colour: str) -> None:
        if self.fill != colour:
            self.fill = colour
            self.code.append(f"{self.colours[colour]} rg")

    def stroked(self, colour: str, width: float, dash: float) -> None:
        wanted = f"{self.colours[colour]} RG {width:g} w [{f'{dash:g} {dash:g}' if dash else ''}] 0 d"
        if self.stroke != wanted:
            self.stroke = wanted
            self.code.append(wanted)


def _extent(mark: TextLine | Rect | Line | Polyline | Dot, x: float, y: float) -> Box:
    """Return the box that a mark of a figure fills."""
    match mark:
        case TextLine(spans=spans, width=width):
            size = max((span.dress.size for span in spans), default=0.0)
            return x, y - size * _DESCENT, x + width, y + size * _ASCENT
        case Rect():
            return x + mark.x, y - mark.y - mark.height, x + mark.x + mark.width, y - mark.y
        case Line():
            points = ((mark.x1, mark.y1), (mark.x2, mark.y2))
        case Polyline(points=points):
            pass
        case Dot(x=across, y=down, radius=r):
            points = ((across - r, down - r), (across + r, down + r))
    across_, down_ = zip(*points, strict=True)
    return x + min(across_), y - max(down_), x + max(across_), y - min(down_)


def _rgb(colour: str) -> str:
    """Return "#rrggbb" as three numbers for PDF."""
    return " ".join(f"{int(colour[at : at + 2], 16) / 255:.3f}" for at in (1, 3, 5))
