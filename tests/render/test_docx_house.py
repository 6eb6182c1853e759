from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path
from xml.etree import ElementTree as ET

import docx as python_docx
import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from openxml_audit import FileFormat, OpenXmlValidator

from briefing import walk
from briefing.load.house import read_house
from briefing.model import Document
from briefing.render.docx import render
from tests import libreoffice
from tests.documents import SAMPLE, documents
from tests.layout.sample import LOOK, summary
from tests.render.houses import changed, house

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
OWN = msgspec.structs.replace(SAMPLE, marking="")


def parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def german() -> bytes:
    """A house whose Word speaks German: ids of styles are German, their names are not."""
    data = house()
    for name in ("word/styles.xml", "word/document.xml"):
        data = changed(data, name, '"Heading1"', '"berschrift1"', times=0)
        data = changed(data, name, '"ListBullet"', '"Aufzhlungszeichen"', times=0)
    return data


def findings(data: bytes, folder: Path) -> list[str]:
    file = folder / "document.docx"
    file.write_bytes(data)
    return [str(error) for error in OpenXmlValidator(file_format=FileFormat.MICROSOFT_365).validate(str(file)).errors]


def words(data: bytes) -> list[str]:
    root = ET.fromstring(parts(data)["word/document.xml"])
    return "".join(" " if node.tag != f"{W}t" else node.text or "" for node in root.iter() if node.tag in {f"{W}t", f"{W}p", f"{W}br", f"{W}tab"}).split()  # fmt: skip


def test_styles_page_header_and_footer_are_the_houses_and_its_words_are_not_there() -> None:
    data = render(OWN, LOOK, {}, house=read_house(house()))
    made = python_docx.Document(io.BytesIO(data))
    assert made.styles["Heading 1"].font.name == "Georgia"
    section = made.sections[0]
    assert section.left_margin
    assert section.top_margin
    assert (round(section.left_margin.mm), round(section.top_margin.mm)) == (31, 27)
    assert "Ministry of Works" in section.header.paragraphs[0].text
    assert section.footer.paragraphs[0].text == "Ministry of Works, Harbour Street 1"
    assert b"must not be taken over" not in b"".join(parts(data).values())
    assert any(name.startswith("word/media/") for name in parts(data))


def test_the_words_are_ours_whatever_the_house() -> None:
    plain = words(render(OWN, LOOK, {}))
    for each in (house(), house(furniture=False), german(), render(OWN, LOOK, {})):
        assert words(render(OWN, LOOK, {}, house=read_house(each))) == plain


@pytest.mark.parametrize("tree", [SAMPLE, OWN, summary()], ids=["marked", "plain", "summary"])
@pytest.mark.parametrize(
    "made", [house(), house(furniture=False), german(), render(SAMPLE, LOOK, {}), render(summary(), LOOK, {})],
    ids=["house", "bare", "german", "ours", "our summary"],
)  # fmt: skip
def test_the_validator_finds_nothing(made: bytes, tree: Document, tmp_path: Path) -> None:
    assert findings(render(tree, LOOK, {}, house=read_house(made)), tmp_path) == []


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(documents())
def test_every_style_and_list_that_the_body_names_is_there(tree: Document) -> None:
    files = parts(render(tree, LOOK, {}, house=read_house(german())))
    body = files["word/document.xml"].decode()
    ids = {node.attrib[f"{W}styleId"] for node in ET.fromstring(files["word/styles.xml"]).iter(f"{W}style")}
    assert set(re.findall(r'<w:(?:pStyle|rStyle|tblStyle) w:val="([^"]*)"', body)) <= ids
    numbers = {node.attrib[f"{W}numId"] for node in ET.fromstring(files["word/numbering.xml"]).iter(f"{W}num")}
    assert set(re.findall(r'<w:numId w:val="(\d+)"', body)) <= numbers
    defined = {node.attrib[f"{W}abstractNumId"] for node in ET.fromstring(files["word/numbering.xml"]).iter(f"{W}abstractNum")}
    assert {node.attrib[f"{W}val"] for node in ET.fromstring(files["word/numbering.xml"]).iter(f"{W}abstractNumId")} <= defined


def test_a_style_of_the_house_is_found_by_its_name_and_used_by_its_id() -> None:
    body = parts(render(OWN, LOOK, {}, house=read_house(german())))["word/document.xml"].decode()
    assert '<w:pStyle w:val="berschrift1"/>' in body
    assert '<w:pStyle w:val="Heading1"/>' not in body
    assert '<w:pStyle w:val="Aufzhlungszeichen"/>' in body


def test_what_is_added_names_no_font_so_that_the_typeface_is_the_houses() -> None:
    files = parts(render(OWN, LOOK, {}, house=read_house(house())))
    added = [
        node for node in ET.fromstring(files["word/styles.xml"]).iter(f"{W}style") if node.attrib[f"{W}styleId"].startswith("Brief")
    ]
    assert added
    assert not [node for style in added for node in style.iter(f"{W}rFonts")]


def test_a_marking_stands_in_the_houses_header() -> None:
    made = python_docx.Document(io.BytesIO(render(SAMPLE, LOOK, {}, house=read_house(house()))))
    assert made.sections[0].header.paragraphs[0].text == "Official"
    assert "Ministry of Works" in made.sections[0].header.paragraphs[1].text


def test_a_house_without_header_and_footer_gets_ours() -> None:
    made = python_docx.Document(io.BytesIO(render(SAMPLE, LOOK, {}, house=read_house(house(furniture=False)))))
    assert "Information as of 23 November 2025" in made.sections[0].footer.paragraphs[0].text
    assert made.sections[0].different_first_page_header_footer


def test_the_language_is_the_documents() -> None:
    tree = msgspec.structs.replace(OWN, language="fr-FR")
    styles = ET.fromstring(parts(render(tree, LOOK, {}, house=read_house(house())))["word/styles.xml"])
    assert {node.attrib[f"{W}val"] for node in styles.iter(f"{W}lang")} == {"fr-FR"}


def test_the_same_house_gives_the_same_bytes() -> None:
    one, two = (render(SAMPLE, LOOK, {}, house=read_house(house())) for _ in range(2))
    assert {name: data for name, data in parts(one).items() if name != "docProps/core.xml"} == {
        name: data for name, data in parts(two).items() if name != "docProps/core.xml"
    }


@pytest.mark.skipif(not libreoffice.is_here(), reason=libreoffice.MISSING)
def test_a_summary_stays_on_one_page_in_a_house_with_wide_margins(tmp_path: Path) -> None:
    from briefing.layout.fit import fit
    from tests.layout.sample import FONTS

    framed = read_house(house(furniture=False))
    fitted = fit(summary(points=30), LOOK, FONTS, sheet=framed.frame)
    free = fit(summary(points=30), LOOK, FONTS)
    assert len(fitted.left_out) > len(free.left_out)
    pdfs = libreoffice.as_pdf({"framed": render(fitted.document, fitted.look, {}, house=framed)}, tmp_path)
    assert libreoffice.page_count(pdfs["framed"]) == 1
    assert len(walk.words(fitted.document)) < len(walk.words(free.document))
