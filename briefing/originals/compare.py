"""Whether a figure, a date or a name of a fact is one that was found in a text, however either is written."""

# ruff: noqa: SIM905
# Lists of words read best as words.

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from decimal import ROUND_HALF_UP, Decimal

from briefing.originals.found import Found, days, in_base, overlap, shared
from briefing.seeds import Figure
from briefing.units import Unit, size
from briefing.when import When

_ROUGH = frozenset(("about", "nearly", "some"))
_BOUNDS = {"over": "more", "at least": "more", "about": "near", "nearly": "near", "up to": "less", "under": "less"}
_HALF_MONTH = 20  # days: shorter parts of a month may be cut differently by two writers


def fits(figure: Figure, found: Found, years: Iterable[int], units: Mapping[str, Unit] | None = None) -> bool:
    """Whether `found` is what `figure` says. Equal amounts are equal in any wording; a figure may be rounder than the text only where
    its bound says so. `years` are tried for dates without one; `units` are the dossier's, to tell counting nouns from measures."""
    if figure.date is not None:
        return found.kind == "date" and date_stands(figure.date, found, years)
    if figure.value is None:
        return False
    low = size(figure.value)
    if figure.form in {"ordinal", "ordinal-words"}:
        return found.kind == "ordinal" and found.low == low
    if found.kind == "date":  # "2000" before a noun may be read as a year
        return _counts(figure.unit, units) and bool(re.fullmatch(r"\d{4}", found.text)) and Decimal(found.text) == low
    if found.kind != "amount" or found.low is None:
        return False
    base, unit = _in_base(low, figure.unit, units)
    if unit not in found.units or _counts_other(figure.unit, found, units):
        return False
    if figure.high is not None:
        high, _ = _in_base(size(figure.high), figure.unit, units)
        return found.high is not None and _equal(base, found.low, figure) and _equal(high, found.high, figure)
    if found.high is not None:
        ends = {"up to": (found.high,), "over": (found.low,), "at least": (found.low,)}.get(figure.bound, ())
        return any(_equal(base, end, figure) for end in ends)
    return _equal(base, found.low, figure)


def _counts(unit: str, units: Mapping[str, Unit] | None) -> bool:
    known = (units or {}).get(unit)
    return known is not None and known.kind == "count"


def _counts_other(unit: str, found: Found, units: Mapping[str, Unit] | None) -> bool:
    """Whether the text says at once that the number counts another of the things that the dossier counts."""
    if not found.counts or not units or not _counts(unit, units):
        return False
    nouns = {units[word].id for word in found.counts if word in units and units[word].kind == "count"}
    return bool(nouns) and units[unit].id not in nouns


def _in_base(number: Decimal, unit: str, units: Mapping[str, Unit] | None) -> tuple[Decimal, str]:
    known = (units or {}).get(unit)
    if known is not None and known.kind == "count":
        return number, ""
    return in_base(number, known.id if known is not None else unit)


def _equal(figure: Decimal, found: Decimal, said: Figure) -> bool:
    if figure == found:
        return True
    if said.bound not in _ROUGH or not figure or said.value is None:
        return False
    digits = len(said.value.number.normalize().as_tuple().digits)
    step = Decimal(1).scaleb(figure.adjusted() - digits + 1)
    return (found / step).quantize(Decimal(1), ROUND_HALF_UP) * step == figure


def bound_differs(figure: Figure, found: Found) -> bool:
    """Whether figure and text disagree on "over", "about" and the like."""
    return _BOUNDS.get(figure.bound, "") != _BOUNDS.get(found.bound, "") and figure.high is None and found.high is None


def date_stands(when: When, found: Found, years: Iterable[int]) -> bool:
    """Whether a found date says `when`, or says it more exactly: "28 July 2025" stands for July 2025, not the other way round."""
    return any(_same_or_finer(when, span) for span in found.spans(years))


def _same_or_finer(when: When, span: When) -> bool:
    if (when.start, when.end) == (span.start, span.end):
        return True
    if when.start <= span.start and span.end <= when.end:
        return "/" not in when.text and days(span) < days(when)
    if max(days(when), days(span)) <= _HALF_MONTH and not when.exact and not span.exact:
        return shared(when, span) * 10 >= 6 * max(days(when), days(span))
    return False


def date_agrees(when: When, found: Found, years: Iterable[int]) -> bool:
    """Whether a found date has a day in common with `when`."""
    return any(overlap(when, span) for span in found.spans(years))


# ---------------------------------------------------------------------------------------------------------------------- names

_ALIASES = (
    {"us", "usa", "united states", "america", "american", "americans"},
    {"uk", "united kingdom", "britain", "british"},
    {"un", "united nations"},
    {"eu", "european union"},
    {"uae", "united arab emirates"},
    {"france", "french"},
    {"netherlands", "dutch"},
    {"thailand", "thai"},
    {"prime minister", "pm"},
    {"second world war", "world war ii", "world war two"},
    {"first world war", "world war i"},
    {"moon", "lunar"},
    {"mou", "memorandum", "memoranda", "moc"},
)
_WORD = re.compile(r"[^\W_]+")
MIN_STEM = 4


def fold(text: str) -> str:
    """Return a text in lower case without accents, dots of abbreviations and possessives, for comparing names."""
    text = unicodedata.normalize("NFKD", text.lower())
    text = "".join(letter for letter in text if not unicodedata.combining(letter))
    text = re.sub(r"[’']s\b", "", text)
    for british, american in _SPELLINGS:
        text = british.sub(american, text)
    text = re.sub(r"\b([a-z]{1,3})[-‑](\d)", r"\1\2", text)  # G-7, G7
    return re.sub(r"\b((?:[a-z]\.){2,})", lambda match: match[1].replace(".", ""), text)


class Words:
    """The words of some texts, to ask whether a name stands in them."""

    def __init__(self, texts: Iterable[str], abbreviations: Iterable[tuple[str, str]] = ()) -> None:
        self.text = f" {' '.join(_WORD.findall(fold(' '.join(texts))))} "
        self.words = set(self.text.split())
        self.stems: dict[str, list[str]] = {}
        for short, long in abbreviations:
            one, other = (" ".join(_WORD.findall(fold(each))) for each in (short, long))
            if f" {one} " in self.text:
                self.words |= set(other.split())
            if f" {other} " in self.text:
                self.words |= set(one.split())
        for group in _ALIASES:
            if any(f" {name} " in self.text for name in group):
                self.words |= {word for name in group for word in name.split()}
        for word in self.words:
            self.stems.setdefault(word[:MIN_STEM], []).append(word)

    def missing(self, name: str) -> list[str]:
        """Return the words of a name that stand in no form in the texts."""
        return [word for word in name_words(name) if not self._has(word)]

    def _has(self, word: str) -> bool:
        if word in self.words or word.isdigit() or (word.endswith("s") and word[:-1] in self.words) or f"{word}s" in self.words:
            return True
        return any(alike(word, other) for other in self.stems.get(word[:MIN_STEM], ()))


_SPELLINGS = tuple(
    (re.compile(british), american)
    for british, american in (
        (r"is(?=ation|ed?\b|ing\b)", "iz"),
        (r"(?<=[a-z]{4})ence\b", "ense"),
        (r"\bcentre", "center"),
        (r"(?<=[a-z]{3})our\b", "or"),
    )
)
_SMALL = frozenset("a an and of for on the to in at by de la with s limited ltd inc corporation corp plc".split())


def name_words(name: str) -> Iterator[str]:
    """Yield the words of a name as they are compared, small words left out."""
    for word in _WORD.findall(fold(name)):
        if word not in _SMALL:
            yield word


def alike(one: str, other: str) -> bool:
    """Whether two words are forms of one: India and Indian, Japan and Japanese, organisation and organization."""
    short, long = sorted((one, other), key=len)
    common = 0
    for a, b in zip(short, long, strict=False):
        if a != b:
            break
        common += 1
    return common >= max(MIN_STEM, -(-3 * len(short) // 4)) and len(long) - common <= MIN_STEM
