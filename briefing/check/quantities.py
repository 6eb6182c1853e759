"""Whether two figures can both be right: one a rounding of the other, a bound that the other keeps, a range that holds it."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Literal, TypeAlias

import msgspec

from briefing.seeds import Amount, Figure
from briefing.units import SCALES, Unit, size
from briefing.when import When

Verdict: TypeAlias = Literal["agree", "differ", "not comparable"]

_SIGNS = {"₹": "INR", "¥": "JPY", "$": "USD", "US$": "USD", "A$": "AUD", "€": "EUR", "£": "GBP", "₩": "KRW"}
_MULTIPLES: dict[str, tuple[str, Decimal]] = {
    name: (base, Decimal(factor))
    for base, group in {
        "W": {"W": "1", "kW": "1e3", "MW": "1e6", "GW": "1e9", "TW": "1e12"},
        "Wh": {"Wh": "1", "kWh": "1e3", "MWh": "1e6", "GWh": "1e9", "TWh": "1e12"},
        "m": {"mm": "1e-3", "cm": "1e-2", "m": "1", "km": "1e3", "metre": "1", "kilometre": "1e3"},
        "m²": {"m²": "1", "km²": "1e6", "ha": "1e4", "hectare": "1e4", "square kilometre": "1e6"},
        "g": {"g": "1", "kg": "1e3", "tonne": "1e6", "kt": "1e9", "Mt": "1e12"},
        "Hz": {"Hz": "1", "kHz": "1e3", "MHz": "1e6", "GHz": "1e9"},
        "bit/s": {"bit/s": "1", "Mbit/s": "1e6", "Gbit/s": "1e9"},
        "month": {"month": "1", "year": "12", "decade": "120"},
        "day": {"day": "1", "week": "7"},
    }.items()
    for name, factor in group.items()
}
_VAGUE = Decimal("0.05")  # "about" may be so far off
_OVER = 2  # "over 50,000" is not said of twice as many
_NEARLY = Decimal("0.9")


class Span(msgspec.Struct, frozen=True):
    """What a figure may stand for: from `low` to `high`, and how finely it is told."""

    low: Decimal
    high: Decimal
    step: Decimal

    @property
    def single(self) -> bool:
        """Whether it is one number, and not a range or a bound."""
        return self.low == self.high


def verdict(a: Figure, b: Figure, units: Mapping[str, Unit]) -> Verdict:
    """Return whether two figures agree, or cannot be compared: other units or currencies, another period, a date and a quantity."""
    if a.date is not None and b.date is not None:
        return "agree" if _within(a.date, b.date) or _within(b.date, a.date) else "differ"
    if a.value is None or b.value is None or unit_of(a, units) != unit_of(b, units):
        return "not comparable"
    if a.period and b.period and (a.period.start, a.period.end) != (b.period.start, b.period.end):
        return "not comparable"
    return "agree" if agree(span(a, units), span(b, units)) else "differ"


def equal(a: Figure, b: Figure, units: Mapping[str, Unit]) -> bool:
    """Return whether two figures say the very same."""
    if a.date is not None or b.date is not None:
        return a.date is not None and b.date is not None and (a.date.start, a.date.end) == (b.date.start, b.date.end)
    same = unit_of(a, units) == unit_of(b, units) and a.bound == b.bound and a.period == b.period
    one, other = span(a, units), span(b, units)
    return same and (one.low, one.high) == (other.low, other.high)


def unit_of(figure: Figure, units: Mapping[str, Unit]) -> str:
    """Return what a figure counts, the same for every way to write it: USD for $, m for km, one name for all things counted."""
    unit = units.get(figure.unit)
    name = _SIGNS.get(unit.id, unit.id) if unit else figure.unit
    return _MULTIPLES[name][0] if name in _MULTIPLES else name


def span(figure: Figure, units: Mapping[str, Unit]) -> Span:
    """Return what a quantity may stand for, in its base unit."""
    assert figure.value is not None
    unit = units.get(figure.unit)
    factor = _MULTIPLES[unit.id][1] if unit and unit.id in _MULTIPLES else Decimal(1)
    step = _step(figure.value) * factor
    value = size(figure.value) * factor
    if figure.high is not None:
        return Span(value - step / 2, size(figure.high) * factor + _step(figure.high) * factor / 2, step)  # its ends may be rounded
    match figure.bound:
        case "over" | "at least":
            return Span(value, max(value, value * _OVER), step)
        case "about" | "some":
            return Span(value - abs(value) * _VAGUE, value + abs(value) * _VAGUE, step)
        case "nearly":
            return Span(min(value, value * _NEARLY), value, step)
        case "up to":
            return Span(min(Decimal(0), value), value, step)
    return Span(value, value, step)


def agree(a: Span, b: Span) -> bool:
    """Return whether two spans can be told of one thing: a number is the other rounded, or lies in it; a range lies in the other."""
    if a.single and b.single:
        return abs(a.low - b.low) * 2 <= (max(a.step, b.step) if a.low != b.low else 0)
    if a.single or b.single:
        one, other = (a, b) if a.single else (b, a)
        slack = max(one.step - other.step, Decimal(0)) / 2
        return other.low - slack <= one.low <= other.high + slack
    return (a.low <= b.low and b.high <= a.high) or (b.low <= a.low and a.high <= b.high)


def _step(amount: Amount) -> Decimal:
    """Return the value of a number's last digit that counts: 0.1 billion for 22.8 billion, 100 for 1,400, 10,000 for 500,000.

    Noughts at the end of a whole number without a scale word may be there by rounding, unless that left but one digit.
    """
    number = amount.number
    exponent = number.as_tuple().exponent
    assert isinstance(exponent, int)
    if exponent < 0:
        return Decimal(1).scaleb(exponent) * SCALES[amount.scale]
    if amount.scale or number == 0:
        return SCALES[amount.scale]
    text = f"{abs(number):f}"
    noughts = len(text) - len(text.rstrip("0"))
    return Decimal(10) ** max(0, min(noughts, len(text) - 2))


def _within(inner: When, outer: When) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end
