from __future__ import annotations

import pytest

from briefing.drawing import Rect
from briefing.layout.boxes import chart_strips, detail_strips, number_strips
from briefing.layout.flow import Place, Setting, Strip
from briefing.model import Details, Entry
from briefing.placed import Part, TextLine
from tests.layout.sample import FONTS, LOOK, _charts, key_numbers, words

PLACE = Place(70.0, 450.0, Part("document"))


def setting(*, summary: bool = False) -> Setting:
    return Setting(LOOK, FONTS, summary, 700.0)


def said(strip: Strip) -> list[str]:
    return ["".join(span.text for span in mark.mark.spans).strip() for mark in strip.marks if isinstance(mark.mark, TextLine)]


@pytest.mark.parametrize(("count", "rows"), [(1, [1]), (3, [3]), (4, [4]), (5, [3, 2]), (6, [3, 3])])
def test_key_numbers_stand_side_by_side_in_even_rows(count: int, rows: list[int]) -> None:
    strips = number_strips(key_numbers(count), PLACE, setting())
    assert [sum(isinstance(mark.mark, Rect) for mark in strip.marks) for strip in strips] == rows
    assert all(strip.keep for strip in strips[:-1])


def test_numbers_of_one_row_stand_on_one_line_and_labels_under_them() -> None:
    [strip] = number_strips(key_numbers(4), PLACE, setting())
    values = [mark.y for mark in strip.marks if mark.part.kind == "value"]
    labels = [mark.y for mark in strip.marks if mark.part.kind == "label"]
    assert len(set(values)) == 1
    assert min(labels) > values[0]
    assert max(labels) < strip.height


def test_details_stand_two_in_a_row_unless_one_is_long() -> None:
    entries = (Entry("One", words("1")), Entry("Two", words("2")), Entry("Three", words("three " * 60)), Entry("Four", words("4")))
    strips = detail_strips(Details(entries), PLACE, setting())
    assert [strip[::2] if len(strip) > 2 else strip[:1] for strip in map(said, strips)] == [
        ["One", "Two"],
        said(strips[1])[::2],
        ["Four"],
    ]
    assert said(strips[0]) == ["One", "1", "Two", "2"]
    assert all(strip.keep for strip in strips[:-1])


def test_end_matter_stands_one_in_a_row() -> None:
    entries = (Entry("One", words("1")), Entry("Two", words("2")))
    assert len(detail_strips(Details(entries, "end-matter"), PLACE, setting())) == 2


def test_details_without_entries_are_nothing() -> None:
    assert detail_strips(Details(()), PLACE, setting()) == []


@pytest.mark.parametrize("chart", _charts(), ids=lambda chart: chart.kind)
def test_a_chart_is_never_parted_from_its_caption_and_source(chart: object) -> None:
    strips = chart_strips(chart, PLACE, setting())  # type: ignore[arg-type]
    assert [strip.keep for strip in strips] == [True] * (len(strips) - 1) + [False]
    assert said(strips[0])[0].startswith("Figure")
    assert said(strips[-1])[0].startswith("Source")
    assert all(PLACE.x - 1 <= mark.x for strip in strips for mark in strip.marks)
