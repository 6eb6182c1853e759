"""Finds amounts and ranks in a text: money, percentages, measures, multiples, counts, in digits and written out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from re import Match

import msgspec

from briefing.originals import wordnumbers
from briefing.originals.found import Found, in_base
from briefing.units import SCALES, UNITS

_DIGITS = r"(?:\d{1,3}(?:,\d\d)*,\d{3}(?!\d)|\d{1,3}(?:[\u00a0\u2009\u202f]\d{3})+(?!\d)|\d+)(?:\.\d+)?(?!\d|(?:st|nd|rd|th)\b)"
_SCALES = {
    "lakh crore": "lakh crore", "lakh crores": "lakh crore", "thousand crore": "thousand crore", "thousand crores": "thousand crore",
    "hundred crore": "hundred crore", "hundred": "hundred", "thousand": "thousand", "k": "thousand", "lakh": "lakh", "lakhs": "lakh", "lac": "lakh",
    "million": "million", "mn": "million", "mln": "million", "m": "million", "crore": "crore", "crores": "crore", "cr": "crore",
    "billion": "billion", "bn": "billion", "bln": "billion", "b": "billion", "trillion": "trillion", "tn": "trillion", "trn": "trillion",
    "t": "trillion",
}  # fmt: skip
_TIMES = SCALES | {"hundred": Decimal(100), "hundred crore": Decimal(10) ** 9}
_LONG = "|".join(sorted((word for word in _SCALES if len(word) > 1), key=len, reverse=True))
_SCALE = rf"(?:(?:(?:\s|-)?(?i:{_LONG})(?![\w])(?:\.(?=\s[a-z]))?)|[kmbt]\b)"

# What a sign or a word for money may mean, the likeliest first.
_DOLLARS = ("USD", "AUD", "CAD", "NZD", "HKD", "SGD", "TWD")
_MONEY: dict[str, tuple[str, ...]] = {
    "$": _DOLLARS, "us$": ("USD",), "u.s.$": ("USD",), "a$": ("AUD",), "c$": ("CAD",), "nz$": ("NZD",), "hk$": ("HKD",), "s$": ("SGD",), "nt$": ("TWD",),
    "us dollar": ("USD",), "u.s. dollar": ("USD",), "american dollar": ("USD",), "dollar": _DOLLARS, "₹": ("INR",), "rs": ("INR", "PKR", "LKR", "NPR"),
    "re": ("INR",), "indian rupee": ("INR",), "rupee": ("INR", "PKR", "LKR", "NPR"), "¥": ("JPY", "CNY"), "japanese yen": ("JPY",),
    "yen": ("JPY",), "€": ("EUR",), "euro": ("EUR",), "£": ("GBP",), "pound": ("GBP",), "pound sterling": ("GBP",), "₩": ("KRW",),
    "won": ("KRW",), "yuan": ("CNY",), "renminbi": ("CNY",), "rmb": ("CNY",), "australian dollar": ("AUD",), "baht": ("THB",), "taka": ("BDT",), "r$": ("BRL",),
    "rupiah": ("IDR",), "ringgit": ("MYR",), "real": ("BRL",), "rouble": ("RUB",), "ruble": ("RUB",), "lira": ("TRY",), "rand": ("ZAR",),
    "dirham": ("AED",), "riyal": ("SAR",), "dong": ("VND",), "naira": ("NGN",), "zloty": ("PLN",), "peso": ("MXN", "PHP"),
    **{code.lower(): (code,) for code, unit in UNITS.items() if unit.kind == "money" and code.isalpha()},
}  # fmt: skip
_CODES = "|".join(code for code, unit in UNITS.items() if unit.kind == "money" and code.isalpha())
_WORDS = r"(?:US|U\.S\.|American|Australian)\s+[Dd]ollars?|(?:Indian\s+|Japanese\s+)?(?:[Rr]upees?|[Yy]en)|[Dd]ollars?|[Ee]uros?|pounds?(?:\s+sterling)?|[Ww]on\b|[Yy]uan|[Rr]enminbi|RMB|[Bb]aht|[Tt]aka|rupiah|ringgit|roubles?|rubles?|liras?|rand\b|dirhams?|riyals?|dong\b|naira|zloty|pesos?"
_SIGN = rf"(?:US\$|U\.S\.\s?\$|A\$|C\$|NZ\$|HK\$|S\$|NT\$|R\$|[$₹¥€£₩]|(?<![A-Za-z])(?:{_CODES}|Rs\.?|Re\.?|RMB)(?![A-Za-z]))"
_BEFORE = rf"(?:(?:(?:{_WORDS})\s*)?\((?P<paren>[$₹¥€£₩]|{_CODES})\)|(?P<sign>{_SIGN})(?:[$₹¥€£₩])?|(?P<cur>(?:Japanese\s+[Yy]en|Indian\s+[Rr]upees|US\s+[Dd]ollars)))"
_AFTER = rf"(?:[\s-]?(?P<money>(?:{_WORDS})(?!\w))|\s?(?P<code>(?:{_CODES})(?![A-Za-z])))"

_MEASURES = {
    "mm": "mm", "millimetre": "mm", "millimeter": "mm", "cm": "cm", "centimetre": "cm", "centimeter": "cm", "km": "km", "kms": "km",
    "kilometre": "km", "kilometer": "km", "m": "m", "metre": "m", "meter": "m", "nm": "nm", "nanometre": "nm", "nanometer": "nm",
    "square kilometre": "km²", "square kilometer": "km²", "sq km": "km²", "km²": "km²", "km2": "km²", "square metre": "m²", "m²": "m²",
    "hectare": "ha", "ha": "ha", "acre": "acre", "kg": "kg", "kilogram": "kg", "tonne": "tonne", "metric ton": "tonne", "ton": "ton", "kt": "kt",
    "kw": "kW", "kilowatt": "kW", "mw": "MW", "megawatt": "MW", "gw": "GW", "gigawatt": "GW", "tw": "TW", "kwh": "kWh", "mwh": "MWh", "gwh": "GWh",
    "twh": "TWh", "kv": "kV", "mhz": "MHz", "ghz": "GHz", "km/h": "km/h", "kmph": "km/h", "kph": "km/h", "kilometres per hour": "km/h",
    "kilometers per hour": "km/h", "mile": "mile", "nautical mile": "nautical mile", "knot": "knot", "barrel": "barrel", "litre": "litre",
    "liter": "litre", "°c": "°C", "gb": "GB", "tb": "TB", "mb": "MB", "bcm": "bcm", "minute": "minute", "hour": "hour", "day": "day", "week": "week",
    "month": "month", "year": "year", "decade": "decade", "seconds": "second", "second": "second",
}  # fmt: skip
_MEASURE = "|".join(sorted((re.escape(word) for word in _MEASURES if word != "second"), key=len, reverse=True))
_UNIT = (
    r"(?P<percent>\s?%|[\s-]per\s?cent\b(?!age)|[\s-]percent\b(?!age))|(?P<point>[\s-]percentage[\s-]points?\b|\s?pp\b)"
    r"|(?P<fold>[\s-]?fold\b|\stimes\b(?!\s+(?:when|of|zone|have|are|were))|x\b)"
    rf"|[\s-]?(?P<measure>(?i:{_MEASURE})(?-i:s?))(?![\w/])"
)
_WORD = rf"(?:{wordnumbers.CARDINAL})"
_NUMBER = rf"(?:{_DIGITS}|(?i:{_WORD}))"
_BOUND = {
    "over": "over", "more than": "over", "above": "over", "exceeding": "over", "upwards of": "over", "in excess of": "over", "at least": "at least",
    "no fewer than": "at least", "no less than": "at least", "not less than": "at least", "a minimum of": "at least", "about": "about", "around": "about",
    "approximately": "about", "roughly": "about", "an estimated": "about", "circa": "about", "some": "some", "nearly": "nearly", "almost": "nearly",
    "close to": "nearly", "up to": "up to", "as many as": "up to", "as much as": "up to", "a maximum of": "up to", "~": "about", "≈": "about",
    ">": "over", "under": "under", "less than": "under", "fewer than": "under", "below": "under", "<": "under",
}  # fmt: skip
_BOUNDS = re.compile(rf"(?:\b|(?<=\W)|^)({'|'.join(map(re.escape, sorted(_BOUND, key=len, reverse=True)))})\s*$", re.IGNORECASE)
_GROWN = re.compile(
    r"\b(?:scal|rais|ramp|step|push|speed|bring|brought|driv|add|mov|went|go)\w*\s+$", re.IGNORECASE
)  # "scaled up to"
_AMOUNT = re.compile(
    rf"(?<![\w.,/#&])(?<![A-Za-z][-–])"
    rf"(?:{_BEFORE}\s?)?"
    rf"(?P<minus>(?<![\w\d])[-−–](?=\d))?"
    rf"(?P<a>{_NUMBER})(?P<plus>\+)?(?P<sa>{_SCALE})?(?P<ua>\s?%)?"
    rf"(?:(?P<to>\s?[-–—]\s?|\s+to\s+|\s+and\s+|\s+or\s+)(?:(?P<sign2>{_SIGN})\s?)?(?P<b>{_NUMBER})(?P<sb>{_SCALE})?(?=[\s\-.,;:)%’'”\"/]|$|[A-Za-z°]))?"
    rf"(?P<plus2>\+)?"
    rf"(?:{_AFTER}|{_UNIT})?"
)  # fmt: skip
_HALF = re.compile(r"\bhalf\s+(?:a|an)\s+(?P<scale>million|billion|trillion|crore|lakh)\b", re.IGNORECASE)
_FRACTION = re.compile(
    r"\b(?:(?P<n>one|two|three|four|five|seven|nine)[\s-]|a\s(?=\w+(?:\s(?:of|in|to|from|more|less|since|by)\b|[.,;)]|$)))"
    r"(?P<d>third|quarter|fifth|sixth|eighth|tenth)s?\b", re.IGNORECASE
)  # fmt: skip
_IN = re.compile(
    r"\b(?P<n>one|two|three|four|five|seven|nine|\d{1,2}) (?:in|out of) (?:every )?(?P<d>three|four|five|six|eight|ten|twelve|twenty|\d{1,2})\b(?!\s*%)",
    re.IGNORECASE,
)
_DECADE = re.compile(r"\b(?:a|one|next|coming|past|last|this|the|previous|following)\s+(?P<unit>decade)\b")
_WORDFOLD = re.compile(rf"\b(?P<n>{wordnumbers.SMALL})-?fold\b", re.IGNORECASE)
_TWICE = re.compile(r"\b(?:twice|thrice)\b", re.IGNORECASE)
_DOZEN = re.compile(r"\b(?:(?P<n>a|one|two|three|four|five|half\sa)\s+)dozen\b", re.IGNORECASE)
_NTH = re.compile(
    rf"(?<![\w.,/-])(?:(?P<digits>\d{{1,3}}(?:,\d{{3}})*)(?:st|nd|rd|th)\b|(?i:(?P<words>{wordnumbers.ORDINAL}))\b)(?!\s+(?:half|countr|part(?:y|ies)\b|quarter))(?!,)"
)
_NOT_A_RANK = re.compile(r"(?:\b(?:one|two|three|four|five|seven|nine|a|per|every|split|each)[\s-])$", re.IGNORECASE)
_COUNTED = re.compile(r"(?: [A-Za-z-]+){1,2}")
_KNOWN_TWO = re.compile(r"\b(?:the|these|those|our|their|your|both|any)\s+$", re.IGNORECASE)
_SINGLE_MONEY_SCALES = frozenset("kmbt")


def amounts(text: str) -> Iterator[Found]:
    """Yield the amounts and ranks of a text in order; none overlaps another. Dates and names should be blanked out before."""
    found: list[Found] = []
    taken: list[tuple[int, int]] = []

    def add(each: Found | None) -> None:
        if each is not None and not any(each.start < last and first < each.end for first, last in taken):
            taken.append((each.start, each.end))
            found.append(each)

    for match in _HALF.finditer(text):
        add(_plain(match, SCALES[match["scale"].lower()] / 2, ""))
    for match in _FRACTION.finditer(text):
        add(_plain(match, _fraction(match), ""))
    for match in _IN.finditer(text):
        n, d = _read(match["n"].lower()), _read(match["d"].lower())
        if n and d and n < d:
            add(_plain(match, n / d, ""))
    for match in _DOZEN.finditer(text):
        count = {"a": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5}.get(match["n"].lower())
        add(_plain(match, Decimal(12 * count) if count else Decimal(6), ""))
    position = 0
    for match in _WORDFOLD.finditer(text):
        add(_plain(match, wordnumbers.number(match["n"]) or Decimal(1), "time"))
    for match in _NTH.finditer(text):
        if not _NOT_A_RANK.search(text[: match.start()]):
            rank = Decimal(match["digits"].replace(",", "")) if match["digits"] else wordnumbers.ordinal(match["words"])
            if rank is not None:
                add(Found("ordinal", match[0], match.start(), match.end(), low=rank))
    while (at := _AMOUNT.search(text, position)) is not None:
        one, position = _amount(text, at)
        add(one)
    for match in _TWICE.finditer(text):
        add(_plain(match, Decimal(2 if match[0].lower() == "twice" else 3), "time"))
    for match in _DECADE.finditer(text):
        add(_plain(match, Decimal(10), "year"))
    for each in sorted(found, key=lambda each: each.start):
        counted = _COUNTED.match(text, each.end) if each.units == ("",) else None
        yield msgspec.structs.replace(each, counts=tuple(counted[0].lower().split())) if counted else each


def _plain(match: Match[str], number: Decimal, unit: str) -> Found:
    return Found("amount", match[0], match.start(), match.end(), low=number, units=(unit,))


def _fraction(match: Match[str]) -> Decimal:
    of = {"third": 3, "quarter": 4, "fifth": 5, "sixth": 6, "eighth": 8, "tenth": 10}[match["d"].lower()]
    number = wordnumbers.number(match["n"] or "one")
    return (number or Decimal(1)) / of


def _read(number: str) -> Decimal | None:
    if number[0].isdigit():
        return Decimal(re.sub(r"[,\u00a0\u2009\u202f]", "", number))
    return wordnumbers.number(number)


def _scale(word: str | None) -> str:
    return _SCALES[word.strip(" -.").lower()] if word else ""


def _amount(text: str, match: Match[str]) -> tuple[Found | None, int]:
    """Return the amount that a match stands for, if any, and where to look on."""
    words = match["a"].rstrip(" -")
    trailing = len(match["a"]) - len(words)
    low = _read(words)
    money = match["paren"] or match["sign"] or match["cur"] or match["sign2"] or match["money"] or match["code"]
    if low is None:
        first = re.match(r"\w+", match["a"])
        start = match.start("a")
        alone = wordnumbers.number(first[0]) if first and not first[0].isdigit() else None
        if first is None or alone is None or _known_two(text, start, first[0]):
            return None, start + (first.end() if first else 1)
        return Found(
            "amount", first[0], start, start + first.end(), low=alone, units=("",), bound=_bound(text, start)
        ), start + first.end()
    if trailing and not (match["sa"] or match["to"] or match["money"] or match["code"] or _has_unit(match)):
        end = match.start("a") + len(words)
    else:
        end = match.end()
    high = _read(match["b"].rstrip(" -")) if match["b"] else None
    joined = match["to"] is not None
    scale_a, scale_b = _scale(match["sa"]), _scale(match["sb"])
    if joined and (high is None or not _is_range(text, match, low * _TIMES[scale_a or scale_b], high * _TIMES[scale_b])):
        return _first_of_two(text, match, words, low, scale_a)
    if joined and not scale_a and scale_b and (high or 0) > 0:
        scale_a = scale_b
    if text[end - 1].isdigit() and text[end : end + 1].isalpha():
        return None, end  # "15A": a name of ours or theirs
    single = (match["sb"] or match["sa"] or "").strip(" -") in _SINGLE_MONEY_SCALES and bool(match["sb"] or match["sa"])
    units = _units(match, money)
    if single and not money:  # "3,776 m" is a height, "5m" without a sign of money too
        units, scale_a, scale_b = _short(match), "", ""
    low *= _TIMES[scale_a]
    if high is not None:
        high *= _TIMES[scale_b]
        if high <= low:
            return _first_of_two(text, match, words, low / _TIMES[scale_a], scale_a)
    if match["minus"]:
        low = -low
    if not words[0].isdigit() and not money and _known_two(text, match.start("a"), words) and end == match.start("a") + len(words):
        return None, end
    base = [in_base(Decimal(1), unit) for unit in units]
    factor = base[0][0]
    bound = "over" if match["plus"] or match["plus2"] else _bound(text, match.start())
    piece = text[match.start() : end].rstrip(" -–")
    return (
        Found(
            "amount", piece, match.start(), match.start() + len(piece), low=low * factor, high=None if high is None else high * factor,
            units=tuple(unit for _, unit in base), bound=bound,
        ),
        max(end, match.start() + 1),
    )  # fmt: skip


def _first_of_two(text: str, match: Match[str], words: str, low: Decimal, scale: str) -> tuple[Found, int]:
    """Return the first number of "5 and 10 million", which are two: the second is found next."""
    end = match.start("to") if match["sa"] or match["ua"] or match["plus"] else match.start("a") + len(words)
    money = match["paren"] or match["sign"] or match["cur"]
    units = _MONEY[_key(money)] if money else ("%",) if match["ua"] else ("",)
    piece = text[match.start() : end]
    found = Found("amount", piece, match.start(), end, low=low * _TIMES[scale], units=units, bound=_bound(text, match.start()))
    return found, end


def _is_range(text: str, match: Match[str], low: Decimal, high: Decimal) -> bool:
    """Whether two numbers are the ends of one range, and not two things: "7-10 trillion", "between 5 and 8 %"."""
    joiner = match["to"].strip()
    if joiner == "or":
        return False
    if joiner == "and" and not re.search(r"\bbetween\s*$", text[: match.start()], re.IGNORECASE):
        return False
    if joiner == "to" and re.search(r"\bfrom\s*$", text[: match.start()], re.IGNORECASE):
        return False  # from 5 to 8: two amounts of two times
    return low < high


def _key(sign: str) -> str:
    sign = re.sub(r"\s+", " ", sign.lower()).replace("u.s. $", "u.s.$")
    sign = sign.rstrip(".") if sign.endswith(("rs.", "re.")) else sign
    return sign if sign in _MONEY else sign.rstrip("s")


def _has_unit(match: Match[str]) -> bool:
    return any(match[name] for name in ("percent", "point", "fold", "measure", "ua"))


def _units(match: Match[str], money: str | None) -> tuple[str, ...]:
    if money:
        return _MONEY[_key(money)]
    if match["percent"] or match["ua"]:
        return ("%",)
    if match["point"]:
        return ("percentage point",)
    if match["fold"]:
        return ("time",)
    if match["measure"]:
        word = match["measure"].lower()
        return (_MEASURES.get(word) or _MEASURES[word.rstrip("s")],)
    return ("",)


def _short(match: Match[str]) -> tuple[str, ...]:
    letter = (match["sb"] or match["sa"]).strip(" -").lower()
    return {"m": ("m",), "t": ("tonne",)}.get(letter, ("",))


def _known_two(text: str, start: int, words: str) -> bool:
    """Whether "the two" refers to what is known already, and is no figure."""
    return words.lower() == "two" and bool(_KNOWN_TWO.search(text[:start]))


def _bound(text: str, start: int) -> str:
    before = text[max(0, start - 40) : start]
    match = _BOUNDS.search(before)
    if match is None or (match[1].lower() == "up to" and _GROWN.search(before[: match.start(1)])):
        return ""
    return _BOUND[match[1].lower()]
