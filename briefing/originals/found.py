"""What is found in a text: a figure, a date or a name, where it stands, and what it amounts to however it is written."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Literal

import msgspec

from briefing.when import When

Kind = Literal["amount", "ordinal", "date", "name"]

_YEAR_OPEN = "????"  # stands in a pattern for the year that the text does not give

# Units that differ by a fixed factor are one: 2.5 GW and 2500 MW are the same amount. Months and days are not.
_BASE: dict[str, tuple[Decimal, str]] = {
    "decade": (Decimal(10), "year"),
    "century": (Decimal(100), "year"),
    **{f"{prefix}W": (Decimal(10) ** power, "W") for prefix, power in (("k", 3), ("M", 6), ("G", 9), ("T", 12))},
    **{f"{prefix}Wh": (Decimal(10) ** power, "Wh") for prefix, power in (("k", 3), ("M", 6), ("G", 9), ("T", 12))},
    "kg": (Decimal(1000), "g"),
    "tonne": (Decimal(10) ** 6, "g"),
    "kt": (Decimal(10) ** 9, "g"),
    "Mt": (Decimal(10) ** 12, "g"),
    "mm": (Decimal("0.001"), "m"),
    "cm": (Decimal("0.01"), "m"),
    "km": (Decimal(1000), "m"),
    "ha": (Decimal(10000), "m²"),
    "km²": (Decimal(10) ** 6, "m²"),
}
_SAME = {
    "$": "USD", "US$": "USD", "A$": "AUD", "₹": "INR", "¥": "JPY", "€": "EUR", "£": "GBP", "₩": "KRW", "kilometre": "km", "metre": "m",
    "square kilometre": "km²", "hectare": "ha",
}  # fmt: skip


class Found(msgspec.Struct, frozen=True):
    """A figure, date or name of a text. `start` and `end` count characters of the text it was found in."""

    kind: Kind
    text: str
    start: int
    end: int
    low: Decimal | None = None  # of an amount or ordinal, in `units`
    high: Decimal | None = None  # the upper end of a range
    units: tuple[str, ...] = ()  # base units that the words allow, the likeliest first: "$" may be USD or AUD; "" is a bare number
    bound: str = ""  # "over", "at least", "about", "nearly", "up to", "some", "under"
    counts: tuple[str, ...] = ()  # the next words after a bare number, in lower case: among them, most often, what it counts
    dates: tuple[str, ...] = ()  # patterns that `When.parse` reads once "????" is a year; the likeliest first

    def spans(self, years: Iterable[int]) -> tuple[When, ...]:
        """Return the dates that may be meant; `years` are those to try where the text gives none."""
        found = []
        for pattern in self.dates:
            tried = [pattern.replace(_YEAR_OPEN, str(year)) for year in years] if _YEAR_OPEN in pattern else [pattern]
            for text in tried:
                when = read_date(text)
                if when is not None:
                    found.append(when)
        return tuple(found)


def in_base(number: Decimal, unit: str) -> tuple[Decimal, str]:
    """Return the same amount in the unit that all units of its kind are compared in: (1600, "MW") is (1600000000, "W")."""
    unit = _SAME.get(unit, unit)
    factor, base = _BASE.get(unit, (Decimal(1), unit))
    return number * factor, base


def read_date(text: str) -> When | None:
    """Return the date, or None where the calendar has no such day."""
    try:
        return When.parse(text)
    except ValueError:
        return None


def possible(pattern: str) -> bool:
    """Whether a pattern of a date names days that exist; where it has no year, in a leap year."""
    return read_date(pattern.replace(_YEAR_OPEN, "2024")) is not None


def overlap(one: When, other: When) -> bool:
    """Whether two dates have a day in common."""
    return one.start <= other.end and other.start <= one.end


def days(when: When) -> int:
    """Return how many days a date spans."""
    return (when.end - when.start).days + 1


def shared(one: When, other: When) -> int:
    """Return how many days two dates have in common."""
    first: date = max(one.start, other.start)
    return max(0, (min(one.end, other.end) - first).days + 1)
