"""Which words of a dossier and its recipes are printed: each with its place, the key it stands under, and what may stand in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from briefing.problems import Location
from briefing.recipe import Recipe
from briefing.seeds import Dossier, Fact, Header, Prose


class Words(msgspec.Struct, frozen=True):
    """A text that a document prints. `field` is the key it follows in its record; "" where `at` is the text's own place."""

    text: str
    at: Location
    field: str
    what: str  # for messages
    fact: str = ""  # the fact whose own figures the text may repeat, since it takes no references
    markup: bool = False
    title: bool = False  # it names the whole document, and takes no references
    note: bool = False  # a remark on a fact


def proses(record: object) -> Iterator[Prose]:
    """Yield all curated prose anywhere in a record, in order."""
    if isinstance(record, Prose):
        yield record
        yield from record.otherwise
    elif isinstance(record, msgspec.Struct):
        for name in record.__struct_fields__:
            yield from proses(getattr(record, name))
    elif isinstance(record, tuple):
        for each in record:
            yield from proses(each)
    elif isinstance(record, dict):
        for each in record.values():
            yield from proses(each)


def printed(dossier: Dossier, recipes: Mapping[str, Recipe]) -> Iterator[Words]:
    """Yield every text that some document prints.

    Left out is what belongs to a source (its title, its dates), a contact, how to cite, an abbreviation, and what a declared
    scale says its words mean: there the scale itself is what the figure comes from.
    """
    for prose in proses((dossier.sections, dossier.whole, dossier.differences)):
        yield Words(prose.text, prose.at, "", "the prose", markup=True)
    yield from _header(dossier.header)
    for fact in dossier.facts.values():
        yield from _fact(fact)
    yield from _tables(dossier)
    yield from _charts(dossier)
    for name, recipe in recipes.items():
        yield from _recipe(name, recipe)


def _header(header: Header) -> Iterator[Words]:
    yield Words(header.title, header.at, "title", "the dossier's title", title=True)
    yield Words(header.subject, header.at, "subject", "the dossier's subject", title=True)
    yield Words(header.disclaimer, header.at, "disclaimer", "the disclaimer")
    for theme in header.themes:
        yield Words(theme.title, theme.at, "title", f"theme {theme.id}, title")
        yield Words(theme.short, theme.at, "short", f"theme {theme.id}, short")
    for scale in (header.likelihood, header.confidence):
        if scale is not None:
            for words in (scale.title, *scale.words):
                yield Words(words, scale.at, "", "the scale")


def _fact(fact: Fact) -> Iterator[Words]:
    what = f"fact {fact.id}"
    yield Words(fact.says, fact.at, "says", f"{what}, says")
    yield Words(fact.label, fact.at, "label", f"{what}, label")
    for state in fact.wording.__struct_fields__:
        yield Words(getattr(fact.wording, state), fact.at, state, f"{what}, {state}")
    yield Words(fact.note, fact.at, "note", f"{what}, note", fact=fact.id, note=True)


def _tables(dossier: Dossier) -> Iterator[Words]:
    for agreement in dossier.agreements:
        yield Words(agreement.instrument, agreement.at, "instrument", "agreements, instrument")
        yield Words(agreement.object, agreement.at, "object", "agreements, object")
    for entry in dossier.timeline:
        yield Words(entry.label, entry.at, "label", "timeline, label")
    for row in dossier.key_figures:
        yield Words(row.label, row.at, "label", "key_figures, label")
        yield Words(row.short, row.at, "short", "key_figures, short")
    for difference in dossier.differences:
        yield Words(difference.subject, difference.at, "subject", f"difference {difference.id}, subject")
    for number, asked in enumerate(dossier.whole.recommendations if dossier.whole else (), 1):
        yield Words(asked.who, asked.at, "who", f"recommendation {number}, who")
        yield Words(asked.by, asked.at, "by", f"recommendation {number}, by")


def _charts(dossier: Dossier) -> Iterator[Words]:
    for chart in dossier.charts.values():
        for field in ("title", "caption", "alt", "unit"):
            yield Words(getattr(chart, field), chart.at, field, f"chart {chart.id}, {field}")
        for point in chart.points:
            fact = point.figure.partition(".")[0]
            yield Words(point.label, point.at, "label", f"chart {chart.id}, label", fact=fact)
            yield Words(point.series, point.at, "series", f"chart {chart.id}, series")


def _recipe(name: str, recipe: Recipe) -> Iterator[Words]:
    for field in ("title", "short_title", "subtitle", "theme_title", "series"):
        yield Words(getattr(recipe, field), recipe.at, field, f"{name}, {field}", title=True)
    for titles in recipe.otherwise:
        for field in ("title", "short_title", "subtitle"):
            yield Words(getattr(titles, field), titles.at, field, f"{name}, {field}", title=True)
    for field in ("audience", "disclaimer"):
        yield Words(getattr(recipe, field), recipe.at, field, f"{name}, {field}")
