"""Major or minor: thresholds, what no dossier can make minor, and what a person can do."""

from __future__ import annotations

from decimal import Decimal
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefing.edition import FIXED, WEIGHTS, Change, ChangeKind, Edit, FactUsed, FigureUsed, Threshold
from briefing.editions.changes import differences
from briefing.editions.materiality import judge, weigh
from briefing.seeds import Materiality


def fact(value: str, measure: str = "cost", **more: str) -> FactUsed:
    return FactUsed("a", measure=measure, figures={"n": FigureUsed(f"{value}!", value, **more)})


def weight(was: FactUsed, now: FactUsed, rules: Materiality, since: FactUsed | None = None) -> str:
    (change,) = weigh(differences((was,), (now,)), (since or was,), (now,), rules)
    return change.weight


@pytest.mark.parametrize(
    ("text", "was", "now", "passed"),
    [
        ("any", "100", "100.01", True),
        ("5 %", "100", "105", False),
        ("5%", "100", "105.01", True),
        ("5 %", "100", "94.99", True),
        ("5 %", "-100", "-106", True),
        ("5 %", "0", "0.01", True),
        ("250", "1000", "1250", False),
        ("250", "1000", "749", True),
        ("0.5 billion", "1000000000", "1500000001", True),
        ("5 % or 250", "10000", "10300", True),
        ("5 % or 250", "1000", "1060", True),
        ("5 % or 250", "10000", "10200", False),
        ("2 lakh crore", "0", "2000000000000", False),
    ],
)
def test_a_threshold_is_passed_by_what_is_greater(text: str, was: str, now: str, passed: bool) -> None:
    assert Threshold.parse(text).passed(Decimal(was), Decimal(now)) is passed


@pytest.mark.parametrize("text", ["", "some", "5 per cent", "-5 %", "5 % and 3", "5 billions", "%", "5 % or"])
def test_what_is_no_threshold_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a threshold"):
        Threshold.parse(text)


def test_each_measure_has_its_own_threshold_and_the_others_the_default() -> None:
    rules = Materiality(by_measure={"cost": "10 %"}, default="1 %")
    assert weight(fact("100"), fact("105"), rules) == "minor"
    assert weight(fact("100", "price"), fact("105", "price"), rules) == "major"
    assert weight(fact("100", "price"), fact("101", "price"), rules) == "minor"
    assert weight(fact("100"), fact("100.1"), Materiality()) == "major"


def test_the_upper_end_of_a_range_counts_too() -> None:
    rules = Materiality(default="5 %")
    assert weight(fact("100", high="200"), fact("101", high="230"), rules) == "major"
    assert weight(fact("100", high="200"), fact("101"), rules) == "major"
    assert weight(fact("100", high="200"), fact("101", high="201"), rules) == "minor"


@pytest.mark.parametrize("part", ["unit", "bound", "period"])
def test_another_unit_bound_or_period_is_major_whatever_the_threshold(part: str) -> None:
    assert weight(fact("100"), fact("100", **{part: "other"}), Materiality(default="99 %")) == "major"


def test_the_same_figure_in_other_words_is_minor() -> None:
    was = FactUsed("a", figures={"n": FigureUsed("7", "7")})
    assert weight(was, FactUsed("a", figures={"n": FigureUsed("seven", "7")}), Materiality()) == "minor"


def test_steps_are_measured_from_the_last_major_edition() -> None:
    rules = Materiality(default="5 %")
    assert weight(fact("104"), fact("107"), rules) == "minor"
    assert weight(fact("104"), fact("107"), rules, since=fact("100")) == "major"


def test_every_kind_of_change_weighs_something_and_the_fixed_ones_cannot_be_made_minor() -> None:
    assert set(WEIGHTS) == set(get_args(ChangeKind))
    rules = Materiality(changes=dict.fromkeys(WEIGHTS, "minor"))
    for kind in FIXED:
        (change,) = weigh((Change(kind, "a", "state"),), (), (), rules)
        assert change.weight == WEIGHTS[kind]
    (change,) = weigh((Change("stale", "a", "freshness"),), (), (), rules)
    assert (change.weight, change.rule) == ("minor", "stale: minor, as the dossier says")


@given(st.lists(st.sampled_from(["major", "minor", "none"])), st.booleans(), st.booleans())
def test_a_person_can_raise_and_never_lower(weights: list[str], edited: bool, major: bool) -> None:
    changes = [Change("revised", str(place), weight=each) for place, each in enumerate(weights)]  # type: ignore[arg-type]
    edits = [Edit("wording", "Works")] if edited else []
    alone = judge(changes, edits, first=False).kind
    raised = judge(changes, edits, first=False, major=major).kind
    assert alone == ("major" if "major" in weights else "minor" if "minor" in weights or edited else None)
    assert raised == ("major" if major and alone else alone)
