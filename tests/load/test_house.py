from __future__ import annotations

import io
import zipfile
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from briefing.load.house import read_house
from briefing.problems import ProblemsFound
from tests.render.houses import added, changed, house

GOOD = house()


def code(data: bytes) -> str:
    with pytest.raises(ProblemsFound) as caught:
        read_house(data)
    (problem,) = caught.value.problems
    assert str(problem.at) == "templates/house.docx"
    assert problem.hint
    return problem.code


def test_a_house_gives_styles_page_header_and_footer() -> None:
    made = read_house(GOOD)
    assert made.styles["heading 1"] == "Heading1"
    assert "ministry note" in made.styles
    assert {relation.kind for relation in made.relations} >= {"styles", "header", "footer", "numbering", "settings"}
    assert round(made.frame.margins.left) == 31
    assert any(name.startswith("word/media/") for name in made.parts)


def test_its_words_are_left_behind() -> None:
    assert b"must not be taken over" not in b"".join(read_house(GOOD).parts.values())


def test_a_template_that_its_settings_name_is_left_behind() -> None:
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    data = changed(GOOD, "word/settings.xml", "(?=<w:zoom)", f'<w:attachedTemplate xmlns:r="{kind}" r:id="rId1"/>')
    assert b"attachedTemplate" not in read_house(data).parts["word/settings.xml"]


@pytest.mark.parametrize("data", [b"", b"words", b"\xd0\xcf\x11\xe0 an old document", GOOD[:2000]])
def test_what_is_no_word_document_is_refused(data: bytes) -> None:
    assert code(data) == "H001"


def test_another_package_is_refused() -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("words.txt", "no document")
    assert code(made.getvalue()) == "H001"


def test_a_package_without_its_document_is_refused() -> None:
    assert code(changed(GOOD, "word/document.xml", "", "gone")) == "H002"


def test_macros_are_refused() -> None:
    assert code(added(GOOD, "word/vbaProject.bin", b"macros")) == "H003"
    kind = "application/vnd.ms-word.document.macroEnabled.main+xml"
    assert (
        code(changed(GOOD, "[Content_Types].xml", r"application/vnd\.[a-z.-]*wordprocessingml\.document\.main\+xml", kind))
        == "H003"
    )


def test_a_strict_document_is_refused() -> None:
    strict = "http://purl.oclc.org/ooxml/wordprocessingml/main"
    assert (
        code(changed(GOOD, "word/document.xml", r"http://schemas\.openxmlformats\.org/wordprocessingml/2006/main", strict))
        == "H004"
    )


def test_a_part_that_is_named_and_not_there_is_refused() -> None:
    assert code(changed(GOOD, "word/header1.xml", "", "gone")) == "H005"
    assert code(changed(GOOD, "word/document.xml", r'(?<=w:headerReference w:type="default" r:id=")rId\d+', "rId999")) == "H005"


def test_a_document_without_heading_1_is_refused() -> None:
    assert code(changed(GOOD, "word/styles.xml", '(?<=<w:name w:val=")heading 1(?=")', "Ueberschrift")) == "H006"


def test_a_part_that_is_not_xml_is_refused_and_named() -> None:
    data = changed(GOOD, "word/styles.xml", "</w:styles>", "")
    with pytest.raises(ProblemsFound, match=r"H008 word/styles\.xml, line \d+: not XML"):
        read_house(data)


def test_entities_are_refused() -> None:
    assert code(changed(GOOD, "word/styles.xml", "<w:styles", '<!DOCTYPE x [<!ENTITY a "b">]><w:styles')) == "H008"


def test_a_page_without_size_or_room_is_refused() -> None:
    assert code(changed(GOOD, "word/document.xml", "<w:pgSz[^>]*/>", "")) == "H009"
    assert code(changed(GOOD, "word/document.xml", '(?<=w:left=")[0-9]+', "9000")) == "H009"
    assert code(changed(GOOD, "word/document.xml", '(?<=<w:pgSz w:w=")[0-9]+', "wide")) == "H009"


@settings(max_examples=150, deadline=None)
@given(st.integers(0, len(GOOD) - 1), st.binary(min_size=1, max_size=40))
def test_damage_is_refused_or_harmless_and_never_a_crash(at: int, noise: bytes) -> None:
    with suppress(ProblemsFound):
        read_house(GOOD[:at] + noise + GOOD[at + len(noise) :])
