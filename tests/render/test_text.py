from __future__ import annotations

import re

import msgspec
import pytest
from hypothesis import given, settings

from briefing import walk
from briefing.model import (
    Block,
    Bullets,
    Cell,
    Cite,
    CiteRef,
    Column,
    Details,
    Document,
    Entry,
    Heading,
    Item,
    LineBreak,
    Link,
    Number,
    Row,
    Steps,
    Table,
    Title,
)
from briefing.render.text import WIDTH, render, said
from tests.documents import SAMPLE, documents
from tests.render.sample_html import TABLE, WIDE_TABLE, item, odd_documents, p, sample, t


def text(*blocks: Block) -> str:
    return render(msgspec.structs.replace(sample(), blocks=blocks, marking="")).decode()


def words(tokens: list[str]) -> list[str]:
    """Words without the marks that text draws: bullets, underlines and rules."""
    return [token for token in tokens if not re.fullmatch("[-=]+", token)]


@pytest.mark.parametrize("document", [sample(), SAMPLE], ids=["ours", "common"])
def test_the_words_of_the_text_are_those_of_the_document_as_text_says_it(document: Document) -> None:
    assert words(render(document).decode().split()) == words(walk.words(said(document)))


@settings(max_examples=50, deadline=None)
@given(documents() | odd_documents())
def test_any_document_keeps_its_words_and_their_order(document: Document) -> None:
    assert words(render(document).decode().split()) == words(walk.words(said(document)))


def test_what_is_said_for_the_eye_of_others_leaves_no_word_out() -> None:
    spoken = iter(walk.words(said(sample())))
    ours = [
        word
        for block in sample().blocks
        if block != WIDE_TABLE
        for word in walk.words(msgspec.structs.replace(sample(), blocks=(block,)))
    ]
    assert all(word in spoken for word in ours)  # a subsequence: each word comes after the one before it


def test_the_marking_is_the_first_and_the_last_line_in_capitals() -> None:
    lines = render(sample()).decode().splitlines()
    assert lines[0] == lines[-1] == "OFFICIAL"


def test_lines_are_no_longer_than_mail_allows() -> None:
    for line in render(sample()).decode().splitlines():
        assert len(line) <= WIDTH or "https://www.example.org/" in line or line.startswith("Content digest")


def test_titles_and_headings_are_underlined_and_keep_their_words() -> None:
    assert text(Title(t("A title"), "Series 1"), Heading(1, t("One"), "a"), Heading(2, t("Two"), "b"), p("Words.")) == (
        "Series 1\n\nA title\n=======\n\n\nOne\n===\n\n\nTwo\n---\n\nWords.\n"
    )


def test_a_table_that_fits_stands_in_columns() -> None:
    lines = text(TABLE).splitlines()
    assert lines[2].startswith("Figure ")
    assert set(lines[3]) == {"-", " "}
    assert lines[4].split("  ")[0] == "Trade in goods"
    assert lines[4].index("USD 22.8 billion") + len("USD 22.8 billion") == lines[2].index("Value") + len("Value")


def test_a_table_too_wide_for_a_line_becomes_a_block_for_each_row() -> None:
    assert (
        "Year: 2025\nInstrument: Joint credit mechanism\nWhat it is about: Carbon credits from joint projects\nStatus: Agreed\n"
        in text(WIDE_TABLE)
    )


def test_an_empty_cell_of_a_wide_table_is_not_named() -> None:
    table = Table(
        (Column(t("A")), Column(t("B"))), (Row((Cell(t("x" * 60)), Cell(()))), Row((Cell(t("y")), Cell(t("z" * 60))))), "t"
    )
    assert text(table) == f"A: {'x' * 60}\n\nA: y\nB: {'z' * 60}\n"


def test_lists_hang_below_their_marks_and_nest() -> None:
    nested = Item((p("air:"), Steps((item("fighters"), item("transport")), 9)))
    assert text(Bullets((item("word " * 20), nested))) == (
        "- " + " ".join(["word"] * 15) + "\n  " + " ".join(["word"] * 5) + "\n- air:\n  9. fighters\n  10. transport\n"
    )


def test_a_link_to_the_web_is_followed_by_its_address_and_one_within_is_not() -> None:
    assert text(
        p(
            Link("https://example.org", t("The text")),
            ", ",
            Link("mailto:a@example.org", t("a@example.org")),
            ", ",
            Link("#x", t("below")),
        )
    ) == ("The text <https://example.org>, a@example.org, below\n")


def test_figures_and_source_marks_stay_on_one_line() -> None:
    for filler in range(60, 78):
        lines = text(
            p("x" * filler, " ", Number("USD 22.8 billion", "f"), " ", Cite((CiteRef(1, "a"), CiteRef(2, "b"))))
        ).splitlines()
        assert "USD 22.8 billion [1, 2]" in lines[-1]


def test_a_wanted_break_is_kept() -> None:
    assert text(p("One", LineBreak(), "two")) == "One\ntwo\n"


def test_terms_stand_beside_what_they_mean_or_above_it_where_long() -> None:
    assert text(Details((Entry("Edition", t("2")), Entry("A term that is far too long", t("meaning"))))) == (
        "Edition                 2\nA term that is far too long\n                        meaning\n"
    )


def test_a_chart_is_told_by_its_description() -> None:
    assert "Grouped bars of trade in both directions over three years; the gap widens." in render(sample()).decode()


def test_an_empty_document_is_an_empty_line() -> None:
    assert text() == "\n"
