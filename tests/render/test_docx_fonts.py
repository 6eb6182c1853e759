from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from openxml_audit import FileFormat, OpenXmlValidator

from briefing.load.house import read_house
from briefing.render.docx import render
from briefing.render.docx_fonts import font_key, hidden
from tests import libreoffice
from tests.documents import SAMPLE
from tests.layout.sample import LOOK, read_font
from tests.render.houses import house

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"


def parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_a_font_is_hidden_as_the_standard_says_and_comes_back() -> None:
    """The example of ECMA-376 part 1, 17.8.1: the key is read from its end, twice over the first 32 bytes."""
    key = "{1DB54F6E-9C3A-4F7B-8D21-00112233445A}"
    data = bytes(range(64))
    assert hidden(data, key)[:2] == bytes((0x5A ^ 0, 0x44 ^ 1))
    assert hidden(data, key)[16] == 0x5A ^ 16
    assert hidden(data, key)[32:] == data[32:]
    assert hidden(hidden(data, key), key) == data


def test_the_key_of_a_font_is_made_from_its_bytes() -> None:
    assert font_key(b"one") == font_key(b"one") != font_key(b"two")
    assert re.fullmatch(r"\{[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}\}", font_key(b"one"))


def test_every_face_of_the_look_is_in_the_file_and_is_the_font_itself() -> None:
    files = parts(render(SAMPLE, LOOK, {}, read_font=read_font))
    targets = {
        node.attrib["Id"]: node.attrib["Target"].lstrip("/") for node in ET.fromstring(files["word/_rels/fontTable.xml.rels"])
    }
    found = {}
    for font in ET.fromstring(files["word/fontTable.xml"]).iter(f"{W}font"):
        for slot in font:
            if slot.tag.startswith(f"{W}embed"):
                data = hidden(files[targets[slot.attrib[f"{R}id"]]], slot.attrib[f"{W}fontKey"])
                found[font.attrib[f"{W}name"], slot.tag.removeprefix(f"{W}embed")] = data
    for faces in (LOOK.serif, LOOK.sans):
        wanted = {"Regular": faces.regular, "Bold": faces.bold, "Italic": faces.italic, "BoldItalic": faces.bold_italic}
        assert {slot: found[faces.name, slot] for slot in wanted} == {slot: read_font(file) for slot, file in wanted.items()}
    assert b"<w:embedTrueTypeFonts/>" in files["word/settings.xml"]
    assert b'Extension="odttf"' in files["[Content_Types].xml"]


def test_the_words_are_the_same_with_fonts_and_without() -> None:
    with_fonts, without = (parts(render(SAMPLE, LOOK, {}, read_font=read)) for read in (read_font, None))
    assert with_fonts["word/document.xml"] == without["word/document.xml"]
    assert not [name for name in without if "font" in name.lower() and name != "word/fontTable.xml"]


@pytest.mark.parametrize("framed", [False, True])
def test_the_validator_finds_nothing_in_a_file_with_fonts(tmp_path: Path, framed: bool) -> None:
    file = tmp_path / "fonts.docx"
    file.write_bytes(render(SAMPLE, LOOK, {}, read_font=read_font, house=read_house(house()) if framed else None))
    assert not OpenXmlValidator(file_format=FileFormat.MICROSOFT_365).validate(str(file)).errors


def test_a_house_that_is_our_own_document_with_fonts_keeps_one_of_each() -> None:
    own = render(SAMPLE, LOOK, {}, read_font=read_font)
    files = parts(render(SAMPLE, LOOK, {}, read_font=read_font, house=read_house(own)))
    names = [node.attrib[f"{W}name"] for node in ET.fromstring(files["word/fontTable.xml"])]
    assert sorted(names) == sorted(set(names))


@pytest.mark.skipif(not libreoffice.is_here(), reason=libreoffice.MISSING)
def test_libreoffice_sets_the_document_in_its_own_fonts_though_they_are_not_installed(tmp_path: Path) -> None:
    import pypdf

    documents = {"with": render(SAMPLE, LOOK, {}, read_font=read_font), "without": render(SAMPLE, LOOK, {})}
    fonts: dict[str, set[str]] = {}
    for name, data in documents.items():  # one call each: fonts of one document serve the next
        folder = tmp_path / name
        folder.mkdir()
        pdf = libreoffice.as_pdf({name: data}, folder, with_fonts=False)[name]
        resources = [page["/Resources"]["/Font"] for page in pypdf.PdfReader(pdf).pages]  # type: ignore[index]
        fonts[name] = {str(font.get_object()["/BaseFont"]) for each in resources for font in each.values()}
    assert any("SourceSerif4" in name for name in fonts["with"])
    assert not any("SourceSerif4" in name for name in fonts["without"])
