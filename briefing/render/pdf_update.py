"""A PDF that `pdf_file.File` wrote, read back, and more objects after its last byte: an incremental update (ISO 32000-1, 7.5.6).

Only what we write ourselves is read: objects in streams, one table of objects, no encryption.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Mapping
from hashlib import blake2b
from itertools import groupby

from briefing.render.pdf_file import File, _stream

_END = re.compile(rb"startxref\n(\d+)\n%%EOF\n\Z")
_ROW = struct.Struct(">BIH")  # /W[1 4 2]


class Written:
    """A finished PDF and its objects by number. Raises ValueError for a file that is not as we write them."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        end = _END.search(data, max(0, len(data) - 64))
        if not end:
            raise ValueError("this PDF was not written here, or something was added to it")
        self.table = int(end[1])
        entries, rows = self._unpacked(self.table)
        if b"/W[1 4 2]" not in entries or b"/Prev" in entries:
            raise ValueError("this PDF was not written here, or something was added to it")
        self.size = _number(entries, b"Size")
        self.root, self.info = _number(entries, b"Root"), _number(entries, b"Info")
        self.id = _found(rb"/ID\[<([0-9a-f]+)>", entries)
        self._places = _places(rows)
        self._held: dict[int, list[bytes]] = {}

    def object(self, number: int) -> bytes:
        """Return an object as it is written; of a stream, its dictionary."""
        kind, place, index = self._places[number]
        if kind == 1:
            return _dictionary(self.data, place)[0]
        if place not in self._held:
            entries, body = self._unpacked(self._places[place][1])
            first, count = _number(entries, b"First"), _number(entries, b"N")
            heads = [int(each) for each in body[:first].split()][1::2]
            ends = [*heads[1:], len(body) - first]
            assert len(heads) == count
            self._held[place] = [body[first + at : first + end].rstrip(b"\n") for at, end in zip(heads, ends, strict=True)]
        return self._held[place][index]

    def stream(self, number: int) -> bytes:
        """Return what a stream holds, unpacked."""
        return self._unpacked(self._places[number][1])[1]

    def _unpacked(self, at: int) -> tuple[bytes, bytes]:
        entries, start = _dictionary(self.data, at)
        body = self.data[start : start + _number(entries, b"Length")]
        return entries, zlib.decompress(body) if b"/FlateDecode" in entries else body


def _dictionary(data: bytes, at: int) -> tuple[bytes, int]:
    """Return the dictionary of the stream object at a place, and where its content begins."""
    begin, end = data.index(b"<<", at), data.index(b"\nstream\n", at)
    return data[begin:end], end + 8


def _found(pattern: bytes, text: bytes) -> bytes:
    found = re.search(pattern, text)
    if not found:
        raise ValueError(f"this PDF was not written here: no {pattern!r}")
    return found[1]


def _number(entries: bytes, key: bytes) -> int:
    """Return a number in a dictionary: a value, or that of a reference."""
    return int(_found(rb"/%s (\d+)" % key, entries))


def _places(rows: bytes) -> list[tuple[int, int, int]]:
    """Return the rows of the table; each is written as its difference from the one above (PNG's filter 2)."""
    width = _ROW.size + 1
    above = bytes(_ROW.size)
    found = []
    for at in range(0, len(rows), width):
        above = bytes((this + other) & 0xFF for this, other in zip(rows[at + 1 : at + width], above, strict=True))
        found.append(_ROW.unpack(above))
    return found


class Update:
    """What is added to every copy of a file alike, made once: changed objects by their numbers, and new ones.

    `number` gives the numbers of objects that differ from copy to copy; `appended` writes a copy.
    """

    def __init__(self, master: Written) -> None:
        self.master = master
        self._next = master.size
        self._changed: dict[int, bytes] = {}
        self._streams: dict[int, bytes] = {}
        self._kept: tuple[bytes, dict[int, tuple[int, int, int]]] | None = None

    def number(self) -> int:
        self._next += 1
        return self._next - 1

    def put(self, number: int, written: bytes) -> None:
        """Give an object that all copies have."""
        self._changed[number] = written

    def stream(self, data: bytes) -> int:
        """Add a stream that all copies have."""
        number = self.number()
        self._streams[number] = _stream(data, b"")
        return number

    def file(self) -> File:
        """Return where a copy's own objects go; their numbers follow those of all copies."""
        self._shared()
        file = File()
        file._count = self._next - 1
        return file

    def _shared(self) -> tuple[bytes, dict[int, tuple[int, int, int]]]:
        """Return the bytes that all copies have after the master's, and where in the copy its objects are."""
        if self._kept is None:
            numbers = sorted(self._changed)
            written = [self._changed[number] for number in numbers]
            starts = [0]
            for each in written[:-1]:
                starts.append(starts[-1] + len(each) + 1)
            head = b" ".join(b"%d %d" % pair for pair in zip(numbers, starts, strict=True)) + b"\n"
            holder = self.number()
            self._streams[holder] = _stream(head + b"\n".join(written), b"/Type/ObjStm/N %d/First %d" % (len(numbers), len(head)))
            places = {number: (2, holder, index) for index, number in enumerate(numbers)}
            body, places_of_streams = _bodies(self._streams, len(self.master.data))
            self._kept = body, places | places_of_streams
        return self._kept

    def appended(self, file: File, own: Mapping[int, bytes]) -> bytes:
        """Return a copy: the master's bytes, what all copies have, the objects of `file`, and `own` by number."""
        shared, places = self._shared()
        master = self.master
        bodies, more = _bodies({**own, **file._objects, **file._streams}, len(master.data) + len(shared))
        places = {**places, **more}
        table = file.number()
        at = len(master.data) + len(shared) + len(bodies)
        places[table] = (1, at, 0)
        numbers = sorted(places)
        index = []
        for _, run in groupby(enumerate(numbers), lambda pair: pair[1] - pair[0]):
            together = [number for _, number in run]
            index.append(b"%d %d" % (together[0], len(together)))
        rows = b"".join(_ROW.pack(*places[number]) for number in numbers)
        digest = blake2b(shared + bodies, digest_size=16).hexdigest().encode()
        entries = b"/Type/XRef/Size %d/W[1 4 2]/Index[%s]/Prev %d" % (table + 1, b" ".join(index), master.table)
        entries += b"/Root %d 0 R/Info %d 0 R/ID[<%s><%s>]" % (master.root, master.info, master.id, digest)
        end = b"%d 0 obj\n%s\nendobj\nstartxref\n%d\n%%%%EOF\n" % (table, _stream(rows, entries), at)
        return b"".join((master.data, shared, bodies, end))


def _bodies(objects: Mapping[int, bytes], at: int) -> tuple[bytes, dict[int, tuple[int, int, int]]]:
    """Return objects as they stand in the file from a place on, and the place of each."""
    chunks, places = [], {}
    for number in sorted(objects):
        chunk = b"%d 0 obj\n%s\nendobj\n" % (number, objects[number])
        places[number] = (1, at, 0)
        chunks.append(chunk)
        at += len(chunk)
    return b"".join(chunks), places
