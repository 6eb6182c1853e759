"""Fonts in a PDF: the characters that a document shows of a face, as subsets of at most 256, written whole with the file.

Characters get their codes in the order in which they come up, ASCII its own.
"""

from __future__ import annotations

from briefing.render.pdf_file import File, name, refs
from briefing.truetype import TrueType

_SYMBOLIC, _NONSYMBOLIC = 1 << 2, 1 << 5  # ISO 32000-1, table 123: a simple TrueType font with a table of its own is symbolic
_FREE = range(0x80, 0x100)  # codes for what is not ASCII
_PER_CMAP = 100  # entries in one section of a CMap


class Subsets(dict[int, str]):
    """What to write for each character of one face, escaped for a PDF string; made as characters come up."""

    def __init__(self, font: TrueType, index: int) -> None:
        super().__init__()
        self.font = font
        self.index = index
        self.places: dict[int, tuple[int, int]] = {}  # character: subset, code
        self.used: list[dict[int, int]] = [{}]  # of each subset: code to character
        self._next = 0

    @property
    def wide(self) -> bool:
        """Tell whether there is a character beyond the first subset: text is then written in runs."""
        return len(self.used) > 1

    def __missing__(self, character: int) -> str:
        shown = 0x20 if character == 0xA0 else character  # a no-break space is a space when it is read
        if shown not in self.font.glyphs:
            # str.translate would take a KeyError for "leave it as it is"
            raise ValueError(f"{self.font.name!r} has no U+{shown:04X}")
        if 0x20 <= shown < 0x7F:
            place = (0, shown)
        else:
            subset, code = divmod(self._next, len(_FREE))
            self._next += 1
            if subset == len(self.used):
                self.used.append({})
            place = (subset, _FREE[code])
        self.places[character] = place
        self.used[place[0]][place[1]] = shown
        text = chr(place[1])
        self[character] = text = "\\" + text if text in "()\\" else text
        return text

    def name(self, subset: int = 0) -> str:
        """Return the name under which pages know a subset."""
        return f"/F{self.index}" if not subset else f"/F{self.index}.{subset}"

    def runs(self, text: str) -> list[tuple[int, str]]:
        """Return the text in runs of one subset, escaped; all its characters have come up before."""
        runs: list[tuple[int, str]] = []
        for character in map(ord, text):
            subset = self.places[character][0]
            if runs and runs[-1][0] == subset:
                runs[-1] = (subset, runs[-1][1] + self[character])
            else:
                runs.append((subset, self[character]))
        return runs

    def add_to(self, file: File) -> dict[str, int]:
        """Add the subsets to a file and return the numbers of the fonts by their names on pages."""
        return {self.name(at): self._font(file, at, used) for at, used in enumerate(self.used)}

    def _font(self, file: File, subset: int, used: dict[int, int]) -> int:
        font = self.font
        prefix = "".join(chr(0x41 + subset // 26**place % 26) for place in range(5, -1, -1))
        base = f"{prefix}+{font.name}"
        first, last = min(used, default=0), max(used, default=0)
        characters = [used.get(code, 0) for code in range(last + 1)]
        program = font.part(characters)
        data = file.stream(program, b"/Length1 %d" % len(program))
        box = " ".join(f"{side:g}" for side in font.bbox)
        flags = (font.flags | _SYMBOLIC) & ~_NONSYMBOLIC
        descriptor = file.add(
            b"<</Type/FontDescriptor/FontName%s/Flags %d/FontBBox[%s]/ItalicAngle %g/Ascent %g/Descent %g/CapHeight %g/StemV %g"
            b"/MissingWidth %g/FontFile2 %d 0 R>>"
            % (
                name(base),
                flags,
                box.encode(),
                font.italic_angle,
                font.ascent,
                font.descent,
                font.cap_height,
                font.stem,
                font.default_width,
                data,
            )
        )
        unicode = file.stream(_to_unicode(used))
        widths = " ".join(f"{font.widths.get(used.get(code, 0), font.default_width):g}" for code in range(first, last + 1))
        return file.add(
            b"<</Type/Font/Subtype/TrueType/BaseFont%s/FirstChar %d/LastChar %d/Widths[%s]/FontDescriptor %s/ToUnicode %d 0 R>>"
            % (name(base), first, last, widths.encode(), refs([descriptor])[1:-1], unicode)
        )


def _to_unicode(used: dict[int, int]) -> bytes:
    """Return the CMap that says which characters the codes stand for (9.10.3)."""
    pairs = [f"<{code:02X}><{chr(used[code]).encode('utf-16-be').hex().upper()}>" for code in sorted(used)]
    sections = [pairs[at : at + _PER_CMAP] for at in range(0, len(pairs), _PER_CMAP)]
    lines = [
        "/CIDInit/ProcSet findresource begin 12 dict begin begincmap",
        "/CIDSystemInfo<</Registry(Adobe)/Ordering(UCS)/Supplement 0>>def/CMapName/Adobe-Identity-UCS def/CMapType 2 def",
        "1 begincodespacerange<00><FF>endcodespacerange",
        *(f"{len(section)} beginbfchar\n" + "\n".join(section) + "\nendbfchar" for section in sections),
        "endcmap CMapName currentdict/CMap defineresource pop end end",
    ]
    return "\n".join(lines).encode()
