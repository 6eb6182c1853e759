"""Where a wrong reference stands, and what the checks let pass."""

from __future__ import annotations

from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefing.check.braces import braces
from briefing.check.references import check
from briefing.problems import Location
from briefing.seeds import Amount, Dossier, Fact, Figure, Header, Prose, Reference, Section, Source, Theme
from briefing.when import When

FILE = "seeds/trade.yaml"
SOURCE = Source("gazette", "The Gazette", "The Gazette", "secondary")
FACT = Fact(
    id="exports",
    says="Exports reached {amount} in {when}.",
    status="happened",
    sources=(Reference("gazette", (3,)),),
    figures={"amount": Figure(value=Amount(Decimal("1.2"), "billion"), unit="EUR")},
    theme="trade",
    when=When.parse("2024"),
    at=Location(FILE, 3, 5),
)


def dossier(prose: Prose, *facts: Fact, units: dict[str, str] | None = None) -> Dossier:
    header = Header("Trade", "Trade", (Theme("trade", "Trade"),), units=units or {})
    known = {fact.id: fact for fact in (FACT, *facts)}
    return Dossier(header, None, {"trade": Section(prose)}, {"gazette": SOURCE}, known)


def problems(prose: str | Prose, *facts: Fact, text: str = "") -> list[tuple[str, str]]:
    """Return place and code of what is found, with `text` as the file's."""
    made = prose if isinstance(prose, Prose) else Prose(prose, Location(FILE, 1, 1))
    return [(f"{p.at.line}:{p.at.column}", p.code) for p in check(dossier(made, *facts), {FILE: text.encode()})]


@pytest.mark.parametrize(
    "prose", ["Up {exports}.", "{exports.amount}, {exports.when}: {exports.says}", "{{exports}} and }} and {{", "{{{exports}}}", ""]
)
def test_what_is_there_may_be_named(prose: str) -> None:
    assert problems(prose) == []


def test_the_second_of_two_equal_words_is_found_when_it_is_meant() -> None:
    text = "a: {exprots} and\n   ₹ {exprots}\n"
    assert problems("{exprots} and ₹ {exprots}", text=text) == [("1:4", "R002"), ("2:6", "R002")]


def test_without_the_files_text_a_problem_stands_where_its_record_begins() -> None:
    assert problems("Up {exprots}.") == [("1:1", "R002")]


def test_a_word_that_the_file_has_written_otherwise_is_placed_at_its_record() -> None:
    assert problems("Up {exprots}.", text='"Up {ex\\u0070rots}."') == [("1:1", "R002")]


def test_a_date_may_be_missing_where_the_sentence_does_not_name_it() -> None:
    fact = msgspec.structs.replace(FACT, id="other", says="It rose.", when=None)
    assert problems("", fact) == []
    named = msgspec.structs.replace(fact, says="It rose in {when}.")
    assert [code for _, code in problems("", named)] == ["R007"]


def test_a_long_chain_of_facts_is_no_circle_and_is_followed_to_its_end() -> None:
    chain = [msgspec.structs.replace(FACT, id=f"f-{n}", supersedes=(f"f-{n + 1}",)) for n in range(3000)]
    assert [code for _, code in problems("", *chain)] == ["R002"]
    chain[-1] = msgspec.structs.replace(chain[-1], supersedes=("f-0",))
    assert [code for _, code in problems("", *chain)] == ["R005"]


def test_two_ways_to_one_fact_are_no_circle() -> None:
    last = msgspec.structs.replace(FACT, id="last")
    ways = [msgspec.structs.replace(FACT, id=name, supersedes=("last",)) for name in ("left", "right")]
    first = msgspec.structs.replace(FACT, id="first", supersedes=("left", "right"))
    assert problems("", last, *ways, first) == []


@pytest.mark.parametrize("unit", ["EUR", "₹", "%", "km", "tonnes", "years", "ship", "ships", "number"])
def test_units_are_known_by_their_singular_and_their_plural(unit: str) -> None:
    fact = msgspec.structs.replace(FACT, figures={"amount": Figure(value=Amount(Decimal(3)), unit=unit)})
    found = check(dossier(Prose(""), msgspec.structs.replace(fact, id="other"), units={"ship": "ships"}))
    assert [problem.code for problem in found] == []


@given(st.text(st.sampled_from("{}ab. -\n"), max_size=30))
def test_any_text_is_read_to_its_end_and_doubled_braces_are_never_a_fault(text: str) -> None:
    list(braces(text))
    doubled = text.replace("{", "{{").replace("}", "}}")
    assert list(braces(doubled)) == []
