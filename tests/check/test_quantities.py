"""Which figures can both be right: roundings, bounds, ranges; and that different ones never pass for one."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from briefing.check.quantities import agree, equal, span, unit_of, verdict
from briefing.seeds import Amount, Bound, Figure
from briefing.units import SCALES, known_units
from briefing.when import When

UNITS = known_units({"ship": "ships"})


def figure(text: str) -> Figure:
    """Return a figure written as in "over 1.4 million USD, 2024", "7 .. 10 trillion JPY"."""
    words, _, period = text.partition(", ")
    bound: Bound = ""
    for each in ("over", "at least", "about", "nearly", "up to", "some"):
        if words.startswith(each + " "):
            bound, words = each, words.removeprefix(each + " ")
    words, _, unit = words.rpartition(" ")
    low, _, high = words.partition(" .. ")
    return Figure(amount(low), amount(high) if high else None, unit, bound, period=When.parse(period) if period else None)


def amount(text: str) -> Amount:
    number, _, scale = text.partition(" ")
    return Amount(Decimal(number), scale)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("22.8 billion USD", "23 billion USD"),
        ("22800 million USD", "22.8 billion $"),
        ("250 crore INR", "2.5 billion ₹"),
        ("1400 ship", "1439 ships"),
        ("over 50000 ship", "54000 ship"),
        ("at least 50000 ship", "50000 ship"),
        ("about 68 billion USD", "67 billion USD"),
        ("nearly 500 ship", "487 ship"),
        ("up to 12 ship", "3 ship"),
        ("7 trillion .. 10 trillion JPY", "10 trillion JPY"),
        ("7 .. 10 %", "8 .. 9 %"),
        ("1.5 GW", "1500 MW"),
        ("5 year", "60 month"),
        ("10 %, 2024", "10.4 %, 2024"),
    ],
)
def test_these_agree(one: str, other: str) -> None:
    assert verdict(figure(one), figure(other), UNITS) == verdict(figure(other), figure(one), UNITS) == "agree"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("22.8 billion USD", "22.9 billion USD"),
        ("22.4 billion USD", "23 billion USD"),
        ("10 trillion JPY", "10 billion JPY"),
        ("50000 ship", "54000 ship"),
        ("1400 ship", "1460 ship"),
        ("over 50000 ship", "49000 ship"),
        ("over 50000 ship", "120000 ship"),
        ("about 68 billion USD", "60 billion USD"),
        ("up to 12 ship", "13 ship"),
        ("7 .. 10 %", "11 %"),
        ("7 .. 10 %", "8 .. 12 %"),
        ("0 ship", "1 ship"),
    ],
)
def test_these_differ(one: str, other: str) -> None:
    assert verdict(figure(one), figure(other), UNITS) == verdict(figure(other), figure(one), UNITS) == "differ"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("10 USD", "12 EUR"),
        ("10 %", "10 ship"),
        ("10 %, 2024", "12 %, 2023"),
        ("10 %, 2024", "12 %, FY2023-24"),
        ("10 ship", "10 number"),
    ],
)
def test_other_units_currencies_and_periods_are_not_compared(one: str, other: str) -> None:
    assert verdict(figure(one), figure(other), UNITS) == "not comparable"


def test_dates_agree_where_one_is_the_other_told_less_exactly() -> None:
    august, day, september = (Figure(date=When.parse(text)) for text in ("2025-08", "2025-08-29", "2025-09"))
    assert verdict(august, day, UNITS) == verdict(day, august, UNITS) == "agree"
    assert verdict(day, september, UNITS) == "differ"
    assert verdict(day, figure("3 ship"), UNITS) == "not comparable"


def test_equal_is_stricter_than_agreeing() -> None:
    assert equal(figure("22800 million USD"), figure("22.8 billion $"), UNITS)
    assert not equal(figure("22.8 billion USD"), figure("23 billion USD"), UNITS)
    assert not equal(figure("over 3 ship"), figure("3 ship"), UNITS)


def test_a_unit_has_one_name_however_it_is_written() -> None:
    assert unit_of(figure("1 $"), UNITS) == unit_of(figure("1 USD"), UNITS)
    assert unit_of(figure("1 km"), UNITS) == unit_of(figure("1 mm"), UNITS) != unit_of(figure("1 km²"), UNITS)


numbers = st.decimals(min_value=Decimal("0.01"), max_value=10**6, places=2)
scales = st.sampled_from(sorted(SCALES))


def single(number: Decimal, scale: str = "") -> Figure:
    return Figure(Amount(number, scale), unit="EUR")


@given(numbers, numbers, scales)
def test_two_exact_figures_of_the_same_places_agree_only_where_they_are_equal(a: Decimal, b: Decimal, scale: str) -> None:
    assert (verdict(single(a, scale), single(b, scale), UNITS) == "agree") == (a == b)


@given(numbers, st.integers(0, 1), scales)
def test_a_figure_agrees_with_its_own_rounding(number: Decimal, places: int, scale: str) -> None:
    rounded = number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    assert verdict(single(number, scale), single(rounded, scale), UNITS) == "agree"


@given(numbers, numbers, scales)
def test_no_figure_agrees_with_another_scale_of_itself(a: Decimal, b: Decimal, scale: str) -> None:
    assume(scale)
    bare = single(a)
    assert verdict(bare, single(a, scale), UNITS) == "differ"
    assert agree(span(bare, UNITS), span(single(b), UNITS)) == agree(span(single(b), UNITS), span(bare, UNITS))
