"""Charts as Word has them: drawn by Word from numbers that a reader can open and change.

A bar or line chart shows what its points print: where the printed words hold the value, they become a number format, so that the
label follows when somebody edits the number. A timeline is a bar chart whose bars begin at dates.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from briefing.look import Look
from briefing.model import Chart, Point, Series
from briefing.render.docx_package import XML, attr
from briefing.render.docx_sheet import Day, Value, column, figure, workbook
from briefing.word_grids import chart_events, chart_height, chart_labels, chart_points, chart_top, is_upright

_EPOCH = 25569  # 1 January 1970 as a spreadsheet counts days
_FIRST_DAY = 61 - _EPOCH  # 1 March 1900: before it spreadsheets disagree on dates
_YEAR = 365.25
_LABEL_SHARE = 0.46  # of a timeline's width is for the names of its events
_MOST_LABELS = 12  # points of a line that are labelled one by one


def chart_parts(chart: Chart, look: Look, width: float) -> tuple[str, bytes]:
    """Return the XML of a chart `width` points wide and the workbook behind it. The XML's rId1 is the workbook."""
    if chart.kind == "timeline":
        plot, rows = _timeline(chart, look)
    elif chart.kind == "bar":
        plot, rows = _bars(chart, look, width)
    else:
        plot, rows = _lines(chart, look)
    legend = _legend(chart, look) if len(chart.series) > 1 else ""
    return (
        (
            f'{XML}<c:chartSpace xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart"'
            ' xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
            ' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><c:date1904 val="0"/><c:roundedCorners val="0"/>'
            f'<c:chart>{_unit(look, chart.unit)}<c:plotArea>{plot}</c:plotArea>{legend}<c:plotVisOnly val="1"/>'
            '<c:dispBlanksAs val="gap"/></c:chart><c:spPr><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr>'
            f'{_letters(look)}<c:externalData r:id="rId1"><c:autoUpdate val="0"/></c:externalData></c:chartSpace>'
        ),
        workbook(rows),
    )


# ---------------------------------------------------------------------------------------------------------- bars and lines


def _bars(chart: Chart, look: Look, width: float) -> tuple[str, list[list[Value]]]:
    """Bars; where one series has ranges, a pale bar to the upper end stands behind the bar to the lower one."""
    rows = _table(chart)
    ranged = len(chart.series) == 1 and any(point.high is not None for point in chart.series[0].points)
    if ranged:
        (series,) = chart.series
        upper = Series(series.name, tuple(Point(p.label, _high(p), p.shown, p.fact) for p in series.points))
        rows = _with_column(rows, f"{series.name} (to)", [_high(point) for point in series.points])
        written = _series(chart, look, 0, upper, column_at=2, fill="shade-strong", edge=_colour(look, 0))
        written += _series(chart, look, 1, series, column_at=1, fill=_colour(look, 0), labels="")
    else:
        written = "".join(
            _series(chart, look, n, series, column_at=n + 1, fill=_colour(look, n)) for n, series in enumerate(chart.series)
        )
    upright = is_upright(chart)
    longest = 0 if upright else max((len(point.shown) for point in chart_points(chart)), default=0)
    beside = min(
        0.35, longest * look.style("chart-label").size * 0.52 / width
    )  # values stand beside the longest bar, outside the plot
    gap = 45 if len(chart.series) == 1 else 60
    plot = (
        f'{_place(chart, look, beside)}<c:barChart><c:barDir val="{"col" if upright else "bar"}"/><c:grouping val="clustered"/><c:varyColors val="0"/>'
        f'{written}<c:gapWidth val="{gap}"/><c:overlap val="{100 if ranged else -8 if len(chart.series) > 1 else 0}"/>'
        f'<c:axId val="1001"/><c:axId val="1002"/></c:barChart>'
    )
    if upright:
        return plot + _names(look, "b") + _values(look, "l", shown=False, limit=_zero(chart)), rows
    return plot + _names(look, "l", downward=True) + _values(look, "b", shown=False, at_end=True, limit=_zero(chart)), rows


def _lines(chart: Chart, look: Look) -> tuple[str, list[list[Value]]]:
    written = "".join(
        _series(chart, look, n, series, column_at=n + 1, fill=_colour(look, n), line=True) for n, series in enumerate(chart.series)
    )
    plot = (
        f'{_place(chart, look)}<c:lineChart><c:grouping val="standard"/><c:varyColors val="0"/>{written}<c:marker val="1"/>'
        '<c:axId val="1001"/><c:axId val="1002"/></c:lineChart>'
    )
    return plot + _names(look, "b") + _values(look, "l", shown=True), _table(chart)


def _table(chart: Chart) -> list[list[Value]]:
    """The numbers as a sheet: a row for each label, a column for each series."""
    labels = chart_labels(chart)
    names: list[Value] = [series.name or chart.unit for series in chart.series]
    rows: list[list[Value]] = [["", *names]]
    for place, label in enumerate(labels):
        values: list[Value] = [series.points[place].value if place < len(series.points) else None for series in chart.series]
        rows.append([label, *values])
    return rows


def _with_column(rows: Sequence[Sequence[Value]], name: str, values: Sequence[float]) -> list[list[Value]]:
    added: list[Value] = [name, *values]
    return [[*row, value] for row, value in zip(rows, added, strict=True)]


def _high(point: Point) -> float:
    return point.value if point.high is None else point.high


def _colour(look: Look, place: int) -> str:
    return look.chart_colours[place % len(look.chart_colours)]


def _series(
    chart: Chart, look: Look, place: int, series: Series, *, column_at: int, fill: str, edge: str = "", line: bool = False, labels: str = "all"
) -> str:  # fmt: skip
    """A series of bars or a line. CT_BarSer and CT_LineSer fix the order of their children (ECMA-376 21.2.2.170)."""
    letter, last = column(column_at), len(series.points) + 1
    name = series.name or chart.unit
    solid = f'<a:solidFill><a:srgbClr val="{_hex(look, fill)}"/></a:solidFill>'
    stroke = f'<a:ln w="9525"><a:solidFill><a:srgbClr val="{_hex(look, edge)}"/></a:solidFill></a:ln>' if edge else ""
    if line:
        shape = f'<c:spPr><a:ln w="25400" cap="rnd">{solid}<a:round/></a:ln></c:spPr><c:marker><c:symbol val="circle"/><c:size val="6"/>'
        shape += f"<c:spPr>{solid}<a:ln>{solid}</a:ln></c:spPr></c:marker>"
    else:
        shape = f'<c:spPr>{solid}{stroke}</c:spPr><c:invertIfNegative val="0"/>'
    points = list(enumerate(series.points))
    if line and (len(chart.series) > 1 or len(points) > _MOST_LABELS):
        points = points[-1:]
    written = _data_labels(look, points, len(series.points), "t" if line else "outEnd") if labels else ""
    smooth = '<c:smooth val="0"/>' if line else ""
    spread = ""
    if not edge and labels and any(point.high is not None for point in series.points):
        spread = _spread(look, series, line=line)
    return (
        f'<c:ser><c:idx val="{place}"/><c:order val="{place}"/><c:tx>{_strings(f"Sheet1!${letter}$1", [name])}</c:tx>{shape}{written}{spread}'
        f"<c:cat>{_strings(f'Sheet1!$A$2:$A${last}', [point.label for point in series.points])}</c:cat>"
        f"<c:val>{_numbers(f'Sheet1!${letter}$2:${letter}${last}', [point.value for point in series.points])}</c:val>"
        f"{smooth}</c:ser>"
    )


def _spread(look: Look, series: Series, *, line: bool) -> str:
    """Error bars from the lower to the upper end of ranges."""
    values = "".join(f'<c:pt idx="{n}"><c:v>{figure(_high(p) - p.value)}</c:v></c:pt>' for n, p in enumerate(series.points))
    stroke = f'<c:spPr><a:ln w="12700"><a:solidFill><a:srgbClr val="{_hex(look, "muted")}"/></a:solidFill></a:ln></c:spPr>'
    direction = '<c:errDir val="y"/>' if line else ""
    return (
        f'<c:errBars>{direction}<c:errBarType val="plus"/><c:errValType val="cust"/><c:noEndCap val="0"/>'
        f'<c:plus><c:numLit><c:ptCount val="{len(series.points)}"/>{values}</c:numLit></c:plus>{stroke}</c:errBars>'
    )


# ----------------------------------------------------------------------------------------------------------------- labels

_FIGURE = re.compile(r"\d[\d,]*(?:\.\d+)?")


def number_format(point: Point) -> str:
    """Return the number format under which a spreadsheet shows a point's value as its words: "USD "0.0" bn"; "" where none does."""
    found = _FIGURE.findall(point.shown)
    if len(found) != 1 or '"' in point.shown or point.value < 0 or float(found[0].replace(",", "")) != point.value:
        return ""
    before, after = point.shown.split(found[0])
    whole, _, decimals = found[0].partition(".")
    if whole.replace(",", "") and f"{int(whole.replace(',', '')):,}" != whole and "," in whole:
        return ""  # 2,50,000: no format groups like this everywhere
    code = ("#,##0" if "," in whole else "0") + ("." + "0" * len(decimals) if decimals else "")
    return (f'"{before}"' if before else "") + code + (f'"{after}"' if after else "")


def _data_labels(look: Look, points: Sequence[tuple[int, Point]], count: int, place: str) -> str:
    """The labels of a series: one number format for all where that says the same as the points do, else one for each."""
    show = (
        f'<c:dLblPos val="{place}"/><c:showLegendKey val="0"/><c:showVal val="1"/><c:showCatName val="0"/><c:showSerName val="0"/>'
        '<c:showPercent val="0"/><c:showBubbleSize val="0"/>'
    )
    hide = show.replace(f'<c:dLblPos val="{place}"/>', "").replace('showVal val="1"', 'showVal val="0"')
    letters = _letters(look, bold=True)
    formats = {number_format(point) for _, point in points}
    if len(points) == count and len(formats) == 1 and "" not in formats:
        return f'<c:dLbls><c:numFmt formatCode="{attr(formats.pop())}" sourceLinked="0"/>{_PLAIN}{letters}{show}</c:dLbls>'
    each = []
    for n, point in points:
        code = number_format(point)
        if code:
            words = f'<c:numFmt formatCode="{attr(code)}" sourceLinked="0"/>{_PLAIN}{letters}'
        else:
            words = f'<c:layout/><c:tx><c:rich><a:bodyPr wrap="none"/><a:lstStyle/><a:p>{_text_run(look, point.shown)}</a:p></c:rich></c:tx>{_PLAIN}'
        each.append(f'<c:dLbl><c:idx val="{n}"/>{words}{show}</c:dLbl>')
    return f"<c:dLbls>{''.join(each)}{_PLAIN}{letters}{hide}</c:dLbls>"


_PLAIN = "<c:spPr><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr>"


def _text_run(look: Look, text: str, colour: str = "", *, bold: bool = True) -> str:
    style = look.style("chart-label")
    ink = _hex(look, colour or style.colour)
    return (
        f'<a:r><a:rPr sz="{round(style.size * 100)}" b="{int(bold)}"><a:solidFill><a:srgbClr val="{ink}"/></a:solidFill>'
        f'<a:latin typeface="{attr(look.sans.name)}"/></a:rPr><a:t>{attr(text)}</a:t></a:r>'
    )


def _letters(look: Look, *, bold: bool = False, colour: str = "") -> str:
    """The type of labels."""
    style = look.style("chart-label")
    family = (look.serif if style.family == "serif" else look.sans).name
    wrap = ' wrap="none"' if bold else ""
    return (
        f'<c:txPr><a:bodyPr{wrap}/><a:lstStyle/><a:p><a:pPr><a:defRPr sz="{round(style.size * 100)}" b="{int(bold)}"><a:solidFill>'
        f'<a:srgbClr val="{_hex(look, colour or style.colour)}"/></a:solidFill><a:latin typeface="{attr(family)}"/></a:defRPr></a:pPr>'
        '<a:endParaRPr lang="en-GB"/></a:p></c:txPr>'
    )


# ------------------------------------------------------------------------------------------------------------------- axes


def _names(look: Look, side: str, *, downward: bool = False, plain_line: bool = True) -> str:
    """The axis of labels; `downward` puts the first one on top."""
    line = f'<c:spPr><a:ln w="9525"><a:solidFill><a:srgbClr val="{_hex(look, "muted")}"/></a:solidFill></a:ln></c:spPr>'
    return (
        f'<c:catAx><c:axId val="1001"/><c:scaling><c:orientation val="{"maxMin" if downward else "minMax"}"/></c:scaling>'
        f'<c:delete val="0"/><c:axPos val="{side}"/><c:numFmt formatCode="General" sourceLinked="0"/><c:majorTickMark val="none"/>'
        f'<c:minorTickMark val="none"/><c:tickLblPos val="low"/>{line if plain_line else _PLAIN}{_letters(look)}'
        '<c:crossAx val="1002"/><c:crosses val="autoZero"/><c:auto val="0"/><c:lblAlgn val="ctr"/><c:lblOffset val="60"/>'
        '<c:noMultiLvlLbl val="1"/></c:catAx>'
    )


def _zero(chart: Chart) -> str:
    """The end of the axis that must stand at zero, or bars lie: left to themselves, programs cut the axis near the values."""
    values = [value for point in chart_points(chart) for value in (point.value, _high(point))]
    if values and min(values) >= 0:
        return '<c:min val="0"/>'
    return '<c:max val="0"/>' if values and max(values) <= 0 else ""


def _values(look: Look, side: str, *, shown: bool, at_end: bool = False, limit: str = "") -> str:
    """The axis of values; not shown where every bar carries its value."""
    return (
        f'<c:valAx><c:axId val="1002"/><c:scaling><c:orientation val="minMax"/>{limit}</c:scaling><c:delete val="0"/>'
        f'<c:axPos val="{side}"/>{_rules(look) if shown else ""}<c:numFmt formatCode="#,##0.##" sourceLinked="0"/>'
        f'<c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="{"nextTo" if shown else "none"}"/>{_PLAIN}'
        f'{_letters(look, colour="muted")}<c:crossAx val="1001"/><c:crosses val="{"max" if at_end else "autoZero"}"/>'
        '<c:crossBetween val="between"/></c:valAx>'
    )


def _rules(look: Look) -> str:
    stroke = f'<a:ln w="6350"><a:solidFill><a:srgbClr val="{_hex(look, "shade-strong")}"/></a:solidFill></a:ln>'
    return f"<c:majorGridlines><c:spPr>{stroke}</c:spPr></c:majorGridlines>"


def _place(chart: Chart, look: Look, beside: float = 0.0, names: float = 0.0) -> str:
    """The place of the plot: below the unit and the legend; `beside` and `names` are shares of the width."""
    height = chart_height(chart, look)
    top = max(chart_top(chart, look) / height, 0.01)
    below = (look.style("chart-label").leading + 6.0) / height if names else 0.0  # an inner plot leaves out the axis
    return (
        f'<c:layout><c:manualLayout><c:layoutTarget val="{"inner" if names else "outer"}"/><c:xMode val="edge"/><c:yMode val="edge"/>'
        f'<c:x val="{names or 0.005:.4f}"/><c:y val="{top:.4f}"/><c:w val="{0.985 - names - beside:.4f}"/><c:h val="{0.99 - top - below:.4f}"/>'
        "</c:manualLayout></c:layout>"
    )


def _legend(chart: Chart, look: Look) -> str:
    """The names of the series, at the left below the unit."""
    y = (look.style("chart-label").leading + 4.0) / chart_height(chart, look) if chart.unit else 0.0
    return (
        '<c:legend><c:legendPos val="t"/><c:layout><c:manualLayout><c:xMode val="edge"/><c:yMode val="edge"/><c:x val="0"/>'
        f'<c:y val="{y:.4f}"/></c:manualLayout></c:layout><c:overlay val="1"/></c:legend>'
    )


def _unit(look: Look, unit: str) -> str:
    """The unit, small at the top left, as the chart's title; its message is the caption."""
    if not unit:
        return '<c:autoTitleDeleted val="1"/>'
    return (
        f'<c:title><c:tx><c:rich><a:bodyPr/><a:lstStyle/><a:p><a:pPr algn="l"><a:defRPr b="0"/></a:pPr>{_text_run(look, unit, "muted", bold=False)}'
        '</a:p></c:rich></c:tx><c:layout><c:manualLayout><c:xMode val="edge"/><c:yMode val="edge"/><c:x val="0"/><c:y val="0"/>'
        '</c:manualLayout></c:layout><c:overlay val="1"/></c:title><c:autoTitleDeleted val="0"/>'
    )


# --------------------------------------------------------------------------------------------------------------- timeline


def _timeline(chart: Chart, look: Look) -> tuple[str, list[list[Value]]]:
    """Bars from a date to a date, each beside its name; a single day is drawn wide enough to be seen.

    The first series holds the beginnings; it has no fill and no name, so that nothing of it shows in the legend. Dates before 1900 are drawn as years and their fractions.
    """
    events = chart_events(chart)
    dated = all(point.value >= _FIRST_DAY for _, point in events)
    shift, unit = (float(_EPOCH), 1.0) if dated else (1970 * _YEAR, _YEAR)
    starts = [(point.value + shift) / unit for _, point in events]
    ends = [(_high(point) + shift) / unit for _, point in events]
    low, high, step, code = _calendar(min(starts, default=0.0), max(ends, default=0.0), dated=dated)
    least = (high - low) * 0.014
    names = [f"{point.shown}  {point.label}" if point.shown else point.label for _, point in events]
    lengths = [max(end - start, least) for start, end in zip(starts, ends, strict=True)]
    rows: list[list[Value]] = [["", "", *(series.name for series in chart.series)]]
    for (n, _), name, start, length in zip(events, names, starts, lengths, strict=True):
        row: list[Value] = [name, Day(start) if dated else start, *([None] * len(chart.series))]
        row[2 + n] = length
        rows.append(row)
    written = _span(0, "\N{NO-BREAK SPACE}", names, list(enumerate(starts)), "<a:noFill/>")
    for n, series in enumerate(chart.series):
        mine = [(row, length) for row, ((owner, _), length) in enumerate(zip(events, lengths, strict=True)) if owner == n]
        fill = f'<a:solidFill><a:srgbClr val="{_hex(look, _colour(look, n))}"/></a:solidFill>'
        written += _span(n + 1, series.name, names, mine, fill)
    axis = (
        f'<c:valAx><c:axId val="1002"/><c:scaling><c:orientation val="minMax"/><c:max val="{figure(high)}"/><c:min val="{figure(low)}"/>'
        f'</c:scaling><c:delete val="0"/><c:axPos val="b"/>{_rules(look)}<c:numFmt formatCode="{code}" sourceLinked="0"/>'
        f'<c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="nextTo"/>{_PLAIN}{_letters(look, colour="muted")}'
        f'<c:crossAx val="1001"/><c:crosses val="max"/><c:crossBetween val="between"/><c:majorUnit val="{figure(step)}"/></c:valAx>'
    )
    plot = (
        f'{_place(chart, look, names=_LABEL_SHARE)}<c:barChart><c:barDir val="bar"/><c:grouping val="stacked"/><c:varyColors val="0"/>{written}<c:gapWidth val="90"/>'
        f'<c:overlap val="100"/><c:axId val="1001"/><c:axId val="1002"/></c:barChart>{_names(look, "l", downward=True)}{axis}'
    )
    return plot, rows


def _span(
    place: int, name: str, names: Sequence[str], values: Sequence[tuple[int, float]], fill: str
) -> str:  # fmt: skip
    letter, last = column(place + 1), len(names) + 1
    points = "".join(f'<c:pt idx="{n}"><c:v>{figure(value)}</c:v></c:pt>' for n, value in values)
    return (
        f'<c:ser><c:idx val="{place}"/><c:order val="{place}"/><c:tx>{_strings(f"Sheet1!${letter}$1", [name])}</c:tx>'
        f'<c:spPr>{fill}</c:spPr><c:invertIfNegative val="0"/><c:cat>{_strings(f"Sheet1!$A$2:$A${last}", names)}</c:cat>'
        f"<c:val><c:numRef><c:f>Sheet1!${letter}$2:${letter}${last}</c:f><c:numCache><c:formatCode>General</c:formatCode>"
        f'<c:ptCount val="{len(names)}"/>{points}</c:numCache></c:numRef></c:val></c:ser>'
    )


def _calendar(first: float, last: float, *, dated: bool) -> tuple[float, float, float, str]:
    """Return an axis for a span of dates: its ends, the step of its marks, and their format.

    Marks are steps of mean years or months, begun two days into the first: so each falls into the period that it names.
    """
    year = _YEAR if dated else 1.0
    years = (last - first) / year
    if dated and years < 2.5:
        month = year / 12
        begin = math.floor((first - 1) / month) * month  # 1 January 1900 is day 1
        step = month * (1 if years < 0.6 else 3 if years < 1.3 else 6)
        begin = math.floor((first - 1) / year) * year + math.floor(((first - 1) % year) / step) * step + 3
        return begin, begin + math.ceil((last - begin) / step + 0.05) * step, step, "mmm yyyy"
    step = next((n for n in (1, 2, 5, 10, 20, 50, 100, 200, 500) if years / n <= 8), 1000) * year
    origin = 2.0 if dated else 0.0
    begin = math.floor((first - origin) / year) * year + origin
    return begin, begin + max(1, math.ceil((last - begin) / step + 0.05)) * step, step, "yyyy" if dated else "0"


# ------------------------------------------------------------------------------------------------------------- references


def _strings(reference: str, values: Sequence[str]) -> str:
    points = "".join(f'<c:pt idx="{n}"><c:v>{attr(value)}</c:v></c:pt>' for n, value in enumerate(values))
    return f'<c:strRef><c:f>{reference}</c:f><c:strCache><c:ptCount val="{len(values)}"/>{points}</c:strCache></c:strRef>'


def _numbers(reference: str, values: Sequence[float]) -> str:
    points = "".join(f'<c:pt idx="{n}"><c:v>{figure(value)}</c:v></c:pt>' for n, value in enumerate(values))
    return (
        f'<c:numRef><c:f>{reference}</c:f><c:numCache><c:formatCode>General</c:formatCode><c:ptCount val="{len(values)}"/>{points}'
        "</c:numCache></c:numRef>"
    )


def _hex(look: Look, name: str) -> str:
    return look.colour(name).lstrip("#").upper()
