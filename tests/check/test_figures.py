"""What is a figure in words and what is a name; whatever is written, no digit gets through unseen."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefing.check.figures import bare, is_name, numerals, without_item_numbers

NAMES = ("G7", "G20", "H3-24", "5G", "E-10", "US-2", "Digital Partnership 2.0", "Public Law 12", "O'Neill 3")


def found(text: str, *names: str, markup: bool = False) -> list[str]:
    return [figure.text for figure in bare(text, names or NAMES, markup=markup)]


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("Put 42 % in", ["42 %"]),
        ("USD 42 billion or ¥10 trillion", ["USD 42 billion", "¥10 trillion"]),
        ("on 29 August 2025, Aug. 2025", ["29 August 2025", "Aug. 2025"]),
        ("in 2023-24 about 1,400", ["2023-24", "1,400"]),
        ("the 25th, mid-2025, a 10-year plan", ["25th", "2025", "10"]),
        ("٤٢ ships and ½ a ship", ["٤٢", "½"]),
        ("{exports.amount} and 5{exports}", ["5"]),
        ("{{5}}", ["5"]),
    ],
)
def test_digits_are_figures_with_what_belongs_to_them(text: str, figures: list[str]) -> None:
    assert found(text) == figures


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("Forty per cent", ["Forty per cent"]),
        ("ten billion dollars, a million, half a billion", ["ten billion dollars", "a million", "half a billion"]),
        ("two hundred ships, twenty-five thousand crore", ["two hundred", "twenty-five thousand crore"]),
        ("five yen and a hundred euros", ["five yen", "a hundred euros"]),
        ("two governments, one in four, a hundred ways, by the thousand", []),
        ("the yen fell by a third, millions of yen, recent, agent", []),
    ],
)
def test_numbers_in_words_are_figures_beside_money_per_cent_and_large_numbers(text: str, figures: list[str]) -> None:
    assert found(text) == figures


@pytest.mark.parametrize("text", ["G7", "the G7's", "G7-led", "pre-G-7", "G‑7", "(H3-24)", "5G.", "E10 and E–10", "US2", "Digital\nPartnership 2.0,"])  # fmt: skip
def test_declared_names_may_stand_also_with_hyphens_and_in_longer_names(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "figure"),
    [("G70", "G70"), ("H3-245", "H3-245"), ("3.5G", "3.5"), ("Digital Partnership 2.05", "2.05"), ("XG7", "XG7")],
)
def test_what_only_begins_like_a_name_is_none(text: str, figure: str) -> None:
    assert found(text) == [figure]


def test_without_names_nothing_is_one() -> None:
    assert [figure.text for figure in bare("the G7")] == ["G7"]


def test_markdown_shows_neither_the_targets_of_links_nor_the_names_of_what_may_go() -> None:
    text = "[law](http://law.example/2024) &#8377;\n::: drop 28 part 3\n"
    assert found(text, markup=True) == []
    assert found("http://law.example/2024") == ["2024"]


def test_an_entity_for_a_digit_is_a_digit_and_found_as_it_is_written() -> None:
    (figure,) = bare("Up &#52; times", markup=True)
    assert (figure.text, figure.token, figure.start) == ("4", "&#52;", 3)


def test_only_numbers_that_count_on_from_one_are_those_of_a_list() -> None:
    assert found("1. One\n2. Two\n\n   1) Three\n7. Seven\n2. Two", markup=True) == ["7"]
    assert without_item_numbers("3. Three", 2) == ("   Three", 3)
    assert found("1. One") == ["1"]


@pytest.mark.parametrize(
    ("name", "right"),
    [("G7", True), ("#1", True), ("2025", False), ("42 %", False), ("USD 5 billion", False), ("August 2025", False)],
)
def test_a_name_holds_more_than_a_figure(name: str, right: bool) -> None:
    assert is_name(name) is right


def test_years_in_short_are_compared_in_full() -> None:
    assert numerals("1,400 in 2024-25") == {"1400", "2024", "2025"}
    assert numerals("2023–24") == {"2023", "2024"}


@given(st.text(st.sampled_from("0123456789.,- %aGH{}\n€()[]&#;:"), max_size=40))
def test_every_digit_outside_of_references_and_names_is_part_of_a_figure(text: str) -> None:
    left = re.sub(r"\{[a-z0-9-]+(?:\.[a-z0-9-]+)?\}", "", text.replace("{{", "\0").replace("}}", "\0"))
    assert bool(re.search(r"\d", left)) == bool(list(bare(text)))


@given(st.text(max_size=60))
def test_figures_stand_where_they_are_said_to_stand(text: str) -> None:
    for figure in bare(text, NAMES, markup=True):
        assert text.startswith(figure.token, figure.start)
