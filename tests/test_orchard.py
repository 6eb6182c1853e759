"""A second dossier, on another subject and full of odd things, works with the same program and nothing changed in it."""

from __future__ import annotations

import shutil
import subprocess
from datetime import date
from pathlib import Path

import pytest
from pypdf import PdfReader

from briefing import pipeline
from briefing.load.files import read_dossier
from briefing.model import Chart, Document, Emphasis, Heading, Strong, Table
from briefing.walk import nodes, plain, words

ORCHARD = Path(__file__).parent / "dossiers" / "orchard"
DAY = date(2025, 12, 1)


def document(name: str = "policy-brief", theme: str = "") -> Document:
    return pipeline.compose_one(read_dossier(ORCHARD), pipeline.Order(name, DAY, theme=theme)).document


def tables(made: Document) -> dict[str, list[list[str]]]:
    return {
        plain(node.caption): [[plain(cell.children) for cell in row.cells] for row in node.rows]
        for node in nodes(made)
        if isinstance(node, Table)
    }


@pytest.mark.parametrize("name", ["policy-brief", "one-page-summary"])
@pytest.mark.parametrize("theme", ["", "trees", "trade", "people", "rules"])
def test_every_document_is_made_in_every_format(tmp_path: Path, name: str, theme: str) -> None:
    root = shutil.copytree(ORCHARD, tmp_path / "orchard")
    made = pipeline.make(root, pipeline.Order(name, DAY, theme=theme), pipeline.FORMATS, cache=False)
    assert all(Path(path).stat().st_size > 200 for path in made.paths)
    pages = PdfReader(made.paths[0]).pages
    assert len(pages) == made.pages
    assert len(pages) == 1 if name == "one-page-summary" or theme == "rules" else len(pages) <= 5
    assert [round(float(pages[0].mediabox.width)), round(float(pages[0].mediabox.height))] == (
        [612, 792] if name == "policy-brief" else [595, 842]
    )


def test_its_themes_are_its_own_and_one_without_a_section_leaves_no_trace() -> None:
    headings = [plain(node.children) for node in nodes(document()) if isinstance(node, Heading) and node.level == 1]
    assert headings[1:4] == ["Trees, grafts & frost <hard>", "Trade in ₹ and ¥", "Growers of Kyōto, Ōsaka and Hirosaki"]
    assert not {"Rules without a section", "Agreements", "Abbreviations"} & set(headings)


def test_what_looks_like_markup_is_words() -> None:
    said = words(document())
    for word in ("**frost**", "<hard>", "{{draft}}", "<1.10>.", "|", "#1", "**2024**", "<b>night</b>", "&", "<of>"):
        assert word in said
    strong = {plain(node.children) for node in nodes(document()) if isinstance(node, (Strong, Emphasis))}
    assert not strong & {"frost", "2024", "April"}


def test_what_looks_like_another_type_stays_what_was_written() -> None:
    made = document()
    assert made.author == "NO"
    assert made.blocks[0].kicker == "1.10"  # type: ignore[union-attr]
    assert ["Grafts of Ōrin", "1.10", "not stated"] in [row[:3] for row in tables(made)["Table 1. Key figures"]]


def test_rupees_lakh_and_crore_are_as_the_source_has_them() -> None:
    values = {row[0]: row[1].replace("\N{NO-BREAK SPACE}", " ") for row in tables(document())["Table 1. Key figures"]}
    assert values["Exports in rupees & paise"] == "over ₹250 crore"
    assert values["Cess asked"] == "₹80 lakh to ₹1.2 crore"
    assert values["Boxes sent"] == "20 lakh to 2.05 lakh crore boxes"
    assert values["Cold"] == "\N{MINUS SIGN}7.5 °C"
    assert values["Height"] == "1,400–2,750 m"


def test_a_table_in_prose_has_figures_with_marks() -> None:
    rows = tables(document())[""]
    assert [cell.replace("\N{NO-BREAK SPACE}", " ") for cell in rows[0]] == [
        "Fuji",
        "1.5 lakh [1, 2]",
        "from Fujisaki, not from the mountain",
    ]
    assert rows[1][2] == "a | b"


def test_very_long_words_are_whole() -> None:
    said = words(document())
    assert max(map(len, said)) == 400
    assert "Obstbaumschnittgenossenschaftsvorstandssitzungsprotokollführer" in said


def test_lines_keep_the_labels_of_their_series() -> None:
    charts = {node.id: node for node in nodes(document()) if isinstance(node, Chart)}
    assert [[point.label for point in series.points] for series in charts["figure-prices"].series] == [["2023", "2024"]] * 2
    assert charts["figure-events"].kind == "timeline"
    assert "{not a reference}" in plain(charts["figure-events"].source)


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="pdftotext (poppler-utils) is not installed")
def test_names_and_signs_can_be_found_in_the_pdf(tmp_path: Path) -> None:
    made = pipeline.make(ORCHARD, pipeline.Order("policy-brief", DAY), ("pdf",), out=tmp_path, cache=False)
    text = subprocess.run(["pdftotext", made.paths[0], "-"], capture_output=True, text=True, check=True).stdout
    for word in ("Kyōto", "Ōsaka", "₹250", "Śimla", "Daigaku", "−7.5", "°C", "für"):
        assert word in text
