"""A printed fact is its sentence as of the day, its figures as numbers that lead back to it, and its source mark before the stop."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefing.compose.facts import Facts, FactView
from briefing.compose.marks import Marks
from briefing.model import Cite, CiteRef, Inline, Number, Text
from briefing.seeds import Dossier
from briefing.units import known_units
from briefing.walk import plain
from tests.compose.small import AS_OF, dossier, fact, figure, prose, text, when

MARK = Cite((CiteRef(0, "gazette", (3,)),), ("exports",))
EXPORTS = fact(
    "exports", "Exports reached {amount} in {when}.", figures={"amount": figure("1.2 billion", "EUR")}, when=when("2024")
)


def facts(seeds: Dossier) -> Facts:
    return Facts(seeds, AS_OF, known_units({"ship": "ships"}))


def view(seeds: Dossier, name: str) -> FactView:
    return facts(seeds).view(name)


def told(words: str) -> tuple[str | Inline | object, ...]:
    """Return prose as text and parts, in order."""
    marks = Marks()
    return tuple(marks.split(facts(dossier(EXPORTS)).prose(prose(words), marks)))


def test_a_sentence_has_numbers_and_its_mark_before_the_stop() -> None:
    assert view(dossier(EXPORTS), "exports").sentence == (
        Text("Exports reached "),
        Number("EUR 1.2 billion", "exports", "amount"),
        Text(" in "),
        Number("2024", "exports", "when"),
        MARK,
        Text("."),
    )


@pytest.mark.parametrize(("says", "first"), [("{n} ships sailed.", "Over 170"), ("{w} ships sailed.", "Twelve")])
def test_a_sentence_that_begins_with_a_figure_begins_with_a_capital(says: str, first: str) -> None:
    ships = fact("ships", says, figures={"n": figure("170", "ship", bound="over"), "w": figure("12", "ship", form="words")})
    sentence = view(dossier(ships), "ships").sentence
    assert isinstance(sentence[0], Number)
    assert sentence[0].text == first


def test_a_sentence_without_a_stop_ends_with_its_mark() -> None:
    assert view(dossier(fact("exports", "Why not?")), "exports").sentence == (Text("Why not?"), MARK)


def test_doubled_braces_are_plain_ones_everywhere() -> None:
    braced = fact("a", "The code {{when}} and {{{when}}}.", when=when("2024"))
    words = "".join(each.text for each in view(dossier(braced), "a").sentence if isinstance(each, (Text, Number)))
    assert words == "The code {when} and {2024}."
    assert told("So {{exports}} is {exports.amount}.") == (
        "So {exports} is ",
        (Number("EUR 1.2 billion", "exports", "amount"), MARK),
        ".",
    )
    assert facts(dossier(EXPORTS)).plain_prose("A {{b}} {exports.when}") == (*text("A {b} "), Number("2024", "exports", "when"))


def test_prose_prints_a_mark_a_figure_a_date_or_the_sentence() -> None:
    assert told("So {exports}.") == ("So ", (MARK,), ".")
    assert told("In {exports.when}.") == ("In ", (Number("2024", "exports", "when"), MARK), ".")
    assert told("{exports.says} Yes.")[0] == view(dossier(EXPORTS), "exports").sentence


def test_prose_keeps_its_own_markdown() -> None:
    assert told("**So** [it](https://example.org)") == ("**So** [it](https://example.org)",)


def test_words_that_are_no_markdown_have_figures_and_no_marks() -> None:
    found = facts(dossier(EXPORTS)).plain_prose("Bars: {exports.amount}, {exports}.")
    assert [type(each).__name__ for each in found] == ["Text", "Number", "Text", "Text"]


def test_a_fact_that_came_true_is_told_by_the_fact_that_says_so() -> None:
    plan = fact("plan", "The port is to open by {due}.", "planned", due=when("2025-06"), figures={"ships": figure("3", "ship")})
    done = fact("done", "The port opened in {when}.", when=when("2025-05"), resolves=("plan",), sources="ledger#2")
    seen = view(dossier(plan, done), "plan")
    assert seen.state == "happened"
    assert seen.sentence[:2] == (Text("The port opened in "), Number("May 2025", "done", "when"))
    assert seen.sentence[-2:] == (Cite((CiteRef(0, "ledger", (2,)),), ("done",)), Text("."))
    assert seen.mark == (Cite((CiteRef(0, "gazette", (3,)),), ("plan",)),)  # its own figures stay those of its own source
    assert plain(facts(dossier(plan, done)).own(seen)) == "As reported in March 2025: The port is to open by June 2025."
    assert seen["ships"][0] == Number("3", "plan", "ships")


def test_a_facts_label_is_its_id_where_it_has_none() -> None:
    assert view(dossier(fact("a-b")), "a-b").label == "a-b"
    assert view(dossier(fact("a-b", label="A and B")), "a-b").label == "A and B"


def test_a_figure_that_is_not_there_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        view(dossier(EXPORTS), "exports")["nothing"]
    with pytest.raises(KeyError):
        facts(dossier(EXPORTS)).view("nothing")


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Co"]), min_size=1, max_size=60))
def test_a_facts_words_are_text_letter_by_letter(words: str) -> None:
    says = words.replace("{", "{{").replace("}", "}}")
    found = view(dossier(fact("a", says)), "a").sentence
    assert all(isinstance(each, (Text, Cite)) for each in found)
    assert "".join(each.text for each in found if isinstance(each, Text)).rstrip() == words.rstrip()
