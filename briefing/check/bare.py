"""No figure without a fact: the words of a dossier and its recipes, and what counts as a name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import msgspec

from briefing.check.figures import PARAGRAPHS, PUBLIC_RECORD, bare, is_name, numerals
from briefing.check.places import Places
from briefing.check.printed import Words, printed
from briefing.problems import Problem
from briefing.recipe import Recipe
from briefing.seeds import Dossier, Fact, Figure, Wording

_AMOUNT = re.compile(r"[%$€£¥₹₩]|cent|illion|crore|lakh|[A-Z]{3}")  # of money or of a hundred: never a date or a count
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_NO_RECIPES: Mapping[str, Recipe] = {}


def names_of(dossier: Dossier) -> tuple[str, ...]:
    """Return the names that hold digits and are no figures: the declared ones and the short forms of the abbreviations."""
    return (*filter(is_name, dossier.header.names), *filter(is_name, dossier.abbreviations))


def phrases_of(dossier: Dossier) -> tuple[str, ...]:
    """Return besides the names what a document may print with digits in it: the shelf life, the contact, what the scales' words mean."""
    header = dossier.header
    meanings = (meaning for scale in (header.likelihood, header.confidence) if scale for meaning in scale.words.values())
    return (*names_of(dossier), header.shelf_life, *header.shelf_lives.values(), header.contact, *meanings)


class _Known(msgspec.Struct, frozen=True):
    """What may stand in words: names anywhere, a fact's own numbers beside it, the years of facts in titles, ids in notes."""

    facts: Mapping[str, Fact]
    names: tuple[str, ...]
    years: frozenset[str]


def check_words(dossier: Dossier, places: Places, recipes: Mapping[str, Recipe] = _NO_RECIPES) -> Iterator[Problem]:
    """Yield a problem for each figure in printed words that no fact stands behind, and for each declared name that is a figure."""
    years = frozenset(year for fact in dossier.facts.values() for year in _years(fact))
    known = _Known(dossier.facts, names_of(dossier), years)
    for words in printed(dossier, recipes):
        if words.text:
            yield from _words(words, known, places)
    yield from _names(dossier, places)


def _words(words: Words, known: _Known, places: Places) -> Iterator[Problem]:
    text = words.text
    if words.note and numerals(text):
        text = _SLUG.sub(lambda match: " " * len(match[0]) if match[0] in known.facts else match[0], text)
        for left_out in (PUBLIC_RECORD, PARAGRAPHS):
            text = left_out.sub(lambda match: " " * len(match[0]), text)
    for figure in bare(text, known.names, markup=words.markup):
        if not figure.written and _is_own(figure.text, words, known):
            continue
        place = places.token(words.at, figure.token, words.text.count(figure.token, 0, figure.start), after=words.field)
        kind = "a number in words" if figure.written else "a figure"
        code = "N002" if figure.written else "N001"
        yield Problem(place, code, f"{words.what}: {kind} without a fact: {figure.text!r}", _hint(words, known))


def _is_own(figure: str, words: Words, known: _Known) -> bool:
    """Return whether a figure is a date or a count of the fact that the words belong to, or in a title the year of some fact."""
    found = numerals(figure)
    if not found or _AMOUNT.search(figure):
        return False
    fact = known.facts.get(words.fact)
    return found <= (_own(fact) if fact is not None else known.years if words.title else frozenset())


def _hint(words: Words, known: _Known) -> str:
    if words.title:
        return "a title may hold the year of a fact, or a name declared under names in the dossier"
    if words.note:
        return "give the fact a figure, or say it after 'Public record:'"
    if words.fact in known.facts:
        return f"the fact {words.fact} has no such figure or date"
    if words.field in ("says", *Wording.__struct_fields__):
        return "write {name} for a figure of the fact; a name such as G7 is declared under names in the dossier"
    if words.markup or words.field in ("caption", "alt"):
        return "write {fact.figure}; a name such as G7 is declared under names in the dossier"
    return "put it without the figure; a name such as G7 is declared under names in the dossier"


def _own(fact: Fact) -> frozenset[str]:
    """Return the runs of digits that a fact's own figures and dates have."""
    figures = (*fact.figures.values(), Figure(date=fact.when), Figure(date=fact.due))
    return frozenset(run for figure in figures for run in _runs(figure))


def _runs(figure: Figure) -> Iterator[str]:
    for amount in (figure.value, figure.high):
        if amount is not None:
            yield from numerals(f"{amount.number:f}")
    for when in (figure.period, figure.date):
        if when is not None:
            yield from numerals(when.worded())


def _years(fact: Fact) -> Iterator[str]:
    for when in (fact.when, fact.due):
        if when is not None:
            yield str(when.start.year)
            yield str(when.end.year)


def _names(dossier: Dossier, places: Places) -> Iterator[Problem]:
    for name in dossier.header.names:
        if not is_name(name):
            place = places.token(dossier.header.at, name, after="names")
            yield Problem(place, "N004", f"names: {name!r} is a figure, not a name", "a name holds a letter, as in G7")
