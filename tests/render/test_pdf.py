from __future__ import annotations

import os
import re
import subprocess
import sys
from io import BytesIO
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from pypdf import PdfReader
from pypdf.generic import IndirectObject

from briefing import placed
from briefing.layout.fonts import Fonts
from briefing.layout.pages import lay_out
from briefing.model import Document, Link, Text
from briefing.placed import Bookmark, Pages
from briefing.render.pdf import render
from briefing.render.pdf_file import address, string
from briefing.walk import words as words_of
from tests.documents import documents
from tests.layout.sample import FONTS, LOOK, TEMPLATES, brief, p, read_font, summary

TREE = brief()
PAGES = lay_out(TREE, LOOK, FONTS)
DATA = render(TREE, LOOK, PAGES, FONTS)
PDF = PdfReader(BytesIO(DATA))


def made(tree: Document, fonts: Fonts = FONTS) -> bytes:
    return render(tree, LOOK, lay_out(tree, LOOK, fonts), fonts)


def text_of(data: bytes) -> list[str]:
    return " ".join(page.extract_text() for page in PdfReader(BytesIO(data)).pages).split()


def body_words(pages: Pages, shown: list[str]) -> list[str]:
    """Return the words that a reader finds in a PDF, without headers and footers, page numbers, bullets and chart labels."""
    every, said = placed.all_words(pages), placed.words(pages)
    assert shown == every
    rest = iter(every)
    assert all(word in rest for word in said)
    return said


def test_the_words_of_the_file_are_those_of_the_document() -> None:
    for tree in (TREE, summary()):
        pages = lay_out(tree, LOOK, FONTS)
        assert body_words(pages, text_of(render(tree, LOOK, pages, FONTS))) == words_of(tree)


@given(documents())
@settings(max_examples=25, deadline=None)
def test_any_document_can_be_read_back(tree: Document) -> None:
    pages = lay_out(tree, LOOK, FONTS)
    data = render(tree, LOOK, pages, FONTS)
    assert len(PdfReader(BytesIO(data)).pages) == len(pages.pages)
    assert "".join(text_of(data)) == "".join(placed.all_words(pages))


def test_the_file_says_what_it_is() -> None:
    assert PDF.metadata is not None
    assert PDF.metadata.title == TREE.title
    assert PDF.metadata.author == TREE.author
    assert PDF.metadata.subject == TREE.subject
    assert str(PDF.metadata["/Keywords"]) == "sea, patrols"
    assert str(PDF.metadata["/CreationDate"]) == "D:20260512000000+00'00'"
    root: Any = PDF.root_object
    assert str(root["/Lang"]) == "en-GB"
    assert str(root["/ViewerPreferences"]["/DisplayDocTitle"]) == "True"


def test_the_outline_has_the_title_and_all_headings_in_their_order() -> None:
    flat: list[str] = []

    def walk(outline: Any) -> None:
        for entry in outline if isinstance(outline, list) else [outline]:
            walk(entry) if isinstance(entry, list) else flat.append(str(entry["/Title"]))

    walk(PDF.outline)
    assert flat == [bookmark.text for bookmark in PAGES.bookmarks]
    assert flat[0] == "Shared waters need shared rules before the next season opens"
    assert len(flat) > 20


def test_an_outline_that_skips_levels_is_still_a_tree() -> None:
    pages = msgspec.structs.replace(
        PAGES, bookmarks=tuple(Bookmark(level, f"b{at}", "title") for at, level in enumerate((3, 1, 3, 2, 0, 2)))
    )
    outline: Any = PdfReader(BytesIO(render(TREE, LOOK, pages, FONTS))).outline
    assert [entry["/Title"] if not isinstance(entry, list) else [inner["/Title"] for inner in entry] for entry in outline] == [
        "b0", "b1", ["b2", "b3"], "b4", ["b5"],
    ]  # fmt: skip


def links() -> list[tuple[int, Any]]:
    return [(number, annotation.get_object()) for number, page in enumerate(PDF.pages, 1) for annotation in page.get("/Annots", [])]


def test_every_source_mark_and_contents_entry_leads_to_its_place() -> None:
    goals = {str(link["/Dest"]) for _, link in links() if "/Dest" in link}
    assert {"source-s1", "source-s5", "theme-1", "charts", "context"} <= goals
    assert goals <= set(PDF.named_destinations)
    pages = {name: PDF.get_destination_page_number(goal) for name, goal in PDF.named_destinations.items()}
    numbers = {anchor.id: page.number - 1 for page in PAGES.pages for anchor in page.anchors}
    assert pages == numbers


def test_web_links_lead_to_their_address() -> None:
    assert "https://example.org/patrols" in {str(link["/A"]["/URI"]) for _, link in links() if "/A" in link}


def test_a_link_covers_the_words_it_is_on() -> None:
    tree = msgspec.structs.replace(TREE, blocks=(p("So ", _link("https://example.org", "there"), "."),))
    pages = lay_out(tree, LOOK, FONTS)
    annotations: Any = PdfReader(BytesIO(render(tree, LOOK, pages, FONTS))).pages[0]["/Annots"]
    [annotation] = annotations
    left, bottom, right, top = (float(side) for side in annotation.get_object()["/Rect"])
    [line] = [item for item in pages.pages[0].items if item.part.kind == "paragraph"]
    assert isinstance(line.mark, placed.TextLine)
    span = line.mark.spans[1]
    assert left == pytest.approx(line.x + span.x, abs=0.01)
    assert right - left == pytest.approx(span.width, abs=0.02)
    assert bottom < pages.size[1] - line.y < top


def _link(href: str, text: str) -> Link:
    return Link(href, (Text(text),))


def test_a_link_to_nowhere_is_left_out() -> None:
    tree = msgspec.structs.replace(TREE, blocks=(p(_link("#nowhere", "there")),))
    assert not PdfReader(BytesIO(made(tree))).pages[0].get("/Annots", [])


def test_all_fonts_are_embedded_subsets_of_the_look() -> None:
    fonts = {}
    for page in PDF.pages:
        for font in page["/Resources"]["/Font"].values():  # type: ignore[index]
            fonts[str(font.get_object()["/BaseFont"])] = font.get_object()
    assert set(fonts) >= {"/AAAAAA+SourceSerif4-Regular", "/AAAAAA+SourceSans3-Bold"}
    assert all(name.startswith("/AAAAAA+Source") for name in fonts)
    assert all("/FontFile2" in font["/FontDescriptor"] for font in fonts.values())
    assert b"Helvetica" not in DATA


def test_page_streams_are_compressed_and_end_with_a_line() -> None:
    for page in PDF.pages:
        contents = page.raw_get("/Contents")
        assert isinstance(contents, IndirectObject)
        assert contents.get_object()["/Filter"] == "/FlateDecode"  # type: ignore[index]
    assert len(re.findall(rb"\nendstream", DATA)) >= len(PDF.pages)
    assert len(DATA) < 110_000


def test_a_character_of_the_other_family_is_shown_in_it() -> None:
    tree = msgspec.structs.replace(TREE, blocks=(p("on \u25cf off"),))
    assert "\u25cf" in text_of(made(tree))


def test_more_characters_than_one_subset_holds_are_all_there() -> None:
    known = sorted(code for code in FONTS.face(("serif", False, False)).widths.by_character if 0x100 < code < 0x600)
    letters = [chr(code) for code in known if chr(code).isalpha()]
    assert len(letters) > 256
    tree = msgspec.structs.replace(TREE, blocks=(p(" ".join(letters)),))
    pages = lay_out(tree, LOOK, FONTS)
    assert text_of(render(tree, LOOK, pages, FONTS)) == placed.all_words(pages)


def test_parentheses_backslashes_and_markup_are_only_words() -> None:
    odd = r"a (b) \c <b> & {{ d }} \n \101 ]]> %e"
    tree = msgspec.structs.replace(TREE, blocks=(p(odd),), title=odd, header_left=odd)
    data = made(tree)
    assert " ".join(odd.split()) in " ".join(text_of(data))
    assert PdfReader(BytesIO(data)).metadata.title == odd  # type: ignore[union-attr]


@pytest.mark.parametrize(("href", "written"), [
    ("https://example.org/a?b=1&c=%20#d", "https://example.org/a?b=1&c=%20#d"),
    ("https://example.org/ü x", "https://example.org/%C3%BC%20x"),
])  # fmt: skip
def test_an_address_is_written_in_ascii(href: str, written: str) -> None:
    assert address(href) == written


def test_words_beyond_ascii_are_written_as_utf_16() -> None:
    assert string("Tō (x)") == b"<FEFF0054014D0020002800780029>"
    assert string("a (b) \\") == b"(a \\(b\\) \\\\)"


def test_the_same_document_gives_the_same_bytes_after_others() -> None:
    made(summary())
    assert made(TREE) == DATA
    assert made(TREE, Fonts(LOOK, read_font)) == DATA


_PROGRAM = """
import sys
sys.path.insert(0, {root!r})
from hashlib import sha256
from tests.layout.sample import FONTS, LOOK, brief
from briefing.layout.pages import lay_out
from briefing.render.pdf import render
tree = brief()
print(sha256(render(tree, LOOK, lay_out(tree, LOOK, FONTS), FONTS)).hexdigest())
"""


def test_another_process_with_another_hash_seed_and_time_zone_gives_the_same_bytes() -> None:
    digests = set()
    for seed, zone in (("1", "Asia/Tokyo"), ("77", "America/Lima")):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": "C"}
        run = subprocess.run(
            [sys.executable, "-c", _PROGRAM.format(root=str(TEMPLATES.parent))],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        digests.add(run.stdout)
    assert len(digests) == 1
