"""The page numbers in the contents of a DOCX are those that a word processor gives its headings."""

from __future__ import annotations

import re
import subprocess
from datetime import date
from pathlib import Path

import msgspec
import pytest

from briefing import pipeline
from briefing.layout.fonts import Fonts
from briefing.layout.pages import lay_out, page_numbers
from briefing.layout.word_pages import on_word_pages
from briefing.load.files import font_reader, read_dossier
from briefing.model import Contents, ContentsEntry, Document, Heading, PageBreak
from briefing.render.docx import render
from briefing.walk import plain
from tests import libreoffice
from tests.layout.sample import FONTS, LOOK, brief, p, words

ROOT = Path(__file__).parents[2]


def long_brief(lines: int = 0) -> Document:
    """Return a brief of ten headings with text of several pages below contents, `lines` paragraphs down."""
    names = [f"part-{at}" for at in range(10)]
    contents = Contents("Contents", tuple(ContentsEntry(1, f"Part {at}", name) for at, name in enumerate(names)))
    parts = [(Heading(1, words(f"Part {at}"), name), *(p("Word " * 90) for _ in range(3))) for at, name in enumerate(names)]
    blocks = (*(p("Above") for _ in range(lines)), contents, *(block for part in parts for block in part))
    return msgspec.structs.replace(brief(), blocks=blocks)


def test_a_document_without_contents_needs_no_page_numbers() -> None:
    tree = msgspec.structs.replace(brief(), blocks=(Heading(1, words("One"), "one"), p("x")))
    assert on_word_pages(tree, LOOK, FONTS) == (tree, {})


def test_headings_fall_on_later_and_later_pages() -> None:
    _, pages = on_word_pages(long_brief(), LOOK, FONTS)
    numbers = [pages[f"part-{at}"] for at in range(10)]
    assert numbers == sorted(numbers)
    assert numbers[0] == 1
    assert numbers[-1] > 3


def test_contents_that_do_not_fit_below_what_is_there_begin_a_page() -> None:
    near, far = long_brief(5), long_brief(36)
    assert on_word_pages(near, LOOK, FONTS)[0] == near
    made, pages = on_word_pages(far, LOOK, FONTS)
    at = next(at for at, block in enumerate(made.blocks) if isinstance(block, Contents))
    assert isinstance(made.blocks[at - 1], PageBreak)
    assert pages["part-0"] == 2


@pytest.mark.skipif(not libreoffice.is_here(), reason=libreoffice.MISSING)
def test_the_contents_of_the_brief_print_the_pages_that_libreoffice_makes(tmp_path: Path) -> None:
    files = read_dossier(ROOT)
    trees = {}
    for day in (date(2025, 9, 15), date(2025, 12, 1)):
        composed = pipeline.compose_one(files, pipeline.Order("policy-brief", day))
        for page in ("A4", "Letter"):
            trees[f"{day}-{page}"] = msgspec.structs.replace(composed.document, page=page), composed.look
    fonts = Fonts(composed.look, font_reader(ROOT))
    documents, wanted = {}, {}
    for name, (tree, look) in trees.items():
        set_, wanted[name] = on_word_pages(tree, look, fonts)
        documents[name] = render(set_, look, wanted[name])
    for name, pdf in libreoffice.as_pdf(documents, tmp_path).items():
        count = libreoffice.page_count(pdf)
        texts = [
            subprocess.run(["pdftotext", "-layout", "-f", str(at), "-l", str(at), str(pdf), "-"], check=True, capture_output=True, text=True).stdout
            for at in range(1, count + 1)
        ]  # fmt: skip
        for block in trees[name][0].blocks:
            if isinstance(block, Heading) and block.level == 1:
                line = re.compile(rf"^\s*{re.escape(plain(block.children))}\s*$", re.MULTILINE)
                found = [at for at, text in enumerate(texts, 1) if line.search(text)]
                assert wanted[name][block.id] in found, (name, block.id, found)


def test_both_layouts_know_the_same_headings() -> None:
    tree = long_brief()
    assert set(on_word_pages(tree, LOOK, FONTS)[1]) <= set(page_numbers(lay_out(tree, LOOK, FONTS)))
