"""A PDF file (ISO 32000-1): numbered objects, compressed together where the format allows it, and the parts around the pages.

Objects are bytes; a reference is `b"%d 0 R"` of the number that `File` gave. All that is not a stream goes into object streams, and the
table of objects is a stream too: thousands of small objects, such as a document's tags, take little room.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Sequence
from datetime import date
from hashlib import blake2b
from itertools import accumulate

from briefing.model import Document
from briefing.placed import Bookmark

PRODUCER = "briefing"
_LEVEL = 7  # of compression: beyond it, a percent of size costs a fifth of the time
_TOGETHER = 2000  # objects in one stream: a reader unpacks it whole for any of them


class File:
    """The objects of a PDF. A number may be taken first and its object given later."""

    def __init__(self) -> None:
        self._objects: dict[int, bytes] = {}
        self._streams: dict[int, bytes] = {}
        self._count = 0

    def number(self) -> int:
        """Return a number that no other object has."""
        self._count += 1
        return self._count

    def put(self, number: int, written: bytes) -> None:
        """Give the object of a number."""
        self._objects[number] = written

    def add(self, written: bytes) -> int:
        """Add an object and return its number."""
        number = self.number()
        self._objects[number] = written
        return number

    def stream(self, data: bytes, entries: bytes = b"", *, packed: bool = True) -> int:
        """Add a stream and return its number; `entries` go into its dictionary."""
        number = self.number()
        self._streams[number] = _stream(data, entries, packed=packed)
        return number

    def written(self, root: int, info: int) -> bytes:
        """Return the whole file. Its identifier is a digest of all that is in it."""
        missing = self._count - len(self._objects) - len(self._streams)
        assert not missing, f"{missing} objects have a number and no content"
        places: dict[int, tuple[int, int, int]] = {0: (0, 0, 0xFFFF)}  # type, offset or number of the stream, index in it
        chunks: list[bytes] = [b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"]
        at = len(chunks[0])
        bodies = dict(self._streams)
        numbers = sorted(self._objects)
        for first in range(0, len(numbers), _TOGETHER):
            held = numbers[first : first + _TOGETHER]
            written = [self._objects[number] for number in held]
            starts = accumulate((len(each) + 1 for each in written), initial=0)
            head = b" ".join(b"%d %d" % pair for pair in zip(held, starts, strict=False)) + b"\n"
            holder = self.number()
            entries = b"/Type/ObjStm/N %d/First %d" % (len(held), len(head))
            bodies[holder] = _stream(head + b"\n".join(written), entries)
            places.update((number, (2, holder, index)) for index, number in enumerate(held))
        for number, body in bodies.items():
            places[number] = (1, at, 0)
            chunks.append(b"%d 0 obj\n%s\nendobj\n" % (number, body))
            at += len(chunks[-1])
        table = self.number()
        places[table] = (1, at, 0)
        digest = blake2b(b"".join(chunks), digest_size=16).hexdigest().encode()
        entries = b"/Type/XRef/Size %d/W[1 4 2]/Root %d 0 R/Info %d 0 R/ID[<%s><%s>]" % (table + 1, root, info, digest, digest)
        entries += b"/DecodeParms<</Predictor 12/Columns 7>>"
        rows = [places[number] for number in range(table + 1)]
        body = _stream(b"".join(map(_difference, [(0, 0, 0), *rows], rows)), entries)
        chunks.append(b"%d 0 obj\n%s\nendobj\nstartxref\n%d\n%%%%EOF\n" % (table, body, at))
        return b"".join(chunks)


_ROW = struct.Struct(">BIH")
_NEXT = b"\x02" + _ROW.pack(0, 0, 1)  # most objects stand beside the one before in the same stream


def _difference(above: tuple[int, int, int], row: tuple[int, int, int]) -> bytes:
    """Return a row of the table as its difference from the one above it, as PNG's filter 2 does: equal rows pack well."""
    if row[:2] == above[:2] and row[2] == above[2] + 1 and row[2] & 0xFF:
        return _NEXT
    return b"\x02" + bytes((this - other) & 0xFF for this, other in zip(_ROW.pack(*row), _ROW.pack(*above), strict=True))


def _stream(data: bytes, entries: bytes, *, packed: bool = True) -> bytes:
    """Return a stream object; an end of line before `endstream` is asked for by PDF/A (ISO 19005-2, 6.1.7.1)."""
    if packed:
        data = zlib.compress(data, _LEVEL)
        entries += b"/Filter/FlateDecode"
    return b"<<%s/Length %d>>\nstream\n%s\nendstream" % (entries, len(data), data)


_ESCAPED = re.compile(rb"[\\()\r\n]")
_ESCAPES = {b"\r": b"\\r", b"\n": b"\\n"}
_DOC = dict(zip(map(ord, "\u2026\u2014\u2013\u201c\u201d\u2018\u2019\u20ac"), "\x83\x84\x85\x8d\x8e\x8f\x90\xa0", strict=True))
_NOT_DOC = re.compile("[\x18-\x1f\x7f-\xa0\xad]|^[^\x00-\x7f]")  # unused there, or the beginning of what might be a byte order mark


def string(text: str) -> bytes:
    """Return a PDF text string (7.9.2.2): in PDFDocEncoding, which is near to Latin-1, where that can be, else in UTF-16."""
    try:
        written = text.encode() if text.isascii() and text.isprintable() else _pdf_doc(text)
    except UnicodeEncodeError:
        return b"<FEFF" + text.encode("utf-16-be").hex().upper().encode() + b">"
    return b"(" + _ESCAPED.sub(lambda found: _ESCAPES.get(found[0], b"\\" + found[0]), written) + b")"


def _pdf_doc(text: str) -> bytes:
    """Return the text in PDFDocEncoding (annex D.3). Raises UnicodeEncodeError."""
    if _NOT_DOC.search(text):
        raise UnicodeEncodeError("pdfdoc", text, 0, 1, "not in it")
    return text.translate(_DOC).encode("latin-1")


def name(text: str) -> bytes:
    """Return a PDF name (7.3.5)."""
    return b"/" + b"".join(
        b"%c" % byte if (byte < 0x80 and chr(byte).isalnum()) or byte in b"-_.+" else b"#%02X" % byte for byte in text.encode()
    )


def refs(numbers: Sequence[int]) -> bytes:
    """Return references in an array."""
    return b"[" + b" ".join(b"%d 0 R" % number for number in numbers) + b"]"


def date_string(day: date) -> str:
    """Return the start of a day as PDF writes dates (7.9.4); strftime would leave out zeros of early years on some systems."""
    return f"D:{day.year:04}{day.month:02}{day.day:02}000000+00'00'"


def info(file: File, document: Document) -> int:
    """Add the document's properties, dated by its as-of date, and return their number. `pdf_xmp` says the same."""
    stamp = string(date_string(document.as_of))
    entries = {
        b"Title": document.title,
        b"Author": document.author,
        b"Subject": document.subject,
        b"Keywords": ", ".join(document.keywords),
    }
    said = b"".join(b"/%s %s" % (key, string(value)) for key, value in entries.items() if value)
    made = string(PRODUCER)
    return file.add(b"<<%s/Creator %s/Producer %s/CreationDate %s/ModDate %s>>" % (said, made, made, stamp, stamp))


def names(file: File, places: dict[str, tuple[int, float]], pages: Sequence[int]) -> int:
    """Name the places (page from 1, y from below) that links and other files may lead to; return the number of the tree."""
    named = sorted((string(key), pages[page - 1], y) for key, (page, y) in places.items())
    return file.add(b"<</Dests<</Names[%s]>>>>" % b" ".join(b"%s[%d 0 R/XYZ 0 %.1f null]" % entry for entry in named))


def outline(file: File, bookmarks: Sequence[Bookmark]) -> int:
    """Add the bookmarks as a tree and return its root; an entry of a deeper level lies in the one before it, however deep."""
    children: dict[int, list[int]] = {-1: []}
    parents: list[int] = []
    stack = [-1]
    for at, bookmark in enumerate(bookmarks):
        while len(stack) > 1 and bookmarks[stack[-1]].level >= bookmark.level:
            stack.pop()
        parents.append(stack[-1])
        children[stack[-1]].append(at)
        children[at] = []
        stack.append(at)
    top = children[-1]
    root = file.number()
    numbers = {-1: root, **{at: file.number() for at in range(len(bookmarks))}}
    ends = b"/First %d 0 R/Last %d 0 R" % (numbers[top[0]], numbers[top[-1]]) if top else b""
    file.put(root, b"<</Type/Outlines%s/Count %d>>" % (ends, len(top) + sum(len(children[at]) for at in top)))
    for at, bookmark in enumerate(bookmarks):
        parent, own = parents[at], children[at]
        beside = children[parent]
        place = beside.index(at)
        entry = b"<</Title %s/Dest %s/Parent %d 0 R" % (string(bookmark.text), string(bookmark.target), numbers[parent])
        if place:
            entry += b"/Prev %d 0 R" % numbers[beside[place - 1]]
        if place + 1 < len(beside):
            entry += b"/Next %d 0 R" % numbers[beside[place + 1]]
        if own:  # an entry below the top level begins closed: its count is negative (table 153)
            entry += b"/First %d 0 R/Last %d 0 R/Count %d" % (
                numbers[own[0]],
                numbers[own[-1]],
                len(own) if parent == -1 else -len(own),
            )
        file.put(numbers[at], entry + b">>")
    return root


def address(href: str) -> str:
    """Return a web address with what lies outside ASCII, and spaces, percent-encoded (RFC 3986, 2.1)."""
    if href.isascii() and href.isprintable() and " " not in href:
        return href
    return "".join(chr(byte) if 0x20 < byte < 0x7F else f"%{byte:02X}" for byte in href.encode())
