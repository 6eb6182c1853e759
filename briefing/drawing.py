"""Charts as lines, boxes and words at fixed places: one drawing that the PDF paints and the page shows as SVG.

Lengths are points, the origin is the top left corner and y grows downwards; colours are names of `Look.colours`. Every word of a
drawing lies inside its box. Nothing is told by colour alone: values and names stand beside what they belong to, and where there
are several series they keep one order everywhere. Values are finite and below 1e300 in magnitude.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from typing import TypeAlias

import msgspec

from briefing.look import Look
from briefing.model import Align, Chart, Point

Measure: TypeAlias = Callable[[str, float, bool], float]  # text, size, bold -> width in points

# ------------------------------------------------------------------------------------------------------------- primitives


class Rect(msgspec.Struct, frozen=True):
    x: float
    y: float
    width: float
    height: float
    fill: str


class Line(msgspec.Struct, frozen=True):
    """A straight stroke; `dash` is the length of dashes and of gaps, 0 for none."""

    x1: float
    y1: float
    x2: float
    y2: float
    colour: str
    width: float = 0.5
    dash: float = 0.0


class Polyline(msgspec.Struct, frozen=True):
    """Strokes from point to point, open, with round joins."""

    points: tuple[tuple[float, float], ...]
    colour: str
    width: float = 1.5
    dash: float = 0.0


class Dot(msgspec.Struct, frozen=True):
    """A disc about its centre; a hollow one is a ring of 1.2 points, its outer edge at `radius`, with the page's colour inside."""

    x: float
    y: float
    radius: float
    fill: str
    hollow: bool = False


class Label(msgspec.Struct, frozen=True):
    """One line of words: `y` is its baseline, `x` its left end, its middle or its right end, by `align`. Set in the sans family."""

    x: float
    y: float
    text: str
    size: float
    align: Align = "left"
    colour: str = "text"
    bold: bool = False


Shape: TypeAlias = Rect | Line | Polyline | Dot | Label


class Drawing(msgspec.Struct, frozen=True):
    """A finished drawing; items are painted in order, later ones above earlier ones."""

    width: float
    height: float
    items: tuple[Shape, ...]


def draw_chart(chart: Chart, look: Look, width: float, measure: Measure) -> Drawing:
    """Return the chart drawn `width` points wide, as high as it needs; caption and source line are not part of it.

    Bars lie on their side from zero, with the label before them and the shown value at their end; points of lines carry their shown
    values; a timeline is a list of dates along a rule. Below `NARROW` points bars have their labels above them, for a phone.
    """
    style = look.style("chart-label")
    pen = _Pen(width, style.size, style.leading, measure, look.chart_colours)
    match chart.kind:
        case "bar":
            return _bars(chart, pen)
        case "line":
            return _lines(chart, pen)
        case "timeline":
            return _timeline(chart, pen)


NARROW = 300.0
_GAP = 6.0  # between words and what they belong to

# ------------------------------------------------------------------------------------------------------------------ words


class _Pen(msgspec.Struct, frozen=True):
    """What every drawing needs: the width to fill, the type, and the colours of the series."""

    width: float
    size: float
    leading: float
    measure: Measure
    colours: tuple[str, ...]

    def colour(self, series: int) -> str:
        return self.colours[series % len(self.colours)]

    def extent(self, text: str, *, bold: bool = False) -> float:
        return self.measure(text, self.size, bold)

    def wrap(self, text: str, room: float, *, bold: bool = False) -> list[str]:
        """Return the text in lines of at most `room` points; a word longer than that is broken."""
        lines: list[str] = []
        line = ""
        for word in filter(None, re.split(r"[ \t\n]+", text)):
            longer = f"{line} {word}" if line else word
            if self.extent(longer, bold=bold) <= room:
                line = longer
                continue
            if line:
                lines.append(line)
            *pieces, line = self._pieces(word, room, bold=bold)
            lines.extend(pieces)
        return [*lines, line] if line else lines

    def _pieces(self, word: str, room: float, *, bold: bool) -> Iterator[str]:
        piece = ""
        for character in word:
            mark = unicodedata.category(character).startswith("M")  # a combining mark stays with its letter
            if piece and not mark and self.extent(piece + character, bold=bold) > room:
                yield piece
                piece = ""
            piece += character
        yield piece

    def stack(
        self, lines: Iterable[str], x: float, top: float, *, align: Align = "left", colour: str = "text", bold: bool = False
    ) -> list[Shape]:
        """Return the lines as labels, the first with its ascenders at `top`."""
        first = top + self.ascent
        return [Label(x, first + n * self.leading, text, self.size, align, colour, bold) for n, text in enumerate(lines)]

    def height(self, lines: int) -> float:
        """Return the height of so many lines from the first one's ascenders to the last one's descenders."""
        return self.size * 1.04 + (lines - 1) * self.leading if lines else 0.0

    @property
    def ascent(self) -> float:
        return self.size * 0.8

    def widest(self, texts: Iterable[str], most: float, *, bold: bool = False) -> float:
        return min(most, max((self.extent(text, bold=bold) for text in texts), default=0.0))


# ------------------------------------------------------------------------------------------------------------------- bars


def _bars(chart: Chart, pen: _Pen) -> Drawing:
    series = chart.series
    points = [point for one in series for point in one.points]
    if not points:
        return Drawing(pen.width, 0.0, ())
    narrow = pen.width < NARROW
    thick = 12.0 if len(series) == 1 else 9.0
    ends = [(min(p.value, _high(p)), max(p.value, _high(p))) for p in points]
    low, high = min(0.0, *(a for a, _ in ends)), max(0.0, *(b for _, b in ends))
    most = pen.width * (0.4 if narrow else 0.24)  # the room that a value may take beside its bar
    left_room = pen.widest((p.shown for p, (_, b) in zip(points, ends, strict=True) if _leftward(p, b)), most, bold=True)
    right_room = pen.widest((p.shown for p, (_, b) in zip(points, ends, strict=True) if not _leftward(p, b)), most, bold=True)
    label_room = 0.0 if narrow else pen.widest((p.label for p in points), pen.width * 0.36)
    x0 = (label_room + _GAP if label_room else 0.0) + (left_room + _GAP if left_room else 0.0)
    x1 = pen.width - (right_room + _GAP if right_room else 0.0)
    peak = max(abs(low), abs(high)) or 1.0  # divided by first, so that no span overflows
    unit = (x1 - x0) / ((high / peak - low / peak) or 1.0)
    if low == 0.0:  # the longest bar may reach further where its value is short
        reach = ((point, end / peak) for point, (_, end) in zip(points, ends, strict=True) if end / peak > 1e-9)
        rooms = ((min(pen.extent(point.shown, bold=True), right_room), length) for point, length in reach)
        unit = min(((pen.width - x0 - _GAP - room) / length for room, length in rooms), default=unit)
    zero = x0 - low / peak * unit

    items: list[Shape] = []
    y = _axis_title(chart, pen, items)
    y = _legend(chart, pen, items, y)
    top = y
    for row in range(max(len(one.points) for one in series)):
        bars = [(n, one.points[row]) for n, one in enumerate(series) if row < len(one.points)]
        values = [
            pen.wrap(point.shown, left_room if _leftward(point, max(point.value, _high(point))) else right_room, bold=True)
            for _, point in bars
        ]
        heights = [max(thick, pen.height(len(value))) for value in values]
        bars_height = sum(heights) + 2.0 * (len(bars) - 1)
        labels = pen.wrap(bars[0][1].label, pen.width if narrow else label_room)
        label_height = pen.height(len(labels))
        if narrow:
            items += pen.stack(labels, 0.0, y)
            y += label_height + 2.0
            row_height = bars_height
        else:
            row_height = max(bars_height, label_height)
            items += pen.stack(labels, 0.0, y + (row_height - label_height) / 2)
        bar_y = y + (row_height - bars_height) / 2
        for (n, point), value, height in zip(bars, values, heights, strict=True):
            a, b = (zero + end / peak * unit for end in (min(point.value, _high(point)), max(point.value, _high(point))))
            items += _bar(point, pen.colour(n), (zero, a, b), bar_y + (height - thick) / 2, thick)
            leftward = _leftward(point, max(point.value, _high(point)))
            words_y = bar_y + (height - pen.height(len(value))) / 2
            x = min(a, zero) - _GAP if leftward else max(b, zero) + _GAP
            items += pen.stack(value, x, words_y, align="right" if leftward else "left", bold=True)
            bar_y += height + 2.0
        y += row_height + (8.0 if narrow or len(bars) > 1 else 5.0)
    items.append(Line(zero, top - 2.0, zero, y - 2.0, "muted", 0.75))
    return Drawing(pen.width, y, tuple(items))


def _bar(point: Point, colour: str, xs: tuple[float, float, float], y: float, thick: float) -> list[Shape]:
    """A bar from zero to the nearer end of its range, and a lighter part with an outline over the range itself."""
    zero, a, b = xs
    sure_a, sure_b = (zero, a) if a > zero else (b, zero) if b < zero else (zero, zero)
    if point.high is None:
        sure_a, sure_b = min(a, zero), max(b, zero)
    items: list[Shape] = []
    if sure_b > sure_a:
        items.append(Rect(sure_a, y, sure_b - sure_a, thick, colour))
    if b > a:
        end = max(a, b - 0.4)  # half a stroke within the bar
        corners = ((a, y + 0.4), (end, y + 0.4), (end, y + thick - 0.4), (a, y + thick - 0.4), (a, y + 0.4))
        items += [Rect(a, y, b - a, thick, "shade-strong"), Polyline(corners, colour, 0.8)]
    return items


def _high(point: Point) -> float:
    return point.value if point.high is None else point.high


def _leftward(point: Point, upper: float) -> bool:
    """Whether a bar's value stands at its left end: it lies wholly below zero."""
    return upper <= 0.0 and point.value < 0.0


def _axis_title(chart: Chart, pen: _Pen, items: list[Shape]) -> float:
    """Add the unit above the drawing; return where the rest begins."""
    lines = pen.wrap(chart.unit, pen.width)
    items += pen.stack(lines, 0.0, 0.0, colour="muted")
    return pen.height(len(lines)) + _GAP if lines else 2.0


def _legend(chart: Chart, pen: _Pen, items: list[Shape], y: float) -> float:
    """Add a swatch and a name for each series, in the order of the bars; return where the rest begins."""
    if len(chart.series) < 2:
        return y
    box = pen.size * 0.85
    x, row_lines = 0.0, 1
    for n, series in enumerate(chart.series):
        lines = pen.wrap(series.name, pen.width - box - _GAP)
        extent = box + _GAP + max(map(pen.extent, lines), default=0.0)
        if x > 0.0 and x + extent > pen.width:
            x, y, row_lines = 0.0, y + pen.height(row_lines) + 3.0, 1
        items.append(Rect(x, y, box, box, pen.colour(n)))
        items += pen.stack(lines, x + box + _GAP, y)
        x, row_lines = x + extent + 3 * _GAP, max(row_lines, len(lines))
    return y + pen.height(row_lines) + _GAP + 2.0


# ------------------------------------------------------------------------------------------------------------------ lines

_PLOT_HEIGHT = 150.0
_RADIUS = 2.6


def _lines(chart: Chart, pen: _Pen) -> Drawing:
    series = [one for one in chart.series if one.points]
    if not series:
        return Drawing(pen.width, 0.0, ())
    every = [end for one in series for point in one.points for end in (point.value, _high(point))]
    ticks = _ticks(min(every), max(every))
    names = [] if len(series) < 2 else [pen.wrap(one.name, pen.width * 0.2, bold=True) for one in series]
    name_room = max((pen.extent(line, bold=True) for lines in names for line in lines), default=0.0)
    tick_texts = [_tick_text(tick, ticks) for tick in ticks]
    x0 = max(map(pen.extent, tick_texts)) + _GAP
    x1 = pen.width - (name_room + _GAP if name_room else 0.0)
    items: list[Shape] = []
    top = _axis_title(chart, pen, items) + pen.size / 2
    bottom = top + _PLOT_HEIGHT
    scale = _PLOT_HEIGHT / (ticks[-1] - ticks[0])

    def height_of(value: float) -> float:
        return bottom - (value - ticks[0]) * scale

    for tick, text in zip(ticks, tick_texts, strict=True):
        strong = tick == 0.0
        items.append(Line(x0, height_of(tick), x1, height_of(tick), "muted" if strong else "rule", 0.75 if strong else 0.4))
        items.append(Label(x0 - _GAP, height_of(tick) + pen.size * 0.33, text, pen.size, "right", "muted"))
    if ticks[0] > 0.0:  # two slanted strokes: the axis does not begin at zero
        items += [Line(x0 - 3.0, bottom - 5.0 - d, x0 + 3.0, bottom - 8.0 - d, "muted", 0.75) for d in (0.0, 3.0)]

    count = max(len(one.points) for one in series)
    step = (x1 - x0) / count
    xs = [x0 + (n + 0.5) * step for n in range(count)]
    longest = max(series, key=lambda one: len(one.points)).points
    widest_word = max(
        (pen.extent(w, bold=True) for one in series for p in one.points for w in f"{p.label} {p.shown}".split()), default=0.0
    )
    stride = max(1, min(count, math.ceil((widest_word + 4.0) / step)))
    room = min(pen.width, max(stride * step, 20.0)) - 4.0
    label_lines = 0
    for n, point in enumerate(longest):
        if (count - 1 - n) % stride == 0:
            lines = pen.wrap(point.label, room)
            items += _centred(pen, lines, xs[n], bottom + _GAP)
            label_lines = max(label_lines, len(lines))

    paths = [tuple((xs[n], height_of(point.value)) for n, point in enumerate(one.points)) for one in series]
    taken = [(x - _RADIUS, y - _RADIUS, x + _RADIUS, y + _RADIUS) for path in paths for x, y in path]
    for n, (one, path) in enumerate(zip(series, paths, strict=True)):
        items += [
            Line(x, y, x, height_of(_high(p)), pen.colour(n), 2.5)
            for p, (x, y) in zip(one.points, path, strict=True)
            if p.high is not None
        ]
        items.append(Polyline(path, pen.colour(n), 1.6, 4.0 if n % 4 >= 2 else 0.0))
        items += [Dot(x, y, _RADIUS, pen.colour(n), hollow=n % 2 == 1) for x, y in path]
    for one, path in zip(series, paths, strict=True):
        for n, point in enumerate(one.points):
            if (count - 1 - n) % stride == 0:
                lines = pen.wrap(point.shown, room, bold=True)
                items += _beside_point(pen, lines, path, n, (paths, taken, bottom))
    items += _end_names(pen, names, [path[-1][1] for path in paths], x1 + _GAP)
    return _fitted(pen, items, bottom + _GAP + pen.height(label_lines) + 2.0)


def _centred(pen: _Pen, lines: list[str], x: float, top: float, *, bold: bool = False) -> list[Shape]:
    """Lines about `x`, moved sideways where they would leave the drawing."""
    half = max((pen.extent(line, bold=bold) for line in lines), default=0.0) / 2
    return pen.stack(lines, min(max(x, half), pen.width - half), top, align="center", bold=bold)


Box: TypeAlias = tuple[float, float, float, float]  # left, top, right, bottom
Path: TypeAlias = tuple[tuple[float, float], ...]


def _beside_point(pen: _Pen, lines: list[str], path: Path, n: int, around: tuple[list[Path], list[Box], float]) -> list[Shape]:
    """The value of a point, above or below it, where it covers least; the place is then taken."""
    paths, taken, bottom = around
    x, y = path[n]
    half = max((pen.extent(line, bold=True) for line in lines), default=0.0) / 2
    x = min(max(x, half), pen.width - half)
    height = pen.height(len(lines))
    neighbours = [path[m][1] for m in (n - 1, n + 1) if 0 <= m < len(path)]
    above = [y - _RADIUS - 2.5 - height - extra for extra in (0.0, 7.0, 14.0, 21.0)]
    below = [y + _RADIUS + 3.0 + extra for extra in (0.0, 7.0, 14.0, 21.0)]
    valley = bool(neighbours) and all(other < y for other in neighbours)
    tops = (
        [t for pair in zip(below, above, strict=True) for t in pair]
        if valley
        else [t for pair in zip(above, below, strict=True) for t in pair]
    )

    best, least = tops[0], math.inf
    for order, top in enumerate(tops):
        box = (x - half - 1.0, top, x + half + 1.0, top + height)
        crossed = sum(_crosses(a, b, box) for other in paths for a, b in pairwise(other))
        cost = order + 100.0 * sum(_overlap(box, other) for other in taken) + 8.0 * crossed + 60.0 * (top + height > bottom)
        if cost < least:
            best, least = top, cost
        if least <= order:  # no later place can be better
            break
    taken.append((x - half - 1.0, best, x + half + 1.0, best + height))
    return pen.stack(lines, x, best, align="center", bold=True)


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _crosses(a: tuple[float, float], b: tuple[float, float], box: Box) -> bool:
    """Whether the stroke from a to b, going right, touches the box."""
    left, right = max(a[0], box[0]), min(b[0], box[2])
    if left >= right:
        return False
    slope = (b[1] - a[1]) / (b[0] - a[0])
    ends = sorted((a[1] + (left - a[0]) * slope, a[1] + (right - a[0]) * slope))
    return ends[0] < box[3] and box[1] < ends[1]


def _end_names(pen: _Pen, names: list[list[str]], ends: list[float], x: float) -> list[Shape]:
    """The names of the series at the right ends of their lines, moved down where two would meet."""
    items: list[Shape] = []
    free = -math.inf
    for end, lines in sorted(zip(ends, names, strict=True), key=lambda pair: pair[0]) if names else ():
        height = pen.height(len(lines))
        top = max(end - height / 2, free)
        items += pen.stack(lines, x, top, bold=True)
        free = top + height + 2.0
    return items


def _fitted(pen: _Pen, items: list[Shape], height: float) -> Drawing:
    """The items as a drawing, moved down and the box made higher where words stand above or below it."""
    labels = [item for item in items if isinstance(item, Label)]
    over = max(0.0, *(pen.ascent - label.y for label in labels))
    under = max(height, *(label.y + pen.size * 0.24 for label in labels))
    return Drawing(pen.width, under + over, tuple(_moved(item, over) for item in items) if over else tuple(items))


def _moved(item: Shape, by: float) -> Shape:
    match item:
        case Line():
            return msgspec.structs.replace(item, y1=item.y1 + by, y2=item.y2 + by)
        case Polyline():
            return msgspec.structs.replace(item, points=tuple((x, y + by) for x, y in item.points))
        case Rect() | Dot() | Label():
            return msgspec.structs.replace(item, y=item.y + by)


def _ticks(low: float, high: float) -> list[float]:
    """Four to eight round values (1, 2 or 5 times a power of ten) that hold all from low to high; from zero unless it is far."""
    far = 0.0 < low < high and low > 0.6 * high
    if not far:
        low, high = min(low, 0.0), max(high, 0.0)
    raw = (high - low) / 5
    if raw < 1e-290:
        return [0.0, 1.0]
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(m * power for m in (1.0, 2.0, 5.0, 10.0, 20.0) if m * power >= raw * 0.999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    if far and low - first * step < 0.1 * step:  # a point on the cut axis would look like nothing
        first -= 1
    return [n * step for n in range(first, max(last, first + 1) + 1)]


def _tick_text(tick: float, ticks: list[float]) -> str:
    step = ticks[1] - ticks[0]
    if max(abs(ticks[0]), abs(ticks[-1])) >= 1e15 or step < 1e-6:
        text = f"{tick:.3g}"
    else:
        text = f"{tick:,.{max(0, -math.floor(math.log10(step) + 1e-9))}f}"
    return text.replace("-", "\N{MINUS SIGN}")


# --------------------------------------------------------------------------------------------------------------- timeline


def _timeline(chart: Chart, pen: _Pen) -> Drawing:
    """Dates to the left of a rule, a dot on it for each, what happened to the right: readable with long labels, in any width."""
    points = [point for one in chart.series for point in one.points]
    if not points:
        return Drawing(pen.width, 0.0, ())
    date_room = pen.widest((point.shown for point in points), pen.width * 0.3, bold=True)
    rule = date_room + 11.0
    label_x = rule + 11.0
    items: list[Shape] = []
    dots: list[Shape] = []
    y = _axis_title(chart, pen, items)
    for n, one in enumerate(chart.series):
        heading = pen.wrap(one.name, pen.width - label_x, bold=True) if len(chart.series) > 1 else []
        if heading:
            items += pen.stack(heading, label_x, y, bold=True, colour="muted")
            y += pen.height(len(heading)) + 4.0
        rows: list[float] = []
        for point in one.points:
            dates = pen.wrap(point.shown, date_room, bold=True)
            labels = pen.wrap(point.label, pen.width - label_x)
            items += pen.stack(dates, date_room, y, align="right", bold=True)
            items += pen.stack(labels, label_x, y)
            rows.append(y + pen.size * 0.53)
            y += pen.height(max(len(dates), len(labels), 1)) + 5.5
        if len(rows) > 1:
            dots.append(Line(rule, rows[0], rule, rows[-1], "rule", 1.5))
        dots += [Dot(rule, row, 3.2, pen.colour(n), hollow=n % 2 == 1) for row in rows]
        y += 4.0
    return Drawing(pen.width, y - 4.0, (*dots, *items))
