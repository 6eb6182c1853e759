"""Numbers written out: "twenty-one", "two hundred and fifty", "half a million", "fifteenth"."""

from __future__ import annotations

from decimal import Decimal

_ONES = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen",
    "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_VALUES = {word: number for number, word in enumerate(_ONES)} | {word: 10 * number for number, word in enumerate(_TENS, 2)}
_BIG = {"hundred": 100, "thousand": 1000, "lakh": 10**5, "million": 10**6, "crore": 10**7, "billion": 10**9, "trillion": 10**12}
_NTH = (
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh", "twelfth", "thirteenth",
    "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth",
)  # fmt: skip
_NTHS = {word: number for number, word in enumerate(_NTH, 1)} | {
    f"{word[:-1]}ieth": value for word, value in _VALUES.items() if word in _TENS
}
_NTHS |= {"hundredth": 100, "thousandth": 1000}

SMALL = "|".join(sorted((word for word in _VALUES if word not in {"zero", "one"}), key=len, reverse=True))
_ANY = "|".join(sorted((*_VALUES, *_BIG), key=len, reverse=True))
# One word that is a number by itself, or several of which the first begins one; "one" alone is a pronoun as often as a number.
CARDINAL = (
    rf"(?:(?:one|an?)[\s-](?:hundred|thousand|million|billion|trillion|lakh|crore)|(?:{SMALL}))\b(?:[\s-](?:and\s)?(?:{_ANY})\b)*"
)
ORDINAL = (
    rf"(?:(?:{'|'.join(_TENS)})-(?:{'|'.join(_NTH[:9])})|"
    rf"{'|'.join(sorted((word for word in _NTHS if word != 'first'), key=len, reverse=True))})"
)


def number(words: str) -> Decimal | None:
    """Return the number that words spell, or None where they spell none or two: "two hundred and five" is 205."""
    total, current, last = 0, 0, 10**15
    seen = False
    for word in words.lower().replace("-", " ").split():
        if word == "and" and seen:
            continue
        if word in {"a", "an"} and not seen:
            current, seen = 1, True
        elif word in _VALUES:
            value = _VALUES[word]
            if current % 100 and (value >= 10 or current % 10 or current % 100 < 20):
                return None  # "seven eight": two numbers
            current, seen = current + value, True
        elif word == "hundred" and seen and 0 < current < 100:
            current *= 100
        elif word in _BIG and seen and current and _BIG[word] < last:
            last = _BIG[word]
            total, current = total + current * last, 0
        else:
            return None
    return Decimal(total + current) if seen else None


def ordinal(words: str) -> Decimal | None:
    """Return the rank that words spell: 21 for "twenty-first"; None where they spell none."""
    first, dash, last = words.lower().partition("-")
    if dash and first in _TENS and last in _NTHS and _NTHS[last] < 10:
        return Decimal(_VALUES[first] + _NTHS[last])
    return Decimal(_NTHS[first]) if not dash and first in _NTHS else None
