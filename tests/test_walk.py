"""A document's words in reading order are what all formats share; its nodes come parents first."""

from __future__ import annotations

from hypothesis import given, settings

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
    Group,
    Heading,
    Item,
    KeyNumber,
    KeyNumbers,
    LineBreak,
    Link,
    Number,
    PageBreak,
    Paragraph,
    Point,
    Row,
    Series,
    SourceEntry,
    SourceList,
    Steps,
    Strong,
    Table,
    Text,
    Title,
    decode,
    encode,
)
from briefing.walk import nodes, passages, plain, words
from tests.documents import SAMPLE, documents


def t(text: str) -> tuple[Text, ...]:
    return (Text(text),)


def p(text: str) -> Paragraph:
    return Paragraph(t(text))


def of(*blocks: Block) -> list[str]:
    return list(passages(Document("T", "T", blocks, SAMPLE.as_of)))


def test_inlines_are_one_string_with_marks_in_brackets() -> None:
    run = (
        Text("a "),
        Strong((Emphasis(t("b")), Number("USD 3", "f"))),
        LineBreak(),
        Link("https://example.org", t("c")),
        Cite((CiteRef(1, "x"), CiteRef(3, "y"))),
    )
    assert plain(run) == "a bUSD 3 c[1, 3]"


def test_a_title_is_read_from_its_kicker_down() -> None:
    assert of(Title(t("Title"), "Kicker", "Subtitle"), Title(t("Alone"))) == ["Kicker", "Title", "Subtitle", "Alone"]


def test_bullets_are_not_said_and_numbers_of_steps_are() -> None:
    assert of(Bullets((Item((p("a"), Bullets((Item((p("b"),)),)))),))) == ["a", "b"]
    assert of(Steps((Item((p("a"),)), Item((p("b"),))), 9)) == ["9.", "a", "10.", "b"]


def test_a_table_is_read_caption_header_rows_source() -> None:
    rows = (Row((Cell(t("1")), Cell(()))), Row((Cell(t("3")), Cell(t("4")))))
    table = Table((Column(t("A")), Column(t("B"))), rows, "t", t("Caption"), "A summary", t("Source"))
    assert of(table) == ["Caption", "A", "B", "1", "", "3", "4", "Source"]


def test_a_chart_is_its_caption_and_source_for_its_labels_are_drawn() -> None:
    chart = Chart("bar", (Series("s", (Point("label", 1.0, "1", "f"),)),), "c", t("Caption"), "Alt", "unit", t("Source"))
    assert of(chart) == ["Caption", "Source"]


def test_the_other_blocks_are_read_in_order() -> None:
    blocks: tuple[Block, ...] = (
        Heading(1, t("H"), "h"),
        Details((Entry("Term", t("Value")),)),
        KeyNumbers((KeyNumber(t("3"), t("Label")),)),
        Callout("note", t("Note"), (p("In it"),)),
        Callout("note", (), (p("No title"),)),
        Contents("Contents", (ContentsEntry(1, "H", "h"),)),
        PageBreak(),
        Group((p("G"),)),
        SourceList((SourceEntry(2, "s", t("Source")),)),
    )
    assert of(*blocks) == ["H", "Term", "Value", "3", "Label", "Note", "In it", "No title", "Contents", "H", "G", "[2]", "Source"]


def test_words_are_split_at_every_space_the_no_break_ones_too() -> None:
    assert words(Document("T", "T", (p("a\N{NO-BREAK SPACE}b  c\n"),), SAMPLE.as_of)) == ["a", "b", "c"]


def test_nodes_come_parents_first_in_reading_order() -> None:
    tree = Callout("note", t("A"), (Paragraph((Strong(t("B")), Text("C"))),))
    assert [type(node).__name__ for node in nodes(tree)] == ["Callout", "Text", "Paragraph", "Strong", "Text", "Text"]


@settings(max_examples=20, deadline=None)
@given(documents())
def test_a_document_survives_its_bytes_with_all_its_words(document: Document) -> None:
    again = decode(encode(document))
    assert again == document
    assert words(again) == words(document)
