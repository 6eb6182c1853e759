"""Whether each fact holds together: its figures, units, dates, priority and shelf life."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from briefing.check.places import Places
from briefing.problems import Location, Problem, nearest
from briefing.seeds import Difference, Dossier, Fact, Figure, KeyFigure, Recommendation, TimelineEntry
from briefing.units import Unit, known_units, size, span

RESERVED = ("when", "due", "says", "reported")  # what prose calls a fact's own dates and sentence
_Ranked: TypeAlias = Fact | TimelineEntry | KeyFigure | Difference | Recommendation
TO_COME = ("expected", "planned", "announced")


def check_facts(dossier: Dossier, places: Places) -> Iterator[Problem]:
    """Yield the problems that a fact has in itself, and those of priorities and shelf lives anywhere."""
    units = known_units(dossier.header.units)
    for fact in dossier.facts.values():
        for name, figure in fact.figures.items():
            yield from _figure(f"fact {fact.id}, figure {name}", name, figure, units, places)
        yield from _dates(fact, places)
        yield from _shelf_life(f"fact {fact.id}", fact.shelf_life, fact.at, places)
    yield from _shelf_life("the dossier", dossier.header.shelf_life, dossier.header.at, places)
    measures = {fact.measure for fact in dossier.facts.values()}
    for measure, life in dossier.header.shelf_lives.items():
        yield from _shelf_life(f"the dossier, shelf_lives of {measure}", life, dossier.header.at, places)
        if measure not in measures:
            place = places.word(dossier.header.at, measure, after="shelf_lives")
            yield Problem(
                place, "F014", f"shelf_lives: no fact has the measure {measure!r}", nearest(measure, measures), warning=True
            )
    yield from _priorities(dossier, places)


def _figure(what: str, name: str, figure: Figure, units: Mapping[str, Unit], places: Places) -> Iterator[Problem]:
    at = figure.at
    if name in RESERVED:
        yield Problem(at, "F011", f"{what}: the name {name} is taken by the fact itself", "give the figure another name")
    if (figure.value is None) == (figure.date is None):
        message = "it has both a value and a date" if figure.date else "it has neither a value nor a date"
        yield Problem(at, "F001", f"{what}: {message}", "a figure has one of the two")
        return
    if figure.date is not None:
        for field in ("high", "unit", "bound"):
            if getattr(figure, field):
                yield Problem(
                    at, "F005", f"{what}: a date has no {field}", "a span is written date: 2025/2035" if field == "high" else ""
                )
        return
    assert figure.value is not None
    if not figure.unit:
        yield Problem(at, "F003", f"{what}: the value has no unit", "unit: number for a number of nothing")
        return
    unit = units.get(figure.unit)
    if unit is None:
        hint = nearest(figure.unit, units) or "a counting noun is declared under units in the dossier"
        yield Problem(places.word(at, figure.unit, after="unit"), "F002", f"{what}: the unit {figure.unit!r} is not known", hint)
        return
    bare = figure.high is not None and not figure.value.scale and figure.high.scale  # value: 7, high: 10 trillion
    if figure.high is not None and (bare or size(figure.high) <= size(figure.value)):
        hint = "value is the lower end"
        if bare:
            hint = f"did you mean value: {figure.value.number} {figure.high.scale}?"
        elif figure.value.scale and not figure.high.scale:
            hint = f"did you mean high: {figure.high.number} {figure.value.scale}?"
        message = "high has a scale word and value has none" if bare else "high is not above value"
        yield Problem(at, "F004", f"{what}: {message}", hint)
    amounts = [amount for amount in (figure.value, figure.high) if amount]
    if unit.kind == "ratio" and any(amount.scale for amount in amounts):
        yield Problem(at, "F005", f"{what}: {unit.id} takes no scale word")
    if figure.form != "digits" and any(amount.scale or amount.number % 1 or amount.number < 0 for amount in amounts):
        yield Problem(at, "F005", f"{what}: form {figure.form} is for whole numbers without a scale word")
    if figure.form.startswith("ordinal") and figure.high is not None:
        yield Problem(at, "F005", f"{what}: form {figure.form} is not for a range")


def _dates(fact: Fact, places: Places) -> Iterator[Problem]:
    if fact.due is not None and fact.when is not None and fact.due.end < fact.when.start:
        message = f"fact {fact.id}: it is due ({fact.due.text}) before it is ({fact.when.text})"
        yield Problem(
            places.word(fact.at, fact.due.text, after="due"),
            "F010",
            message,
            "when is what the fact speaks of, due by when it is to happen",
        )
    if fact.status in TO_COME:
        if fact.status == "expected" and fact.due is None and fact.when is None:  # plans are often reported without a day
            hint = "give a due, so that it can become overdue, or a when"
            yield Problem(fact.at, "F006", f"fact {fact.id} is {fact.status} and has no date", hint, warning=True)
        if not fact.label:
            hint = "a noun phrase for tables and for the sentence once it is overdue"
            yield Problem(fact.at, "F007", f"fact {fact.id} is {fact.status} and has no label", hint, warning=True)


def _shelf_life(what: str, text: str, at: Location, places: Places) -> Iterator[Problem]:
    if text:
        try:
            span(text)
        except ValueError as error:
            yield Problem(places.token(at, "shelf_life:"), "F008", f"{what}, shelf_life: {error}")


def _priorities(dossier: Dossier, places: Places) -> Iterator[Problem]:
    whole = dossier.whole.recommendations if dossier.whole else ()
    records: tuple[_Ranked, ...] = (
        *dossier.facts.values(),
        *dossier.timeline,
        *dossier.key_figures,
        *dossier.differences,
        *whole,
    )
    for record in records:
        if not 1 <= record.priority <= 5:
            place = places.word(record.at, str(record.priority), after="priority")
            yield Problem(place, "F009", f"the priority {record.priority} is not within 1 and 5", "1 is kept longest")
