"""A drawing as inline SVG, and widths of words for a page whose fonts are not known beforehand."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from html import escape
from typing import assert_never

from briefing.drawing import Dot, Drawing, Label, Line, Polyline, Rect, Shape

# Advance widths of Helvetica, in thousandths of the size, from the space to the tilde: Adobe's Core 14 metrics.
_WIDTHS = (
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556, 556, 556, 556,
    278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667,
    611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833,
    556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
)  # fmt: skip
_ROOM = 1.06  # a reader's sans may be wider than Helvetica
_BOLD = 1.08


def measure(text: str, size: float, bold: bool) -> float:
    """Return about how wide a line of words is in a reader's sans, in points; rather too wide than too narrow."""
    return sum(map(_advance, text)) * size / 1000 * _ROOM * (_BOLD if bold else 1.0)


def _advance(character: str) -> int:
    code = ord(character)
    if 32 <= code < 127:
        return _WIDTHS[code - 32]
    if unicodedata.category(character) in {"Mn", "Me", "Cf"}:
        return 0
    return 1000 if unicodedata.east_asian_width(character) in "FW" else 600


def svg(drawing: Drawing, alt: str, css_class: str) -> str:
    """Return the drawing as an image named `alt`; its own words are hidden from those who listen, for `alt` says more."""
    items = "".join(map(_shape, drawing.items))
    size = f'viewBox="0 0 {_f(drawing.width)} {_f(drawing.height)}" width="{_f(drawing.width)}" height="{_f(drawing.height)}"'
    return f'<svg class="{css_class}" {size} role="img" aria-label="{escape(alt)}"><g aria-hidden="true">{items}</g></svg>'


def _shape(item: Shape) -> str:
    match item:
        case Rect(x=x, y=y, width=width, height=height, fill=fill):
            return f'<rect x="{_f(x)}" y="{_f(y)}" width="{_f(width)}" height="{_f(height)}" style="fill:var(--{fill})"/>'
        case Line(x1=x1, y1=y1, x2=x2, y2=y2):
            return f'<line x1="{_f(x1)}" y1="{_f(y1)}" x2="{_f(x2)}" y2="{_f(y2)}" style="{_stroke(item)}"/>'
        case Polyline(points=points):
            places = " ".join(f"{_f(x)},{_f(y)}" for x, y in points)
            return f'<polyline points="{places}" style="fill:none;stroke-linejoin:round;{_stroke(item)}"/>'
        case Dot(x=x, y=y, radius=radius, fill=fill, hollow=hollow):
            if hollow:
                paint = f"fill:var(--paper);stroke:var(--{fill});stroke-width:1.2"
                return f'<circle cx="{_f(x)}" cy="{_f(y)}" r="{_f(radius - 0.6)}" style="{paint}"/>'
            return f'<circle cx="{_f(x)}" cy="{_f(y)}" r="{_f(radius)}" style="fill:var(--{fill})"/>'
        case Label(x=x, y=y, text=text, size=size, align=align, colour=colour, bold=bold):
            anchor = {"left": "", "center": ' text-anchor="middle"', "right": ' text-anchor="end"'}[align]
            weight = ' font-weight="bold"' if bold else ""
            place = f'x="{_f(x)}" y="{_f(y)}" font-size="{_f(size)}"{anchor}{weight}'
            return f'<text {place} style="fill:var(--{colour})">{escape(text, quote=False)}</text>'
        case _:
            assert_never(item)


def _stroke(item: Line | Polyline) -> str:
    dash = f";stroke-dasharray:{_f(item.dash)}" if item.dash else ""
    return f"stroke:var(--{item.colour});stroke-width:{_f(item.width)}{dash}"


def _f(number: float) -> str:
    return f"{number:.2f}".rstrip("0").rstrip(".")


def both(drawings: Iterable[tuple[Drawing, str]], alt: str) -> str:
    """Return one drawing for each class; the style sheet shows the one that suits the screen."""
    return "".join(svg(drawing, alt, css_class) for drawing, css_class in drawings)
