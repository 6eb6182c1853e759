"""PDF from placed pages: text operators written directly, ReportLab's canvas as the file around them."""

from __future__ import annotations

from io import BytesIO
from typing import Any, Protocol

from briefing.drawing import Dot, Line, Polyline, Rect
from briefing.look import Look
from briefing.model import Document
from briefing.placed import FaceKey, Page, Pages, Placed, TextLine

_CIRCLE = 0.5523  # a quarter circle as a curve: the length of its handles
_RING = 1.2  # points, the stroke of a hollow dot


class Face(Protocol):
    """A font as ReportLab knows it."""

    @property
    def font(self) -> Any: ...


class FontBook(Protocol):
    """Where faces come from."""

    def face(self, key: FaceKey) -> Face: ...


def render(document: Document, look: Look, pages: Pages, fonts: FontBook) -> bytes:
    """Return the pages as a PDF whose bytes depend on the arguments alone; it is dated by `document.as_of`."""
    from briefing.render import pdf_file

    buffer = BytesIO()
    canvas = pdf_file.BareCanvas(buffer, pages.size, pageCompression=1, invariant=1, lang=document.language)
    pdf_file.describe(canvas, document, "briefing")
    height = pages.size[1]
    places = {anchor.id: (page.number, height - anchor.y + 2.0) for page in pages.pages for anchor in page.anchors}
    pdf_file.add_names(canvas, places)
    pdf_file.add_outline(canvas, pages.bookmarks)
    writer = _Writer(canvas, look, fonts, height)
    for page in pages.pages:
        code = "\n".join(writer.page(page))
        annotations = b"[ %s ]" % b"\n".join(pdf_file.links(writer.links, places))
        canvas._annotationrefs = pdf_file.Raw.of(annotations)
        canvas.showPage()
        canvas._doc.Pages.pages[-1].Contents = pdf_file.Stream.of(pdf_file.packed(code.encode("ascii")))
    canvas.save()
    return buffer.getvalue()


class _Codes(dict[int, str]):
    """What to write for each character of one face, escaped for a PDF string; made as characters come up."""

    def __init__(self, font: Any, document: Any) -> None:
        super().__init__()
        self._font, self._document = font, document
        self.wide = False  # a character beyond the first 256: its text is written in runs

    def __missing__(self, character: int) -> str:
        [(subset, code)] = self._font.splitString(chr(character), self._document)
        self.wide = self.wide or subset > 0
        byte = code[0]
        if byte in {0x28, 0x29, 0x5C}:
            text = "\\" + chr(byte)
        elif byte in {0x0A, 0x0D} or byte > 0x7E:
            text = f"\\{byte:03o}"
        else:
            text = chr(byte)
        self[character] = text
        return text


class _Writer:
    """Writes pages; keeps the graphics state, so that an operator is written only where something changes."""

    def __init__(self, canvas: Any, look: Look, fonts: FontBook, height: float) -> None:
        self.canvas, self.fonts, self.height = canvas, fonts, height
        self.document = canvas._doc
        self.colours = {name: _rgb(value) for name, value in look.colours.items()}
        self.codes: dict[FaceKey, _Codes] = {}
        self.names: dict[FaceKey, str] = {}
        self.code: list[str] = []
        self.links: list[tuple[str, float, float, float, float]] = []
        self.font: tuple[FaceKey, float] | None = None
        self.fill = self.stroke = ""

    def page(self, page: Page) -> list[str]:
        """Return the operators of a page; its links stand in `links` then."""
        self.code, self.links = [], []
        self.font, self.fill, self.stroke = None, "", ""
        for item in page.items:
            self.item(item)
        return self.code

    def item(self, item: Placed) -> None:
        mark = item.mark
        if isinstance(mark, TextLine):
            self.line(mark, item.x, self.height - item.y)
        else:
            self.shape(mark, item.x, self.height - item.y)

    def line(self, line: TextLine, x: float, y: float) -> None:
        code = ["BT"]
        rise = 0.0
        code.append(f"1 0 0 1 {x:.2f} {y:.2f} Tm")
        for span in line.spans:
            dress = span.dress
            if self.font != (dress.face, dress.size):
                self.font = (dress.face, dress.size)
                code.append(f"{self.name(dress.face)} {dress.size:g} Tf")
            if self.fill != dress.colour:
                self.fill = dress.colour
                code.append(f"{self.colours[dress.colour]} rg")
            if rise != dress.rise:
                rise = dress.rise
                code.append(f"{rise:g} Ts")
            code.append(self.shown(span.text, dress.face, dress.size))
            if dress.href:
                self.links.append((dress.href, x + span.x, y - dress.size * 0.25, x + span.x + span.width, y + dress.size * 0.85))
        if rise:
            code.append("0 Ts")
        code.append("ET")
        self.code.append(" ".join(code))

    def name(self, face: FaceKey) -> str:
        """Return the name under which the page knows a face's first subset."""
        try:
            return self.names[face]
        except KeyError:
            font = self.fonts.face(face).font
            self.codes[face] = _Codes(font, self.document)
            font.splitString(" ", self.document)
            self.names[face] = font.getSubsetInternalName(0, self.document)
            return self.names[face]

    def shown(self, text: str, face: FaceKey, size: float) -> str:
        codes = self.codes[face]
        written = text.translate(codes)
        if not codes.wide:
            return f"({written}) Tj"
        font = self.fonts.face(face).font
        runs = [
            f"{font.getSubsetInternalName(subset, self.document)} {size:g} Tf ({self.canvas._escape(codes_)}) Tj"
            for subset, codes_ in font.splitString(text, self.document)
        ]
        self.font = None
        return " ".join(runs)

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


def _rgb(colour: str) -> str:
    """Return "#rrggbb" as three numbers for PDF."""
    return " ".join(f"{int(colour[at : at + 2], 16) / 255:.3f}" for at in (1, 3, 5))
