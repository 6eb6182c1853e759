"""How documents look: one frozen record, read from `templates/look.yaml`; Word styles, layout styles and CSS are derived from it.

Lengths are points (1/72 inch) unless a name says millimetres; colours are "#rrggbb". A colour or a size anywhere else is a bug.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from briefing.problems import NOWHERE, Location

Role = Literal[
    "kicker", "title", "subtitle", "heading-1", "heading-2", "heading-3", "body", "lead", "judgement", "notice", "source", "small",
    "label", "bullet", "term", "table-head", "table-cell", "caption", "callout-title", "callout", "key-number", "key-label",
    "contents", "source-entry", "header", "footer", "chart-label",
]  # fmt: skip
ROLES: tuple[Role, ...] = Role.__args__  # type: ignore[attr-defined]


class Style(msgspec.Struct, frozen=True):
    """How the words of one role are set."""

    family: Literal["serif", "sans"] = "serif"
    size: float = 10.5
    leading: float = 14.5
    before: float = 0.0
    after: float = 0.0
    bold: bool = False
    italic: bool = False
    colour: str = "text"  # a name of `Look.colours`
    at: Location = NOWHERE


class Faces(msgspec.Struct, frozen=True):
    """The four faces of a family as file names under `templates/fonts/`, and the family's name in Word and CSS."""

    name: str
    regular: str
    bold: str
    italic: str
    bold_italic: str
    fallback: str = "serif"  # the CSS generic family
    at: Location = NOWHERE


class Margins(msgspec.Struct, frozen=True):
    """Millimetres from the page's edges to the text; header and footer stand inside top and bottom."""

    top: float = 24.0
    bottom: float = 22.0
    left: float = 25.0
    right: float = 25.0
    header: float = 13.0  # from the top edge to the header's baseline
    footer: float = 12.0
    at: Location = NOWHERE


class Fit(msgspec.Struct, frozen=True):
    """How far a one-page summary may be tightened before anything is dropped: factors, tried in order, and the floors in points."""

    spacing: tuple[float, ...] = (1.0, 0.85, 0.7, 0.55)
    type: tuple[float, ...] = (1.0, 0.975, 0.95)
    text_floor: float = 9.5
    note_floor: float = 8.0
    slack_lines: float = 2.0  # kept free for the word processor, whose lines break a little differently
    at: Location = NOWHERE


class Look(msgspec.Struct, frozen=True):
    """Everything about appearance."""

    colours: dict[str, str]
    serif: Faces
    sans: Faces
    styles: dict[Role, Style]
    summary_styles: dict[Role, Style]  # where they differ in a one-page summary
    margins: Margins = Margins()
    summary_margins: Margins = Margins(top=18.0, bottom=16.0, left=20.0, right=20.0, header=9.0, footer=8.0)
    page: Literal["A4", "Letter"] = "A4"
    chart_colours: tuple[str, ...] = ("accent", "second", "third", "fourth")
    fit: Fit = Fit()
    at: Location = NOWHERE

    def colour(self, name: str) -> str:
        """Return the "#rrggbb" of a colour's name."""
        return self.colours[name]

    def style(self, role: Role, *, summary: bool = False) -> Style:
        """Return the style of a role; in a summary, its own where it has one."""
        if summary and role in self.summary_styles:
            return self.summary_styles[role]
        return self.styles[role]


PAGE_SIZES: dict[str, tuple[float, float]] = {"A4": (595.2756, 841.8898), "Letter": (612.0, 792.0)}  # points; ISO 216, ANSI Y14.1
