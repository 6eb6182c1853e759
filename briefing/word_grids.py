"""How large the grids of a Word document are: columns, strips of numbers, charts. From counts of characters, no font is read.

The renderer writes these sizes into the document, and layout reckons with them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from briefing.look import Look
from briefing.model import Chart, Column, Inlines, KeyNumber, Number, Point, Table, Text
from briefing.walk import plain
from briefing.word import TABLE_PADDING

AFTER_CHART = 8.0  # points between a chart without a source line and what follows
_MOST_NUMBERS = (4, 6)  # side by side in a brief and on a single page
_VALUE_GLYPH = 0.46  # of a bold sans face: figures and spaces, in ems
_GLYPH = 0.51  # the mean width of a character of text faces, in ems; figures and bold heads are wider
_WIDE_GLYPH = 0.56


def around(look: Look, *, summary: bool) -> float:
    """Return the space between words and a grid without words of its own there, in points."""
    return 1.5 * look.style("body", summary=summary).after


_NEEDS: dict[tuple[int, float], tuple[Table, list[tuple[float, float]]]] = {}  # the table is kept, so that its id stays its own
_NEEDS_KEPT = 100  # for who lays a table out and then writes it


def column_widths(table: Table, total: float, size: float) -> list[float]:
    """Return the widths of the columns, `total` points together.

    Columns with weights share by them what the others leave. Without weights a column has what its content needs where that is less
    than a fair share, and the others share the rest. None is narrower than its longest word, as long as there is room.
    """
    key = id(table), size
    if key not in _NEEDS:
        if len(_NEEDS) >= _NEEDS_KEPT:
            _NEEDS.clear()
        _NEEDS[key] = table, [_needs(table, place, size) for place in range(len(table.columns))]
    needs = _NEEDS[key][1]
    least, wanted = [low for low, _ in needs], [high for _, high in needs]
    weights = [column.weight for column in table.columns]
    free = total - sum(want for want, weight in zip(wanted, weights, strict=True) if weight <= 0)
    if any(weights) and free > 0:
        shares = [free * weight / sum(weights) if weight > 0 else want for want, weight in zip(wanted, weights, strict=True)]
    elif sum(wanted) <= total:
        shares = [want * total / sum(wanted) for want in wanted]
    else:
        shares = _fair(wanted, total)
    return _at_least(shares, least, total)


def _needs(table: Table, place: int, size: float) -> tuple[float, float]:
    """Return the width of a column's longest unbreakable piece, and of its longest cell on one line."""
    padding = 2 * TABLE_PADDING[1] + 1
    head: Column = table.columns[place]
    longest, whole = _extent(head.title)
    least, most = longest * _WIDE_GLYPH, whole * _WIDE_GLYPH
    for row in table.rows:
        longest, whole = _extent(row.cells[place].children)
        least, most = max(least, longest * _WIDE_GLYPH), max(most, whole * _GLYPH)
    return least * size + padding, max(least, most) * size + padding


def _extent(inlines: Inlines) -> tuple[int, int]:
    """Return the characters of the longest piece that is not broken over lines, and of all."""
    longest = whole = 0
    for inline in inlines:
        words = inline.text if isinstance(inline, Text) else plain((inline,))
        whole += len(words)
        pieces = words.replace("-", "- ").split()  # Word and LibreOffice break lines after a hyphen
        longest = max(longest, len(words) if isinstance(inline, Number) else max(map(len, pieces), default=0))
    return longest, whole


def _fair(wanted: Sequence[float], total: float) -> list[float]:
    """Give what is wanted to those who want less than a fair share, and share the rest by the square root of the wants."""
    given: dict[int, float] = {}
    while modest := [
        place
        for place, want in enumerate(wanted)
        if place not in given and want <= (total - sum(given.values())) / (len(wanted) - len(given))
    ]:
        given |= {place: wanted[place] for place in modest}
    rest = total - sum(given.values())
    roots = sum(math.sqrt(want) for place, want in enumerate(wanted) if place not in given)
    return [given[place] if place in given else rest * math.sqrt(want) / roots for place, want in enumerate(wanted)]


def _at_least(shares: Sequence[float], least: Sequence[float], total: float) -> list[float]:
    """Raise shares to their least, at the cost of those that have more; where all cannot have it, each has a fair part of it."""
    if sum(least) >= total:
        return _fair(least, total)
    lack = sum(max(low - share, 0.0) for share, low in zip(shares, least, strict=True))
    spare = sum(max(share - low, 0.0) for share, low in zip(shares, least, strict=True))
    kept = 1.0 - lack / spare if spare else 1.0
    return [max(share - low, 0.0) * kept + low for share, low in zip(shares, least, strict=True)]


# ----------------------------------------------------------------------------------------------------- numbers and charts


def numbers_across(items: Sequence[KeyNumber], look: Look, width: float, *, summary: bool) -> int:
    """Return how many numbers stand side by side: as many as leave the longest on one line, then rows of even length."""
    size = look.style("key-number", summary=summary).size
    longest = max(len(plain(item.value)) for item in items) * size * _VALUE_GLYPH + 2 * TABLE_PADDING[1]
    most = max(1, min(len(items), _MOST_NUMBERS[summary], int(width / longest)))
    rows = -(-len(items) // most)
    return -(-len(items) // rows)


def chart_height(chart: Chart, look: Look) -> float:
    """Return how high a chart should be, in points, to give each of its labels room."""
    style = look.style("chart-label")
    rows = max((len(series.points) for series in chart.series), default=0)
    top = chart_top(chart, look)
    match chart.kind:
        case "bar" if is_upright(chart):
            return 170.0 + top
        case "bar":
            longest = max((len(point.label) for series in chart.series for point in series.points), default=0)
            lines = max(1, min(3, math.ceil(longest / 38)))
            return 6.0 + top + rows * max(lines * style.leading + 7.0, 13.0 * len(chart.series) + 9.0)
        case "line":
            return 170.0 + top
        case "timeline":
            points = chart_events(chart)
            lines = sum(max(1, math.ceil((len(point.label) + len(point.shown) + 2) / 44)) for _, point in points)
            return 22.0 + top + lines * (style.leading + 1.0) + len(points) * 5.0


def chart_top(chart: Chart, look: Look) -> float:
    """Return the room for the unit and the legend above a plot, in points."""
    lines = bool(chart.unit) + (len(chart.series) > 1)
    return lines * (look.style("chart-label").leading + 4.0) + (4.0 if lines else 0.0)


def chart_events(chart: Chart) -> list[tuple[int, Point]]:
    """All events with the number of their series, in the order of the chart."""
    return [(n, point) for n, series in enumerate(chart.series) for point in series.points]


def is_upright(chart: Chart) -> bool:
    """Whether bars stand: years and other short labels, few enough to stand side by side."""
    labels = chart_labels(chart)
    bars = len(labels) * len(chart.series)
    return (
        bool(labels)
        and all(len(label) <= 9 for label in labels)
        and bars <= 12
        and all(len(p.shown) <= 12 for p in chart_points(chart))
    )


def chart_labels(chart: Chart) -> list[str]:
    """Return the labels that all series share."""
    longest = max(chart.series, key=lambda series: len(series.points), default=None)
    return [point.label for point in longest.points] if longest else []


def chart_points(chart: Chart) -> Iterable[Point]:
    """Return the points of all series."""
    return (point for series in chart.series for point in series.points)
