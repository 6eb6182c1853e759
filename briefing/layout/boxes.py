"""Blocks that are set as a grid or a picture: key numbers, details, charts."""

from __future__ import annotations

from math import ceil

from briefing.drawing import Label, Line, Rect, draw_chart
from briefing.layout.flow import Place, Setting, Strip, baseline, marks_of, text_strips
from briefing.layout.lines import Words, one_line
from briefing.look import Style
from briefing.model import Chart, Details, Entry, KeyNumber, KeyNumbers, Text
from briefing.placed import DECORATION, FaceKey, Part, Placed

_GUTTER = 12.0  # points between the cells of a grid
_STRIP_PAD = 6.0
_MOST_NUMBERS = 6  # in one row


# ------------------------------------------------------------------------------------------------------------ key numbers


def number_strips(block: KeyNumbers, place: Place, setting: Setting) -> list[Strip]:
    """Return a row of large numbers above their labels, or several rows where the numbers are too wide for one."""
    value_style, label_style = setting.style("key-number"), setting.style("key-label")
    part = Part("numbers", block, place.parent)
    words = [(setting.words(item.value, value_style), setting.words(item.label, label_style)) for item in block.items]
    widest = max(value.natural()[1] for value, _ in words)
    narrowest = max(label.natural()[0] for _, label in words)
    most = max(1, min(_MOST_NUMBERS, int((place.width + _GUTTER) / (max(widest, narrowest) + _GUTTER + 0.5))))
    if not setting.summary and len(block.items) > 4:
        most = min(most, 4)
    rows = ceil(len(block.items) / most)
    across = ceil(len(block.items) / rows)
    cells = list(zip(block.items, words, strict=True))
    strips = [_number_row(cells[at : at + across], across, place, setting, part) for at in range(0, len(cells), across)]
    body = setting.style("body")
    strips[0].before = (body.leading + body.after) * 0.25
    strips[-1].after = (body.leading + body.after) * 0.5
    for strip in strips[:-1]:
        strip.after, strip.keep = _STRIP_PAD, True
    return strips


def _number_row(
    items: list[tuple[KeyNumber, tuple[Words, Words]]], across: int, place: Place, setting: Setting, part: Part
) -> Strip:
    value_style, label_style = setting.style("key-number"), setting.style("key-label")
    width = (place.width - _GUTTER * (across - 1)) / across
    cells = [(item, value.broken(width), label.broken(width)) for item, (value, label) in items]
    top = _STRIP_PAD
    values = max(len(value) for _, value, _ in cells) * value_style.leading
    tall = top + values + max(len(label) for _, _, label in cells) * label_style.leading + 2.0
    marks: list[Placed] = []
    for at, (item, value, label) in enumerate(cells):
        x = place.x + at * (width + _GUTTER)
        marks.append(Placed(x, 0.0, Rect(0.0, 0.0, width, 1.6, "accent"), DECORATION))
        cell = Part("number", item, part)
        marks += marks_of(value, value_style, x, top + values - len(value) * value_style.leading, Part("value", item, cell))
        marks += marks_of(label, label_style, x, top + values, Part("label", item, cell))
    return Strip(tall, marks, frame=place.frame)


# ---------------------------------------------------------------------------------------------------------------- details


def detail_strips(block: Details, place: Place, setting: Setting) -> list[Strip]:
    """Return terms with what they stand for beside them: the identity block and abbreviations in two columns, others in one."""
    term_style, text_style = setting.style("term"), setting.style("small")
    part = Part("details", block, place.parent)
    entries = list(block.entries)
    if not entries:
        return []
    widest = max(one_line(entry.term, term_style, setting.fonts).width for entry in entries)
    columns = 1 if block.role == "end-matter" else 2
    width = (place.width - _GUTTER * 2 * (columns - 1)) / columns
    gutter = min(widest + 8.0, width * 0.42)
    grid = _Details(place, setting, part, (term_style, text_style), gutter)
    strips: list[Strip] = []
    while entries:
        row = entries[:1]
        if columns == 2 and len(entries) > 1 and all(grid.fits(entry, width) for entry in entries[:2]):
            row = entries[:2]
        del entries[: len(row)]
        strips.append(grid.row(row, width if len(row) > 1 else place.width if not grid.fits(row[0], width) else width))
    identity = block.role == "identity"
    if identity:
        _enclose(strips, place)
    strips[0].before = 2.0
    strips[-1].after = setting.style("body").after + (4.0 if identity else 0.0)
    for at, strip in enumerate(strips[:-1]):
        strip.keep = block.role in {"identity", "end-matter"} or at == 0 or at == len(strips) - 2
    return strips


def _enclose(strips: list[Strip], place: Place) -> None:
    """Set a thin rule above the first strip and below the last."""
    first, last = strips[0], strips[-1]
    shift = 4.0
    first.marks = [Placed(place.x, 0.0, Line(0.0, 0.0, place.width, 0.0, "rule", 0.6), DECORATION)] + [
        Placed(mark.x, mark.y + shift, mark.mark, mark.part) for mark in first.marks
    ]
    first.height += shift
    last.height += shift - 1.0
    last.marks.append(Placed(place.x, last.height, Line(0.0, 0.0, place.width, 0.0, "rule", 0.6), DECORATION))


class _Details:
    """The measures that the rows of one block of details share."""

    def __init__(self, place: Place, setting: Setting, part: Part, styles: tuple[Style, Style], gutter: float) -> None:
        self.place, self.setting, self.part, self.gutter = place, setting, part, gutter
        self.term, self.text = styles

    def fits(self, entry: Entry, width: float) -> bool:
        """Tell whether an entry needs no more than two lines in a column of `width`."""
        return self.setting.words(entry.children, self.text).natural()[1] <= (width - self.gutter) * 1.8

    def row(self, entries: list[Entry], width: float) -> Strip:
        marks: list[Placed] = []
        tall = 0.0
        for at, entry in enumerate(entries):
            x = self.place.x + at * (width + 2 * _GUTTER)
            part = Part("entry", entry, self.part)
            term = self.setting.words((Text(entry.term),), self.term).broken(self.gutter - 6.0)
            text = self.setting.lines(entry.children, self.text, width - self.gutter)
            drop = baseline(self.text) - baseline(self.term)
            marks += marks_of(term, self.term, x, max(drop, 0.0), Part("term", entry, part))
            marks += marks_of(text, self.text, x + self.gutter, max(-drop, 0.0), Part("value", entry, part))
            tall = max(tall, len(term) * self.term.leading, len(text) * self.text.leading)
        return Strip(tall + self.term.after, marks, frame=self.place.frame)


# ----------------------------------------------------------------------------------------------------------------- charts


def chart_strips(chart: Chart, place: Place, setting: Setting) -> list[Strip]:
    """Return a chart's caption, its drawing and its source line, never parted."""
    caption_style, source_style, label_style = setting.style("caption"), setting.style("source"), setting.style("chart-label")
    part = Part("figure", chart, place.parent)

    def face(*, bold: bool) -> FaceKey:
        return (label_style.family, bold, False)

    def measure(text: str, size: float, bold: bool) -> float:
        return setting.fonts.width(face(bold=bold), text) * size

    drawing = draw_chart(chart, setting.look, place.width, measure)
    strips = text_strips(
        setting.lines(chart.caption, caption_style, place.width), caption_style, place, Part("caption", chart, part), keep=True
    )
    marks: list[Placed] = []
    for shape in drawing.items if setting.drawn else ():
        if isinstance(shape, Label):
            style = Style(label_style.family, shape.size, bold=shape.bold, colour=shape.colour)
            line = one_line(shape.text, style, setting.fonts)
            shift = {"left": 0.0, "center": line.width / 2, "right": line.width}[shape.align]
            marks.append(Placed(place.x + shape.x - shift, shape.y, line, part))
        else:
            marks.append(Placed(place.x, 0.0, shape, part))
    strips.append(Strip(drawing.height, marks, frame=place.frame, after=source_style.after))
    if chart.source:
        strips[-1].after = 0.0
        strips += text_strips(
            setting.lines(chart.source, source_style, place.width), source_style, place, Part("source", chart, part)
        )
    for strip in strips[:-1]:
        strip.keep = True
    strips[0].anchors = (chart.id,) if chart.id else ()
    return strips
