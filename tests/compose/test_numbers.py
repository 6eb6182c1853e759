"""Quantities are worded in one place, with the digits and the scale words of their sources."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefing.compose.numbers import digits, in_digits, in_words, ordinal, worded
from briefing.seeds import Figure
from briefing.units import known_units
from tests.compose.small import figure, when

UNITS = known_units({"company": "companies", "train": "trains"})


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (figure("22.8 billion", "USD"), "USD 22.8 billion"),
        (figure("10 trillion", "JPY"), "JPY 10 trillion"),
        (figure("250 crore", "₹"), "₹250 crore"),
        (figure("1.5 lakh crore", "INR"), "INR 1.5 lakh crore"),
        (figure("2.40", "EUR"), "EUR 2.40"),
        (figure("1400", "company", bound="over"), "over 1,400"),
        (figure("1400", "company", bound="at least"), "at least 1,400"),
        (figure("61", "%"), "61%"),
        (figure("1", "percentage point"), "1 percentage point"),
        (figure("2", "percentage point"), "2 percentage points"),
        (figure("-7.5", "°C"), "\N{MINUS SIGN}7.5 °C"),
        (figure("508", "km"), "508 km"),
        (figure("1", "year"), "1 year"),
        (figure("10", "year"), "10 years"),
        (figure("2", "time"), "2"),
        (figure("1.10", "number"), "1.10"),
        (figure("0", "company", form="words"), "no"),
        (figure("12", "company", form="words"), "twelve"),
        (figure("100", "company", form="words"), "100"),
        (figure("15", "number", form="ordinal"), "15th"),
        (figure("21", "number", form="ordinal-words"), "twenty-first"),
        (figure("30", "number", form="ordinal-words"), "thirtieth"),
        (Figure(date=when("2025-08-29")), "29 August 2025"),
        (Figure(date=when("mid 2025-11")), "mid-November 2025"),
        (Figure(), ""),
    ],
)
def test_a_figure_in_a_sentence(made: Figure, expected: str) -> None:
    assert _plain(worded(made, UNITS)) == expected


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (figure("1", "company"), "1 company"),
        (figure("170", "company", bound="over"), "over 170 companies"),
        (figure("12", "train", form="words"), "12 trains"),
        (figure("3", "number", form="ordinal-words"), "3rd"),
        (figure("10", "year"), "10 years"),
        (figure("1", "year"), "1 year"),
        (figure("7", "number"), "7"),
        (figure("5", "company", high="9"), "5\N{EN DASH}9 companies"),
    ],
)
def test_a_figure_in_a_table_names_what_is_counted_and_is_in_digits(made: Figure, expected: str) -> None:
    assert _plain(worded(made, UNITS, noun=True)) == expected


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (figure("7 trillion", "JPY", high="10 trillion"), "JPY 7\N{EN DASH}10 trillion"),
        (figure("1.5", "%", high="2"), "1.5\N{EN DASH}2%"),
        (figure("80 lakh", "₹", high="1.2 crore"), "₹80 lakh to ₹1.2 crore"),
        (figure("900 million", "USD", high="1.2 billion", bound="about"), "about USD 900 million to USD 1.2 billion"),
        (figure("1400", "m", high="2750"), "1,400\N{EN DASH}2,750 m"),
    ],
)
def test_a_range_in_one_scale_is_joined_by_a_dash_and_names_its_unit_once(made: Figure, expected: str) -> None:
    assert _plain(worded(made, UNITS)) == expected


def test_a_strip_of_large_numbers_has_them_in_digits() -> None:
    assert worded(in_digits(figure("12", "train", form="words")), UNITS) == "12"
    assert worded(in_digits(figure("3", form="ordinal-words")), UNITS) == "3rd"
    assert in_digits(figure("12", "train")) == figure("12", "train")


@given(st.decimals(min_value=-(10**15), max_value=10**15, places=4, allow_nan=False))
def test_digits_are_kept_to_the_last_one(number: Decimal) -> None:
    assert Decimal(digits(number).replace(",", "").replace("\N{MINUS SIGN}", "-")) == number
    assert digits(number).partition(".")[2] == f"{number:f}".partition(".")[2]


@pytest.mark.parametrize(
    ("number", "expected"), [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (12, "12th"), (13, "13th"), (21, "21st"), (112, "112th"), (1002, "1,002nd")]
)  # fmt: skip
def test_ordinals(number: int, expected: str) -> None:
    assert ordinal(number) == expected


def test_every_number_below_a_hundred_has_words_of_its_own() -> None:
    words = [in_words(number) for number in range(100)]
    assert len(set(words)) == 100
    assert (words[19], words[20], words[42], words[99]) == ("nineteen", "twenty", "forty-two", "ninety-nine")


def _plain(words: str) -> str:
    return words.replace("\N{NO-BREAK SPACE}", " ")
