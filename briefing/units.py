"""The units and scale words that figures may have: a registry, and no formatting.

Money stands with its code before the number ("USD 22.8 billion"), a sign close to it ("₹250 crore"). Measures and spans of time
print after the number. Counting nouns, which a dossier declares itself, print nothing: the sentence names what is counted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Literal

import msgspec

from briefing.seeds import Amount

UnitKind = Literal["money", "measure", "count", "time", "ratio"]


class Unit(msgspec.Struct, frozen=True):
    """What a number counts and how it prints: `before` or `after` it, with a no-break space between unless `tight`."""

    id: str
    kind: UnitKind
    before: str = ""
    after: str = ""  # beside one
    plural: str = ""  # beside any other number; of a counting noun, the name for tables, which running text does not print
    tight: bool = False  # no space between sign and number


SCALES: dict[str, Decimal] = {
    "": Decimal(1),
    "thousand": Decimal(10) ** 3,
    "lakh": Decimal(10) ** 5,
    "million": Decimal(10) ** 6,
    "crore": Decimal(10) ** 7,
    "billion": Decimal(10) ** 9,
    "thousand crore": Decimal(10) ** 10,
    "trillion": Decimal(10) ** 12,
    "lakh crore": Decimal(10) ** 12,
}

_CODES = (
    "USD", "JPY", "INR", "EUR", "GBP", "AUD", "CAD", "NZD", "CHF", "CNY", "HKD", "KRW", "TWD", "SGD", "IDR", "MYR", "THB", "VND",
    "PHP", "BDT", "LKR", "NPR", "PKR", "RUB", "TRY", "AED", "SAR", "ZAR", "KES", "NGN", "BRL", "MXN", "SEK", "NOK", "DKK", "PLN", "XDR",
)  # fmt: skip
_SIGNS = ("₹", "¥", "$", "US$", "A$", "€", "£", "₩")
_MEASURES = (
    "mm", "cm", "m", "km", "m²", "km²", "m³", "ha", "nm", "g", "kg", "kt", "Mt", "W", "kW", "MW", "GW", "TW", "kWh", "MWh", "GWh", "TWh",
    "Wh", "V", "kV", "Hz", "kHz", "MHz", "GHz", "km/h", "m/s", "bit/s", "Mbit/s", "Gbit/s", "MB", "GB", "TB", "°C", "bcm", "bpd",
)  # fmt: skip
_NAMED_MEASURES = {
    "tonne": "tonnes", "hectare": "hectares", "acre": "acres", "litre": "litres", "mile": "miles", "nautical mile": "nautical miles",
    "knot": "knots", "barrel": "barrels", "square kilometre": "square kilometres", "kilometre": "kilometres", "metre": "metres",
}  # fmt: skip
_SPANS = {"minute": "minutes", "hour": "hours", "day": "days", "week": "weeks", "month": "months", "year": "years", "decade": "decades"}  # fmt: skip

UNITS: dict[str, Unit] = {
    unit.id: unit
    for unit in (
        *(Unit(code, "money", before=code) for code in _CODES),
        *(Unit(sign, "money", before=sign, tight=True) for sign in _SIGNS),
        *(Unit(sign, "measure", after=sign, plural=sign) for sign in _MEASURES),
        *(Unit(one, "measure", after=one, plural=many) for one, many in _NAMED_MEASURES.items()),
        *(Unit(one, "time", after=one, plural=many) for one, many in _SPANS.items()),
        Unit("%", "ratio", after="%", plural="%", tight=True),
        Unit("percentage point", "ratio", after="percentage point", plural="percentage points"),
        Unit("time", "ratio", plural="times"),  # a multiple: the sentence says "times" or "fold"
        Unit("number", "count"),  # a rank, a version, a share of ten: a number of nothing
    )
}


def known_units(header_units: Mapping[str, str]) -> Mapping[str, Unit]:
    """Return every unit that a dossier may use by its id, and by its plural: the registry with the dossier's counting nouns."""
    return _known(tuple(header_units.items()))


@lru_cache(maxsize=8)
def _known(nouns: tuple[tuple[str, str], ...]) -> Mapping[str, Unit]:
    known = {unit.plural: unit for unit in UNITS.values() if unit.plural} | UNITS
    counted = [Unit(one, "count", plural=many) for one, many in nouns if one not in UNITS]
    return {unit.plural: unit for unit in counted if unit.plural} | known | {unit.id: unit for unit in counted}


def size(amount: Amount) -> Decimal:
    """Return the amount as one number: 10 for `10`, 250000000 for `25 crore`."""
    return amount.number * SCALES[amount.scale]


_SPAN = re.compile(r"(\d{1,4}) (day|week|month|year)s?")


def span(text: str) -> tuple[int, str]:
    """Read a shelf life such as `6 months` as (6, "month"). Raises ValueError with a reason."""
    match = _SPAN.fullmatch(text.strip())
    if not match or int(match[1]) == 0:
        raise ValueError(f"{text!r} is not a span of time such as 10 days, 6 weeks, 18 months or 2 years")
    return int(match[1]), match[2]


def scale_words() -> Iterable[str]:
    """Return the scale words, longest first, as a reader of amounts tries them."""
    return sorted(filter(None, SCALES), key=len, reverse=True)
