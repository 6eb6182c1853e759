"""What a text holds: kinds and values of figures, dates and names, and that different amounts are never taken for one."""

from __future__ import annotations

import re
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefing.originals.compare import Words, fits
from briefing.originals.find import find, find_all
from briefing.originals.found import Found
from briefing.originals.names import is_heading, lexicon, names
from briefing.originals.wordnumbers import number, ordinal
from briefing.seeds import Amount, Figure
from briefing.units import SCALES


def only(text: str) -> Found:
    found = find(text)
    assert len(found) == 1, found
    return found[0]


@pytest.mark.parametrize(
    ("text", "low", "high", "unit"),
    [
        ("$68 billion", "68E9", None, "USD"),
        ("$5m", "5E6", None, "USD"),
        ("£2.5bn", "2.5E9", None, "GBP"),
        ("10 trillion-yen", "10E12", None, "JPY"),
        ("Rs. 1.5 lakh crore", "1.5E12", None, "INR"),
        ("₹1,20,000 crore", "1.2E12", None, "INR"),
        ("USD 5 million to USD 8 million", "5E6", "8E6", "USD"),
        ("7–10 trillion yen", "7E12", "10E12", "JPY"),
        ("12 %", "12", None, "%"),
        ("-3.2%", "-3.2", None, "%"),
        ("2.5-fold", "2.5", None, "time"),
        ("1.6 GW", "1.6E9", None, "W"),
        ("two hundred and fifty", "250", None, ""),
        ("half a million", "500000", None, ""),
        ("two dozen", "24", None, ""),
        ("12\u202f500", "12500", None, ""),
    ],
)
def test_an_amount_is_read_as_one_number_in_one_unit(text: str, low: str, high: str | None, unit: str) -> None:
    found = only(text)
    assert (found.low, found.high, found.units[0]) == (Decimal(low), Decimal(high) if high else None, unit)


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("28 July 2025", "2025-07-28"),
        ("July 28th, 2025", "2025-07-28"),
        ("29 August", "????-08-29"),
        ("29–30 August 2025", "2025-08-29/2025-08-30"),
        ("mid-November 2025", "mid 2025-11"),
        ("second half of August 2025", "2025-08-16/2025-08"),
        ("2023–24", "FY2023-24"),
        ("FY24", "FY2023-24"),
        ("2015–2020", "2015/2020"),
        ("Q3 2025", "2025-07/2025-09"),
        ("2025-08", "2025-08"),
        ("28.07.2025", "2025-07-28"),
    ],
)
def test_a_date_is_given_in_the_form_that_the_dossier_uses(text: str, pattern: str) -> None:
    found = only(text)
    assert (found.kind, found.dates[0]) == ("date", pattern)


@pytest.mark.parametrize("text", ["the two countries", "H3-24 and G7", "one of them", "a second plant"])
def test_what_is_no_figure_is_not_found_as_one(text: str) -> None:
    assert [each.text for each in find(text) if each.kind != "name"] == []


def test_two_numbers_joined_by_and_are_two_unless_they_are_the_ends_of_a_range() -> None:
    assert [each.text for each in find("21 firms and 22 others, 5 and 6 million")] == ["21", "22", "5", "6 million"]
    assert [each.text for each in find("between 5 and 6 million")] == ["5 and 6 million"]


def test_a_bound_is_read_and_not_confused_with_growth_up_to_a_level() -> None:
    assert [find(text)[0].bound for text in ("over 50", "up to 50", "scaled up to 50", "50+", "~50")] == [
        "over",
        "up to",
        "",
        "over",
        "about",
    ]


amounts = st.builds(
    lambda number, scale, unit: (Amount(number, scale), unit),
    st.decimals("0.1", "999", places=1),
    st.sampled_from(sorted(SCALES)),
    st.sampled_from(["USD", "JPY", "INR", "EUR"]),
)


@given(amounts, amounts)
def test_two_different_amounts_are_never_taken_for_one(one: tuple[Amount, str], other: tuple[Amount, str]) -> None:
    (amount, unit), (second, second_unit) = one, other
    found = only(f"{unit} {amount.number} {amount.scale}".strip())
    same = (amount.number * SCALES[amount.scale], unit) == (second.number * SCALES[second.scale], second_unit)
    assert fits(Figure(value=second, unit=second_unit), found, ()) == same
    assert fits(Figure(value=amount, unit=unit), found, ())


@given(st.integers(2, 999_999))
def test_a_number_written_out_is_the_number(value: int) -> None:
    ones = [
        "zero",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
        "thirteen",
        "fourteen",
    ]
    ones += ["fifteen", "sixteen", "seventeen", "eighteen", "nineteen"]
    tens = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]

    def spelt(rest: int) -> str:
        if rest < 20:
            return ones[rest]
        if rest < 100:
            return tens[rest // 10] + (f"-{ones[rest % 10]}" if rest % 10 else "")
        if rest < 1000:
            return f"{ones[rest // 100]} hundred" + (f" and {spelt(rest % 100)}" if rest % 100 else "")
        return f"{spelt(rest // 1000)} thousand" + (f" {spelt(rest % 1000)}" if rest % 1000 else "")

    assert number(spelt(value)) == value
    assert only(f"They counted {spelt(value)} birds.").low == value


def test_words_that_are_two_numbers_are_none() -> None:
    assert number("seven eight") is None
    assert [ordinal(word) for word in ("twenty-first", "eighth", "twentieth", "often")] == [21, 8, 20, None]


@given(st.text(max_size=300))
def test_any_text_gives_items_in_order_that_stand_where_they_say(text: str) -> None:
    found = find_all([text])[0]
    assert [text[each.start : each.end] for each in found] == [each.text for each in found]
    assert all(one.end <= other.start for one, other in pairwise(found))


PIECES = "7|10|%|–|-|to|and|trillion|yen|USD|$|₹|Rs|crore|(|)|July|28|2025|mid|half|of|first|over|twenty|Japan|G7|,|."


@given(st.lists(st.sampled_from(re.split(r"\|", PIECES)), max_size=20))
def test_pieces_of_figures_in_any_order_do_no_harm(words: list[str]) -> None:
    text = " ".join(words)
    found = find(text)
    assert all(one.end <= other.start for one, other in pairwise(found))


def test_the_first_word_of_a_sentence_is_a_name_if_the_document_shows_it() -> None:
    seen = lexicon(["We went to Chips, a town.", "The exports fell."])
    assert [each.text for each in names("Chips grew.", seen)] == ["Chips"]
    assert [each.text for each in names("Exports grew.", seen)] == []


def test_a_heading_has_only_names_that_the_document_has() -> None:
    seen = lexicon(["The project of Japan and Suzuki is late."])
    assert is_heading("Bullet Train Project Gains Traction with Japan")
    assert [each.text for each in names("Bullet Train Project Gains Traction with Japan", seen)] == ["Japan"]


def test_a_declared_name_with_digits_is_no_figure() -> None:
    found = find("Digital Partnership 2.0 covers 21 fields.", lexicon([], ["Digital Partnership 2.0"]))
    assert [(each.kind, each.text) for each in found] == [("name", "Digital Partnership 2.0"), ("amount", "21")]


def test_forms_of_one_name_are_alike_and_different_names_are_not() -> None:
    words = Words(["India and China, the U.S. and the Organisation in Nōbi"])
    assert not any(words.missing(name) for name in ("Indian", "Chinese", "United States", "Organization", "Nobi"))
    assert words.missing("Indonesia") == ["indonesia"]
    assert words.missing("Chile") == ["chile"]
