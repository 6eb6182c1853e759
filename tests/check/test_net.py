"""The net: a digit in a composed tree is a number with a fact, a name, or one of the document's own."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from briefing.check.bare import phrases_of
from briefing.check.document import check_document
from briefing.load.dossier import load
from briefing.load.files import read_dossier
from briefing.model import (
    Block,
    Bullets,
    Callout,
    Cell,
    Chart,
    Cite,
    CiteRef,
    Column,
    Contents,
    ContentsEntry,
    Details,
    Document,
    Emphasis,
    Entry,
    Heading,
    Item,
    Number,
    Paragraph,
    Point,
    Row,
    Series,
    SourceEntry,
    SourceList,
    Strong,
    Table,
    Text,
    Title,
)
from briefing.pipeline import Order, compose_one
from briefing.problems import Location

ROOT = Path(__file__).parents[2]
DOSSIERS = {"ours": ROOT, "starter": ROOT / "briefing" / "starter", "orchard": ROOT / "tests" / "dossiers" / "orchard"}


def found(*blocks: Block, names: tuple[str, ...] = ()) -> list[str]:
    document = Document("Trade in 2024", "Trade", blocks, date(2025, 8, 1))
    return [problem.message for problem in check_document(document, names)]


def paragraph(*words: str) -> Paragraph:
    return Paragraph(tuple(map(Text, words)))


def test_a_figure_in_plain_text_is_told_by_the_heading_above_it() -> None:
    messages = found(Heading(1, (Text("Exports"),), "exports"), Bullets((Item((paragraph("Up by "), paragraph("42 % now"))),)))
    assert messages == ["under 'Exports': a figure without a fact: '42 %' in '42 % now'"]


@pytest.mark.parametrize(
    "block",
    [
        paragraph("Up 42 %"),
        Heading(2, (Text("The 42"),), "x"),
        Callout("note", (Text("Up 42"),), ()),
        Paragraph((Strong((Emphasis((Text("42"),)),)),)),
        Table((Column((Text("In 2024"),)),), (Row((Cell((Text("none"),)),)),), "t"),
        Table((Column((Text("In"),)),), (Row((Cell((Text("forty per cent"),)),)),), "t"),
        Table((), (), "t", (Text("Table 1. Growth of 42 %"),)),
        Chart("bar", (), "c", (Text("Figure 1. Twice"),), "alt", source=(Text("Of 42 sources"),)),
    ],
)
def test_wherever_words_stand_a_figure_among_them_is_found(block: Block) -> None:
    assert len(found(block)) == 1


def test_what_the_document_numbers_and_dates_itself_is_let_pass() -> None:
    chart = Chart("bar", (Series("", (Point("2024", 1.0, "1", "exports"),)),), "c", (Text("Figure 2. Twice"),), "alt")
    assert not found(
        Title((Text("Trade in 2024"),), "Brief No. 3"),
        Details((Entry("Information as of", (Text("1 August 2025"),)),)),
        Contents("Contents", (ContentsEntry(1, "Trade of 7", "x"),)),
        Paragraph((Text("Up "), Number("42 %", "exports", "share"), Cite((CiteRef(1, "gazette", (4,)),)))),
        paragraph("Stale as of 1 August 2025, says the G7."),
        Table((), (), "t", (Text("Table 1. Growth"),)),
        chart,
        SourceList((SourceEntry(1, "gazette", (Text("The Gazette, 2024"),)),)),
        names=("G7",),
    )


def test_in_the_annex_ids_paragraphs_and_the_public_record_are_let_pass_and_no_more() -> None:
    cells = (
        Cell((Text("exports-2024"),)),
        Cell((Text("They grew. "), Emphasis((Text("As in imports-2024 (paragraph 7). Public record: in 2023."),)))),
        Cell((Text("Happened, past"),)),
        Cell((Cite((CiteRef(1, "gazette", (4, 5)),)), Text(" paragraphs 4, 5"))),
    )
    assert not found(Table((), (Row(cells),), "annex-trade"))
    assert len(found(Table((), (Row((Cell(()), Cell((Text("Up 42 %"),)))),), "annex-trade"))) == 1


def test_a_problem_stands_at_the_place_that_is_given() -> None:
    document = Document("Trade", "Trade", (paragraph("42"),), date(2025, 8, 1))
    (problem,) = check_document(document, (), Location("briefs/brief.yaml", 1, 1))
    assert (problem.code, str(problem.at)) == ("N005", "briefs/brief.yaml:1:1")


@pytest.mark.parametrize("day", [date(2025, 9, 15), date(2026, 11, 23)], ids=str)
@pytest.mark.parametrize("name", DOSSIERS)
def test_every_figure_of_every_document_has_a_fact(name: str, day: date) -> None:
    files = read_dossier(DOSSIERS[name])
    loaded = load(files)
    themes = ["", loaded.dossier.header.themes[0].id]
    for recipe in loaded.recipes:
        for theme in themes:
            document = compose_one(files, Order(recipe, day, theme=theme, annex=True)).document
            assert list(check_document(document, phrases_of(loaded.dossier))) == []
