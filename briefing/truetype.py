"""A TrueType font through ReportLab: how wide its characters are, and a part of it that holds the glyphs of a few, for a PDF.

What was read of a font can be kept for the next run, by the digest of its bytes: reading takes several milliseconds a face.
"""

from __future__ import annotations

import struct
import sys
from io import BytesIO
from typing import Any, Protocol

import msgspec

from briefing.problems import UnusableFont

_SPACE, _NO_BREAK_SPACE = 0x20, 0xA0


class Kept(Protocol):
    """Where bytes of earlier runs are found by name, and left for later ones."""

    def get(self, name: str) -> bytes | None: ...
    def put(self, name: str, data: bytes) -> None: ...


class Measures(msgspec.Struct, frozen=True, array_like=True):
    """What is known of a font; `advances` (width, bearing) and `places` (in the file) are by glyph, as the file has them."""

    name: str
    bbox: tuple[float, ...]
    ascent: float
    descent: float
    cap_height: float
    stem: float
    italic_angle: float
    flags: int
    default_width: float
    glyphs: dict[int, int]  # by character
    widths: dict[int, float]
    advances: list[tuple[int, int]]
    places: list[int]


class TrueType:
    """A font file. Lengths are thousandths of the size; `name` is the PostScript name. Raises UnusableFont for any other file."""

    def __init__(self, file: str, data: bytes, kept: Kept | None = None) -> None:
        self.file, self._data = file, data
        self._measures = known = _measures(file, data, kept)
        self.name, self.bbox, self.flags = known.name, known.bbox, known.flags
        self.ascent, self.descent, self.cap_height = known.ascent, known.descent, known.cap_height
        self.stem, self.italic_angle, self.default_width = known.stem, known.italic_angle, known.default_width
        self.glyphs, self.widths = known.glyphs, known.widths

    def part(self, characters: list[int]) -> bytes:
        """Return a font of the glyphs of these characters alone; code n stands for the nth of them, 0 for none."""
        _defer("PIL", "Image")
        from reportlab.pdfbase.ttfonts import TTFontFile

        try:
            face = TTFontFile(BytesIO(self._data), charInfo=0)
            face.charToGlyph, face.hmetrics, face.glyphPos = self.glyphs, self._measures.advances, self._measures.places
            cut: bytes = face.makeSubset(characters)
        except Exception as error:  # noqa: BLE001  ReportLab raises whatever a damaged table leads to
            raise UnusableFont(f"{self.file} is damaged: {error}") from None
        return cut


def _measures(file: str, data: bytes, kept: Kept | None) -> Measures:
    """Return what is known of a font, from an earlier run where it read the same bytes by the same means."""
    if kept is None:
        return _read(file, data)
    from hashlib import blake2b

    import reportlab

    name = f"font-{blake2b(data, digest_size=16).hexdigest()}-{reportlab.Version}"
    found = kept.get(name)
    if found is not None:
        try:
            return msgspec.msgpack.decode(found, type=Measures)
        except msgspec.DecodeError:
            pass
    known = _read(file, data)
    kept.put(name, msgspec.msgpack.encode(known))
    return known


def _read(file: str, data: bytes) -> Measures:
    _defer("PIL", "Image")
    from reportlab.pdfbase.ttfonts import TTFontFile

    if data[:4] not in (b"\0\1\0\0", b"true"):
        raise UnusableFont(f"{file} is no TrueType font")
    try:
        face: Any = TTFontFile(BytesIO(data))
        allowed: int = struct.unpack_from(">H", face.get_table("OS/2"), 8)[0]
    except Exception as error:  # noqa: BLE001  ReportLab raises whatever a damaged table leads to
        raise UnusableFont(f"{file} is no TrueType font that can be read: {error}") from None
    if allowed & 0xF == 0x2 or allowed & 0x300:  # OpenType 1.9, OS/2.fsType: not at all, not in part, bitmaps alone
        raise UnusableFont(f"{file} does not allow to be embedded, or not in part")
    glyphs = {character: glyph for character, glyph in face.charToGlyph.items() if glyph}
    widths = {character: face.charWidths[character] for character in glyphs}
    if _SPACE in glyphs:  # a no-break space is written as a space
        glyphs[_NO_BREAK_SPACE], widths[_NO_BREAK_SPACE] = glyphs[_SPACE], widths[_SPACE]
    name = face.name.decode("ascii", "replace") if isinstance(face.name, bytes) else face.name
    return Measures(
        "".join(letter for letter in name if "!" <= letter <= "~" and letter not in "[](){}<>/%"),
        tuple(face.bbox),
        face.ascent,
        face.descent,
        face.capHeight,
        face.stemV,
        face.italicAngle,
        face.flags,
        face.defaultWidth,
        glyphs,
        widths,
        face.hmetrics,
        face.glyphPos,
    )


def _defer(package: str, module: str) -> None:
    """Let a module be loaded on first use: ReportLab imports Pillow for pictures, which briefs do not hold (a third of its start)."""
    from importlib.util import LazyLoader, find_spec, module_from_spec

    name = f"{package}.{module}"
    spec = None if name in sys.modules else find_spec(name)
    if spec is None or spec.loader is None:
        return
    spec.loader = LazyLoader(spec.loader)
    sys.modules[name] = lazy = module_from_spec(spec)
    spec.loader.exec_module(lazy)
    setattr(sys.modules[package], module, lazy)  # `from package import module` looks here first and leaves the module asleep
