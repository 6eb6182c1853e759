"""A TrueType font through ReportLab: how wide its characters are, and a part of it that holds the glyphs of a few, for a PDF."""

from __future__ import annotations

import struct
import sys
from io import BytesIO
from typing import Any

from briefing.problems import UnusableFont

_SPACE, _NO_BREAK_SPACE = 0x20, 0xA0


class TrueType:
    """A font file. Lengths are thousandths of the size; `name` is the PostScript name. Raises UnusableFont for any other file."""

    def __init__(self, file: str, data: bytes) -> None:
        self.file = file
        self._face = face = _face(file, data)
        self.name: str = "".join(letter for letter in _text(face.name) if "!" <= letter <= "~" and letter not in "[](){}<>/%")
        self.bbox: list[float] = face.bbox
        self.ascent: float = face.ascent
        self.descent: float = face.descent
        self.cap_height: float = face.capHeight
        self.stem: float = face.stemV
        self.italic_angle: float = face.italicAngle
        self.flags: int = face.flags
        self.default_width: float = face.defaultWidth
        self.glyphs: dict[int, int] = {character: glyph for character, glyph in face.charToGlyph.items() if glyph}
        self.widths: dict[int, float] = {character: face.charWidths[character] for character in self.glyphs}
        if _SPACE in self.glyphs:  # a no-break space is written as a space
            self.glyphs[_NO_BREAK_SPACE] = self.glyphs[_SPACE]
            self.widths[_NO_BREAK_SPACE] = self.widths[_SPACE]

    def part(self, characters: list[int]) -> bytes:
        """Return a font of the glyphs of these characters alone; code n stands for the nth of them, 0 for none."""
        try:
            cut: bytes = self._face.makeSubset(characters)
        except Exception as error:  # noqa: BLE001  ReportLab raises whatever a damaged table leads to
            raise UnusableFont(f"{self.file} is damaged: {error}") from None
        return cut


def _face(file: str, data: bytes) -> Any:
    _defer("PIL", "Image")
    from reportlab.pdfbase.ttfonts import TTFontFace

    if data[:4] not in (b"\0\1\0\0", b"true"):
        raise UnusableFont(f"{file} is no TrueType font")
    try:
        face = TTFontFace(BytesIO(data))
        allowed: int = struct.unpack_from(">H", face.get_table("OS/2"), 8)[0]
    except Exception as error:  # noqa: BLE001  ReportLab raises whatever a damaged table leads to
        raise UnusableFont(f"{file} is no TrueType font that can be read: {error}") from None
    if allowed & 0xF == 0x2 or allowed & 0x300:  # OpenType 1.9, OS/2.fsType: not at all, not in part, bitmaps alone
        raise UnusableFont(f"{file} does not allow to be embedded, or not in part")
    return face


def _text(name: str | bytes) -> str:
    return name.decode("ascii", "replace") if isinstance(name, bytes) else name


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
