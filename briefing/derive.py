"""Figures computed from other facts' figures: what each computation does, and when the figures it is given do not go together.

Exact decimal arithmetic throughout; only the result is rounded, as its record says.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Context, Decimal
from itertools import combinations

import msgspec

from briefing.seeds import Amount, Derived, Fact, Figure
from briefing.units import SCALES, Unit, size
from briefing.when import When

PROMISED = ("expected", "planned", "announced", "pledged", "proposed", "agreed")
ACTUAL = ("happened", "in-force", "ongoing", "stalled")
_EXACT = Context(prec=50, rounding=ROUND_HALF_UP)
_SAME_RATE = Decimal("0.01")  # rates nearer to each other than this share differ by rounding alone


class Input(msgspec.Struct, frozen=True):
    """A figure that a computation is given, and the fact it belongs to."""

    reference: str
    fact: Fact
    figure: Figure


def inputs_of(
    derived: Derived, facts: Mapping[str, Fact], units: Mapping[str, Unit], *, inside: tuple[str, ...] = ()
) -> list[Input]:
    """Return the figures that a computation names. Raises ValueError for one that is not there, or that needs itself."""
    found = []
    for reference in derived.of:
        if reference in inside:
            raise ValueError(f"{reference} is computed from itself")
        name, _, figure = reference.partition(".")
        fact = facts.get(name)
        value = _figure(fact, figure, facts, units, (*inside, reference)) if fact else None
        if fact is None or value is None:
            raise ValueError(f"there is no figure {reference}")
        found.append(Input(reference, fact, value))
    return found


def _figure(fact: Fact, name: str, facts: Mapping[str, Fact], units: Mapping[str, Unit], inside: tuple[str, ...]) -> Figure | None:
    if name in ("when", "due"):
        day = fact.when if name == "when" else fact.due
        return Figure(date=day) if day else None
    if name in fact.derived:
        return compute(fact.derived[name], facts, units, inside=inside)
    return fact.figures.get(name)


def compute(derived: Derived, facts: Mapping[str, Fact], units: Mapping[str, Unit], *, inside: tuple[str, ...] = ()) -> Figure:
    """Return the figure that a record asks for. Raises ValueError, with the reason, where it cannot be computed."""
    given = inputs_of(derived, facts, units, inside=inside)
    value, unit = _value(derived, given, facts, units)
    if derived.unit and units.get(derived.unit) != units.get(unit):
        raise ValueError(f"the result is in {unit}, not in {derived.unit}")
    if derived.scale not in SCALES:
        raise ValueError(f"{derived.scale!r} is no scale word")
    scaled = _EXACT.divide(value, SCALES[derived.scale])
    number = _EXACT.quantize(scaled, Decimal(1).scaleb(-derived.round))
    exact = number == scaled and not any(each.figure.bound for each in given)
    return Figure(
        value=Amount(number, derived.scale),
        unit=unit,
        bound=derived.bound or ("" if exact else "about"),
        form=derived.form,
        period=derived.period,
        note=derived.note or derived.because,
        at=derived.at,
    )


def _value(derived: Derived, given: list[Input], facts: Mapping[str, Fact], units: Mapping[str, Unit]) -> tuple[Decimal, str]:
    if derived.how == "average":
        return _average(derived, given, units)
    wanted = "two figures or more" if derived.how == "sum" else "two figures"
    if len(given) < 2 or (derived.how != "sum" and len(given) != 2):
        raise ValueError(f"{derived.how} needs {wanted}, and {len(given)} are named")
    numbers = [_number(each) for each in given]
    first, second = given[0].figure.unit, given[1].figure.unit
    if derived.how == "rate":
        if not _money(first, units) or not _money(second, units) or units[first] == units[second]:
            raise ValueError(f"a rate needs sums in two currencies, not {first} and {second}")
        return _divided(numbers), first
    if derived.how == "conversion":
        return _converted(derived, given, facts, units)
    for each in given[1:]:
        _comparable(first, each.figure.unit, units)
    if derived.how == "sum":
        return sum(numbers, Decimal(0)), first
    if derived.how == "difference":
        return numbers[0] - numbers[1], first
    if derived.how == "ratio":
        return _divided(numbers), "time"
    share = _divided(numbers) * 100
    return (share - 100 if derived.how == "growth" else share), "%"


def _average(derived: Derived, given: list[Input], units: Mapping[str, Unit]) -> tuple[Decimal, str]:
    first = given[0] if given else None
    if first is None or len(given) > 3:
        raise ValueError("average needs a figure with a period, or a figure and a span, or a figure and its first and last date")
    if len(given) == 1:
        if first.figure.period is None:
            raise ValueError(f"{first.reference} has no period to take an average over")
        months = _months(first.figure.period, first.figure.period)
    elif len(given) == 2:
        span, unit = _number(given[1]), units[given[1].figure.unit].id
        if unit not in ("month", "year", "decade"):
            raise ValueError(f"{given[1].reference} is no span of months, years or decades")
        months = span * {"month": 1, "year": 12, "decade": 120}[unit]
    else:
        start, end = given[1].figure.date, given[2].figure.date
        if start is None or end is None:
            raise ValueError(f"{given[1].reference} and {given[2].reference} are to be dates, the first and the last")
        months = _months(start, end)
    if months <= 0:
        raise ValueError("the span has no length")
    length = months if derived.per == "month" else _EXACT.divide(months, Decimal(12))
    return _EXACT.divide(_number(first), length), first.figure.unit


def _months(first: When, last: When) -> Decimal:
    """Return the months from the beginning of one date to the end of another, both counted."""
    return Decimal((last.end.year - first.start.year) * 12 + last.end.month - first.start.month + 1)


def _converted(derived: Derived, given: list[Input], facts: Mapping[str, Fact], units: Mapping[str, Unit]) -> tuple[Decimal, str]:
    amount, rate = given
    if not derived.unit:
        raise ValueError("a conversion needs unit: the currency wanted")
    name, _, figure = rate.reference.partition(".")
    source = facts[name].derived.get(figure)
    pair = [rate.figure.unit]
    if source is not None and source.how == "rate":
        pair.append(inputs_of(source, facts, units)[1].figure.unit)
    here, there = units.get(amount.figure.unit), units.get(derived.unit)
    known = [units.get(each) for each in pair]
    if len(known) == 2 and {here, there} != set(known):
        raise ValueError(f"the rate is of {' and '.join(pair)}, not of {amount.figure.unit} and {derived.unit}")
    if here == known[0]:
        return _divided([_number(amount), _number(rate)]), derived.unit
    if there == known[0]:
        return _number(amount) * _number(rate), derived.unit
    raise ValueError(f"the rate is in {rate.figure.unit}; neither the sum nor the unit wanted is")


def _number(given: Input) -> Decimal:
    if given.figure.value is None:
        raise ValueError(f"{given.reference} is a date, not a quantity")
    if given.figure.high is not None:
        raise ValueError(f"{given.reference} is a range")
    return size(given.figure.value)


def _divided(numbers: list[Decimal]) -> Decimal:
    if not numbers[1]:
        raise ValueError("it would be divided by nothing")
    return _EXACT.divide(numbers[0], numbers[1])


def _money(unit: str, units: Mapping[str, Unit]) -> bool:
    return unit in units and units[unit].kind == "money"


def _comparable(first: str, second: str, units: Mapping[str, Unit]) -> None:
    one, other = units.get(first), units.get(second)
    if one == other or (one and other and one.kind == other.kind == "count"):
        return
    hint = "; convert one of them at a stated rate" if _money(first, units) and _money(second, units) else ""
    raise ValueError(f"the figures are in {first} and in {second}{hint}")


def mixed(derived: Derived, facts: Mapping[str, Fact], units: Mapping[str, Unit]) -> list[str]:
    """Return how the figures of a computation differ in kind: pledge and flow, kinds of year, lengths, rates, things counted.

    Raises ValueError where one of them is not there.
    """
    given = [each for each in inputs_of(derived, facts, units) if each.figure.value is not None]
    if derived.how in ("average", "conversion"):
        return []
    found = []
    for one, other in combinations(given, 2):
        pair = f"{one.reference} and {other.reference}"
        if derived.how == "rate":
            names = _name(one), _name(other)
            linked = one.figure.converted_from == names[1] or other.figure.converted_from == names[0]
            if one.fact.id != other.fact.id or not linked:
                found.append(f"{pair} are not one sum in two currencies")
            continue
        found += _between(one, other, pair, units)
    return found


def _name(given: Input) -> str:
    return given.reference.partition(".")[2]


def _between(one: Input, other: Input, pair: str, units: Mapping[str, Unit]) -> list[str]:
    found = []
    statuses = {one.fact.status, other.fact.status}
    if statuses & set(PROMISED) and statuses & set(ACTUAL):
        found.append(f"{pair}: one is promised, the other is not ({one.fact.status}, {other.fact.status})")
    first, second = one.figure.period, other.figure.period
    if first and second:
        if ("FY" in first.text) != ("FY" in second.text) and _months(first, first) == _months(second, second):
            found.append(f"{pair}: one is of a financial year, the other of a calendar year ({first.text}, {second.text})")
        elif _months(first, first) != _months(second, second):
            found.append(f"{pair}: their periods differ in length ({first.text}, {second.text})")
    if units.get(one.figure.unit) != units.get(other.figure.unit):
        found.append(f"{pair}: different things are counted ({one.figure.unit}, {other.figure.unit})")
    rates = _rate(one), _rate(other)
    if None in rates and rates != (None, None):
        found.append(f"{pair}: one is converted from another currency, the other is not")
    elif rates[0] is not None and rates[1] is not None and abs(rates[0] / rates[1] - 1) > _SAME_RATE:
        found.append(f"{pair}: they are converted at different rates")
    return found


def _rate(given: Input) -> Decimal | None:
    """Return the rate at which a source has converted a sum, or None for one that it states as it is."""
    original = given.fact.figures.get(given.figure.converted_from)
    if original is None or original.value is None or given.figure.value is None:
        return None
    return _EXACT.divide(size(original.value), size(given.figure.value))
