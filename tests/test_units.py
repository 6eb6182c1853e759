"""The registry of units and scale words."""

from __future__ import annotations

from decimal import Decimal

import pytest

from briefing.seeds import Amount
from briefing.units import SCALES, UNITS, known_units, size, span


@pytest.mark.parametrize(
    ("number", "scale", "expected"),
    [
        ("10", "trillion", 10**13),
        ("250", "crore", 2_500_000_000),
        ("1", "lakh crore", 10**12),
        ("3", "", 3),
        ("2", "lakh", 200_000),
    ],
)
def test_an_amount_has_one_size_whatever_its_scale_word(number: str, scale: str, expected: int) -> None:
    assert size(Amount(Decimal(number), scale)) == expected


def test_codes_stand_before_a_number_and_signs_close_to_it() -> None:
    assert (UNITS["JPY"].before, UNITS["JPY"].tight) == ("JPY", False)
    assert (UNITS["₹"].before, UNITS["₹"].tight) == ("₹", True)
    assert (UNITS["%"].after, UNITS["%"].tight) == ("%", True)


def test_every_unit_that_prints_after_one_has_words_for_many() -> None:
    assert [unit.id for unit in UNITS.values() if unit.after and not unit.plural] == []


def test_counting_nouns_print_nothing_in_running_text_and_win_over_plurals() -> None:
    known = known_units({"ship": "ships", "metre": "metres"})
    assert (known["ship"].kind, known["ship"].before, known["ship"].after, known["ship"].plural) == ("count", "", "", "ships")
    assert known["ships"] is known["ship"]
    assert known["metre"] is UNITS["metre"]
    assert known["tonnes"] is known["tonne"]


def test_a_longer_scale_word_is_its_parts_multiplied() -> None:
    assert SCALES["lakh crore"] == SCALES["lakh"] * SCALES["crore"]
    assert SCALES["thousand crore"] == SCALES["thousand"] * SCALES["crore"]


@pytest.mark.parametrize(("text", "expected"), [("6 months", (6, "month")), ("1 year", (1, "year")), (" 10 days ", (10, "day"))])
def test_a_shelf_life_is_a_number_and_a_unit(text: str, expected: tuple[int, str]) -> None:
    assert span(text) == expected


@pytest.mark.parametrize("text", ["", "6", "months", "0 days", "half a year", "6 months 2 days", "-1 year", "99999 days"])
def test_what_is_no_span_is_refused_with_a_reason(text: str) -> None:
    with pytest.raises(ValueError, match="not a span of time"):
        span(text)
