"""What a document says about its edition: which one, of when, what it updates, what changed, and what came before."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from briefing.check.document import check_document
from briefing.edition import Edit, EditionInfo, Past, Row
from briefing.model import Bullets, Details, Document, Table
from briefing.recipe import Recipe
from briefing.walk import nodes, passages, plain
from tests.compose.small import composed, dossier, fact, figure, when

FACTS = (
    fact("cost", "It costs {n}.", figures={"n": figure("2 million", "EUR")}, label="Cost", sources="ledger#2"),
    fact("pier", "The pier is to open by {due}.", "planned", due=when("2025-10"), label="The pier"),
    fact("bare", "Some {n} trams run.", figures={"n": figure("40")}),
)
ISSUED = EditionInfo(
    status="updated",
    number=3,
    published=date(2025, 11, 1),
    issued=date(2025, 11, 1),
    updates=2,
    updates_issued=date(2025, 5, 4),
    rows=(
        Row("revised", "cost", "n", "Cost", "EUR 1 million", "EUR 2 million"),
        Row("overdue", "pier", "", "The pier", "The pier is to open by October 2025.", "The pier was due ..."),
        Row("withdrawn", "gone", "", "The 2nd depot", "There is a 2nd depot."),
    ),
    more=2,
    history=(
        Past(2, date(2025, 5, 4), date(2025, 5, 1), "major", "1 new"),
        Past(1, date(2025, 1, 2), date(2025, 1, 1), "major", "first edition"),
    ),
)
TEMPLATE = "{{ title() }}\n{{ identity() }}\n\n::: changes What changed\n{{ changes() }}\n:::\n\n## End\n\n{{ end_matter() }}\n"


def written(info: EditionInfo, kind: str = "brief", **more: Any) -> Document:
    recipe = Recipe(kind, "Making trade last", clearance="public")  # type: ignore[arg-type]
    return composed(TEMPLATE, dossier(*FACTS), recipe=recipe, edition=info, **more)


def entry(document: Document, term: str) -> str:
    entries = {each.term: plain(each.children) for node in nodes(document) if isinstance(node, Details) for each in node.entries}
    return entries[term]


@pytest.mark.parametrize(
    ("info", "edition", "header"),
    [
        (EditionInfo(), "First edition, not yet issued", "First edition, not yet issued"),
        (EditionInfo(updates=2, updates_issued=date(2025, 5, 4)), "Draft after edition 2 of 4 May 2025", "Draft after edition 2"),
        (ISSUED, "3, published 1 November 2025", "Edition 3"),
    ],
)
def test_a_document_says_which_edition_it_is(info: EditionInfo, edition: str, header: str) -> None:
    document = written(info)
    assert entry(document, "Edition") == edition
    assert document.header_right == header


def test_an_edition_says_what_it_updates_and_what_came_before() -> None:
    document = written(ISSUED)
    assert entry(document, "Status") == "Updates edition 2 of 4 May 2025"
    assert entry(document, "Edition history") == (
        "Edition 3, 1 November 2025, major: information as of 1 December 2025. "
        "Edition 2, 4 May 2025, major: information as of 1 May 2025; 1 new. "
        "Edition 1, 2 January 2025, major: information as of 1 January 2025; first edition"
    )
    assert "Edition 3." in entry(document, "How to cite")


def test_changes_are_a_table_of_was_is_and_source() -> None:
    document = written(ISSUED)
    (table,) = (node for node in nodes(document) if isinstance(node, Table))
    rows = [[plain(cell.children) for cell in row.cells] for row in table.rows]
    assert (
        rows[0] == ["Revised: Cost", "EUR 1 million", "EUR\N{NO-BREAK SPACE}2\N{NO-BREAK SPACE}million", "[1]"]
        or rows[0][0] == "Revised: Cost"
    )
    assert rows[0][3] == "[1]"
    assert rows[1][2].startswith("The pier was due by October 2025; no source")
    assert rows[2] == ["Withdrawn: The 2nd depot", "There is a 2nd depot.", "withdrawn", "none"]
    assert "2 further changes are not listed here." in list(passages(document))


def test_changes_in_a_summary_are_bullets_of_which_all_but_the_first_may_go() -> None:
    document = written(ISSUED, "summary")
    (bullets,) = (node for node in nodes(document) if isinstance(node, Bullets))
    words = [" ".join(plain(item.blocks[0].children).split()) for item in bullets.items]  # type: ignore[union-attr]
    assert words[0] == "Revised: Cost: EUR 2 million (was: EUR 1 million) [1]."
    assert words[2] == "Withdrawn: The 2nd depot: withdrawn (was: There is a 2nd depot)."
    assert [item.drop > 0 for item in bullets.items] == [False, True, True]


def test_figures_of_earlier_editions_need_no_fact_any_more() -> None:
    assert list(check_document(written(ISSUED))) == []
    assert list(check_document(written(ISSUED, "summary"))) == []


@pytest.mark.parametrize(
    ("info", "told"),
    [
        (EditionInfo(), "First edition: there is nothing earlier to compare it with."),
        (
            EditionInfo(status="new", number=1, published=date(2025, 1, 2), issued=date(2025, 1, 2)),
            "First edition: there is nothing",
        ),
        (EditionInfo(updates=2, updates_issued=date(2025, 5, 4)), "No change since edition 2 of 4 May 2025."),
        (
            EditionInfo(updates=2, updates_issued=date(2025, 5, 4), edits=(Edit("wording", "Ports"), Edit("layout", "the look"))),
            "No change of facts since edition 2 of 4 May 2025; edited: Ports, the look.",
        ),
    ],
)
def test_no_change_is_told_in_words(info: EditionInfo, told: str) -> None:
    assert any(words.startswith(told) for words in passages(written(info)))


def test_a_minor_edition_keeps_its_published_date_and_a_correction_its_reason() -> None:
    minor = EditionInfo("updated", 2, date(2025, 1, 2), date(2025, 2, 3), "minor", 1, date(2025, 1, 2))
    assert entry(written(minor), "Edition") == "2, published 2 January 2025, with minor changes of 3 February 2025"
    corrected = EditionInfo(
        "corrected", 2, date(2025, 2, 3), date(2025, 2, 3), "major", 1, date(2025, 1, 2), because="the cost was wrong"
    )
    assert entry(written(corrected), "Status") == "Corrects edition 1 of 2 January 2025, which was withdrawn: the cost was wrong"


def test_words_of_an_earlier_edition_are_never_markup() -> None:
    evil = EditionInfo(
        updates=1, updates_issued=date(2025, 1, 2), rows=(Row("withdrawn", "x", "", "<b>*x*</b>", "{{ 7 * 7 }} **bold**"),)
    )
    assert "{{ 7 * 7 }} **bold**" in list(passages(written(evil)))
