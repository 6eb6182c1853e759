"""A stamped copy says whose it is: seen on every page, heard once, read by programs; all else is as it was."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import tracemalloc
import zipfile
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree as ET

import msgspec
import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openxml_audit import FileFormat, OpenXmlValidator

from briefing.copying import marks_of, stamp_of
from briefing.delivery import Settings
from briefing.load.house import read_house
from briefing.render.docx import render
from briefing.render.docx_stamp import DocxStamp
from briefing.render.web_stamp import stamp_html, stamp_text
from briefing.stamp import CopyRefused, mark_of, marks_in, stamp
from tests import libreoffice
from tests.deliver.copied import NAMES, PAGES, PRINTED, copies, only, reader, rendition, text_of
from tests.documents import SAMPLE
from tests.layout.sample import LOOK
from tests.render.houses import house
from tests.render.tagged import Tagged

WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def pdf_of(key: str, name: str = "policy-brief", page: str = "A4", look: str = "") -> tuple[bytes, bytes]:
    """Return the PDF of a rendition and a reader's copy of it."""
    of = only(rendition(name, page, look), "pdf")
    [master], [copy] = of.files.values(), copies().of(reader(key), of).values()
    return master, copy


# --------------------------------------------------------------------------------------------------------------------- PDF


@pytest.mark.parametrize("key", NAMES)
def test_a_stamped_pdf_begins_with_the_master_and_is_the_same_each_time(key: str) -> None:
    master, copy = pdf_of(key)
    assert copy.startswith(master)
    assert copy == pdf_of(key)[1]
    assert copy != pdf_of("another")[1]


@pytest.mark.parametrize("key", PRINTED)
@pytest.mark.parametrize("name", ["policy-brief", "one-page-summary"])
def test_a_stamp_is_heard_once_and_is_an_artifact_wherever_else_it_stands(key: str, name: str) -> None:
    master, copy = map(Tagged, pdf_of(key, name))
    own = stamp_of(reader(key), rendition(name), Settings())
    assert copy.faults == []
    kind, kids = copy.tree
    assert kids[0] == ("P", [" ".join(own.words.split())])
    assert (kind, kids[1:]) == master.tree
    stamps = [words for what, words in copy.artifacts if "Watermark" in what]
    assert stamps == [f" \u00b7 {own.mark}", *[f"{own.words} \u00b7 {own.mark}"] * (len(copy.pdf.pages) - 1)]
    assert [each for each in copy.artifacts if "Watermark" not in each[0]] == master.artifacts


def test_the_words_of_a_stamped_pdf_are_those_of_the_master_with_the_stamp(tmp_path: Path) -> None:
    master, copy = pdf_of("okubo")
    own = stamp_of(reader("okubo"), rendition(), Settings())
    words = text_of(copy, tmp_path / "copy.pdf")
    assert words.count(f"{own.words} \u00b7 {own.mark}") == words.count("\f") > 5
    assert sorted(text_of(master, tmp_path / "master.pdf").split()) == sorted(
        words.replace(f"{own.words} \u00b7 {own.mark}", "").split()
    )


@pytest.mark.parametrize("key", sorted(NAMES.keys() - set(PRINTED) - {"long", "nameless"}))
def test_a_name_that_no_font_has_is_printed_as_the_id_and_still_told_in_full(key: str) -> None:
    _, copy = pdf_of(key)
    with pikepdf.open(io.BytesIO(copy)) as pdf:
        paragraph = pdf.Root.StructTreeRoot.K.K[0]
        assert paragraph.ActualText == f"Copy for {NAMES[key]}, edition 3"
    assert Tagged(copy).tree[1][0] == ("P", [f"Copy for {key}@example.org, edition 3"])


def test_without_a_name_the_id_stands_for_it_and_where_that_has_no_letters_either_the_mark_alone() -> None:
    assert Tagged(pdf_of("nameless")[1]).tree[1][0] == ("P", ["Copy for nameless@example.org, edition 3"])
    _, copy = pdf_of("大久保")
    mark = mark_of("policy-brief/3", "大久保@example.org")
    assert [words for what, words in Tagged(copy).artifacts if "Watermark" in what][-1] == mark
    with pikepdf.open(io.BytesIO(copy)) as pdf:
        assert pdf.Root.StructTreeRoot.K.K[0].ActualText == "Copy for 大久保, edition 3"


def test_a_long_name_is_cut_where_the_page_ends_and_told_in_full() -> None:
    _, copy = pdf_of("long", "one-page-summary")
    own = stamp_of(reader("long"), rendition(), Settings())
    paragraph = Tagged(copy).tree[1][0]
    assert isinstance(paragraph, tuple)
    [words] = paragraph[1]
    assert isinstance(words, str)
    assert len(words) > 100
    assert own.words.startswith(words.removesuffix("\u2026"))
    with pikepdf.open(io.BytesIO(copy)) as pdf:
        assert pdf.Root.StructTreeRoot.K.K[0].ActualText == own.words


def test_the_mark_is_in_the_metadata_and_tells_no_address() -> None:
    _, copy = pdf_of("okubo")
    with pikepdf.open(io.BytesIO(copy)) as pdf, pdf.open_metadata() as xmp:
        assert xmp["dc:identifier"] == f"briefing-copy:{mark_of('policy-brief/3', 'okubo@example.org')}"
        assert "okubo" not in str(xmp)
    assert b"okubo@" not in copy


@pytest.mark.parametrize("bad", ["A\r\nBcc: x", "A\nB", "A\tB", "A\x00", "A\u202eB", "A\u2028B", "A\ue000", "A\uffff", "A\ud800"])
def test_a_name_with_line_ends_or_characters_that_hide_others_is_refused(bad: str) -> None:
    with pytest.raises(CopyRefused, match=r"U\+"):
        stamp("Copy for {name}", bad, "id", "brief", 1)
    with pytest.raises(CopyRefused, match=r"U\+"):
        stamp("Copy for {name}", "A", bad, "brief", 1)


def grey_pages(data: bytes, path: Path) -> list[tuple[int, int, bytes]]:
    """Return the first pages, each as width, height and one byte a pixel."""
    path.write_bytes(data)
    done = subprocess.run(["pdftoppm", "-gray", "-r", "72", "-l", "3", str(path)], check=True, capture_output=True).stdout
    pages = []
    while done:
        head = re.match(rb"P5\s(\d+)\s(\d+)\s255\s", done)
        assert head
        width, height = int(head[1]), int(head[2])
        pages.append((width, height, done[head.end() : head.end() + width * height]))
        done = done[head.end() + width * height :]
    return pages


@pytest.mark.skipif(not shutil.which("pdftoppm"), reason="poppler is not on this machine")
@pytest.mark.parametrize(("name", "page", "look"), [*((*each, "") for each in PAGES), ("policy-brief", "A4", "large-print")])
def test_a_stamp_touches_nothing_that_is_on_the_page(name: str, page: str, look: str, tmp_path: Path) -> None:
    master, copy = pdf_of("long", name, page, look)
    before, after = grey_pages(master, tmp_path / "master.pdf"), grey_pages(copy, tmp_path / "copy.pdf")
    assert len(before) == len(after) > 0
    for (width, height, old), (_, _, new) in zip(before, after, strict=True):
        changed = [at for at, (was, now) in enumerate(zip(old, new, strict=True)) if was != now]
        assert len(changed) > 500
        assert {old[at] for at in changed} == {255}
        across, down = [at % width for at in changed], [at // width for at in changed]
        assert 10 < min(across) <= max(across) < 32  # between what printers leave blank and the text
        assert 40 < min(down) <= max(down) < height - 40


def test_a_thousand_copies_take_no_more_memory_than_ten() -> None:
    of = only(rendition(), "pdf", "docx")
    maker = copies()
    maker.of(reader("first"), of)

    def peak(many: int) -> int:
        tracemalloc.start()
        for number in range(many):
            maker.of(reader(f"Réader {number}"), of)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    few = peak(10)
    assert peak(1000) < few + 500_000


# -------------------------------------------------------------------------------------------------------------------- DOCX


def words_of(part: bytes) -> list[str]:
    """Return the words of each paragraph of a part."""
    return ["".join(text.text or "" for text in p.iter(f"{WORD}t")) for p in ET.fromstring(part).iter(f"{WORD}p")]


@pytest.mark.parametrize("key", NAMES)
def test_a_stamped_docx_has_the_stamp_as_its_first_line_in_its_header_and_as_a_property(key: str, tmp_path: Path) -> None:
    of = only(rendition(), "docx")
    [master], [copy] = of.files.values(), copies().of(reader(key), of).values()
    own = stamp_of(reader(key), of, Settings())
    line = f"{own.words} \u00b7 {own.mark}"
    with zipfile.ZipFile(io.BytesIO(master)) as before, zipfile.ZipFile(io.BytesIO(copy)) as after:
        assert after.testzip() is None
        assert words_of(after.read("word/document.xml")) == [line, *words_of(before.read("word/document.xml"))]
        assert after.read("word/document.xml").decode().count(own.mark) == 1
        marking, header = words_of(before.read("word/header1.xml"))
        assert words_of(after.read("word/header1.xml")) == [marking, line, header]
        assert after.read("word/header2.xml") == before.read("word/header2.xml")  # of the first page, where the line is in the text
        assert f"briefing-copy:{own.mark}".encode() in after.read("docProps/custom.xml")
        changed = {name for name in before.namelist() if before.read(name) != after.read(name)}
    assert changed == {"word/document.xml", "word/header1.xml", "[Content_Types].xml", "_rels/.rels"}
    if key == "markup":  # the validator takes its time
        path = tmp_path / "copy.docx"
        path.write_bytes(copy)
        assert [str(error) for error in OpenXmlValidator(file_format=FileFormat.MICROSOFT_365).validate(str(path)).errors] == []


def test_a_property_that_is_there_already_stays() -> None:
    [master] = only(rendition(), "docx").files.values()
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(master)) as before, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            after.writestr(name, before.read(name))
        after.writestr("docProps/custom.xml", _CUSTOM)
    made = DocxStamp(out.getvalue()).copy(stamp("Copy for {name}", "A", "a", "brief", 1))
    with zipfile.ZipFile(io.BytesIO(made)) as package:
        root = ET.fromstring(package.read("docProps/custom.xml"))
    assert [(each.get("pid"), each.get("name")) for each in root] == [("7", "House"), ("8", "Copy")]


_CUSTOM = (
    '<?xml version="1.0"?>\n<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties" '
    'xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes">'
    '<property fmtid="{D5CDD505-2E9C-101B-9397-08002B2CF9AE}" pid="7" name="House"><vt:lpwstr>x</vt:lpwstr></property></Properties>'
)


def headers_of(data: bytes) -> dict[str, list[str]]:
    """Return the words of each header part."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        parts = {name: package.read(name) for name in package.namelist() if name.startswith("word/") and name.endswith(".xml")}
    return {name: words_of(part) for name, part in parts.items() if b"<w:hdr" in part}


@pytest.mark.parametrize("furniture", [True, False])
def test_a_document_in_the_frame_of_a_house_is_stamped_too(furniture: bool, tmp_path: Path) -> None:
    master = render(SAMPLE, LOOK, {}, house=read_house(house(furniture=furniture)))
    check_stamped(master, tmp_path / "copy.docx")


@pytest.mark.parametrize("last", [True, False])
def test_a_document_without_a_header_gets_one_for_its_stamp(last: bool, tmp_path: Path) -> None:
    [master] = only(rendition("one-page-summary"), "docx").files.values()
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(master)) as before, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            part = before.read(name)
            if name == "word/document.xml":
                part = re.sub(rb'<w:headerReference w:type="default"[^>]*>', b"", part)
                part = part if last else re.sub(rb"<w:sectPr.*</w:sectPr>", b"<w:sectPr/>", part)
            after.writestr(name, part)
    check_stamped(out.getvalue(), tmp_path / "copy.docx")


def check_stamped(master: bytes, path: Path) -> None:
    copy = DocxStamp(master).copy(stamp("Copy for {name}", "O\N{RIGHT SINGLE QUOTATION MARK}Brien <x>", "a", "brief", 1))
    path.write_bytes(copy)
    line = f"Copy for O\N{RIGHT SINGLE QUOTATION MARK}Brien <x> \u00b7 {mark_of('brief/1', 'a')}"
    with zipfile.ZipFile(path) as package:
        assert words_of(package.read("word/document.xml"))[0] == line
    assert [words.count(line) for words in headers_of(copy).values() if line in words] == [1]
    assert [str(error) for error in OpenXmlValidator(file_format=FileFormat.MICROSOFT_365).validate(str(path)).errors] == []


@pytest.mark.skipif(not libreoffice.is_here(), reason=libreoffice.MISSING)
def test_a_stamped_summary_is_one_page_in_a_word_processor_and_a_brief_shows_the_stamp_on_every_page(tmp_path: Path) -> None:
    made = {
        f"{name}-{page}": copies().of(reader("okubo"), only(rendition(name, page), "docx"))[f"{name}.docx"]
        for name, page in PAGES[1:]
    }
    pages = libreoffice.as_pdf(made, tmp_path)
    for name, path in pages.items():
        told = subprocess.run(["pdftotext", str(path), "-"], check=True, capture_output=True, text=True).stdout
        shown = told.split("\f")[:-1]
        assert all(page.count("Copy for Ōkubo Jirō, edition 3") == 1 for page in shown), name
        assert (len(shown) == 1) == name.startswith("one-page")
        assert marks_of(path.read_bytes()) == (mark_of(f"{name.rpartition('-')[0]}/3", "okubo@example.org"),)


# ----------------------------------------------------------------------------------------------------------- HTML and text


class Page(HTMLParser):
    """The words of a page, those that are heard, and what its <meta> say."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.words = self.heard = ""
        self.meta: dict[str | None, str | None] = {}
        self._hidden = self._style = 0
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "meta":
            self.meta[given.get("name")] = given.get("content")
        elif tag == "span":
            self._hidden += bool(self._hidden or given.get("aria-hidden"))
        self._style += tag == "style"

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= bool(tag == "span" and self._hidden)
        self._style -= tag == "style"

    def handle_data(self, data: str) -> None:
        if not self._style:
            self.words += data
            self.heard += "" if self._hidden else data


@pytest.mark.parametrize("key", NAMES)
def test_a_stamped_page_shows_the_stamp_once_before_its_words(key: str) -> None:
    of = only(rendition(), "html")
    [master], [copy] = of.files.values(), copies().of(reader(key), of).values()
    own = stamp_of(reader(key), of, Settings())
    before, after = Page(master.decode()), Page(copy.decode())
    assert after.words.count(f"{own.words} \u00b7 {own.mark}") == 1
    assert own.mark not in after.heard
    assert after.words.replace(f"{own.words} \u00b7 {own.mark}", "").split() == before.words.split()
    assert after.meta == before.meta | {"dcterms.identifier": f"briefing-copy:{own.mark}"}
    assert copy.index(b'class="small">') < copy.index(b"<main")


@pytest.mark.parametrize("key", NAMES)
def test_a_stamped_text_begins_with_the_stamp(key: str) -> None:
    of = only(rendition(), "txt")
    [master], [copy] = of.files.values(), copies().of(reader(key), of).values()
    own = stamp_of(reader(key), of, Settings())
    head = copy.removesuffix(master).decode().split("\n")
    assert head[-3:] == [own.mark, "", ""]
    assert " ".join(head[:-3]).split() == own.words.split()
    assert max(map(len, head)) <= 78


@settings(max_examples=200)
@given(st.text(min_size=1, max_size=60))
def test_whatever_a_name_is_it_is_refused_or_said_as_it_is(name: str) -> None:
    try:
        own = stamp("Copy for {name}, edition {edition}", name, "id", "brief", 3)
    except CopyRefused:
        return
    assert own.plain == ("Copy for id, edition 3")
    files = rendition("one-page-summary").files
    page = Page(stamp_html(files["one-page-summary.html"], own).decode())
    assert f"{own.words} \u00b7 {own.mark}" in page.words
    assert stamp_text(b"", own).decode().split() == [*own.words.split(), own.mark]
    with zipfile.ZipFile(io.BytesIO(DocxStamp(files["one-page-summary.docx"]).copy(own))) as package:
        assert words_of(package.read("word/document.xml"))[0] == f"{own.words} \u00b7 {own.mark}"


# ------------------------------------------------------------------------------------------------------------ the mark


def test_a_mark_is_one_readers_of_one_edition_and_can_be_found_in_a_text() -> None:
    marks = {mark_of(f"brief/{number}", f"{each}@example.org") for number in range(50) for each in range(50)}
    assert len(marks) == 2500
    mark = mark_of("brief/1", "1@example.org")
    assert marks_in(f"Copy for A \u00b7 {mark}.") == (mark,)
    assert marks_in(f"0000-1111-2222-3333 briefing-copy:{mark}") == (mark, "0000-1111-2222-3333")
    assert marks_in("ILOU-ILOU-ILOU-ILOU 1234-5678") == ()


def test_what_copies_say_is_the_dossiers_own_wording() -> None:
    settings = Settings(stamp="Exemplar für {name} ({id}), {brief} Nr. {edition}, {other}")
    own = stamp_of(reader("okubo"), rendition(), settings)
    assert own.words == "Exemplar für Ōkubo Jirō (okubo@example.org), policy-brief Nr. 3, {other}"


def test_a_file_that_is_none_of_ours_is_not_stamped() -> None:
    own = stamp("Copy for {name}", "A", "a", "brief", 1)
    with pytest.raises(ValueError, match="not written here"):
        stamp_html(b"<html></html>", own)
    _, copy = pdf_of("okubo")
    of = msgspec.structs.replace(rendition(), files={"a.pdf": copy})
    with pytest.raises(CopyRefused, match=r"a\.pdf: .* added to it"):
        copies().of(reader("okubo"), of)
    with pytest.raises(CopyRefused, match="csv cannot be stamped"):
        copies().of(reader("okubo"), msgspec.structs.replace(of, files={"a.csv": b""}))
