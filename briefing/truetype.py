"""A TrueType font: how wide its characters are, and a part of it that holds the glyphs of a few, for a PDF.

Tables are read as a whole, and only those that are wanted: names, offsets and flags are those of the OpenType specification 1.9.
"""

from __future__ import annotations

import struct
from itertools import accumulate

from briefing.problems import UnusableFont

_COPIED = ("name", "OS/2", "cvt ", "fpgm", "prep")  # into every part, as they are
_CMAPS = ((3, 10), (0, 6), (0, 4), (3, 1), (0, 3), (0, 2), (0, 1), (0, 0))  # platform and encoding, the widest first
_FIXED, _SYMBOLIC, _ITALIC, _FORCE_BOLD = 1, 1 << 2, 1 << 6, 1 << 18  # ISO 32000-1, table 123
_WORDS, _SCALE, _MORE, _TWO_SCALES, _TWO_BY_TWO = 0x1, 0x8, 0x20, 0x40, 0x80  # of a component of a composite glyph
_SUM = 0xB1B0AFBA  # what the checksum of a whole file comes to
_SPACE, _NO_BREAK_SPACE = 0x20, 0xA0


class TrueType:
    """A font file. Lengths are thousandths of the size; `name` is the PostScript name."""

    def __init__(self, file: str, data: bytes) -> None:
        self.file = file
        self._data = data
        try:
            self._read()
        except (struct.error, LookupError) as error:
            raise UnusableFont(f"{file} is no TrueType font that can be read: {error}") from None

    def _read(self) -> None:
        data = self._data
        if data[:4] not in (b"\0\1\0\0", b"true"):
            raise UnusableFont(f"{self.file} is no TrueType font")
        count = _short(data, 4)
        self._tables = {tag: (start, size) for tag, _, start, size in struct.iter_unpack(">4sLLL", data[12 : 12 + 16 * count])}
        head, os2, post, hhea = (self._table(tag) for tag in ("head", "OS/2", "post", "hhea"))
        self.name = self._postscript_name()
        self._scale = 1000 / _short(head, 18)
        self.bbox = [self._scaled(side) for side in struct.unpack_from(">4h", head, 36)]
        self._long_places = bool(_short(head, 50))
        weight, embedding = _short(os2, 4), _short(os2, 8)
        if embedding & 0xF == 0x2 or embedding & 0x300:
            raise UnusableFont(f"{self.file} does not allow to be embedded, or not in part")
        self.ascent, self.descent = (self._scaled(length) for length in struct.unpack_from(">2h", os2, 68))
        self.cap_height = self._scaled(*struct.unpack_from(">h", os2, 88)) if _short(os2, 0) > 1 else self.ascent
        self.stem = 50 + int((weight / 65.0) ** 2)  # the file does not say; this is what most writers of PDF reckon
        self.italic_angle = struct.unpack_from(">l", post, 4)[0] / 65536
        self.flags = (
            _SYMBOLIC
            | (_ITALIC if self.italic_angle else 0)
            | (_FORCE_BOLD if weight >= 600 else 0)
            | (_FIXED if any(post[12:16]) else 0)
        )
        self._glyphs = _short(self._table("maxp"), 4)
        self._read_widths(_short(hhea, 34))

    def _read_widths(self, count: int) -> None:
        """Read the glyph of each character and the width of each glyph; the last width is that of all that follow."""
        hmtx = self._table("hmtx")
        pairs = struct.unpack_from(f">{2 * count}H", hmtx)
        self._advances = list(pairs[::2]) + [pairs[-2]] * (self._glyphs - count)
        self._bearings = [*pairs[1::2], *struct.unpack_from(f">{self._glyphs - count}H", hmtx, 4 * count)]
        self.glyphs = self._characters()
        if _SPACE in self.glyphs:
            self.glyphs[_NO_BREAK_SPACE] = self.glyphs[_SPACE]
        widths = self._advances if self._scale == 1 else [self._scaled(width) for width in self._advances]
        self.default_width = widths[0]
        self.widths = {character: widths[glyph] for character, glyph in self.glyphs.items()}

    def _table(self, tag: str) -> bytes:
        start, size = self._tables[tag.encode()]
        return self._data[start : start + size]

    def _scaled(self, length: int) -> float:
        return length if self._scale == 1 else length * self._scale

    def _postscript_name(self) -> str:
        """Return the font's name, made of what a PDF name may hold without escapes."""
        table = self._table("name")
        _, count, words = struct.unpack_from(">3H", table)
        found: dict[int, str] = {}
        for platform, encoding, language, kind, size, start in struct.iter_unpack(">6H", table[6 : 6 + 12 * count]):
            raw = table[words + start : words + start + size]
            if (platform, encoding, language) == (3, 1, 0x409):
                found.setdefault(kind, raw.decode("utf-16-be", "replace"))
            elif (platform, encoding, language) == (1, 0, 0):
                found.setdefault(kind, raw.decode("mac-roman"))
        name = (found.get(6) or found.get(4) or found.get(1) or self.file).replace(" ", "-")
        return "".join(letter for letter in name if "!" <= letter <= "~" and letter not in "[](){}<>/%")

    def _characters(self) -> dict[int, int]:
        """Return the glyph of each character."""
        table = self._table("cmap")
        places = {
            (platform, encoding): start
            for platform, encoding, start in struct.iter_unpack(">HHL", table[4 : 4 + 8 * _short(table, 2)])
            if _short(table, start) in (4, 12)
        }
        for key in _CMAPS:
            if key in places:
                subtable = table[places[key] :]
                glyphs = self._segments(subtable) if _short(subtable, 0) == 4 else self._groups(subtable)
                return {character: glyph for character, glyph in glyphs.items() if 0 < glyph < self._glyphs}
        raise UnusableFont(f"{self.file} has no table of Unicode characters")

    def _groups(self, table: bytes) -> dict[int, int]:
        """Return what a table of format 12 says: groups of characters in a row whose glyphs are in a row."""
        glyphs: dict[int, int] = {}
        for first, last, glyph in struct.iter_unpack(">LLL", table[16 : 16 + 12 * struct.unpack_from(">L", table, 12)[0]]):
            if first == last:
                glyphs[first] = glyph
            else:
                count = min(last + 1 - first, self._glyphs - glyph)  # no more than there are glyphs, whatever a damaged file says
                glyphs.update(zip(range(first, first + count), range(glyph, glyph + count), strict=True))
        return glyphs

    def _segments(self, table: bytes) -> dict[int, int]:
        """Return what a table of format 4 says: segments with a difference to the glyph, or with a list of glyphs."""
        count = _short(table, 6) // 2
        words = struct.unpack(f">{len(table) // 2}H", table[: len(table) // 2 * 2])
        ends, starts, deltas, places = (words[at : at + count] for at in (7, 8 + count, 8 + 2 * count, 8 + 3 * count))
        glyphs: dict[int, int] = {}
        for at, (first, last, delta, place) in enumerate(zip(starts, ends, deltas, places, strict=True)):
            for character in range(first, last + 1):
                glyph = character
                if place:
                    index = 8 + 3 * count + at + place // 2 + character - first
                    glyph = words[index] if index < len(words) else 0
                    if not glyph:
                        continue
                glyphs[character] = (glyph + delta) & 0xFFFF
        return glyphs

    # -------------------------------------------------------------------------------------------------------------- a part

    def part(self, characters: list[int]) -> bytes:
        """Return a font of the glyphs of these characters alone; code n stands for the nth of them, 0 for none."""
        try:
            return self._part(characters)
        except (struct.error, LookupError) as error:
            raise UnusableFont(f"{self.file} is damaged: {error}") from None

    def _part(self, characters: list[int]) -> bytes:
        chosen = {0: 0}  # glyph here: glyph in the part
        codes = [chosen.setdefault(self.glyphs.get(character, 0), len(chosen)) for character in characters]
        outlines = self._outlines(chosen)
        advances, bearings = [self._advances[glyph] for glyph in chosen], [self._bearings[glyph] for glyph in chosen]
        count = len(advances)
        while count > 1 and advances[count - 1] == advances[count - 2]:
            count -= 1
        metrics = [value for pair in zip(advances[:count], bearings[:count], strict=True) for value in pair] + bearings[count:]
        padded = [outline + bytes(-len(outline) % 4) for outline in outlines]
        places = [0, *accumulate(map(len, padded))]
        long = places[-1] > 2 * 0xFFFF
        tables = {tag: self._table(tag) for tag in _COPIED if tag.encode() in self._tables}
        cmap = (0, 1, 1, 0, 0, 12, 6, 10 + 2 * len(codes), 0, 0, len(codes), *codes)
        tables |= {
            "post": b"\0\3\0\0" + self._table("post")[4:16] + bytes(16),
            "hmtx": struct.pack(f">{len(metrics)}H", *metrics),
            "hhea": _set(self._table("hhea"), 34, count),
            "maxp": _set(self._table("maxp"), 4, len(chosen)),
            "cmap": struct.pack(f">{len(cmap)}H", *cmap),
            "glyf": b"".join(padded),
            "loca": struct.pack(f">{len(places)}{'L' if long else 'H'}", *(place if long else place >> 1 for place in places)),
            "head": _set(_set(_set(self._table("head"), 8, 0), 10, 0), 50, int(long)),
        }
        return _written(tables)

    def _outlines(self, chosen: dict[int, int]) -> list[bytes]:
        """Return the outlines of the chosen glyphs; glyphs that composite ones are made of are chosen with them."""
        glyf, loca = self._table("glyf"), self._table("loca")
        outlines: list[bytes] = []
        waiting = list(chosen)
        while waiting:
            glyph = waiting.pop(0)
            start, end = (
                struct.unpack_from(">2L", loca, 4 * glyph) if self._long_places else struct.unpack_from(">2H", loca, 2 * glyph)
            )
            outline = glyf[start:end] if self._long_places else glyf[2 * start : 2 * end]
            if len(outline) > 2 and outline[0] & 0x80:  # the number of contours is negative: composite
                at, flags = 10, _MORE
                while flags & _MORE:
                    flags, component = struct.unpack_from(">2H", outline, at)
                    if component not in chosen:
                        chosen[component] = len(chosen)
                        waiting.append(component)
                    outline = _set(outline, at + 2, chosen[component])
                    at += 4 + (4 if flags & _WORDS else 2)
                    at += 2 if flags & _SCALE else 4 if flags & _TWO_SCALES else 8 if flags & _TWO_BY_TWO else 0
            outlines.append(outline)
        return outlines


def _short(data: bytes, at: int) -> int:
    value: int = struct.unpack_from(">H", data, at)[0]
    return value


def _set(data: bytes, at: int, value: int) -> bytes:
    return data[:at] + struct.pack(">H", value) + data[at + 2 :]


def _checksum(data: bytes) -> int:
    padded = data + bytes(-len(data) % 4)
    total: int = sum(struct.unpack(f">{len(padded) // 4}L", padded))
    return total & 0xFFFFFFFF


def _written(tables: dict[str, bytes]) -> bytes:
    """Return the file of the tables, in the order of their names."""
    power = len(tables).bit_length() - 1
    head = struct.pack(">L4H", 0x10000, len(tables), 16 << power, power, 16 * len(tables) - (16 << power))
    directory, body, start = [head], [], 12 + 16 * len(tables)
    for tag, data in sorted(tables.items()):
        directory.append(struct.pack(">4s3L", tag.encode(), _checksum(data), start, len(data)))
        body.append(data + bytes(-len(data) % 4))
        start += len(body[-1])
    file = b"".join((*directory, *body))
    place = sum(map(len, directory)) + sum(len(data) for data, tag in zip(body, sorted(tables), strict=True) if tag < "head") + 8
    return file[:place] + struct.pack(">L", (_SUM - _checksum(file)) & 0xFFFFFFFF) + file[place + 4 :]
