"""Word documents of houses, to be used as `templates/house.docx`: made by python-docx, with what a ministry's own has."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from struct import pack

import docx
from docx.enum.style import WD_STYLE_TYPE
from docx.shared import Mm, Pt, RGBColor

OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def picture() -> bytes:
    """Return a small PNG: a red square."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return pack(">I", len(data)) + kind + data + pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + b"\xc0\x10\x20" * 8 for _ in range(8))
    head = pack(">IIBBBBB", 8, 8, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def house(*, furniture: bool = True, words: str = "Words of the house that must not be taken over") -> bytes:
    """Return a house's document: its own Heading 1, margins, a header with a logo, a footer with a page number."""
    made = docx.Document()
    heading = made.styles["Heading 1"]
    heading.font.name, heading.font.size, heading.font.color.rgb = "Georgia", Pt(19), RGBColor(0x80, 0x00, 0x40)
    made.styles["Normal"].font.name = "Georgia"
    made.styles.add_style("Ministry Note", WD_STYLE_TYPE.PARAGRAPH)
    made.add_heading("A heading of the house", 1)
    made.add_paragraph(words)
    made.add_paragraph("a point", style="List Bullet")
    section = made.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(31)
    section.top_margin, section.bottom_margin = Mm(27), Mm(24)
    if furniture:
        section.header.paragraphs[0].add_run("Ministry of Works ").add_picture(io.BytesIO(picture()), width=Mm(8))
        section.footer.paragraphs[0].text = "Ministry of Works, Harbour Street 1"
    saved = io.BytesIO()
    made.save(saved)
    return saved.getvalue()


def changed(data: bytes, name: str, old: str, new: str, *, times: int = 1) -> bytes:
    """Return a document with `old` replaced in one of its parts, 0: every time; the part itself goes where `old` is ""."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(made, "w") as target:
        for info in source.infolist():
            content = source.read(info)
            if info.filename == name:
                if not old:
                    continue
                assert re.search(old, content.decode(), re.DOTALL), old
                content = re.sub(old, lambda _: new, content.decode(), count=times, flags=re.DOTALL).encode()
            target.writestr(info.filename, content)
    return made.getvalue()


def added(data: bytes, name: str, content: bytes) -> bytes:
    """Return a document with one more part."""
    made = io.BytesIO(data)
    with zipfile.ZipFile(made, "a") as archive:
        archive.writestr(name, content)
    return made.getvalue()
