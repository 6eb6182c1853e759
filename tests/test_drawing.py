from __future__ import annotations

import sys
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from briefing.drawing import Dot, Drawing, Label, Line, Polyline, Rect, draw_chart
from briefing.look import Look
from briefing.model import Chart, Point, Series, Text

LOOK = msgspec.convert(yaml.safe_load((Path(__file__).parents[1] / "templates" / "look.yaml").read_text("utf-8")), Look)
LONG = (
    "Agreement on the transfer of defence equipment and technology, Donaudampfschifffahrtsgesellschaftskapitänspatentinhaberverband"
)


def measure(text: str, size: float, bold: bool) -> float:
    return len(text) * size * (0.6 if bold else 0.55)


def chart(kind: str, *series: tuple[str, tuple[Point, ...]], unit: str = "") -> Chart:
    return Chart(kind, tuple(Series(*one) for one in series), "c", (Text("Figure 1"),), "alt", unit)  # type: ignore[arg-type]


def points(*values: float, label: str = "Label") -> tuple[Point, ...]:
    return tuple(Point(f"{label} {n}", value, f"{value:g}", "fact") for n, value in enumerate(values))


def draw(made: Chart, width: float = 450.0) -> Drawing:
    return draw_chart(made, LOOK, width, measure)


def labels(drawing: Drawing) -> list[Label]:
    return [item for item in drawing.items if isinstance(item, Label)]


def rects(drawing: Drawing) -> list[Rect]:
    return [item for item in drawing.items if isinstance(item, Rect)]


def box(label: Label) -> tuple[float, float, float, float]:
    width = measure(label.text, label.size, label.bold)
    left = label.x - {"left": 0.0, "center": width / 2, "right": width}[label.align]
    return left, label.y - 0.8 * label.size, left + width, label.y + 0.24 * label.size


def baseline(drawing: Drawing) -> float:
    """Where zero is in a drawing of bars: the one upright line."""
    (line,) = [item for item in drawing.items if isinstance(item, Line)]
    assert line.x1 == line.x2
    return line.x1


def assert_all_inside(drawing: Drawing) -> None:
    edge = 0.01
    for item in drawing.items:
        match item:
            case Label():
                left, top, right, bottom = box(item)
                assert -edge <= left, item
                assert right <= drawing.width + edge, item
                assert -edge <= top, item
                assert bottom <= drawing.height + edge, item
            case Rect():
                assert item.x >= -edge
                assert item.width >= 0.0
                assert item.x + item.width <= drawing.width + edge
                assert item.y + item.height <= drawing.height + edge
            case Line():
                assert max(item.x1, item.x2) <= drawing.width + edge
                assert max(item.y1, item.y2) <= drawing.height + edge
            case Dot():
                assert item.radius <= item.x + edge
                assert item.x <= drawing.width - item.radius + edge
            case Polyline():
                assert all(0 <= x <= drawing.width + edge and 0 <= y <= drawing.height + edge for x, y in item.points)


numbers = st.floats(-1e12, 1e12) | st.floats(-10, 10) | st.sampled_from([0.0, 1.0, -1.0, 1e290, -1e290, 1e-300])
names = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=60) | st.sampled_from(["", LONG, "2024", "Two words"])


@st.composite
def charts(draw_one: st.DrawFn) -> Chart:
    count = draw_one(st.integers(0, 14))
    wording = draw_one(st.lists(names, min_size=count, max_size=count))
    series = []
    for _ in range(draw_one(st.integers(0, 5))):
        values = draw_one(st.lists(st.tuples(numbers, names, st.none() | numbers), min_size=count, max_size=count))
        made = tuple(
            Point(label, value, shown, "fact", "", high) for label, (value, shown, high) in zip(wording, values, strict=True)
        )
        series.append(Series(draw_one(names), made))
    kind = draw_one(st.sampled_from(["bar", "line", "timeline"]))
    return Chart(kind, tuple(series), "c", (), "", draw_one(names))  # type: ignore[arg-type]


@settings(max_examples=150, deadline=None)
@given(charts(), st.sampled_from([225.0, 299.0, 300.0, 453.5]))
def test_everything_of_any_chart_lies_inside_its_box(made: Chart, width: float) -> None:
    assert_all_inside(draw(made, width))


@settings(max_examples=60, deadline=None)
@given(charts(), st.sampled_from([225.0, 453.5]))
def test_bars_and_timelines_print_every_value_and_label_whole(made: Chart, width: float) -> None:
    if made.kind == "line":
        return
    printed = "".join("".join(label.text.split()) for label in labels(draw(made, width)))
    for one in made.series:
        for point in one.points:
            for word in (point.label if one is made.series[0] or made.kind == "timeline" else "", point.shown):
                assert "".join("".join(word.split(" ")).split()) in printed


@settings(max_examples=40, deadline=None)
@given(charts())
def test_every_colour_is_one_of_the_look(made: Chart) -> None:
    for item in draw(made).items:
        assert (item.fill if isinstance(item, Rect | Dot) else item.colour) in LOOK.colours


@pytest.mark.parametrize("kind", ["bar", "line", "timeline"])
@pytest.mark.parametrize("values", [(5.0,), (0.0, 0.0), (-3.0, -4.0), (-3.0, 4.0, 0.0), (1e15, 1.0), (7.0, 7.0, 7.0), ()])
@pytest.mark.parametrize("width", [225.0, 450.0])
def test_odd_values_are_drawn(kind: str, values: tuple[float, ...], width: float) -> None:
    made = draw(chart(kind, ("One", points(*values, label=LONG)), unit=LONG), width)
    assert_all_inside(made)
    assert bool(labels(made)) == bool(values)


def test_bars_begin_at_zero_and_are_as_long_as_their_values() -> None:
    made = draw(chart("bar", ("", points(10.0, 5.0, 2.5))))
    zero = baseline(made)
    assert [bar.x for bar in rects(made)] == pytest.approx([zero] * 3)
    longest = rects(made)[0].width
    assert [bar.width / longest for bar in rects(made)] == pytest.approx([1.0, 0.5, 0.25])


def test_bars_of_negative_values_end_at_zero_with_their_values_to_the_left() -> None:
    made = draw(chart("bar", ("", points(-4.0, 2.0))))
    zero = baseline(made)
    negative, positive = rects(made)
    assert negative.x + negative.width == pytest.approx(zero)
    assert positive.x == pytest.approx(zero)
    assert negative.width == pytest.approx(2 * positive.width)
    (value,) = [label for label in labels(made) if label.text == "-4"]
    assert value.align == "right"
    assert value.x < negative.x


def test_a_range_is_solid_to_its_lower_end_and_lighter_to_its_upper() -> None:
    made = draw(chart("bar", ("", (Point("Parks", 2.0, "2 to 4", "fact", "", 4.0),))))
    solid, lighter = rects(made)
    assert solid.fill == LOOK.chart_colours[0]
    assert lighter.fill != solid.fill
    assert lighter.x == pytest.approx(solid.x + solid.width)
    assert lighter.width == pytest.approx(solid.width)


def test_grouped_bars_keep_the_order_of_the_legend() -> None:
    made = draw(chart("bar", ("Exports", points(3.0, 4.0)), ("Imports", points(1.0, 2.0))))
    legend, bars = rects(made)[:2], rects(made)[2:]
    assert [one.fill for one in legend] == list(LOOK.chart_colours[:2])
    assert [bar.fill for bar in bars] == list(LOOK.chart_colours[:2]) * 2
    assert [bar.y for bar in bars] == sorted(bar.y for bar in bars)
    assert {"Exports", "Imports"} <= {label.text for label in labels(made)}


def test_a_single_series_needs_no_legend() -> None:
    assert "Exports" not in {label.text for label in labels(draw(chart("bar", ("Exports", points(1.0)))))}


def test_a_narrow_drawing_has_its_labels_above_the_bars() -> None:
    made = draw(chart("bar", ("", points(3.0))), 225.0)
    (bar,) = rects(made)
    (label,) = [one for one in labels(made) if one.text == "Label 0"]
    assert label.y < bar.y
    assert bar.x == 0.0


def test_points_of_a_line_stand_as_high_as_their_values() -> None:
    made = draw(chart("line", ("", points(0.0, 5.0, 10.0))))
    first, second, third = [item for item in made.items if isinstance(item, Dot)]
    assert first.y - second.y == pytest.approx(second.y - third.y)
    assert first.y > second.y
    assert second.x - first.x == pytest.approx(third.x - second.x)


def grid(*values: float) -> list[str]:
    return [label.text for label in labels(draw(chart("line", ("", points(*values))))) if label.align == "right"]


def test_the_axis_of_a_line_has_round_steps() -> None:
    assert grid(0.3, 4.9) == ["0", "1", "2", "3", "4", "5"]
    assert grid(120.0, 870.0) == ["0", "200", "400", "600", "800", "1,000"]
    assert grid(0.1, 0.24) == ["0.00", "0.05", "0.10", "0.15", "0.20", "0.25"]
    assert grid(-4.0, 4.0) == ["−4", "−2", "0", "2", "4"]
    assert grid(12e6) == ["0", "5,000,000", "10,000,000", "15,000,000"]


def test_the_axis_begins_at_zero_unless_the_values_are_far_from_it() -> None:
    assert grid(40.0, 90.0)[0] == "0"
    assert grid(90.0, 98.0) == ["88", "90", "92", "94", "96", "98"]
    broken = draw(chart("line", ("", points(90.0, 98.0))))
    slanted = [item for item in broken.items if isinstance(item, Line) and item.x1 != item.x2 and item.y1 != item.y2]
    assert len(slanted) == 2


def test_values_of_near_lines_do_not_cover_each_other() -> None:
    made = draw(chart("line", ("Japan", points(5.1, 4.6, 4.9, 4.3, 4.2, 4.1)), ("India", points(2.8, 2.7, 3.2, 3.4, 3.6, 3.9))))
    boxes = [box(label) for label in labels(made)]
    for n, one in enumerate(boxes):
        for other in boxes[n + 1 :]:
            assert one[0] >= other[2] or other[0] >= one[2] or one[1] >= other[3] or other[1] >= one[3]


def test_each_line_is_named_at_its_end_and_has_its_own_mark() -> None:
    made = draw(chart("line", ("Japan", points(5.0, 4.0)), ("India", points(2.0, 3.0))))
    assert {"Japan", "India"} <= {label.text for label in labels(made)}
    assert [item.hollow for item in made.items if isinstance(item, Dot)] == [False, False, True, True]


def test_many_points_leave_out_values_rather_than_break_them() -> None:
    made = draw(chart("line", ("", points(*(1000.0 + n for n in range(60)), label="2024"))), 300.0)
    shown = [label.text for label in labels(made) if label.bold]
    assert shown[-1] == "1059"
    assert 3 < len(shown) < 30
    for one, other in pairwise([box(label) for label in labels(made) if label.bold]):
        assert one[2] <= other[0] or one[3] <= other[1] or other[3] <= one[1]


def test_a_timeline_has_a_dot_beside_each_date_in_the_order_given() -> None:
    events = tuple(Point(f"Event {n} {LONG * (n == 1)}", 1000.0 * n, f"{2000 + n}", "fact") for n in range(4))
    made = draw(chart("timeline", ("", events)))
    dots = [item for item in made.items if isinstance(item, Dot)]
    dates = [label for label in labels(made) if label.text.startswith("200")]
    assert [label.text for label in dates] == ["2000", "2001", "2002", "2003"]
    assert len(dots) == 4
    for dot, date in zip(dots, dates, strict=True):
        assert date.y - date.size < dot.y < date.y


def test_the_same_chart_gives_the_same_drawing() -> None:
    made = chart("line", ("A", points(1.0, 2.0)), ("B", points(2.0, 1.0)))
    assert draw(made) == draw(made)


def test_a_drawing_loads_no_renderer() -> None:
    loaded = sys.modules["briefing.drawing"]
    assert not {name for name in vars(loaded) if name in {"reportlab", "docx"}}
