"""The words between the facts: a digest that figures do not move, and edits told by the heading they stand under."""

from __future__ import annotations

from datetime import date

from briefing.edition import Change, Edit
from briefing.editions.passages import edits, passages
from briefing.model import (
    Block,
    Callout,
    Cite,
    CiteRef,
    Details,
    Document,
    Entry,
    Group,
    Heading,
    Inline,
    Number,
    Paragraph,
    SourceEntry,
    SourceList,
    Text,
)
from tests.documents import SAMPLE

DAY = date(2025, 2, 1)


def document(*blocks: Block) -> Document:
    return Document("T", "T", blocks, DAY)


def works(*inlines: Inline | str) -> tuple[Block, ...]:
    return Heading(1, (Text("Works"),), "works"), Paragraph(
        tuple(Text(each) if isinstance(each, str) else each for each in inlines)
    )


def edited(was: Document, now: Document, *changed: str) -> tuple[Edit, ...]:
    return edits(passages(was), passages(now), [Change("revised", each) for each in changed])


def test_another_figure_or_source_mark_is_no_edit() -> None:
    was = document(*works("It costs ", Number("EUR 1", "cost", "n"), Cite((CiteRef(1, "x"),), ("cost",)), "."))
    now = document(*works("It costs ", Number("EUR 2", "cost", "n"), Cite((CiteRef(2, "x"), CiteRef(3, "y")), ("cost",)), "."))
    assert edited(was, now) == ()


def test_other_words_are_an_edit_under_their_heading() -> None:
    assert edited(document(*works("Nobody knows.")), document(*works("No one knows."))) == (Edit("wording", "Works"),)


def test_a_heading_more_or_less_is_an_edit() -> None:
    was, now = document(*works("It is so.")), document(Paragraph((Text("It is so."),)))
    assert edited(was, now) == (Edit("wording", "the beginning"), Edit("wording", "Works"))


def test_words_beside_a_fact_that_has_changed_belong_to_that_change() -> None:
    was = document(*works("It costs ", Number("EUR 1", "cost", "n"), "."))
    now = document(*works("It will cost ", Number("EUR 2", "cost", "n"), "."))
    assert edited(was, now, "cost") == ()
    assert edited(was, now, "other") == (Edit("wording", "Works"),)


def test_what_a_document_says_about_its_edition_is_left_out() -> None:
    own: tuple[Block, ...] = (
        Details((Entry("Edition", (Text("2"),)),), "identity"),
        Callout("changes", (Text("What changed"),), (Paragraph((Text("Much."),)),)),
        Group((Paragraph((Text("Much."),)),), name="changes"),
        Details((Entry("Edition history", (Text("2, 1"),)),), "end-matter"),
    )
    assert edited(document(*own, *works("It is so.")), document(*works("It is so."))) == ()


def test_a_source_described_otherwise_is_an_edit_and_another_source_is_not() -> None:
    def listed(*names: str) -> Document:
        return document(*works("x"), SourceList(tuple(SourceEntry(1, name[0], (Text(name),)) for name in names)))

    assert edited(listed("a one"), listed("a two")) == (Edit("wording", "source a"),)
    assert edited(listed("a one"), listed("a one", "b one")) == ()


def test_a_whole_brief_is_taken_apart_by_its_headings() -> None:
    found = passages(SAMPLE)
    assert {"the beginning", "Context and question", "Transport"} <= set(found)
    assert found["Context and question"].facts == ("fact-1",)
    assert edited(SAMPLE, SAMPLE) == ()
