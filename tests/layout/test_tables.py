from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefing.layout.lines import Words, dress_of
from briefing.layout.tables import column_widths
from briefing.look import Style
from briefing.model import Align, Column, Text
from tests.layout.sample import FONTS

STYLE = dress_of(Style("sans", 9.0, 12.0))


def widths(*columns: tuple[str, ...], width: float = 400.0, weights: tuple[float, ...] = (), align: Align = "left") -> list[float]:
    cells: list[list[Words]] = []
    for column in columns:
        cells.append([])
        for text in column:
            words = Words(FONTS)
            words.add((Text(text),), STYLE)
            cells[-1].append(words)
    heads = tuple(Column((), align, weight) for weight in (weights or (0.0,) * len(columns)))
    return column_widths(heads, cells, width)


LONG = "several words that need more room than there is in a column of this table and so go over lines"


def test_a_column_gets_the_room_its_words_need_and_long_ones_part_the_rest() -> None:
    short, long, longer = widths(("2024",), (LONG,), (LONG * 3,))
    assert short < 40
    assert short < long < longer
    assert short + long + longer == pytest.approx(400)


def test_columns_that_all_fit_fill_the_width() -> None:
    assert sum(widths(("a",), ("b",), ("c",))) == pytest.approx(400)


def test_weights_are_obeyed_where_words_allow() -> None:
    one, three = widths((LONG,), (LONG,), weights=(1.0, 3.0))
    assert three == pytest.approx(3 * one)


def test_a_column_without_weight_keeps_its_words_beside_weighted_ones() -> None:
    plain, *_ = widths(("2024",), (LONG,), (LONG,), weights=(0.0, 1.0, 1.0))
    assert plain < 40


def test_no_column_is_narrower_than_its_longest_word_where_that_can_be() -> None:
    narrow, _ = widths(("incomprehensibilities",), (LONG * 4,), weights=(1.0, 99.0))
    assert narrow > 80


def test_a_word_wider_than_the_table_takes_no_room_from_short_columns() -> None:
    short, endless = widths(("2024",), ("x" * 400,))
    assert 25 < short < 40
    assert endless == pytest.approx(400 - short)


@given(
    st.lists(st.lists(st.text("abc ", max_size=80), min_size=1, max_size=3).map(tuple), min_size=1, max_size=7), st.floats(100, 600)
)
def test_columns_always_fill_the_width_they_are_given(columns: list[tuple[str, ...]], width: float) -> None:
    made = widths(*columns, width=width)
    assert sum(made) == pytest.approx(width)
    assert min(made) > 0


def test_a_table_of_a_hundred_columns_is_set_all_the_same() -> None:
    made = widths(*(("word", "") for _ in range(99)), ("",))
    assert sum(made) == pytest.approx(400)
    assert min(made) > 0
