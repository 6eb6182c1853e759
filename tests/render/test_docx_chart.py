from __future__ import annotations

import io
import itertools
import zipfile
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from briefing.model import Chart, Point, Series, Text
from briefing.render.docx_chart import chart_parts, number_format
from briefing.render.docx_sheet import Day, column, workbook
from briefing.word_grids import chart_height
from tests.documents import SAMPLE
from tests.render.sample_html import default_look

LOOK = default_look()
C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
S = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def chart(kind: str, *series: Series, unit: str = "") -> Chart:
    return Chart(kind, series, "figure", (Text("Figure 1. It grows"),), "It grows", unit)  # type: ignore[arg-type]


def series(name: str, *points: tuple[str, float, str] | tuple[str, float, str, float]) -> Series:
    return Series(name, tuple(Point(p[0], p[1], p[2], "fact", high=p[3] if len(p) > 3 else None) for p in points))


def cells(data: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        sheet = ET.fromstring(book.read("xl/worksheets/sheet1.xml"))
        shared = ["".join(item.itertext()) for item in ET.fromstring(book.read("xl/sharedStrings.xml"))]
    found = {cell: "".join(cell.itertext()) for cell in sheet.iter(f"{S}c")}
    return {cell.attrib["r"]: shared[int(text)] if cell.attrib.get("t") == "s" else text for cell, text in found.items()}


def drawn(xml: str) -> list[list[float]]:
    """The values of each series as the drawing holds them."""
    return [[float(value.text or "") for value in values.iter(f"{C}v")] for values in ET.fromstring(xml).iter(f"{C}val")]


def labels(xml: str) -> list[str]:
    return [node.text or "" for node in ET.fromstring(xml).iter("{http://schemas.openxmlformats.org/drawingml/2006/main}t")]


@pytest.mark.parametrize(
    ("value", "shown", "expected"),
    [
        (22.8, "USD 22.8 billion", '"USD "0.0" billion"'),
        (250.0, "₹250 crore", '"₹"0" crore"'),
        (1400.0, "1,400+", '#,##0"+"'),
        (5.0, "5", "0"),
        (250000.0, "2,50,000", ""),
        (22800000000.0, "USD 22.8 billion", ""),
        (5.0, "5 to 10", ""),
        (-2.0, "−2", ""),
        (3.0, 'the "3"', ""),
        (3.0, "several", ""),
    ],
)
def test_printed_words_become_a_number_format_only_where_it_says_the_same(value: float, shown: str, expected: str) -> None:
    assert number_format(Point("x", value, shown, "fact")) == expected


def test_bars_are_drawn_from_the_numbers_of_the_sheet() -> None:
    xml, book = chart_parts(
        chart("bar", series("Then", ("A", 1.5, "1.5"), ("B", 2.0, "2")), series("Now", ("A", 3.0, "3"), ("B", 4.0, "4"))),
        LOOK,
        450.0,
    )
    assert drawn(xml) == [[1.5, 2.0], [3.0, 4.0]]
    found = cells(book)
    assert [found[place] for place in ("B1", "C1", "A2", "B2", "C2", "A3", "B3", "C3")] == [
        "Then",
        "Now",
        "A",
        "1.5",
        "3",
        "B",
        "2",
        "4",
    ]


def test_a_range_is_drawn_to_both_of_its_ends() -> None:
    xml, book = chart_parts(chart("bar", series("Aid", ("A", 5.0, "5 to 10", 10.0), ("B", 3.0, "over 3"))), LOOK, 450.0)
    assert drawn(xml) == [[10.0, 3.0], [5.0, 3.0]]
    assert cells(book)["C2"] == "10"
    assert labels(xml) == ["5 to 10"]  # "over 3" is a number format


def test_a_timeline_begins_its_bars_at_dates_that_a_spreadsheet_knows() -> None:
    xml, book = chart_parts(
        chart("timeline", series("Past", ("Treaty", 20431.0, "2025")), series("Next", ("Review", 20513.0, "2026", 20543.0))),
        LOOK,
        450.0,
    )
    starts, past, following = drawn(xml)
    assert starts == [46000.0, 46082.0]
    assert following == [30.0]
    assert past[0] > 0
    assert cells(book)["A3"] == "2026  Review"


def test_dates_that_a_spreadsheet_does_not_know_are_years() -> None:
    xml, _ = chart_parts(chart("timeline", series("", ("Treaty", -37256.0, "1868"))), LOOK, 450.0)
    assert drawn(xml)[0][0] == pytest.approx(1868.0, abs=0.01)


@pytest.mark.parametrize("first", range(1900, 2100, 7))
@pytest.mark.parametrize("years", [1, 4, 12, 60])
def test_the_marks_of_a_timeline_fall_into_the_years_they_name(first: int, years: int) -> None:
    from datetime import date, timedelta

    from briefing.render.docx_chart import _calendar

    epoch = date(1899, 12, 30)
    start, end = ((date(year, month, 1) - epoch).days for year, month in ((first, 4), (first + years, 3)))
    low, high, step, form = _calendar(start, end, dated=True)
    assert low <= start
    assert high >= end
    marks = [epoch + timedelta(days=int(low + n * step)) for n in range(round((high - low) / step) + 1)]
    if form == "yyyy":
        assert [mark.year for mark in marks] == [marks[0].year + n * round(step / 365.25) for n in range(len(marks))]
    else:
        months = [mark.year * 12 + mark.month for mark in marks]
        assert {b - a for a, b in itertools.pairwise(months)} == {round(step / 30.4375)}


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from(["bar", "line", "timeline"]),
    st.lists(st.tuples(st.text('aé<&" ', max_size=8), st.integers(-60000, 60000), st.text("1., %&<", max_size=6)), max_size=5),
    st.integers(1, 3),
)
def test_any_chart_is_well_formed_and_has_a_height(kind: str, rows: list[tuple[str, int, str]], count: int) -> None:
    made = chart(kind, *(series(f"S{n}", *((label, float(value), shown) for label, value, shown in rows)) for n in range(count)))
    xml, book = chart_parts(made, LOOK, 450.0)
    ET.fromstring(xml)
    assert cells(book) is not None
    assert chart_height(made, LOOK) > 0


def test_a_workbook_opens_without_findings(tmp_path: Path) -> None:
    from openxml_audit import FileFormat, OpenXmlValidator

    file = tmp_path / "book.xlsx"
    file.write_bytes(workbook([["", "A & B"], ["é", 1.5], ["day", Day(46082.0)], [None, -2.0]]))
    assert OpenXmlValidator(file_format=FileFormat.MICROSOFT_365).validate(str(file)).errors == []


def test_columns_are_lettered_as_spreadsheets_do() -> None:
    assert [column(place) for place in (0, 25, 26, 27, 701, 702)] == ["A", "Z", "AA", "AB", "ZZ", "AAA"]


def test_the_sample_has_a_chart_of_every_kind() -> None:
    assert {block.kind for block in SAMPLE.blocks if isinstance(block, Chart)} == {"bar", "line", "timeline"}


@pytest.mark.parametrize(("values", "tag"), [((22.8, 21.0), "min"), ((-3.0, -2.0), "max"), ((-1.0, 4.0), "")])
def test_bars_always_stand_on_zero(values: tuple[float, float], tag: str) -> None:
    bars = chart("bar", series("", ("twelve months", values[0], "a"), ("first ten months", values[1], "b")))
    axis = ET.fromstring(chart_parts(bars, LOOK, 400.0)[0]).find(f".//{C}valAx/{C}scaling")
    assert axis is not None
    assert [(node.tag, node.attrib["val"]) for node in axis if node.tag in (f"{C}min", f"{C}max")] == (
        [(f"{C}{tag}", "0")] if tag else []
    )
