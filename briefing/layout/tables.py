"""Tables of data: columns sized to their content, whole rows, the header row again on every page."""

from __future__ import annotations

from math import sqrt

from briefing.drawing import Line, Rect
from briefing.layout.flow import Place, Setting, Strip, marks_of, text_strips, tie
from briefing.layout.lines import Words
from briefing.model import Column, Row, Table
from briefing.placed import DECORATION, REPEATED, Part, Placed, TextLine

_PAD_X = 5.0  # points between a cell's edge and its words
_PAD_Y = 3.2
_HAIRLINE = 0.5


def table_strips(table: Table, place: Place, setting: Setting) -> list[Strip]:
    """Return the strips of a table: caption, header row, a strip a row, source line."""
    part = Part("table", table, place.parent)
    strips: list[Strip] = []
    if table.caption:
        style = setting.style("caption")
        caption = Part("caption", table, part)
        strips += text_strips(setting.lines(table.caption, style, place.width), style, place, caption, keep=True)
        for strip in strips:
            strip.keep = True
    grid = _Grid(table, place, setting, part)
    header = grid.header()
    rows = [
        strip for at, row in enumerate(table.rows) for strip in grid.row(row, last=at == len(table.rows) - 1, above=header.height)
    ]
    header.keep = bool(rows)
    if not strips:
        header.before = setting.style("caption").before
    repeat = grid.header(again=True)
    repeat.keep = True
    for strip in rows:
        strip.repeat = (repeat,)
    if rows:
        rows[0].repeat = ()
        if len(rows) > 3:
            rows[0].keep = rows[-2].keep = True  # no single row at the end of a page or the top of the next
        elif sum(strip.height for strip in rows) < setting.page_height / 3:
            tie(rows)  # which no page break could part otherwise
    strips += [header, *rows]
    strips[0].anchors = (table.id,) if table.id else ()
    style = setting.style("source")
    if table.source:
        strips[-1].keep = True
        strips += text_strips(setting.lines(table.source, style, place.width), style, place, Part("source", table, part))
    else:
        strips[-1].after = style.after
    return strips


class _Grid:
    """A table's columns and the styles of its cells."""

    def __init__(self, table: Table, place: Place, setting: Setting, part: Part) -> None:
        self.table, self.place, self.setting, self.part = table, place, setting, part
        self.head, self.body = setting.style("table-head"), setting.style("table-cell")
        self.titles = [setting.words(column.title, self.head) for column in table.columns]
        self.cells = [[setting.words(cell.children, self.body) for cell in row.cells] for row in table.rows]
        self.widths = column_widths(table.columns, [[*words] for words in zip(self.titles, *self.cells, strict=True)], place.width)
        self.made = 0

    def header(self, *, again: bool = False) -> Strip:
        row = Part("row", self.table, self.part)
        parts = [REPEATED if again else Part("head", column, row) for column in self.table.columns]
        lines = [words.broken(width - 2 * _PAD_X) for words, width in zip(self.titles, self.widths, strict=True)]
        tall = max(map(len, lines)) * self.head.leading + 2 * _PAD_Y
        marks = [Placed(self.place.x, 0.0, Rect(0.0, 0.0, self.place.width, tall, "accent"), DECORATION)]
        x = self.place.x
        for column, words, width, part in zip(self.table.columns, lines, self.widths, parts, strict=True):
            top = tall - _PAD_Y - len(words) * self.head.leading  # titles stand on the rows below them
            marks += marks_of(words, self.head, x + _PAD_X, top, part, width=width - 2 * _PAD_X, align=column.align)
            x += width
        return Strip(tall, marks, frame=self.place.frame)

    def row(self, row: Row, *, last: bool, above: float) -> list[Strip]:
        """Return a row as one strip, or as several where it is taller than a page with the header, `above`, on it."""
        part = Part("row", row, self.part)
        words = self.cells[self.made]
        self.made += 1
        parts = [
            Part("head" if at == 0 and self.table.row_header else "cell", cell, part, row_head=at == 0 and self.table.row_header)
            for at, cell in enumerate(row.cells)
        ]
        lines = [each.broken(width - 2 * _PAD_X) for each, width in zip(words, self.widths, strict=True)]
        room = max(1, int((self.setting.page_height - above - 2 * _PAD_Y - 60.0) / self.body.leading))
        count = max([len(each) for each in lines], default=1) or 1
        return [
            self._slice([each[at : at + room] for each in lines], parts, ends=at + room >= count, last=last)
            for at in range(0, count, room)
        ]

    def _slice(self, lines: list[list[TextLine]], parts: list[Part], *, ends: bool, last: bool) -> Strip:
        tall = max(1, *map(len, lines)) * self.body.leading + 2 * _PAD_Y
        x = self.place.x
        marks: list[Placed] = []
        if not self.setting.drawn:
            return Strip(tall, marks, frame=self.place.frame)
        for column, words, width, part in zip(self.table.columns, lines, self.widths, parts, strict=True):
            marks += marks_of(words, self.body, x + _PAD_X, _PAD_Y, part, width=width - 2 * _PAD_X, align=column.align)
            x += width
        weight, colour = (1.0, "accent") if last else (_HAIRLINE, "rule")
        if ends:
            marks.append(Placed(self.place.x, tall, Line(0.0, 0.0, self.place.width, 0.0, colour, weight), DECORATION))
        return Strip(tall, marks, frame=self.place.frame)


def column_widths(columns: tuple[Column, ...], cells: list[list[Words]], width: float) -> list[float]:
    """Return the widths of columns, `width` in all: what their words need, and weights where columns have them.

    A column without a weight gets its content's natural width where that is less than a fair share; the others part the rest by the
    square root of their content, which makes rows about equally high.
    """
    natural = [[words.natural() for words in column] for column in cells]
    least = [max(pair[0] for pair in column) + 2 * _PAD_X for column in natural]
    wanted = [max(pair[1] for pair in column) + 2 * _PAD_X + 0.1 for column in natural]
    weights = [column.weight for column in columns]
    if any(weights):
        free = width - sum(want for want, weight in zip(wanted, weights, strict=True) if not weight)
        if free > sum(need for need, weight in zip(least, weights, strict=True) if weight):
            shares = [free * weight / sum(weights) if weight else want for want, weight in zip(wanted, weights, strict=True)]
            return _at_least(shares, least, width)
    if sum(wanted) <= width:
        spare = width - sum(wanted)
        loose = [want if column.align == "left" else want * 0.4 for want, column in zip(wanted, columns, strict=True)]
        return [want + spare * part / sum(loose) for want, part in zip(wanted, loose, strict=True)]
    roots = [sqrt(1.0 + sum(pair[1] for pair in column)) for column in natural]
    return _at_least(_fair(wanted, roots, width), least, width)


def _fair(wanted: list[float], needs: list[float], width: float) -> list[float]:
    """Return shares of `width`: what is wanted where that is less than a fair share, else parts of the rest in proportion to `needs`."""
    shares = [0.0] * len(wanted)
    hungry = set(range(len(wanted)))
    rest = width
    while modest := {at for at in hungry if wanted[at] <= rest / len(hungry)}:
        for at in sorted(modest):
            shares[at] = wanted[at]
            rest -= wanted[at]
        hungry -= modest
    total = sum(needs[at] for at in sorted(hungry))
    for at in hungry:
        shares[at] = rest * needs[at] / total
    return shares


def _at_least(shares: list[float], least: list[float], width: float) -> list[float]:
    """Return shares of `width`, none less than its least width; where that cannot be, the neediest columns give way."""
    if sum(least) >= width:
        return _fair(least, [1.0] * len(least), width)
    fixed: set[int] = set()
    while True:
        rest = width - sum(least[at] for at in sorted(fixed))
        flexible = [at for at in range(len(shares)) if at not in fixed]
        total = sum(shares[at] for at in flexible) or 1.0
        short = [at for at in flexible if shares[at] * rest / total < least[at]]
        if not short:
            return [least[at] if at in fixed else shares[at] * rest / total for at in range(len(shares))]
        fixed.update(short)
