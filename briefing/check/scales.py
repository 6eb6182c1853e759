"""Words of likelihood and confidence: each from the dossier's declared scale, and the two kept apart."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from briefing.check.places import Places
from briefing.problems import Location, Problem
from briefing.seeds import Dossier, Prose, Scale

# What common words of likelihood stand for, as chances in a hundred; after the scales of intelligence services.
CHANCES: dict[str, int] = {
    "almost no chance": 3, "virtually impossible": 3, "remote": 5, "highly unlikely": 8, "highly improbable": 8, "very unlikely": 10,
    "extremely unlikely": 5, "most unlikely": 10, "improbable": 20, "doubtful": 25, "unlikely": 25, "quite unlikely": 20, "rather unlikely": 30,
    "possibly": 40, "conceivably": 30, "even": 50, "even chance": 50, "roughly even": 50, "toss-up": 50, "may well": 60, "might well": 55,
    "could well": 60, "quite possibly": 55, "quite likely": 75, "rather likely": 70, "fairly likely": 70, "a good chance": 70,
    "a fair chance": 55, "a strong chance": 80, "a high chance": 80, "a slim chance": 10, "a small chance": 15, "likely": 75,
    "more likely than not": 60, "probable": 75, "probably": 75, "in all probability": 85, "in all likelihood": 85, "very likely": 88,
    "very probably": 88, "highly likely": 90, "highly probable": 90, "most likely": 88, "most probably": 85, "extremely likely": 95,
    "all but certain": 97, "almost certain": 97, "almost certainly": 97, "nearly certain": 97, "virtually certain": 97,
    "practically certain": 97, "certain": 99, "is certain": 99, "are certain": 99, "certainly": 99, "surely": 99, "undoubtedly": 99,
    "no doubt": 99, "without doubt": 99, "inevitably": 99,
}  # fmt: skip
# How sure common words of confidence are, of ten.
SURENESS: dict[str, int] = {
    "no": 0, "little": 2, "scant": 2, "low": 2, "limited": 3, "weak": 2, "some": 4, "fair": 5, "medium": 5, "moderate": 5, "modest": 4,
    "reasonable": 6, "considerable": 7, "good": 7, "strong": 8, "great": 8, "high": 8, "very low": 1, "very high": 9, "full": 10,
    "complete": 10, "total": 10, "absolute": 10,
}  # fmt: skip
_SURE = {
    "fairly": 6,
    "reasonably": 6,
    "quite": 6,
    "moderately": 5,
    "very": 9,
    "highly": 8,
    "fully": 10,
    "less": 3,
    "not": 2,
    "hardly": 2,
}
_AMBIGUOUS = {"even", "remote", "certain"}  # also words of other things: counted only with "chance", "to", "that"
_SENTENCE = re.compile(r"[^.!?;]+(?:[.!?;](?=\s|$)|$)|[^.!?;]+[.!?;]")
_CONFIDENCE = re.compile(
    rf"\b(?P<before>{'|'.join(sorted(SURENESS, key=len, reverse=True))})[\s-]+confidence\b"
    rf"|\bconfidence\s+(?:is|remains|stays|was)\s+(?P<after>{'|'.join(sorted(SURENESS, key=len, reverse=True))})\b"
    rf"|\b(?P<sure>{'|'.join(_SURE)})\s+confident\b",
    re.IGNORECASE,
)
_ANY_CONFIDENCE = re.compile(r"\bconfiden(?:ce|t|tly)\b(?!-|\s+building)", re.IGNORECASE)


def check_scales(dossier: Dossier, places: Places) -> Iterator[Problem]:
    """Yield the words of likelihood and confidence in judgements that are off the dossier's scales, or mixed in one sentence.

    Judgements are the bottom line, the themes' headline judgements and lines, the key points and the implications.
    """
    header, whole = dossier.header, dossier.whole
    if whole is not None:
        line = whole.bottom_line
        for field, word, scale in (
            ("likelihood", line.likelihood, header.likelihood),
            ("confidence", line.confidence, header.confidence),
        ):
            if word and scale is None:
                place = places.word(line.at, word, after=field)
                yield Problem(
                    place, "W001", f"{field}: the dossier declares no scale for {word!r}", f"write {field}: in the header"
                )
    for prose in _judgements(dossier):
        if header.likelihood is not None:
            yield from _likelihood(prose, header.likelihood, places)
        if header.confidence is not None:
            yield from _confidence(prose, header.confidence, places)
        if header.likelihood is not None and header.confidence is not None:
            yield from _mixed(prose, header.likelihood, places)


def _judgements(dossier: Dossier) -> Iterator[Prose]:
    for section in dossier.sections.values():
        yield section.judgement
        if section.line is not None:
            yield section.line
    if dossier.whole is not None:
        yield dossier.whole.bottom_line.text
        if dossier.whole.bottom_line.short is not None:
            yield dossier.whole.bottom_line.short
        yield from dossier.whole.key_points.values()
        yield from (row.text for row in dossier.whole.implications)


def _likelihood(prose: Prose, scale: Scale, places: Places) -> Iterator[Problem]:
    for match in _pattern(scale).finditer(prose.text):
        word = " ".join(match[0].lower().split())
        if word not in scale.words:
            nearest = _nearest(word, CHANCES, scale.words)
            place = _place(prose, match, places)
            yield Problem(place, "W002", f"{match[0]!r} is not on the scale of likelihood", f"{nearest!r} is nearest", warning=True)


def _confidence(prose: Prose, scale: Scale, places: Places) -> Iterator[Problem]:
    for match in _CONFIDENCE.finditer(prose.text):
        word = match["before"] or match["after"]
        if word and word.lower() in scale.words:
            continue
        known = SURENESS if word else _SURE
        nearest = _nearest((word or match["sure"]).lower(), known, scale.words)
        place = _place(prose, match, places)
        yield Problem(place, "W003", f"{match[0]!r} is not on the scale of confidence", f"{nearest!r} is nearest", warning=True)


def _mixed(prose: Prose, scale: Scale, places: Places) -> Iterator[Problem]:
    for sentence in _SENTENCE.finditer(prose.text):
        sure = _ANY_CONFIDENCE.search(prose.text, sentence.start(), sentence.end())
        if sure and _pattern(scale).search(prose.text, sentence.start(), sentence.end()):
            hint = "say how likely in one sentence, how confident in another"
            yield Problem(_place(prose, sure, places), "W004", "likelihood and confidence in one sentence", hint, warning=True)


def _pattern(scale: Scale) -> re.Pattern[str]:
    """Return what finds a word of likelihood, the scale's own too; the longest of several that begin at one place."""
    return _finding(frozenset(scale.words))


@lru_cache
def _finding(own: frozenset[str]) -> re.Pattern[str]:
    words = sorted({*CHANCES, *(word.lower() for word in own)} - _AMBIGUOUS, key=lambda word: (-len(word), word))
    spaced = (re.escape(word).replace(r"\ ", r"\s+") for word in words)
    return re.compile(rf"(?<![\w-])(?:{'|'.join(spaced)})(?![\w-])", re.IGNORECASE)


def _nearest(word: str, known: Mapping[str, int], scale: Mapping[str, str]) -> str:
    """Return the scale's word whose meaning is nearest; a word of the scale that is not known counts by its place in it."""
    last = max(len(scale) - 1, 1)
    top = 100 if known is CHANCES else 10
    meant = known if known is CHANCES else SURENESS
    marks = {each: meant.get(each.lower(), round(top * place / last)) for place, each in enumerate(scale)}
    return min(marks, key=lambda each: abs(marks[each] - known[word]))


def _place(prose: Prose, match: re.Match[str], places: Places) -> Location:
    token = match[0].split()[0]
    return places.token(prose.at, token, prose.text.count(token, 0, match.start()))
