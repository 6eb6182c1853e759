"""Figures that stand in words by themselves: digits, and numbers written out with a unit of money or per cent.

What may stand so: a reference in braces, a declared name ("G7", also in "G7-led" and as "G-7"), the number of a list's item.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

import msgspec

from briefing.when import MONTHS

_REFERENCE = re.compile(r"\{\{|\}\}|\{[a-z0-9-]+(?:\.[a-z0-9-]+)?\}")
_TARGET = re.compile(r"(?<=\])\((?:<[^<>\n]*>|[^\s()]*)\)")  # of a Markdown link
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]\w{1,31});")
_ITEM = re.compile(r"^[ \t>*+-]*(\d{1,9})[.)](?=[ \t]|$)", re.MULTILINE)
_DROP = re.compile(r"^[ \t]*:{3,}[ \t]*drop[ \t]+\d+[^\n]*", re.MULTILINE)  # what a summary may leave out first: not printed
PUBLIC_RECORD = re.compile(r"Public record:.*", re.DOTALL)  # what the curator knows besides the sources, said as such
PARAGRAPHS = re.compile(r"\bparagraphs? \d+(?:(?:,| and|, and| to) \d+)*|\(\d+\)")
_DIGIT = "[\\d\u00bc-\u00be\u2150-\u215e]"  # and vulgar fractions
_NUMERAL = re.compile(_DIGIT)
_NUMBER = rf"{_DIGIT}+(?:[.,\u2009\u202f]?{_DIGIT}+)*"
_MONTH = "|".join((*MONTHS, *(month[:3] for month in MONTHS)))
_BIG = "million|billion|trillion|crore|lakh"
_PER_CENT = r"per\s+cent|percent|percentage\s+points?"
_FIGURE = re.compile(
    rf"(?:(?:{_MONTH})\.?\s+)?(?:(?<!\w)(?:[A-Z]{{3}}|[A-Z]{{1,2}}\$|Rs\.?)\s?|[$€£¥₹₩]\s?)?(?:(?<!\w)[\u2212-])?{_NUMBER}(?:\s?[\u2013-]\s?{_NUMBER})*"
    rf"(?:st|nd|rd|th)?(?:\s?%|[\s-]+(?:hundred|thousand|{_BIG}|{_PER_CENT}|(?:{_MONTH})\b)(?:\s+(?:{_BIG}|{_NUMBER}))?)?"
)
_SMALL = (
    "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|"
    "twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
)
_CARDINAL = rf"(?:{_SMALL})(?:(?:\s+and\s+|[\s-]+)(?:{_SMALL}|hundred|thousand))*"
_MONEY = r"(?:US\s+)?dollars?|yen|rupees?|euros?|pounds?(?:\s+sterling)?|yuan|won|USD|JPY|INR|EUR|GBP"
_WRITTEN = re.compile(
    rf"\b(?:(?:{_CARDINAL}|an?|half\s+an?|hundreds?|dozens?)(?:\s+of)?[\s-]+(?:(?:hundred|thousand|lakh)[\s-]+)?(?:{_BIG})\b(?:\s+(?:{_MONEY})\b)?"
    rf"|(?:{_CARDINAL}|(?:a|half\s+a)\s+(?:hundred|thousand))[\s-]+(?:{_PER_CENT}|{_MONEY})\b"
    rf"|(?:{_SMALL})[\s-]+(?:hundred|thousand)\b)",
    re.IGNORECASE,
)
_UNITS = ("illion", "crore", "lakh", "hundred", "thousand", "cent", "dollar", "yen", "rupee", "euro", "pound", "yuan", "won", "usd", "jpy", "inr", "eur", "gbp")  # fmt: skip
_SHORT_YEAR = re.compile(r"\b(\d{4})[\u2013-](\d\d)\b(?![\u2013-])")
_NAME_PART = re.compile(r"\s+|[-\u2010\u2011\u2013]|['\u2019]|[\"\u201c\u201d]|(?<=[A-Za-z])(?=\d)|(?<=\d)(?=[A-Za-z])")
_JOINTS = {"-": "[-\u2010\u2011\u2013]", "'": "['\u2019]", '"': '["\u201c\u201d]', "": "[-\u2010\u2011]?", " ": r"\s+"}


class Bare(msgspec.Struct, frozen=True):
    """A figure with no fact behind it: as it stands, where it begins, and the digits or the word that find it in a file."""

    text: str
    start: int
    token: str
    written: bool = False  # in words, not in digits


def bare(text: str, names: Iterable[str] = (), *, markup: bool = False) -> Iterator[Bare]:
    """Yield the figures of a text that are neither references nor parts of declared names, in order; `markup`: it is Markdown."""
    known = tuple(names)
    if _NUMERAL.search(text) or "&" in text:
        masked = _REFERENCE.sub(_blank, text)
        left = _NUMERAL.search(masked) or "&" in masked  # the ids of facts hold digits too
        if left and markup:
            masked = _entities(without_item_numbers(_TARGET.sub(_blank, _DROP.sub(_blank, masked)))[0])
        if left and known and (pattern := _pattern(known)):
            masked = pattern.sub(_blank, masked)
        for match in _FIGURE.finditer(masked) if left else ():
            if first := re.search(rf"{_DIGIT}+", match[0]):
                word = re.search(r"\w*\Z", masked[: match.start()])  # the H of an undeclared "H3"
                start = match.start() + first.start()
                token = first[0] if text.startswith(first[0], start) else text[start : text.find(";", start) + 1]  # an entity
                yield Bare(_clean((word[0] if word else "") + match[0]), start, token)
    low = text.lower()
    for unit in _UNITS:
        if unit in low:  # most texts have none, and need no search for numbers in words
            for match in _WRITTEN.finditer(text):
                yield Bare(_clean(match[0]), match.start(), match[0].split()[0], written=True)
            break


def numerals(text: str) -> set[str]:
    """Return the runs of digits of a text, thousands together and years in full: {"1400", "2024", "2025"} for "1,400 in 2024-25"."""
    text = _SHORT_YEAR.sub(lambda match: f"{match[1]} {match[1][:2]}{match[2]}", text)
    return {match.replace(",", "") for match in re.findall(r"\d+(?:,\d{3})*", text)}


def is_name(name: str) -> bool:
    """Return whether a declared name is one: it holds something besides a figure, so that declaring it lets no figure through."""
    rest = _FIGURE.sub("", name)
    return any(character.isalpha() or character == "#" for character in rest)


def _blank(match: re.Match[str]) -> str:
    """Return as many characters as were found, which neither are part of a figure nor part it from its unit."""
    return " " * len(match[0])


def without_item_numbers(text: str, last: int = 0) -> tuple[str, int]:
    """Return Markdown without the numbers of its lists, those that count on from one, and the last of them; `last`: of the text before."""

    def item(match: re.Match[str]) -> str:
        nonlocal last
        number = int(match[1])
        if number not in (1, last + 1):
            return match[0]
        last = number
        return " " * len(match[0])

    return _ITEM.sub(item, text), last


def _entities(text: str) -> str:
    """Return Markdown with its entities as they print, each as long as it was written."""
    if "&" not in text:
        return text
    from html import unescape

    def entity(match: re.Match[str]) -> str:
        shown = unescape(match[0])
        return match[0] if shown == match[0] else shown[:1].ljust(len(match[0]))

    return _ENTITY.sub(entity, text)


def _clean(text: str) -> str:
    return " ".join(text.split())


@lru_cache(maxsize=32)
def _pattern(names: tuple[str, ...]) -> re.Pattern[str] | None:
    """Return what finds any of the names as a word or within a longer one joined by hyphens; a hyphen before a digit may be missing."""
    parts = []
    for name in sorted(filter(None, names), key=len, reverse=True):
        out, end = "", 0
        for match in _NAME_PART.finditer(name):
            joint = (
                " " if match[0].isspace() else {"\u2010": "-", "\u2011": "-", "\u2013": "-", "\u2019": "'"}.get(match[0], match[0])
            )
            between = joint == "-" and re.match(r"\w-\w", name[match.start() - 1 : match.end() + 1])
            optional = between and name[match.start() - 1].isalpha() != name[match.end()].isalpha()
            out += re.escape(name[end : match.start()]) + _JOINTS.get(joint, re.escape(joint)) + ("?" if optional else "")
            end = match.end()
        parts.append(out + re.escape(name[end:]))
    if not parts:
        return None
    return re.compile(rf"(?<![^\W_])(?<!\d[.,])(?:{'|'.join(parts)})(?!\w)(?![.,]\d)")
