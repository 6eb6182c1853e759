"""One document, four formats, the same words in the same order: over whole dossiers, and over random documents."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings

from briefing import pipeline, placed, walk
from briefing.layout.fit import fit
from briefing.layout.fonts import Fonts
from briefing.layout.pages import lay_out
from briefing.load.files import font_reader, read_dossier
from briefing.look import Look
from briefing.model import Document
from briefing.placed import Pages
from briefing.render.text import said
from tests.documents import documents
from tests.layout.sample import FONTS, LOOK
from tests.render.test_docx import Words
from tests.render.test_html import Page
from tests.render.test_pdf import text_of
from tests.render.test_text import words as without_rules

ROOT = Path(__file__).resolve().parents[1]
DOSSIERS = {"ours": ROOT, "starter": ROOT / "briefing" / "starter", "orchard": ROOT / "tests" / "dossiers" / "orchard"}
DOCUMENTS = [
    (dossier, pipeline.Order(name, date(2025, 12, 1), theme=theme, annex=theme == "" and name == "policy-brief"))
    for dossier, theme in (
        ("ours", ""),
        ("ours", "economic"),
        ("starter", ""),
        ("starter", "works"),
        ("orchard", ""),
        ("orchard", "trees"),
    )
    for name in ("policy-brief", "one-page-summary")
]


def in_all_formats(document: Document, look: Look, pages: Pages, fonts: Fonts) -> dict[str, list[str]]:
    """Return the words that a reader finds in each format, without what formats add: headers, page numbers, bullets, chart labels."""
    made = {each: pipeline.render(each, document, look, pages, fonts) for each in pipeline.FORMATS}
    return {
        "pdf": of_pdf(made["pdf"], pages),
        "docx": Words(made["docx"]).words,
        "html": Page(made["html"]).main.split(),
        "txt": without_rules(made["txt"].decode().split()),
    }


def of_pdf(data: bytes, pages: Pages) -> list[str]:
    """Return the words placed on the pages as text of the document, having seen that the file holds exactly what was placed."""
    assert "".join(text_of(data)) == "".join(placed.all_words(pages))
    return placed.words(pages)


def expected(document: Document) -> dict[str, list[str]]:
    words = walk.words(document)
    # text has no drawings and no links: there a chart is its description, and an address stands after its words
    return {"pdf": words, "docx": words, "html": words, "txt": without_rules(walk.words(said(document)))}


@pytest.mark.parametrize(("dossier", "order"), DOCUMENTS, ids=[f"{dossier}-{order.stem}" for dossier, order in DOCUMENTS])
def test_a_document_has_the_same_words_in_every_format(dossier: str, order: pipeline.Order) -> None:
    root = DOSSIERS[dossier]
    composed = pipeline.compose_one(read_dossier(root), order)
    document, look = composed.document, composed.look
    fonts = Fonts(look, font_reader(root))
    if document.one_page:
        fitted = fit(document, look, fonts)
        document, look = fitted.document, fitted.look
    pages = lay_out(document, look, fonts)
    assert in_all_formats(document, look, pages, fonts) == expected(document)
    assert len(walk.words(document)) > 40


@settings(max_examples=20, deadline=None)
@given(documents())
def test_any_document_has_the_same_words_in_every_format(document: Document) -> None:
    assert in_all_formats(document, LOOK, lay_out(document, LOOK, FONTS), FONTS) == expected(document)


def test_text_says_all_that_the_others_say() -> None:
    composed = pipeline.compose_one(read_dossier(ROOT), pipeline.Order("policy-brief", date(2025, 12, 1)))
    spoken = Counter(word.rstrip(":") for word in walk.words(said(composed.document)))  # a table too wide is told row by row
    assert not Counter(word.rstrip(":") for word in walk.words(composed.document)) - spoken
