"""Originals of every kind as paragraphs; bytes that are no such thing are refused, never a crash."""

from __future__ import annotations

import io
import zipfile

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reportlab.pdfgen.canvas import Canvas

from briefing.originals.read import paragraphs
from briefing.originals.read_pdf import joined
from briefing.problems import Unreadable


def test_a_paragraph_of_a_text_is_a_line_that_is_not_empty() -> None:
    assert paragraphs("a.txt", b"One.\r\n\r\n  Two\tthree. \n\xc2\xa0\n|\n") == ("One.", "Two three.", "|")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_text_is_read_in_the_encoding_it_has(encoding: str) -> None:
    assert paragraphs("a.txt", "Prix : 5 €".encode(encoding)) == ("Prix : 5 €",)


def test_the_blocks_of_a_page_are_paragraphs_without_scripts_and_navigation() -> None:
    page = b"""<html><head><title>Title</title><style>p {}</style></head><body><nav><a>Home</a></nav><h1>Head &amp; tail</h1>
    <script>var x = "<p>No</p>";</script><p>One <b>bold</b>
    line</p><ul><li>Two<li>Three</ul><table><tr><td>1952<td>Treaty</table></body></html>"""
    assert paragraphs("a.html", page) == ("Head & tail", "One bold line", "Two", "Three", "1952", "Treaty")


def test_a_page_says_its_own_encoding() -> None:
    assert paragraphs("a.html", b"<meta charset='shift_jis'><p>" + "日本".encode("shift_jis")) == ("日本",)


def test_navigation_that_never_ends_does_not_swallow_the_article() -> None:
    assert paragraphs("a.html", b"<nav>Home<main><p>Text</p></main>") == ("Text",)


def test_a_word_document_gives_its_paragraphs_and_cells() -> None:
    document = docx.Document()
    document.add_paragraph("One with USD 68 billion.")
    document.add_paragraph("")
    document.add_table(1, 2).cell(0, 1).text = "Cell"
    data = io.BytesIO()
    document.save(data)
    assert paragraphs("a.docx", data.getvalue()) == ("One with USD 68 billion.", "Cell")


def test_a_pdf_gives_its_lines_joined_where_they_run_on() -> None:
    data = io.BytesIO()
    canvas = Canvas(data, invariant=1)
    for row, line in enumerate(
        ["This is a long line that runs on to", "the next one. It ends.", "A second paragraph of this page here."]
    ):
        canvas.drawString(72, 700 - 14 * row, line)
    canvas.save()
    assert paragraphs("a.pdf", data.getvalue()) == (
        "This is a long line that runs on to the next one. It ends.",
        "A second paragraph of this page here.",
    )  # fmt: skip


def test_lines_of_a_pdf_break_at_bullets_and_empty_lines_and_lose_hyphens() -> None:
    lines = ["A co-oper-", "ation of two.", "", "Head", "• point one that is a long one", "• point two"]
    assert joined(lines) == ["A co-operation of two.", "Head", "• point one that is a long one", "• point two"]


def test_a_pdf_without_words_says_so() -> None:
    data = io.BytesIO()
    canvas = Canvas(data, invariant=1)
    canvas.rect(10, 10, 50, 50)
    canvas.save()
    with pytest.raises(Unreadable, match="no text"):
        paragraphs("a.pdf", data.getvalue())


def test_without_pypdf_a_pdf_is_refused_with_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pypdf", None)
    with pytest.raises(Unreadable) as refused:
        paragraphs("a.pdf", b"%PDF-1.7")
    assert "originals" in refused.value.hint


@pytest.mark.parametrize(
    ("name", "data"),
    [("a.xls", b"x"), ("a.docx", b"x"), ("a.pdf", b"x"), ("a.pdf", b"%PDF-1.7 nothing"), ("a.docx", b"PK\x03\x04broken")],
)
def test_what_cannot_be_read_is_refused_with_a_reason(name: str, data: bytes) -> None:
    with pytest.raises(Unreadable):
        paragraphs(name, data)


def package(part: bytes, name: str = "word/document.xml") -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, part)
    return data.getvalue()


@pytest.mark.parametrize(
    "data", [package(b"<w"), package(b"<a/>", "other.xml"), package(b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'), package(b"")]
)
def test_a_package_that_is_no_word_document_is_refused(data: bytes) -> None:
    with pytest.raises(Unreadable):
        paragraphs("a.docx", data)


@settings(deadline=None)
@given(st.sampled_from(["a.txt", "a.html", "a.docx", "a.pdf", "a", "a.bin"]), st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(name: str, data: bytes) -> None:
    try:
        found = paragraphs(name, data)
    except Unreadable:
        return
    assert all(text.strip() == text and text for text in found)


@settings(deadline=None)
@given(st.sampled_from([b"%PDF-1.7\n", b"PK\x03\x04", b"<!doctype html>", b"<![if", b"<!["]), st.binary(max_size=300))
def test_bytes_that_begin_well_and_go_on_badly_are_read_or_refused(head: bytes, data: bytes) -> None:
    for name in ("a.html", "a.txt"):
        try:
            paragraphs(name, head + data)
        except Unreadable:
            continue


@settings(deadline=None, max_examples=50)
@given(st.binary(max_size=300))
def test_a_package_with_any_bytes_for_its_document_is_read_or_refused(data: bytes) -> None:
    for part in (data, b"<w:document xmlns:w='http://schemas.openxmlformats.org/wordprocessingml/2006/main'>" + data):
        try:
            paragraphs("a.docx", package(part))
        except Unreadable:
            continue
