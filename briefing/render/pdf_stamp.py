"""A reader's own copy of a PDF: "Copy for ..." in the margin of every page, added after the master's last byte.

The first page's words are a paragraph at the start of the document, heard once; those of the other pages, and the mark, are
artifacts (ISO 32000-1, 14.8.2.2; ISO 14289-1, 7.1), seen and never heard. The words stand upright along the left edge, beside the
text, where neither header, marking, footer nor page number comes, whatever the look.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from briefing.look import Look
from briefing.render.pdf_file import File, string
from briefing.render.pdf_fonts import Subsets
from briefing.render.pdf_update import Update, Written, _found, _number
from briefing.stamp import SCHEME, Stamp
from briefing.truetype import TrueType

_MM = 72 / 25.4
_BASELINE = 8.0 * _MM  # from the left edge: printers leave the outer 4 to 6 mm blank
_ENDS = 18.0 * _MM  # from the bottom edge to the first letter, and from the last to the top at the least
_ARTIFACT = "/Artifact<</Type/Pagination/Subtype/Watermark>>BDC"
_ASCII = "".join(map(chr, range(0x20, 0x7F)))
_ALWAYS = f"{_ASCII}\u00b7\u2013\u2019\u2026"  # of each copy, so that one cut of the font does for most
_CUTS_KEPT = 128
_OTHERS = 100  # letters outside ASCII in one subset, beside those of `_ALWAYS`
_NAME = b"Copy"  # of the font on pages


class PdfStamp:
    """Stamps one PDF for any number of readers. `faces` are tried in turn. Raises ValueError for a file that is not ours."""

    def __init__(self, data: bytes, look: Look, faces: Sequence[TrueType]) -> None:
        self.faces = faces
        style = look.style("footer")
        self.size, colour = style.size, look.colour(style.colour)
        self.colour = " ".join(f"{int(colour[at : at + 2], 16) / 255:.3f}" for at in (1, 3, 5))
        master = Written(data)
        self.update = update = Update(master)
        catalog = master.object(master.root)
        tree = master.object(_number(catalog, b"Pages"))
        pages = [int(each) for each in re.findall(rb"(\d+) 0 R", _found(rb"/Kids\[([^]]*)\]", tree))]
        first = master.object(pages[0])
        self.height = float(_found(rb"/MediaBox\[\S+ \S+ \S+ ([\d.]+)\]", first))
        before = update.stream(b"q")  # whatever the page's own content leaves behind ends with it
        self.first, self.others, self.paragraph = update.number(), update.number(), update.number()
        for page in pages:
            shown = self.first if page == pages[0] else self.others
            written, count = re.subn(
                rb"/Contents (\d+ 0 R)", rb"/Contents[%d 0 R \1 %d 0 R]" % (before, shown), master.object(page)
            )
            assert count == 1
            update.put(page, written)
        self.resources = _number(first, b"Resources")
        self.fonts = master.object(self.resources)
        self.page, self.piece, self.parent = pages[0], 0, 0
        self._into_the_tree(_number(catalog, b"StructTreeRoot"), first)
        self.metadata = _number(catalog, b"Metadata")
        self.packet = master.stream(self.metadata)
        self._cut = lru_cache(_CUTS_KEPT)(self._cut_font)

    def _into_the_tree(self, root: int, first: bytes) -> None:
        """Give the document a first paragraph, and the first page one more piece that belongs to it."""
        master, update = self.update.master, self.update
        written = master.object(root)
        self.parent = _number(written, b"K")
        kids, count = re.subn(
            rb"/K(?: (\d+ 0 R)|\[(.*)\])",
            lambda k: b"/K[%d 0 R %s]" % (self.paragraph, k[1] or k[2]),
            master.object(self.parent),
            count=1,
            flags=re.DOTALL,
        )
        assert count == 1
        update.put(self.parent, kids)
        key = _number(first, b"StructParents")
        listed = re.search(rb"(?:\[| )%d \[([^]]*)\]" % key, written)
        assert listed
        self.piece = listed[1].count(b" R")
        own = b"%d 0 R" % self.paragraph
        update.put(root, written[: listed.end(1)] + (b" " + own if listed[1] else own) + written[listed.end(1) :])

    def copy(self, stamp: Stamp) -> bytes:
        """Return the copy with a stamp: the same stamp gives the same bytes, and the master's are the first of them."""
        file = self.update.file()
        words, face = self._printable(stamp)
        has = self.faces[face].glyphs
        shown = {letter for letter in (*words, *stamp.mark, *_ALWAYS) if ord(letter) in has}
        subset, font, objects, streams = self._cut(face, "".join(sorted(shown)), file._count + 1)
        file._count += len(objects) + len(streams)
        file._objects |= objects
        file._streams |= streams
        place = f"BT/{_NAME.decode()} {self.size:g} Tf 0 Tr 0 Ts {self.colour} rg 0 1 -1 0 {_BASELINE:.2f} {_ENDS:.2f} Tm"
        between = (" \u00b7 " if 0xB7 in has else " - ") if words else ""
        said, mark = words.translate(subset), f"{between}{stamp.mark}".translate(subset)
        first = f"Q {place} /P<</MCID {self.piece}>>BDC({said})Tj EMC {_ARTIFACT}({mark})Tj EMC ET"
        others = f"Q {place} {_ARTIFACT}({said}{mark})Tj EMC ET"
        told = b"/ActualText " + string(stamp.words) if words != stamp.words else b""
        own = {
            self.first: _plain_stream(first.encode("latin-1")),
            self.others: _plain_stream(others.encode("latin-1")),
            self.paragraph: b"<</S/P/P %d 0 R/Pg %d 0 R/K %d%s>>" % (self.parent, self.page, self.piece, told),
            self.resources: self.fonts.replace(b"/Font<<", b"/Font<</%s %d 0 R" % (_NAME, font), 1),
            self.metadata: _plain_stream(self._packet(stamp), b"/Type/Metadata/Subtype/XML"),
        }
        return self.update.appended(file, own)

    def _packet(self, stamp: Stamp) -> bytes:
        own = f"<dc:identifier>{SCHEME}{stamp.mark}</dc:identifier>\n<dc:format>"
        assert self.packet.count(b"<dc:format>") == 1
        return self.packet.replace(b"<dc:format>", own.encode(), 1)

    def _printable(self, stamp: Stamp) -> tuple[str, int]:
        """Return the words as they can be printed, and the face that has them: the name, else the id, else the mark alone."""
        for words in (stamp.words, stamp.plain):
            for at, face in enumerate(self.faces):
                if _simple(words) and face.glyphs.keys() >= set(map(ord, words)):
                    return self._cut_short(words, stamp, face), at
        return "", 0

    def _cut_short(self, words: str, stamp: Stamp, face: TrueType) -> str:
        """Return the words as far as they fit beside the page's text."""

        def width(text: str) -> float:
            return sum(face.widths.get(ord(letter), face.default_width) for letter in text) * self.size / 1000

        room = self.height - 2 * _ENDS - width(f" \u00b7 {stamp.mark}")
        if width(words) <= room:
            return words
        room -= width("\u2026")
        end = 0
        for end, letter in enumerate(words):  # noqa: B007  the place where the room ends is what is wanted
            room -= width(letter)
            if room < 0:
                break
        return words[:end].rstrip() + "\u2026"

    def _cut_font(self, face: int, characters: str, first: int) -> tuple[Subsets, int, dict[int, bytes], dict[int, bytes]]:
        """Return a subset with these characters, the number of its font, and the objects that hold it, numbered from `first`."""
        file = File()
        file._count = first - 1
        subset = Subsets(self.faces[face], 0)
        characters.translate(subset)
        [number] = subset.add_to(file).values()
        # 9.6.4: two subsets of a font in one file have different tags
        objects = {key: written.replace(b"/AAAAAA+", b"/COPYAA+") for key, written in file._objects.items()}
        return subset, number, objects, file._streams


def _plain_stream(data: bytes, entries: bytes = b"") -> bytes:
    """Return a stream that is not packed: short, or to be found by programs that do not know PDF."""
    return b"<<%s/Length %d>>\nstream\n%s\nendstream" % (entries, len(data), data)


def _simple(words: str) -> bool:
    """Tell whether the letters stand one after the other, from left to right, each by itself, and fit one subset of a font."""
    return sum(letter > "~" for letter in set(words)) <= _OTHERS and not any(
        unicodedata.bidirectional(letter) in {"R", "AL", "AN"} or unicodedata.category(letter)[0] == "M" or letter in "\u200c\u200d"
        for letter in words
    )
