"""Which facts are compared, what excuses a difference, and what class it is taken for."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from briefing.check.agreement import check_agreement
from briefing.check.places import Places
from briefing.problems import Location
from briefing.seeds import Amount, Difference, Dossier, Fact, Figure, Header, Position, Prose, Reference, Source, Theme
from briefing.when import When

SOURCES = {
    name: Source(name, name, name, "secondary", published=When.parse(day))
    for name, day in (("gazette", "2025-03-01"), ("ledger", "2025-05-01"), ("courier", "2025-02/2025-04"))
}


def figure(number: float, unit: str = "EUR", **more: Any) -> Figure:
    more = {key: When.parse(value) if key == "period" else value for key, value in more.items()}
    return Figure(Amount(Decimal(str(number))), unit=unit, **more)


def fact(name: str, *, source: str = "gazette", **more: Any) -> Fact:
    """Return a fact about the fleet's cost, 10 where nothing else is said."""
    values = {"says": "So.", "status": "in-force", "subject": "fleet", "measure": "cost", "figures": {"cost": figure(10)}, **more}
    for key in ("when", "due"):
        if key in values:
            values[key] = When.parse(values[key])
    return Fact(id=name, sources=(Reference(source, (1,)),), at=Location(f"seeds/{name}.yaml", 3, 5), **values)


def found(*facts: Fact, differences: tuple[Difference, ...] = ()) -> list[str]:
    """Return each problem as its code and the class that it suggests."""
    header = Header("Fleet", "Fleet", (Theme("fleet", "Fleet"),))
    dossier = Dossier(header, None, {}, SOURCES, {each.id: each for each in facts}, differences=differences)
    problems = check_agreement(dossier, Places({}))
    return [f"{problem.code} {problem.hint.partition('kind: ')[2].partition(',')[0]}".strip() for problem in problems]


def costs(number: float = 12, **more: Any) -> Fact:
    return fact("other", figures={"cost": figure(number)}, **more)


def test_two_costs_of_one_thing_are_a_problem_with_both_places() -> None:
    facts = {each.id: each for each in (fact("one"), costs())}
    dossier = Dossier(Header("Fleet", "Fleet", (Theme("fleet", "Fleet"),)), None, {}, SOURCES, facts)
    (problem,) = check_agreement(dossier, Places({}))
    assert problem.code == "C001"
    assert not problem.warning
    for part in ("fact other, cost: 12 EUR", "fact one, cost: 10 EUR"):
        assert part in problem.message


@pytest.mark.parametrize(
    "other",
    [
        costs(10),
        costs(subject="port"),
        costs(measure="size"),
        costs(subject=""),
        costs(scope="Norland"),
        costs(status="pledged"),
        costs(status="proposed"),
        fact("other", figures={"cost": figure(12, "USD")}),
        fact("other", figures={"share": figure(12, "%")}),
        fact("other", figures={"cost": figure(8, bound="over")}),
        fact("other", figures={}),
        costs(supersedes=("one",)),
        costs(resolves=("one",)),
    ],
    ids=str,
)
def test_nothing_is_said_of_what_agrees_or_is_not_comparable_or_is_linked(other: Fact) -> None:
    assert found(fact("one"), other) == []


def test_two_promises_of_one_thing_are_compared() -> None:
    assert found(fact("one", status="pledged"), costs(status="planned")) == ["C001 conflict"]


@pytest.mark.parametrize(("when", "problems"), [("2023", []), ("2024-05", ["C001 conflict"]), ("FY2023-24", [])])
def test_what_is_so_at_different_times_may_differ(when: str, problems: list[str]) -> None:
    assert found(fact("one", when="2024"), costs(when=when)) == problems


def test_what_is_said_at_different_times_about_one_thing_may_not() -> None:
    assert found(fact("one", status="planned", when="2024"), costs(status="planned", when="2025")) == ["C001 conflict"]


def test_figures_of_other_names_are_compared_where_they_are_alone_with_their_unit() -> None:
    assert found(fact("one"), fact("other", figures={"price": figure(12)})) == ["C001 conflict"]
    assert found(fact("one"), fact("other", figures={"price": figure(12), "loan": figure(5)})) == []


def test_days_by_which_a_thing_is_due_are_compared() -> None:
    first = fact("one", status="expected", due="2026", figures={})
    assert found(first, fact("other", status="expected", due="2027", figures={})) == ["C001 conflict"]
    assert found(first, fact("other", status="expected", due="2026-05", figures={})) == []


@pytest.mark.parametrize(
    ("other", "kind"),
    [
        (costs(), "conflict"),
        (costs(source="courier"), "conflict"),
        (costs(source="ledger"), "revision"),
        (fact("other", figures={"cost": figure(12, high=Amount(Decimal(15)))}), "spread"),
        (fact("other", figures={"cost": figure(12, period="2025")}), "definition"),
    ],
)
def test_the_class_is_guessed_from_sources_and_figures(other: Fact, kind: str) -> None:
    assert found(fact("one"), other) == [f"C001 {kind}"]


@pytest.mark.parametrize(
    ("one", "other", "problems"),
    [
        ("planned", "in-force", ["C002 status"]),
        ("happened", "expected", ["C002 status"]),
        ("stalled", "ongoing", ["C002 status"]),
        ("cancelled", "in-force", ["C002 status"]),
        ("stalled", "opinion", []),
        ("stalled", "cancelled", []),
        ("planned", "expected", []),
        ("proposed", "in-force", []),
    ],
)
def test_statuses_that_cannot_both_be_are_a_difference(one: str, other: str, problems: list[str]) -> None:
    assert found(fact("one", status=one, figures={}), fact("other", status=other, figures={})) == problems


def test_links_reach_over_other_facts() -> None:
    chain = [fact("one"), fact("two", figures={}, supersedes=("one",)), costs(supersedes=("two",))]
    assert found(*chain) == []


def difference(*names: str, says: str = "So.", kind: Any = "conflict") -> Difference:
    return Difference("costs", "Costs", kind, tuple(Position(name, Prose(says)) for name in names), Prose("One."))


def test_a_recorded_difference_is_none_to_report_whether_a_side_is_the_fact_or_names_it() -> None:
    facts = (fact("one"), costs())
    assert found(*facts, differences=(difference("one", "other"),)) == []
    assert found(*facts, differences=(difference("one", says="Not {other.cost}."),)) == []
    assert found(*facts, differences=(difference("one"),)) == ["C001 conflict"]


def test_a_recorded_difference_of_equal_figures_is_told() -> None:
    facts = (fact("one"), costs(10))
    assert found(*facts, differences=(difference("one", "other"),)) == ["C003"]
    assert found(*facts, differences=(difference("one", "other", kind="name"),)) == []
    assert found(fact("one"), costs(), differences=(difference("one", "other"),)) == []
