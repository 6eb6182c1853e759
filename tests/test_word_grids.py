from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefing.model import Cell, Column, Number, Row, Table, Text
from briefing.word_grids import column_widths

cells = st.text("ab 1é", max_size=60)


def table(*rows: tuple[str, ...], weights: tuple[float, ...] = ()) -> Table:
    head, *rest = rows
    weights = weights or (0.0,) * len(head)
    columns = tuple(Column((Text(title),), weight=weight) for title, weight in zip(head, weights, strict=True))
    return Table(columns, tuple(Row(tuple(Cell((Text(text),)) for text in row)) for row in rest), "table")


@st.composite
def tables(draw: st.DrawFn) -> Table:
    wide = draw(st.integers(1, 6))
    row = st.lists(cells, min_size=wide, max_size=wide).map(tuple)
    weights = draw(
        st.one_of(st.just((0.0,) * wide), st.lists(st.sampled_from([0.0, 1.0, 3.0]), min_size=wide, max_size=wide).map(tuple))
    )
    return table(*draw(st.lists(row, min_size=1, max_size=5)), weights=weights)


@given(tables(), st.floats(100.0, 500.0))
def test_columns_fill_the_width_and_none_is_lost(made: Table, total: float) -> None:
    widths = column_widths(made, total, 9.0)
    assert sum(widths) == pytest.approx(total)
    assert min(widths) > 5.0


def test_a_column_is_as_wide_as_its_longest_word_where_there_is_room() -> None:
    made = table(("Year", "What was agreed"), ("2025", "a long sentence " * 12), ("undated", "short"))
    year, _ = column_widths(made, 450.0, 9.0)
    assert year > len("undated") * 9.0 * 0.5


def test_an_id_is_broken_at_its_hyphens_and_leaves_the_room_to_the_words_beside_it() -> None:
    made = table(("Fact", "Statement"), ("a-long-identifier-of-a-fact", "words " * 40), weights=(1.0, 4.0))
    fact, statement = column_widths(made, 300.0, 9.0)
    assert fact < len("a-long-identifier-of-a-fact") * 9.0 * 0.5
    assert statement > 3 * fact


def test_a_printed_number_counts_as_one_word() -> None:
    made = table(("A", "B"), ("x", "words " * 40))
    number = Row((Cell((Number("USD 22.8 billion a year", "fact"),)), Cell(())))
    narrow, wide = (column_widths(one, 300.0, 9.0)[0] for one in (made, Table(made.columns, (*made.rows, number), "table")))
    assert wide > narrow
    assert wide > len("USD 22.8 billion a year") * 9.0 * 0.5


def test_weights_share_the_width() -> None:
    assert column_widths(table(("A", "B"), ("x", "y"), weights=(1.0, 3.0)), 400.0, 9.0) == pytest.approx([100.0, 300.0])
