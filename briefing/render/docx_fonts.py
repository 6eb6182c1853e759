"""The fonts of the look inside a DOCX, so that it looks the same where they are not installed: ECMA-376 part 1, 17.8."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from hashlib import blake2b

from briefing.look import Faces, Look
from briefing.render.docx_book import Book
from briefing.render.docx_package import XML, W, attr, font_entries
from briefing.render.docx_zip import Entry, entry

_TYPE = "application/vnd.openxmlformats-officedocument.obfuscatedFont"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_FONT = f"{_REL}/font"
_SLOTS = ("embedRegular", "embedBold", "embedItalic", "embedBoldItalic")
# Up to where w:embedTrueTypeFonts stands among the settings (17.15.1.78)
_BEFORE = re.compile(
    r"<w:settings\b[^>]*>(?:\s*<w:(?:writeProtection|view|zoom|removePersonalInformation|removeDateAndTime|doNotDisplayPageBoundaries|"
    r"displayBackgroundShape|printPostScriptOverText|printFractionalCharacterWidth|printFormsData)\b[^>]*/>)*"
)
_HIDDEN = 32  # bytes at the beginning that the key is laid over


def embed(book: Book, look: Look, read: Callable[[str], bytes]) -> None:
    """Put the look's fonts into a file, `read` giving a font file's bytes by its name. Those that a house has put there stay."""
    table, settings = book.part("fontTable"), book.part("settings")
    fonts = book.text(table)
    for name, xml in font_entries(look, lambda faces: _faces(look, faces, read)).items():
        known = re.search(rf'<w:font\b[^>]*w:name="{re.escape(attr(name))}"[^>]*(?:(?<=/)>|>.*?</w:font>)', fonts, re.DOTALL)
        if known and "<w:embed" in known[0]:
            continue
        fonts = fonts.replace(known[0], "") if known else fonts
        entered = xml.replace("<w:font ", f'<w:font xmlns:w="{W}" xmlns:r="{_REL}" ', 1)
        fonts = fonts.replace("</w:fonts>", f"{entered}</w:fonts>")
    book.put(table, fonts)
    folder, _, leaf = table.rpartition("/")
    rels = f"{folder}/_rels/{leaf}.rels"
    before = book.text(rels) if rels in book.entries else f'{XML}<Relationships xmlns="{_RELATIONS}"></Relationships>'
    before = re.sub(r"<Relationships\b([^>]*)/>", r"<Relationships\1></Relationships>", before)
    book.put(rels, before.replace("</Relationships>", f"{_relations(look)}</Relationships>"))
    book.entries |= {part.name: part for part in (_part(number, read(file)) for number, file in enumerate(_files(look), 1))}
    book.defaults["odttf"] = _TYPE
    old = book.text(settings)
    if "embedTrueTypeFonts" not in old:
        at = _BEFORE.search(old)
        assert at, "settings have a root"
        book.put(settings, f"{old[: at.end()]}<w:embedTrueTypeFonts/>{old[at.end() :]}")


def _faces(look: Look, faces: Faces, read: Callable[[str], bytes]) -> str:
    """Return the elements that a family's entry in the table of fonts names its faces by."""
    places = {file: number for number, file in enumerate(_files(look), 1)}
    return "".join(
        f'<w:{slot} r:id="rIdFace{places[file]}" w:fontKey="{font_key(read(file))}"/>'
        for slot, file in zip(_SLOTS, (faces.regular, faces.bold, faces.italic, faces.bold_italic), strict=True)
    )


def _relations(look: Look) -> str:
    """Return the relationships of the table of fonts to the faces."""
    return "".join(
        f'<Relationship xmlns="{_RELATIONS}" Id="rIdFace{number}" Type="{_FONT}" Target="/word/fonts/{_name(number)}"/>'
        for number, _ in enumerate(_files(look), 1)
    )


def font_key(data: bytes) -> str:
    """Return the key of a font: made from its bytes, so that the same font has the same one."""
    digits = blake2b(data, digest_size=16).hexdigest().upper()
    return "{" + "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:])) + "}"


def hidden(data: bytes, key: str) -> bytes:
    """Return a font with its first bytes crossed with the key, read from its end (17.8.1); twice gives the font again."""
    mask = bytes.fromhex(key.strip("{}").replace("-", ""))[::-1]
    head = bytes(byte ^ mask[at % len(mask)] for at, byte in enumerate(data[:_HIDDEN]))
    return head + data[_HIDDEN:]


def _files(look: Look) -> Iterator[str]:
    """Yield the files of the look's faces, each once."""
    families = (look.serif, look.sans)
    return iter(dict.fromkeys(file for each in families for file in (each.regular, each.bold, each.italic, each.bold_italic)))


def _name(number: int) -> str:
    return f"brief{number}.odttf"


@lru_cache(maxsize=32)
def _part(number: int, data: bytes) -> Entry:
    return entry(f"word/fonts/{_name(number)}", hidden(data, font_key(data)), once=True)
