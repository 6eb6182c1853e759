"""Finds dates in a text, in the ways that articles write them, and gives them in the form that `When.parse` reads."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from re import Match

from briefing.originals.found import Found, possible
from briefing.when import MONTHS

_NUMBER = {month[:3].lower(): number for number, month in enumerate(MONTHS, 1)}
_MON = r"(?:January|February|March|April|May|June|July|August|September|October|November|December|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b\.?)"
_DAY = r"(?:[12]\d|3[01]|0?[1-9])"
_TH = r"(?:st|nd|rd|th)?"
_YEAR = r"(?:1[5-9]|20)\d\d"
_TO = r"(?:\s*[-–—]\s*|\s+(?:to|and|till|until|through)\s+)"
_DASH = r"\s?[-–—]\s?"
_OF_YEAR = rf"(?:,?\s+(?:of\s+)?(?P<y>{_YEAR})\b)?"
_PARTS = {
    "early": "early", "beginning": "early", "start": "early", "mid": "mid", "middle": "mid", "late": "late", "end": "late",
}  # fmt: skip
_SEASONS = {"spring": (3, 5), "summer": (6, 8), "autumn": (9, 11)}
_HALVES = {"first": (1, 6), "h1": (1, 6), "second": (7, 12), "h2": (7, 12)}
_QUARTERS = {
    word: (3 * n - 2, 3 * n)
    for n, words in enumerate(("first q1", "second q2", "third q3", "fourth last q4"), 1)
    for word in words.split()
}


def _month(word: str) -> str:
    return f"{_NUMBER[word[:3].lower()]:02}"


def _year(match: Match[str]) -> str:
    return match["y"] or "????"


def _day(year: str, month: str, day: str) -> str:
    return f"{year}-{_month(month)}-{int(day):02}"


def _days(match: Match[str]) -> tuple[str, ...]:
    year = _year(match)
    return (f"{_day(year, match['m'], match['a'])}/{_day(year, match['m'], match['b'])}",)


def _two_days(match: Match[str]) -> tuple[str, ...]:
    year = _year(match)
    return (f"{_day(match['y1'] or year, match['m1'], match['a'])}/{_day(year, match['m2'], match['b'])}",)


def _one_day(match: Match[str]) -> tuple[str, ...]:
    return (_day(_year(match), match["m"], match["d"]),)


def _numeric(match: Match[str]) -> tuple[str, ...]:
    both = (f"{match['y']}-{int(match['b']):02}-{int(match['a']):02}", f"{match['y']}-{int(match['a']):02}-{int(match['b']):02}")
    return tuple(dict.fromkeys(filter(possible, both)))


def _part_of_month(match: Match[str]) -> tuple[str, ...]:
    month = f"{_year(match)}-{_month(match['m'])}"
    half = (match["half"] or "").lower()
    if half:
        last = f"{month}-16/{month}"
        return (f"{month}-01/{month}-15",) if half == "first" else (last,)
    return (f"{_PARTS[match['part'].lower()]} {month}",)


def _months(match: Match[str]) -> tuple[str, ...]:
    a, b = _month(match["m1"]), _month(match["m2"])
    if match["fy"]:  # April to January of 2024-25: the year of each month is that of the Indian and Japanese financial year
        first, last = int(match["fy"]), int(match["fy"]) + 1
        return (f"{first if int(a) >= 4 else last}-{a}/{first if int(b) >= 4 else last}-{b}",)
    year = _year(match)
    if a > b and year != "????":
        return (f"{match['y1'] or int(year) - 1}-{a}/{year}-{b}",)
    return (f"{match['y1'] or year}-{a}/{year}-{b}",)


def _one_month(match: Match[str]) -> tuple[str, ...]:
    return (f"{_year(match)}-{_month(match['m'])}",)


def _financial(match: Match[str]) -> tuple[str, ...]:
    first, last = int(match["fy"]), int(match["fe"])
    if last == (first + 1) % 100:
        return (f"FY{first}-{last:02}", f"{first}/{first + 1}")
    if last > first % 100:
        return (f"{first}/{first // 100 * 100 + last}",)
    return (f"{first}-{last:02}",)


def _financial_end(match: Match[str]) -> tuple[str, ...]:
    year = int(match["fe"]) if len(match["fe"]) == 4 else 2000 + int(match["fe"])
    starting = f"FY{year}-{(year + 1) % 100:02}"
    return (f"FY{year - 1}-{year % 100:02}", starting)  # named by its last year in India, by its first in Japan


def _years(match: Match[str]) -> tuple[str, ...]:
    return (f"{match['y1']}/{match['y2']}",)


def _part_of_year(match: Match[str]) -> tuple[str, ...]:
    year = match["y"]
    if match["part"]:
        return (f"{_PARTS[match['part'].lower()]} {year}",)
    word = (match["half"] or match["quarter"] or match["season"]).lower()
    first, last = _SEASONS.get(word) or (_HALVES if match["half"] else _QUARTERS)[word]
    return (f"{year}-{first:02}/{year}-{last:02}",)


def _decade(match: Match[str]) -> tuple[str, ...]:
    return (f"{match['decade']}/{int(match['decade']) + 9}",)


def _bare_year(match: Match[str]) -> tuple[str, ...]:
    return (match["y"],)


_HALF = r"(?P<half>first|second)\s+half\s+of"
_HALF_OR_QUARTER = r"(?:(?P<half>first|second)\s+half|(?P<quarter>first|second|third|fourth|last)\s+quarter)\s+of\s+"
_PART = r"(?P<part>early|mid|middle|late|end|beginning|start)(?:\s+of|\s+in)?"

_RULES: tuple[tuple[re.Pattern[str], Callable[[Match[str]], tuple[str, ...]]], ...] = tuple(
    (re.compile(rf"(?<![\w.,/$₹¥€£-])(?:{pattern})(?![\w/])"), read)
    for pattern, read in (
        (rf"(?P<a>{_DAY}){_TH}{_TO}(?P<b>{_DAY}){_TH}\s+(?:of\s+)?(?P<m>{_MON}){_OF_YEAR}", _days),
        (rf"(?P<m>{_MON})\s+(?P<a>{_DAY}){_TH}{_TO}(?P<b>{_DAY}){_TH}(?!\d){_OF_YEAR}", _days),
        (
            rf"(?P<m1>{_MON})\s+(?P<a>{_DAY}){_TH}(?:,?\s+(?P<y1>{_YEAR}))?{_TO}(?P<m2>{_MON})\s+(?P<b>{_DAY}){_TH}(?!\d){_OF_YEAR}",
            _two_days,
        ),
        (
            rf"(?P<a>{_DAY}){_TH}\s+(?P<m1>{_MON})(?:,?\s+(?P<y1>{_YEAR}))?{_TO}(?P<b>{_DAY}){_TH}\s+(?P<m2>{_MON}){_OF_YEAR}",
            _two_days,
        ),
        (rf"(?P<d>{_DAY}){_TH}\s+(?:of\s+)?(?P<m>{_MON}){_OF_YEAR}", _one_day),
        (rf"(?P<m>{_MON})\s+(?P<d>{_DAY}){_TH}(?![\d,]\d){_OF_YEAR}", _one_day),
        (rf"(?P<y>{_YEAR})-(?P<b>0[1-9]|1[0-2])-(?P<a>{_DAY})", _numeric),
        (rf"(?P<a>{_DAY})[./](?P<b>{_DAY})[./](?P<y>{_YEAR})", _numeric),
        (rf"(?:{_HALF}\s+|{_PART}(?:[-–]|\s+))(?P<m>{_MON}){_OF_YEAR}", _part_of_month),
        (
            rf"(?P<m1>{_MON})(?:\s+(?P<y1>{_YEAR}))?{_TO}(?P<m2>{_MON})(?:,?\s+(?P<fy>{_YEAR}){_DASH}\d\d(?!\d)|{_OF_YEAR})",
            _months,
        ),
        (rf"(?P<m>{_MON}),?\s+(?:of\s+)?(?P<y>{_YEAR})", _one_month),
        (rf"(?:FY|[Ff]iscal|[Ff]iscal year|[Ff]inancial year)?\s?(?P<fy>{_YEAR})(?:{_DASH}|/)(?P<fe>\d\d)", _financial),
        (r"(?:FY\s?|[Ff]iscal(?: year)? |[Ff]inancial year )'?(?P<fe>(?:20)?\d\d)", _financial_end),
        (rf"(?P<y1>{_YEAR}){_DASH}(?P<y2>{_YEAR})", _years),
        (
            rf"(?:{_PART}(?:[-–]|\s+)|(?P<season>[Ss]pring|[Ss]ummer|[Aa]utumn)(?:\s+of)?\s+|{_HALF_OR_QUARTER})(?P<y>{_YEAR})",
            _part_of_year,
        ),
        (rf"(?P<part>(?!))?(?P<season>(?!))?(?:(?P<half>H[12])|(?P<quarter>Q[1-4]))\s+(?:of\s+)?(?P<y>{_YEAR})", _part_of_year),
        (r"(?P<decade>(?:1[5-9]|20)\d0)['’]?s", _decade),
    )
)  # fmt: skip
_MONTH_ALONE = re.compile(rf"(?<![\w-])(?P<m>{_MON})(?![\w-]|\s+\d)(?P<y>(?!))?")
_BEFORE_MONTH = re.compile(r"\b(?:in|by|of|since|until|till|from|last|next|this|during|early|late|mid|to|for|before|after|and|around|every|each)[\s-]+$", re.IGNORECASE)  # fmt: skip
_YEAR_ALONE = re.compile(rf"(?<![\w.,/$₹¥€£#-])(?P<y>{_YEAR})(?![\w/]|[.,]\d|[-–]\w|\+|\s?%|\s(?:crore|lakh|million|billion|trillion|thousand|hundred|per\b|percent))")  # fmt: skip
_BEFORE_YEAR = re.compile(
    r"(?:\b(?:in|by|of|since|until|till|from|for|during|the|to|and|year|after|before|through|between|its|their|as|than|on|around|circa)|[(,–—'’‘“:;])\s*$",
    re.IGNORECASE,
)
_COUNTED = re.compile(r"\s+(?:[a-z]+(?:-[a-z]+)?\s+){0,1}(?!has\b|was\b|is\b|as\b|does\b|plus\b|versus\b|thus\b|this\b)[a-z]+s\b")
_UNIT_AFTER = re.compile(r"[\s-]?(?:km|MW|GW|kW|kg|tonnes?|tons?|metres?|meters?|kilomet\w+|hectares?|people|m)\b")


def dates(text: str) -> Iterator[Found]:
    """Yield the dates of a text in order; none overlaps another."""
    taken: list[tuple[int, int]] = []
    found: list[Found] = []

    def take(match: Match[str], patterns: tuple[str, ...]) -> None:
        start, end = match.start(), match.end()
        while end > start and text[end - 1] in " ,":
            end -= 1
        start += len(text[start:end]) - len(text[start:end].lstrip())
        patterns = tuple(filter(possible, patterns))
        if patterns and not any(start < last and first < end for first, last in taken):
            taken.append((start, end))
            found.append(Found("date", text[start:end], start, end, dates=patterns))

    for rule, read in _RULES:
        for match in rule.finditer(text):
            take(match, read(match))
    for match in _MONTH_ALONE.finditer(text):
        if _BEFORE_MONTH.search(text[: match.start()]) or (
            match["m"] not in {"May", "March"} and match["m"].isalpha() and len(match["m"]) > 3
        ):
            take(match, _one_month(match))
    for match in _YEAR_ALONE.finditer(text):
        before, after = text[: match.start()], text[match.end() :]
        if _UNIT_AFTER.match(after) or (_COUNTED.match(after) and not _BEFORE_YEAR.search(before)):
            continue
        take(match, _bare_year(match))
    yield from sorted(found, key=lambda each: each.start)
