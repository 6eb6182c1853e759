"""The parts of a PDF file around its pages: properties, names, outline, links.

They are written here as bytes, since ReportLab's own objects for them are slow, raise where an outline skips a level, or bring in
a font that is not embedded. ReportLab numbers and stores them.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Any

from reportlab.pdfbase.pdfdoc import PDFObject, PDFObjectReference
from reportlab.pdfgen.canvas import Canvas

from briefing.model import Document
from briefing.placed import Bookmark


class Raw(PDFObject):  # type: ignore[misc]
    """An object whose bytes are known when the file is written; `write` gets a function from an object's name to its reference."""

    def __init__(self, write: Callable[[Callable[[str], bytes]], bytes]) -> None:
        self._write = write

    @classmethod
    def of(cls, written: bytes) -> Raw:
        """Return an object that refers to no other."""
        return cls(lambda _: written)

    def format(self, document: Any) -> bytes:
        return self._write(lambda name: bytes(PDFObjectReference(name).format(document)))


class BareCanvas(Canvas):  # type: ignore[misc]
    """A canvas whose pages do not begin with Helvetica, which ReportLab never embeds."""

    def _make_preamble(self) -> None:
        self._preamble = ""


class Stream(Raw):
    """An object that is always written by itself and referred to."""

    __RefOnly__ = 1


class Outline(Raw):
    """The outline's root, with the two names that ReportLab asks for."""

    ready = 1

    def prepare(self, document: Any, canvas: Any) -> None:
        """Do nothing: all entries have been made."""


def packed(data: bytes) -> bytes:
    """Return a compressed stream; an end of line before `endstream` is asked for by PDF/A (ISO 19005-2, 6.1.7.1)."""
    packed_data = zlib.compress(data)
    return b"<< /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream" % (len(packed_data), packed_data)


def string(text: str) -> bytes:
    """Return a PDF text string (ISO 32000-1, 7.9.2.2): plain where it is ASCII, else UTF-16."""
    if text.isascii():
        return b"(" + text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)").replace("\r", "\\r").encode() + b")"
    return b"<FEFF" + text.encode("utf-16-be").hex().upper().encode() + b">"


def describe(canvas: Any, document: Document, producer: str) -> None:
    """Write the document's properties, dated by its as-of date: ReportLab would ask the clock."""
    canvas.setTitle(document.title)
    canvas.setAuthor(document.author)
    canvas.setSubject(document.subject)
    canvas.setKeywords(", ".join(document.keywords))
    canvas.setCreator(producer)
    canvas.setProducer("ReportLab")
    canvas.setViewerPreference("DisplayDocTitle", "true")
    stamp = canvas._doc._timeStamp
    stamp.YMDhms = (document.as_of.year, document.as_of.month, document.as_of.day, 0, 0, 0)
    stamp.dhh = stamp.dmm = 0
    if document.kind == "brief":
        canvas.showOutline()


def add_names(canvas: Any, places: dict[str, tuple[int, float]]) -> None:
    """Name the places (page from 1, y from below) that links and other files may lead to."""

    def write(ref: Callable[[str], bytes]) -> bytes:
        named = sorted((string(name), page, y) for name, (page, y) in places.items())
        return b"<< /Dests << /Names [ %s ] >> >>" % b"\n".join(
            b"%s [ %s /XYZ 0 %.1f null ]" % (name, ref(f"Page{page}"), y) for name, page, y in named
        )

    canvas._doc.Catalog.Names = Raw(write)


def add_outline(canvas: Any, bookmarks: Sequence[Bookmark]) -> None:
    """Write the bookmarks as a tree; an entry of a deeper level lies in the one before it, however deep."""
    document = canvas._doc
    children: dict[int, list[int]] = {-1: []}
    root = Outline(partial(_root, children))
    parents: list[int] = []
    stack = [-1]
    for at, bookmark in enumerate(bookmarks):
        while len(stack) > 1 and bookmarks[stack[-1]].level >= bookmark.level:
            stack.pop()
        parents.append(stack[-1])
        children[stack[-1]].append(at)
        children[at] = []
        stack.append(at)
    document.Outlines = document.outline = document.Catalog.Outlines = root
    if not bookmarks:
        root.ready = -1
        return
    document.Reference(root, "Outline")
    for at in range(len(bookmarks)):
        document.Reference(Raw(partial(_entry, bookmarks, children, parents, at)), f"Outline.{at}")


def _root(children: dict[int, list[int]], ref: Callable[[str], bytes]) -> bytes:
    top = children[-1]
    shown = len(top) + sum(len(children[at]) for at in top)
    first, last = ref(f"Outline.{top[0]}"), ref(f"Outline.{top[-1]}")
    return b"<< /Type /Outlines /First %s /Last %s /Count %d >>" % (first, last, shown)


def _entry(
    bookmarks: Sequence[Bookmark], children: dict[int, list[int]], parents: list[int], at: int, ref: Callable[[str], bytes]
) -> bytes:
    parent, own = parents[at], children[at]
    beside = children[parent]
    place = beside.index(at)
    parts = [
        b"/Title %s /Dest %s /Parent %s" % (string(bookmarks[at].text), string(bookmarks[at].target), ref(_outline_name(parent)))
    ]
    if place:
        parts.append(b"/Prev " + ref(f"Outline.{beside[place - 1]}"))
    if place + 1 < len(beside):
        parts.append(b"/Next " + ref(f"Outline.{beside[place + 1]}"))
    if own:  # an entry below the top level begins closed: its count is negative (ISO 32000-1, table 153)
        count = len(own) if parent == -1 else -len(own)
        parts.append(b"/First %s /Last %s /Count %d" % (ref(f"Outline.{own[0]}"), ref(f"Outline.{own[-1]}"), count))
    return b"<< " + b" ".join(parts) + b" >>"


def _outline_name(at: int) -> str:
    return "Outline" if at < 0 else f"Outline.{at}"


def address(href: str) -> str:
    """Return a web address with what lies outside ASCII, and spaces, percent-encoded (RFC 3986, 2.1)."""
    if href.isascii() and href.isprintable() and " " not in href:
        return href
    return "".join(chr(byte) if 0x20 < byte < 0x7F else f"%{byte:02X}" for byte in href.encode())


def links(boxes: Iterable[tuple[str, float, float, float, float]], places: dict[str, tuple[int, float]]) -> Iterator[bytes]:
    """Yield a page's links; one to a place that the document does not have is left out."""
    for href, left, bottom, right, top in boxes:
        if not href.startswith("#"):
            goal = b"/A << /S /URI /URI %s >>" % string(address(href))
        elif href[1:] in places:
            goal = b"/Dest " + string(href[1:])
        else:
            continue
        box = b"%.2f %.2f %.2f %.2f" % (left, bottom, right, top)
        yield b"<< /Type /Annot /Subtype /Link /Rect [ %s ] /Border [ 0 0 0 ] /F 4 %s >>" % (box, goal)
