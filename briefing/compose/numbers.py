"""The one place that words quantities: figures, money, dates and ranges as readers see them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import msgspec

from briefing.seeds import Amount, Figure, Form
from briefing.units import Unit

_ONES = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"]  # fmt: skip
_TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_ORDINALS = {
    "one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth", "nine": "ninth", "twelve": "twelfth",
}  # fmt: skip


_IN_DIGITS: dict[Form, Form] = {"words": "digits", "ordinal-words": "ordinal"}  # in tables


def worded(figure: Figure, units: Mapping[str, Unit], *, noun: bool = False) -> str:
    """Return a figure as it stands in a sentence: "over 1,400", "USD 22.8 billion", "JPY 7-10 trillion", "29 August 2025".

    The number keeps the digits and the scale word of its source; nothing is rounded. A counting noun is left to the sentence
    or label unless `noun` asks for it, as tables do; these have every number in digits. A range in one scale is joined by an en dash.
    """
    if figure.date is not None:
        return figure.date.worded()
    if figure.value is None:
        return ""
    unit = units[figure.unit or "number"]
    if noun:
        figure = in_digits(figure)
    assert figure.value is not None
    if figure.form in ("ordinal", "ordinal-words"):
        return _amount(figure.value, figure)
    if figure.high is not None:
        text = _range(figure.value, figure.high, figure, unit)
    else:
        text = _before(unit) + _amount(figure.value, figure)
    if noun or not (unit.kind == "count" or unit.id == "time"):
        text += _after(figure, unit)
    return f"{figure.bound} {text}" if figure.bound else text


def in_digits(figure: Figure) -> Figure:
    """Return a figure that is written in digits, whatever its form in a sentence: "twelve" as 12, "third" as 3rd."""
    form = _IN_DIGITS.get(figure.form)
    return msgspec.structs.replace(figure, form=form) if form else figure


def _before(unit: Unit) -> str:
    if not unit.before:
        return ""
    return unit.before if unit.tight else f"{unit.before} "


def _after(figure: Figure, unit: Unit) -> str:
    last = figure.high or figure.value
    one = last is not None and last.number == 1 and not last.scale
    noun = (unit.after or unit.id if unit.kind == "count" else unit.after) if one else unit.plural or unit.after
    if not noun or unit.id == "number":
        return ""
    return noun if unit.tight else f" {noun}"


def _range(low: Amount, high: Amount, figure: Figure, unit: Unit) -> str:
    if low.scale == high.scale:
        scale = f" {low.scale}" if low.scale else ""
        return f"{_before(unit)}{digits(low.number)}\N{EN DASH}{digits(high.number)}{scale}"
    return f"{_before(unit)}{_amount(low, figure)} to {_before(unit)}{_amount(high, figure)}"


def _amount(amount: Amount, figure: Figure) -> str:
    number = amount.number
    whole = number == number.to_integral_value()
    if figure.form == "ordinal" and whole:
        text = ordinal(int(number))
    elif figure.form in ("words", "ordinal-words") and whole and 0 <= number < 100:
        text = in_words(int(number))
        if figure.form == "ordinal-words":
            text = _ordinal_word(text)
    else:
        text = digits(number)
    return f"{text} {amount.scale}" if amount.scale else text


def digits(number: Decimal) -> str:
    """Return a number with its own decimals, thousands parted by commas and a true minus sign."""
    text = f"{number:,f}"
    return text.replace("-", "\N{MINUS SIGN}")


def ordinal(number: int) -> str:
    """Return "1st", "2nd", "15th"."""
    if number % 100 in (11, 12, 13):
        return f"{number:,}th"
    return f"{number:,}" + {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")


def in_words(number: int) -> str:
    """Return a number below a hundred in words."""
    if number < 20:
        return _ONES[number]
    tens, ones = divmod(number, 10)
    return _TENS[tens] + (f"-{_ONES[ones]}" if ones else "")


def _ordinal_word(text: str) -> str:
    head, dash, last = text.rpartition("-")
    if last in _ORDINALS:
        last = _ORDINALS[last]
    elif last.endswith("y"):
        last = last[:-1] + "ieth"
    else:
        last += "h" if last.endswith("t") else "th"
    return head + dash + last
