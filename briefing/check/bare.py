"""No figure without a fact: the words of a dossier and its recipes, what advice rests on, and what counts as a name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import msgspec

from briefing.check.figures import PARAGRAPHS, PUBLIC_RECORD, bare, is_name, numerals
from briefing.check.places import Places
from briefing.check.printed import Words, printed
from briefing.problems import Location, Problem
from briefing.recipe import Recipe
from briefing.seeds import Dossier, Fact, Figure

_NO_RECIPES: Mapping[str, Recipe] = {}


def names_of(dossier: Dossier) -> tuple[str, ...]:
    """Return the names that hold digits and are no figures: the declared ones and the short forms of the abbreviations."""
    return (*filter(is_name, dossier.header.names), *filter(is_name, dossier.abbreviations))


def phrases_of(dossier: Dossier) -> tuple[str, ...]:
    """Return besides the names what a document may print with digits in it: the shelf life, the contact, what the scales' words mean."""
    header = dossier.header
    meanings = (meaning for scale in (header.likelihood, header.confidence) if scale for meaning in scale.words.values())
    return (*names_of(dossier), header.shelf_life, header.contact, *meanings)


def check_words(dossier: Dossier, places: Places, recipes: Mapping[str, Recipe] = _NO_RECIPES) -> Iterator[Problem]:
    """Yield a problem for each figure in printed words that no fact stands behind, and for advice that rests on nothing."""
    names = names_of(dossier)
    ids = re.compile("|".join(sorted(map(re.escape, dossier.facts), key=len, reverse=True)) or r"(?!)")
    years = {year for fact in dossier.facts.values() for year in _years(fact)}
    for words in printed(dossier, recipes):
        if words.text:
            yield from _words(words, dossier, names, years, ids, places)
    yield from _names(dossier, places)
    yield from _rests(dossier, places)


def _words(
    words: Words, dossier: Dossier, names: tuple[str, ...], years: set[str], ids: re.Pattern[str], places: Places
) -> Iterator[Problem]:
    text = words.text
    if words.note and numerals(text):
        for left_out in (PUBLIC_RECORD, PARAGRAPHS, ids):
            text = left_out.sub(lambda match: " " * len(match[0]), text)
    own: set[str] = set()
    if words.fact in dossier.facts:
        own = _own(dossier.facts[words.fact])
    elif words.title:
        own = years
    for figure in bare(text, names, markup=words.markup):
        if own and not figure.written and numerals(figure.text) <= own:
            continue
        place = _place(words, figure.token, figure.start, places)
        kind = "a number in words" if figure.written else "a figure"
        code = "N002" if figure.written else "N001"
        yield Problem(place, code, f"{words.what}: {kind} without a fact: {figure.text!r}", _hint(words, dossier))


def _place(words: Words, token: str, start: int, places: Places) -> Location:
    return places.token(words.at, token, words.text.count(token, 0, start), after=words.field)


def _hint(words: Words, dossier: Dossier) -> str:
    if words.title:
        return "a title may hold the year of a fact, or a name declared under names in the dossier"
    if words.note:
        return "give the fact a figure, or say it after 'Public record:'"
    if words.fact in dossier.facts:
        return f"the fact {words.fact} has no such figure or date"
    if words.field in ("says", "upcoming", "overdue", "happened", "cancelled"):
        return "write {name} for a figure of the fact; a name such as G7 is declared under names in the dossier"
    if words.markup or words.field in ("caption", "alt"):
        return "write {fact.figure}; a name such as G7 is declared under names in the dossier"
    return "put it without the figure; a name such as G7 is declared under names in the dossier"


def _own(fact: Fact) -> set[str]:
    """Return the runs of digits that a fact's own figures and dates have."""
    figures = (*fact.figures.values(), Figure(date=fact.when), Figure(date=fact.due))
    return {run for figure in figures for run in _runs(figure)}


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
            yield Problem(place, "N005", f"names: {name!r} is a figure, not a name", "a name holds a letter, as in G7")


def _rests(dossier: Dossier, places: Places) -> Iterator[Problem]:
    if dossier.whole is None:
        return
    groups: tuple[tuple[str, tuple[msgspec.Struct, ...]], ...] = (
        ("implication", dossier.whole.implications),
        ("recommendation", dossier.whole.recommendations),
    )
    for kind, rows in groups:
        for number, row in enumerate(rows, 1):
            if not row.rests_on:  # type: ignore[attr-defined]
                place = places.token(row.at, "rests_on:")  # type: ignore[attr-defined]
                yield Problem(place, "N003", f"{kind} {number} rests on no fact", "name under rests_on the facts it follows from")
