"""Figures computed from figures: exact, rounded as stated, and never of things that do not go together without a reason."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefing.derive import compute, mixed
from briefing.seeds import Amount, Derived, Fact, Figure, Status
from briefing.units import known_units
from briefing.when import When

UNITS = known_units({"person": "people", "visit": "visits"})


def figure(text: str, unit: str = "USD", **more: Any) -> Figure:
    number, _, scale = text.partition(" ")
    period = more.pop("period", "")
    return Figure(value=Amount(Decimal(number), scale), unit=unit, period=When.parse(period) if period else None, **more)


def facts(status: Status = "happened", **figures: Figure) -> dict[str, Fact]:
    return {"f": Fact("f", "So.", status, figures=figures, when=When.parse("2022"))}


def result(how: str, *of: str, known: dict[str, Fact], **more: Any) -> tuple[str, str, str]:
    made = compute(Derived(how, tuple(f"f.{name}" for name in of), **more), known, UNITS)  # type: ignore[arg-type]
    assert made.value is not None
    return f"{made.value.number} {made.value.scale}".strip(), made.unit, made.bound


KNOWN = facts(
    a=figure("10 trillion", "JPY"),
    b=figure("68 billion", "USD", bound="about", converted_from="a"),
    c=figure("3 trillion", "JPY"),
    span=figure("10", "year"),
    end=Figure(date=When.parse("2026")),
    n=figure("50000", "person"),
    m=figure("54000", "person", bound="about"),
    year=figure("22.8 billion", period="FY2023-24"),
    part=figure("21 billion", period="2024-04/2025-01"),
    wide=figure("7 trillion", "JPY", high=Amount(Decimal(10), "trillion")),
    none=figure("0", "JPY"),
)


@pytest.mark.parametrize(
    ("how", "of", "more", "expected"),
    [
        ("sum", ("a", "c"), {"scale": "trillion"}, ("13 trillion", "JPY", "")),
        ("difference", ("a", "c"), {"scale": "trillion"}, ("7 trillion", "JPY", "")),
        ("difference", ("c", "a"), {"scale": "trillion"}, ("-7 trillion", "JPY", "")),
        ("growth", ("a", "c"), {"round": 1}, ("233.3", "%", "about")),
        ("growth", ("c", "a"), {}, ("-70", "%", "")),
        ("share", ("c", "a"), {}, ("30", "%", "")),
        ("share", ("n", "m"), {}, ("93", "%", "about")),
        ("ratio", ("a", "c"), {"round": 2}, ("3.33", "time", "about")),
        ("rate", ("a", "b"), {}, ("147", "JPY", "about")),
        ("average", ("a", "span"), {"scale": "trillion"}, ("1 trillion", "JPY", "")),
        ("average", ("c", "when", "end"), {"scale": "billion"}, ("600 billion", "JPY", "")),
        ("average", ("year",), {"per": "month", "scale": "billion", "round": 1}, ("1.9 billion", "USD", "")),
        ("average", ("part",), {"per": "month", "scale": "billion", "round": 1}, ("2.1 billion", "USD", "")),
        ("average", ("part",), {"scale": "billion", "round": 1}, ("25.2 billion", "USD", "")),
        ("share", ("c", "a"), {"bound": "nearly"}, ("30", "%", "nearly")),
    ],
)
def test_each_computation(how: str, of: tuple[str, ...], more: dict[str, Any], expected: tuple[str, str, str]) -> None:
    assert result(how, *of, known=KNOWN, **more) == expected


def test_a_half_is_rounded_away_from_nothing() -> None:
    known = facts(a=figure("5", "%"), b=figure("2", "%"))
    assert result("ratio", "a", "b", known=known) == ("3", "time", "about")


def test_a_sum_is_converted_at_a_stated_rate_in_either_direction() -> None:
    known = facts(yen=figure("5 trillion", "JPY"), usd=figure("4 billion"), rate=figure("125", "JPY"))
    assert result("conversion", "yen", "rate", known=known, unit="USD", scale="billion") == ("40 billion", "USD", "")
    assert result("conversion", "usd", "rate", known=known, unit="JPY", scale="billion") == ("500 billion", "JPY", "")
    for unit in ("", "EUR"):
        with pytest.raises(ValueError, match=r"unit|rate"):
            result("conversion", "usd", "rate", known=known, unit=unit)


def test_a_computed_rate_converts_only_its_own_two_currencies() -> None:
    known = {**KNOWN, "r": Fact("r", "So.", "happened", derived={"rate": Derived("rate", ("f.a", "f.b"), round=2)})}
    made = compute(Derived("conversion", ("f.c", "r.rate"), unit="USD", scale="billion", round=1), known, UNITS)
    assert made.value == Amount(Decimal("20.4"), "billion")
    with pytest.raises(ValueError, match="the rate is of JPY and USD"):
        compute(Derived("conversion", ("f.c", "r.rate"), unit="EUR"), known, UNITS)


@pytest.mark.parametrize(
    ("how", "of", "why"),
    [
        ("sum", ("a",), "needs two figures or more"),
        ("share", ("a", "a", "a"), "needs two figures"),
        ("sum", ("a", "b"), "JPY and in USD; convert"),
        ("sum", ("a", "n"), "JPY and in person"),
        ("rate", ("a", "c"), "two currencies"),
        ("share", ("a", "none"), "divided by nothing"),
        ("share", ("wide", "a"), "is a range"),
        ("share", ("when", "a"), "is a date"),
        ("share", ("gone", "a"), "no figure f.gone"),
        ("average", ("a",), "has no period"),
        ("average", ("a", "n"), "no span"),
        ("average", ("a", "end", "span"), "are to be dates"),
        ("average", ("a", "end", "when"), "no length"),
    ],
)
def test_what_cannot_be_computed_says_why(how: str, of: tuple[str, ...], why: str) -> None:
    known = {"f": KNOWN["f"]}
    with pytest.raises(ValueError, match=why):
        result(how, *of, known=known)


def test_a_figure_that_needs_itself_is_refused() -> None:
    known = {
        "x": Fact("x", "So.", "happened", derived={"n": Derived("sum", ("y.n", "y.n"))}),
        "y": Fact("y", "So.", "happened", derived={"n": Derived("sum", ("x.n", "x.n"))}),
    }
    with pytest.raises(ValueError, match="computed from itself"):
        compute(known["x"].derived["n"], known, UNITS)


def pair(how: str, one: Fact, other: Fact, **more: Any) -> list[str]:
    return mixed(Derived(how, ("a.n", "b.n"), **more), {"a": one, "b": other}, UNITS)  # type: ignore[arg-type]


def one(name: str, given: Figure, status: Status = "happened", **others: Figure) -> Fact:
    return Fact(name, "So.", status, figures={"n": given, **others})


@pytest.mark.parametrize(
    ("first", "second", "why"),
    [
        (one("a", figure("1"), "pledged"), one("b", figure("2")), "one is promised"),
        (one("a", figure("1", period="2024")), one("b", figure("2", period="FY2023-24")), "financial year"),
        (one("a", figure("1", period="2024")), one("b", figure("2", period="2024-01/2024-10")), "differ in length"),
        (one("a", figure("1", "person")), one("b", figure("2", "visit")), "different things"),
        (
            one("a", figure("1", converted_from="y"), y=figure("150", "JPY")),
            one("b", figure("2")),
            "converted from another currency",
        ),
        (
            one("a", figure("1", converted_from="y"), y=figure("150", "JPY")),
            one("b", figure("2", converted_from="y"), y=figure("250", "JPY")),
            "different rates",
        ),
    ],
)
def test_figures_on_different_bases_are_told_apart(first: Fact, second: Fact, why: str) -> None:
    (found,) = pair("sum", first, second)
    assert why in found
    assert found.startswith("a.n and b.n")


def test_figures_on_one_basis_go_together() -> None:
    assert pair("sum", one("a", figure("1", period="FY2023-24")), one("b", figure("2", period="FY2024-25"))) == []
    same = [
        one(name, figure(value, converted_from="y"), y=figure(yen, "JPY"))
        for name, value, yen in (("a", "1", "150"), ("b", "2", "301"))
    ]
    assert pair("growth", *same) == []
    assert pair("sum", one("a", figure("1"), "pledged"), one("b", figure("2"), "planned")) == []


def test_a_rate_is_of_one_sum_in_two_currencies() -> None:
    assert mixed(Derived("rate", ("f.a", "f.b")), KNOWN, UNITS) == []
    assert mixed(Derived("rate", ("f.c", "f.b")), KNOWN, UNITS) == ["f.c and f.b are not one sum in two currencies"]


NUMBERS = st.decimals("0.01", "100000", places=2)


@given(NUMBERS, NUMBERS)
def test_a_difference_and_what_was_taken_away_make_the_whole(first: Decimal, second: Decimal) -> None:
    known = facts(a=figure(str(first)), b=figure(str(second)))
    left = compute(Derived("difference", ("f.a", "f.b"), round=2), known, UNITS).value
    assert left is not None
    assert left.number + second == first


@given(NUMBERS, NUMBERS)
def test_growth_is_the_share_less_a_hundred(first: Decimal, second: Decimal) -> None:
    known = facts(a=figure(str(first)), b=figure(str(second)))
    growth, share = (compute(Derived(how, ("f.a", "f.b"), round=6), known, UNITS).value for how in ("growth", "share"))
    assert growth is not None
    assert share is not None
    assert abs(growth.number - (share.number - 100)) <= Decimal("0.000001")  # each is rounded by itself
