"""A figure is found however somebody writes it, and never for another."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefing.originals.asked import asked
from briefing.seeds import Amount, Figure
from briefing.units import SCALES, known_units, size
from briefing.when import When

UNITS = known_units({"company": "companies", "exchange": "exchanges"})


def figure(value: str, unit: str, high: str = "", **more: Any) -> Figure:
    def amount(text: str) -> Amount:
        number, _, scale = text.partition(" ")
        return Amount(Decimal(number), scale)

    return Figure(value=amount(value), high=amount(high) if high else None, unit=unit, **more)


PLEDGE = figure("68 billion", "USD", bound="about")
YEN = figure("10 trillion", "JPY")
RANGE = figure("7 trillion", "JPY", "10 trillion")
EXCHANGES = figure("500000", "exchange")
COMPANIES = figure("1400", "company", bound="over")
NTH = figure("15", "number", form="ordinal")
SHARE = figure("6", "%")
CRORE = figure("250 crore", "INR")
FIVE = figure("5", "year", form="words")


def day(text: str) -> Figure:
    return Figure(date=When.parse(text))


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        *(
            (text, PLEDGE)
            for text in ("USD 68 billion", "$68bn", "US$ 68 billion", "68 billion dollars", "about USD 68 billion", "68 billion")
        ),
        *((text, YEN) for text in ("JPY 10 trillion", "¥10tn", "10 trillion yen", "10 trillion-yen")),
        *((text, RANGE) for text in ("JPY 7–10 trillion", "7-10 trillion yen")),
        *((text, EXCHANGES) for text in ("500,000", "500000", "5 lakh", "500,000 exchanges")),
        *((text, COMPANIES) for text in ("over 1,400", "1,400", "more than 1,400 companies")),
        *((text, NTH) for text in ("15th", "fifteenth")),
        *((text, SHARE) for text in ("6%", "6 per cent", "six percent")),
        *((text, CRORE) for text in ("Rs 250 crore", "₹250 crore", "INR 2.5 billion")),
        *((text, FIVE) for text in ("five years", "5 years")),
        *((text, day("2029-12")) for text in ("December 2029", "Dec 2029", "2029-12")),
        *((text, day("mid 2025-11")) for text in ("mid-November 2025",)),
        *((text, day("FY2023-24")) for text in ("2023-24", "FY2023-24")),
        ("29 August 2025", day("2025-08-29")),
        ("2025", day("2025")),
    ],
)
def test_what_is_asked_for_is_found(written: str, meant: Figure) -> None:
    assert asked(written, UNITS)(meant)


@pytest.mark.parametrize(
    ("written", "other"),
    [
        ("USD 68.4 billion", PLEDGE), ("USD 68 million", PLEDGE), ("JPY 68 billion", PLEDGE), ("over USD 68 billion", PLEDGE),
        ("10 trillion yen", RANGE), ("JPY 7-10 trillion", YEN), ("7 trillion yen", RANGE), ("10", YEN), ("15", NTH), ("15th", figure("15", "number")),
        ("about 1,400", COMPANIES), ("6", figure("6", "number", form="ordinal")), ("5 months", FIVE),
        ("29 August 2025", day("2025-08")), ("August 2025", day("2025-08-29")), ("2025", day("2025-08")), ("November 2025", day("mid 2025-11")),
        ("trade-2025", day("2025")), ("g-7", figure("7", "number")), ("nothing of the kind", FIVE), ("", FIVE),
    ],
)  # fmt: skip
def test_what_is_another_figure_or_none_is_not(written: str, other: Figure) -> None:
    assert not asked(written, UNITS)(other)


amounts = st.builds(Amount, st.decimals(1, 999, places=1), st.sampled_from([scale for scale in SCALES if scale]))


@given(amounts, amounts, st.sampled_from(["USD", "JPY", "INR", "EUR"]))
def test_an_amount_is_found_by_its_own_words_and_by_those_of_no_other(one: Amount, other: Amount, unit: str) -> None:
    same = asked(f"{unit} {one.number} {one.scale}", UNITS)
    assert same(Figure(value=one, unit=unit))
    assert same(Figure(value=other, unit=unit)) == (size(one) == size(other))
