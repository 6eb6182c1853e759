"""Whether a figure of a fact is the one that somebody asks for, however they write it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import msgspec

from briefing.originals.amounts import amounts
from briefing.originals.compare import bound_differs, fits
from briefing.originals.dates import dates
from briefing.originals.found import Found
from briefing.seeds import Figure
from briefing.units import Unit, size

_ID = re.compile(r"[a-z]+[a-z0-9]*(-[a-z0-9]+)+")


def asked(text: str, units: Mapping[str, Unit]) -> Callable[[Figure], bool]:
    """Return what tells whether a figure is the one that `text` gives: "$68bn" is USD 68 billion, "Dec 2029" is December 2029.

    Amounts and dates must be equal, not near: "USD 68.4 billion" is not about USD 68 billion. A number without a unit is that number
    of anything; a bound such as "over" counts only where it is asked for. An id is no figure.
    """
    if _ID.fullmatch(text):
        return lambda _: False
    found = [*dates(text), *amounts(text)]
    widest = max((each.end - each.start for each in found), default=0)
    meant = [each for each in found if each.end - each.start == widest]
    return lambda figure: any(_is(figure, each, units) for each in meant)


def _is(figure: Figure, found: Found, units: Mapping[str, Unit]) -> bool:
    if figure.date is not None:
        return any((when.start, when.end) == (figure.date.start, figure.date.end) for when in found.spans(()))
    if figure.value is None or (found.bound and bound_differs(figure, found)):
        return False
    if found.kind == "amount" and found.units == ("",) and "ordinal" not in figure.form:
        return size(figure.value) == found.low and (size(figure.high) if figure.high else None) == found.high
    return fits(msgspec.structs.replace(figure, bound=""), found, (), dict(units))
