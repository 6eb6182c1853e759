"""The parts of a DOCX that do not depend on its words: styles, numbering, theme, settings, fonts, properties of the program.

python-docx makes them from the look; what comes out is compressed bytes, a pure function of its arguments, so that they can be
kept and python-docx need not even be imported for the next document.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

import msgspec

from briefing.look import Faces, Look
from briefing.render.docx_stylesheet import write_styles
from briefing.render.docx_zip import Entry, entry
from briefing.word import LEVELS, LIST_INDENT, LISTS, Frame, style_id, twips

if TYPE_CHECKING:
    from docx.document import Document as WordDocument

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_STATIC = ("word/styles.xml", "word/settings.xml", "word/fontTable.xml", "word/theme/theme1.xml")


class Package(msgspec.Struct, frozen=True):
    """The prepared parts; `numbering` stays open for the numbered lists of a document, before its closing tag."""

    parts: tuple[Entry, ...]
    numbering: str


def prepared(look: Look, sheet: Frame, language: str, *, summary: bool) -> Package:
    """Return the prepared parts for documents of this look, page and language, made once in a process."""
    return _prepared(msgspec.msgpack.encode(look), sheet, language, summary)


@lru_cache(maxsize=16)
def _prepared(look: bytes, sheet: Frame, language: str, summary: bool) -> Package:
    return prepare(msgspec.msgpack.decode(look, type=Look), sheet, language, summary=summary)


def prepare(look: Look, sheet: Frame, language: str, *, summary: bool) -> Package:
    """Make the prepared parts. Imports python-docx."""
    import docx

    package = docx.Document()
    write_styles(package, look, sheet, language, summary=summary)
    _settings(package, language)
    _part(package, "/word/fontTable.xml", font_table(font_entries(look).values()).encode())
    _part(package, "/word/theme/theme1.xml", _theme(package, look))
    saved = io.BytesIO()
    package.save(saved)
    with zipfile.ZipFile(saved) as parts:
        entries = tuple(entry(name, parts.read(name), once=True) for name in _STATIC)
    return Package((*entries, entry("docProps/app.xml", _PROGRAM, once=True)), _numbering())


# compatibilityMode 15: without it Word opens the file as one of 2007, with other line breaks
_PROGRAM = (
    f'{XML}<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties">'
    "<Application>briefing-generator</Application></Properties>"
)
_SETTINGS = (
    '<w:zoom {ns} w:percent="100"/>',
    '<w:defaultTabStop {ns} w:val="720"/>',
    '<w:autoHyphenation {ns} w:val="0"/>',
    '<w:characterSpacingControl {ns} w:val="doNotCompress"/>',
    "<w:compat {ns}>{modes}</w:compat>",
    '<w:themeFontLang {ns} w:val="{language}" w:eastAsia="ja-JP" w:bidi="hi-IN"/>',
    ('<w:clrSchemeMapping {ns} w:bg1="light1" w:t1="dark1" w:bg2="light2" w:t2="dark2" w:accent1="accent1" w:accent2="accent2"'
    ' w:accent3="accent3" w:accent4="accent4" w:accent5="accent5" w:accent6="accent6" w:hyperlink="hyperlink"'
    ' w:followedHyperlink="followedHyperlink"/>'),
    '<w:decimalSymbol {ns} w:val="."/>',
    '<w:listSeparator {ns} w:val=","/>',
)  # fmt: skip
_MODES = (("compatibilityMode", 15), ("overrideTableStyleFontSizeAndJustification", 1), ("enableOpenTypeFeatures", 1),
          ("doNotFlipMirrorIndents", 1), ("differentiateMultirowTableHeaders", 1))  # fmt: skip


def _settings(package: WordDocument, language: str) -> None:
    from docx.oxml.parser import parse_xml

    element = package.settings.element
    for child in list(element):
        element.remove(child)
    uri = "http://schemas.microsoft.com/office/word"
    modes = "".join(f'<w:compatSetting w:name="{name}" w:uri="{uri}" w:val="{value}"/>' for name, value in _MODES)
    for setting in _SETTINGS:
        element.append(parse_xml(setting.format(ns=f'xmlns:w="{W}"', modes=modes, language=attr(language))))


def _part(package: WordDocument, name: str, content: bytes) -> None:
    part = next(part for part in package.part.package.iter_parts() if part.partname == name)
    part._blob = content


def font_entries(look: Look, embedded: Callable[[Faces], str] = lambda _: "") -> dict[str, str]:
    """Return the entry of each family in the table of fonts, by its name; `embedded` gives what names its faces in the file.

    With what Word may take where a font is not installed: w:altName names a face of like width.
    """
    return {
        faces.name: (
            f'<w:font w:name="{attr(faces.name)}"><w:altName w:val="{stand_in}"/><w:charset w:val="00"/>'
            f'<w:family w:val="{family}"/><w:pitch w:val="variable"/>{embedded(faces)}</w:font>'
        )
        for faces, stand_in, family in ((look.serif, "Cambria", "roman"), (look.sans, "Calibri", "swiss"))
    }


def font_table(entries: Iterable[str]) -> str:
    """Return the table of fonts."""
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    return f'{XML}<w:fonts xmlns:w="{W}" xmlns:r="{office}">{"".join(entries)}</w:fonts>'


def _theme(package: WordDocument, look: Look) -> bytes:
    """The colours and fonts of the look in Word's own pickers, so that what a reader adds matches."""
    from docx.opc.oxml import serialize_part_xml
    from docx.oxml.parser import parse_xml

    part = next(part for part in package.part.package.iter_parts() if part.partname == "/word/theme/theme1.xml")
    root = parse_xml(part.blob)
    drawing = "http://schemas.openxmlformats.org/drawingml/2006/main"
    a = f"{{{drawing}}}"
    root.set("name", "Brief")
    scheme = root.find(f".//{a}clrScheme")
    scheme.set("name", "Brief")
    accents = [look.colour(name) for name in (*look.chart_colours, "muted", "rule")]
    colours = {"dk1": "text", "lt1": "on-accent", "dk2": "accent", "lt2": "shade", "hlink": "link", "folHlink": "link"}
    wanted = {slot: look.colour(name) for slot, name in colours.items()}
    wanted |= {f"accent{n}": colour for n, colour in enumerate((accents * 6)[:6], 1)}
    for slot, colour in wanted.items():
        place = scheme.find(a + slot)
        for child in list(place):
            place.remove(child)
        place.append(parse_xml(f'<a:srgbClr xmlns:a="{drawing}" val="{colour.lstrip("#").upper()}"/>'))
    for slot, faces in (("majorFont", look.sans), ("minorFont", look.serif)):
        root.find(f".//{a}{slot}/{a}latin").set("typeface", faces.name)
    written: bytes = serialize_part_xml(root)
    return written


# -------------------------------------------------------------------------------------------------------------- numbering


def _numbering() -> str:
    """Definitions of all lists and the instances that their styles use, up to where a document's own instances begin."""
    written = []
    for number, shape in enumerate(LISTS, 1):
        levels = []
        for level in range(LEVELS):
            form = (
                "decimal" if shape.counts else "none" if shape.start and level else "bullet"
            )  # LibreOffice: one character a bullet
            left, step = twips(shape.start + LIST_INDENT * (level + 1)), twips(shape.hanging(level))
            levels.append(
                f'<w:lvl w:ilvl="{level}"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:pStyle w:val="{style_id(shape.style(level))}"/>'
                f'<w:lvlText w:val="{shape.label(level)}"/><w:lvlJc w:val="left"/><w:pPr><w:ind w:left="{left}" w:hanging="{step}"/></w:pPr></w:lvl>'
            )
        written.append(
            f'<w:abstractNum w:abstractNumId="{number}"><w:multiLevelType w:val="multilevel"/>{"".join(levels)}</w:abstractNum>'
        )
    written += (f'<w:num w:numId="{n}"><w:abstractNumId w:val="{n}"/></w:num>' for n, _ in enumerate(LISTS, 1))
    return f'{XML}<w:numbering xmlns:w="{W}">{"".join(written)}'


def own_number(number: int, definition: int, level: int, start: int) -> str:
    """Return the instance `number` of a counting list, begun anew at `start` on a level."""
    return (
        f'<w:num w:numId="{number}"><w:abstractNumId w:val="{definition}"/><w:lvlOverride w:ilvl="{level}">'
        f'<w:startOverride w:val="{start}"/></w:lvlOverride></w:num>'
    )


_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]"
)  # XML 1.0, 2.2; the loader refuses them long before


def attr(text: str) -> str:
    """Return text as it may stand in an attribute or between tags. Raises ValueError for a character that XML cannot hold."""
    found = _FORBIDDEN.search(text)
    if found:
        raise ValueError(f"XML cannot hold U+{ord(found[0]):04X}, in {text[max(0, found.start() - 30) : found.end() + 30]!r}")
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
